"""Grades one notebook: a sanitised notebook in, the executed notebook and its record out; it touches no gradebook.

This is the pure heart of the machine. nbgrader's own command reaches it through `nbgrader_hooks`.
"""

from __future__ import annotations

import logging
import platform
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from importlib.metadata import version

from nbformat import NotebookNode

from autograder import cells, course
from autograder.diagnose import diagnose, settle
from autograder.intake.outputs import plain_outputs
from autograder.intake.sanitise import PUT_BACK, Sanitised
from autograder.judge import FAILED, UNCHECKED, PromiseResult, judge
from autograder.promise import Assignment, checks_of, promises_of
from autograder.record import GRADED, STOPPED, UNREADABLE, PromiseRecord, Record, TaskRecord, digest
from autograder.report import mark_as_handed_in, write_verdict
from autograder.run import Limits, NotebookRun
from autograder.sandbox.jail import choose
from autograder.sandbox.kernel import KernelGone
from autograder.second_look import MISSING, look_again

SEED = 20260101
LOG = logging.getLogger("autograder.grade")


@dataclass(frozen=True)
class Job:
    """Everything the result depends on: the sanitised submission, its extra files, the seed and the limits.

    With `tasks` only these are checked; the others are taken from the record `before`.
    """

    assignment: str
    submission: Sanitised
    files: dict[str, bytes] = field(default_factory=dict)
    hash: str = ""
    seed: int = SEED
    limits: Limits = field(default_factory=Limits)
    tasks: frozenset[str] | None = None
    before: Record | None = None


def grade(job: Job) -> tuple[NotebookNode, Record]:
    """Executes and checks one notebook. Whatever the student's code does, this returns; only a fault of ours raises."""
    start = time.perf_counter()
    assignment: Assignment = checks_of(job.assignment).ASSIGNMENT
    if job.submission.unreadable:
        reason = job.submission.unreadable
        results = _all(assignment, FAILED, f"not checked: {reason}")
        return _finished(job, results, UNREADABLE, reason, list(job.submission.notes), start)
    notes, status, reason = list(job.submission.notes), GRADED, ""
    with NotebookRun(job.submission.notebook, assignment.allow_keras, job.files, job.limits) as run:
        results = judge(assignment.name, run.advance_to, seed=job.seed, tasks=job.tasks)
        try:
            run.finish()
        except KernelGone as error:
            status, reason = STOPPED, str(error)
    if status == GRADED:
        results, more = look_again(run, results, assignment, partial(_check, job))
        notes += more
    results = [settle(assignment.name, result, job.seed) for result in results]
    results = [_of_its_cell(job.submission.notebook, result, assignment) for result in results]
    notes += [trouble.says for trouble in run.troubles]
    return _finished(job, results, status, reason, notes, start)


def _of_its_cell(notebook: NotebookNode, result: PromiseResult, assignment: Assignment) -> PromiseResult:
    """Where a task's cell ended in an error before it defined anything, that error is the message, and no hint fits."""
    lacked = {name for pair in MISSING.findall(result.message) for name in pair}
    if result.outcome != FAILED or assignment.task(result.task).defines.rpartition(".")[2] not in lacked:
        return result
    todo = (cell for cell in notebook.cells if cells.key(cell) == f"{result.task}-todo")
    for output in (output for cell in todo for output in cell.get("outputs", [])):
        if output.output_type == "error":
            error = f"{output.get('ename')}: {output.get('evalue')}"[:400]
            error = re.sub(r" \(\S+\.py, line (\d+)\)$", r" (line \1)", error)  # without IPython's name of the cell
            return replace(result, message=f"the cell of this task ended in an error: {error}", hint="")
    return result


def grade_or_tell(job: Job) -> tuple[NotebookNode, Record]:
    """As `grade`, but a fault of ours costs a student no record: it is logged, and a person must look."""
    try:
        return grade(job)
    except Exception as error:  # whatever it is; its text stays in the log, since it may tell of hidden inputs
        LOG.exception("the grader failed")
        return not_graded(job, f"the grader failed ({type(error).__name__})")


def not_graded(job: Job, reason: str) -> tuple[NotebookNode, Record]:
    """The result where grading itself failed: nothing is scored, and every task waits for a person."""
    assignment: Assignment = checks_of(job.assignment).ASSIGNMENT
    results = _all(assignment, UNCHECKED, f"not checked: {reason}")
    return _finished(job, results, STOPPED, reason, list(job.submission.notes), time.perf_counter())


def _finished(
    job: Job, results: list[PromiseResult], status: str, reason: str, notes: list[str], start: float
) -> tuple[NotebookNode, Record]:
    """The record of the results, and the notebook with its verdicts, everything of the student's in it made harmless."""
    assignment: Assignment = checks_of(job.assignment).ASSIGNMENT
    notebook = job.submission.notebook
    tasks, hashes = _tasks(assignment, results, job.seed), hashes_of(job.assignment, job.hash, job.files)
    if job.before is not None and job.tasks is not None:
        before = {task.id: task for task in job.before.tasks}
        tasks = tuple(before.get(task.id, task) if task.id not in job.tasks else task for task in tasks)
        hashes = job.before.hashes  # the other tasks still depend on these
        notes.append(f"of this record only {', '.join(sorted(job.tasks))} was checked again")
    record = Record(
        assignment=assignment.name,
        notebook=assignment.name,
        status=status,
        reason=reason,
        tasks=tasks,
        notes=tuple(_with_task(note, assignment) for note in notes),
        seed=job.seed,
        isolation=choose().says,
        hashes=hashes,
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
            if type(cell.execution_count) is not int:  # the kernel says it, and nbconvert puts it into the page
                cell.execution_count = None
    return notebook, record


def _with_task(note: str, assignment: Assignment) -> str:
    """A note on a cell that was put back, with the task of the cell: students do not know ids."""
    for task in assignment.tasks:
        for cell in (task.id, f"{task.id}-todo"):
            if note == f"the cell {cell} {PUT_BACK}":
                return f"the cell {cell} ({task.number} {task.title}) {PUT_BACK}"
    return note


def _check(job: Job, run: NotebookRun, tasks: set[str]) -> list[PromiseResult]:
    return judge(job.assignment, run.advance_to, seed=job.seed, tasks=tasks)


def _all(assignment: Assignment, outcome: str, message: str) -> list[PromiseResult]:
    """The same outcome for every promise, all for the same reason."""
    return [
        PromiseResult(one.name, one.task, one.says, outcome, 0.0, one.points, message, "", 0.0)
        for one in promises_of(assignment.name)
    ]


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
                message=diagnose(assignment.name, r, seed, results),
                hint=r.hint,
                seconds=round(r.seconds, 3),
                unfinished=r.unfinished,
            )
            for r in results
            if r.task == task.id
        )
        rows.append(TaskRecord(task.id, task.number, task.title, promises))
    return tuple(rows)


def hashes_of(assignment: str, submission: str, files: Mapping[str, bytes]) -> dict[str, str]:
    """Hashes of all that a result depends on, the seed and versions apart; `submission` is that of the notebook."""
    beside = digest(*(part for name in sorted(files) for part in (name.encode(), files[name])))
    return {"submission": submission, "files": beside} | release_hashes(assignment)


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
