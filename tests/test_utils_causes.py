"""Array comparison and the diagnosis of what a wrong array looks like."""

import numpy as np
import pytest

from autograder.compare import Mismatch, expect_number
from utils.causes import compare_arrays, likely_cause

RIGHT = np.random.default_rng(3).normal(size=(4, 3, 5, 5))
TALL = np.random.default_rng(4).normal(size=(6, 2))


@pytest.mark.parametrize(
    ("got", "expected", "cause"),
    [
        (-RIGHT, RIGHT, "the sign is wrong"),
        (RIGHT / 4, RIGHT, "it is divided by the batch size 4"),
        (RIGHT * 4, RIGHT, "it is multiplied by the batch size 4: is a 1/N lost?"),
        (RIGHT * 2, RIGHT, "it is multiplied by 2"),
        (RIGHT / 5, RIGHT, "it is divided by 5, the length of axis 2"),
        (RIGHT / 27, RIGHT, "it is 1/27 of the right result"),
        (RIGHT / -27.1, RIGHT, "the sign is wrong and it is 0.0369 times the right result"),
        (RIGHT * -0.3, RIGHT, "the sign is wrong and it is 0.3 times the right result"),
        (RIGHT.swapaxes(2, 3), RIGHT, "it looks transposed, axes 2 and 3 swapped"),
        (RIGHT[:, :, ::-1, ::-1], RIGHT, "it is flipped along axes 2 and 3"),
        (np.roll(RIGHT, 1, axis=2), RIGHT, "it is shifted by 1 along axis 2: look at where the padding is cut off"),
        (np.roll(RIGHT, (-2, -2), (2, 3)), RIGHT, "it is shifted by 2 along axes 2 and 3"),
        (np.full_like(TALL, TALL.sum()), TALL, "every element is the sum of the whole gradient"),
        (np.broadcast_to(TALL.mean(0), TALL.shape), TALL, "it is the mean over axis 0, repeated along it"),
        (TALL.T.reshape(6, 2), TALL, "the right numbers in wrong places: is a reshape used where a transpose"),
        (np.zeros_like(TALL), TALL, "it is all zeros: is it ever filled?"),
        (RIGHT + 1e-6, RIGHT, "only the first digits are right"),
    ],
)
def test_a_known_mistake_is_named(got, expected, cause):
    assert likely_cause(got, expected, batch=4).startswith(cause)


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (0.1, 2.7, "it is 1/27 of what is right"),
        (3.0, 2.0, "it is 1.5 times what is right"),
        (-1.0, 2.0, "it is -0.5 times what is right"),
        (1e-300, 1e300, "it is 0 times what is right"),
        (5e-324, 1.0, "it is 4.9407e-324 times what is right"),
    ],
)
def test_a_wrong_number_is_told_in_the_same_words(got, expected, words):
    with pytest.raises(Mismatch, match=words):
        expect_number(got, expected, "loss")


def test_only_a_wrong_border_is_named():
    got = RIGHT.copy()
    got[:, :, -1] += 1.0
    assert likely_cause(got, RIGHT) == "only the border of axis 2 is wrong: look at the padding and at the last window"


def test_a_batch_of_which_only_the_first_is_right_is_named():
    got = RIGHT + 0.5
    got[0] = RIGHT[0]
    assert likely_cause(got, RIGHT) == "only the first entry of axis 0 is right: is the rest of the batch treated?"


def test_nothing_is_claimed_of_unrelated_numbers():
    other = np.random.default_rng(5).normal(size=RIGHT.shape)
    assert likely_cause(other, RIGHT, batch=4) == ""
    assert likely_cause(np.array(2.0), np.array(3.0)) == ""


def test_causes_are_found_where_only_a_part_is_known():
    partly = RIGHT.copy()
    partly.ravel()[::3] = np.nan
    assert compare_arrays(RIGHT, partly).ok
    assert compare_arrays(2 * RIGHT, partly).cause == "it is multiplied by 2"


@pytest.mark.parametrize(
    ("got", "expected", "message"),
    [
        (None, TALL, "None: does your function return its result?"),
        ([[1], [1, 2]], TALL, "a list that is no array: its rows differ in length"),
        ("text", TALL, "a str of dtype <U4, expected an array of numbers"),
        (
            TALL.T,
            TALL,
            "shape (2, 6), expected (6, 2): transposed: it is the right array with its axes in the order (1, 0)",
        ),
        (TALL.sum(), TALL, "shape (), expected (6, 2): summed to a scalar: sum over fewer axes"),
        (
            TALL[0][None],
            TALL[0],
            "shape (1, 2), expected (2,): axes of length 1 are there or missing: look at keepdims",
        ),
        (RIGHT[:, :, :0], RIGHT, "shape (4, 3, 0, 5), expected (4, 3, 5, 5): it is empty: look at the crop"),
        (np.zeros((4, 3, 7, 7)), RIGHT, "shape (4, 3, 7, 7), expected (4, 3, 5, 5): 1 too many on each side"),
        (np.full(2, np.nan), TALL[0], "nan at [0]: not a finite number"),
        (
            np.array([1, 2]),
            np.array([1.4, 2.4]),
            "got 1 at [0], expected 1.4 (relative error 1.7e-01): it has the dtype int64",
        ),
        (TALL.astype("float32"), TALL, "got "),
    ],
)
def test_a_wrong_array_gets_one_line(got, expected, message):
    found = compare_arrays(got, expected, tolerance=1e-9)
    assert not found.ok
    assert found.problem.startswith(message)
    assert "\n" not in found.problem


def test_single_precision_is_named():
    assert "float32" in compare_arrays(TALL.astype("float32"), TALL, tolerance=1e-9).cause


def test_lists_scalars_and_other_kinds_of_numbers_are_compared_by_value():
    assert compare_arrays([1, 2], np.array([1.0, 2.0])).ok
    assert compare_arrays(np.float32(0.5), 0.5).ok
    assert compare_arrays(np.zeros((0, 3)), np.zeros((0, 3))).ok
    assert compare_arrays(True, 1).ok
