"""Sorts what a learning platform gives for an assignment into submitted/<student>/<assignment>; it grades nothing.

It takes the platform's zip (Canvas, Moodle, Blackboard), or a folder or zip of students' zips, notebooks or folders. A
submission that is refused becomes a folder with the reason in it, so that grading gives the student a record; the others
go on. What was there already is never replaced in silence.
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.files import write_files
from autograder.intake.archives import BROKEN, Refused
from autograder.intake.entries import Entry, folder_entries, read_entries, zip_entries
from autograder.intake.handed_in import NO_CELL, NOT_COLLECTED, TIMESTAMP, choose_notebook, regular_files
from autograder.intake.platforms import folder_name, late, whose, wrapped
from autograder.record import digest


@dataclass(frozen=True)
class Collected:
    """What became of one student: `outcome` is new, same, replaced, kept (what was there) or refused, and `reason` why.

    What no student could be told for comes last, as ignored.
    """

    student: str
    outcome: str
    files: tuple[str, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()

    @property
    def says(self) -> tuple[str, ...]:
        """What an instructor should know of it."""
        return (*filter(None, [self.reason]), *self.notes)


@dataclass
class Pile:
    """What belongs to one student, by the path it has in the submission."""

    entries: dict[str, Entry] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    timestamp: str = ""
    late: bool = False


def collect(
    assignment: str, origin: Path, submitted: Path, *, pattern: str = "", replace: bool = False
) -> Iterator[Collected]:
    """Writes the submissions that `origin` holds below `submitted`, student by student, and says what became of each.

    `pattern` is a regular expression for paths that follow no known platform. Raises Refused if `origin` itself cannot
    be read or names no student.
    """
    with _Origin(origin, assignment) as found:
        piles, nobody_s = _piles(found.entries, assignment, pattern)
        if not piles:
            raise Refused(f"{origin} names no student: see --pattern, or call the files {assignment}-STUDENT.zip")
        for student, pile in piles.items():
            try:
                yield _store(student, pile, assignment, submitted, replace)
            except OSError as error:
                yield Collected(student, "kept", reason=f"it could not be written: {error}")
        if nobody_s:
            yield Collected("", "ignored", nobody_s, notes=(f"no student's: {', '.join(nobody_s[:5])}",))


class _Origin:
    """The files of a folder or of a platform's zip, as entries that are read later."""

    def __init__(self, path: Path, assignment: str):
        self.path, self.assignment = path, assignment

    def __enter__(self) -> _Origin:
        if self.path.is_dir():
            self.entries = list(folder_entries(self.path))
        elif self._is_one_student():
            self.entries = [Entry(self.path.name, "", lambda limit: self.path.read_bytes()[:limit])]
        else:
            try:
                self.archive = zipfile.ZipFile(self.path)
                self.entries = list(zip_entries(self.archive))
            except (*BROKEN, NotImplementedError) as error:
                raise Refused(f"{self.path} is no zip that can be read: {error}") from None
        return self

    def __exit__(self, *exc: object) -> None:
        if hasattr(self, "archive"):
            self.archive.close()

    def _is_one_student(self) -> bool:
        """Whether it is the zip that `utils.submission` packs for one student."""
        if not re.fullmatch(rf"{re.escape(self.assignment)}-.+\.zip", self.path.name):
            return False
        try:
            with zipfile.ZipFile(self.path) as archive:
                return f"{self.assignment}.ipynb" in archive.namelist()
        except (*BROKEN, NotImplementedError):
            return False


def _piles(entries: list[Entry], assignment: str, pattern: str) -> tuple[dict[str, Pile], tuple[str, ...]]:
    """The entries by student, and those of nobody. Two students whose names would give one folder get a number each."""
    found: dict[str, Pile] = {}
    nobody_s = []
    skip = wrapped([entry.path for entry in entries])
    for entry in entries:
        given = entry.path.partition("/")[2] if skip else entry.path
        about = whose(given, assignment, pattern)
        if about is None:
            nobody_s.append(entry.path)
            continue
        student, path, when = about
        pile = found.setdefault(student, Pile(timestamp=when))
        pile.timestamp = max(pile.timestamp, when)
        pile.late |= late(given)
        if entry.fault:
            pile.faults.append(entry.fault)
        elif path in pile.entries:
            pile.faults.append(f"the name {path} is there twice")
        else:
            pile.entries[path] = entry
    names = Counter(map(folder_name, found))
    piles = {
        folder_name(student) + (f"-{digest(student.encode())[:6]}" if names[folder_name(student)] > 1 else ""): pile
        for student, pile in sorted(found.items())
    }
    return piles, tuple(nobody_s)


def _store(student: str, pile: Pile, assignment: str, submitted: Path, replace: bool) -> Collected:
    reason = ""
    contents: dict[str, bytes] = {}
    notes: list[str] = []
    try:
        contents, notes = read_entries(pile.entries, pile.faults)
        chosen = choose_notebook(contents, assignment)
        reason = chosen.reason or next((note for note in chosen.notes if note.startswith(NO_CELL)), "")
    except Refused as error:
        reason = str(error)
        contents = {NOT_COLLECTED: (reason + "\n").encode()}
    if pile.timestamp:
        contents[TIMESTAMP] = pile.timestamp.encode()
    said_late = ("late, says Canvas",) if pile.late else ()
    folder = submitted / student / assignment
    outcome = "refused" if NOT_COLLECTED in contents else "new"
    if os.path.lexists(folder):
        before = regular_files(folder)[0] if folder.is_dir() else {}
        if before == contents:
            return Collected(student, "same", tuple(contents), reason, (*said_late, *notes))
        if not replace or folder.is_symlink():
            kept = "another submission is there: see --replace"
            return Collected(student, "kept", tuple(before), reason, (*said_late, kept))
        outcome = "replaced" if outcome == "new" else outcome
    _write(folder, contents)
    return Collected(student, outcome, tuple(contents), reason, (*said_late, *notes))


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    """Writes a folder aside and puts it in its place when it is whole."""
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    write_files(part, contents)
    if folder.is_dir():
        shutil.rmtree(folder)
    os.replace(part, folder)
