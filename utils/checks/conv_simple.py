"""The public checks of dropout, global average pooling and flatten; of dropout they judge what no random draw can change."""

from collections.abc import Callable
from typing import Any

import numpy as np

from utils import reference
from utils.causes import compare_arrays
from utils.checks.conv_cases import Case, kept, told
from utils.checks.conv_habits import backward_anyhow, same, unchanged_layer
from utils.gradients import check_layer
from utils.verdict import Report, public_check

Make = Callable[..., Any]

RATIO = 0.3
# Of 20,000 values the share that is dropped has a standard deviation of 0.003. The slack is six of them: a right layer
# fails in one of 500 million runs, and keep for drop, or `randn` for `random`, is off by more than 0.3.
VALUES = (200, 100)
SLACK = 0.02
FLOAT32 = 1e-6  # a mask may be float32, which rounds to 6e-8


@public_check("4.7 Dropout.forward", task="dropout-forward")
def dropout_forward(report: Report, layer_class: Make) -> None:
    """Check `Dropout(ratio, seed).forward(inputs)` in training and in test mode."""
    inputs = _never_zero(*VALUES)
    layer = layer_class(RATIO, seed=1)
    with report.promise("share dropped"):
        with report.unchanged(inputs=inputs):
            outputs = layer.forward(inputs)
        _same_shape(report, outputs, inputs)
        dropped = float(np.mean(np.asarray(outputs) == 0))
        report.that(abs(dropped - RATIO) < SLACK, f"{dropped:.3f} at ratio {RATIO}{_share_cause(dropped)}")
        for axis, name in ((0, "column"), (1, "row")):
            alike = np.ptp(np.asarray(outputs != 0, dtype=int), axis=axis) == 0
            report.that(not alike.any(), f"a whole {name} is dropped or kept together: draw for every value on its own")
        report.detail(f"{dropped:.3f} at ratio {RATIO}")
    if kept(report):
        with report.promise("scaling"):
            factors = (np.asarray(outputs) / inputs)[np.asarray(outputs) != 0]
            right, low, high = 1 / (1 - RATIO), factors.min(), factors.max()
            report.that(
                high - low < 1e-6 * high, f"kept values are multiplied by {low:.3g} to {high:.3g}: by one factor?"
            )
            report.that(
                abs(low - right) < 1e-6,
                f"kept values are multiplied by {low:.4g}, expected {right:.4g}{_factor_cause(low)}",
            )
            ones = np.asarray(layer.forward(np.ones(VALUES, dtype=int)))
            report.that(
                ones.dtype.kind == "f", f"for whole numbers the outputs are {ones.dtype}, which cuts off fractions"
            )
            report.detail(f"kept values are multiplied by {low:.4f}, so that their mean stays")
    with report.promise("shapes"):
        for shape in ((1, 5), (3, 4), (2, 3, 5, 4), (7,)):
            _same_shape(report, layer_class(RATIO).forward(_never_zero(*shape)), _never_zero(*shape))
        report.detail("any number of axes")
    with report.promise("a new mask"):
        first, second = (np.array(layer.forward(inputs)) for _ in range(2))
        report.that(
            not np.array_equal(first, second), "two calls drop the same values: draw from self.rng at every call"
        )
        report.detail("at every call")
    with report.promise("test mode"):
        layer.set_mode(False)
        same(report, layer.forward(inputs), inputs, "test mode")
        report.detail("nothing is dropped, nothing scaled")


@public_check("4.8 Dropout.backward", task="dropout-backward")
def dropout_backward(report: Report, layer_class: Make) -> None:
    """Check `Dropout(ratio, seed).backward(in_grads, inputs)` against what forward did to the same values."""
    layer = layer_class(RATIO, seed=1)
    with report.promise("the mask of forward"):
        for shape in ((20, 30), (4, 3, 6, 5)):
            inputs, in_grads = _never_zero(*shape), _never_zero(*shape)[::-1].copy()
            # dy/dx is the factor that forward applied: 0 or 1 / (1 - ratio), read off its output
            factors = np.array(layer.forward(inputs)) / inputs
            with report.unchanged(in_grads=in_grads, inputs=inputs):
                got = layer.backward(in_grads, inputs)
            _same_shape(report, got, in_grads)
            others = np.mean((np.asarray(got) == 0) != (factors == 0))
            report.that(
                others == 0,
                f"backward drops other values than forward did ({others:.0%}): forward keeps its mask in self.mask",
            )
            same(report, got, in_grads * factors, "backward", tolerance=FLOAT32)
            same(report, layer.backward(in_grads, inputs), in_grads * factors, "a second backward", tolerance=FLOAT32)
        report.detail("dropped values get gradient 0, kept ones are scaled as in forward")
    with report.promise("test mode"):
        layer.set_mode(False)
        layer.forward(inputs)
        same(report, layer.backward(in_grads, inputs), in_grads, "test mode")
        report.detail("the gradient passes as it is")


IMAGES = (Case("a batch of 3", (3, 2, 5, 4), (1, 1)), Case("one image of one channel", (1, 1, 2, 3), (1, 1)))


@public_check("4.9 GlobalAveragePooling", task="gap")
def global_average_pooling(report: Report, layer_class: Make) -> None:
    """Check `GlobalAveragePooling().forward(inputs)` and `.backward(in_grads, inputs)`."""
    with report.promise("output"):
        for case in IMAGES:
            inputs = case.numbers(*case.images)
            got = unchanged_layer(report, layer_class(), inputs)
            report.close(
                "output", got, reference.GlobalAveragePooling().forward(inputs), tolerance=1e-6, case=case.name
            )
    _gradient(report, layer_class)


@public_check("4.10 Flatten", task="flatten")
def flatten(report: Report, layer_class: Make) -> None:
    """Check `Flatten().forward(inputs)` and `.backward(in_grads, inputs)`."""
    with report.promise("output"):
        for case in IMAGES:
            # pixels counted through in the order that the rows must have
            rows = np.arange(np.prod(case.images, dtype=float)).reshape(case.images[0], -1)
            got = unchanged_layer(report, layer_class(), rows.reshape(case.images))
            same(report, got, rows, case.name)
        report.detail("every image is a row")
    _gradient(report, layer_class)


def _gradient(report: Report, layer_class: Make) -> None:
    with report.promise("dx"):
        for case in IMAGES:
            inputs = case.numbers(*case.images)
            in_grads = _never_zero(*np.shape(layer_class().forward(inputs)))
            found = check_layer(layer_class(), inputs, in_grads, tolerance=1e-8)
            if not found.ok:
                report.fail(told(case.name, found.problem.removeprefix("inputs: ")))
            report.gradient(found["inputs"])
    if kept(report):
        backward_anyhow(report, [lambda case: layer_class()], *IMAGES)


def _never_zero(*shape: int) -> np.ndarray:
    """Return numbers from 1 to 2 with either sign: a 0 in the output is then a value that was dropped."""
    rng = np.random.default_rng(0)
    return rng.uniform(1, 2, shape) * rng.choice((-1, 1), shape)


def _same_shape(report: Report, got: Any, inputs: np.ndarray) -> None:
    report.that(got is not None, "your function returns None: does it return its result?")
    report.that(np.shape(got) == inputs.shape, f"shape {np.shape(got)}, expected {inputs.shape}")
    report.that(np.isfinite(np.asarray(got, dtype=float)).all(), "some values are nan or infinite")


def _share_cause(dropped: float) -> str:
    if dropped == 0:
        return ": nothing is dropped in training mode"
    if abs(dropped - (1 - RATIO)) < SLACK:
        return ": keep and drop are swapped, ratio is the probability of DROPPING"
    # P(normal < 0.3) = 0.618, P(normal < 0.7) = 0.758
    if any(abs(dropped - share) < SLACK for share in (0.618, 0.382, 0.758, 0.242)):
        return ": as if the draws were normal (randn); draw uniformly from [0, 1)"
    return ": each value is dropped on its own with probability ratio"


def _factor_cause(factor: float) -> str:
    causes = {
        1.0: "scale by 1 / (1 - ratio) here, then test mode needs nothing",
        1 / RATIO: "divided by ratio, the share that is dropped; divide by the share that is kept",
        1 - RATIO: "multiplied by 1 - ratio instead of divided",
        RATIO: "multiplied by ratio; divide by the share that is kept",
    }
    return next((f": {words}" for value, words in causes.items() if compare_arrays(factor, value).ok), "")
