"""Writes what students and instructors read, all of it from the record: verdicts in the notebook, and tables."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template, select_autoescape
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.judge import FAILED, PASSED, UNCHECKED
from autograder.record import Record, TaskRecord

MARKS = {PASSED: "ok", FAILED: "no", UNCHECKED: "?"}
HANDED_IN = "As handed in; not run again for grading."


def write_verdict(cell: NotebookNode, task: TaskRecord, record: Record) -> None:
    """Replaces a check cell's outputs by the verdict, and by the points as nbgrader reads them: one float, alone."""
    verdict = new_output(
        "display_data",
        data={"text/html": verdict_html(task, record), "text/plain": verdict_text(task, record)},
    )
    points = new_output("execute_result", execution_count=None, data={"text/plain": repr(float(task.points))})
    cell.outputs = [verdict, points]
    cell.execution_count = None


def mark_as_handed_in(cell: NotebookNode) -> None:
    """Says above an experiment's outputs whose they are."""
    if cell.outputs:
        cell.outputs = [new_output("stream", name="stdout", text=f"[{HANDED_IN}]\n"), *cell.outputs]


def verdict_html(task: TaskRecord, record: Record) -> str:
    """The verdict on a task as a table; every text in it is escaped."""
    return _template("verdict.html.j2").render(task=task, record=record, number=number).strip()


def verdict_text(task: TaskRecord, record: Record) -> str:
    """The same for a terminal."""
    lines = [f"{task.number} {task.title}: {number(task.points)} of {number(task.max_points)} points"]
    if record.reason:
        lines.append(f"  {record.reason}")
    if task.unfinished:
        return "\n".join([*lines, f"   - {task.unfinished}"])
    for promise in task.promises:
        lines.append(f"  {MARKS[promise.outcome]:>2} {promise.says}")
        lines += [f"     {text}" for text in (promise.message, promise.hint and f"Hint: {promise.hint}") if text]
    return "\n".join(lines)


def number(value: float) -> str:
    """Points without needless zeros.

    >>> number(12.0), number(2.5)
    ('12', '2.5')
    """
    return f"{value:.6g}"


@lru_cache(maxsize=8)
def _template(name: str) -> Template:
    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=select_autoescape(["j2", "html"])).get_template(name)
