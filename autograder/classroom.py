"""Imaginary students: namespaces and notebooks with the solution, the stub, a slip or a variant in them.

They prove the checks, they are the class of the demonstration, and they let the diagnosis compare a student's mistake
with the known ones. It reads the source notebooks as text; real submissions never come here.
"""

from __future__ import annotations

import inspect
import os
import re
import textwrap
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

from nbformat import NotebookNode

from autograder import cells, course
from autograder.answers import perfect_files
from autograder.promise import checks_of
from autograder.slips import Slip
from autograder.student import LocalLine, Student

Cells = Mapping[str, str]  # task id -> text of its TODO cell


def notebook(assignment: str, replacing: Cells | None = None, *, finished: bool = True) -> NotebookNode:
    """A handed-in notebook: the release with the solutions in its TODO cells, or with the texts of `replacing`.

    Tasks that `replacing` does not name are solved, or left as the stub if not `finished`.
    """
    handed_in = course.release_notebook(assignment)
    solutions = {cells.key(c): cells.solved(c.source) for c in course.source_notebook(assignment).cells}
    texts = {f"{task}-todo": text for task, text in (replacing or {}).items()}
    for cell in handed_in.cells:
        name = cells.key(cell)
        if cells.role(cell) == "solution":
            cell.source = texts.get(name, solutions[name] if finished else cell.source)
    return handed_in


def namespace(assignment: str, replacing: Cells | None = None, *, finished: bool = True) -> dict[str, Any]:
    """The names a notebook defines, run in this process: only for code of ours."""
    names: dict[str, Any] = {"__name__": "__main__"}
    texts = {f"{task}-todo": text for task, text in (replacing or {}).items()}
    here = os.getcwd()
    os.chdir(course.ROOT)  # the setup cell looks for the course around it
    try:
        for name, role, text in _source_cells(assignment):
            if role == "solution":
                text = texts.get(name, text if finished else cells.stub(text))
            exec(_compiled(text, f"<{name}>"), names)
    finally:
        os.chdir(here)
    if finished and "read_predictions" in names:  # whoever has finished has handed in the file, too
        handed_in = perfect_files(assignment)["predictions.csv"].decode()
        names["read_predictions"] = lambda path, *, task: handed_in
    return names


def student(assignment: str, replacing: Cells | None = None, *, finished: bool = True) -> Callable[[str], Student]:
    """What `judge` wants: a function from task to student, here always the same one in this process."""
    one = Student(LocalLine(namespace(assignment, replacing, finished=finished)))
    return lambda task: one


def with_slip(assignment: str, slip: Slip) -> Cells:
    """The TODO cell of a slip's task, as the student who makes this mistake would have written it."""
    return {slip.task: cell_of(slip.wrong, checks_of(assignment).ASSIGNMENT.task(slip.task).defines)}


def with_variant(assignment: str, tasks: tuple[str, ...], right: Any) -> Cells:
    """The TODO cells of a variant: the first task's cell holds it, the others hold a word."""
    tasks_of = checks_of(assignment).ASSIGNMENT.task
    texts = dict.fromkeys(tasks, "# see above")
    texts[tasks[0]] = cell_of(right, tasks_of(tasks[0]).defines)
    return texts


def cell_of(piece: Any, defines: str) -> str:
    """The source of a function or class of ours as a cell that defines `defines` ("f", "Class" or "Class.method").

    Decorators of ours are left out, and the name becomes the one that the task asks for.
    """
    text = re.sub(r"\A(?:@\w+\((?:[^()]|\([^()]*\))*\)\n)+", "", textwrap.dedent(inspect.getsource(piece)))
    owner, _, method = defines.partition(".")
    if inspect.isclass(piece):
        return re.sub(rf"\b{piece.__name__}\b", owner, text)
    text = re.sub(rf"\Adef {piece.__name__}\b", f"def {method or owner}", text)
    return f"@add_to_class({owner})\n{text}" if method else text


@lru_cache(maxsize=32)
def _source_cells(assignment: str) -> tuple[tuple[str, str, str], ...]:
    source = course.source_notebook(assignment)
    rows = [(cells.key(c), cells.role(c), c.source) for c in source.cells if c.cell_type == "code"]
    return tuple(row for row in rows if row[1] in ("given", "solution"))


@lru_cache(maxsize=4096)
def _compiled(text: str, name: str) -> CodeType:
    return compile(text, name, "exec")
