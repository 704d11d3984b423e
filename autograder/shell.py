"""Runs nbgrader's own commands on one class; what they say goes to that class's log."""

from __future__ import annotations

import os
import subprocess
import sys

from autograder import course


def environment(folder: str = ".") -> dict[str, str]:
    """The variables for commands that work on the class in `folder`."""
    here = os.path.dirname(sys.executable)  # nbgrader calls `alembic` by name, also where no environment is activated
    return os.environ | {"CLASS_FOLDER": folder, "PATH": here + os.pathsep + os.environ.get("PATH", os.defpath)}


def nbgrader(command: str, *arguments: str, folder: str = ".") -> None:
    """Runs `nbgrader command arguments` on the class in `folder`. Raises RuntimeError naming the log if it fails."""
    log = course.ROOT / folder / "nbgrader.log"
    with open(log, "ab") as file:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", command, *arguments],
            cwd=course.ROOT,
            env=environment(folder),
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise RuntimeError(f"nbgrader {command} {' '.join(arguments)} ended with status {done.returncode}: see {log}")
