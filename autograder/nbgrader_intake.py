"""How nbgrader's own commands take submissions in: any folder of a student, any archive, no traceback; `submitted/` is read.

These classes stand in place of nbgrader's converter, exporter and extractor; `nbgrader_config.py` names them.
"""

from __future__ import annotations

import contextlib
import glob
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.apps import api, autogradeapp, generateassignmentapp
from nbgrader.converters import Autograde, GenerateAssignment, NbGraderException
from nbgrader.plugins import ExtractorPlugin

from autograder import course
from autograder.files import write_files
from autograder.intake.archives import Refused
from autograder.intake.entries import opened
from autograder.intake.handed_in import HandedIn, read_submission, to_grade
from autograder.nbgrader_hooks import TrustedExecute
from autograder.record import digest
from autograder.sandbox import jail


class TrustedAutograde(Autograde):
    """In place of nbgrader's converter: every folder of a student is one submission, whatever lies in it.

    nbgrader sees a copy that holds one notebook with the right name, and regular files; `submitted/` is only read.
    """

    submission = HandedIn(None)
    _copy = ""

    @property
    def _input_directory(self) -> str:
        return self._copy or str(super()._input_directory)

    def init_notebooks(self) -> None:
        """One notebook for each folder, there or not. Without a sandbox the whole batch is refused here, once."""
        assignment = self.coursedir.assignment_id
        if TrustedExecute(parent=self).unsafe:
            jail.allow_none()
        try:
            jail.choose()
            course.release_notebook(assignment)
        except (jail.NoSandbox, FileNotFoundError) as error:
            self.log.error("nothing was graded: %s", error)
            raise NbGraderException(str(error)) from None
        folders = glob.glob(self._format_source(assignment, self.coursedir.student_id))
        self.assignments = {folder: [os.path.join(folder, f"{assignment}.ipynb")] for folder in folders}
        if not folders:
            super().init_notebooks()  # says what it looked for

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Reads the submission, which everything else about this student uses; says whether it is to be graded."""
        self.submission = read_submission(Path(self._format_source(assignment_id, student_id)), assignment_id)
        with self._well_formed(assignment_id, student_id):
            return bool(super().init_destination(assignment_id, student_id))

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """As nbgrader's, on the copy: no link is followed, and no odd file stops it."""
        # What the course gives along is in the copy already, from the release: the source may hold what an instructor's
        # own run of the notebook wrote, predictions for example.
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", assignment_id))
        written = [str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()]
        self.exclude_overwriting = {assignment_id: written}
        with self._well_formed(assignment_id, student_id):
            super().init_assignment(assignment_id, student_id)

    @contextlib.contextmanager
    def _well_formed(self, assignment_id: str, student_id: str) -> Iterator[None]:
        with tempfile.TemporaryDirectory(prefix="nn-submission-") as folder:
            self._copy = folder
            try:
                write_files(Path(self._format_source(assignment_id, student_id)), self.submission.files)
                yield
            finally:
                self._copy = ""


def put_into_nbgrader() -> None:
    """Makes nbgrader's commands and formgrader use the classes above: it has no settings for its converters."""
    autogradeapp.Autograde = api.Autograde = TrustedAutograde
    generateassignmentapp.GenerateAssignment = api.GenerateAssignment = CleanRelease


class CleanRelease(GenerateAssignment):
    """In place of nbgrader's converter: what a run of the source notebook left beside it is not released."""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """As nbgrader's, which copies what lies beside the notebook, but for the traces of a run."""
        ignored = self.coursedir.ignore
        self.coursedir.ignore = [*ignored, *course.left_by_a_run(assignment_id)]
        try:
            super().init_assignment(assignment_id, student_id)
        finally:
            self.coursedir.ignore = ignored


class SubmissionExporter(NotebookExporter):
    """Reads a submission, whatever it is, as cells of the release with the student's answers in them."""

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> Any:
        """As nbconvert's, but a broken file gives the untouched release and a reason instead of an exception."""
        converter: Any = self.parent
        if not converter._sanitizing:
            return super().from_filename(filename, resources, **kwargs)
        submission: HandedIn = converter.submission
        clean = to_grade(submission, resources["nbgrader"]["assignment"])
        clean.notebook.metadata["autograder"] = {
            "unreadable": clean.unreadable,
            "notes": clean.notes,
            "submission": digest(submission.notebook or b""),
        }
        stream = io.StringIO(nbformat.writes(clean.notebook))
        return super().from_file(stream, resources, **kwargs)


class CarefulExtractor(ExtractorPlugin):
    """In place of what `nbgrader zip_collect` opens archives with, which no bomb stops: what is refused is left out."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Writes what lies in the archives, and in students' archives in these, each into a folder of its name."""
        for path, found in opened(Path(archive_path)):
            if isinstance(found, Refused):
                self.log.error("%s is left out: %s", path, found)
                continue
            write_files(Path(extracted_path) / path, found)
