"""Right solutions in many forms, at many seeds, here or in the sandbox: all must earn every point. It knows no wrong one.

Variants of different tasks share a notebook, so that every variant is judged in a few notebooks for each assignment.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from autograder import classroom
from autograder.answers import perfect_files
from autograder.judge import PASSED, Advance, judge
from autograder.promise import checks_of
from autograder.prove.mutation import prepare
from autograder.prove.pool import run_all
from autograder.run import Limits, NotebookRun
from autograder.variants import Variant, variants_of


@dataclass(frozen=True)
class Pack:
    """Names of variants that share a notebook, no two for the same task, and the seeds at which they are judged."""

    assignment: str
    variants: tuple[str, ...]
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Refused:
    """A promise that right code did not keep."""

    pack: Pack
    seed: int
    promise: str
    message: str


def packs(assignment: str, seeds: Sequence[int]) -> list[Pack]:
    """As few packs as hold every variant."""
    rows: list[tuple[set[str], list[str]]] = []
    for variant in variants_of(assignment):
        row = next((row for row in rows if not row[0] & set(variant.tasks)), None)
        if row is None:
            rows.append(row := (set(), []))
        row[0].update(variant.tasks)
        row[1].append(variant.name)
    return [Pack(assignment, tuple(names), tuple(seeds)) for _, names in rows]


def counts(assignment: str) -> dict[str, int]:
    """How many variants each task has."""
    tasks = checks_of(assignment).ASSIGNMENT.tasks
    return {task.id: sum(task.id in variant.tasks for variant in variants_of(assignment)) for task in tasks}


def here(
    assignment: str, seeds: Sequence[int], *, processes: int | None = None
) -> Iterator[tuple[Pack, list[Refused]]]:
    """Judges all packs in processes of this machine."""
    yield from run_all(
        judged, packs(assignment, seeds), seconds=1800, processes=processes, prepare=partial(prepare, assignment)
    )


def in_the_sandbox(assignment: str, seeds: Sequence[int]) -> Iterator[tuple[Pack, list[Refused]]]:
    """Judges all packs as submissions: each in a kernel of its own, in the jail; all seeds in the same kernel."""
    allow_keras = checks_of(assignment).ASSIGNMENT.allow_keras
    for pack in packs(assignment, seeds):
        notebook, files = classroom.notebook(assignment, cells_of(pack)), perfect_files(assignment)
        with NotebookRun(notebook, allow_keras, files, Limits(notebook_seconds=3600)) as run:
            yield pack, _refused(pack, run.advance_to)


def judged(pack: Pack) -> list[Refused]:
    """What a pack is refused, at all of its seeds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _refused(pack, classroom.student(pack.assignment, cells_of(pack)))


def _refused(pack: Pack, advance: Advance) -> list[Refused]:
    return [
        Refused(pack, seed, result.name, result.message)
        for seed in pack.seeds
        for result in judge(pack.assignment, advance, seed=seed)
        if result.outcome != PASSED
    ]


def cells_of(pack: Pack) -> dict[str, str]:
    """The TODO cells of a pack, by task."""
    chosen: list[Variant] = [v for v in variants_of(pack.assignment) if v.name in pack.variants]
    texts: dict[str, str] = {}
    for variant in chosen:
        texts |= classroom.with_variant(pack.assignment, variant.tasks, variant.right)
    return texts
