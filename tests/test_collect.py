"""Collecting: real archives of platforms and students, honest and hostile; a bad one costs nobody else anything."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from autograder import course
from autograder.intake import archives
from autograder.intake.archives import Refused, unpack
from autograder.intake.collect import collect
from autograder.intake.entries import opened
from autograder.intake.handed_in import read_submission

ASSIGNMENT = "conv-layers"
RIGHT = f"{ASSIGNMENT}.ipynb"


@pytest.fixture(scope="module")
def notebook() -> bytes:
    return (course.RELEASE / ASSIGNMENT / RIGHT).read_bytes()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def special(mode: int) -> bytes:
    """A zip with a member that is a link or a device."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("evil.ipynb")
        info.create_system, info.external_attr = 3, (mode | 0o777) << 16
        archive.writestr(info, "../../gradebook.db")
    return buffer.getvalue()


def doubled() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(RIGHT, "one")
        archive.writestr(RIGHT, "two")
    return buffer.getvalue()


def encrypted() -> bytes:
    content = bytearray(zipped({RIGHT: b"{}"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark) + offset
        content[at : at + 2] = struct.pack("<H", 1)
    return bytes(content)


def with_nul() -> bytes:
    return zipped({"good.ipynb_evil": b""}).replace(b"good.ipynb_evil", b"good.ipynb\0evil")


def lying_about_its_size() -> bytes:
    content = bytearray(zipped({RIGHT: b"0" * 50_000_000}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.find(mark) + offset
        content[at : at + 4] = struct.pack("<L", 100)
    return bytes(content)


def tarred(*infos: tarfile.TarInfo, mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for info in infos:
            archive.addfile(info, io.BytesIO(b"x" * info.size))
    return buffer.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, link
    return info


HOSTILE = {
    "climbs.zip": (lambda: zipped({"../../ada/conv-layers/x": b"x"}), "climbs out"),
    "climbs-as-windows.zip": (lambda: zipped({"..\\..\\x": b"x"}), "climbs out"),
    "absolute.zip": (lambda: zipped({"/etc/passwd": b"x"}), "absolute"),
    "drive.zip": (lambda: zipped({"C:\\x": b"x"}), "absolute"),
    "link.zip": (lambda: special(stat.S_IFLNK), "is a link"),
    "device.zip": (lambda: special(stat.S_IFCHR), "device"),
    "pipe.zip": (lambda: special(stat.S_IFIFO), "device or a pipe"),
    "bomb.zip": (lambda: zipped({"a": b"0" * 400_000_000}), "come out of"),
    "many-bombs.zip": (lambda: zipped({f"{i}": b"0" * 4_000_000 for i in range(50)}), "come out of"),
    "lies.zip": (lying_about_its_size, "broken"),
    "crowd.zip": (lambda: zipped({f"{i}": b"" for i in range(3000)}), "more than 2000 files"),
    "table.zip": (lambda: zipped({f"{i:0190d}": b"" for i in range(6000)}), "table of contents"),
    "encrypted.zip": (encrypted, "encrypted"),
    "twice.zip": (doubled, "there twice"),
    "file-and-folder.zip": (lambda: zipped({"a": b"", "a/b": b""}), "there twice"),
    "newline.zip": (lambda: zipped({"a\nb": b""}), "odd characters"),
    "right-to-left.zip": (lambda: zipped({"a\u202eb": b""}), "odd characters"),
    "nul.zip": (with_nul, "odd characters"),
    "long.zip": (lambda: zipped({"a" * 400: b""}), "too long"),
    "cut.zip": (lambda: zipped({RIGHT: b"x" * 1000})[:-30], "broken"),
    "garbage.zip": (lambda: b"\x00" * 1000, "broken"),
    "crc.zip": (lambda: zipped({"a": b"hello"}, zipfile.ZIP_STORED).replace(b"hello", b"jello"), "broken"),
    "nested.zip": (lambda: zipped({"deep.zip": zipped({RIGHT: b"{}"})}), "no notebook was handed in"),
    "hw.rar": (lambda: b"Rar!", "is not read"),
    "climbs.tar.gz": (lambda: tarred(member("../../x", size=3)), "climbs out"),
    "absolute.tar": (lambda: tarred(member("/etc/x", size=3), mode="w"), "absolute"),
    "link.tgz": (lambda: tarred(member("x", tarfile.SYMTYPE, link="/etc/passwd")), "is a link"),
    "hard-link.tgz": (lambda: tarred(member("x", tarfile.LNKTYPE, link="../../gradebook.db")), "is a link"),
    "device.tgz": (lambda: tarred(member("x", tarfile.BLKTYPE)), "device"),
    "pipe.tgz": (lambda: tarred(member("x", tarfile.FIFOTYPE)), "pipe"),
    "bomb.tgz": (lambda: tarred(member("x", size=400_000_000)), "come out of"),
    "folders.tgz": (lambda: gzip.compress(tarred(member("x", tarfile.DIRTYPE), mode="w")[:512] * 700_000, 1), "more"),
    "cut.tgz": (lambda: tarred(member("x", size=100_000))[:-20], "broken"),
    "no-gzip.tgz": (lambda: b"\x1f\x8b\x08", "broken"),
}


@pytest.fixture(scope="module")
def a_class(tmp_path_factory, notebook) -> tuple[dict, Path]:
    """Two honest students, and every hostile one, in one folder."""
    root = tmp_path_factory.mktemp("class")
    (root / "given").mkdir()
    for name, (make, _) in HOSTILE.items():
        (root / "given" / f"{ASSIGNMENT}-{name}").write_bytes(make())
    for name in ("ada", "zoe"):
        (root / "given" / f"{ASSIGNMENT}-{name}.zip").write_bytes(zipped({RIGHT: notebook, "p.csv": b"1"}))
    found = {c.student: c for c in collect(ASSIGNMENT, root / "given", root / "submitted")}
    return found, root


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_ends_in_its_student_s_reason(name, a_class):
    found, root = a_class
    student = _who(name, found)
    assert HOSTILE[name][1] in found[student].reason
    submission = read_submission(root / "submitted" / student / ASSIGNMENT, ASSIGNMENT)
    assert submission.notebook is None
    assert HOSTILE[name][1] in submission.reason


def _who(name: str, found: dict) -> str:
    """The student of an archive; two of them (link.zip and link.tgz) are told apart by a number."""
    stem = name.split(".")[0]
    expected = HOSTILE[name][1]
    return next(s for s, c in found.items() if (s == stem or s.startswith(f"{stem}-")) and expected in c.reason)


def test_the_others_go_on_and_nothing_lies_anywhere_else(a_class, notebook):
    found, root = a_class
    for student in ("ada", "zoe"):
        assert found[student].outcome == "new"
        submission = read_submission(root / "submitted" / student / ASSIGNMENT, ASSIGNMENT)
        assert submission.notebook == notebook
        assert submission.files == {"p.csv": b"1"}
    assert sorted(os.listdir(root)) == ["given", "submitted"]
    places = {path.relative_to(root / "submitted").parts[1] for path in (root / "submitted").rglob("*/*")}
    assert places == {ASSIGNMENT}
    assert not any(path.is_symlink() for path in root.rglob("*"))


PLATFORMS = {
    "Canvas": {
        "doejane_12345_67890_conv-layers.ipynb": "doejane_12345",
        "roejon_LATE_12346_67891_conv-layers-1.ipynb": "roejon_12346",
        "roejon_LATE_12346_67892_p.csv": "roejon_12346",
    },
    "Moodle, folders": {
        "Jane Doe_4711_assignsubmission_file_/conv-layers.ipynb": "Jane-Doe",
        "Jörg Müller_4712_assignsubmission_file_/my homework.ipynb": "Jörg-Müller",
    },
    "Moodle, flat": {"Jane Doe_4711_assignsubmission_file_conv-layers.ipynb": "Jane-Doe"},
    "Blackboard": {"Conv_jdoe_attempt_2026-01-30-15-00-00_conv-layers.ipynb": "jdoe"},
    "folders": {"ada/conv-layers.ipynb": "ada", "bob/conv-layers/conv-layers.ipynb": "bob"},
    "folders in a folder": {"submissions/ada/conv-layers.ipynb": "ada", "submissions/bob/my.ipynb": "bob"},
    "files": {"ada.ipynb": "ada", "conv-layers-bob.ipynb": "bob"},
}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("form", ["zip", "folder"])
def test_platforms_names_are_understood(platform, form, tmp_path, notebook):
    paths = PLATFORMS[platform]
    origin = tmp_path / "downloads.zip"
    origin.write_bytes(zipped({path: notebook if path.endswith("ipynb") else b"1" for path in paths}))
    if form == "folder":
        with zipfile.ZipFile(origin) as archive:
            origin = tmp_path / "downloads"
            archive.extractall(origin)
    found = list(collect(ASSIGNMENT, origin, tmp_path / "submitted"))
    assert {c.student for c in found} == set(paths.values())
    for one in found:
        assert one.outcome == "new", one
        assert read_submission(tmp_path / "submitted" / one.student / ASSIGNMENT, ASSIGNMENT).notebook == notebook


def test_what_canvas_calls_late_is_told_and_changes_nothing_else(tmp_path, notebook):
    def told(name: str) -> tuple[str, tuple[str, ...]]:
        (tmp_path / "downloads.zip").write_bytes(zipped({name: notebook, "doejane_1_2_conv-layers.ipynb": notebook}))
        found = {c.student: c for c in collect(ASSIGNMENT, tmp_path / "downloads.zip", tmp_path / "submitted")}
        assert found["doejane_1"].notes == ()
        return found["roejon_3"].outcome, found["roejon_3"].notes

    assert told("roejon_LATE_3_4_conv-layers-1.ipynb") == ("new", ("late, says Canvas",))
    assert os.listdir(tmp_path / "submitted" / "roejon_3" / ASSIGNMENT) == ["conv-layers-1.ipynb"]
    assert told("roejon_LATE_3_4_conv-layers-1.ipynb") == ("same", ("late, says Canvas",))
    assert told("roejon_LATE_3_4_other.ipynb")[1] == ("late, says Canvas", "another submission is there: see --replace")


def test_students_zips_in_the_platform_s_zip_are_opened(tmp_path, notebook):
    # The name that the student typed, in the inner zip, does not count: the platform's does.
    inner = zipped({"hw/conv-layers.ipynb": notebook, "hw/p.csv": b"1"})
    bad = zipped({"../x": b""})
    origin = tmp_path / "downloads.zip"
    origin.write_bytes(
        zipped({"doejane_1_2_conv-layers-ada.zip": inner, "evil_3_4_hw.zip": bad, "../climber_5_6_x.ipynb": b""})
    )
    found = {c.student: c for c in collect(ASSIGNMENT, origin, tmp_path / "submitted")}
    assert found["doejane_1"].outcome == "new"
    assert found["evil_3"].outcome == "refused"
    assert sum(c.outcome == "refused" for c in found.values()) == 2
    submission = read_submission(tmp_path / "submitted" / "doejane_1" / ASSIGNMENT, ASSIGNMENT)
    assert (submission.notebook, submission.files) == (notebook, {"p.csv": b"1"})


def test_what_utils_submission_packs_is_collected_as_it_is(tmp_path, notebook, monkeypatch):
    from utils import submission

    (tmp_path / RIGHT).write_bytes(notebook)
    monkeypatch.chdir(tmp_path)
    receipt = submission.pack(student="e0123456", force=True)
    assert [c.student for c in collect(ASSIGNMENT, receipt.archive, tmp_path / "submitted")] == ["e0123456"]
    assert read_submission(tmp_path / "submitted" / "e0123456" / ASSIGNMENT, ASSIGNMENT).notebook == notebook


def test_nothing_is_overwritten_in_silence(tmp_path, notebook):
    given = tmp_path / "given"
    given.mkdir()
    (given / "ada.ipynb").write_bytes(notebook)
    folder = tmp_path / "submitted" / "ada" / ASSIGNMENT

    def outcomes(**options: bool) -> list[str]:
        return [c.outcome for c in collect(ASSIGNMENT, given, tmp_path / "submitted", **options)]

    assert outcomes() == ["new"]
    assert outcomes() == ["same"]
    (given / "ada.ipynb").write_bytes(notebook + b"\n")
    assert outcomes() == ["kept"]
    assert (folder / "ada.ipynb").read_bytes() == notebook
    assert outcomes(replace=True) == ["replaced"]
    assert (folder / "ada.ipynb").read_bytes() == notebook + b"\n"


def test_what_cannot_be_written_and_what_is_nobody_s_is_told(tmp_path, notebook):
    given = tmp_path / "given"
    given.mkdir()
    for name in ("ada.ipynb", "bob.ipynb"):
        (given / name).write_bytes(notebook)
    (given / "notes.txt").write_bytes(b"")
    (tmp_path / "submitted").mkdir()
    (tmp_path / "submitted" / "ada").write_bytes(b"a file in the way")
    ada, bob, rest = collect(ASSIGNMENT, given, tmp_path / "submitted")
    assert "could not be written" in ada.reason
    assert bob.outcome == "new"
    assert rest.outcome == "ignored"
    assert rest.files == ("notes.txt",)


def test_two_students_whose_names_give_one_folder_are_told_apart(tmp_path, notebook):
    origin = tmp_path / "downloads.zip"
    origin.write_bytes(zipped({"a b/conv-layers.ipynb": notebook, "a-b/conv-layers.ipynb": notebook + b" "}))
    found = [c.student for c in collect(ASSIGNMENT, origin, tmp_path / "submitted")]
    assert len(set(found)) == 2
    assert all(student.startswith("a-b-") for student in found)


def test_a_student_writes_no_time_and_no_reason_of_ours(tmp_path, notebook):
    content = zipped({RIGHT: notebook, "timestamp.txt": b"2020-01-01", "not-collected.txt": b"x"})
    (tmp_path / "conv-layers-ada.zip").write_bytes(content)
    (found,) = collect(ASSIGNMENT, tmp_path / "conv-layers-ada.zip", tmp_path / "submitted")
    assert found.files == (RIGHT,)
    assert set(found.notes) == {"left out: not-collected.txt", "left out: timestamp.txt"}


def test_the_platform_s_time_becomes_nbgrader_s(tmp_path, notebook):
    from nbgrader.utils import parse_utc

    origin = tmp_path / "downloads.zip"
    origin.write_bytes(zipped({"Conv_jdoe_attempt_2026-01-30-15-00-00_conv-layers.ipynb": notebook}))
    list(collect(ASSIGNMENT, origin, tmp_path / "submitted"))
    text = (tmp_path / "submitted" / "jdoe" / ASSIGNMENT / "timestamp.txt").read_text(encoding="utf-8")
    assert parse_utc(text).year == 2026


def test_a_pattern_names_students_of_another_platform(tmp_path, notebook):
    origin = tmp_path / "downloads.zip"
    origin.write_bytes(zipped({"x-ada-conv.ipynb": notebook}))
    pattern = r"x-(?P<student_id>\w+)-(?P<file_id>.*)"
    assert [c.student for c in collect(ASSIGNMENT, origin, tmp_path / "s", pattern=pattern)] == ["ada"]


@pytest.mark.parametrize("content", [b"", b"no zip", zipped({"conv-layers.ipynb": b""})])
def test_an_origin_that_holds_no_class_is_refused_with_what_to_do(content, tmp_path):
    (tmp_path / "downloads.zip").write_bytes(content)
    with pytest.raises(Refused):
        list(collect(ASSIGNMENT, tmp_path / "downloads.zip", tmp_path / "submitted"))


def test_innocent_oddities_of_archives_are_read(notebook):
    mac = {"hw/conv-layers.ipynb": notebook, "__MACOSX/hw/._conv-layers.ipynb": b"\0", "hw/.DS_Store": b""}
    assert set(unpack(zipped(mac), "a.zip")) == {"hw/conv-layers.ipynb"}
    assert set(unpack(zipped({"hw\\conv-layers.ipynb": notebook}), "A.ZIP")) == {"hw/conv-layers.ipynb"}
    assert set(unpack(tarred(member("./hw/a.csv", size=9)), "a.tar.gz")) == {"hw/a.csv"}
    assert unpack(zipped({"b" * 3: notebook * 30}), "a.zip")


def test_limits_are_far_above_the_largest_notebook():
    largest = max(path.stat().st_size for path in course.RELEASE.glob("*/*.ipynb"))
    assert archives.MAX_BYTES > 40 * 3 * 2**20 > largest


def test_the_command_tells_each_student_and_fails_if_one_was_refused(tmp_path, notebook):
    origin = tmp_path / "downloads.zip"
    origin.write_bytes(zipped({"ada/conv-layers.ipynb": notebook, "eve/hw.zip": b"no zip"}))
    environment = os.environ | {"CLASS_FOLDER": str(tmp_path)}
    command = [sys.executable, "-m", "autograder", "collect", ASSIGNMENT, str(origin)]
    done = subprocess.run(command, cwd=course.ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "new       ada" in done.stdout
    assert "refused   eve\n          the archive is broken" in done.stdout
    assert "1 submission to look at" in done.stderr


def test_nbgrader_s_zip_collect_is_as_careful(tmp_path, notebook):
    archive = tmp_path / "downloaded" / ASSIGNMENT / "archive"
    archive.mkdir(parents=True)
    quine = zipped({"a.zip": zipped({"b.zip": zipped({"c_1_x.ipynb": b""})})})
    given = {"ada_1_conv-layers.ipynb": notebook, "bob_2_hw.zip": zipped({"bob_2_conv-layers.ipynb": notebook})}
    given |= {"eve_3_hw.zip": HOSTILE["bomb.zip"][0](), "fay_4_hw.zip": special(stat.S_IFLNK), "quine.zip": quine}
    (archive / "platform.zip").write_bytes(zipped(given))
    (archive / "link.ipynb").symlink_to(course.ROOT / "README.md")
    regexp = r".*/(?P<student_id>[a-z]+)_\d_(?P<file_id>[\w-]+)"
    command = [sys.executable, "-m", "nbgrader", "zip_collect", ASSIGNMENT]
    command += [f"--ZipCollectApp.downloaded_directory={os.path.relpath(tmp_path / 'downloaded', course.ROOT)}"]
    command += [f"--FileNameCollectorPlugin.named_regexp={regexp}"]
    command += [f"--CourseDirectory.submitted_directory={tmp_path / 'submitted'}"]
    environment = os.environ | {"CLASS_FOLDER": str(tmp_path)}
    done = subprocess.run(command, cwd=course.ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(os.listdir(tmp_path / "submitted")) == ["ada", "bob"]
    assert done.stderr.count("is left out") == 3, done.stderr


def test_what_comes_out_of_a_class_s_zip_has_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.intake.entries.MAX_BYTES", 5000)
    monkeypatch.setattr("autograder.intake.entries.CLASS_RATIO", 1)
    (tmp_path / "platform.zip").write_bytes(zipped({f"a_{i}_x.ipynb": b"0" * 3000 for i in range(9)}))
    found = [content for _, content in opened(tmp_path)]
    assert 0 < sum(isinstance(content, dict) for content in found) < 9
