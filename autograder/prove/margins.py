"""Measures the room around every tolerance: how far right results err, and how little wrong ones do. It sets none.

Right are the solution and all variants, wrong are the slips; each at several seeds. What a machine, a NumPy or a Keras
does to the last digits is measured by running this there: `margins.json` keeps one entry an environment.
"""

from __future__ import annotations

import json
import os
import platform
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from autograder import classroom
from autograder.compare import watched
from autograder.judge import FAILED, PASSED, judge
from autograder.prove.mutation import prepare
from autograder.prove.pool import run_all
from autograder.prove.right import Pack, cells_of, packs
from autograder.slips import slip_of, slips_of
from autograder.student import Student
from autograder.variants import variants_of

MEASURED = Path(__file__).with_name("margins.json")
SEEDS = (1, 2, 3)
Comparison = tuple[float, float]  # error and tolerance


@dataclass(frozen=True)
class Margin:
    """One tolerance of an assignment: the largest error of right code, the smallest that was caught, and whose they were.

    `spared` is the largest error that it let pass in a slip, because another promise is there to catch that.
    """

    assignment: str
    tolerance: float
    right: float
    right_by: str
    wrong: float
    wrong_by: str
    spared: float
    spared_by: str
    comparisons: int


@dataclass(frozen=True)
class Pupil:
    """Whoever is measured at one seed: a slip, or variants that share a notebook; the solution where there are none."""

    assignment: str
    slip: str
    variants: tuple[str, ...]
    seed: int


def environment() -> str:
    """What the figures depend on besides the code."""
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "all")
    keras = f"Keras {version('keras')}"
    return f"Python {platform.python_version()}, NumPy {np.__version__}, {keras}, BLAS threads {threads}"


def measure(assignment: str, *, processes: int | None = None) -> list[Margin]:
    """The margins of every tolerance that the checks of an assignment use, in this environment."""
    packed = [(), *(pack.variants for pack in packs(assignment, SEEDS))]
    pupils = [Pupil(assignment, "", names, seed) for names in packed for seed in SEEDS]
    pupils += [Pupil(assignment, slip.name, (), seed) for slip in slips_of(assignment) for seed in SEEDS]
    right: dict[float, tuple[float, str]] = {}
    wrong: dict[float, tuple[float, str]] = {}
    spared: dict[float, tuple[float, str]] = {}
    counts: Counter[float] = Counter()
    prepared = partial(prepare, assignment)
    for pupil, seen in run_all(comparisons, pupils, seconds=300, processes=processes, prepare=prepared):
        if seen is None:
            raise RuntimeError(f"{pupil} took too long")
        for outcome, by, rows in seen:
            counts.update(tolerance for _, tolerance in rows)
            if outcome == PASSED:
                for error, tolerance in rows:
                    if error <= tolerance:
                        kind = spared if pupil.slip else right
                        kind[tolerance] = max(kind.get(tolerance, (-1.0, "")), (error, by))
            elif outcome == FAILED and pupil.slip and rows and rows[-1][0] > rows[-1][1]:
                error, tolerance = rows[-1]
                wrong[tolerance] = min(wrong.get(tolerance, (np.inf, "")), (error, by))
    nobody = (float("nan"), "")
    return [
        Margin(assignment, t, *right.get(t, nobody), *wrong.get(t, nobody), *spared.get(t, nobody), counts[t])
        for t in sorted(counts)
        if 0 < t < np.inf
    ]


def comparisons(pupil: Pupil) -> list[tuple[str, str, list[Comparison]]]:
    """Of every promise that was judged, in order: the outcome, whose code it was, and the comparisons."""
    rows: list[list[Comparison]] = []
    one, tasks, whose = _student(pupil)

    def advance(task: str) -> Student:
        rows.append([])
        return one(task)

    with warnings.catch_warnings(), watched(lambda error, tolerance: rows[-1].append((error, tolerance))):
        warnings.simplefilter("ignore")
        results = judge(pupil.assignment, advance, seed=pupil.seed, tasks=tasks)
    return [(r.outcome, whose.get(r.task, "solution"), seen) for r, seen in zip(results, rows, strict=True)]


def _student(pupil: Pupil) -> tuple[Callable[[str], Student], set[str] | None, dict[str, str]]:
    """The student, the tasks to judge, and whose code each task has."""
    name = pupil.assignment
    if pupil.slip:
        slip = slip_of(name, pupil.slip)
        return classroom.student(name, classroom.with_slip(name, slip)), {slip.task}, {slip.task: slip.name}
    whose = {task: v.name for v in variants_of(name) if v.name in pupil.variants for task in v.tasks}
    return classroom.student(name, cells_of(Pack(name, pupil.variants, ()))), None, whose


def save(margins: Iterable[Margin]) -> None:
    """Writes the margins of this environment beside those of others."""
    every = load()
    mine = {(m.assignment, m.tolerance) for m in margins}
    old = [m for m in every.get(environment(), []) if (m.assignment, m.tolerance) not in mine]
    every[environment()] = sorted([*old, *margins], key=lambda m: (m.assignment, m.tolerance))
    text = json.dumps({name: [asdict(m) for m in rows] for name, rows in sorted(every.items())}, indent=1)
    MEASURED.write_text(text + "\n", encoding="utf-8")


def load() -> dict[str, list[Margin]]:
    """What was measured so far: environment, margins."""
    if not MEASURED.exists():
        return {}
    content = json.loads(MEASURED.read_text(encoding="utf-8"))
    return {name: [Margin(**row) for row in rows] for name, rows in content.items()}


def together(assignments: Iterable[str]) -> list[Margin]:
    """Over all environments: the largest right error and the smallest wrong one of every tolerance."""
    rows = [m for margins in load().values() for m in margins]
    found = []
    for name in assignments:
        for tolerance in sorted({m.tolerance for m in rows if m.assignment == name}):
            same = [m for m in rows if m.assignment == name and m.tolerance == tolerance]
            most = max(same, key=lambda m: -1.0 if np.isnan(m.right) else m.right)
            least = min(same, key=lambda m: np.inf if np.isnan(m.wrong) else m.wrong)
            spared = max(same, key=lambda m: -1.0 if np.isnan(m.spared) else m.spared)
            total = sum(m.comparisons for m in same)
            right, wrong = (most.right, most.right_by), (least.wrong, least.wrong_by)
            found.append(Margin(name, tolerance, *right, *wrong, spared.spared, spared.spared_by, total))
    return found
