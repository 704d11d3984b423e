"""The table of a class for a terminal: students by tasks, and where each one's feedback is; all of it from records."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.judge import FAILED, PASSED
from autograder.record import GRADED, Record, TaskRecord
from autograder.report import counted, number


def print_table(records: list[Record], *, feedback: Path, said: dict[str, str]) -> None:
    """Prints points by student and task, then reasons and notes, then the feedback pages."""
    if not records:
        return
    console = Console(width=None if Console().is_terminal else 160)
    table = Table(title=f"{records[0].assignment}, {counted(len(records), 'student')}", title_justify="left")
    table.add_column("student")
    if said:
        table.add_column("handed in", max_width=34)
    for task in records[0].tasks:
        table.add_column(f"{task.number}\n/{number(task.max_points)}", justify="right")
    table.add_column(f"sum\n/{number(records[0].max_points)}", justify="right")
    for record in records:
        words = [said.get(record.student, "")] if said else []
        table.add_row(record.student, *words, *map(_points, record.tasks), Text(number(record.points), "bold"))
    console.print(table)
    for record in records:
        if record.status != GRADED:
            console.print(f"{record.student}: {record.status}: {record.reason}", markup=False, soft_wrap=True)
    console.print("Written answers are graded in formgrader and are not in these sums.", markup=False)
    pages = {r.student: feedback / r.student / r.assignment / f"{r.notebook}.html" for r in records}
    missing = [student for student, page in pages.items() if not page.is_file()]
    pattern = feedback / "<student>" / records[0].assignment / f"{records[0].notebook}.html"
    there = str(pattern) if len(missing) < len(records) else "none yet"
    console.print(f"Feedback pages: {there}", markup=False, soft_wrap=True)
    if 0 < len(missing) < len(records):
        console.print(f"  none yet of {', '.join(missing)}", markup=False, soft_wrap=True)


def _points(task: TaskRecord) -> Text:
    """The points of one task, coloured by what came of it; ? where somebody must look."""
    style = {PASSED: "green", FAILED: "red"}.get(task.outcome, "yellow")
    return Text(number(task.points) + ("" if task.outcome in (PASSED, FAILED) else "?"), style)
