"""Attempts to break out of a kernel, for `python -m autograder doctor`: each returns what it got hold of, or nothing."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import subprocess
from pathlib import Path


def read(paths: list[str]) -> list[str]:
    """Those of the paths whose content can be read."""
    got = []
    for name in paths:
        with contextlib.suppress(OSError):
            path = Path(name)
            content = list(path.iterdir()) if path.is_dir() else path.read_bytes()[:1]
            if content:
                got.append(name)
    return got


def write(folders: list[str]) -> list[str]:
    """Those of the folders in which a file can be made."""
    got = []
    for name in folders:
        with contextlib.suppress(OSError):
            path = Path(name) / "written-by-a-student"
            path.write_text("x")
            path.unlink()
            got.append(name)
    return got


def connect(port: int) -> list[str]:
    """Ways to a server that listens on the host's loopback."""
    got = []
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as line:
            line.settimeout(2)
            line.connect((address, port))
            got.append(address)
    return got


def processes(own: str) -> list[str]:
    """Other processes whose command can be read: not this one, not the first one, none with `own` in its words."""
    got = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if words and own not in words and path.parent.name not in ("1", str(os.getpid())):
                got.append(words[:60])
    return got


def kill(pids: list[int]) -> list[int]:
    """Those of the processes that would take a signal (0: nothing is sent)."""
    got = []
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, 0)
            got.append(pid)
    return got


def secrets(names: list[str]) -> list[str]:
    """Those of the variables that are in the environment."""
    return [name for name in names if name in os.environ]


def privileges() -> list[str]:
    """Rights a notebook has no use for: becoming root, new namespaces, watching other processes."""
    got = []
    with contextlib.suppress(OSError):
        os.setuid(0)
        if Path("/proc/self/status").read_text().split("CapEff:")[1].split()[0].strip("0"):
            got.append("capabilities")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x10000000) == 0:
        got.append("a user namespace")
    if libc.ptrace(16, os.getppid(), 0, 0) == 0:
        got.append("another process's memory")
    return got


def leave_behind(words: str) -> int:
    """Starts a process that leaves its session and would run for ten minutes; returns its number (of this space)."""
    return subprocess.Popen(["/bin/sleep", words], start_new_session=True).pid


def processes_until_stopped(most: int) -> int:
    """How many processes can be started before the limit, at most `most`; all are ended again."""
    started = []
    with contextlib.suppress(OSError):
        for _ in range(most):
            started.append(subprocess.Popen(["/bin/sleep", "30"]))
    for process in started:
        process.kill()
        process.wait()
    return len(started)


def bytes_until_stopped(folder: str, most: int) -> int:
    """How many bytes fit into one file of the folder, at most `most`; the file is removed again."""
    path, written = Path(folder) / "large", 0
    with contextlib.suppress(OSError), open(path, "wb") as file:
        while written < most:
            file.write(bytes(2**20))
            file.flush()
            written += 2**20
    path.unlink(missing_ok=True)
    return written
