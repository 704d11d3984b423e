"""Decides what isolates a student's kernel on this machine, and prepares the place for one.

Three jails, the best that works is taken: bubblewrap (own file system, network, process and IPC space), the kernel's own
locks alone (Landlock, seccomp, limits; nothing to install, weaker promises), and none, which must be asked for in words.
What the process takes from itself stands in `inside/lockdown.py`.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder import course
from autograder.sandbox import bubblewrap, landlock
from autograder.sandbox.cgroups import counts_processes, make_groups
from autograder.sandbox.inside import lockdown
from autograder.sandbox.places import BOX, FRAMEWORKS, INSIDE, MIB
from autograder.sandbox.users import another_user, end_all_of, root_may_become_another

FILE_BYTES = 64 * MIB  # what a kernel may write into one file
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
            end_all_of(self.uid)
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
    if wanted in ("auto", "bubblewrap") and bubblewrap.works() == "":
        return BUBBLEWRAP
    if wanted in ("auto", "landlock") and landlock.works() == "":
        return LOCKED
    if os.environ.get("COURSE_UNSAFE") == "1":
        return UNSAFE
    raise NoSandbox(
        "student code cannot be isolated on this machine.\n"
        f"  bubblewrap: {bubblewrap.works() or 'works, but COURSE_JAIL does not allow it'}\n"
        f"  Landlock: {landlock.works() or 'works, but COURSE_JAIL does not allow it'}\n"
        "Install bubblewrap (apt install bubblewrap), or run in a container or WSL with it; see docs/security.md.\n"
        "To grade without a sandbox all the same, say --unsafe; to nbgrader, --TrustedExecute.unsafe=True."
    )


def allow_none() -> None:
    """From now on this process goes on without a sandbox where there is none."""
    os.environ["COURSE_UNSAFE"] = "1"


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
                folder.name if folder.name.startswith("nn-") else f"{folder.parent.name}-{folder.name}",
                memory=MEMORY_BYTES[allow_keras],
                processes=PROCESSES[allow_keras],
            )
        )
    prefix = _join(cgroups)
    if jail is BUBBLEWRAP:
        if os.geteuid() == 0:
            uid = lock["uid"] = another_user()
        prefix = [] if warm else [*prefix, *bubblewrap.command(folder, denied)]
        return Cell(tuple(prefix), BOX, uid, _own(run, uid, lock), cgroups)
    for name, target in (("course/utils", course.UTILS), ("inside", INSIDE)):
        (box / name).parent.mkdir(parents=True, exist_ok=True)
        (box / name).symlink_to(target, target_is_directory=True)
    if jail is LOCKED:
        lock["landlock"] = {
            "read": landlock.readable(folder, denied),
            "list": landlock.listable(),
            "write": [str(run), str(box), "/dev"],
        }
        if os.geteuid() == 0 and not cgroups and root_may_become_another():
            uid = lock["uid"] = another_user()  # root's processes are counted nowhere else
            for path in (box, box / "course"):
                os.chown(path, uid, uid)
    return Cell(tuple(prefix), str(box), uid, _own(run, uid, lock), cgroups)


def limits_processes(jail: Jail) -> bool:
    """Whether a kernel's processes are counted: Linux counts none of root's, unless they have a cgroup."""
    counted = jail is BUBBLEWRAP or os.geteuid() != 0 or root_may_become_another() or counts_processes()
    return jail is not UNSAFE and counted


def _join(cgroups: tuple[Path, ...]) -> list[str]:
    """A front part of a command that enters the cgroups first, so that nothing it starts is ever outside of them."""
    steps = [f"echo $$ > '{group / 'cgroup.procs'}'" for group in cgroups]
    return ["/bin/sh", "-c", "; ".join([*steps, 'exec "$@"']), "sh"] if steps else []


def _own(run: Path, uid: int | None, lock: dict[str, Any]) -> dict[str, Any]:
    if uid is not None:
        os.chown(run, uid, uid)
    return lock
