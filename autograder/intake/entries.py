"""What a platform's zip or a folder holds, file by file, read when it is wanted; a student's archives are opened.

An entry that is not to be trusted has its fault with it, so that it ends at its student. Nothing is written here.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder.intake.archives import (
    BROKEN,
    MAX_ARCHIVE,
    MAX_BYTES,
    MAX_MEMBERS,
    Refused,
    clean_name,
    is_archive,
    reader,
    unpack,
    zip_fault,
)
from autograder.intake.handed_in import IGNORED, NOT_COLLECTED, TIMESTAMP, odd_name, read_regular_file

CLASS_RATIO = 30  # of what comes out of a class's zip to what went in: notebooks with pictures shrink by some 2 times


@dataclass(frozen=True)
class Entry:
    """One file of what the platform gave: its path, why it is refused, and how to read at most so many bytes of it."""

    path: str
    fault: str
    read: Callable[[int], bytes | None]


def folder_entries(folder: Path) -> Iterator[Entry]:
    """The files below a folder; links and odd names are entries with a fault, so that they end at their student."""
    for where, below, names in os.walk(folder, followlinks=False):
        links = [name for name in below if os.path.islink(os.path.join(where, name))]
        below[:] = sorted(name for name in below if name not in IGNORED and name not in links)
        for name in sorted([*names, *links]):
            path = Path(where) / name
            shown = path.relative_to(folder).as_posix()
            if name not in IGNORED:
                fault = f"a name holds odd characters: {ascii(shown)[1:-1][:80]}" if odd_name(shown) else ""
                yield Entry(shown, fault, _file_reader(path))


def _file_reader(path: Path) -> Callable[[int], bytes | None]:
    return lambda limit: read_regular_file(path, limit)


def zip_entries(archive: zipfile.ZipFile) -> Iterator[Entry]:
    for info in archive.infolist():
        fault = zip_fault(info)
        # A path that leads elsewhere still names its student by its first part.
        path = info.filename.replace("\\", "/").strip("/") if fault else clean_name(info.orig_filename)
        if path and (fault or not info.is_dir()):
            yield Entry(path, fault, reader(archive, info))


def read_entries(entries: Mapping[str, Entry], faults: Sequence[str] = ()) -> tuple[dict[str, bytes], list[str]]:
    """The files of a submission, archives opened. Raises Refused."""
    if faults:
        raise Refused(faults[0])
    if len(entries) > MAX_MEMBERS:
        raise Refused(f"more than {MAX_MEMBERS} files were handed in")
    contents: dict[str, bytes] = {}
    notes: list[str] = []
    left = MAX_BYTES
    for path, entry in sorted(entries.items()):
        try:
            content = entry.read(min(left, MAX_ARCHIVE) + 1)
        except (*BROKEN, NotImplementedError) as error:
            raise Refused(f"{path} cannot be read ({type(error).__name__})") from None
        if content is None:
            raise Refused(f"{path} is a link, a device or a pipe")
        inner = unpack(content, path) if is_archive(path) else {path: content}
        left -= sum(map(len, inner.values()))
        if left < 0:
            raise Refused(f"more than {MAX_BYTES >> 20} MiB were handed in")
        for name, data in inner.items():
            if name in (TIMESTAMP, NOT_COLLECTED) or (is_archive(path) and is_archive(name)):
                notes.append(f"left out: {name}")  # the first is ours to write; archives in archives are not opened
            elif contents.get(name, data) == data:
                contents[name] = data
            else:
                contents[f"{PurePosixPath(path).name.split('.')[0]}/{name}"] = data
    return contents, notes


def opened(folder: Path) -> Iterator[tuple[str, dict[str, bytes] | Refused]]:
    """What lies in the files of a folder, for nbgrader's zip_collect: paths, and what to write there or why not.

    Zips are opened, and the archives of students in them; what comes out of one zip has a limit.
    """
    for entry in folder_entries(folder):
        if entry.fault or not entry.path.lower().endswith(".zip"):
            yield _opened(entry, MAX_BYTES)[:2]
            continue
        top = entry.path[: -len(".zip")]
        left = max(MAX_BYTES, CLASS_RATIO * (folder / entry.path).lstat().st_size)
        try:
            with zipfile.ZipFile(folder / entry.path) as archive:
                for inner in zip_entries(archive):
                    path, found, size = _opened(inner, left)
                    left -= size
                    yield f"{top}/{path}", found
        except (*BROKEN, NotImplementedError) as error:
            yield entry.path, Refused(f"it is no zip that can be read: {error}")


def _opened(entry: Entry, left: int) -> tuple[str, dict[str, bytes] | Refused, int]:
    """Path, contents by path below it, and their size."""
    try:
        contents, _ = read_entries({PurePosixPath(entry.path).name: entry}, [entry.fault] if entry.fault else [])
    except Refused as error:
        return entry.path, error, 0
    size = sum(map(len, contents.values()))
    if size > left:
        return entry.path, Refused("more comes out of the archive around it than a class hands in"), 0
    place = entry.path.split(".")[0] if is_archive(entry.path) else str(PurePosixPath(entry.path).parent)
    return place, contents, size
