"""Forks kernels that have their imports behind them; it pays once what every notebook would pay again.

Run as a script inside bubblewrap, with its settings as one JSON object in the first argument: `control` (the number of
the socket on which kernels are ordered), `box`, `preload` (modules to import), `keep` and `size` (see `walls.wall_in`).
Every kernel is shut in alone (`walls`) before anything of its student is there to run, loses all rights as a cold one
does (`lockdown`), and leaves nothing behind that the next one could see. This process never hears from a kernel.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

MAX_ORDER = 200_000  # bytes of an order: the settings of one kernel, file names not included


def main(argument: str) -> None:
    """Imports what is worth it, says so, and forks a kernel for every order until the line is closed."""
    settings = json.loads(argument)
    control = socket.socket(fileno=settings["control"])
    box = Path(settings["box"])

    from inside import lockdown, start, walls  # noqa: F401 - imported before the first fork, for all of them

    start.prepare_imports(box)
    for name in settings["preload"]:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # the children share these pages for as long as no collection touches them
    control.send(b"ready")
    while True:
        order, handles, _, _ = socket.recv_fds(control, MAX_ORDER, 1)
        if not order:
            return
        child = os.fork()
        if child == 0:
            _enter(json.loads(order), socket.socket(fileno=handles[0]), control, settings)
        os.close(handles[0])
        os.waitpid(child, 0)


def _enter(order: dict[str, Any], line: socket.socket, control: socket.socket, settings: dict[str, Any]) -> NoReturn:
    """In the child: new name spaces, a first process for them, and behind its walls the kernel."""
    import numpy
    from inside import lockdown, start, walls

    try:
        control.close()
        run = Path(order["cell"]) / "run"
        # Opened before there are walls: a file that is open for writing would keep its mount from becoming read-only.
        log = os.open(run / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        walls.leave_the_others()
        if os.fork() != 0:  # not saved by a setns of the nursery's: an ordinary user may not enter his own space again
            os._exit(0)
        os.setsid()
        keep = [Path(path) for path in settings["keep"]]
        walls.wall_in(Path(order["cell"]), Path(settings["box"]), keep, settings["size"], order["uid"])
        line.send(b"ready")
        if line.recv(1) != b"g":  # by now the grader has put this process into its cgroups
            os._exit(0)
        kernel = os.fork()
        if kernel == 0:
            line.close()
            os.setsid()
            _speak_into(log)
            random.seed()
            numpy.random.seed()
            start.live(order["kernel"])
            os._exit(0)
        os.close(log)
        _wait_for_its_sockets(line, kernel)
        walls.close_up(run)
        line.send(b"shut")
        line.close()
        lockdown.drop_capabilities()
        lockdown.hide()
        _wait_for(kernel)
    except BaseException:  # noqa: BLE001 - whatever it is, the grader wants to hear it, and nothing may run on
        traceback.print_exc()
        with contextlib.suppress(OSError):
            line.send(traceback.format_exc()[-2000:].encode())
    os._exit(1)


def _wait_for_its_sockets(line: socket.socket, kernel: int) -> None:
    """Until the grader says that they are there: no code of a student runs before that."""
    while not select.select([line], [], [], 0.2)[0]:
        if os.waitpid(kernel, os.WNOHANG)[0]:
            os._exit(0)
    if line.recv(1) != b"s":
        os._exit(0)


def _wait_for(kernel: int) -> NoReturn:
    """The first process of the space: its end is the end of all others, so it ends with the kernel."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        with contextlib.suppress(InterruptedError):
            if os.wait()[0] == kernel:
                os._exit(0)


def _speak_into(log: int) -> None:
    """What this process says from now on, the interpreter's last words included, goes to a file of its own."""
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    main(sys.argv[1])
