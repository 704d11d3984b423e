"""The public checks of assignment 4: outputs against Keras, gradients against numeric ones; none computes a layer itself."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from utils import reference
from utils.causes import Comparison, compare_arrays
from utils.checks.conv_cases import Case, every, kept
from utils.checks.conv_habits import backward_anyhow, forward_anyhow, same
from utils.checks.conv_pooling import pooling_backward, pooling_forward
from utils.checks.conv_simple import dropout_backward, dropout_forward, flatten, global_average_pooling
from utils.gradients import Gradient, GradientReport, check_layer
from utils.verdict import Report, public_check

__all__ = [
    "conv_1x1",
    "convolution_backward",
    "convolution_forward",
    "dropout_backward",
    "dropout_forward",
    "flatten",
    "global_average_pooling",
    "naive_convolution",
    "pooling_backward",
    "pooling_forward",
]

Make = Callable[..., Any]

# Right outputs differ from Keras by less than 1e-14 in all cases, wrong ones by more than 1e-3.
OUTPUT = 1e-6
# The steps of these layers are straight lines: the numeric gradient of a right one was never off by more than 2e-10.
GRADIENT = 1e-8

FILTERS = 3
CONVOLUTIONS = (
    Case("pad 0, stride 1", (2, 3, 5, 5), (3, 3)),
    Case("pad 2, kernel 5 x 5", (2, 2, 4, 4), (5, 5), pad=2),
    Case("pad 1", (2, 2, 5, 5), (3, 3), pad=1),
    Case("stride 2", (2, 2, 6, 6), (2, 2), stride=2),
    Case("stride 2, which leaves a remainder", (2, 2, 6, 6), (3, 3), stride=2),
    Case("stride 3, pad 1, which leaves a remainder", (2, 2, 6, 6), (3, 3), stride=3, pad=1),
    Case("an image of 6 x 4 pixels", (2, 2, 6, 4), (3, 3)),
    Case("a kernel of 2 x 3", (2, 2, 5, 5), (2, 3)),
    Case("stride 2, pad 1, an image of 5 x 7, a kernel of 3 x 1", (2, 2, 5, 7), (3, 1), stride=2, pad=1),
    Case("one image", (1, 3, 5, 5), (2, 2)),
    Case("a single output position", (2, 2, 4, 4), (4, 4)),
)
PAD, STRIDE = CONVOLUTIONS[1], CONVOLUTIONS[3]


# --- 4.1 and 4.2: functions of one image ---


@public_check("4.1 conv_1x1", task="conv-1x1")
def conv_1x1(report: Report, function: Make) -> None:
    """Check `conv_1x1(image, weights, bias)`."""
    cases = (
        Case("3 channels", (1, 3, 4, 4), (1, 1)),
        Case("2 channels", (1, 2, 4, 4), (1, 1)),
        Case("an image of 2 x 5 pixels", (1, 3, 2, 5), (1, 1)),
        Case("an image of 1 x 4 pixels", (1, 3, 1, 4), (1, 1)),
    )

    def run(case: Case, image: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> Any:
        return function(image, weights[:, :, 0, 0], bias)

    _one_image(report, cases, run)


@public_check("4.2 naive_convolution", task="naive-conv")
def naive_convolution(report: Report, function: Make) -> None:
    """Check `naive_convolution(image, weights, bias, stride=1, pad=0)`."""

    def run(case: Case, image: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> Any:
        if (case.stride, case.pad) == (1, 0):
            return function(image, weights, bias)  # these are the defaults
        return function(image, weights, bias, stride=case.stride, pad=case.pad)

    _one_image(report, [case for case in CONVOLUTIONS if case.images[0] > 1], run)


def _one_image(report: Report, cases: Any, run: Callable[..., Any]) -> None:
    def output(case: Case) -> Any:
        layer = _convolution(reference.Convolution, case)
        return run(case, case.numbers(*case.images)[0], layer.weights, layer.bias)

    with report.promise("shape"):
        every(report, cases, lambda case: case.compare_shape(output(case), FILTERS), sizes=True)
    if kept(report):
        with report.promise("output"):
            every(report, cases, lambda case: _like_keras(case, output(case), lambda outputs: outputs[0]))
    case = cases[1]
    layer, image = _convolution(reference.Convolution, case), np.round(10 * case.numbers(*case.images)[0])
    with report.promise("arguments"):
        with report.unchanged(image=image, weights=layer.weights, bias=layer.bias):
            outputs = run(case, image, layer.weights, layer.bias)
        report.detail("unchanged")
    with report.promise("dtypes"):
        got = run(case, image.astype(int), layer.weights, layer.bias)
        same(report, got, outputs, "an image of whole numbers as int64")
        report.detail("int64 images, too")


# --- 4.3 and 4.4: the layer ---


@public_check("4.3 Convolution.forward", task="conv-forward")
def convolution_forward(report: Report, layer_class: Make) -> None:
    """Check `Convolution(conv_params).forward(inputs)`."""

    def output(case: Case) -> Any:
        return _convolution(layer_class, case).forward(case.numbers(*case.images))

    with report.promise("shape"):
        every(report, CONVOLUTIONS, lambda case: case.compare_shape(output(case), case.images[0], FILTERS), sizes=True)
    if kept(report):
        with report.promise("output"):
            every(report, CONVOLUTIONS, lambda case: _like_keras(case, output(case), lambda outputs: outputs))
        forward_anyhow(report, [partial(_convolution, layer_class)], PAD, STRIDE)


@public_check("4.4 Convolution.backward", task="conv-backward")
def convolution_backward(report: Report, layer_class: Make) -> None:
    """Check `Convolution(conv_params).backward(in_grads, inputs)`."""
    reports: dict[Case, GradientReport] = {}

    def gradients(case: Case) -> GradientReport:
        if case not in reports:
            layer = _convolution(layer_class, case)
            in_grads = case.numbers(case.images[0], FILTERS, *case.positions, of=1)
            reports[case] = check_layer(layer, case.numbers(*case.images), in_grads, tolerance=GRADIENT, seconds=0.05)
        return reports[case]

    def gradient(case: Case, of: str) -> Gradient:
        return gradients(case)[of]

    for name, attribute in (("dx", "inputs"), ("w_grad", "weights"), ("b_grad", "bias")):
        with report.promise(name):
            every(report, CONVOLUTIONS, partial(gradient, of=attribute))
    with report.promise("arguments"):
        problem = gradients(PAD).beside
        report.that(not problem, problem)
        report.detail("unchanged")
    if kept(report):
        backward_anyhow(report, [partial(_convolution, layer_class)], PAD, STRIDE)


def _convolution(make: Make, case: Case) -> Any:
    """Make the layer of a case, by the student's class or Keras's, with weights and biases that are not 0."""
    channels, (height, width) = case.images[1], case.window
    params = {"kernel_h": height, "kernel_w": width, "stride": case.stride, "pad": case.pad}
    layer = make({**params, "in_channel": channels, "out_channel": FILTERS})
    layer.weights, layer.bias = case.numbers(FILTERS, channels, height, width, of=2), case.numbers(FILTERS, of=3)
    return layer


def _like_keras(case: Case, got: Any, part: Callable[[np.ndarray], np.ndarray]) -> Comparison:
    """Compare an output with Keras's; if it differs, look for a change of Keras's weights that gives the same."""
    layer, inputs = _convolution(reference.Convolution, case), case.numbers(*case.images)
    weights, bias = layer.weights, layer.bias
    found = compare_arrays(got, part(layer.forward(inputs)), tolerance=OUTPUT)
    changes = {
        "as if there were no bias": (weights, 0 * bias),
        "as if the bias were subtracted": (weights, -bias),
        "as if the kernel were flipped; pixel (u, v) of the window meets weight (u, v)": (
            weights[:, :, ::-1, ::-1],
            bias,
        ),
        "as if each filter saw the first channel only": (
            weights * (np.arange(case.images[1]) == 0)[:, None, None],
            bias,
        ),
    }
    for words, (layer.weights, layer.bias) in changes.items() if found.problem else ():
        if compare_arrays(got, part(layer.forward(inputs))).ok:
            return Comparison(f"another output than Keras: {words}", found.error, found.worst, words)
    return found
