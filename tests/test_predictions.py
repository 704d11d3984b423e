"""A file of predictions is scored against labels that only the grader has, and a wrong file is told what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from autograder import course
from autograder.answers.make import make
from autograder.answers.mystery import mystery_labels, perfect_predictions
from autograder.checks import predictions
from autograder.compare import Mismatch
from autograder.judge import FAILED, PASSED, judge
from autograder.student import LocalLine, Student
from utils.mystery import mystery_digits, read_predictions

GOOD = "Id,Category\n0,7\n1,3\n2,9\n"


def test_a_good_file_is_read_and_scored():
    assert predictions.read(GOOD, 3, 10).tolist() == [7, 3, 9]
    assert predictions.share_right(GOOD, np.array([7, 3, 8]), 10) == pytest.approx(2 / 3)


def test_spaces_and_line_ends_of_windows_do_not_matter():
    assert predictions.read("Id, Category\r\n0, 7\r\n1,3 \r\n2,9\r\n\r\n", 3, 10).tolist() == [7, 3, 9]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("0,7\n1,3\n2,9\n", "expected the header Id,Category"),
        ("Id,Category\n0,7\n1,3\n", "2 lines of predictions, expected 3"),
        (GOOD + "3,1\n", "the file is too long"),
        ("Id,Category\n0,7\n1,3,4\n2,9\n", "line 3 is '1,3,4', expected two columns"),
        ("Id,Category\n7\n3\n9\n", "expected two columns"),
        ("Id,Category\n1,7\n2,3\n3,9\n", "line 2 has the Id '1', expected 0"),
        ("Id,Category\n0,7\n1,10\n2,9\n", "line 3 has the unknown class '10': classes are 0 to 9"),
        ("Id,Category\n0,7\n1,-1\n2,9\n", "unknown class '-1'"),
        ("Id,Category\n0,7\n1,cat\n2,9\n", "unknown class 'cat'"),
        ("Id,Category\n0,7\n1,3.0\n2,9\n", "unknown class '3.0'"),
        ("Id,Category\n0,7\n1,٣\n2,9\n", "unknown class"),
        (None, "is no text"),
    ],
)
def test_a_wrong_file_is_told_what_is_wrong(text, says):
    with pytest.raises(Mismatch, match=says):
        predictions.read(text, 3, 10)


def test_a_missing_file_is_not_done_yet(tmp_path):
    with pytest.raises(NotImplementedError, match=r"5\.7 predictions: there is no .*predictions\.csv"):
        read_predictions(str(tmp_path / "predictions.csv"), task="5.7 predictions")


def test_a_huge_file_is_cut_off(tmp_path):
    path = tmp_path / "predictions.csv"
    path.write_bytes(b"\xff" * 1_000_000)
    assert len(read_predictions(str(path), task="5.7")) == 100_000


@pytest.mark.parametrize(("share", "points"), [(1.0, 10), (0.75, 9), (0.6, 6), (0.3, 3)])
def test_points_follow_the_accuracy(share, points):
    labels = mystery_labels()
    said = np.where(np.arange(len(labels)) < share * len(labels), labels, (labels + 1) % 10)
    text = "Id,Category\n" + "".join(f"{k},{label}\n" for k, label in enumerate(said))
    student = Student(LocalLine({"handed_in": lambda: text}))
    results = judge("train-a-cnn", lambda _: student, seed=1, tasks={"predictions"})
    assert {r.outcome for r in results} <= {PASSED, FAILED}
    assert sum(r.points for r in results) == points


def test_labels_and_images_belong_together_and_labels_stay_with_the_grader():
    assert mystery_digits().shape == (500, 1, 8, 8)
    assert np.bincount(mystery_labels()).tolist() == [50] * 10
    assert perfect_predictions().count("\n") == 501
    with np.load(course.UTILS / "mystery_digits.npz", allow_pickle=False) as file:
        assert file.files == ["images"]
    secret = "".join(map(str, mystery_labels()))
    for path in course.UTILS.rglob("*.py"):
        assert secret[:40] not in path.read_text(encoding="utf-8")


def test_the_mystery_digits_of_a_seed_are_always_the_same():
    images, labels = make(5, count=30)
    again, same = make(5, count=30)
    np.testing.assert_array_equal(images, again)
    np.testing.assert_array_equal(labels, same)
    assert images.max() <= 16
    assert not np.array_equal(images, make(6, count=30)[0])
