"""Central differences in float64: df/dx = (f(x + h) - f(x - h)) / 2h, with the kinks of f found and left out.

At a kink (ReLU at 0, two equal maxima) f has no gradient: the one-sided differences disagree. It judges no gradient:
that is `utils.gradients`.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

STEP = 1e-5
# Smooth functions differ from side to side by h * f'' / f', about 1e-5; a kink makes a difference of order 1.
_KINK = 1e-3
_NOISE = 1e-7  # rounding alone makes them differ by 1e-16 / h = 1e-11 for each output of size 1
_AT_LEAST = 20  # elements looked at, however slow the layer is
_BLOCK = 200_000  # numbers in one stacked input: 1.6 MB, some ten times that in im2col columns


def rel_error(x: Any, y: Any) -> float:
    """Return the largest relative error between two arrays: max |x - y| / max(1e-8, |x| + |y|).

    >>> rel_error([1.0, 2.0], [1.0, 2.0])
    0.0
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    return float(np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)), initial=0.0))


def eval_numerical_gradient(f: Callable[[np.ndarray], float], x: np.ndarray, h: float = STEP) -> np.ndarray:
    """Return the numeric gradient of a scalar function f at x, in the shape of x.

    A float64 array x is changed in place while f runs and restored afterwards, so that f may also read it from
    elsewhere, e.g. `lambda _: net.loss(X, y)[0]` with x = net.params["W1"].

    >>> eval_numerical_gradient(lambda x: (x**2).sum(), np.array([1.0, -3.0])).round(6)
    array([ 2., -6.])
    """
    return eval_numerical_gradient_array(f, x, np.array(1.0), h)


def eval_numerical_gradient_array(
    f: Callable[[np.ndarray], Any], x: np.ndarray, df: np.ndarray, h: float = STEP
) -> np.ndarray:
    """Return the numeric gradient of sum(f(x) * df) with respect to x; df is the gradient of the loss at the output.

    >>> eval_numerical_gradient_array(lambda x: 3 * x, np.zeros(2), np.array([1.0, 10.0])).round(6)
    array([ 3., 30.])
    """
    x = x if isinstance(x, np.ndarray) and x.dtype == np.float64 else np.array(x, dtype=np.float64)
    numeric, _ = one_by_one(f, x, np.asarray(df, dtype=float), np.arange(x.size), h, np.inf)
    return numeric


def random_order(size: int) -> np.ndarray:
    """Return 0 ... size - 1 in an order that is random, and the same in every run: any beginning is a fair sample."""
    return np.random.default_rng(0).permutation(size)


def as_output(value: Any) -> np.ndarray:
    """Copy what a function returned: it may be one buffer that every call writes into."""
    if value is None:
        raise ValueError("forward returned None: does it return its result?")
    return np.array(value, dtype=np.float64)


def one_by_one(
    f: Callable[[np.ndarray], Any], x: np.ndarray, df: np.ndarray, places: Iterable[Any], h: float, seconds: float
) -> tuple[np.ndarray, int]:
    """Return the gradient of sum(f(x) * df) and the number of kinks, moving one element of x at a time, in place.

    The elements come in the order of `places`; those at a kink, and those not reached within `seconds`, are nan.
    """
    central, bend = np.full(x.shape, np.nan), np.zeros(x.shape)
    base = as_output(f(x))
    end = time.perf_counter() + seconds
    for count, flat in enumerate(places):
        if count >= _AT_LEAST and time.perf_counter() > end:
            break
        index = np.unravel_index(flat, x.shape)
        old = x[index]
        try:
            x[index] = high = old + h
            plus = as_output(f(x))
            x[index] = low = old - h
            minus = as_output(f(x))
        finally:
            x[index] = old
        central[index], bend[index] = _slopes(plus, base, minus, df, high - low, None)
    return _without_kinks(central, bend, df)


def of_inputs(
    forward: Callable[[np.ndarray], np.ndarray], x: np.ndarray, df: np.ndarray, h: float, seconds: float
) -> tuple[np.ndarray, int]:
    """Return the same as `one_by_one`, from many moved copies of the batch in one call if samples do not mix."""
    if not _samples_are_independent(forward, x):
        return one_by_one(lambda moved: forward(moved.copy()), x.copy(), df, random_order(x.size), h, seconds)
    samples, places = len(x), x[0].size
    central, bend = np.full((samples, places), np.nan), np.zeros((samples, places))
    base, above = forward(x.copy()).reshape(samples, -1), df.reshape(samples, -1)
    order = random_order(places)
    end = time.perf_counter() + seconds
    done, width = 0, max(1, _AT_LEAST // samples)  # a small first block shows how slow the layer is
    while done < places and (done * samples < _AT_LEAST or time.perf_counter() < end):
        some = order[done : done + width]
        moved = np.tile(x.reshape(samples, places), (2 * len(some), 1)).reshape(2, len(some), samples, places)
        moved[0, np.arange(len(some)), :, some] += h  # the same place in every sample at once
        moved[1, np.arange(len(some)), :, some] -= h
        step = (moved[0] - moved[1])[np.arange(len(some)), :, some]
        out = forward(moved.reshape(-1, *x.shape[1:])).reshape(2, len(some), samples, -1)
        slope, kink = _slopes(out[0], base, out[1], above, step, -1)
        central[:, some], bend[:, some] = slope.T, kink.T
        done += len(some)
        width = max(1, min(2 * width, _BLOCK // (2 * x.size)))
    numeric, kinks = _without_kinks(central, bend, df)
    return numeric.reshape(x.shape), kinks


def _slopes(
    plus: np.ndarray, base: np.ndarray, minus: np.ndarray, df: np.ndarray, step: Any, axis: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Return the central difference and how far the one-sided ones disagree; step is the distance of plus and minus."""
    # Outputs are subtracted before they are summed: the difference of two sums would lose digits.
    central = ((plus - minus) * df).sum(axis=axis) / step
    bend = np.abs(((plus - base) - (base - minus)) * df).sum(axis=axis) * 2 / step
    return central, bend


def _without_kinks(central: np.ndarray, bend: np.ndarray, df: np.ndarray) -> tuple[np.ndarray, int]:
    """Put nan where f has a kink; nan already there means not computed."""
    scale = np.abs(central[np.isfinite(central)]).max(initial=0.0)
    kinks = bend > max(_KINK * scale, _NOISE * np.abs(df).max(initial=0.0))
    return np.where(kinks, np.nan, central), int(kinks.sum())


def _samples_are_independent(forward: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> bool:
    """Tell by trial whether each sample's output depends on that sample alone, and not on the size of the batch."""
    if x.ndim < 2 or not len(x):
        return False
    moved = x.copy()
    moved[0] += np.random.default_rng(0).normal(scale=0.1, size=x[0].shape)
    alone, other = forward(x.copy()), forward(moved.copy())
    if alone.ndim < 1 or len(alone) != len(x):
        return False
    try:
        both = forward(np.concatenate([x, moved]))
    except Exception:  # noqa: BLE001 - a layer that takes this batch size only is checked one element at a time
        return False
    return (
        both.shape == (2 * len(x), *alone.shape[1:])
        and np.allclose(both, np.concatenate([alone, other]), rtol=1e-12, atol=1e-12)
        and np.allclose(alone[1:], other[1:], rtol=1e-12, atol=1e-12)
    )
