"""What a folder of a student may hold: the notebook is found under any name, and nothing in it breaks the reader."""

from __future__ import annotations

import os

import pytest

from autograder import cells, classroom, course
from autograder.demo import as_bytes
from autograder.files import write_files
from autograder.grade import Job, not_graded
from autograder.intake.handed_in import MAX_FILES, HandedIn, choose_notebook, given_files, read_submission, to_grade

ASSIGNMENT = "conv-layers"
RIGHT = f"{ASSIGNMENT}.ipynb"


@pytest.fixture(scope="module")
def solved() -> bytes:
    return as_bytes(classroom.notebook(ASSIGNMENT))


@pytest.fixture(scope="module")
def untouched() -> bytes:
    return as_bytes(course.release_notebook(ASSIGNMENT))


def test_the_notebook_and_what_lies_beside_it_are_read(tmp_path, solved):
    (tmp_path / RIGHT).write_bytes(solved)
    (tmp_path / "predictions.csv").write_bytes(b"Id,Category\n")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / RIGHT).write_bytes(b"old")
    assert read_submission(tmp_path, ASSIGNMENT) == HandedIn(solved, RIGHT, {"predictions.csv": b"Id,Category\n"})


NAMES = [
    "conv-layers (1).ipynb",
    "my homework.ipynb",
    "Conv-Layers.IPYNB",
    "Copy of conv-layers.ipynb",
    "conv-layers.ipynb.txt",
    "conv-layers.json",
    "homework/a/conv_layers.ipynb",
    "Übung 4.ipynb",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_under_another_name_is_recognised_by_its_cells(name, tmp_path, solved):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(solved)
    submission = read_submission(tmp_path, ASSIGNMENT)
    assert submission.notebook == solved
    assert submission.notes == (
        f'the notebook was handed in as "{name}" instead of {RIGHT}; it was graded all the same',
    )
    assert not to_grade(submission, ASSIGNMENT).unreadable


def test_files_stay_beside_a_notebook_that_lies_deeper(solved):
    found = choose_notebook({"hw/my.ipynb": solved, "hw/predictions.csv": b"1", "readme.md": b"2"}, ASSIGNMENT)
    assert found.files == {"predictions.csv": b"1", "readme.md": b"2"}


def test_of_two_files_of_one_name_the_one_beside_the_notebook_is_taken(solved):
    contents = {"p.csv": b"far", "hw/my.ipynb": solved, "hw/p.csv": b"near", "hw/a": b"file", "a/b": b"below a file"}
    assert choose_notebook(contents, ASSIGNMENT).files == {"p.csv": b"near", "a": b"file"}


def test_the_right_name_wins_over_copies(solved, untouched):
    found = choose_notebook({"conv-layers (1).ipynb": solved, RIGHT: solved}, ASSIGNMENT)
    assert found.name == RIGHT
    assert found.notes == ('"conv-layers (1).ipynb" was handed in too; it was not graded',)


def test_an_untouched_notebook_gives_way_to_the_one_with_the_work_in_it(solved, untouched):
    assert choose_notebook({"final.ipynb": solved, RIGHT: untouched}, ASSIGNMENT).name == "final.ipynb"


def test_a_broken_notebook_gives_way_to_one_that_can_be_read(solved):
    assert choose_notebook({"final.ipynb": solved, RIGHT: solved[:3000]}, ASSIGNMENT).name == "final.ipynb"


def test_a_broken_notebook_alone_is_the_one_that_was_handed_in(solved):
    submission = choose_notebook({"homework.ipynb": solved[:3000]}, ASSIGNMENT)
    assert "no valid JSON" in to_grade(submission, ASSIGNMENT).unreadable


def test_the_notebook_of_another_assignment_is_named():
    other = as_bytes(course.release_notebook("two-layer-net"))
    notes = to_grade(choose_notebook({RIGHT: other}, ASSIGNMENT), ASSIGNMENT).notes
    assert notes[0] == "no cell of conv-layers is in the notebook; it is that of two-layer-net"


def test_a_cell_that_was_put_back_is_told_with_its_task():
    notebook = classroom.notebook(ASSIGNMENT)
    notebook.cells = [cell for cell in notebook.cells if cells.key(cell) not in ("gap", "gap-todo")]
    _, record = not_graded(Job(ASSIGNMENT, to_grade(HandedIn(as_bytes(notebook)), ASSIGNMENT)), "only a test")
    assert set(record.notes) == {
        "the cell gap-todo (4.9 Global average pooling) was missing; it was put back",
        "the cell gap (4.9 Global average pooling) was missing; it was put back",
    }


def test_no_notebook_is_a_reason(tmp_path):
    assert "the folder is empty" in read_submission(tmp_path, ASSIGNMENT).reason
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    submission = read_submission(tmp_path, ASSIGNMENT)
    assert submission.reason == 'no notebook was handed in, only "report.pdf"'
    assert to_grade(submission, ASSIGNMENT).unreadable == submission.reason
    assert "no folder" in read_submission(tmp_path / "nowhere", ASSIGNMENT).reason
    assert "no folder" in read_submission(tmp_path / "report.pdf", ASSIGNMENT).reason


def test_links_pipes_and_odd_names_are_left_out(tmp_path, solved):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "gradebook.db").write_bytes(b"grades")
    folder = tmp_path / "hw"
    folder.mkdir()
    (folder / RIGHT).write_bytes(solved)
    (folder / "link.db").symlink_to(secret / "gradebook.db")
    (folder / "below").symlink_to(secret)
    (folder / "gone").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "timestamp.txt")
    (folder / "a\nb.csv").write_bytes(b"")
    (folder / os.fsdecode(b"\xff.csv")).write_bytes(b"")
    (folder / "c\\d.csv").write_bytes(b"")
    submission = read_submission(folder, ASSIGNMENT)
    assert submission.files == {}
    assert len(submission.notes) == 2
    assert all(note.isascii() for note in submission.notes)


def test_a_notebook_that_is_a_link_was_not_handed_in(tmp_path, solved):
    (tmp_path / "hidden").write_bytes(solved)
    folder = tmp_path / "hw"
    folder.mkdir()
    (folder / RIGHT).symlink_to(tmp_path / "hidden")
    assert read_submission(folder, ASSIGNMENT).reason
    (tmp_path / "again").symlink_to(folder)
    assert "no folder" in read_submission(tmp_path / "again", ASSIGNMENT).reason


def test_thousands_of_files_are_not_all_read(tmp_path, solved):
    (tmp_path / RIGHT).write_bytes(solved)
    for i in range(MAX_FILES + 50):
        (tmp_path / f"z{i}").write_bytes(b"x")
    submission = read_submission(tmp_path, ASSIGNMENT)
    assert submission.notebook == solved
    assert len(submission.files) < MAX_FILES
    assert submission.notes[0].startswith("left out (too many files")


def test_a_time_stamp_that_is_none_stops_no_command_of_nbgrader(tmp_path, solved):
    (tmp_path / RIGHT).write_bytes(solved)
    for content, kept in ((b"yesterday", False), (b"2026-01-30 15:00:00 UTC", True)):
        (tmp_path / "timestamp.txt").write_bytes(content)
        assert ("timestamp.txt" in read_submission(tmp_path, ASSIGNMENT).files) is kept


def test_what_the_course_gives_along_comes_over_the_student_s_files(tmp_path, solved, monkeypatch):
    monkeypatch.setattr("autograder.intake.handed_in.given_files", lambda assignment: {"data.csv": b"given"})
    (tmp_path / RIGHT).write_bytes(solved)
    (tmp_path / "data.csv").write_bytes(b"own")
    assert read_submission(tmp_path, ASSIGNMENT).files == {"data.csv": b"given"}


def test_what_trying_a_released_notebook_leaves_there_is_given_to_nobody(tmp_path, solved, monkeypatch):
    folder = tmp_path / "assignments" / ASSIGNMENT
    write_files(folder, {"data.csv": b"given", "predictions.csv": b"tried", f"{ASSIGNMENT}-me.zip": b"tried"})
    monkeypatch.setattr("autograder.course.RELEASE", tmp_path / "assignments")
    assert given_files.__wrapped__(ASSIGNMENT) == {"data.csv": b"given"}
