"""Makes a memory and a process cgroup for one kernel where the grading account may; where it may not, it makes none.

Version 1 as measured; version 2 as its documentation says (cgroup-v2.rst, "No Internal Process Constraint" and
"Delegation"), tried on an imitation of its files only.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
LEAF = "nn-grader"  # where version 2 wants the grader itself, since a group with groups below holds no process
NEEDED = {"memory", "pids"}


def make_groups(name: str, *, memory: int, processes: int, root: Path = ROOT) -> list[Path]:
    """The groups called `name`, limited to so many bytes and processes and threads: one, two or none."""
    if (root / "cgroup.controllers").exists():
        parent = _delegated(root)
        wanted = [(parent, {"memory.max": memory, "memory.swap.max": 0, "pids.max": processes})] if parent else []
    else:
        wanted = [(root / "memory", {"memory.limit_in_bytes": memory}), (root / "pids", {"pids.max": processes})]
    made = []
    for parent, values in wanted:
        group = parent / name
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            for file, value in values.items():
                if file != "memory.swap.max" or (group / file).exists():  # absent where there is no swap accounting
                    (group / file).write_text(str(value))
            made.append(group)
        except OSError:
            with contextlib.suppress(OSError):
                group.rmdir()
    return made


def counts_processes() -> bool:
    """Whether a kernel's processes can be counted in a group of its own on this machine, for this account."""
    groups = make_groups(f"nn-try-{os.getpid()}", memory=2**30, processes=100)
    counted = any((group / "pids.max").exists() for group in groups)
    for group in groups:
        with contextlib.suppress(OSError):
            group.rmdir()
    return counted


def _delegated(root: Path) -> Path | None:
    """The version 2 group below which this account may make groups with limits, or None.

    Root may at the top. An account to which its own group is delegated (systemd-run --user --scope -p Delegate=yes)
    first moves what is in it into a leaf, once; then it may hand the controllers down.
    """
    own = _own_group(root)
    for group in dict.fromkeys([own, *([root] if os.geteuid() == 0 else [])]):
        with contextlib.suppress(OSError):
            if not NEEDED - set((group / "cgroup.subtree_control").read_text().split()):
                return group
    try:
        missing = NEEDED - set((own / "cgroup.controllers").read_text().split())
        if missing or not os.access(own / "cgroup.subtree_control", os.W_OK):
            return None
        (own / LEAF).mkdir(exist_ok=True)
        for process in (own / "cgroup.procs").read_text().split():
            (own / LEAF / "cgroup.procs").write_text(process)
        (own / "cgroup.subtree_control").write_text("+memory +pids")
    except OSError:
        return None
    return own


def _own_group(root: Path) -> Path:
    """The version 2 group of this process, or the one above if the grader was moved into its leaf."""
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    path = next((line[3:] for line in lines if line.startswith("0::")), "/")
    group = root / path.lstrip("/")
    return group.parent if group.name == LEAF else group
