"""One piece of work for a worker: a submission in, its record and executed notebook out. It reads and writes no file."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import Any

import nbformat

from autograder import course
from autograder.batch.settings import settings
from autograder.grade import Job, grade_or_tell, hashes_of, not_graded, release_hashes
from autograder.intake.handed_in import HandedIn, to_grade
from autograder.intake.sanitise import Sanitised
from autograder.record import Record, digest
from autograder.run import Limits
from autograder.sandbox import jail

LOG = logging.getLogger("autograder.batch")


@dataclass(frozen=True)
class Work:
    """A submission with all its result depends on.

    `release` are the hashes of what it is graded with. With `tasks`, only these are checked, the rest is as in `before`.
    """

    student: str
    assignment: str
    submission: HandedIn
    seed: int
    limits: Limits
    release: dict[str, str]
    unsafe: bool = False
    tasks: frozenset[str] | None = None
    before: Record | None = None

    def job(self) -> Job:
        """The same for `grade`."""
        return Job(
            assignment=self.assignment,
            submission=to_grade(self.submission, self.assignment),
            files=self.submission.files,
            hash=self.digest(),
            seed=self.seed,
            limits=self.limits,
            tasks=self.tasks,
            before=self.before,
        )

    def hashes(self) -> dict[str, str]:
        """What its record will say that it depends on; nothing is read or sanitised for it."""
        return hashes_of(self.assignment, self.digest(), self.submission.files)

    def digest(self) -> str:
        """The hash of the notebook that was handed in."""
        return digest(self.submission.notebook or b"")


@dataclass(frozen=True)
class Done:
    """What came of it: the record, and the executed notebook as the text of its file."""

    work: Work
    record: Record
    notebook: str


def do(work: Work) -> Done:
    """Executes and checks one submission, whatever comes: a fault of ours is a result too.

    Raises NoSandbox where this machine has none, and RuntimeError where the course is not the one that sent the work.
    """
    if work.unsafe:
        jail.allow_none()
    jail.choose()
    if release_hashes(work.assignment) != work.release:
        raise RuntimeError("this worker has another version of the course: bring it up to date")
    try:
        return _done(work, *grade_or_tell(work.job()))
    except Exception as error:
        LOG.exception("a result could not be written")
        untouched = Sanitised(course.release_notebook(work.assignment))
        job = Job(work.assignment, untouched, hash=work.digest(), seed=work.seed, limits=work.limits)
        return _done(work, *not_graded(job, f"the grader failed ({type(error).__name__})"))


def give_up(work: Work, reason: str) -> Done:
    """The result of what could not be graded through no fault of the student's: nothing is scored, a person must look."""
    return _done(work, *not_graded(work.job(), reason))


def _done(work: Work, notebook: Any, record: Record) -> Done:
    for one in settings().tidy_up():
        notebook, _ = one.preprocess(notebook, {})
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    record = replace(record, student=work.student)
    for file in (text, json.dumps(record.to_json(), ensure_ascii=False)):
        file.encode()  # what no file could be written of raises here, and not while a class is written
    return Done(work, record, text)


def notebook_of(done: Done) -> nbformat.NotebookNode:
    """The executed notebook."""
    return nbformat.from_dict(json.loads(done.notebook))
