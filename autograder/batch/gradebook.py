"""The one writer of nbgrader's gradebook: saves results as `nbgrader autograde` does, by nbgrader's own rules.

What people put there (manual scores, comments, extra credit) stays. A submission is saved in one transaction.
"""

from __future__ import annotations

import logging
import tempfile
import time
import warnings
from types import SimpleNamespace
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
    get_alembic_version,
)
from nbgrader.converters import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError, SAWarning

from autograder import cells, course
from autograder.batch.settings import Settings
from autograder.nbgrader_hooks import SaveGrades
from autograder.nbgrader_intake import CleanRelease
from autograder.record import Record

LOG = logging.getLogger("autograder.gradebook")
PATIENCE = 120.0  # seconds that somebody else, formgrader for example, may hold the database


class Writer:
    """An open gradebook of one class. Use it as a context manager."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.gradebook = Gradebook(settings.db_url, settings.course_id)
        self._mark_version()
        self._save = SaveGrades(config=settings.config)
        self._save.log = LOG

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *exc: object) -> None:
        self.gradebook.close()

    def know(self, assignment: str) -> None:
        """Brings the assignment's cells and points into the gradebook if it does not have them all yet.

        Raises RuntimeError where nbgrader cannot make a release of it.
        """
        known = self._knows(assignment)
        self.gradebook.db.rollback()  # reading holds no lock either
        if known:
            return
        config = self.settings.config
        with tempfile.TemporaryDirectory() as elsewhere:  # the release itself stays as it is
            places = CourseDirectory(config=config, assignment_id=assignment, release_directory=elsewhere)
            converter = CleanRelease(coursedir=places, config=config)
            converter.force = converter.create_assignment = True
            converter.log = LOG
            try:
                converter.start()
            except NbGraderException as error:
                raise RuntimeError(f"nbgrader can make no release of {assignment}: {error}") from None

    def _knows(self, assignment: str) -> bool:
        """Whether all cells are there: nbgrader saves them one by one, the sources last, and may be killed in between."""
        try:
            notebook = self.gradebook.find_notebook(assignment, assignment)
        except MissingEntry:
            return False
        release = course.release_notebook(assignment)
        wanted = {cells.key(cell) for cell in release.cells if "nbgrader" in cell.metadata}
        # Once something was handed in, nbgrader lets nobody add cells.
        return wanted <= {cell.name for cell in notebook.source_cells} or bool(notebook.submissions)

    def _mark_version(self) -> None:
        """As nbgrader marks a new database; one that was killed before could never be brought up to date without."""
        db = self.gradebook.db
        if "alembic_version" not in inspect(self.gradebook.engine).get_table_names():
            db.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        if db.execute(text("SELECT version_num FROM alembic_version")).first() is None:
            version = {"version": get_alembic_version()}
            db.execute(text("INSERT INTO alembic_version (version_num) VALUES (:version)"), version)
        db.commit()

    def scores(self, assignment: str) -> dict[str, dict[str, float | None]]:
        """The automatic scores of every student in the gradebook, by cell: what a record is compared with."""
        rows = (
            self.gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, Grade.auto_score)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .filter(Assignment.name == assignment)
            .all()
        )
        self.gradebook.db.rollback()  # reading holds no lock either
        found: dict[str, dict[str, float | None]] = {}
        for student, cell, score in rows:
            found.setdefault(student, {})[cell] = score
        return found

    def save(self, record: Record, notebook: NotebookNode, timestamp: bytes | None) -> None:
        """Saves one result. Waits for a database that somebody else holds; raises OperationalError after PATIENCE."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self._save_once(record, notebook, timestamp)
            except OperationalError:
                self.gradebook.db.rollback()
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def _save_once(self, record: Record, notebook: NotebookNode, timestamp: bytes | None) -> None:
        book, name, student = self.gradebook, record.assignment, record.student
        book.update_or_create_student(student)
        when = {"timestamp": parse_utc(timestamp.decode().strip())} if timestamp else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own: it builds a submission before it adds it
            submission = book.update_or_create_submission(name, student, **when)
        submitted = next(one for one in submission.notebooks if one.name == record.notebook)
        one = _OneSubmission(submitted)
        self._save.gradebook = one
        self._save.notebook_id, self._save.assignment_id, self._save.student_id = record.notebook, name, student
        for index, cell in enumerate(notebook.cells):
            self._save.preprocess_cell(cell, {"record": record}, index)
        submitted.late_submission_penalty = None
        late = submission.total_seconds_late > 0
        book.db.commit()
        if late:
            where = {
                "notebook": record.notebook,
                "assignment": name,
                "student": student,
                "db_url": self.settings.db_url,
            }
            self.settings.late_penalties().preprocess(notebook, {"nbgrader": where})


class _OneSubmission:
    """What nbgrader's preprocessor asks of a gradebook, for one notebook that is loaded; nothing is committed half done."""

    def __init__(self, submitted: SubmittedNotebook):
        self.grades: dict[str, Any] = {grade.name: grade for grade in submitted.grades}
        self.comments: dict[str, Any] = {comment.name: comment for comment in submitted.comments}
        self.db = SimpleNamespace(commit=lambda: None)

    def find_grade(self, cell: str, *where: str) -> Any:
        """The grade of a cell."""
        return self.grades[cell]

    def find_comment(self, cell: str, *where: str) -> Any:
        """The comment on a cell."""
        return self.comments[cell]
