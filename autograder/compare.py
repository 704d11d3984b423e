"""Compares what a student's code returned with what is right, and says what differs; never shows a hidden array."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.student import Handle
from utils.causes import compare_arrays, times

# Measured over all variants and slips of six assignments, as a share of the largest right value (docs/grading-truth.md):
# right float64 results err by at most 5.0e-13, wrong ones by at least 2.9e-6: factors of 2e5 and 29.
TOLERANCE = 1e-7
# Where inputs are float32, right results err by at most 9.5e-7, wrong ones by at least 0.027: factors of 105 and 270.
TOLERANCE_FLOAT32 = 1e-4
# A share of right answers may be a float32: it errs by at most 3.0e-8; rounded to two digits it errs by at least 8e-4.
TOLERANCE_SHARE = 1e-5


class Mismatch(AssertionError):
    """The student's result is wrong. `got` is kept for the diagnosis, never for the feedback."""

    def __init__(self, message: str, got: Any = None):
        super().__init__(message)
        self.got = got


def expect_array(
    got: Any, expected: Any, what: str, *, case: str = "", tolerance: float = TOLERANCE, dtype_loose: bool = True
) -> None:
    """Passes if `got` has the shape of `expected` and differs from it by at most `tolerance` of its largest value.

    With `dtype_loose` any float type will do; otherwise the type must be that of `expected`.
    """
    expected = np.asarray(expected)
    at = f" ({case})" if case else ""
    if isinstance(got, Handle) or not isinstance(got, (np.ndarray, np.generic, int, float, list, tuple)):
        raise Mismatch(f"{what}: {_name(got)} instead of an array of shape {expected.shape}{at}", got)
    try:
        array = np.asarray(got, dtype=None if isinstance(got, np.ndarray) else float)
    except (TypeError, ValueError, OverflowError):
        raise Mismatch(f"{what}: {_name(got)} instead of an array of shape {expected.shape}{at}", got) from None
    if array.shape != expected.shape:
        cause = _because(compare_arrays(array, expected).cause)
        raise Mismatch(f"{what}: shape {array.shape}, expected {expected.shape}{cause}{at}", array)
    if not dtype_loose and array.dtype != expected.dtype:
        raise Mismatch(f"{what}: type {array.dtype}, expected {expected.dtype}{at}", array)
    if array.size == 0:
        return
    wide, right = array.astype(np.float64), expected.astype(np.float64)
    if not np.isfinite(wide).all():
        bad = int(np.size(wide) - np.isfinite(wide).sum())
        raise Mismatch(f"{what}: {bad} of {array.size} values are nan or infinite{at}", array)
    scale = 1e-12 + np.abs(right).max()
    error = np.abs(wide - right) / scale
    if within(float(error.max()), tolerance):
        return
    worst = tuple(int(i) for i in np.unravel_index(error.argmax(), error.shape))
    wrong = int((error > tolerance).sum())
    cause = _because(compare_arrays(array, right, tolerance=tolerance).cause)
    raise Mismatch(
        f"{what}: {wrong} of {array.size} values are wrong, the worst at index {worst}, "
        f"off by {error.max():.2g} times the largest right value{cause}{at}",
        array,
    )


def expect_number(got: Any, expected: float, what: str, *, case: str = "", tolerance: float = TOLERANCE) -> None:
    """Passes if `got` is one number (0-d arrays count) within `tolerance` times max(|expected|, 1e-12)."""
    at = f" ({case})" if case else ""
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got[()]
    if isinstance(got, (bool, np.bool_)) or not isinstance(got, (int, float, np.integer, np.floating)):
        raise Mismatch(f"{what}: {_name(got)} instead of one number{at}", got)
    try:
        value = float(got)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise Mismatch(f"{what}: {value}, expected a finite number{at}", value)
    if not within(abs(value - expected) / max(abs(expected), 1e-12), tolerance):
        raise Mismatch(f"{what}: wrong value{_times(value, expected)}{at}", value)


def expect_equal(got: Any, expected: Any, what: str, *, case: str = "") -> None:
    """Passes if `got` equals `expected` exactly: numbers, strings, tuples and lists of them, integer arrays."""
    at = f" ({case})" if case else ""
    if isinstance(got, Handle):
        raise Mismatch(f"{what}: {_name(got)}{at}")
    if not np.array_equal(np.asarray(got), np.asarray(expected)):
        shown = f"{str(got)[:80]}, expected {str(expected)[:80]}" if np.size(expected) <= 1 else "not the right values"
        raise Mismatch(f"{what}: {shown}{at}", got)


def expect_that(condition: Any, message: str, got: Any = None) -> None:
    """Passes if `condition` is true; otherwise the student reads `message`. `got` is for the diagnosis, if it is data."""
    if not bool(condition):
        raise Mismatch(message, got)


def expect_unchanged(now: Any, before: Any, what: str) -> None:
    """Passes if an argument still is what it was before the call, to the bit."""
    if not (isinstance(now, np.ndarray) and np.array_equal(now, before, equal_nan=True)):
        raise Mismatch(f"the argument `{what}` was changed in place: work on a copy", now)


def alike(got: Any, expected: Any, *, tolerance: float = TOLERANCE) -> bool:
    """Whether two arrays have one shape and differ by at most `tolerance` of the largest value of `expected`."""
    try:
        a, b = np.asarray(got, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return False
    if a.shape != b.shape or not np.isfinite(a).all():
        return False
    return a.size == 0 or within(float(np.abs(a - b).max() / (1e-12 + np.abs(b).max())), tolerance)


def within(error: float, tolerance: float) -> bool:
    """Whether an error is tolerated. Every comparison ends here, so that margins can be measured: see `watched`."""
    for see in _WATCHING:
        see(error, tolerance)
    return error <= tolerance


@contextmanager
def watched(see: Callable[[float, float], None]) -> Iterator[None]:
    """Calls `see(error, tolerance)` at every comparison in the block; `autograder.prove.margins` measures with it."""
    _WATCHING.append(see)
    try:
        yield
    finally:
        _WATCHING.remove(see)


_WATCHING: list[Callable[[float, float], None]] = []


def _name(got: Any) -> str:
    if got is None:
        return "None (is a `return` missing?)"
    if isinstance(got, np.ndarray):
        return f"an array of shape {got.shape}"
    return repr(got) if isinstance(got, Handle) else f"an object of type {type(got).__name__}"


def _because(cause: str) -> str:
    """A cause behind a message that counts already how many values are wrong."""
    return f": {cause}" if cause and not cause.endswith("of the elements are right") else ""


def _times(value: float, expected: float) -> str:
    """How a wrong number stands to the right one, as a factor; empty where that says nothing."""
    if abs(expected) < 1e-9 or value == 0:
        return f", off by {abs(value - expected):.2g}"
    ratio = value / expected
    if math.isclose(ratio, -1, rel_tol=1e-6):
        return ": the sign is wrong"
    return f": it is {times(ratio)} what is right"
