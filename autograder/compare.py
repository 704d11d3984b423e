"""Compares what a student's code returned with what is right, and says what differs; never shows a hidden array."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.student import Handle

# Measured over all variants and slips of assignments 1 and 4, as a share of the largest right value: right float64 results
# err by at most 2.5e-14, wrong ones by at least 2.9e-6. The tolerance leaves a factor of 4e6 to the one, of 29 to the other.
TOLERANCE = 1e-7
# Where inputs are float32, right results err by at most 1.1e-7, wrong ones by at least 0.027: factors of 950 and 270.
TOLERANCE_FLOAT32 = 1e-4


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
    except (TypeError, ValueError):
        raise Mismatch(f"{what}: {_name(got)} instead of an array of shape {expected.shape}{at}", got) from None
    if array.shape != expected.shape:
        raise Mismatch(f"{what}: shape {array.shape}, expected {expected.shape}{at}", array)
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
    if error.max() <= tolerance:
        return
    worst = tuple(int(i) for i in np.unravel_index(error.argmax(), error.shape))
    wrong = int((error > tolerance).sum())
    raise Mismatch(
        f"{what}: {wrong} of {array.size} values are wrong, the worst at index {worst}, "
        f"off by {error.max():.2g} times the largest right value{_hint_of_shape(wide, right)}{at}",
        array,
    )


def expect_number(got: Any, expected: float, what: str, *, case: str = "", tolerance: float = TOLERANCE) -> None:
    """Passes if `got` is one number (0-d arrays count) within `tolerance` times max(|expected|, 1e-12)."""
    at = f" ({case})" if case else ""
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got[()]
    if isinstance(got, (bool, np.bool_)) or not isinstance(got, (int, float, np.integer, np.floating)):
        raise Mismatch(f"{what}: {_name(got)} instead of one number{at}", got)
    value = float(got)
    if not math.isfinite(value):
        raise Mismatch(f"{what}: {value}, expected a finite number{at}", value)
    if abs(value - expected) > tolerance * max(abs(expected), 1e-12):
        factor = _factor(np.array([value]), np.array([expected]))
        raise Mismatch(f"{what}: wrong value{factor or f', off by {abs(value - expected):.2g}'}{at}", value)


def expect_equal(got: Any, expected: Any, what: str, *, case: str = "") -> None:
    """Passes if `got` equals `expected` exactly: numbers, strings, tuples and lists of them, integer arrays."""
    at = f" ({case})" if case else ""
    if isinstance(got, Handle):
        raise Mismatch(f"{what}: {_name(got)}{at}")
    if not np.array_equal(np.asarray(got), np.asarray(expected)):
        shown = f"{str(got)[:80]}, expected {str(expected)[:80]}" if np.size(expected) <= 1 else "not the right values"
        raise Mismatch(f"{what}: {shown}{at}", got)


def expect_that(condition: Any, message: str) -> None:
    """Passes if `condition` is true; otherwise the student reads `message`."""
    if not bool(condition):
        raise Mismatch(message)


def expect_unchanged(now: Any, before: Any, what: str) -> None:
    """Passes if an argument still is what it was before the call, to the bit."""
    if not (isinstance(now, np.ndarray) and np.array_equal(now, before, equal_nan=True)):
        raise Mismatch(f"the argument `{what}` was changed in place: work on a copy", now)


def _name(got: Any) -> str:
    if got is None:
        return "None (is a `return` missing?)"
    if isinstance(got, np.ndarray):
        return f"an array of shape {got.shape}"
    return repr(got) if isinstance(got, Handle) else f"an object of type {type(got).__name__}"


def _hint_of_shape(got: np.ndarray, expected: np.ndarray) -> str:
    """What kind of error it is, if one simple kind explains it all."""
    factor = _factor(got, expected)
    if factor:
        return factor
    if got.ndim >= 2 and got.shape[-1] == got.shape[-2] and np.allclose(got.swapaxes(-1, -2), expected, rtol=1e-6):
        return ": it looks transposed"
    return ""


def _factor(got: np.ndarray, expected: np.ndarray) -> str:
    """Names a constant factor (or the sign) between the two, if there is one."""
    big = np.abs(expected) > 1e-9 * (np.abs(expected).max() + 1e-300)
    if not big.any() or np.abs(got[~big]).max(initial=0) > 1e-9:
        return ""
    ratio = got[big] / expected[big]
    if not np.allclose(ratio, ratio.flat[0], rtol=1e-6) or ratio.flat[0] == 0:
        return ""
    value = float(ratio.flat[0])
    if np.isclose(value, -1):
        return ": the sign is wrong"
    if abs(value) < 1:
        return f": every value is 1/{1 / value:.4g} of what is right"
    return f": every value is {value:.4g} times what is right"
