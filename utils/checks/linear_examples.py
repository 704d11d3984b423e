"""Examples worked out on paper for the checks of assignment 1, with what usual mistakes make of them; it computes no task.

Every number here was found with a pencil. `wrong` maps a mistake, in words, to the result that it gives.
"""

from collections.abc import Mapping
from math import log
from typing import Any

import numpy as np

from utils.causes import compare_arrays
from utils.data import one_hot
from utils.verdict import Report

# Right results differ from these by rounding, 1e-16 of their size; every mistake that is named differs by more than 1e-2.
BY_HAND = 1e-9
# Where results may be float32, which rounds to 6e-8.
FLOAT32 = 1e-5
# Right results differ from Keras's by less than 1e-14 of their size.
LIKE_KERAS = 1e-7
# The numeric gradients of right solutions were off by 4e-10 at most.
GRADIENT = 1e-7


def like_by_hand(
    report: Report,
    what: str,
    got: Any,
    right: Any,
    wrong: Mapping[str, Any] | None = None,
    *,
    case: str = "",
    batch: int | None = None,
    tolerance: float = BY_HAND,
) -> None:
    """Compare with the result on paper; where it differs, say which mistake gives the same."""
    right = np.asarray(right, dtype=float)
    if compare_arrays(got, right, tolerance=tolerance).ok:
        return
    named = (words for words, result in (wrong or {}).items() if _same(got, np.asarray(result, dtype=float)))
    mistake = next(named, "")
    if right.ndim == 0 and _shape(got) == () and got is not None:
        size = f"{case or what} gives {float(got):.5g}, expected {float(right):.5g}"
        if abs(got - right) > tolerance:
            report.fail(f"{size}: {mistake}" if mistake else size)
    elif mistake:
        start = case or what
        report.fail(mistake if start == "it" else f"{start}: {mistake}")
    else:
        report.close(what, got, right, tolerance=tolerance, case=case, batch=batch)


def _same(got: Any, mistaken: np.ndarray) -> bool:
    return _shape(got) == mistaken.shape and compare_arrays(got, mistaken, tolerance=1e-6).ok


def _shape(got: Any) -> tuple[int, ...] | None:
    """Return the shape, or None where rows differ in length."""
    try:
        return np.shape(got)
    except ValueError:
        return None


def all_ok(report: Report) -> bool:
    """Tell whether every promise so far is kept: what builds on them is then worth a look."""
    return all(promise.outcome == "ok" for promise in report.promises)


def fixed(numbers: Any, dtype: type = float) -> np.ndarray:
    """Return an array that nobody can change: checks hand out copies, and the next run must see the same numbers."""
    array: np.ndarray = np.array(numbers, dtype=dtype)
    array.setflags(write=False)
    return array


def number(report: Report, got: Any) -> float:
    """Return what should be one number, if it is."""
    report.that(got is not None, "it is None: is a `return` missing?")
    report.that(np.ndim(got) == 0, f"it has shape {np.shape(got)}, expected one number")
    return float(got)


def part_of(report: Report, got: Any, which: int, names: str) -> Any:
    """Return one of the results of a function that returns several."""
    count = names.count(",") + 1
    report.that(isinstance(got, (tuple, list)) and len(got) == count, f"return {count} things: {names}")
    return got[which]


# --- 1.1: five examples of four classes, four of them right; a square batch, where axes can be mistaken

SCORES = fixed([[3.0, 1, 2, 0], [-5, -2, -9, -3], [0, 4, 1, 9], [1, 2, 8, 0], [6, 7, 1, 2]])
LABELS = fixed([0, 1, 3, 2, 0], int)
WRONG_ACCURACY = {
    "it is in per cent; return a share from 0 to 1": 80.0,
    "it counts the right ones; divide by N": 4.0,
    "it is the share of the wrong ones": 0.2,
    "as if the smallest score won": 0.0,
    "as if the largest size won, whatever its sign": 0.6,
}
SQUARE_SCORES = fixed([[1.0, 5, 2], [4, 0, 9], [3, 7, 8]])
SQUARE_LABELS = fixed([1, 2, 1], int)  # the largest of every COLUMN stands in rows 1, 2 and 1
WRONG_SQUARE = {"as if the largest score of each column were taken; the classes lie along axis 1": 1.0}

# labels of zeros and ones, which are class ids nevertheless
TWO_SCORES = fixed([[3.0, 1], [0, 2], [5, 4], [2, 1]])
TWO_LABELS = fixed([0, 1, 1, 0], int)

# --- 1.2, 1.3 and 1.8: three examples of two inputs, three outputs

INPUTS = fixed([[1.0, 2], [3, -1], [0, 4]])
WEIGHTS = fixed([[1.0, 0, 2], [0, 1, 3]])
BIAS = fixed([0.0, 10, -5])
OUTPUTS = fixed([[1.0, 12, 3], [3, 9, -2], [0, 14, 7]])
WRONG_OUTPUTS = {
    "as if there were no bias": [[1, 2, 8], [3, -1, 3], [0, 4, 12]],
    "as if the bias were added twice": [[1, 22, -2], [3, 19, -7], [0, 24, 2]],
    "as if the bias were subtracted": [[1, -8, 13], [3, -11, 8], [0, -6, 17]],
    "as if the bias were added to columns, a value an example; it has a value for each output": [
        [1, 2, 8],
        [13, 9, 13],
        [-5, -1, 7],
    ],
    "as if negative outputs were cut off": [[1, 12, 3], [3, 9, 0], [0, 14, 7]],
}
IN_GRADS = fixed([[1.0, 0, -1], [0, 2, 1], [0, 0, 0]])
OUT_GRADS = fixed([[-1.0, -3], [2, 5], [0, 0]])
W_GRAD = fixed([[1.0, 6, 2], [2, -2, -3]])
B_GRAD = fixed([1.0, 2, 0])

# --- 1.4: four examples of three classes; weights whose squares sum to 15

ERROR_SCORES = fixed([[1.0, 0, 2], [-1, 0.5, 0.5], [0, 0, 0], [2, 1, 0]])
ERROR_TARGETS = fixed(one_hot(np.array([2, 1, 0, 2]), 3))
PENALISED = fixed([[1.0, -2, 0], [0, 3, 1]])
REG = 0.1
ERROR, PENALTY = 2.625, 1.5
WRONG_ERROR = {
    "it is summed over the batch; average over the N examples": 10.5,
    "it is averaged over the classes, too; sum over them": 0.875,
    "there is a factor 1/2": 1.3125,
    "it takes absolute values instead of squares": 2.25,
    "it takes a square root": 1.6201851746019651,
    "it takes the root of each example's sum of squares": (2**0.5 + 1.5**0.5 + 1 + 6**0.5) / 4,
    "it is averaged over the classes only": 3.5,
}
WRONG_PENALTY = {
    "it is left out": 0.0,
    "there is a factor 1/2": 0.75,
    "it is not multiplied by reg": 15.0,
    "it is averaged over the weights; sum over them": 0.25,
    "it takes absolute values instead of squares": 0.7,
    "it is divided by the batch size": 0.375,
    "it is subtracted": -1.5,
    "it takes a square root; the penalty is the sum of squares itself": 0.1 * 15**0.5,
    "it is the square of the sum; sum the squares": 0.9,
}
SCORES_GRAD = fixed([[0.5, 0, 0.5], [-0.5, -0.25, 0.25], [-0.5, 0, 0], [1, 0.5, -0.5]])
WEIGHTS_GRAD = fixed([[0.2, -0.4, 0], [0, 0.6, 0.2]])

# --- 1.6 and 1.7: two examples of three classes; exp of the scores is (2, 1, 1) and (1, 6, 1)

LOGITS = fixed([[log(2), 0, 0], [0, log(6), 0]])
CLASS_IDS = fixed([0, 2], int)
PROBABILITIES = fixed([[2.0, 1, 1], [1, 6, 1]]) / [[4], [8]]
WRONG_PROBABILITIES = {
    "they are not divided by the sum of their row": [[2, 1, 1], [1, 6, 1]],
    "they are not divided by the sum of their row (after the shift)": [[1, 1 / 2, 1 / 2], [1 / 6, 1, 1 / 6]],
    "these are their logarithms": [[log(1 / 2), log(1 / 4), log(1 / 4)], [log(1 / 8), log(3 / 4), log(1 / 8)]],
}
CROSS_ENTROPY = 2 * log(2)  # the mean of -ln(1/2) and -ln(1/8)
WRONG_CROSS_ENTROPY = {
    "it is summed over the batch; average over the N examples": 4 * log(2),
    "it is averaged over the classes, too": 2 * log(2) / 3,
    "the sign is wrong": -2 * log(2),
    "as if the logarithm were log10; take the natural one": 0.6020599913279624,
    "as if the logarithm were log2; take the natural one": 2.0,
    "as if the likeliest class were the target": (log(2) + log(4 / 3)) / 2,
    "as if every example were looked up at every label; take one probability a row": (4 * log(2) + log(8) + log(4)) / 4
    - log(2) / 4,
    "as if all classes were targets": (log(2) + 2 * log(4) + log(4 / 3) + 2 * log(8)) / 2,
}
LOGITS_GRAD = fixed([[-4.0, 2, 2], [1, 6, -7]]) / 16
WRONG_LOGITS_GRAD = {
    "these are the probabilities, averaged; the targets are not subtracted": [
        [4 / 16, 2 / 16, 2 / 16],
        [1 / 16, 6 / 16, 1 / 16],
    ],
    "these are the probabilities; the targets are not subtracted": PROBABILITIES,
}

# scores, probabilities, and the loss for each of the three labels
LARGE = (
    ([1000.0, -1000.0, 0.0], [1.0, 0.0, 0.0], [0.0, 2000.0, 1000.0]),
    ([-1000.0, -1000.0, -1000.0], [1 / 3, 1 / 3, 1 / 3], [log(3), log(3), log(3)]),
    ([0.0, 1000.0, 1000.0], [0.0, 0.5, 0.5], [1000 + log(2), log(2), log(2)]),
    ([-1000.0, -1000.0 + log(2), -1000.0], [0.25, 0.5, 0.25], [log(4), log(2), log(4)]),
)
LARGE_GRADS = ([0.0, 0.0, 0.0], [-2 / 3, 1 / 3, 1 / 3], [-1.0, 0.5, 0.5], [-0.75, 0.5, 0.25])  # for label 0 alone
