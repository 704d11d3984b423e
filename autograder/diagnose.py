"""Names the mistake behind a failed promise, where it is one of the known slips, and whose fault an error is.

The student's wrong result is compared with the result of every slip of the same task on the same hidden inputs, and where
no slip explains all that failed, with that of two slips in one cell. A slip is named only if the two agree in every value,
and only if it breaks no promise that the student kept. Where several fit, all are named; where too many do, or none, the
message says what is known and no more. Agreement on one promise while another stays unexplained, or in a few labels, is
told as what it is: "code that works as if … gives the same".
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from autograder import classroom, merging
from autograder.judge import FAILED, PASSED, UNCHECKED, PromiseResult, judge
from autograder.slips import Slip, slip_of, slips_of

Known = Callable[[Slip], bool]
Cause = tuple[Slip, ...]  # what is behind a wrong result: a slip, or two at once

IN_PLACE = "changed in place"
SHAPES = re.compile(r": shape \((.*?)\), expected (?:an array of shape )?\((.*?)\)")
MOST_NAMES = 3  # four causes or more are a guess, not a diagnosis
TELLING_BITS = 20  # some thirty slips a task: a label or a share of 37 examples (5 bits) fits one of them by chance


def diagnose(
    assignment: str,
    result: PromiseResult,
    seed: int,
    results: Sequence[PromiseResult] = (),
    *,
    known: Known = lambda slip: True,
) -> str:
    """The message of a result, with the sentences of the slips behind it that it looks like.

    `results` are those of the other promises: they rule slips out. `known` leaves slips out, to measure the diagnosis.
    "It looks as if" is said only where all failed promises of the task are explained, by values that tell mistakes
    apart (no error, no nan, no few labels). Otherwise the sentence claims no more than that such code gives the same.
    """
    causes, sure = _causes(assignment, result, seed, results, known)
    alternatives = list(dict.fromkeys(tuple(slip.says for slip in cause) for cause in causes))
    if not alternatives or len(alternatives) > MOST_NAMES:
        return result.message
    message = result.message.rstrip(".")
    if IN_PLACE in message and all(IN_PLACE in says for cause in alternatives for says in cause):
        return result.message  # it says so already
    says = _sentence(alternatives)
    if sure and _speaks(result) and not _only_rearranged(message):
        return f"{message}. It looks {says}."
    return f"{message}. Code that works {says}{',' * (sum(map(len, alternatives)) > 1)} gives the same."


def fitting(
    assignment: str,
    result: PromiseResult,
    seed: int,
    results: Sequence[PromiseResult] = (),
    *,
    known: Known = lambda slip: True,
) -> list[Slip]:
    """The slips that the student's result of this promise looks like.

    A slip, or else two at once, that explain every failed promise of the task win. Otherwise there are more mistakes, or an
    unknown one: then all slips fit that give the values of this promise and break nothing that the student kept.
    """
    causes, _ = _causes(assignment, result, seed, results, known)
    return list({slip.name: slip for cause in causes for slip in cause}.values())


def _causes(
    assignment: str, result: PromiseResult, seed: int, results: Sequence[PromiseResult], known: Known
) -> tuple[list[Cause], bool]:
    """What is behind a failed promise, and whether nothing speaks against it.

    Of several mistakes that are seen apart, one is sure only where no other slip gives the same values, where all that it
    breaks is broken here in the same way, and where the failed promises that it leaves over are explained like that, too.
    """
    if result.outcome != FAILED or result.unfinished:
        return [], False
    same_task = {r.name: r for r in results if r.task == result.task} | {result.name: result}
    failed = {name: r for name, r in same_task.items() if r.outcome == FAILED}
    kept = {name for name, r in same_task.items() if r.outcome == PASSED}
    tells = {name for name, r in failed.items() if telling(r.got)}
    possible = [
        slip
        for slip in slips_of(assignment)
        if slip.task == result.task and not kept & set(slip.fails) and failed.keys() & set(slip.fails) and known(slip)
    ]
    alike = {slip.name: _explained(_of_slip(assignment, slip.name, seed), failed) for slip in possible}
    whole: list[Cause] = [(slip,) for slip in possible if alike[slip.name] == failed.keys()]
    if whole:
        return whole, True
    entire = {slip for slip in possible if set(slip.fails) & same_task.keys() <= alike[slip.name]}
    part = [slip for slip in possible if result.name in alike[slip.name] & tells]
    explained = {name for slip in entire for name in alike[slip.name] & tells}
    sure = failed.keys() <= explained and len({slip.says for slip in part}) == 1 and not entire.isdisjoint(part)
    if not sure:
        pairs = _pairs(assignment, possible, failed, seed)
        if pairs:
            alone = {name for name, explains in alike.items() if result.name in explains}
            return list(dict.fromkeys(_seen_here(pair, alone) for pair in pairs)), True
    return [(slip,) for slip in part], sure


def _pairs(assignment: str, possible: Sequence[Slip], failed: dict[str, PromiseResult], seed: int) -> list[Cause]:
    """Two slips that break all that failed, no more, and in one cell give just these results."""
    if all(r.got is None for r in failed.values()):
        return []  # one error everywhere is no trace of two mistakes
    telling_first = sorted(failed, key=lambda name: (not _speaks(failed[name]), name))
    found: list[Cause] = []
    for one, other in combinations(possible, 2):
        if (set(one.fails) | set(other.fails)) >= failed.keys() and all(
            _alike(_of_two(assignment, one.name, other.name, name, seed), failed[name]) for name in telling_first
        ):
            found.append((one, other))
    return found


def _seen_here(pair: Cause, alone: set[str]) -> Cause:
    """The slip that gives the values of a promise `alone`, or both where they need each other."""
    seen = tuple(slip for slip in pair if slip.name in alone)
    return seen if len(seen) == 1 else pair


def _explained(wrong: dict[str, PromiseResult], failed: dict[str, PromiseResult]) -> set[str]:
    """The failed promises that a slip breaks in the same way."""
    return {name for name in failed if _alike(wrong.get(name), failed[name])}


def _speaks(result: PromiseResult) -> bool:
    """Whether the values tell mistakes apart without any other evidence."""
    return telling(result.got) and bits(result.got) >= TELLING_BITS


def _sentence(alternatives: Sequence[tuple[str, ...]]) -> str:
    """What all of them have in common is said once, in front.

    >>> _sentence([("as if a",), ("as if b", "as if c")])
    'as if a, or as if b, and as if c'
    >>> _sentence([("as if a", "as if b"), ("as if a", "as if c")])
    'as if a, and either as if b or as if c'
    """
    shared = [says for says in alternatives[0] if all(says in cause for cause in alternatives)]
    rest = [", and ".join(says for says in cause if says not in shared) for cause in alternatives]
    if shared and len(rest) > 1:
        return f"{', and '.join(shared)}, and either {' or '.join(rest)}"
    return ", and ".join([*shared, *filter(None, [", or ".join(rest)])])


def telling(got: Any) -> bool:
    """Whether a wrong result has values that few mistakes lead to: not nothing, all zeros, all the same, or nan."""
    try:
        values = np.asarray(got, dtype=float)
    except (TypeError, ValueError, OverflowError):  # the last of an integer that no float can hold
        return False
    return bool(
        np.isfinite(values).all() and values.size and np.any(values) and (values.size == 1 or np.ptp(values) > 0)
    )


def bits(got: Any) -> float:
    """How much numbers tell: without end if one of the first thousand is a real number, else what so many labels hold.

    Whole numbers and shares of up to a hundred examples are labels: another mistake may reach the same ones by chance.

    >>> [round(bits(got), 1) for got in ([0, 0, 1, 2], 15 / 37, 3.14159)]
    [6.3, 0.0, inf]
    """
    values = np.ravel(np.asarray(got, dtype=float))
    multiples = values[:1000, None] * np.arange(1, 101)
    if np.any(np.abs(multiples - np.round(multiples)).min(axis=1) > 1e-6):
        return np.inf
    return float(values.size * np.log2(len(np.unique(values))))


def _alike(slip: PromiseResult | None, student: PromiseResult) -> bool:
    """Whether a slip and a student broke a promise in the same way: the same values, or where there are none, words."""
    if slip is None:
        return False
    if slip.got is None or student.got is None:
        return slip.got is student.got and _without_place(slip.message) == _without_place(student.message)
    return _headline(slip.message) == _headline(student.message) and same(slip.got, student.got)


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
    except (TypeError, ValueError, OverflowError):
        return _in_words(one) == _in_words(other)
    if a.shape != b.shape or a.size == 0:
        return a.shape == b.shape
    scale = np.abs(b[np.isfinite(b)]).max(initial=0) + 1e-300
    return bool(np.allclose(a, b, rtol=0, atol=1e-9 * scale, equal_nan=True))


def _in_words(got: Any) -> str:
    """What is no array of numbers: text, a dict, an object of the student's."""
    if isinstance(got, dict):
        return f"a dict of {', '.join(sorted(map(str, got)))}"
    return repr(got)[:1000]


@lru_cache(maxsize=1024)
def _of_slip(assignment: str, name: str, seed: int) -> dict[str, PromiseResult]:
    slip = slip_of(assignment, name)
    student = classroom.student(assignment, classroom.with_slip(assignment, slip))
    # It fails exactly these: the proof of the grader says so.
    return {r.name: r for r in judge(assignment, student, seed=seed, promises=slip.fails) if r.outcome == FAILED}


@lru_cache(maxsize=4096)
def _of_two(assignment: str, one: str, other: str, promise: str, seed: int) -> PromiseResult | None:
    """What two slips in one cell make of a promise; None where they keep it, or cannot be written into one cell."""
    text = merging.both(assignment, one, other)
    if text is None:
        return None
    try:
        student = classroom.student(assignment, {slip_of(assignment, one).task: text})
    except Exception:  # noqa: BLE001 - what was put together by rule need not even run
        return None
    result = judge(assignment, student, seed=seed, promises={promise})[0]
    return result if result.outcome == FAILED else None


def _only_rearranged(message: str) -> bool:
    """Whether there are as many numbers as expected, in another shape: they may be the right ones, and tell nothing."""
    found = SHAPES.search(message)
    got, expected = (math.prod(map(int, re.findall(r"\d+", shape))) for shape in found.groups()) if found else (0, 1)
    return got == expected


def _without_place(message: str) -> str:
    """A message without the function and the line where an error was raised: those are the student's own."""
    return re.sub(r"( in `[^`]*`)?( at the line `.*`)?(?=: |$)", "", message, count=1)


def _headline(message: str) -> str:
    """What was compared: the message up to its first colon."""
    return message.partition(":")[0]
