"""Takes from a process what student code must not have, before any student code runs; nothing here can be undone.

Limits, another user, no new privileges, a Landlock ruleset on files, and a seccomp filter on system calls. It works from
inside, without any program to install, and stands behind bubblewrap as a second wall or, where there is none, alone.
Linux only; the numbers are those of the kernel's headers (landlock(7), seccomp(2), prctl(2)).
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from collections.abc import Iterable
from typing import Any

PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 4, 22, 24, 38
SECCOMP_MODE_FILTER = 2
EPERM, ENOSYS, EOPNOTSUPP = 1, 38, 95
AF_UNIX = 1

# System calls a notebook has no use for: namespaces, mounts, other processes' memory, keys, modules, io_uring.
DENIED = {
    "x86_64": [272, 308, 165, 166, 155, 161, 101, 310, 311, 321, 250, 248, 249, 298, 323, 246, 320, 175, 313, 176]
    + [425, 426, 427, 304, 303, 167, 169, 442, 428, 429, 430, 431, 432],
    "aarch64": [97, 268, 40, 39, 41, 51, 117, 270, 271, 280, 219, 217, 218, 241, 282, 104, 294, 105, 273, 106]
    + [425, 426, 427, 265, 264, 224, 142, 442, 428, 429, 430, 431, 432],
}
NUMBERS = {
    "x86_64": {"clone": 56, "clone3": 435, "socket": 41},
    "aarch64": {"clone": 220, "clone3": 435, "socket": 198},
}
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET

# Landlock's rights by the version that brought them; see landlock(7).
READ = 1 << 2 | 1 << 3
LIST = 1 << 3
EXECUTE = 1 << 0
WRITE = 1 << 1 | sum(1 << bit for bit in range(4, 13))
LATER = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}


def lock_down(settings: dict[str, Any]) -> None:
    """Applies what `settings` asks for: limits, uid, landlock ({"read", "list", "write": paths} or None), seccomp."""
    set_limits(settings["limits"])
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    if settings["landlock"] is not None:  # while the process may still open the folders it names
        restrict_files(**settings["landlock"])
    empty_bounding_set()  # while the process may still do so
    if settings["uid"] is not None:
        become(settings["uid"])
    drop_capabilities()
    if settings["seccomp"]:
        filter_calls()


def set_limits(limits: dict[str, int]) -> None:
    """Sets soft and hard limits by their names in `resource`, for example {"AS": bytes, "NPROC": number}."""
    for name, most in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def become(uid: int) -> None:
    """Becomes a user without any right: no groups, no capabilities (the kernel takes them with the change)."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    # The change of user makes a process undumpable, and its own /proc files root's; a plain process is dumpable.
    _prctl(PR_SET_DUMPABLE, 1)


def empty_bounding_set() -> None:
    """No program started later can gain a capability. Without the right to say so (CAP_SETPCAP) nothing changes."""
    for number in range(64):
        if libc().prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0:
            break  # no right, or beyond the last capability of this kernel


def drop_capabilities() -> None:
    """Keeps the user but takes every capability: root in name only."""
    header = struct.pack("=Ii", 0x20080522, 0)
    if libc().capset(header, bytes(24)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def hide() -> None:
    """No other process of the same user may look into this one or take it over; see PR_SET_DUMPABLE in prctl(2)."""
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _prctl(PR_SET_DUMPABLE, 0)


def landlock_version() -> int:
    """Version of Landlock in this kernel, 0 where there is none."""
    return max(0, libc().syscall(444, None, 0, 1))


def restrict_files(read: Iterable[str], list: Iterable[str], write: Iterable[str]) -> None:
    """From now on only files below these paths can be opened; below `list` only names are seen; `write` may be changed."""
    version = landlock_version()
    if not version:
        raise OSError("this kernel has no Landlock")
    later = sum(right for since, right in LATER.items() if version >= since)
    handled = READ | EXECUTE | WRITE | later
    attributes = [handled] + ([0b11] if version >= 4 else []) + ([0b11] if version >= 6 else [])
    packed = struct.pack(f"={len(attributes)}Q", *attributes)
    ruleset = libc().syscall(444, packed, len(packed), 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    for paths, rights in ((read, READ | EXECUTE), (list, LIST), (write, handled)):
        for path in paths:
            _allow(ruleset, path, rights)
    if libc().syscall(446, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(path):
            rights &= 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15  # the rights that a file can have
        if libc().syscall(445, ruleset, 1, struct.pack("=Qi", rights, handle), 0) != 0:
            raise OSError(ctypes.get_errno(), f"landlock_add_rule for {path}")
    finally:
        os.close(handle)


def can_filter() -> bool:
    """Whether the seccomp filter knows this machine."""
    return platform.machine() in DENIED


def filter_calls() -> None:
    """Installs the seccomp filter: denied calls fail with EPERM; sockets may be local only; no new namespaces."""
    program = _program(platform.machine())
    code = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.create_string_buffer(header))


def _program(machine: str) -> bytes:
    """The filter as classic BPF: (code, jump if true, jump if false, operand); see seccomp(2)."""
    load, equal, at_least, any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, deny, missing = 0x7FFF0000, 0x00050000 | EPERM, 0x00050000 | ENOSYS
    no_network = 0x00050000 | EOPNOTSUPP  # the answer that libzmq takes calmly when it looks for interfaces
    number = NUMBERS[machine]
    steps: list[tuple[int, int, int, int]] = [
        (load, 0, 0, 4),
        (equal, 1, 0, AUDIT_ARCH[machine]),
        (give, 0, 0, deny),
        (load, 0, 0, 0),
        (at_least, 0, 1, 0x40000000),  # the x32 numbers, another way to every call
        (give, 0, 0, deny),
    ]
    for call in DENIED[machine]:
        steps += [(equal, 0, 1, call), (give, 0, 0, deny)]
    steps += [(equal, 0, 1, number["clone3"]), (give, 0, 0, missing)]  # the C library then uses clone
    steps += [(equal, 0, 4, number["clone"]), (load, 0, 0, 16), (any_bit, 0, 1, NEW_NAMESPACES), (give, 0, 0, deny)]
    steps += [(give, 0, 0, allow)]
    steps += [(equal, 0, 3, number["socket"]), (load, 0, 0, 16), (equal, 1, 0, AF_UNIX), (give, 0, 0, no_network)]
    steps += [(give, 0, 0, allow)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _prctl(option: int, *values: Any) -> None:
    if libc().prctl(option, *values, *[0] * (4 - len(values))) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def libc() -> Any:
    """The C library of this process; a call that fails leaves its number in ctypes.get_errno()."""
    return ctypes.CDLL(None, use_errno=True)
