"""The grade command as a person meets it: checks what was asked for, says what came of it, sets the exit status."""

from __future__ import annotations

import os
import time
from collections import Counter

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from autograder.batch.crew import Crew, cores, dask, local
from autograder.batch.feedback import write_pages
from autograder.batch.grading import Report, Wanted, grade_class, of_something_else
from autograder.batch.settings import settings
from autograder.judge import UNCHECKED
from autograder.promise import checks_of
from autograder.record import GRADED, Record, TaskRecord
from autograder.report import counted, number
from autograder.sandbox import jail
from autograder.sandbox.sweep import sweep

NEEDS_A_LOOK = 3  # exit status
KINDS = ("full", "partial", "none", "unchecked")  # what a task can have come to
SHOWN = 20  # lines of a list before it is cut


def run(
    name: str,
    jobs: int | None,
    scheduler: str | None,
    students: tuple[str, ...],
    tasks: tuple[str, ...],
    *,
    regrade: bool,
    feedback: bool,
    unsafe: bool,
) -> None:
    """Grades, prints the summary, and ends with the status that `python -m autograder grade --help` tells."""
    start = time.monotonic()
    folder = os.environ.get("CLASS_FOLDER", ".")
    jobs = jobs or cores()
    wanted = _wanted(name, students, tasks, regrade, unsafe)
    crew = Crew(dask(scheduler), width=256) if scheduler else Crew(local(jobs), width=jobs + 2)
    try:
        if scheduler is None:
            if unsafe:
                jail.allow_none()
            jail.choose()
        sweep()
        report = grade_class(settings(folder), wanted, crew)
        report.pageless = write_pages(name, report.graded, jobs, folder) if feedback else {}
    except KeyboardInterrupt:
        raise click.ClickException("stopped; what is graded is saved, and the same command goes on from here") from None
    except (OSError, RuntimeError, SQLAlchemyError) as error:  # no sandbox, already running, nothing handed in, ...
        raise click.ClickException(str(error)) from None
    show(report, seconds=time.monotonic() - start)
    if report.failed or report.pageless:
        raise SystemExit(NEEDS_A_LOOK)


def _wanted(name: str, students: tuple[str, ...], tasks: tuple[str, ...], regrade: bool, unsafe: bool) -> Wanted:
    """What was asked for, or an error that lists what there is."""
    numbers = {task.number: task.id for task in checks_of(name).ASSIGNMENT.tasks}  # 4.5 is pool-forward
    tasks, known = tuple(numbers.get(task, task) for task in tasks), list(numbers.values())
    unknown = sorted(set(tasks) - set(known))
    if unknown:
        raise click.BadParameter(f"{name} has no task {', '.join(unknown)}; it has {', '.join(known)}")
    return Wanted(
        assignment=name,
        students=frozenset(students),
        tasks=frozenset(tasks) or None,
        again=regrade or bool(tasks),
        unsafe=unsafe,
    )


def show(report: Report, *, seconds: float) -> None:
    """Prints the summary: points by task, what changed and why, and who needs a look."""
    console = Console(width=None if Console().is_terminal else 140)
    records = list(report.records.values())
    tasks = records[0].tasks
    table = Table(title=f"{records[0].assignment}, {counted(len(records), 'student')}", title_justify="left")
    for column in ("task", "points", "mean", *KINDS):
        table.add_column(column, justify="left" if column == "task" else "right")
    for i, task in enumerate(tasks):
        rows = [record.tasks[i] for record in records]
        kinds = Counter(map(_kind, rows))
        mean = sum(row.points for row in rows) / len(rows)
        counts = [str(kinds[kind] or "") for kind in KINDS]
        table.add_row(f"{task.number} {task.title}", number(task.max_points), f"{mean:.1f}", *counts)
    mean = sum(record.points for record in records) / len(records)
    table.add_row("sum", number(records[0].max_points), f"{mean:.1f}", style="bold")
    console.print(table)
    _list(console, "Changed", [str(change) for found in report.changed.values() for change in found])
    reasons = Counter(text for found in report.reasons.values() for text in found)
    _list(console, "Why", [f"{text} ({counted(count, 'student')})" for text, count in reasons.most_common()])
    _list(console, "To look at", [f"{r.student}: {_trouble(r)}" for r in report.failed])
    _list(console, "Without a feedback page", [f"{student}: {why}" for student, why in report.pageless.items()])
    graded = len(report.graded)
    rate = f", {graded / max(seconds, 1e-9):.2f} a second" if graded > 1 else ""  # of one it says nothing
    console.print(
        f"{graded} graded, {len(records) - graded} unchanged, {len(report.failed)} to look at; {seconds:.1f} s{rate}.",
        highlight=False,
    )


def _trouble(record: Record) -> str:
    if record.status != GRADED:
        return f"{record.status}: {record.reason}"
    return of_something_else(record) or "something could not be checked"


def _kind(task: TaskRecord) -> str:
    """One of KINDS."""
    if task.outcome == UNCHECKED:
        return "unchecked"
    return "full" if task.points == task.max_points else "partial" if task.points else "none"


def _list(console: Console, title: str, lines: list[str]) -> None:
    if lines:
        console.print(f"{title}:", markup=False)
        for line in lines[:SHOWN]:
            console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
        if len(lines) > SHOWN:
            console.print(f"  … and {len(lines) - SHOWN} more; the records have them all", markup=False)
