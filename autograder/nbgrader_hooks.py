"""Our pieces in nbgrader's own commands: how a submission is read, run and saved, and how a TODO is stubbed.

nbgrader keeps the pipeline, the gradebook and the web pages; these classes put the grading outside the student's kernel.
They are named in `nbgrader_config.py` and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearSolutions, Execute, NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool, Float, Integer, List, Unicode

from autograder import cells
from autograder.grade import SEED, Job, grade_or_tell
from autograder.intake.handed_in import beside_notebooks
from autograder.intake.sanitise import Sanitised
from autograder.judge import UNCHECKED
from autograder.promise import checks_of
from autograder.record import UNREADABLE, Records
from autograder.report import feedback_css, summary_html
from autograder.run import Limits
from autograder.sandbox import jail

HEADING = re.compile(r"^#+ (.*?)(?: \(\d+ points\))?$", re.MULTILINE)
SHOWN_FIRST = ["text/html", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]


class Quiet(NbGraderPreprocessor):
    """nbconvert sets this trait for all its classes; nbgrader's base class has it unmarked, so that every page would warn."""

    display_data_priority = List(SHOWN_FIRST).tag(config=True)


class TrustedExecute(Quiet, Execute):
    """In place of nbgrader's Execute: runs the notebook in its kernel, checks it from outside, writes the record."""

    unsafe = Bool(False, help="Go on without a sandbox where there is none; every record says so.").tag(config=True)
    seed = Integer(SEED, help="Seed of the hidden inputs; it is kept in every record.").tag(config=True)
    records = Unicode("records", help="Folder of the records.").tag(config=True)
    cell_seconds = Integer(60, help="Seconds a cell may run.").tag(config=True)
    check_seconds = Float(20, help="Seconds one check may take.").tag(config=True)
    notebook_seconds = Float(600, help="Seconds the cells of one notebook may run in all.").tag(config=True)

    @property
    def limits(self) -> Limits:
        """The times as grading wants them."""
        return Limits(self.cell_seconds, self.check_seconds, self.notebook_seconds)

    def preprocess(self, nb: NotebookNode, resources: Any = None, km: Any = None) -> tuple[NotebookNode, Any]:
        """The executed notebook; the record goes to its file and along in `resources`."""
        said = nb.metadata.pop("autograder")
        where = resources["nbgrader"]
        job = Job(
            assignment=where["assignment"],
            submission=Sanitised(nb, said["unreadable"], list(said["notes"])),
            files=beside_notebooks(Path(resources["metadata"]["path"])),
            hash=said["submission"],
            seed=self.seed,
            limits=self.limits,
        )
        notebook, record = grade_or_tell(job)
        named = replace(record, student=where["student"])
        Records(Path(self.records)).save(named)
        if named.status == UNREADABLE:
            self.log.error("%s handed in a notebook that cannot be read: %s", named.student, named.reason)
        for note in named.notes:
            self.log.warning("%s: %s", named.student, note)
        resources["record"] = named
        return notebook, resources


class SaveGrades(SaveAutoGrades):
    """nbgrader's own, except that a task which could not be checked waits for a person instead of getting a score."""

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        super()._add_score(cell, resources)
        task = resources["record"].task(cells.key(cell))
        if task is not None and task.outcome == UNCHECKED:
            grade_id = cell.metadata["nbgrader"]["grade_id"]
            grade = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
            grade.auto_score, grade.needs_manual_grade = None, True
            self.gradebook.db.commit()


class FeedbackPage(Quiet):
    """The style of the feedback page, a table of results at its top, and no bare number below a verdict."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Comes after nbgrader's GetGrades, which has put the final scores, manual ones included, into the cells."""
        resources["inlining"]["css"].append(feedback_css())
        titles = {
            t.id: f"{t.number} {t.title}" for t in checks_of(resources["nbgrader"]["assignment"]).ASSIGNMENT.tasks
        }
        scores, heading, waiting = [], "Written answer", self._waiting(resources["nbgrader"])
        for cell in nb.cells:
            if cells.role(cell) == "text" and not (cells.key(cell) or "extra").startswith("extra"):
                heading = (HEADING.findall(cell.source) or [heading])[-1]
            if cells.role(cell) in ("check", "written"):
                found = cell.metadata["nbgrader"]
                scores.append((cells.key(cell), titles.get(cells.key(cell), heading), found["score"], found["points"]))
            if cells.role(cell) == "check":
                cell.outputs = [output for output in cell.outputs if output.output_type != "execute_result"]
        nb.cells.insert(0, new_markdown_cell(summary_html(scores, self._notes(resources["nbgrader"]), waiting)))
        return nb, resources

    def _waiting(self, where: dict[str, str]) -> frozenset[str]:
        """The cells that nobody has graded yet: written answers, and tasks that could not be checked."""
        with Gradebook(where["db_url"]) as gradebook:
            grades = gradebook.find_submission_notebook(where["notebook"], where["assignment"], where["student"]).grades
            return frozenset(grade.name for grade in grades if grade.needs_manual_grade)

    def _notes(self, where: dict[str, str]) -> tuple[str, ...]:
        """What the record says besides points: what was odd, and that nothing isolated the student's code."""
        record = Records(Path(TrustedExecute(parent=self).records)).read(where["assignment"], where["student"])
        if record is None:
            return ()
        unsafe = (f"Graded without a sandbox: {record.isolation}.",) if record.isolation == jail.UNSAFE.says else ()
        return (*unsafe, *record.notes)


class StubSolutions(ClearSolutions):
    """In place of nbgrader's ClearSolutions for code: the stub says which task it is. Written answers stay nbgrader's."""

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> tuple[NotebookNode, Any]:
        if cell.cell_type == "code":
            cell.source = cells.stub(cell.source)
            return cell, resources
        return super().preprocess_cell(cell, resources, cell_index)


class SetBundleAddress(NbGraderPreprocessor):
    """Writes into the setup cell where Colab fetches the student bundle."""

    url = Unicode("", help="Address of the student bundle's zip file, for notebooks opened in Colab.").tag(config=True)

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> tuple[NotebookNode, Any]:
        """Fills the one line of the setup cell."""
        if cells.key(cell) == "setup":
            lines = cell.source.split("\n")
            cell.source = "\n".join(f'BUNDLE_URL = "{self.url}"' if s.startswith("BUNDLE_URL") else s for s in lines)
        return cell, resources
