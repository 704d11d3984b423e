"""Compare an array with the right one and say what the mistake looks like: sign, factor, transpose, shift, sum, shape.

It judges arrays only; it knows nothing of layers, and offers a cause only where the numbers agree with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any

import numpy as np

# Causes are tried on the right side of 1e-4: the numbers either agree to many digits or not at all.
_AGREE = 1e-4


@dataclass(frozen=True)
class Comparison:
    """How far `got` is from `expected`: `problem` is empty where they agree, else one line for the student."""

    problem: str = ""
    error: float = 0.0
    worst: tuple[int, ...] | None = None
    cause: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem


def compare_arrays(
    got: Any,
    expected: Any,
    *,
    tolerance: float = 1e-7,
    case: str = "",
    batch: int | None = None,
    floor: float = 1e-8,
) -> Comparison:
    """Compare shape, kind of dtype, finiteness and values: max |got - expected| <= tolerance * max |expected|.

    Elements of `expected` that are nan or inf are taken as not known. `case` opens the message; `batch` is the batch
    size N, so that a factor N can be named; `floor` stands for max |expected| where that is smaller.

    >>> compare_arrays([[1.0, 3.0], [2.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]], case="stride 2").problem
    'stride 2 gives 3 at [0, 1], expected 2 (relative error 2.5e-01): it looks transposed, axes 0 and 1 swapped'
    """
    right = np.asarray(expected)
    prefix = f"{case} gives " if case else ""
    if got is None:
        return Comparison(f"{prefix}None: does your function return its result?", np.inf)
    try:
        array = np.asarray(got)
    except ValueError:
        return Comparison(f"{prefix}a {type(got).__name__} that is no array: its rows differ in length", np.inf)
    if array.dtype.kind not in "biuf":
        return Comparison(
            f"{prefix}a {type(got).__name__} of dtype {array.dtype}, expected an array of numbers", np.inf
        )
    if array.shape != right.shape:
        cause = _wrong_shape(array.astype(float), right.astype(float))
        return Comparison(f"{prefix}shape {array.shape}, expected {right.shape}{_because(cause)}", np.inf, cause=cause)
    if right.size == 0:
        return Comparison()
    known = np.isfinite(right)
    values, truth = array.astype(float), np.where(known, right, 0.0).astype(float)
    bad = ~np.isfinite(values) & known
    if bad.any():
        worst = _position(bad.argmax(), right.shape)
        return Comparison(f"{prefix}{values[worst]}{_at(worst)}: not a finite number", np.inf, worst)
    distance = np.where(known, np.abs(np.where(known, values, 0.0) - truth), 0.0)
    # The scale is that of the whole array: an element that should be 0 has no relative error of its own.
    error = float(distance.max() / max(np.abs(truth).max(), floor))
    worst = _position(distance.argmax(), right.shape)
    if error <= tolerance:
        return Comparison("", error, worst)
    if array.dtype.kind == "f" and array.dtype.itemsize < 8 and error < _AGREE:
        cause = f"it has the dtype {array.dtype}: keep the dtype of the inputs, float64"
    elif array.dtype.kind in "biu" and right.dtype.kind == "f" and np.abs(values - truth)[known].max() < 1:
        cause = f"it has the dtype {array.dtype}, which cuts off the fractions"
    else:
        cause = likely_cause(values, np.where(known, right, np.nan), batch=batch)
    size = f"{values[worst]:.5g}{_at(worst)}, expected {truth[worst]:.5g} (relative error {error:.1e})"
    size = size if prefix else f"got {size}"
    return Comparison(f"{prefix}{size}{_because(cause)}", error, worst, cause)


def likely_cause(got: np.ndarray, expected: np.ndarray, *, batch: int | None = None) -> str:
    """Say what turned `expected` into `got`, two arrays of one shape; empty where nothing simple did.

    >>> right = np.arange(12.0).reshape(4, 3)
    >>> likely_cause(-right, right)
    'the sign is wrong'
    >>> likely_cause(right / 4, right, batch=4)
    'it is divided by the batch size 4'
    >>> likely_cause(right[::-1], right)
    'it is flipped along axis 0'
    """
    got, expected = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
    if not np.any(got[np.isfinite(got)]):
        return "it is all zeros: is it ever filled?"
    if _same(got, expected):
        return "only the first digits are right: is a term small or rounded?"
    if _same(got, -expected):
        return "the sign is wrong"
    return (
        _factor(got, expected, batch)
        or _moved_axes(got, expected)
        or _shifted(got, expected)
        or _summed(got, expected)
        or _offset(got, expected)
        or _wrong_places(got, expected)
    )


def _because(cause: str) -> str:
    return f": {cause}" if cause else ""


def _position(flat: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(flat), shape))


def _at(index: tuple[int, ...]) -> str:
    return f" at {list(index)}" if index else ""


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    """Tell whether two arrays agree where both are known and whether enough of them is known to mean something."""
    known = np.isfinite(a) & np.isfinite(b)
    if a.shape != b.shape or not known.any():
        return False
    scale = np.abs(b[known]).max()
    return bool(scale > 0 and np.abs(a[known] - b[known]).max() <= _AGREE * scale)


def _factor(got: np.ndarray, expected: np.ndarray, batch: int | None) -> str:
    known = np.isfinite(got) & np.isfinite(expected)
    g, e = got[known], expected[known]
    if e.size < 2 or not np.any(e):  # one number is always a multiple of another
        return ""
    factor = float(g @ e / (e @ e))
    if not factor or not _same(got, factor * expected):
        return ""
    sign = "the sign is wrong and " if factor < 0 else ""
    size = abs(factor)
    named = [(batch, f"the batch size {batch}"), (2, "2")]
    named += [(length, f"{length}, the length of axis {axis}") for axis, length in enumerate(expected.shape)]
    for number, name in named:
        if number and number > 1:
            if abs(size / number - 1) < _AGREE:
                return f"{sign}it is multiplied by {name}" + (": is a 1/N lost?" if number == batch else "")
            if abs(size * number - 1) < _AGREE:
                return f"{sign}it is divided by {name}"
    return f"{sign}it is {times(size)} the right result"


def times(factor: float) -> str:
    """Say a factor in words; a whole number may have been divided by.

    >>> times(0.7), times(1 / 27)
    ('0.7 times', '1/27 of')
    """
    inverse = round(1 / max(factor, 1e-4))  # a far smaller one has no inverse
    return f"1/{inverse} of" if 2 <= inverse <= 1000 and abs(factor * inverse - 1) < _AGREE else f"{factor:.5g} times"


def _offset(got: np.ndarray, expected: np.ndarray) -> str:
    """Tell whether one number, or one for each entry of an axis, was added or left out."""
    difference = got - expected
    if not np.isfinite(difference).all() or difference.size < 4:
        return ""
    largest = np.abs(expected).max()
    if np.ptp(difference) <= _AGREE * largest:
        return "every element is off by the same number: is one added, or left out?"
    for axis in range(expected.ndim):
        others = tuple(k for k in range(expected.ndim) if k != axis)
        if not others or difference.size < 2 * expected.shape[axis]:  # one number alone is always off by its own
            continue
        own = difference.mean(axis=others)
        if np.ptp(difference, axis=others).max() <= _AGREE * largest < np.abs(own).min() and np.ptp(own) > 0:
            return f"every entry of axis {axis} is off by a number of its own: is a bias added wrongly, or left out?"
    return ""


def _moved_axes(got: np.ndarray, expected: np.ndarray) -> str:
    for a, b in combinations(range(expected.ndim), 2):
        if expected.shape[a] == expected.shape[b] > 1 and _same(got, expected.swapaxes(a, b)):
            return f"it looks transposed, axes {a} and {b} swapped"
    for count in (1, 2):
        for axes in combinations(range(expected.ndim), count):
            if all(expected.shape[axis] > 1 for axis in axes) and _same(got, np.flip(expected, axes)):
                return f"it is flipped along {_axes(axes)}"
    return ""


def _shifts(ndim: int) -> Iterator[tuple[int, ...]]:
    """All moves by one or two positions along one axis, or by the same number along the last two."""
    for step in (1, -1, 2, -2):
        for axis in range(ndim):
            yield tuple(step if i == axis else 0 for i in range(ndim))
        if ndim > 2:
            yield (0,) * (ndim - 2) + (step, step)


def _shifted(got: np.ndarray, expected: np.ndarray) -> str:
    for shift in _shifts(expected.ndim):
        if any(abs(s) >= n for s, n in zip(shift, expected.shape, strict=True) if s):
            continue
        there = tuple(slice(max(s, 0), n + min(s, 0)) for s, n in zip(shift, expected.shape, strict=True))
        here = tuple(slice(max(-s, 0), n + min(-s, 0)) for s, n in zip(shift, expected.shape, strict=True))
        a, b = got[there], expected[here]
        # A few equal numbers prove nothing: ask for four different ones.
        if np.unique(b[np.isfinite(b)]).size >= 4 and _same(a, b):
            axes = tuple(axis for axis, step in enumerate(shift) if step)
            steps = max(map(abs, shift))
            return f"it is shifted by {steps} along {_axes(axes)}: look at where the padding is cut off"
    return ""


def _summed(got: np.ndarray, expected: np.ndarray) -> str:
    if expected.size < 2 or not np.isfinite(expected).all():
        return ""
    for name, reduced in (("sum", np.sum), ("mean", np.mean)):
        if _same(got, np.full_like(expected, reduced(expected))):
            return f"every element is the {name} of the whole gradient: reduce over fewer axes"
        for axis in range(expected.ndim):
            if expected.shape[axis] > 1 and expected.ndim > 1:
                row = np.broadcast_to(reduced(expected, axis=axis, keepdims=True), expected.shape)
                if _same(got, row):
                    return f"it is the {name} over axis {axis}, repeated along it"
    return ""


def _wrong_places(got: np.ndarray, expected: np.ndarray) -> str:
    if not np.isfinite(expected).all():
        return ""
    if expected.size > 2 and _same(np.sort(got, axis=None), np.sort(expected, axis=None)):
        return "the right numbers in wrong places: is a reshape used where a transpose is needed?"
    wrong = np.abs(got - expected) > _AGREE * np.abs(expected).max()
    share = wrong.mean()
    entries = wrong.reshape(len(wrong), -1).any(axis=1) if wrong.ndim else wrong
    if entries.size > 1 and not entries[0] and entries[1:].all():
        return "only the first entry of axis 0 is right: is the rest of the batch treated?"
    for axis in range(1, expected.ndim):
        hit = np.unique(np.nonzero(wrong)[axis])
        size = expected.shape[axis]
        if size > 3 and hit.size and set(hit) <= {0, size - 1}:
            return f"only the border of axis {axis} is wrong: look at the padding and at the last window"
    return f"{1 - share:.0%} of the elements are right" if 0 < share < 0.9 else ""


def _wrong_shape(got: np.ndarray, expected: np.ndarray) -> str:
    known = expected[np.isfinite(expected)]
    if got.size == 0:
        return "it is empty: look at the crop"
    if got.size == 1 and expected.size > 1:
        summed = _same(got.reshape(1), known.sum().reshape(1))
        return f"{'summed to a scalar: ' if summed else ''}sum over fewer axes"
    if got.size == expected.size:
        if tuple(n for n in got.shape if n != 1) == tuple(n for n in expected.shape if n != 1):
            return "axes of length 1 are there or missing: look at keepdims and reshape"
        if got.ndim == expected.ndim:
            for order in permutations(range(expected.ndim)):
                if expected.transpose(order).shape == got.shape and _same(got, expected.transpose(order)):
                    return f"transposed: it is the right array with its axes in the order {order}"
        return "the right number of elements in another shape"
    if got.ndim == expected.ndim > 2 and got.shape[:-2] == expected.shape[:-2]:
        extra = {g - e for g, e in zip(got.shape[-2:], expected.shape[-2:], strict=True)}
        if len(extra) == 1 and min(extra) > 0 and min(extra) % 2 == 0:
            return f"{min(extra) // 2} too many on each side: is the padding cut off?"
    return ""


def _axes(axes: tuple[int, ...]) -> str:
    return f"axis {axes[0]}" if len(axes) == 1 else "axes " + " and ".join(map(str, axes))
