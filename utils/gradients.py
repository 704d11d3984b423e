"""Numeric gradients in float64, and a report on a layer's own: how far off, where, and what the mistake looks like.

It works on any object with `forward(inputs)` and `backward(in_grads, inputs)` and holds the gradient of none.
Elements at a kink (ReLU at 0, two equal maxima), where forward has no gradient, are left out and counted.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from utils.causes import compare_arrays
from utils.differences import (
    STEP,
    as_output,
    eval_numerical_gradient,
    eval_numerical_gradient_array,
    of_inputs,
    one_by_one,
    random_order,
    rel_error,
)

__all__ = [
    "Gradient",
    "GradientReport",
    "check_gradient",
    "check_grads_layer",
    "check_layer",
    "eval_numerical_gradient",
    "eval_numerical_gradient_array",
    "rel_error",
]

# Central differences with h = 1e-5 are off by about h^2 = 1e-10 (curvature) and 1e-16 / h = 1e-11 (rounding), relative
# to values of size 1; a right layer stays below 1e-9, a wrong one is off by more than 1e-3.
TOLERANCE = 1e-7
_FLOOR = 1e-3  # a gradient below this part of the output's gradient is compared with that part: rounding is all it has
_STORED = {"weights": "w_grad", "bias": "b_grad"}  # where backward puts the gradient of a parameter


@dataclass(frozen=True)
class Gradient:
    """One gradient against its numeric twin. `problem` is empty if it is right, else one line for the student.

    `worst`, `got`, `expected`: the element with the largest error. `checked` of `size` elements were compared, `kinks`
    left out. `error` is max |got - expected| / max |expected|.
    """

    name: str
    problem: str
    error: float = 0.0
    worst: tuple[int, ...] | None = None
    got: float = float("nan")
    expected: float = float("nan")
    cause: str = ""
    checked: int = 0
    size: int = 0
    kinks: int = 0

    @property
    def ok(self) -> bool:
        return not self.problem

    def __str__(self) -> str:
        if not self.ok:
            return f"no {self.name}: {self.problem}"
        some = f"{self.checked} of {self.size}" if self.checked < self.size else f"all {self.size}"
        kinks = f", {self.kinks} at kinks left out" if self.kinks else ""
        return f"ok {self.name}: largest relative error {self.error:.0e} ({some} elements{kinks})"


@dataclass(frozen=True)
class GradientReport:
    """What `check_layer` found: one `Gradient` each for inputs, weights and bias, and what is wrong beside them."""

    gradients: tuple[Gradient, ...]
    beside: str = ""

    def __getitem__(self, name: str) -> Gradient:
        for gradient in self.gradients:
            if gradient.name == name:
                return gradient
        raise KeyError(f"no gradient of {name!r} in this report; it has {[g.name for g in self.gradients]}")

    @property
    def ok(self) -> bool:
        return not self.problem

    @property
    def problem(self) -> str:
        """The first thing that is wrong, as one line; empty if all is right."""
        broken = [f"{gradient.name}: {gradient.problem}" for gradient in self.gradients if not gradient.ok]
        return broken[0] if broken else self.beside

    @property
    def error(self) -> float:
        return max((gradient.error for gradient in self.gradients), default=0.0)

    def __str__(self) -> str:
        lines = [str(gradient) for gradient in self.gradients]
        return "\n".join([*lines, f"no arguments: {self.beside}"] if self.beside else lines)


def check_gradient(
    f: Callable[[np.ndarray], Any],
    x: np.ndarray,
    got: Any,
    *,
    df: np.ndarray | float = 1.0,
    name: str = "gradient",
    tolerance: float = 1e-6,
    h: float = STEP,
    seconds: float = 1.0,
    batch: int | None = None,
) -> Gradient:
    """Check `got`, said to be the gradient of sum(f(x) * df) at x. Use it for losses and for parameters of a net.

    x is changed in place while f runs and restored, as in `eval_numerical_gradient`. A function so slow that `seconds`
    do not suffice is checked in some elements only, at random places that are the same in every run. The tolerance is
    wider than that of a layer: a small difference of two losses of size 1 is known to 1e-11 only.

    >>> print(check_gradient(lambda x: (x**2).sum(), np.array([1.0, -3.0]), np.array([1.0, -3.0])))
    no gradient: -3 at [1], expected -6 (relative error 5.0e-01): it is divided by 2
    """
    x = x if isinstance(x, np.ndarray) and x.dtype == np.float64 else np.array(x, dtype=np.float64)
    above = np.asarray(df, dtype=float)
    numeric, kinks = one_by_one(f, x, above, random_order(x.size), h, seconds)
    return _judge(name, got, numeric, kinks, above, tolerance, batch)


def check_grads_layer(layer: Any, inputs: np.ndarray, in_grads: np.ndarray) -> GradientReport:
    """Print and return the report on a layer's gradients: of its inputs, and of its weights and bias if it has them.

    `in_grads` has the shape of `layer.forward(inputs)`: the gradient of the loss with respect to the layer's output.
    """
    report = check_layer(layer, inputs, in_grads)
    print(report)
    return report


def check_layer(
    layer: Any,
    inputs: np.ndarray,
    in_grads: np.ndarray,
    *,
    tolerance: float = TOLERANCE,
    h: float = STEP,
    seconds: float = 1.0,
    before: Callable[[Any], None] | None = None,
) -> GradientReport:
    """Compare `backward` with the numeric gradient of `forward`, for inputs, weights and bias.

    Works on a copy of the layer, in float64. `seconds` limits the time of each of the three gradients; large or slow
    layers are then checked in some elements only. `before(layer)` is called before every forward, to make a random
    layer draw the same again. Errors raised by the layer pass through.
    """
    inputs, in_grads = np.array(inputs, dtype=np.float64), np.array(in_grads, dtype=np.float64)
    layer = _copy(layer)  # what forward and backward store must not reach the caller's layer
    names = [name for name in ("weights", "bias") if getattr(layer, name, None) is not None]
    for name in names:
        setattr(layer, name, np.array(getattr(layer, name), dtype=np.float64))

    def forward(x: np.ndarray) -> np.ndarray:
        if before is not None:
            before(layer)
        return as_output(layer.forward(x))

    def all_alike(problem: str) -> GradientReport:
        return GradientReport(tuple(Gradient(name, problem, np.inf) for name in ("inputs", *names)))

    mine, above = inputs.copy(), in_grads.copy()
    out = forward(mine)
    changed = ["forward changes its inputs"] if not np.array_equal(mine, inputs) else []
    if out.shape != in_grads.shape:
        return all_alike(f"forward gives shape {out.shape}, in_grads has {in_grads.shape}: check forward first")
    if not np.isfinite(out).all():
        return all_alike("forward gives nan or inf: check forward first")
    if not np.array_equal(forward(inputs.copy()), out):
        return all_alike("forward gives another output at every call, so it has no numeric gradient")

    mine = inputs.copy()
    got = _stored(layer, layer.backward(above, mine), names)
    changed += ["backward changes its in_grads"] if not np.array_equal(above, in_grads) else []
    changed += ["backward changes its inputs"] if not np.array_equal(mine, inputs) else []
    again = _stored(layer, layer.backward(in_grads.copy(), inputs.copy()), names)

    found = []
    for name, grad in got.items():
        if _differ(grad, again[name]):
            what = _STORED.get(name, "the result")
            problem = f"{what} differs after a second call of backward: make it afresh, do not add to the last one"
            found.append(Gradient(name, problem, np.inf, cause="accumulated over calls"))
        elif grad is None and name != "inputs":
            found.append(Gradient(name, f"backward does not set {_STORED[name]}", np.inf))
        elif name == "inputs":
            numeric, kinks = of_inputs(forward, inputs, in_grads, h, seconds)
            found.append(_judge(name, grad, numeric, kinks, in_grads, tolerance, len(inputs)))
        else:
            value = getattr(layer, name)  # moved in place, where forward finds it
            places = random_order(value.size)
            numeric, kinks = one_by_one(lambda _: forward(inputs.copy()), value, in_grads, places, h, seconds)
            found.append(_judge(name, grad, numeric, kinks, in_grads, tolerance, len(inputs)))
    return GradientReport(tuple(found), f"{' and '.join(changed)} in place: work on a copy" if changed else "")


def _copy(layer: Any) -> Any:
    twin = copy.copy(layer)
    for name, value in list(getattr(twin, "__dict__", {}).items()):
        if isinstance(value, np.ndarray):
            setattr(twin, name, value.copy())
    return twin


def _stored(layer: Any, of_inputs: Any, names: list[str]) -> dict[str, Any]:
    """Copy what backward returned and stored: a second call may write into the same arrays."""
    grads = {"inputs": of_inputs} | {name: getattr(layer, _STORED[name], None) for name in names}
    return {name: grad.copy() if isinstance(grad, np.ndarray) else grad for name, grad in grads.items()}


def _differ(first: Any, second: Any) -> bool:
    """Tell whether two gradients of the same shape differ; anything else is judged later."""
    a, b = np.asarray(first), np.asarray(second)
    if a.dtype.kind not in "biuf" or b.dtype.kind not in "biuf" or a.shape != b.shape:
        return False
    return not np.allclose(a, b, rtol=1e-6, atol=1e-12 * float(np.max(np.abs(a), initial=0.0)), equal_nan=True)


def _judge(
    name: str, got: Any, numeric: np.ndarray, kinks: int, df: np.ndarray, tolerance: float, batch: int | None
) -> Gradient:
    checked = int(np.isfinite(numeric).sum())
    if kinks > checked:
        problem = f"{kinks} of {kinks + checked} elements are at a kink of forward: ties or zeros in the inputs?"
        return Gradient(name, problem, np.inf, size=numeric.size, checked=checked, kinks=kinks)
    if not checked and numeric.size:
        return Gradient(name, "the function gives nan or inf: it has no numeric gradient", np.inf, size=numeric.size)
    floor = _FLOOR * np.abs(df).max(initial=0.0) or _FLOOR
    found = compare_arrays(got, numeric, tolerance=tolerance, batch=batch, floor=floor)
    here = found.worst
    values = (float("nan"),) * 2 if here is None else (float(np.asarray(got)[here]), float(numeric[here]))
    return Gradient(
        name, found.problem.removeprefix("got "), found.error, here, *values, found.cause, checked, numeric.size, kinks
    )
