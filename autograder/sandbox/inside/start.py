"""Starts the kernel of one student: an ordinary ipykernel, and beside it the agent on its own line to the grader.

Run as a script, with the kernel's arguments as one JSON object in the first argument: `connection_file`, `line` (the
path of the grader's socket), `box` (the folder it may write in, which holds `inside` and `course/utils`), `given` (what
is copied into it), `denied` (packages an assignment does not allow), `lockdown` (what it takes from itself).
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
import warnings
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

HEADER = struct.Struct("<cIQ")  # kind (q question, r reply, c callback), number of the question, bytes to follow
LINGER = 0.001  # seconds to wait for another question before the kernel may do something else


class Denied(MetaPathFinder):
    """Says in plain words that an assignment does not allow a package. (Hiding it for good is the sandbox's work.)"""

    def __init__(self, packages: list[str]):
        self.packages = frozenset(packages)

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> None:
        """Raises ImportError for a denied package, and leaves everything else to the others."""
        if name.partition(".")[0] in self.packages:
            raise ImportError(f"this assignment is from scratch: {name.partition('.')[0]} is not allowed in it")


class LineToGrader:
    """Reads questions from the socket and answers them in the kernel's main thread, between two cells."""

    def __init__(self, path: str, namespace: dict[str, Any]):
        from inside.agent import Agent

        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.agent = Agent(namespace, self._ask)
        self.number = 0
        self.rest = bytearray()

    def on_readable(self, fd: Any, events: int) -> None:
        """Answers questions, which come in bursts. Ctrl+C works meanwhile, as it does in a cell."""
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            while True:
                _, self.number, frame = self._receive()
                self._send(b"r", self.agent.answer(frame))
                if not select.select([self.socket], [], [], LINGER)[0]:
                    break
        except KeyboardInterrupt:
            pass  # the answer was already on its way
        finally:
            signal.signal(signal.SIGINT, before)

    def _ask(self, frame: bytes) -> bytes:
        self._send(b"c", frame)
        mine = self.number
        while True:
            kind, self.number, answer = self._receive()
            if kind != b"q":
                return answer
            # What the grader calls for us calls a function of ours: it asks while we wait.
            self._send(b"r", self.agent.answer(answer))
            self.number = mine

    def _send(self, kind: bytes, frame: bytes) -> None:
        self.socket.sendall(HEADER.pack(kind, self.number, len(frame)) + frame)

    def _receive(self) -> tuple[bytes, int, bytes]:
        # A message is taken off `rest` only when it is whole, so that Ctrl+C gets nothing out of step.
        self._fill(HEADER.size)
        kind, number, length = HEADER.unpack_from(self.rest)
        end = HEADER.size + length
        self._fill(end)
        frame = bytes(self.rest[HEADER.size : end])
        del self.rest[:end]
        return kind, number, frame

    def _fill(self, count: int) -> None:
        while len(self.rest) < count:
            part = self.socket.recv(2**16)
            if not part:
                self._leave()
            self.rest += part

    def _leave(self) -> NoReturn:
        os._exit(0)  # the grader is gone: nothing is left to do here


def prepare_imports(box: Path) -> None:
    """What the course gives comes first, then the system; no entry may lead to the autograder."""
    system = [
        p for p in sys.path if not p.startswith(("__editable__", str(box))) and not (Path(p) / "autograder").is_dir()
    ]
    sys.path[:] = [str(box / "course"), str(box), *(p for p in system if p != str(Path(__file__).parent))]
    # An editable install of the course would make the autograder importable.
    sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in getattr(finder, "__module__", "")]
    # Nobody debugs here, and ipykernel would import its debugger: a third of a second and 30 MiB.
    sys.modules["debugpy"] = None  # type: ignore[assignment]


def furnish(box: Path, given: Path) -> None:
    """Makes the working folder and the home, and copies in what was handed in beside the notebook."""
    (box / "home").mkdir(exist_ok=True)
    shutil.copytree(given / "files", box / "course" / "work", dirs_exist_ok=True)
    shutil.copytree(given / "matplotlib", box / "home" / "matplotlib")
    os.chdir(box / "course" / "work")


def live(settings: dict[str, Any]) -> None:
    """Locks this process up, starts the kernel in it and comes back when the kernel ends."""
    from inside.lockdown import lock_down

    os.environ.pop("JPY_PARENT_PID", None)  # no parent is visible from inside; ipykernel would take it for dead
    lock_down(settings["lockdown"])
    furnish(Path(settings["box"]), Path(settings["given"]))

    from inside.application import Application
    from tornado.ioloop import IOLoop

    sys.meta_path.insert(0, Denied(settings["denied"]))
    # ipykernel looks for a network to collect what subprocesses print; there is none.
    warnings.filterwarnings("ignore", "Couldn't bind IOPub")
    app = Application.instance(connection_file=settings["connection_file"])
    app.initialize()
    # What the student handed in comes last, so that it can shadow nothing.
    sys.path.append(os.getcwd())
    assert app.shell is not None
    line = LineToGrader(settings["line"], app.shell.user_ns)
    IOLoop.current().add_handler(line.socket.fileno(), line.on_readable, IOLoop.READ)
    app.start()


def main(argument: str) -> None:
    """A kernel of its own, from nothing."""
    settings = json.loads(argument)
    prepare_imports(Path(settings["box"]))
    live(settings)


if __name__ == "__main__":
    main(sys.argv[1])
