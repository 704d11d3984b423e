"""Whose a file is, told by its path: the names that learning platforms and our own hand-in give; it opens no file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import PurePosixPath

from autograder.intake.archives import is_archive

CANVAS = r"(?P<student_id>[^_/]+_(?:LATE_)?\d+)_(?:question_\d+_)?\d+_(?P<file_id>[^/]+)"
# As nbgrader's zip_collect: the whole path is matched; `student_id` and `file_id` are wanted, `timestamp` is optional.
PLATFORMS = (
    r"(?P<student_id>.+)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?/?(?P<file_id>.+)",  # Moodle
    r"(?P<gradebook>.+)_(?P<student_id>[^_/]+)_attempt_(?P<timestamp>\d{4}(?:-\d\d){5})(?:_(?P<file_id>.+)|\.txt)",  # Blackboard
    CANVAS,
)
STUDENT = 60  # characters of a student's id: at most 240 bytes, and systems allow 255
WRAPPERS = ("submitted", "submissions", "downloaded", "archive")


def whose(path: str, assignment: str, pattern: str = "") -> tuple[str, str, str] | None:
    """Student, path in the submission and time of a file, by its name; None if the name tells no student.

    >>> whose("doejane_LATE_123_45678_conv-layers-1.ipynb", "conv-layers")
    ('doejane_123', 'conv-layers-1.ipynb', '')
    >>> whose("Jane Doe_4711_assignsubmission_file_/conv-layers.ipynb", "conv-layers")
    ('Jane Doe', 'conv-layers.ipynb', '')
    >>> whose("conv-layers-e0123456.zip", "conv-layers"), whose("ada/conv-layers/p.csv", "conv-layers")
    (('e0123456', 'conv-layers-e0123456.zip', ''), ('ada', 'p.csv', ''))
    """
    for one in (pattern,) if pattern else PLATFORMS:
        if match := re.fullmatch(one, path):
            found = match.groupdict()
            student = found["student_id"].replace("_LATE_", "_")
            return student, found.get("file_id") or "comment.txt", _time(found.get("timestamp"))
    if pattern:
        return None
    first, _, rest = path.partition("/")
    if rest:
        inner = rest.removeprefix(f"{assignment}/")
        return (first, inner, "") if inner else None
    stem, name = first.split(".")[0] if is_archive(first) else PurePosixPath(first).stem, first
    if not is_archive(first) and PurePosixPath(first).suffix != ".ipynb":
        return None
    student = stem.removeprefix(f"{assignment}-")
    return (student, name, "") if student and student != assignment else None


def late(path: str) -> bool:
    """Whether the name of a file is one in which Canvas says that it came late."""
    match = re.fullmatch(CANVAS, path)
    return match is not None and "_LATE_" in match["student_id"]


def wrapped(paths: Sequence[str]) -> bool:
    """Whether there is a folder around all paths that is known to be no student's."""
    tops = {path.partition("/")[0] for path in paths}
    if len(tops) != 1 or not all("/" in path for path in paths):
        return False
    return tops <= set(WRAPPERS) or all(any(re.fullmatch(one, p.partition("/")[2]) for one in PLATFORMS) for p in paths)


def folder_name(student: str) -> str:
    """A student's name as a folder that every tool can handle.

    >>> folder_name("Jörg  Müller/.."), folder_name("..")
    ('Jörg-Müller', 'student')
    """
    return re.sub(r"[^\w.@-]+", "-", student).strip("-.")[:STUDENT] or "student"


def _time(stamp: str | None) -> str:
    """A platform's time, which is in its own zone, taken as this machine's; as nbgrader writes times."""
    if not stamp:
        return ""
    try:
        local = datetime.strptime(stamp[:19], "%Y-%m-%d-%H-%M-%S").astimezone()
    except (ValueError, OverflowError):
        return ""
    return local.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
