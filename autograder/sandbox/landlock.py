"""Says what a kernel that only locks itself up may read and list; the locks themselves are in `inside/lockdown.py`."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path

from autograder import course
from autograder.sandbox.inside import lockdown
from autograder.sandbox.places import INSIDE, python_paths, sites


@lru_cache(maxsize=1)
def works() -> str:
    """Empty if Landlock and seccomp can lock a process here, else the reason why not."""
    if sys.platform != "linux":
        return f"not on {sys.platform}"
    if not lockdown.can_filter():
        return f"no seccomp filter for {os.uname().machine}"
    return "" if lockdown.landlock_version() else "this kernel has no Landlock (Linux 5.13 or newer, and not disabled)"


def readable(folder: Path, denied: tuple[str, ...]) -> list[str]:
    """What Landlock lets a kernel read: the system's libraries, this Python without the denied packages, and our part."""
    system = ["/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives", "/etc/fonts"]
    own = [str(course.UTILS), str(INSIDE), str(folder / "given"), "/proc", "/dev"]
    python = []
    installed = sites()
    for base in python_paths():
        python += _without(Path(base), installed, denied)
    return [*system, *python, *own]


def _without(path: Path, sites: list[Path], denied: tuple[str, ...]) -> list[str]:
    """The paths below `path` that leave out denied packages of `sites`; whole folders where nothing is left out."""
    if path in sites:
        return [str(child) for child in path.iterdir() if child.name.split("-")[0] not in denied]
    if not any(site.is_relative_to(path) for site in sites):
        return [str(path)]
    return [found for child in path.iterdir() for found in _without(child, sites, denied)]


def listable() -> list[str]:
    """Folders whose names may be listed, so that imports can look around: reading their files is another right."""
    return list(python_paths())
