"""Small classes for tests of the pipeline: what is handed in, and what is compared afterwards."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

from nbgrader.api import BaseCell, Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook

from autograder import classroom, course, demo
from autograder.files import write_files
from autograder.shell import environment
from autograder.slips import slips_of

ASSIGNMENT = "conv-layers"


def hand_in(folder: str, student: str, content: bytes | None, name: str = f"{ASSIGNMENT}.ipynb", **more: bytes) -> None:
    """Puts a notebook (or none) and other files where a student's submission lies; `__` in a name stands for a dot."""
    files = {name.replace("__", "."): file for name, file in more.items()} | (
        {name: content} if content is not None else {}
    )
    write_files(course.ROOT / folder / "submitted" / student / ASSIGNMENT, files)


def small_class(folder: str) -> None:
    """Six students: right, nothing done, a slip, late and right, unreadable, and no notebook."""
    shutil.rmtree(course.ROOT / folder, ignore_errors=True)
    solution = demo.as_bytes(classroom.notebook(ASSIGNMENT))
    slip = next(s for s in slips_of(ASSIGNMENT) if s.name == "backward_crop_p_to_minus_p")
    hand_in(folder, "ada", solution)
    hand_in(folder, "boris", demo.as_bytes(course.release_notebook(ASSIGNMENT)))
    hand_in(folder, "cleo", demo.as_bytes(classroom.notebook(ASSIGNMENT, classroom.with_slip(ASSIGNMENT, slip))))
    hand_in(folder, "dan", solution, timestamp__txt=b"2026-11-20 12:00:00 UTC", notes__txt=b"mine")
    hand_in(folder, "eve", solution[:5000])
    hand_in(folder, "finn", None, readme__txt=b"see mail")


def grade(folder: str, *options: str, env: dict[str, str] | None = None, check: bool = True) -> str:
    """Runs the parallel command on a class and returns what it printed."""
    done = subprocess.run(
        command(*options), cwd=course.ROOT, env=environment(folder) | (env or {}), capture_output=True, text=True
    )
    if check:
        assert done.returncode in (0, 3), done.stdout + done.stderr
    return done.stdout + done.stderr


def command(*options: str) -> list[str]:
    """The parallel command."""
    return [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, *options]


def records(folder: str) -> dict[str, Any]:
    """All records by student, without times."""
    paths = sorted((course.ROOT / folder / "records" / ASSIGNMENT).glob("*/*.json"))
    return {path.parent.name: without_times(json.loads(path.read_text(encoding="utf-8"))) for path in paths}


def notebooks(folder: str) -> dict[str, bytes]:
    """The executed notebooks and the files beside them, by path."""
    root = course.ROOT / folder / "autograded"
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def gradebook(folder: str, db_url: str | None = None) -> list[tuple[Any, ...]]:
    """Every grade and comment of the gradebook, in order, without ids."""
    with Gradebook(db_url or f"sqlite:///{course.ROOT / folder / 'gradebook.db'}") as book:
        rows: list[tuple[Any, ...]] = []
        for table, values in (
            (Grade, (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)),
            (Comment, (Comment.auto_comment, Comment.manual_comment)),
        ):
            query = (
                book.db.query(SubmittedAssignment.student_id, BaseCell.name, *values)
                .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
                .join(table, table.notebook_id == SubmittedNotebook.id)
                .join(BaseCell, BaseCell.id == table.cell_id)
            )
            rows += [(table.__name__, *row) for row in query.all()]
        late = book.db.query(SubmittedAssignment.student_id, SubmittedAssignment.timestamp)
        rows += [("Submission", *row) for row in late.all()]
        return sorted(rows, key=str)


def without_times(value: Any) -> Any:
    """The same data, records or parts of them, without the seconds that something took."""
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key != "seconds"}
    return [without_times(item) for item in value] if isinstance(value, (list, tuple)) else value
