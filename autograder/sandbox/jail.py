"""Decides what isolates a student's kernel on this machine, and builds the command that starts it there.

Three jails, the best that works is taken: bubblewrap (own file system, network, process and IPC space), the kernel's own
locks alone (Landlock, seccomp, limits; nothing to install, weaker promises), and none, which must be asked for in words.
What the process takes from itself stands in `inside/lockdown.py`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder import course
from autograder.sandbox.cgroups import counts_processes, make_groups
from autograder.sandbox.inside import lockdown

FRAMEWORKS = ("tensorflow", "keras", "torch", "jax", "scipy", "sklearn", "autograd", "theano", "cupy", "tinygrad")
INSIDE = Path(__file__).parent / "inside"
BOX = "/box"  # where a kernel in bubblewrap finds `utils`, and lives
MIB = 2**20
BOX_BYTES = 256 * MIB  # what a kernel may write in all
FILE_BYTES = 64 * MIB  # and in one file
ADDRESS_BYTES = {False: 6 * 1024 * MIB, True: 24 * 1024 * MIB}  # address space, without and with Keras (needs 2.9 GiB)
MEMORY_BYTES = {False: 2 * 1024 * MIB, True: 5 * 1024 * MIB}  # real memory, where there are cgroups
PROCESSES = {False: 96, True: 512}  # processes and threads; ipykernel has 9, TensorFlow some 60


class NoSandbox(RuntimeError):
    """Nothing on this machine can isolate a student's code; the message says what to install."""


@dataclass(frozen=True)
class Jail:
    """A way to isolate. `weaker` says in words which promises of bubblewrap it does not keep."""

    name: str
    says: str
    weaker: tuple[str, ...] = ()


BUBBLEWRAP = Jail("bubblewrap", "bubblewrap: own file system, no network, own processes, limits")
LOCKED = Jail(
    "landlock",
    "Landlock and seccomp: only its own files, no network, limits",
    (
        "names of other processes can be seen, though not touched",
        "what a kernel writes is limited by the file, not in all",
        "a process that leaves its session is ended only where each kernel has a cgroup",
        "processes are not counted for root without cgroups, where Python can be read by root alone",
    ),
)
UNSAFE = Jail(
    "none",
    "NONE: student code runs with all rights of the grading account",
    ("everything: it was asked for",),
)


@dataclass(frozen=True)
class Cell:
    """A prepared place for one kernel: the command's front part, where things are in it, and what it takes from itself."""

    prefix: tuple[str, ...]
    box: str
    uid: int | None
    settings: dict[str, Any]
    cgroups: tuple[Path, ...]

    def admit(self, pid: int) -> None:
        """Puts a process, with all it will fork, into the cgroups."""
        for group in self.cgroups:
            (group / "cgroup.procs").write_text(str(pid))

    def clear(self) -> None:
        """Ends whatever still runs in it and removes its cgroups."""
        if self.uid is not None and not self.cgroups:
            _end_all_of(self.uid)
        for group in self.cgroups:
            with contextlib.suppress(OSError):
                for pid in (group / "cgroup.procs").read_text().split():
                    os.kill(int(pid), 9)
            for _ in range(50):
                try:
                    group.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.02)


def choose() -> Jail:
    """The best jail of this machine. COURSE_JAIL names one; COURSE_UNSAFE=1 allows none at all.

    Raises NoSandbox where there is none, with what to do about it.
    """
    wanted = os.environ.get("COURSE_JAIL", "auto")
    if wanted not in ("auto", "bubblewrap", "landlock", "none"):
        raise NoSandbox(f"COURSE_JAIL={wanted}: say auto, bubblewrap, landlock or none")
    if wanted in ("auto", "bubblewrap") and bubblewrap_works() == "":
        return BUBBLEWRAP
    if wanted in ("auto", "landlock") and landlock_works() == "":
        return LOCKED
    if os.environ.get("COURSE_UNSAFE") == "1":
        return UNSAFE
    raise NoSandbox(
        "student code cannot be isolated on this machine.\n"
        f"  bubblewrap: {bubblewrap_works() or 'works, but COURSE_JAIL does not allow it'}\n"
        f"  Landlock: {landlock_works() or 'works, but COURSE_JAIL does not allow it'}\n"
        "Install bubblewrap (apt install bubblewrap), or run in a container or WSL with it; see docs/security.md.\n"
        "To grade without a sandbox all the same, say --unsafe; to nbgrader, --TrustedExecute.unsafe=True."
    )


def allow_none() -> None:
    """From now on this process goes on without a sandbox where there is none."""
    os.environ["COURSE_UNSAFE"] = "1"


@lru_cache(maxsize=1)
def bubblewrap_works() -> str:
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


@lru_cache(maxsize=1)
def landlock_works() -> str:
    """Empty if Landlock and seccomp can lock a process here, else the reason why not."""
    if sys.platform != "linux":
        return f"not on {sys.platform}"
    if not lockdown.can_filter():
        return f"no seccomp filter for {os.uname().machine}"
    return "" if lockdown.landlock_version() else "this kernel has no Landlock (Linux 5.13 or newer, and not disabled)"


def prepare(jail: Jail, folder: Path, *, allow_keras: bool, warm: bool = False) -> Cell:
    """Furnishes `folder` for one kernel: run/ for its sockets, given/ for what it reads, and box/ where it may write.

    A `warm` kernel is forked inside bubblewrap already: its cell has no command.
    """
    run, box = folder / "run", folder / "box"
    folder.chmod(0o711)
    denied = () if allow_keras else FRAMEWORKS
    limits = {"NPROC": PROCESSES[allow_keras], "FSIZE": FILE_BYTES, "CORE": 0, "NOFILE": 1024}
    lock: dict[str, Any] = {"limits": {}, "uid": None, "landlock": None, "seccomp": False}
    uid: int | None = None
    cgroups: tuple[Path, ...] = ()
    if jail is not UNSAFE:
        lock["limits"] = limits | {"AS": ADDRESS_BYTES[allow_keras]}
        lock["seccomp"] = lockdown.can_filter()
        cgroups = tuple(
            make_groups(
                f"{folder.parent.name}-{folder.name}",
                memory=MEMORY_BYTES[allow_keras],
                processes=PROCESSES[allow_keras],
            )
        )
    prefix = _join(cgroups)
    if jail is BUBBLEWRAP:
        if os.geteuid() == 0:
            uid = lock["uid"] = _another_user()
        prefix = [] if warm else [*prefix, *_bubblewrap(folder, denied)]
        return Cell(tuple(prefix), BOX, uid, _own(run, uid, lock), cgroups)
    for name, target in (("course/utils", course.UTILS), ("inside", INSIDE)):
        (box / name).parent.mkdir(parents=True, exist_ok=True)
        (box / name).symlink_to(target, target_is_directory=True)
    if jail is LOCKED:
        lock["landlock"] = {
            "read": _readable(folder, denied),
            "list": _listable(),
            "write": [str(run), str(box), "/dev"],
        }
        if os.geteuid() == 0 and not cgroups and root_may_become_another():
            uid = lock["uid"] = _another_user()  # root's processes are counted nowhere else
            for path in (box, box / "course"):
                os.chown(path, uid, uid)
    return Cell(tuple(prefix), str(box), uid, _own(run, uid, lock), cgroups)


def limits_processes(jail: Jail) -> bool:
    """Whether a kernel's processes are counted: Linux counts none of root's, unless they have a cgroup."""
    counted = jail is BUBBLEWRAP or os.geteuid() != 0 or root_may_become_another() or counts_processes()
    return jail is not UNSAFE and counted


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


def _end_all_of(uid: int) -> None:
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


def _another_user() -> int:
    return 2**30 + secrets.randbelow(2**29)  # a user of nothing, another one for every kernel


def _join(cgroups: tuple[Path, ...]) -> list[str]:
    """A front part of a command that enters the cgroups first, so that nothing it starts is ever outside of them."""
    steps = [f"echo $$ > '{group / 'cgroup.procs'}'" for group in cgroups]
    return ["/bin/sh", "-c", "; ".join([*steps, 'exec "$@"']), "sh"] if steps else []


def _own(run: Path, uid: int | None, lock: dict[str, Any]) -> dict[str, Any]:
    if uid is not None:
        os.chown(run, uid, uid)
    return lock


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


def _bubblewrap(folder: Path, denied: tuple[str, ...]) -> list[str]:
    bound = _files(folder, denied)
    bound += ["--ro-bind", str(folder / "given"), str(folder / "given")]
    bound += ["--bind", str(folder / "run"), str(folder / "run")]
    # For an ordinary user the root is his own file system in memory, without a limit: he must not write into it.
    locked = ["--remount-ro", "/"]
    return [*_walls(shutil.which("bwrap") or "bwrap"), *_parents(bound[2::3]), *bound, *locked, "--"]


def _files(folder: Path, denied: tuple[str, ...]) -> list[str]:
    """What every kernel may read: Python and its packages without the denied ones, `utils`, and our part inside."""
    bound: list[str] = []
    for path in python_paths():
        bound += ["--ro-bind", path, path]
    empty = folder / "empty"
    empty.mkdir()
    for site in _sites():
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


@lru_cache(maxsize=1)
def python_paths() -> tuple[str, ...]:
    """Folders of this Python and its environment, outside /usr."""
    found = [sys.prefix, sys.base_prefix, sys.exec_prefix, str(Path(sys.executable).resolve().parents[1])]
    paths = [p for p in dict.fromkeys(map(os.path.realpath, found)) if not p.startswith("/usr")]
    named = [p for p in dict.fromkeys(found) if not p.startswith("/usr")]  # as written in the environment's own files
    return tuple(p for p in dict.fromkeys([*paths, *named]) if not _inside_another(p, paths))


def _inside_another(path: str, paths: list[str]) -> bool:
    return any(path != other and Path(path).is_relative_to(other) for other in paths)


def _sites() -> list[Path]:
    """Folders that hold installed packages."""
    names = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *(p for p in sys.path if "-packages" in p)}
    return [Path(name) for name in sorted(names) if Path(name).is_dir()]


def _readable(folder: Path, denied: tuple[str, ...]) -> list[str]:
    """What Landlock lets a kernel read: the system's libraries, this Python without the denied packages, and our part."""
    system = ["/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives", "/etc/fonts"]
    own = [str(course.UTILS), str(INSIDE), str(folder / "given"), "/proc", "/dev"]
    python = []
    sites = _sites()
    for base in python_paths():
        python += _without(Path(base), sites, denied)
    return [*system, *python, *own]


def _without(path: Path, sites: list[Path], denied: tuple[str, ...]) -> list[str]:
    """The paths below `path` that leave out denied packages of `sites`; whole folders where nothing is left out."""
    if path in sites:
        return [str(child) for child in path.iterdir() if child.name.split("-")[0] not in denied]
    if not any(site.is_relative_to(path) for site in sites):
        return [str(path)]
    return [found for child in path.iterdir() for found in _without(child, sites, denied)]


def _listable() -> list[str]:
    """Folders whose names may be listed, so that imports can look around: reading their files is another right."""
    return list(python_paths())
