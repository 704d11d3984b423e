"""Writes what students and instructors read, all of it from the record: verdicts in the notebook, and tables."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template, select_autoescape
from markupsafe import Markup, escape
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output

from autograder.judge import FAILED, PASSED, UNCHECKED
from autograder.record import Record, TaskRecord

MARKS = {PASSED: "ok", FAILED: "no", UNCHECKED: "?"}
HANDED_IN = "As handed in; not run again for grading."


def write_verdict(cell: NotebookNode, task: TaskRecord, record: Record) -> None:
    """Replaces a check cell's outputs by the verdict, and by the points as nbgrader reads them: one float, alone."""
    verdict = {"text/html": verdict_html(task, record), "text/plain": verdict_text(task, record)}
    points = {"text/plain": repr(float(task.points))}
    # As nbformat's new_output would make them, which takes longer to look at them than everything else here.
    cell.outputs = from_dict(
        [
            {"output_type": "display_data", "metadata": {}, "data": verdict},
            {"output_type": "execute_result", "metadata": {}, "data": points, "execution_count": None},
        ]
    )
    cell.execution_count = None


def mark_as_handed_in(cell: NotebookNode) -> None:
    """Says above an experiment's outputs whose they are."""
    if cell.outputs:
        cell.outputs = [new_output("stream", name="stdout", text=f"[{HANDED_IN}]\n"), *cell.outputs]


def verdict_html(task: TaskRecord, record: Record) -> str:
    """The verdict on a task as a table; every text in it is escaped."""
    return _template("verdict.html.j2").render(task=task, record=record, number=number).strip()


def summary_html(
    scores: list[tuple[str, str, float, float]], notes: tuple[str, ...] = (), waiting: frozenset[str] = frozenset()
) -> str:
    """The table at the top of a feedback page, of (id, title, points, most points), and under it what was odd.

    Full points are marked as kept; what is `waiting` for a person has no points yet.
    """
    rows = [
        {
            "id": i,
            "title": f"{title} (not graded yet)" if i in waiting else title,
            "points": "?" if i in waiting else number(got),
            "max_points": number(most),
            "mark": "unsure" if i in waiting else "ok" if got >= most else "no",
        }
        for i, title, got, most in scores
    ]
    return _template("summary.html.j2").render(rows=rows, notes=notes).strip()


def feedback_css() -> str:
    """The style sheet of the feedback page."""
    return (Path(__file__).parent / "templates" / "feedback.css").read_text(encoding="utf-8")


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


def counted(count: int, noun: str) -> str:
    """A number of things.

    >>> counted(1, "student"), counted(0, "student")
    ('1 student', '0 students')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@lru_cache(maxsize=8)
def _template(name: str) -> Template:
    folder = Path(__file__).parent / "templates"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=select_autoescape(["j2", "html"]))
    environment.filters["code"] = code_marks
    return environment.get_template(name)


def code_marks(text: str) -> Markup:
    """Escaped HTML in which `words in backquotes` are code.

    >>> code_marks("the shape of `w_grad` < 3")
    Markup('the shape of <code>w_grad</code> &lt; 3')
    """
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))
