"""Reads what one student handed in for an assignment, whatever lies in the folder; it writes nothing and follows no link.

It finds the notebook by its cells where its name is wrong, and says in words what was odd. nbgrader's command, the
parallel one and the collection of archives all read submissions here. It never raises for what a student did.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path, PurePosixPath

from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from autograder import cells, course
from autograder.intake.sanitise import MAX_BYTES, PUT_BACK, Sanitised, Unreadable, closest_release, read, sanitise

MAX_FILES, MAX_FILE_BYTES, MAX_TOTAL_BYTES = 200, 20 * 2**20, 100 * 2**20  # beside the notebook
MAX_DEPTH, MAX_SEEN = 8, 2000  # folders in folders, and names looked at
MAX_NOTEBOOKS = 20  # looked into when the name is wrong
FEW = 6  # cells that another assignment may call the same: optimizers and two-layer-net share five names
MAX_NAME = 200  # characters of a path
RENAMED = (".txt", ".json", "")  # what browsers and mail programs make of .ipynb
TIMESTAMP = "timestamp.txt"  # in which nbgrader keeps when something was handed in
NOT_COLLECTED = "not-collected.txt"  # in which `collect` says why there is no submission
NO_CELL = "no cell of"  # begins the note on a notebook of something else
IGNORED = (".ipynb_checkpoints", "__pycache__", "__MACOSX", ".DS_Store", ".git", ".venv", "venv")


@dataclass(frozen=True)
class HandedIn:
    """One submission: the notebook's bytes and name, the other files by path, what was odd, or why there is no notebook.

    `reason` is empty exactly when there is a notebook. Whether it can be read is found out by `to_grade`.
    """

    notebook: bytes | None
    name: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    reason: str = ""


def read_submission(folder: Path, assignment: str) -> HandedIn:
    """What lies in the folder of one student and one assignment, with the files that the course gives along."""
    if folder.is_symlink() or not folder.is_dir():
        return HandedIn(
            None,
            files=dict(given_files(assignment)),
            reason="nothing was handed in: there is no folder of this assignment",
        )
    contents, notes = regular_files(folder)
    found = choose_notebook(contents, assignment)
    files = with_given(
        {name: c for name, c in found.files.items() if name != TIMESTAMP or is_time(c)}, given_files(assignment)
    )
    return replace(found, files=files, notes=(*notes, *found.notes))


@lru_cache(maxsize=32)
def given_files(assignment: str) -> Mapping[str, bytes]:
    """What students got beside the notebook; it comes over whatever a student calls the same."""
    left = course.left_by_a_run(assignment)  # somebody may have tried the notebook where it lies
    found = beside_notebooks(course.RELEASE / assignment)
    return {name: content for name, content in found.items() if not any(fnmatch(name, one) for one in left)}


def beside_notebooks(folder: Path) -> dict[str, bytes]:
    """The regular files below a folder, notebooks left out."""
    return {name: content for name, content in regular_files(folder)[0].items() if not name.endswith(".ipynb")}


def with_given(files: Mapping[str, bytes], given: Mapping[str, bytes]) -> dict[str, bytes]:
    """A student's files and over them the given ones, which find no folder in their place, nor a file in a folder's.

    >>> sorted(with_given({"a": b"1", "b": b"1", "c/d": b"1", "e": b"1"}, {"a": b"2", "b/x": b"2", "c": b"2"}).items())
    [('a', b'2'), ('b/x', b'2'), ('c', b'2'), ('e', b'1')]
    """
    names = set(map(PurePosixPath, given))
    above = {parent for name in names for parent in name.parents}
    kept = {
        name: content
        for name, content in files.items()
        if PurePosixPath(name) not in above and not {PurePosixPath(name), *PurePosixPath(name).parents} & names
    }
    return kept | dict(given)


def is_time(content: bytes) -> bool:
    """Whether nbgrader can read a file as a time: its commands would end at another one."""
    try:
        return parse_utc(content.decode().strip()) is not None
    except (ValueError, OverflowError, TypeError):
        return False


def to_grade(submission: HandedIn, assignment: str) -> Sanitised:
    """The notebook to grade: the student's answers in the release, or the untouched release with the reason."""
    clean = sanitise(submission.notebook or b"", course.release_notebook(assignment))
    notes = [*submission.notes, *clean.notes]
    if any(note.startswith(NO_CELL) for note in notes):  # that says it all
        notes = [note for note in notes if not note.endswith(PUT_BACK)]
    return replace(clean, unreadable=submission.reason or clean.unreadable, notes=notes)


def choose_notebook(contents: Mapping[str, bytes], assignment: str) -> HandedIn:
    """The notebook of the assignment among files by path, and the rest of the files as they lay beside it.

    The one with the right name is taken, unless only another one shares cells with the release or has anything done.
    """
    release = course.release_notebook(assignment)
    notebooks = [name for name in contents if PurePosixPath(name).suffix.lower() == ".ipynb"]
    hidden = [name for name in contents if name not in notebooks and _may_be_a_notebook(name, contents[name])]
    known = {name: _likeness(contents[name], release) for name in [*notebooks, *hidden][:MAX_NOTEBOOKS]}
    right = f"{assignment}.ipynb"

    def rank(name: str) -> tuple[bool, bool, bool, int, int, int]:
        shared, done = known[name]
        return shared > 0, done > 0, PurePosixPath(name).name == right, done, shared, -len(name)

    usable = [name for name in known if name in notebooks or known[name][0]]
    if not usable:
        return HandedIn(None, files=_beside(PurePosixPath(), contents), reason=_no_notebook(contents))
    best = max(usable, key=rank)
    notes = [_named(best, right)] if best != right else []
    notes += [f"{_quoted(name)} was handed in too; it was not graded" for name in usable if name != best][:5]
    if known[best][0] < FEW:
        notes += _of_another(contents[best], assignment, known[best][0])
    others = {name: content for name, content in contents.items() if name not in notebooks and name != best}
    return HandedIn(contents[best], best, _beside(PurePosixPath(best).parent, others), tuple(notes))


def regular_files(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """The regular files below a folder by their path in it, few and small; and a note on what was left out.

    Links, pipes and devices are left out, wherever they lie, and names that could not stand in a record.
    """
    contents: dict[str, bytes] = {}
    left_out: dict[str, list[str]] = {}
    seen = total = 0
    for where, below, names, handle in os.fwalk(folder, follow_symlinks=False):
        here = PurePosixPath(os.path.relpath(where, folder))
        below[:] = [name for name in sorted(below) if name not in IGNORED][
            : 0 if len(here.parts) >= MAX_DEPTH else None
        ]
        for name in sorted(names, key=lambda name: (not name.lower().endswith(".ipynb"), name)):
            seen += 1
            if seen > MAX_SEEN:
                left_out["too many files"] = [""]
                return contents, _notes(left_out)
            path = str(here / name)
            if name in IGNORED:
                continue
            limit = MAX_BYTES + 1 if name.lower().endswith(".ipynb") else MAX_FILE_BYTES
            content = None if odd_name(path) else read_regular_file(name, limit, folder=handle)
            if odd_name(path):
                left_out.setdefault("a name with odd characters", []).append(path)
            elif content is None:
                left_out.setdefault("no regular file, or too large", []).append(path)
            elif len(contents) >= MAX_FILES or total + len(content) > MAX_TOTAL_BYTES:
                left_out.setdefault("too many files, or too large together", []).append(path)
            else:
                contents[path] = content
                total += len(content)
    return contents, _notes(left_out)


def read_regular_file(path: str | Path, limit: int, *, folder: int | None = None) -> bytes | None:
    """At most `limit` bytes of a regular file; None for a link, pipe or device, and for a larger file but a notebook.

    A notebook that is too large is cut at its limit, so that whoever reads it can say so.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or (status.st_size > limit and limit <= MAX_FILE_BYTES):
            return None
        return file.read(limit)


def odd_name(path: str) -> bool:
    """Whether a path cannot be shown or written safely: control characters, a backslash, broken text, or too long."""
    return not path.isprintable() or "\\" in path or len(path.encode("utf-8", "replace")) > MAX_NAME


def _beside(home: PurePosixPath, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files as the notebook in the folder `home` sees them; those elsewhere stay where they fit, and give way."""
    files: dict[str, bytes] = {}
    folders: set[str] = set()
    for path in sorted(map(PurePosixPath, contents), key=lambda path: not path.is_relative_to(home)):
        seen = path.relative_to(home) if path.is_relative_to(home) else path
        above = {str(folder) for folder in seen.parents}
        if str(seen) in files or str(seen) in folders or above & set(files) or any(".ipynb" in name for name in above):
            continue
        files[str(seen)] = contents[str(path)]
        folders |= above
    return files


def _likeness(content: bytes, release: NotebookNode) -> tuple[int, int]:
    """How many cells that matter a notebook shares with the release, and how many of them hold something of its own."""
    try:
        theirs = {cells.key(cell): cell.source for cell in read(content).cells}
    except Unreadable:
        return 0, 0
    matter = {cells.key(c): c for c in release.cells if cells.role(c) in ("check", "solution", "written")}
    shared = [name for name in matter if name in theirs]
    begun = [n for n in shared if cells.role(matter[n]) != "check" and theirs[n].strip() != matter[n].source.strip()]
    return len(shared), len(begun)


def _may_be_a_notebook(name: str, content: bytes) -> bool:
    return PurePosixPath(name).suffix.lower() in RENAMED and b'"cells"' in content and b'"nbformat"' in content


def _no_notebook(contents: Mapping[str, bytes]) -> str:
    if NOT_COLLECTED in contents:
        return f"what was handed in was refused: {contents[NOT_COLLECTED].decode('utf-8', 'replace').strip()[:300]}"
    found = ", ".join(_quoted(name) for name in sorted(contents)[:5])
    return f"no notebook was handed in, only {found}" if found else "no notebook was handed in: the folder is empty"


def _named(name: str, right: str) -> str:
    return f"the notebook was handed in as {_quoted(name)} instead of {right}; it was graded all the same"


def _of_another(content: bytes, assignment: str, shared: int) -> list[str]:
    """The note that a notebook is none of this assignment: it shares no cell with it, or more with another one."""
    others = {name: course.release_notebook(name) for name in course.assignments() if name != assignment}
    other = closest_release(content, others)
    if shared and (other is None or _likeness(content, others[other])[0] <= shared):
        return []
    but = f" but {shared}" if shared else ""
    return [f"{NO_CELL} {assignment}{but} is in the notebook" + (f"; it is that of {other}" if other else "")]


def _quoted(name: str) -> str:
    return f'"{name}"'


def _notes(left_out: Mapping[str, list[str]]) -> list[str]:
    notes = []
    for why, names in left_out.items():
        shown = ", ".join(ascii(name)[1:-1][:80] for name in names[:3] if name)
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        notes.append(f"left out ({why})" + (f": {shown}{more}" if shown else ""))
    return notes
