"""Keeps, in this process, a nursery of kernels for each kind of assignment, and orders kernels from it.

Only bubblewrap has nurseries; elsewhere, and where the machine cannot do it, every kernel starts cold. What goes on
inside stands in `inside/nursery.py`.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import course
from autograder.sandbox import bubblewrap, jail
from autograder.sandbox.furniture import font_lists, kernel_environment
from autograder.sandbox.places import BOX, BOX_BYTES, python_paths

# What the notebooks and their kernels import. Not the inline backend: it must find a shell when it is imported.
KERNEL = (
    *("numpy", "matplotlib.pyplot", "matplotlib.figure", "matplotlib.backends.backend_agg", "PIL.PngImagePlugin"),
    *(
        "ipykernel.kernelapp",
        "ipykernel.ipkernel",
        "ipykernel.zmqshell",
        "ipykernel.debugger",
        "jupyter_client.connect",
    ),
    *("IPython.core.completerlib", "IPython.core.debugger", "IPython.core.oinspect", "IPython.core.pylabtools"),
    *("IPython.extensions.storemagic", "tornado.platform.asyncio", "inside.agent", "inside.application"),
)
KERAS = ("keras",)
START_SECONDS = 120


class NurseryFailed(RuntimeError):
    """This machine cannot fork kernels behind walls; the message says what went wrong. Cold kernels still work."""


@dataclass
class Nursery:
    """A running nursery; `order` gives a kernel. `rooms` of kernels are folders below `folder`."""

    allow_keras: bool
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"nn-{os.getpid()}-"))
        self._rooms = itertools.count(1)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._start(theirs)
        except BaseException:
            self.close()
            raise
        finally:
            theirs.close()

    def _start(self, theirs: socket.socket) -> None:
        self.folder.chmod(0o711)
        (self.folder / "matplotlib").mkdir()
        for path in font_lists():
            shutil.copy(path, self.folder / "matplotlib")
        settings = {
            "control": theirs.fileno(),
            "box": BOX,
            "preload": [*KERNEL, *_utils(), *(KERAS if self.allow_keras else ())],
            "keep": [path for path in python_paths() if Path(path).is_relative_to("/tmp")],
            "size": BOX_BYTES // 4,
        }
        walls = bubblewrap.nursery_command(self.folder, allow_keras=self.allow_keras)
        with open(self.folder / "log", "wb") as log:
            self._process = subprocess.Popen(
                [*walls, sys.executable, f"{BOX}/inside/nursery.py", json.dumps(settings)],
                env=kernel_environment(BOX) | {"PATH": os.environ.get("PATH", os.defpath)},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        theirs.close()
        if _receive(self._control, START_SECONDS)[0] != b"ready":
            raise NurseryFailed((self.folder / "log").read_text(errors="replace").strip()[-500:] or "it ended at once")

    def room(self) -> Path:
        """A new private folder for one kernel."""
        room = self.folder / str(next(self._rooms))
        room.mkdir()
        return room

    def order(self, cell: jail.Cell, settings: dict[str, Any], room: Path) -> Child:
        """Forks a kernel behind its walls, in its cgroups. Raises NurseryFailed with what went wrong inside."""
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with contextlib.ExitStack() as failing:
            failing.callback(mine.close)
            mine.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            with theirs:
                uid = os.geteuid() if cell.uid is None else cell.uid
                order = json.dumps({"cell": str(room), "uid": uid, "kernel": settings}).encode()
                try:
                    socket.send_fds(self._control, [order], [theirs.fileno()])
                except OSError as error:
                    raise NurseryFailed(f"it has ended: {error}") from None
            said, pid = _receive(mine, START_SECONDS)
            if said != b"ready":
                raise NurseryFailed(said.decode(errors="replace") or "it ended before the kernel was there")
            cell.admit(pid)
            mine.send(b"g")
            failing.pop_all()
        return Child(pid, mine)

    def close(self) -> None:
        """Ends the nursery with all that lives in it."""
        self._control.close()  # it ends by itself when its line is closed
        process = getattr(self, "_process", None)
        if process is not None:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Child:
    """The first process of a kernel's process space: what subprocess.Popen is to a kernel that starts cold."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, line: socket.socket):
        self.pid = pid
        self.returncode: int | None = None
        self._line = line
        self._handle = os.pidfd_open(pid)

    def close_up(self) -> None:
        """Its sockets are there: from now on its folder on disk is read-only. Raises NurseryFailed if that cannot be."""
        with self._line, contextlib.suppress(ConnectionError):
            self._line.send(b"s")
            said = _receive(self._line, START_SECONDS)[0]
            if said != b"shut":
                raise NurseryFailed(said.decode(errors="replace") or "it ended while its folder was closed")

    def poll(self) -> int | None:
        """None while it lives, then 0."""
        return self.wait(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Waits for its end, at most `timeout` seconds."""
        if self.returncode is None and select.select([self._handle], [], [], timeout)[0]:
            os.close(self._handle)
            self.returncode = 0
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Sends a signal to the first process; only SIGKILL reaches it, and everything else with it."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)  # type: ignore[attr-defined]

    def kill(self) -> None:
        """Ends it and everything in its process space, and waits for that."""
        self._line.close()
        self.send_signal(signal.SIGKILL)
        self.wait(5)

    terminate = kill


_open: dict[tuple[int, bool], Nursery | None] = {}  # by process, since a fork must not use its parent's
_why_cold: dict[int, str] = {}  # by process, too


def nursery(*, allow_keras: bool) -> Nursery | None:
    """This process's nursery for such assignments, started when first asked for; None where kernels start cold.

    COURSE_WARM=0 asks for cold kernels.
    """
    if os.environ.get("COURSE_WARM") == "0" or jail.choose() is not jail.BUBBLEWRAP:
        return None
    key = (os.getpid(), allow_keras)
    if key not in _open:
        try:
            _open[key] = Nursery(allow_keras)
        except (NurseryFailed, OSError, AttributeError) as error:  # AttributeError: this Python has no pidfd
            _open[key] = None
            _why_cold[os.getpid()] = str(error)
    return _open[key]


def give_up(allow_keras: bool, why: Exception) -> None:
    """From now on kernels of this kind start cold in this process."""
    before = _open.get((os.getpid(), allow_keras))
    _open[os.getpid(), allow_keras] = None
    _why_cold[os.getpid()] = str(why)
    if before is not None:
        before.close()


def why_cold() -> str:
    """What went wrong with a nursery of this process, or nothing."""
    return _why_cold.get(os.getpid(), "")


@atexit.register
def close_all() -> None:
    """Ends the nurseries of this process."""
    for (pid, _), one in list(_open.items()):
        if pid == os.getpid() and one is not None:
            one.close()
    _open.clear()


def _utils() -> list[str]:
    """The modules of `utils`; none of them imports Keras by being imported."""
    names = [path.relative_to(course.ROOT).with_suffix("") for path in sorted(course.UTILS.rglob("*.py"))]
    return [".".join(name.parts) for name in names if name.name != "__init__"]


def _receive(line: socket.socket, seconds: float) -> tuple[bytes, int]:
    """A message and the process it came from, as this process space numbers it; nothing and 0 at the end of the line."""
    if not select.select([line], [], [], seconds)[0]:
        raise NurseryFailed(f"no answer within {seconds:.0f} s")
    try:
        said, more, _, _ = line.recvmsg(4096, socket.CMSG_SPACE(struct.calcsize("3i")))
    except ConnectionError:
        return b"", 0
    pids = [struct.unpack("3i", data)[0] for level, kind, data in more if kind == 2]  # SCM_CREDENTIALS
    return said, pids[0] if pids else 0
