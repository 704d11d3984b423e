"""Opens a student's archive in memory, or refuses it with a reason; it writes nothing and trusts no header.

Refused are paths that climb out or are absolute, links and devices, encryption, names that occur twice or hold odd
characters, and bombs. The limits are far above any honest submission: the largest notebook of the course has 3 MiB.
"""

from __future__ import annotations

import gzip
import io
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from autograder.intake.handed_in import IGNORED, odd_name

MAX_ARCHIVE = 100 * 2**20  # bytes of an archive
MAX_BYTES = 150 * 2**20  # that come out of it
MAX_MEMBERS = 2000
MAX_RATIO, RATIO_FROM = 200, 10 * 2**20  # of what comes out to what went in, asked of what is larger than 10 MiB
MAX_DIRECTORY = 2**20  # bytes of a zip's table of contents: some 10,000 names
ZIP, TAR, OTHER = (".zip",), (".tar", ".tar.gz", ".tgz"), (".rar", ".7z", ".gz", ".bz2", ".xz", ".zst")
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, ValueError, struct.error, RuntimeError)


class Refused(ValueError):
    """An archive that is not opened; the message says why, and stands in a record."""


@dataclass(frozen=True)
class Member:
    """One file of an archive: its path, its size as the archive says, and how to read at most so many bytes of it."""

    name: str
    size: int
    read: Callable[[int], bytes]


def is_archive(name: str) -> bool:
    """Whether a file's name says that it holds other files."""
    return name.lower().endswith((*ZIP, *TAR, *OTHER))


def unpack(content: bytes, name: str) -> dict[str, bytes]:
    """The files of a student's archive by path. Raises Refused, whatever is in it."""
    if len(content) > MAX_ARCHIVE:
        raise Refused(f"the archive is larger than {MAX_ARCHIVE >> 20} MiB")
    opened = zip_members if name.lower().endswith(ZIP) else tar_members if name.lower().endswith(TAR) else None
    if opened is None:
        raise Refused(f"an archive of the kind {PurePosixPath(name).suffix} is not read: a zip is")
    allowed = min(MAX_BYTES, max(RATIO_FROM, MAX_RATIO * len(content)))
    files: dict[str, bytes] = {}
    folders: set[str] = set()
    left = allowed
    try:
        for member in opened(io.BytesIO(content)):
            if len(files) >= MAX_MEMBERS:
                raise Refused(f"it holds more than {MAX_MEMBERS} files")
            path = PurePosixPath(member.name)
            if member.name in files or member.name in folders or {str(p) for p in path.parents} & set(files):
                raise Refused(f"the name {member.name} is there twice")
            files[member.name] = b"" if member.size > left else member.read(left + 1)
            folders |= {str(parent) for parent in path.parents}
            left -= max(member.size, len(files[member.name]))
            if left < 0:
                raise Refused(f"more than {allowed >> 20} MiB come out of {len(content):,} bytes")
    except Refused:
        raise
    except BROKEN as error:
        raise Refused(f"the archive is broken ({type(error).__name__})") from None
    return files


def zip_members(file: IO[bytes]) -> Iterator[Member]:
    """The files of a zip. Raises Refused at the first one that is not to be trusted, before anything of it is read."""
    if _directory_bytes(file) > MAX_DIRECTORY:
        raise Refused("its table of contents is too large")
    archive = zipfile.ZipFile(file)
    for info in archive.infolist():
        if fault := zip_fault(info):
            raise Refused(fault)
        name = clean_name(info.orig_filename)
        if name and not info.is_dir():
            yield Member(name, info.file_size, reader(archive, info))


def zip_fault(info: zipfile.ZipInfo) -> str:
    """Why a member of a zip is not read, or nothing."""
    try:
        clean_name(info.orig_filename)
    except Refused as error:
        return str(error)
    shown = ascii(info.filename)[1:-1][:80]
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return f"{shown} is a link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return f"{shown} is a device or a pipe"
    return f"{shown} is encrypted" if info.flag_bits & 0x41 else ""


def reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    """What reads at most so many bytes of one member."""

    def read(limit: int) -> bytes:
        with archive.open(info) as file:
            return file.read(limit)

    return read


def tar_members(file: IO[bytes]) -> Iterator[Member]:
    """The files of a tar, compressed by gzip or not. Raises Refused at the first one that is not to be trusted."""
    zipped = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    stream = _Limited(gzip.GzipFile(fileobj=file) if zipped else file, 2 * MAX_BYTES)
    with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]
        for info in archive:
            name = clean_name(info.name)
            if info.isdir() or not name:
                continue
            if not info.isreg():
                raise Refused(f"{name} is {'a link' if info.issym() or info.islnk() else 'a device or a pipe'}")
            yield Member(name, info.size, _tar_reader(archive, info))


def clean_name(name: str) -> str:
    """The path of a member, below the folder it will lie in; empty for what systems leave in archives.

    Raises Refused for one that leads elsewhere.

    >>> clean_name("hw\\\\conv-layers.ipynb"), clean_name("./a"), clean_name("__MACOSX/a")
    ('hw/conv-layers.ipynb', 'a', '')
    """
    path = name.replace("\\", "/")
    shown = ascii(name)[1:-1][:80]
    if odd_name(path):
        raise Refused(f"a name holds odd characters or is too long: {shown}")
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        raise Refused(f"a path is absolute: {shown}")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise Refused(f"a path climbs out of its folder: {shown}")
    return "" if set(parts) & set(IGNORED) else "/".join(parts)


def _directory_bytes(file: IO[bytes]) -> int:
    """The size of a zip's table of contents, which Python reads whole before anything else."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 2**16 - 22))
    end = file.read()
    file.seek(0)
    at = end.rfind(b"PK\x05\x06")
    return int(struct.unpack_from("<L", end, at + 12)[0]) if at >= 0 else 0


def _tar_reader(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        file = archive.extractfile(info)
        return file.read(limit) if file is not None else b""

    return read


class _Limited(io.RawIOBase):
    """A stream that ends in Refused after so many bytes: a tar has no table of contents that could be asked first."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile, limit: int):
        self.file, self.left = file, limit

    def read(self, size: int = -1) -> bytes:
        part = self.file.read(min(size, 2**20) if size >= 0 else 2**20)
        self.left -= len(part)
        if self.left < 0:
            raise Refused("more comes out of it than any submission holds")
        return part
