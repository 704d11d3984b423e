"""The workers: processes of this machine, or of a Dask cluster. It hands out work and survives workers; it grades nothing."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import cast

from autograder.batch import forkserver
from autograder.batch.work import Done, Work, do, give_up

STRIKES = 3  # so many times a worker may die over one submission


def local(jobs: int) -> Callable[[], Executor]:
    """Processes of this machine; each imports the grader once."""

    def make() -> Executor:
        return ProcessPoolExecutor(jobs, mp_context=forkserver.context(), initializer=begin)

    return make


def dask(address: str) -> Callable[[], Executor]:
    """The workers of a Dask scheduler. They need the same course at the same place, and bubblewrap as here."""

    def make() -> Executor:
        from distributed import Client

        return Client(address).get_executor(pure=False)  # type: ignore[no-any-return]

    return make


@dataclass
class Crew:
    """An executor and what is under way in it. `width` pieces are handed out at a time, so that memory stays flat."""

    make: Callable[[], Executor]
    width: int

    def run(self, work: Iterable[Work]) -> Generator[Done, None, None]:
        """The results, as they come; the first pieces are under way already. Closing it cancels what has not begun.

        A process that dies takes nothing with it: what was under way is handed out again, one piece at a time, until
        the guilty one is found. Raises what a worker raises that cannot grade at all (NoSandbox, another version).
        """
        results = self._results(iter(work))
        next(results)
        return cast(Generator[Done, None, None], results)

    def _results(self, waiting: Iterator[Work]) -> Generator[Done | None, None, None]:
        """None once the first pieces are handed out, then the results."""
        suspects: list[Work] = []
        strikes: Counter[str] = Counter()
        executor, broken = self.make(), False
        under_way: dict[Future[Done], Work] = {}

        def hand_out() -> None:
            while not broken and len(under_way) < (1 if suspects else self.width):
                one = suspects.pop() if suspects else next(waiting, None)
                if one is None:
                    break
                under_way[executor.submit(do, one)] = one

        try:
            hand_out()
            yield None
            while under_way:
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    one = under_way.pop(future)
                    error = future.exception()
                    if error is None:
                        yield future.result()
                        continue
                    broken = broken or isinstance(error, BrokenProcessPool)
                    if not broken and type(error).__name__ != "KilledWorker":  # distributed's, after its own attempts
                        raise error
                    strikes[one.student] += 1 if broken else STRIKES
                    if strikes[one.student] < STRIKES:
                        suspects.append(one)
                    else:
                        yield give_up(one, "the process that graded it died again and again")
                if broken and not under_way:
                    executor.shutdown(wait=False)
                    executor, broken = self.make(), False
                hand_out()
        finally:
            for future in under_way:
                future.cancel()
            executor.shutdown(wait=False)


def begin() -> None:
    """In a new worker, before its first submission."""
    gc.freeze()  # what was imported stays for good: no collection need look through it, which takes 15 ms a notebook
    end_with_the_command()


def end_with_the_command() -> None:
    """In a worker: if the command is killed, however, so is this process; its kernels go with it."""
    command = multiprocessing.parent_process()
    assert command is not None

    def watch() -> None:
        command.join()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
