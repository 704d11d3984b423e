"""Grades one class: finds what is new or changed, has it done, saves each result at once. It executes nothing itself.

The order of saving is what makes it safe to kill: the executed notebook, then the gradebook, and the record last. A
submission without its record, or whose gradebook says otherwise, is done again by the next run, with the same result.
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.batch.changes import Change, changes, why
from autograder.batch.crew import Crew
from autograder.batch.gradebook import Writer
from autograder.batch.progress import Display
from autograder.batch.settings import Settings
from autograder.batch.work import Done, Work, notebook_of
from autograder.files import write_atomically, write_files
from autograder.grade import release_hashes
from autograder.intake.handed_in import NO_CELL, TIMESTAMP, HandedIn, read_submission
from autograder.judge import UNCHECKED
from autograder.record import GRADED, Record, Records


class AlreadyRunning(RuntimeError):
    """Another grade command works on this class."""


@dataclass(frozen=True)
class Wanted:
    """What is to be graded: an assignment, perhaps only some students or tasks, perhaps also what has not changed."""

    assignment: str
    students: frozenset[str] = frozenset()
    tasks: frozenset[str] | None = None
    again: bool = False
    unsafe: bool = False


@dataclass
class Report:
    """What came of a class: records by student, who was graded now, what differs from before with the reasons, whose
    feedback page could not be written."""

    records: dict[str, Record] = field(default_factory=dict)
    graded: list[str] = field(default_factory=list)
    changed: dict[str, list[Change]] = field(default_factory=dict)
    reasons: dict[str, list[str]] = field(default_factory=dict)
    pageless: dict[str, str] = field(default_factory=dict)

    def add(self, before: Record | None, after: Record) -> None:
        """Notes a new record, and what it changes."""
        self.records[after.student] = after
        self.graded.append(after.student)
        found = changes(before, after) if before is not None else []
        if before is not None and found:
            self.changed[after.student] = found
            self.reasons[after.student] = why(before, after)

    @property
    def failed(self) -> list[Record]:
        """Those that somebody has to look at: not graded, or something could not be checked."""
        return [record for record in self.records.values() if needs_a_look(record)]


def needs_a_look(record: Record) -> bool:
    """Whether a record is no ordinary one: unreadable, stopped, of something else, or with a promise left unchecked."""
    return (
        record.status != GRADED or bool(of_something_else(record)) or any(t.outcome == UNCHECKED for t in record.tasks)
    )


def of_something_else(record: Record) -> str:
    """The note that no cell of the assignment was in the notebook, if there was none and nothing earned a point."""
    return next((note for note in record.notes if note.startswith(NO_CELL)), "") if not record.points else ""


def grade_class(settings: Settings, wanted: Wanted, crew: Crew) -> Report:
    """Grades what is new or changed in a class and brings the gradebook to agree with the records.

    Raises AlreadyRunning, FileNotFoundError where nothing was handed in, and what the workers raise (NoSandbox).
    """
    folders = handed_in(settings, wanted)
    report, records = Report(), Records(settings.records)
    with alone(settings.records):
        before = {student: records.read(wanted.assignment, student) for student in folders}
        for student, folder in folders.items():
            old = before[student]
            if old is not None and not wanted.again and _done_already(settings, wanted, old, folder):
                report.records[student] = old
        waiting = [student for student in folders if student not in report.records]
        work = (_work(settings, wanted, student, folders[student], before[student]) for student in waiting)
        # The gradebook is opened while the workers begin: that takes as long as their first results.
        with (
            Display(len(waiting)) as display,
            contextlib.closing(crew.run(work)) as results,
            Writer(settings) as writer,
        ):
            writer.know(wanted.assignment)
            saved = writer.scores(wanted.assignment)
            for student, old in report.records.items():
                if not _agrees(old, saved.get(student, {})):
                    submission = read_submission(folders[student], wanted.assignment)
                    writer.save(old, _notebook(settings, old), _timestamp(submission))
            for done in results:
                save(settings, writer, records, done)
                report.add(before[done.work.student], done.record)
                display.step(failed=needs_a_look(done.record))
    report.records = dict(sorted(report.records.items()))
    return report


def handed_in(settings: Settings, wanted: Wanted) -> dict[str, Path]:
    """The folders of the students who handed something in, by student. Raises FileNotFoundError where there is none."""
    found = {path.parent.name: path for path in sorted(settings.submitted.glob(f"*/{wanted.assignment}"))}
    missing = wanted.students - set(found)
    if missing or not found:
        where = settings.submitted / "<student>" / wanted.assignment
        raise FileNotFoundError(
            f"nothing was handed in{' by ' + ', '.join(sorted(missing)) if missing else ''}: {where}"
        )
    return {student: path for student, path in found.items() if not wanted.students or student in wanted.students}


def save(settings: Settings, writer: Writer, records: Records, done: Done) -> None:
    """Puts one result where it belongs; see the first lines of this module for the order."""
    folder = settings.autograded / done.work.student / done.work.assignment
    shutil.rmtree(folder, ignore_errors=True)
    write_files(folder, done.work.submission.files)
    write_atomically(folder / f"{done.work.assignment}.ipynb", done.notebook)
    writer.save(done.record, notebook_of(done), _timestamp(done.work.submission))
    records.save(done.record)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keeps a second grade command off the class for as long as the block lasts; the lock goes with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning(f"another grade command works on this class ({folder})") from None
        yield


def _done_already(settings: Settings, wanted: Wanted, old: Record, folder: Path) -> bool:
    """Whether the record is what grading would give again, and the notebook that belongs to it is there."""
    work = _work(settings, wanted, old.student, folder, None)
    same = old.seed == settings.seed and old.hashes == work.hashes()
    return same and _autograded(settings, old).is_file()


def _agrees(record: Record, scores: dict[str, float | None]) -> bool:
    """Whether the gradebook has the points of the record, and none where a person must look."""
    return all(
        task.id in scores and scores[task.id] == (None if task.outcome == UNCHECKED else task.points)
        for task in record.tasks
    )


def _work(settings: Settings, wanted: Wanted, student: str, folder: Path, before: Record | None) -> Work:
    partly = wanted.tasks is not None and before is not None and before.status == GRADED
    return Work(
        student=student,
        assignment=wanted.assignment,
        submission=read_submission(folder, wanted.assignment),
        seed=settings.seed,
        limits=settings.limits,
        release=release_hashes(wanted.assignment),
        unsafe=wanted.unsafe,
        tasks=wanted.tasks if partly else None,
        before=before if partly else None,
    )


def _autograded(settings: Settings, record: Record) -> Path:
    return settings.autograded / record.student / record.assignment / f"{record.notebook}.ipynb"


def _notebook(settings: Settings, record: Record) -> nbformat.NotebookNode:
    return nbformat.read(_autograded(settings, record), as_version=4)


def _timestamp(submission: HandedIn) -> bytes | None:
    return submission.files.get(TIMESTAMP)
