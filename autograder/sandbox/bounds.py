"""Limits what an answer to a student's kernel may cost the grader: the kernel chooses the arguments, and so the work."""

from __future__ import annotations

import contextlib
import resource
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MORE_BYTES = 2**30  # that an answer may add to the address space of this process; honest ones need a few MiB
STATM = Path("/proc/self/statm")


@contextlib.contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raises TimeoutError or MemoryError in the block where it takes more than so many seconds, or more than MORE_BYTES.

    A thread that gets no signals has the limit of memory only, and so has a block within a block: the first timer runs on.
    """
    with _memory(), _timer(seconds):
        yield


@contextlib.contextmanager
def _memory() -> Iterator[None]:
    if not STATM.exists():  # not on Linux
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = int(STATM.read_text().split()[0]) * resource.getpagesize() + MORE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most if soft == resource.RLIM_INFINITY else min(soft, most), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextlib.contextmanager
def _timer(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread() or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01))
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)


def _ring(number: int, frame: Any) -> None:
    raise TimeoutError("it takes too long")
