"""Runs the hidden tests of an assignment on a student and says what came of each promise; it never sees a notebook.

The tests are ordinary pytest functions with two fixtures, called here directly: pytest itself would cost more time than
the checks. A promise is passed, failed, or could not be checked: the last means that the fault is ours or the machine's,
and an instructor has to look.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.compare import Mismatch
from autograder.promise import Promise, checks_of, promises_of
from autograder.student import Student, StudentError, forget

PASSED, FAILED, UNCHECKED = "passed", "failed", "could not check"

Advance = Callable[[str], Student]


@dataclass(frozen=True)
class PromiseResult:
    """What came of one promise. `message` is for the student; of an unchecked promise it is for the instructor."""

    name: str
    task: str
    says: str
    outcome: str
    points: float
    max_points: float
    message: str
    hint: str
    seconds: float
    unfinished: bool = False
    got: Any = None
    inside_check: bool = True


def judge(
    assignment: str,
    advance: Advance,
    *,
    seed: int,
    tasks: Collection[str] | None = None,
    promises: Collection[str] | None = None,
) -> list[PromiseResult]:
    """Checks every promise of an assignment (or of some `tasks`, or those named), in the order of the notebook.

    `advance(task)` returns the student, ready for the checks of this task: the notebook has run up to it.
    """
    return [
        _tried(assignment, one, advance, seed)
        for one in promises_of(assignment)
        if (tasks is None or one.task in tasks) and (promises is None or one.name in promises)
    ]


def ready(student: Student, assignment: str, seed: int) -> Student:
    """The fixture `student`: nothing is left of the check before, and the kernel's random numbers start anew."""
    forget(student, seed, defined(assignment))
    return student


def generator(seed: int, name: str) -> np.random.Generator:
    """The fixture `rng`: the random numbers of one promise depend on the record's seed and the promise's name only."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


@lru_cache(maxsize=32)
def defined(assignment: str) -> frozenset[str]:
    """The functions and classes that the tasks of an assignment define."""
    return frozenset(task.defines.partition(".")[0] for task in checks_of(assignment).ASSIGNMENT.tasks)


def _tried(assignment: str, one: Promise, advance: Advance, seed: int) -> PromiseResult:
    start = time.perf_counter()
    outcome, message, unfinished, got, inside = PASSED, "", False, None, False
    try:
        fixtures: dict[str, Any] = {"student": ready(advance(one.task), assignment, seed)}
        if "rng" in one.wants:
            fixtures["rng"] = generator(seed, one.name)
        inside = True
        one.check(**fixtures)
    except Mismatch as error:
        outcome, message, got = FAILED, str(error), error.got
    except StudentError as error:
        outcome, message, unfinished = FAILED, str(error), error.unfinished
    except Exception as error:  # noqa: BLE001 - whatever a check stumbles over must not end the others
        outcome, message = UNCHECKED, f"{type(error).__name__}: {error}"
    return PromiseResult(
        name=one.name,
        task=one.task,
        says=one.says,
        outcome=outcome,
        points=one.points if outcome == PASSED else 0.0,
        max_points=one.points,
        message=message,
        hint=one.hint if outcome == FAILED and not unfinished else "",
        seconds=time.perf_counter() - start,
        unfinished=unfinished,
        got=got,
        inside_check=inside,
    )
