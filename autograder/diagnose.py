"""Names the mistake behind a failed promise, where it is one of the known slips, and whose fault an error is.

The student's wrong result is compared with the result of every slip of the same task on the same hidden inputs. Only if
the two agree in every value is the slip named; where two slips fit, both are.
"""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from typing import Any

import numpy as np

from autograder import classroom
from autograder.judge import FAILED, PASSED, UNCHECKED, PromiseResult, judge
from autograder.slips import slips_of


def diagnose(assignment: str, result: PromiseResult, seed: int) -> str:
    """The message of a result, with the slip's sentence behind it if the student's wrong answer is exactly a slip's."""
    if result.outcome != FAILED or result.got is None:
        return result.message
    fits = []
    for slip in slips_of(assignment):
        if slip.task == result.task and result.name in slip.fails:
            other = _of_slip(assignment, slip.name, seed).get(result.name)
            if (
                other is not None
                and _headline(other.message) == _headline(result.message)
                and same(other.got, result.got)
            ):
                fits.append(slip.says)
    if not fits:
        return result.message
    return f"{result.message}. It looks {' or '.join(dict.fromkeys(fits))}."


def settle(assignment: str, result: PromiseResult, seed: int) -> PromiseResult:
    """Whose fault it is that a check broke off: the student's answer's, if the same check passes on the solution.

    Otherwise, and for all that happened before the check began, it stays "could not check", and somebody must look.
    """
    if result.outcome != UNCHECKED or not result.inside_check:
        return result
    if _of_solution(assignment, seed).get(result.name) != PASSED:
        return result
    says = f"your code answered with something that the check cannot work with ({result.message[:200]})"
    return dataclasses.replace(result, outcome=FAILED, message=says)


@lru_cache(maxsize=64)
def _of_solution(assignment: str, seed: int) -> dict[str, str]:
    return {r.name: r.outcome for r in judge(assignment, classroom.student(assignment), seed=seed)}


def same(one: Any, other: Any) -> bool:
    """Whether two wrong results are the same mistake on the same inputs: equal up to rounding."""
    try:
        a, b = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    except (TypeError, ValueError):
        return False
    if a.shape != b.shape or a.size == 0:
        return a.shape == b.shape
    scale = np.nanmax(np.abs(b), initial=0) + 1e-300
    return bool(np.allclose(a, b, rtol=0, atol=1e-9 * scale, equal_nan=True))


@lru_cache(maxsize=1024)
def _of_slip(assignment: str, name: str, seed: int) -> dict[str, PromiseResult]:
    slip = next(slip for slip in slips_of(assignment) if slip.name == name)
    student = classroom.student(assignment, classroom.with_slip(assignment, slip))
    return {r.name: r for r in judge(assignment, student, seed=seed, tasks={slip.task}) if r.outcome == FAILED}


def _headline(message: str) -> str:
    """What was compared: the message up to its first colon."""
    return message.partition(":")[0]
