"""The student's own answer, taken as the measure of a later one, so that one mistake is charged once.

A promise about a second call, float32 or one example compares with what the same student answers to the plain
question. These functions refuse an answer that is no measure: of the wrong shape, not finite, the same everywhere, or
made without any work.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.compare import Mismatch, expect_number, expect_that

Array = np.ndarray


def own_number(got: Any, what: str) -> float:
    """The student's own number, if it is one."""
    plain = isinstance(got, (int, float, np.number, np.ndarray)) and np.ndim(got) == 0
    expect_number(got, float(got) if plain else 0.0, what)
    return float(got)


def own_array(got: Any, shape: tuple[int, ...], what: str, *idle: Any, filling: bool = False) -> Array:
    """The student's own array, if it has this shape and (unless `filling` will do) not the same value everywhere.

    It must be none of `idle`, to the bit: the arguments as they came, or the answer to other arguments.
    """
    if not isinstance(got, np.ndarray) or got.shape != shape:
        found = f"shape {got.shape}" if isinstance(got, np.ndarray) else "no array"
        raise Mismatch(f"{what}: {found}, expected an array of shape {shape}", got)
    if not np.isfinite(got).all():
        raise Mismatch(f"{what}: nan or infinite values", got)
    if not filling and got.size > 1 and np.all(got == got.flat[0]):
        raise Mismatch(f"{what}: the same value everywhere", got)
    if any(np.array_equal(got, other) for other in idle):
        raise Mismatch(f"{what}: an argument as it came, or the same whatever the arguments are", got)
    return got.astype(np.float64)


def expect_some_work(got: Mapping[str, Any], idle: Mapping[str, Any], what: str) -> None:
    """Passes if at least one of the arrays is neither zero everywhere nor the one in `idle`, to the bit."""
    works = any(np.any(got[name]) and not np.array_equal(got[name], idle[name]) for name in idle)
    expect_that(works, f"{what}: nothing but zeros, or arrays that were there before")
