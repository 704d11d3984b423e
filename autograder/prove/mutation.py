"""Judges every mutant with the hidden tests of its task: it is caught, known as equivalent, or a survivor. It mends none.

Equivalent mutants stand in `equivalent.json` with the reason why nobody could tell them from the solution, or why they
are right, too. A survivor that is wrong becomes a slip first, and then the check is mended.
"""

from __future__ import annotations

import json
import os
import signal
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from autograder import classroom, course
from autograder.diagnose import settle
from autograder.judge import PASSED, UNCHECKED, judge
from autograder.prove.mutants import Mutant, mutants_of
from autograder.prove.pool import run_all
from autograder.student import LocalLine, Student

EQUIVALENT = Path(__file__).with_name("equivalent.json")
SEED = 1
SECONDS = 120.0  # for one mutant, on the wall; the slowest right notebook takes 2 s
STUDENT_SECONDS = 10.0  # of CPU, for the mutant's own code: a busy machine must not catch mutants

CAUGHT, EQUAL, SURVIVED, UNDECIDED = "caught", "equivalent", "survived", "undecided"


@dataclass(frozen=True)
class Verdict:
    """What came of a mutant: `by` names the promises that failed; of an equivalent one, `reason` says why."""

    mutant: Mutant
    outcome: str
    by: tuple[str, ...] = ()
    reason: str = ""


@dataclass
class Score:
    """All verdicts of a run, and entries of the list of equivalents that no mutant bears any more."""

    verdicts: list[Verdict] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def of(self, outcome: str) -> list[Verdict]:
        """The verdicts of one kind."""
        return [v for v in self.verdicts if v.outcome == outcome]

    @property
    def proved(self) -> bool:
        """Whether no mutant is left over, and the list of equivalents says nothing that is not so."""
        return not (self.of(SURVIVED) or self.of(UNDECIDED) or self.stale or self.caught_though_equivalent)

    @property
    def caught_though_equivalent(self) -> list[Verdict]:
        """Mutants that the list calls equivalent and a check caught: a check refuses right code, or the list errs."""
        return [v for v in self.of(CAUGHT) if v.reason]


def equivalents() -> dict[str, dict[str, dict[str, str]]]:
    """Assignment, task, change: the reason."""
    return json.loads(EQUIVALENT.read_text(encoding="utf-8")) if EQUIVALENT.exists() else {}


def run(assignments: list[str], *, every: int = 1, processes: int | None = None) -> Iterator[Verdict]:
    """Judges the mutants of these assignments, or `every` n-th of them; yields verdicts as they come."""
    known = equivalents()
    for name in assignments:
        mutants = mutants_of(name)[::every]
        prepared = partial(prepare, name)
        for mutant, by in run_all(judged, mutants, seconds=SECONDS, processes=processes, prepare=prepared):
            reason = known.get(name, {}).get(mutant.task, {}).get(mutant.change, "")
            if by is None:
                yield Verdict(mutant, CAUGHT, ("it never ended, or its process died",), reason)
            elif by and by[0].startswith("?"):
                yield Verdict(mutant, UNDECIDED, by, reason)
            elif by:
                yield Verdict(mutant, CAUGHT, by, reason)
            else:
                yield Verdict(mutant, EQUAL if reason else SURVIVED, (), reason)


def score(assignments: list[str], *, every: int = 1, processes: int | None = None, tell: Any = None) -> Score:
    """The verdicts on all mutants, in the order of the notebooks; `tell(verdict)` is called as they come."""
    start, found = time.perf_counter(), Score()
    for verdict in run(assignments, every=every, processes=processes):
        found.verdicts.append(verdict)
        if tell is not None:
            tell(verdict)
    order = {mutant: k for k, mutant in enumerate(m for name in assignments for m in mutants_of(name))}
    found.verdicts.sort(key=lambda v: order[v.mutant])
    changes = {(m.assignment, m.task, m.change) for m in order}
    for name in assignments:
        for task, rows in equivalents().get(name, {}).items():
            found.stale += [f"{name} {task}: {change}" for change in rows if (name, task, change) not in changes]
    found.seconds = time.perf_counter() - start
    return found


def judged(mutant: Mutant) -> tuple[str, ...]:
    """The promises that the mutant breaks: those of its own task, else of any other; none if it survives.

    One that only "could not be checked" is written as "?name": the check broke off, and not because of the mutant.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with limited(STUDENT_SECONDS):
                names = classroom.namespace(mutant.assignment, {mutant.task: mutant.text})
        except Exception as error:  # noqa: BLE001 - a mutant may break in any way
            return (f"the cell raises {type(error).__name__}",)
        one = Student(PatientLine(names))
        for tasks in ({mutant.task}, None):
            results = judge(mutant.assignment, lambda task: one, seed=SEED, tasks=tasks)
            results = [settle(mutant.assignment, result, SEED) for result in results]
            broken = [r for r in results if r.outcome != PASSED]
            if broken:
                return tuple(("?" if r.outcome == UNCHECKED else "") + r.name for r in broken)
    return ()


class PatientLine(LocalLine):
    """A line whose patience with the code at its end runs out after `STUDENT_SECONDS` of CPU in all."""

    def __init__(self, namespace: dict[str, Any]):
        super().__init__(namespace)
        self._left = STUDENT_SECONDS

    def exchange(self, frame: bytes, serve: Any) -> bytes:
        """As LocalLine does; code that takes too long is interrupted by a TimeoutError."""
        start = time.process_time()
        try:
            with limited(max(self._left, 1e-3)):
                return super().exchange(frame, serve)
        finally:
            self._left -= time.process_time() - start


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raises TimeoutError in the block after so many seconds of CPU; only in a main thread. A watchdog stands behind it."""

    def ring(*_: object) -> None:
        raise TimeoutError(f"took longer than {seconds:.0f} s")

    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def prepare(assignment: str) -> None:
    """Once in each process: what takes time is imported, and the solution judged."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.chdir(course.ROOT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = judge(assignment, classroom.student(assignment), seed=SEED)
    broken = [r.name for r in results if r.outcome != PASSED]
    if broken:
        raise RuntimeError(f"the solution of {assignment} does not earn every point: {', '.join(broken)}")
