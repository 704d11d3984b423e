"""Users that own nothing: root gives every kernel another one, and can then end all that is left of it."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
from functools import lru_cache
from pathlib import Path

from autograder import course
from autograder.sandbox.places import INSIDE, python_paths


def another_user() -> int:
    """The number of a user that nobody is."""
    return 2**30 + secrets.randbelow(2**29)


@lru_cache(maxsize=1)
def root_may_become_another() -> bool:
    """Whether root here has the rights to start a kernel as another user, and that user may read what a kernel needs."""
    said = Path("/proc/self/status").read_text().partition("CapEff:")[2].split()
    rights = int(said[0], 16) if said else 0
    needed = [*map(Path, python_paths()), course.UTILS, INSIDE]
    return all(rights >> number & 1 for number in (0, 5, 6, 7)) and all(  # CHOWN, KILL, SETGID, SETUID
        path.stat().st_mode & 0o5 == 0o5 and all(parent.stat().st_mode & 1 for parent in path.parents)
        for path in needed
    )


def end_all_of(uid: int) -> None:
    """Kills every process of a user that only one kernel was, until none is left of those that fork meanwhile."""
    for _ in range(20):
        found = [path.parent.name for path in Path("/proc").glob("[0-9]*/status") if _belongs_to(path, uid)]
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(int(pid), signal.SIGKILL)
        if not found:
            return


def _belongs_to(status: Path, uid: int) -> bool:
    """By what Linux says of a process, and not by the owner of its files, which a process can change."""
    try:
        return f"\nUid:\t{uid}\t" in status.read_text() and "\nState:\tZ" not in status.read_text()
    except (OSError, UnicodeDecodeError):
        return False
