"""Good habits of any layer of images: it keeps its arguments, remembers nothing, takes any numbers; it knows no layer."""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from utils.causes import compare_arrays
from utils.checks.conv_cases import Case, told
from utils.verdict import Report

Make = Callable[[Case], Any]  # makes the layer of a case

# float32 rounds to 6e-8 of a number; sums of 100 of them were off by 1e-6 at most.
DTYPES = ((np.int64, 1e-7), (np.float32, 1e-4))


def same(report: Report, got: Any, expected: Any, case: str, *, tolerance: float = 1e-7) -> None:
    """Break the promise unless two arrays agree: `Report.close` where the size of the error is of no interest."""
    found = compare_arrays(got, expected, tolerance=tolerance)
    report.that(found.ok, told(case, found.problem))


def unchanged_layer(report: Report, layer: Any, inputs: np.ndarray) -> Any:
    """Return the output of a layer; break the promise if forward changes its inputs, weights or bias."""
    before = {name: np.array(getattr(layer, name)) for name in ("weights", "bias") if hasattr(layer, name)}
    with report.unchanged(inputs=inputs):
        outputs = np.array(layer.forward(inputs))
    for name, values in before.items():
        report.that(np.array_equal(getattr(layer, name), values), f"forward changes self.{name}")
    return outputs


def forward_anyhow(report: Report, makes: Collection[Make], case: Case, other: Case) -> None:
    """Check that forward keeps what it is given, depends on nothing else, and takes whole numbers and float32.

    Each of `makes` makes the layer of a case; what is right is what a fresh one gives on float64.
    """
    inputs = _whole_numbers(case)
    with report.promise("arguments"):
        for make in makes:
            unchanged_layer(report, make(case), inputs.copy())
        report.detail("unchanged")
    with report.promise("again"):
        for make in makes:
            layer = make(case)
            _keep_busy(layer, make(other), case, other)
            expected = make(case).forward(inputs.copy())
            same(report, layer.forward(inputs.copy()), expected, "a call after others")
        report.detail("what was computed before has no influence")
    with report.promise("dtypes"):
        for dtype, tolerance in DTYPES:
            for make in makes:
                got, expected = make(case).forward(inputs.astype(dtype)), make(case).forward(inputs.copy())
                same(report, got, expected, f"the same numbers as {dtype.__name__}", tolerance=tolerance)
        report.detail("int64 and float32 inputs, too")


def backward_anyhow(report: Report, makes: Collection[Make], case: Case, other: Case) -> None:
    """Check that backward depends on its arguments and parameters alone, and takes whole numbers and float32."""
    inputs = _whole_numbers(case)
    with report.promise("again"):
        for make in makes:
            layer, expected = make(case), _results(make(case), inputs)
            _keep_busy(layer, make(other), case, other, backward=True)
            for name, got in _results(layer, inputs, make(other), _whole_numbers(other)).items():
                same(report, got, expected[name], f"{name} after other calls")
        report.detail("what was computed before has no influence")
    with report.promise("dtypes"):
        for dtype, tolerance in DTYPES:
            for make in makes:
                expected = _results(make(case), inputs)
                for name, got in _results(make(case), inputs.astype(dtype)).items():
                    what = f"{name} of the same numbers as {dtype.__name__}"
                    same(report, got, expected[name], what, tolerance=tolerance)
        report.detail("int64 and float32 inputs, too")


def _whole_numbers(case: Case) -> np.ndarray:
    return np.round(10 * case.numbers(*case.images))


def _keep_busy(layer: Any, another: Any, case: Case, other: Case, *, backward: bool = False) -> None:
    """Let a layer compute a larger batch and one of the same size, and another layer something else."""
    size, *image = case.images
    for inputs in (case.numbers(size + 1, *image, of=4), case.numbers(size, *image, of=5)):
        if backward:
            _results(layer, inputs)
        layer.forward(inputs)
    another.forward(other.numbers(*other.images))


def _results(layer: Any, inputs: np.ndarray, between: Any = None, others: np.ndarray | None = None) -> dict[str, Any]:
    """Run forward and backward, with a forward of another layer in between, and return what they gave, by name."""
    found = {"output": layer.forward(inputs)}
    if between is not None:
        between.forward(others)
    in_grads = np.random.default_rng(0).standard_normal(np.shape(found["output"]))
    found["dx"] = layer.backward(in_grads, inputs)
    return found | {name: np.array(getattr(layer, name)) for name in ("w_grad", "b_grad") if hasattr(layer, name)}
