"""Runs jobs in watched processes with limits on time and memory: one that hangs or dies costs its own job only.

For code of ours that may have gone wrong, as mutants have; it is no jail, and no student's code comes here.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

Job = TypeVar("Job")
MEMORY = 4 << 30  # bytes that a process may ask for on top of what it holds when it begins


@dataclass
class _Worker:
    process: Any
    pipe: Connection
    job: int | None = None
    since: float = 0.0


def run_all(
    work: Callable[[Job], Any],
    jobs: Sequence[Job],
    *,
    seconds: float,
    processes: int | None = None,
    prepare: Callable[[], Any] | None = None,
) -> Iterator[tuple[Job, Any]]:
    """Yields (job, answer) as jobs end, in no order; the answer is None where a job took longer than `seconds` or died.

    `work` and `prepare` are functions of a module; `prepare` is called once in each process and has ten times as long.
    """
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else None)
    waiting = list(range(len(jobs)))[::-1]
    workers: list[_Worker] = []

    def start() -> _Worker:
        ours, theirs = context.Pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a fork beside threads: none of ours holds a lock here
            process = context.Process(target=_serve, args=(theirs, work, prepare), daemon=True)
            process.start()
        theirs.close()
        return _Worker(process, ours, job=-1, since=time.monotonic())

    try:
        workers = [start() for _ in range(min(processes or os.cpu_count() or 1, len(jobs)))]
        while workers:
            ready = wait([worker.pipe for worker in workers], timeout=0.2)
            for k, worker in list(enumerate(workers)):
                allowed = seconds * (10 if worker.job == -1 else 1)
                late = worker.job is not None and time.monotonic() - worker.since > allowed
                if worker.pipe not in ready and not late:
                    continue
                done, answer, alive = worker.job, None, False
                if worker.pipe in ready:
                    try:
                        answer, alive = worker.pipe.recv(), True
                    except (EOFError, OSError):
                        alive = False
                if done == -1 and (answer is not None or not alive):
                    raise RuntimeError(f"a process of the proof could not be started: {answer}")
                if not alive:
                    _stop(worker)
                    workers[k] = worker = start()
                else:
                    worker.job = None
                if done is not None and done >= 0:
                    yield jobs[done], answer
                if worker.job is None and waiting:
                    worker.job, worker.since = waiting.pop(), time.monotonic()
                    worker.pipe.send(jobs[worker.job])
            if not waiting and all(worker.job in (None, -1) for worker in workers):
                return
    finally:
        for worker in workers:
            _stop(worker)


def _stop(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.pipe.close()


def _serve(pipe: Connection, work: Callable[[Any], Any], prepare: Callable[[], Any] | None) -> None:
    """The life of a process: prepare, then job after job until the pipe is closed."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)  # what mutants print is nobody's business
    os.dup2(quiet, 2)
    try:
        if prepare is not None:
            prepare()
    except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits should read it
        pipe.send(f"{type(error).__name__}: {error}")
        return
    with open("/proc/self/statm", encoding="ascii") as file:
        held = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    pipe.send(None)
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(work(job))
