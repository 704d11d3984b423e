"""Shuts a freshly forked process in, alone: name spaces, mounts and files of its own; nothing here can be undone.

For a process inside bubblewrap that still has the right to make name spaces. What the outer jail hides stays hidden;
what it shows becomes read-only, and every folder that can be written is replaced by an empty one in memory. Linux only;
see unshare(2), mount(2), mount_setattr(2), pid_namespaces(7).
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

from .lockdown import libc

NEW_SPACES = 0x00020000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000  # mounts, processes, network, IPC, UTS
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, ATTR_RDONLY = 442, -100, 0x8000, 1
OPEN_FROM_HERE = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC if hasattr(os, "O_PATH") else 0


def leave_the_others() -> None:
    """New name spaces for this process; the process space holds for what it forks from now on."""
    _checked(libc().unshare(NEW_SPACES), "unshare")


def wall_in(cell: Path, box: Path, keep: Iterable[Path], size: int, uid: int) -> None:
    """As the first process of its space: mounts of its own, of which only memory and `cell`/run can be written.

    `size` is what each folder in memory may hold, in bytes; home and working folder belong to `uid`. `cell` holds run/
    (sockets) and given/ (files to read); its neighbours disappear, and so does whatever another process left in a
    folder that could be written. `keep` are folders below /tmp that stay (Python's, if it is there).
    """
    _mount(None, "/", None, MS_REC | MS_PRIVATE)
    _read_only("/", recursive=True, on=True)
    kept = {path: os.open(path, OPEN_FROM_HERE) for path in (cell / "run", cell / "given", *keep)}
    own, everybodys = f"mode=700,uid={uid},gid={uid}", "mode=1777"
    empty = {box / "home": own, box / "course" / "work": own, Path("/dev/shm"): everybodys, cell.parent: everybodys}
    for folder, mode in [*empty.items(), (Path("/tmp"), everybodys)]:
        if folder.is_dir():
            _mount("tmpfs", str(folder), "tmpfs", MS_NOSUID | MS_NODEV, f"size={size},{mode}")
    for path, handle in kept.items():
        path.mkdir(parents=True, exist_ok=True)
        _mount(f"/proc/self/fd/{handle}", str(path), None, MS_BIND | MS_REC)
        os.close(handle)
    _read_only(str(cell / "run"), recursive=False, on=False)
    _mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)


def close_up(run: Path) -> None:
    """From now on `run` cannot be written either: its sockets are made, and on disk a kernel has nothing else to write."""
    _read_only(str(run), recursive=False, on=True)


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    words = [None if word is None else word.encode() for word in (source, target, kind, data)]
    done = libc().mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3])
    _checked(done, f"mount {source} on {target}")


def _read_only(path: str, *, recursive: bool, on: bool) -> None:
    rights = (ctypes.c_uint64 * 4)(ATTR_RDONLY if on else 0, 0 if on else ATTR_RDONLY, 0, 0)  # set, clear, and no more
    flags = AT_RECURSIVE if recursive else 0
    done = libc().syscall(MOUNT_SETATTR, AT_FDCWD, path.encode(), flags, ctypes.byref(rights), ctypes.sizeof(rights))
    _checked(done, f"mount_setattr {path}")


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
