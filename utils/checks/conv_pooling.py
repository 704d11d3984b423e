"""The public checks of pooling: outputs against Keras, gradients against numeric ones; none computes a layer itself."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from utils import reference
from utils.causes import Comparison, compare_arrays
from utils.checks.conv_cases import Case, every, kept, told
from utils.checks.conv_habits import backward_anyhow, forward_anyhow
from utils.gradients import Gradient, GradientReport, check_layer
from utils.verdict import Report, public_check

Make = Callable[..., Any]

OUTPUT = 1e-6
GRADIENT = 1e-8

POOLINGS = (
    Case("window 2 x 2, stride 2", (2, 3, 6, 6), (2, 2), stride=2),
    Case("window 3 x 3, stride 1, overlapping", (2, 2, 5, 5), (3, 3)),
    Case("window 3 x 3, stride 2, overlapping", (2, 2, 7, 7), (3, 3), stride=2),
    Case("window 2 x 2, stride 3, with gaps", (2, 2, 8, 8), (2, 2), stride=3),
    Case("stride 2, which leaves a remainder", (2, 2, 7, 7), (2, 2), stride=2),
    Case("an image of 6 x 4 pixels", (2, 2, 6, 4), (2, 2), stride=2),
    Case("an image of 5 x 9 pixels, window 2 x 3", (2, 2, 5, 9), (2, 3), stride=3),
    Case("pad 2, window 5 x 5, stride 3, overlapping", (2, 2, 7, 7), (5, 5), stride=3, pad=2),
    Case("pad 1", (2, 2, 4, 4), (2, 2), stride=2, pad=1),
    Case("one image", (1, 3, 4, 4), (2, 2), stride=2),
    Case("a single output position", (2, 2, 3, 3), (3, 3), stride=3),
)
PAD, OVERLAP = POOLINGS[8], POOLINGS[1]


@public_check("4.5 Pooling.forward", task="pool-forward")
def pooling_forward(report: Report, layer_class: Make) -> None:
    """Check `Pooling(pool_params).forward(inputs)`."""

    def output(case: Case, pool_type: str = "max") -> Any:
        return _pooling(layer_class, case, pool_type).forward(case.far_apart())

    with report.promise("shape"):
        every(report, POOLINGS, lambda case: case.compare_shape(output(case), *case.images[:2]), sizes=True)
    if kept(report):
        with report.promise("max"):
            every(report, POOLINGS, lambda case: _pooled_like_keras(case, output(case), case.far_apart(), "max"))
        with report.promise("avg"):
            every(report, POOLINGS, lambda c: _pooled_like_keras(c, output(c, "avg"), c.far_apart(), "avg"))
        with report.promise("padding of max"):
            cases = [case for case in POOLINGS if case.pad]
            for case in cases:
                inputs = case.far_apart() - 100.0
                got = _pooling(layer_class, case, "max").forward(inputs.copy())
                found = _pooled_like_keras(case, got, inputs, "max")
                report.that(found.ok, told(f"{case.name}, all inputs negative,", found.problem))
            report.detail("-inf, it never wins")
        makes = [partial(_pooling, layer_class, pool_type=kind) for kind in ("max", "avg")]
        forward_anyhow(report, makes, PAD, OVERLAP)


@public_check("4.6 Pooling.backward", task="pool-backward")
def pooling_backward(report: Report, layer_class: Make) -> None:
    """Check `Pooling(pool_params).backward(in_grads, inputs)`."""

    def gradient(case: Case, pool_type: str) -> Gradient:
        return gradients(case, pool_type)["inputs"]

    def gradients(case: Case, pool_type: str) -> GradientReport:
        layer = _pooling(layer_class, case, pool_type)
        in_grads = case.numbers(*case.images[:2], *case.positions, of=1)
        return check_layer(layer, case.far_apart(), in_grads, tolerance=GRADIENT, seconds=0.05)

    for pool_type in ("max", "avg"):
        with report.promise(f"dx of {pool_type}"):
            every(report, POOLINGS, partial(gradient, pool_type=pool_type))
    with report.promise("arguments"):
        for pool_type in ("max", "avg"):
            problem = gradients(PAD, pool_type).beside
            report.that(not problem, problem)
        report.detail("unchanged")
    if kept(report):
        makes = [partial(_pooling, layer_class, pool_type=kind) for kind in ("max", "avg")]
        backward_anyhow(report, makes, PAD, OVERLAP)


def _pooling(make: Make, case: Case, pool_type: str) -> Any:
    height, width = case.window
    sizes = {"pool_height": height, "pool_width": width, "stride": case.stride, "pad": case.pad}
    return make({"pool_type": pool_type, **sizes})


def _pooled_like_keras(case: Case, got: Any, inputs: np.ndarray, pool_type: str) -> Comparison:
    """Compare an output with Keras's; if it differs, look for another padding that gives the same."""
    keras = _pooling(reference.Pooling, case, pool_type)
    expected = keras.forward(inputs)
    found = compare_arrays(got, expected, tolerance=OUTPUT)
    if found.problem and case.pad:
        bare = _pooling(reference.Pooling, replace(case, pad=0), "max")
        around = ((0, 0), (0, 0), (case.pad, case.pad), (case.pad, case.pad))
        if pool_type == "max" and compare_arrays(got, bare.forward(np.pad(inputs, around))).ok:
            return Comparison(
                "another maximum than Keras: as if the padding were 0, which wins over negative pixels", 1.0
            )
        if pool_type == "avg" and compare_arrays(got, expected / keras.forward(np.ones_like(inputs))).ok:
            return Comparison("another mean than Keras: as if padding did not count; divide by the whole window", 1.0)
    return found
