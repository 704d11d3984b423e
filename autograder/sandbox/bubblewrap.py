"""Builds the commands that start kernels and nurseries inside bubblewrap: what they see, and what rights they keep."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from autograder import course
from autograder.sandbox.places import BOX, BOX_BYTES, FRAMEWORKS, INSIDE, python_paths, sites


@lru_cache(maxsize=1)
def works() -> str:
    """Empty if bubblewrap can isolate here, else the reason why not. Tried once a process."""
    program = shutil.which("bwrap")
    if sys.platform != "linux" or program is None:
        return "bwrap is not installed" if sys.platform == "linux" else f"not on {sys.platform}"
    try:
        done = subprocess.run(
            [*_walls(program), "--", "/bin/true"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    hint = ""
    if Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns").exists():
        hint = " (Ubuntu: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0)"
    return f"bwrap fails: {done.stderr.strip()[:200]}{hint}"


def command(folder: Path, denied: tuple[str, ...]) -> list[str]:
    """The front part of the command that starts one kernel cold, its private folder and nothing else before its eyes."""
    bound = _files(folder, denied)
    bound += ["--ro-bind", str(folder / "given"), str(folder / "given")]
    bound += ["--bind", str(folder / "run"), str(folder / "run")]
    # For an ordinary user the root is his own file system in memory, without a limit: he must not write into it.
    locked = ["--remount-ro", "/"]
    return [*_walls(shutil.which("bwrap") or "bwrap"), *_parents(bound[2::3]), *bound, *locked, "--"]


def nursery_command(folder: Path, *, allow_keras: bool) -> list[str]:
    """The front part of a command that runs inside bubblewrap and may fork kernels there, each behind walls of its own.

    Their private folders lie in `folder`; the font lists of `folder`/matplotlib are found where a kernel's will be.
    """
    home = f"{BOX}/home"
    own = ["--bind", str(folder), str(folder), "--bind", str(folder / "matplotlib"), f"{home}/matplotlib"]
    targets = [str(folder), f"{home}/matplotlib", f"{BOX}/course/work/x"]
    files = _files(folder, () if allow_keras else FRAMEWORKS)
    return [
        *_walls(shutil.which("bwrap") or "bwrap", ("CAP_SYS_ADMIN", "CAP_SETPCAP", "CAP_SETUID", "CAP_SETGID")),
        *_parents([*files[2::3], *targets]),
        *files,
        *own,
        *("--remount-ro", BOX),
        "--",
    ]


def _walls(program: str, keep: tuple[str, ...] | None = None) -> list[str]:
    """bubblewrap without any file of ours: new spaces of every kind, a read-only system, empty /tmp and /box."""
    as_root = os.geteuid() == 0
    # As root the kernel changes to a user of nothing itself, for which it needs two capabilities until then; a user's
    # bubblewrap makes a user namespace, and no further one may be made in it.
    keep = (("CAP_SETUID", "CAP_SETGID") if as_root else ()) if keep is None else keep
    rights = ["--cap-drop", "ALL", *(word for name in keep for word in ("--cap-add", name))]
    spaces = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if not as_root:
        spaces += ["--unshare-user", "--disable-userns"]
    system = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        path = Path("/") / name
        if path.is_symlink():
            system += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            system += ["--ro-bind", str(path), str(path)]
    for file in ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives", "/etc/fonts"):
        system += ["--ro-bind-try", file, file]
    empty = ["--proc", "/proc", "--dev", "/dev"]
    for folder in ("/tmp", "/box"):
        empty += ["--perms", "1777", "--size", str(BOX_BYTES // 2), "--tmpfs", folder]
    return [program, "--die-with-parent", "--new-session", *rights, *spaces, *system, *empty]


def _files(folder: Path, denied: tuple[str, ...]) -> list[str]:
    """What every kernel may read: Python and its packages without the denied ones, `utils`, and our part inside."""
    bound: list[str] = []
    for path in python_paths():
        bound += ["--ro-bind", path, path]
    empty = folder / "empty"
    empty.mkdir()
    for site in sites():
        for name in denied:
            if (site / name).is_dir():
                bound += ["--ro-bind", str(empty), str(site / name)]
    return bound + [
        *("--ro-bind", str(course.UTILS), f"{BOX}/course/utils"),
        *("--ro-bind", str(INSIDE), f"{BOX}/inside"),
    ]


def _parents(targets: list[str]) -> list[str]:
    """Folders above the targets of binds: bubblewrap would make them for its own user only."""
    folders = {parent for target in targets for parent in Path(target).parents} - {
        Path("/"),
        Path("/tmp"),
        Path("/box"),
    }
    mode = {path: "0777" if path.is_relative_to("/box") else "0755" for path in folders}
    return [word for path in sorted(folders) for word in ("--perms", mode[path], "--dir", str(path))]
