"""Measures the diagnosis: how often the feedback names a mistake rightly, wrongly, or not at all. It changes no message.

Four questions: a slip as it is; the same while its own fingerprint is left out (a mistake nobody wrote down: the shape of
the error has to do); two slips in two tasks; and two mistakes in one task, a mutant of a slip's source.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from autograder import classroom
from autograder.diagnose import IN_PLACE, diagnose, fitting, settle
from autograder.judge import FAILED, PASSED, PromiseResult, judge
from autograder.promise import checks_of
from autograder.prove.mutants import changed
from autograder.prove.mutation import SEED, STUDENT_SECONDS, PatientLine, limited, prepare
from autograder.prove.pool import run_all
from autograder.slips import Slip, slip_of, slips_of
from autograder.student import Student

RIGHTLY, BESIDE, SHAPE, WORDS = "rightly", "with others", "by the shape", "in words"
PLACE, POSSIBLE, WRONGLY = "place and size", "as possible", "wrongly"
OUTCOMES = (RIGHTLY, BESIDE, SHAPE, WORDS, PLACE, POSSIBLE, WRONGLY)
EVERY = 100  # of the mutants of the slips of a task, one in so many
EVERY_PAIR = 5  # of the slips of an assignment


@dataclass(frozen=True)
class Named:
    """How one mistake was named: `alone` with its own fingerprint, `others` by fingerprints of other slips only."""

    assignment: str
    task: str
    slip: str
    outcome: str
    messages: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A slip, and the slip of another task that goes with it, or the mutant of its source that is judged in its place."""

    assignment: str
    slip: str
    other: str = ""
    mutant: str = ""


def of_slips(assignment: str, *, processes: int | None = None) -> Iterable[tuple[Named, Named]]:
    """Every slip of an assignment: how it is named, and how without its own fingerprint."""
    jobs = [Question(assignment, slip.name) for slip in slips_of(assignment)]
    for _, answer in run_all(_of_slip, jobs, seconds=120, processes=processes, prepare=partial(prepare, assignment)):
        assert answer is not None, "a slip took too long"
        yield answer


def of_pairs(assignment: str, *, processes: int | None = None) -> Iterable[Named]:
    """Pairs of slips in two tasks, one slip in five with one of another task: how each of both is named."""
    slips = slips_of(assignment)
    jobs = []
    for k, slip in enumerate(slips[::EVERY_PAIR]):
        others = [one for one in slips if one.task != slip.task]
        if others:
            jobs.append(Question(assignment, slip.name, other=others[(7 * k) % len(others)].name))
    for _, answer in run_all(_of_pair, jobs, seconds=120, processes=processes, prepare=partial(prepare, assignment)):
        assert answer is not None, "a pair of slips took too long"
        yield from answer


def of_double_mistakes(assignment: str, *, processes: int | None = None) -> Iterable[Named]:
    """Mutants of slips that break more than the slip does, or otherwise: how they are named."""
    jobs = []
    for task in checks_of(assignment).ASSIGNMENT.tasks:
        pairs = [
            (slip, text) for slip in slips_of(assignment) if slip.task == task.id for text in _mutated(assignment, slip)
        ]
        jobs += [Question(assignment, slip.name, mutant=text) for slip, text in pairs[::EVERY]]
    for _, answer in run_all(_of_double, jobs, seconds=120, processes=processes, prepare=partial(prepare, assignment)):
        if answer is not None:
            yield answer


def _mutated(assignment: str, slip: Slip) -> list[str]:
    """Every mutant of the cell that holds the slip."""
    text = classroom.with_slip(assignment, slip)[slip.task]
    head, _, body = text.partition(":\n")
    return [mutant for _, mutant in changed(f"{head}:\n    ### BEGIN SOLUTION x\n{body}\n    ### END SOLUTION")]


def _results(assignment: str, texts: classroom.Cells) -> list[PromiseResult]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with limited(STUDENT_SECONDS):
            names = classroom.namespace(assignment, texts)
        one = Student(PatientLine(names))
        return [settle(assignment, r, SEED) for r in judge(assignment, lambda _: one, seed=SEED, tasks=set(texts))]


def _of_slip(question: Question) -> tuple[Named, Named]:
    name, slip = question.assignment, slip_of(question.assignment, question.slip)
    results = _results(name, classroom.with_slip(name, slip))
    return _named(name, slip, results, own=True), _named(name, slip, results, own=False)


def _of_pair(question: Question) -> list[Named]:
    name = question.assignment
    both = [slip_of(name, question.slip), slip_of(name, question.other)]
    results = _results(name, {**classroom.with_slip(name, both[0]), **classroom.with_slip(name, both[1])})
    return [_named(name, slip, [r for r in results if r.task == slip.task], own=True) for slip in both]


def _of_double(question: Question) -> Named | None:
    """None where the mutant does not even run, is right, or cannot be told from the slip alone."""
    name, slip = question.assignment, slip_of(question.assignment, question.slip)
    try:
        results = _results(name, {slip.task: question.mutant})
    except Exception:  # noqa: BLE001 - a mutant may break in any way
        return None
    alone = _results(name, classroom.with_slip(name, slip))
    if _messages(alone) == _messages(results) or all(r.outcome == PASSED for r in results):
        return None
    return _named(name, slip, results, own=True)


def _messages(results: list[PromiseResult]) -> list[str]:
    return [r.message for r in results]


def _named(assignment: str, slip: Slip, results: list[PromiseResult], *, own: bool) -> Named:
    """Looks at all messages of the task. Without its `own` fingerprint, a slip can only be named by its shape or by others.

    A slip that gives the same as this one in every promise of the task is the same mistake in other words.
    """
    failed = [r for r in results if r.outcome == FAILED]
    said = [diagnose(assignment, r, SEED, results, known=lambda s: own or s.name != slip.name) for r in failed]
    sentences = {s.says for r in failed for s in fitting(assignment, r, SEED, results)}
    named = {text for text in sentences if any(text in message for message in said)}
    in_words = IN_PLACE in slip.says and any(IN_PLACE in message for message in said)
    mine = slip.says in named or (own and in_words and not named)
    if mine:
        outcome = RIGHTLY if len(named) <= 1 else BESIDE
    elif named:
        outcome = WRONGLY if any("It looks " in message for message in said) else POSSIBLE
    else:
        outcome = max(map(_says, said), key=[PLACE, WORDS, SHAPE].index)
    return Named(assignment, slip.task, slip.name, outcome, tuple(said))


def _says(message: str) -> str:
    """What a message without a slip's name says: the shape of the error, only place and size, or what is wrong in words."""
    if re.search(r"largest right value: |wrong value: |expected \([^)]*\): ", message):
        return SHAPE
    if re.search(r"largest right value|wrong value|expected \(|not the right values|nan or infinite", message):
        return PLACE
    return WORDS
