"""Grades one notebook: a sanitised notebook in, the executed notebook and its record out; it touches no gradebook.

This is the pure heart of the machine. nbgrader's own command reaches it through `nbgrader_hooks`.
"""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version

from nbformat import NotebookNode

from autograder import cells, course
from autograder.diagnose import diagnose, settle
from autograder.jail import choose
from autograder.judge import FAILED, PromiseResult, judge
from autograder.kernel import KernelGone
from autograder.promise import Assignment, checks_of
from autograder.record import GRADED, STOPPED, UNREADABLE, PromiseRecord, Record, TaskRecord, digest
from autograder.report import mark_as_handed_in, write_verdict
from autograder.run import Limits, NotebookRun
from autograder.sanitise import Sanitised, plain_outputs

SEED = 20260101


@dataclass(frozen=True)
class Job:
    """Everything the result depends on: the sanitised submission, its extra files, the seed and the limits."""

    assignment: str
    submission: Sanitised
    files: dict[str, bytes] = field(default_factory=dict)
    hash: str = ""
    seed: int = SEED
    limits: Limits = field(default_factory=Limits)


def grade(job: Job) -> tuple[NotebookNode, Record]:
    """Executes and checks one notebook. Whatever the student's code does, this returns; only a fault of ours raises."""
    start = time.perf_counter()
    assignment: Assignment = checks_of(job.assignment).ASSIGNMENT
    notebook, notes = job.submission.notebook, list(job.submission.notes)
    status, reason, results = GRADED, "", _all_failed(assignment, job.submission.unreadable)
    if job.submission.unreadable:
        status, reason = UNREADABLE, job.submission.unreadable
    else:
        with NotebookRun(notebook, assignment.allow_keras, job.files, job.limits) as run:
            results = judge(assignment.name, run.advance_to, seed=job.seed)
            results = [settle(assignment.name, result, job.seed) for result in results]
            try:
                run.finish()
            except KernelGone as error:
                status, reason = STOPPED, str(error)
            notes += [trouble.says for trouble in run.troubles]
    record = Record(
        assignment=assignment.name,
        notebook=assignment.name,
        status=status,
        reason=reason,
        tasks=_tasks(assignment, results, job.seed),
        notes=tuple(notes),
        seed=job.seed,
        isolation=choose().says,
        hashes={"submission": job.hash} | release_hashes(assignment.name),
        versions=versions(),
        seconds=round(time.perf_counter() - start, 3),
    )
    for cell in notebook.cells:
        if cells.role(cell) == "check":
            task = record.task(cells.key(cell))
            if task is not None:
                write_verdict(cell, task, record)
        elif cells.role(cell) == cells.EXPERIMENT:
            mark_as_handed_in(cell)
        elif cell.cell_type == "code":
            cell.outputs = plain_outputs(cell.outputs)
    return notebook, record


def _all_failed(assignment: Assignment, reason: str) -> list[PromiseResult]:
    """No promise kept, all for the same reason: for what could not be read."""
    if not reason:
        return []
    found = []
    for test in vars(checks_of(assignment.name)).values():
        for mark in getattr(test, "pytestmark", []):
            if mark.name == "promise":
                says = " ".join((test.__doc__ or test.__name__).split())
                most, message = float(mark.kwargs["points"]), f"not checked: {reason}"
                found.append(
                    PromiseResult(test.__name__, mark.kwargs["task"], says, FAILED, 0.0, most, message, "", 0.0)
                )
    return found


def _tasks(assignment: Assignment, results: list[PromiseResult], seed: int) -> tuple[TaskRecord, ...]:
    rows = []
    for task in assignment.tasks:
        promises = tuple(
            PromiseRecord(
                name=r.name,
                says=r.says,
                outcome=r.outcome,
                points=r.points,
                max_points=r.max_points,
                message=diagnose(assignment.name, r, seed),
                hint=r.hint,
                seconds=round(r.seconds, 3),
                unfinished=r.unfinished,
            )
            for r in results
            if r.task == task.id
        )
        rows.append(TaskRecord(task.id, task.number, task.title, promises))
    return tuple(rows)


@lru_cache(maxsize=32)
def release_hashes(assignment: str) -> dict[str, str]:
    """What a score depends on besides the submission: the release, the hidden tests with their oracles, and `utils`."""
    here = course.ROOT / "autograder"
    release = (course.RELEASE / assignment / f"{assignment}.ipynb").read_bytes()
    checks = [path.read_bytes() for path in sorted(here.rglob("*.py"))]
    utils = [path.read_bytes() for path in sorted(course.UTILS.rglob("*.py"))]
    return {"release": digest(release), "autograder": digest(*checks), "utils": digest(*utils)}


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Versions of what took part."""
    return {"python": platform.python_version()} | {
        name: version(name) for name in ("numpy", "ipykernel", "nbclient", "nbgrader", "pytest")
    }
