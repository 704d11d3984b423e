"""Measures the diagnosis: how often the feedback names a mistake rightly, wrongly, or not at all. It changes no message.

Five questions: a slip as it is; the same while its own fingerprint is left out (a mistake nobody wrote down: the shape of
the error has to do); two slips in two tasks; two slips in one task; and a slip with another mistake in the same task, a
mutant of its source.

What is said in a confident voice of any other slip is wrong, unless it is borne out: told again at two other seeds, where
it has to explain every failed promise of the task by values that the diagnosis had not seen. Then the code is this slip in
other words (the slope of a ReLU in a sigmoid net is the slope left out).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from autograder import classroom, merging
from autograder.diagnose import IN_PLACE, Known, diagnose, fitting, settle
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
EVERY_MERGED = 10  # of the pairs of slips of a task that can be written into one cell
OTHER_SEEDS = (SEED + 1, SEED + 2)
CONFIDENT = "It looks "


@dataclass(frozen=True)
class Named:
    """How a mistake, or one of several, was named; `every` says whether all of them were."""

    assignment: str
    task: str
    slip: str
    outcome: str
    messages: tuple[str, ...]
    every: bool


@dataclass(frozen=True)
class Question:
    """A slip, and another slip that goes with it, or the text of its cell with another mistake in it, or both."""

    assignment: str
    slip: str
    other: str = ""
    text: str = ""


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


def of_merged(assignment: str, *, processes: int | None = None) -> Iterable[Named]:
    """Pairs of slips of one task in one cell, one in ten: how one of them is named at least."""
    prepared = partial(prepare, assignment)
    tasks = [(assignment, task.id) for task in checks_of(assignment).ASSIGNMENT.tasks]
    found = dict(run_all(_mergeable, tasks, seconds=120, processes=processes, prepare=prepared))
    jobs = [question for task in tasks for question in (found[task] or ())[::EVERY_MERGED]]
    for _, answer in run_all(_of_merged, jobs, seconds=120, processes=processes, prepare=prepared):
        if answer is not None:
            yield answer


def of_double_mistakes(assignment: str, *, processes: int | None = None) -> Iterable[Named]:
    """Mutants of slips that break more than the slip does, or otherwise: how they are named."""
    jobs = []
    for task in checks_of(assignment).ASSIGNMENT.tasks:
        pairs = [
            (slip, text) for slip in slips_of(assignment) if slip.task == task.id for text in _mutated(assignment, slip)
        ]
        jobs += [Question(assignment, slip.name, text=text) for slip, text in pairs[::EVERY]]
    for _, answer in run_all(_of_double, jobs, seconds=120, processes=processes, prepare=partial(prepare, assignment)):
        if answer is not None:
            yield answer


def _mutated(assignment: str, slip: Slip) -> list[str]:
    """Every mutant of the cell that holds the slip."""
    text = classroom.with_slip(assignment, slip)[slip.task]
    head, _, body = text.partition(":\n")
    return [mutant for _, mutant in changed(f"{head}:\n    ### BEGIN SOLUTION x\n{body}\n    ### END SOLUTION")]


def _mergeable(job: tuple[str, str]) -> list[Question]:
    """The pairs of slips of a task that can be written into one cell."""
    assignment, task = job
    names = [slip.name for slip in slips_of(assignment) if slip.task == task]
    texts = [(one, other, merging.both(assignment, one, other)) for one, other in combinations(names, 2)]
    return [Question(assignment, one, other=other, text=text) for one, other, text in texts if text is not None]


def _tried(assignment: str, texts: classroom.Cells) -> list[PromiseResult]:
    """As `_results`; none where the cell does not even run."""
    try:
        return _results(assignment, texts)
    except Exception:  # noqa: BLE001 - whatever was put together by rule may break in any way
        return []


def _results(assignment: str, texts: classroom.Cells, seed: int = SEED) -> list[PromiseResult]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with limited(STUDENT_SECONDS):
            names = classroom.namespace(assignment, texts)
        one = Student(PatientLine(names))
        return [settle(assignment, r, seed) for r in judge(assignment, lambda _: one, seed=seed, tasks=set(texts))]


def _of_slip(question: Question) -> tuple[Named, Named]:
    name, slip = question.assignment, slip_of(question.assignment, question.slip)
    texts = classroom.with_slip(name, slip)
    results = _results(name, texts)
    return _named(name, [slip], texts, results), _named(name, [slip], texts, results, own=False)


def _of_pair(question: Question) -> list[Named]:
    name = question.assignment
    both = [slip_of(name, question.slip), slip_of(name, question.other)]
    texts = {**classroom.with_slip(name, both[0]), **classroom.with_slip(name, both[1])}
    results = _results(name, texts)
    return [_named(name, [slip], texts, [r for r in results if r.task == slip.task]) for slip in both]


def _of_merged(question: Question) -> Named | None:
    """None where only one of both can be seen."""
    name = question.assignment
    both = [slip_of(name, question.slip), slip_of(name, question.other)]
    return _of_two(name, both, {both[0].task: question.text})


def _of_double(question: Question) -> Named | None:
    """None where the mutant does not even run, is right, or cannot be told from the slip alone."""
    name, slip = question.assignment, slip_of(question.assignment, question.slip)
    return _of_two(name, [slip], {slip.task: question.text})


def _of_two(assignment: str, slips: Sequence[Slip], texts: classroom.Cells) -> Named | None:
    results = _tried(assignment, texts)
    alone = [_messages(_results(assignment, classroom.with_slip(assignment, slip))) for slip in slips]
    if _messages(results) in alone or all(r.outcome == PASSED for r in results):
        return None
    return _named(assignment, slips, texts, results)


def _messages(results: list[PromiseResult]) -> list[str]:
    return [r.message for r in results]


def _named(
    assignment: str, slips: Sequence[Slip], texts: classroom.Cells, results: list[PromiseResult], *, own: bool = True
) -> Named:
    """Looks at all messages of a task that holds these slips; without their `own` fingerprints, others may fit."""

    def known(slip: Slip) -> bool:
        return own or slip not in slips

    said = _said(assignment, results, SEED, known)
    named = {sentence for _, sentences in said.values() for sentence in sentences}
    mine = {slip.says for slip in slips} & named
    in_words = any(IN_PLACE in slip.says for slip in slips) and any(IN_PLACE in message for message, _ in said.values())
    foreign = {name for name, (message, sentences) in said.items() if CONFIDENT in message and not sentences & mine}
    again = [_said(assignment, _results(assignment, texts, seed), seed, known) for seed in OTHER_SEEDS if foreign]
    if not all(_borne_out(name, said, other) for name in foreign for other in again):
        outcome = WRONGLY
    elif mine or foreign or (own and in_words and not named):
        true = mine.union(*(said[name][1] for name in foreign))
        outcome = RIGHTLY if named <= true else BESIDE
    elif named:
        outcome = POSSIBLE
    else:
        outcome = max((_says(message) for message, _ in said.values()), key=[PLACE, WORDS, SHAPE].index)
    every = {slip.says for slip in slips} <= mine
    messages = tuple(message for message, _ in said.values())
    return Named(assignment, slips[0].task, " + ".join(slip.name for slip in slips), outcome, messages, every)


Said = dict[str, tuple[str, set[str]]]  # promise: its message, and the sentences of slips in it


def _said(assignment: str, results: list[PromiseResult], seed: int, known: Known) -> Said:
    said: Said = {}
    for r in results:
        if r.outcome == FAILED:
            message = diagnose(assignment, r, seed, results, known=known)
            fits = fitting(assignment, r, seed, results, known=known)
            said[r.name] = message, {slip.says for slip in fits if slip.says in message}
    return said


def _borne_out(promise: str, said: Said, again: Said) -> bool:
    """Whether at another seed a promise is told to look like one of the same slips."""
    message, sentences = again.get(promise, ("", set()))
    return CONFIDENT in message and bool(sentences & said[promise][1])


def _says(message: str) -> str:
    """What a message without a slip's name says: the shape of the error, only place and size, or what is wrong in words."""
    if re.search(r"largest right value: |wrong value: |expected \([^)]*\): ", message):
        return SHAPE
    if re.search(r"largest right value|wrong value|expected \(|not the right values|nan or infinite", message):
        return PLACE
    return WORDS
