"""Starts and stops the kernel of one student, and holds the line to its agent. Every kernel of the course starts here.

The kernel is a jupyter_client kernel with its own provisioner, `course-kernel`: what isolates it is decided there and
nowhere else. All that a kernel may write is one private folder, which goes with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbclient.util import run_sync

from autograder.files import write_files
from autograder.sandbox import jail
from autograder.sandbox.bounds import bounded
from autograder.sandbox.furniture import font_lists, kernel_environment
from autograder.sandbox.inside.start import HEADER
from autograder.sandbox.inside.wire import MAX_FRAME, encode
from autograder.sandbox.nursery import Child, Nursery, NurseryFailed, give_up, nursery
from autograder.sandbox.places import FRAMEWORKS
from autograder.student import StudentError

SEND_SECONDS = 30  # a question that is not taken is not answered either


class KernelGone(StudentError):
    """The kernel died or had to be killed; the message says what the student's code was doing."""


class CourseProvisioner(LocalProvisioner):
    """Launches a student's kernel in its jail, with an environment that tells it nothing: cold, or from a nursery."""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Keeps only the variables a kernel needs, so that no secret of the grader's environment goes along."""
        kwargs = await super().pre_launch(**kwargs)
        kwargs["env"] = self.kernel_spec.env | {"PATH": os.environ.get("PATH", os.defpath)}
        kwargs["stdin"] = subprocess.DEVNULL
        kwargs["stdout"] = kwargs["stderr"] = kwargs.pop("log")
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Asks the nursery where the kernel has one (`order`), else starts the command."""
        order = kwargs.pop("order", None)
        if order is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = order()  # it opens the log itself
        self.pid = self.process.pid
        return self.connection_info


class Kernel:
    """One running kernel in its private folder. Use it as a context manager; `stop` is safe at any time.

    `files` are copied into the working folder (the submission's extra files, never notebooks).
    """

    def __init__(self, *, allow_keras: bool, files: dict[str, bytes] | None = None, startup_seconds: float = 60):
        warm = nursery(allow_keras=allow_keras)
        try:
            self._start(warm, allow_keras, files or {}, startup_seconds)
        except NurseryFailed as error:
            give_up(allow_keras, error)
            self._start(None, allow_keras, files or {}, startup_seconds)

    def _start(self, warm: Nursery | None, allow_keras: bool, files: dict[str, bytes], seconds: float) -> None:
        self.jail = jail.choose()
        self.folder = warm.room() if warm else Path(tempfile.mkdtemp(prefix=f"nn-{os.getpid()}-"))
        self.deadline = float("inf")
        self.gone = False
        self._asked = self._number = 0
        self._rest = bytearray()
        self._socket: socket.socket | None = None
        try:
            self._furnish(files)
            self._cell = jail.prepare(self.jail, self.folder, allow_keras=allow_keras, warm=warm is not None)
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(self.folder / "run" / "line"))
            if self._cell.uid is not None:
                os.chown(self.folder / "run" / "line", self._cell.uid, self._cell.uid)
            self._listener.listen(1)
            settings = self._settings(() if allow_keras else FRAMEWORKS)
            self.manager = self._manager(settings)
            order = (lambda: warm.order(self._cell, settings, self.folder)) if warm else None
            with open(self.folder / "run" / "log", "wb") as log:
                run_sync(self.manager.start_kernel)(cwd=str(self.folder), order=order, log=log)
            self._accept(seconds)
            # Its sockets are made: on disk it needs to write no more.
            if self._cell.uid is not None:
                os.chown(self.folder / "run", 0, 0)
            process = getattr(self.manager.provisioner, "process", None)
            if isinstance(process, Child):
                process.close_up()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _furnish(self, files: dict[str, bytes]) -> None:
        """Makes run/ (sockets), given/ (the submission's files and what saves time) and box/; see `jail.prepare`."""
        for name in ("run", "box", "given/matplotlib"):
            (self.folder / name).mkdir(parents=True)
        write_files(self.folder / "given" / "files", files)
        for path in font_lists():
            shutil.copy(path, self.folder / "given" / "matplotlib")

    def _settings(self, denied: tuple[str, ...]) -> dict[str, Any]:
        """What `inside/start.py` is told."""
        return {
            "connection_file": str(self.folder / "run" / "kernel.json"),
            "line": str(self.folder / "run" / "line"),
            "given": str(self.folder / "given"),
            "box": self._cell.box,
            "denied": denied,
            "lockdown": self._cell.settings,
        }

    def _manager(self, settings: dict[str, Any]) -> AsyncKernelManager:
        run, box = self.folder / "run", self._cell.box
        manager = _Manager(connection_file=settings["connection_file"], transport="ipc", ip=str(run / "k"))
        manager.uid = self._cell.uid
        manager._kernel_spec = KernelSpec(
            argv=[*self._cell.prefix, sys.executable, f"{box}/inside/start.py", json.dumps(settings)],
            display_name="A student's kernel",
            language="python",
            interrupt_mode="message",
            env=kernel_environment(box),
            metadata={"kernel_provisioner": {"provisioner_name": "course-kernel"}},
        )
        return manager

    def _accept(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not select.select([self._listener], [], [], 0.2)[0]:
            if time.monotonic() > end or not self.alive():
                said = (self.folder / "run" / "log").read_text(errors="replace").strip()[-1000:]
                raise RuntimeError(f"the kernel did not start: {said or 'is ipykernel installed for this Python?'}")
        self._socket, _ = self._listener.accept()

    def alive(self) -> bool:
        """Whether the process still runs."""
        return bool(run_sync(self.manager.is_alive)())

    def interrupt(self) -> None:
        """As Ctrl+C."""
        with contextlib.suppress(RuntimeError, OSError):
            run_sync(self.manager.interrupt_kernel)()

    def stop(self) -> None:
        """Kills the process, closes the line and removes the private folder."""
        manager = getattr(self, "manager", None)
        if manager is not None:
            process = manager.provisioner.process if manager.provisioner is not None else None
            if process is not None:  # at once: manager.shutdown_kernel asks first, then waits in steps of 0.1 s
                process.kill()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(5)
            manager._close_control_socket()
            run_sync(manager.cleanup_resources)()
        for one in (self._socket, getattr(self, "_listener", None)):
            if one is not None:
                one.close()
        cell = getattr(self, "_cell", None)
        if cell is not None:
            cell.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def answers(self, seconds: float) -> bool:
        """Whether the agent answers at all within so many seconds: it does not while a cell still runs."""
        before, self.deadline = self.deadline, time.monotonic() + seconds
        try:
            self.exchange(encode({"do": "hasattr", "with": (None, "x"), "first": ()}), lambda frame: b"", grace=0)
        except KernelGone:
            return False
        finally:
            self.deadline = before
        return True

    def exchange(self, frame: bytes, serve: Callable[[bytes], bytes], *, grace: float = 3) -> bytes:
        """Sends a question and returns the reply, serving callbacks in between.

        At the deadline the kernel is interrupted, and after `grace` more seconds given up: KernelGone.
        """
        try:
            return self._exchange(frame, serve, grace)
        except KernelGone:
            self.gone = True
            raise

    def _exchange(self, frame: bytes, serve: Callable[[bytes], bytes], grace: float) -> bytes:
        self._asked = self._number = mine = (self._asked + 1) % 2**32
        self._send(b"q", frame)
        interrupted = False
        while True:
            try:
                kind, number, body = self._receive(self.deadline + (grace if interrupted else 0))
            except TimeoutError:
                if interrupted or not grace:
                    raise KernelGone("your code did not end in time and could not be interrupted") from None
                interrupted = True
                self.interrupt()
                continue
            if number != self._number:
                continue  # the late answer to a question that was given up
            if kind == b"c":
                try:
                    with bounded(min(self.deadline - time.monotonic(), 3600)):
                        reply = serve(body)
                except TimeoutError:
                    raise KernelGone("your code asked for something that did not end in time") from None
                self._number = mine  # to serve it may have taken questions of its own
                self._send(b"r", reply)
            else:
                if interrupted:
                    raise StudentError("your code did not end in time", kind="Timeout")
                return body

    def _send(self, kind: bytes, frame: bytes) -> None:
        try:
            self._line.settimeout(SEND_SECONDS)
            self._line.sendall(HEADER.pack(kind, self._number, len(frame)) + frame)
        except TimeoutError:
            raise KernelGone("your code did not take the next question and could not be interrupted") from None
        except OSError:
            raise KernelGone("your code ended the kernel") from None

    def _receive(self, deadline: float) -> tuple[bytes, int, bytes]:
        # A message is taken off `_rest` only when it is whole, so that a TimeoutError gets nothing out of step.
        self._fill(HEADER.size, deadline)
        kind, number, length = HEADER.unpack_from(self._rest)
        if length > MAX_FRAME or kind not in (b"r", b"c"):
            raise KernelGone("your code wrote to the line between kernel and grader")
        end = HEADER.size + length
        self._fill(end, deadline)
        body = bytes(self._rest[HEADER.size : end])
        del self._rest[:end]
        return kind, number, body

    def _fill(self, count: int, deadline: float) -> None:
        while len(self._rest) < count:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                self._line.settimeout(min(left, 3600))
                part = self._line.recv(2**16)
            except TimeoutError:
                raise
            except OSError:
                part = b""
            if not part:
                raise KernelGone("your code ended the kernel")
            self._rest += part

    @property
    def _line(self) -> socket.socket:
        if self._socket is None:
            raise KernelGone("the kernel has no line to the grader")
        return self._socket


class _Manager(AsyncKernelManager):
    """jupyter_client's manager, except that the connection file may belong to the kernel's own user."""

    uid: int | None = None

    def write_connection_file(self, **kwargs: Any) -> None:
        super().write_connection_file(**kwargs)
        if self.uid is not None:
            os.chown(self.connection_file, self.uid, self.uid)
