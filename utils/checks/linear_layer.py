"""The public checks of the fully connected layer and of Keras's Dense by hand; none multiplies a matrix itself."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from utils import reference
from utils.checks import linear_examples as paper
from utils.checks.linear_examples import FLOAT32, GRADIENT, LIKE_KERAS, all_ok, like_by_hand
from utils.gradients import check_layer
from utils.verdict import Report, public_check

Make = Callable[..., Any]

SHAPES = ((5, 4, 3), (3, 2, 6), (1, 3, 4))  # N, in, out: no two alike, so that a swap shows


@public_check("1.2 FCLayer.forward", task="fc-forward")
def fc_forward(report: Report, layer_class: Make) -> None:
    """Check `FCLayer(in_features, out_features).forward(inputs)`."""
    inputs = paper.INPUTS
    with report.promise("example"):
        like_by_hand(report, "it", _layer(layer_class).forward(inputs.copy()), paper.OUTPUTS, paper.WRONG_OUTPUTS)
        for n in range(len(inputs)):
            got = _layer(layer_class).forward(inputs[n : n + 1].copy())
            like_by_hand(report, "output", got, paper.OUTPUTS[n : n + 1], case="N = 1")
        report.detail("three inputs worked out by hand")
    if not all_ok(report):
        return  # the rest would say the same again
    with report.promise("dtypes"):
        for dtype in (np.int64, np.float32):
            layer = _layer(layer_class)
            layer.weights = layer.weights / 8  # fractions, which an integer would cut off
            got = layer.forward(8 * inputs.astype(dtype))
            like_by_hand(report, "output", got, paper.OUTPUTS, case=f"inputs of {dtype.__name__}", tolerance=FLOAT32)
            report.that(np.asarray(got).dtype.kind == "f", f"inputs of {dtype.__name__} give outputs of {got.dtype}")
        report.detail("int64 and float32 inputs, too")
    with report.promise("arguments"):
        layer, given = _layer(layer_class), inputs.copy()
        with report.unchanged(inputs=given, weights=layer.weights, bias=layer.bias):
            layer.forward(given)
        report.equal("the shape of self.bias after forward", np.shape(layer.bias), paper.BIAS.shape)
        report.detail("unchanged")
    with report.promise("again"):
        other = _layer(layer_class)
        other.weights, other.bias = other.weights + 1, other.bias - 1
        other.forward(2 * inputs)
        layer.forward(2 * inputs[:1])
        like_by_hand(report, "output", layer.forward(inputs.copy()), paper.OUTPUTS, case="a later call")
        report.detail("a second call and a second layer change nothing")
    with report.promise("Keras"):
        for shape in SHAPES:
            inputs, _, mine, like = _random(layer_class, shape)
            got = mine.forward(inputs.copy())
            report.close("output", got, like.forward(inputs), tolerance=LIKE_KERAS, case=_words(shape))


@public_check("1.3 FCLayer.backward", task="fc-backward")
def fc_backward(report: Report, layer_class: Make) -> None:
    """Check `FCLayer(in_features, out_features).backward(in_grads, inputs)`."""
    batch = len(paper.INPUTS)

    def example(dtype: Any = float, times: float = 1.0) -> tuple[Any, Any]:
        layer, inputs = _layer(layer_class), paper.INPUTS.astype(dtype)
        with suppress(Exception):  # for a backward that keeps something of it; whether it is right is for 1.2 to say
            layer.forward(inputs.copy())
        return layer, layer.backward(times * paper.IN_GRADS, inputs)

    with report.promise("gradient of the inputs"):
        like_by_hand(report, "it", example()[1], paper.OUT_GRADS, batch=batch)
        report.detail("as worked out by hand")
    for name, right in (("w_grad", paper.W_GRAD), ("b_grad", paper.B_GRAD)):
        with report.promise(name):
            got = getattr(example()[0], name, None)
            report.that(got is not None, f"backward does not set self.{name}")
            like_by_hand(report, name, got, right, batch=batch)
            report.detail("as worked out by hand")
    if not all_ok(report):
        return  # the rest would say the same again
    with report.promise("dtypes"):
        for dtype in (np.int64, np.float32):
            layer, result = example(dtype, times=0.5)
            got = {"the result": result, "w_grad": layer.w_grad, "b_grad": layer.b_grad}
            for (name, grad), right in zip(got.items(), (paper.OUT_GRADS, paper.W_GRAD, paper.B_GRAD), strict=True):
                case = f"inputs of {dtype.__name__}, in_grads halved"
                like_by_hand(report, name, grad, right / 2, case=case, tolerance=FLOAT32)
        report.detail("int64 and float32 inputs, too")
    with report.promise("two layers"):
        first, _ = example()
        w_grad, b_grad = np.array(first.w_grad), np.array(first.b_grad)
        example(times=2.0)
        for name, before in (("w_grad", w_grad), ("b_grad", b_grad)):
            same = np.array_equal(getattr(first, name), before)
            report.that(
                same, f"backward of another layer changes {name} of this one: store it in self, not in the class"
            )
        report.detail("each has its own gradients")
    with report.promise("numeric gradients"):
        layer_class = _with_right_forward(layer_class)
        for shape in SHAPES:
            inputs, in_grads, mine, _ = _random(layer_class, shape)
            found = check_layer(mine, inputs, in_grads, tolerance=GRADIENT, seconds=0.2)
            for gradient in found.gradients:
                report.that(gradient.ok, f"{_words(shape)}: {gradient.name}: {gradient.problem}")
            report.that(not found.beside, found.beside)
        report.detail(f"{len(SHAPES)} shapes, fresh at every call, arguments unchanged")
    with report.promise("Keras"):
        for shape in SHAPES:
            inputs, in_grads, mine, like = _random(layer_class, shape)
            mine.forward(inputs.copy())
            pairs = {"result": (mine.backward(in_grads.copy(), inputs.copy()), like.backward(in_grads, inputs))}
            pairs |= {name: (getattr(mine, name), getattr(like, name)) for name in ("w_grad", "b_grad")}
            for name, (got, expected) in pairs.items():
                report.close(name, got, expected, tolerance=LIKE_KERAS, case=_words(shape), batch=len(inputs))


@public_check("1.8 dense_by_hand", task="dense-by-hand")
def dense_by_hand(report: Report, function: Make) -> None:
    """Check `dense_by_hand(inputs, kernel, bias)`."""
    with report.promise("example"):
        given = {"inputs": paper.INPUTS.copy(), "kernel": paper.WEIGHTS.copy(), "bias": paper.BIAS.copy()}
        with report.unchanged(**given):
            got = function(*given.values())
        like_by_hand(report, "it", got, paper.OUTPUTS, paper.WRONG_OUTPUTS)
        report.detail("as worked out by hand, arguments unchanged")
    if not all_ok(report):
        return  # the rest would say the same again
    with report.promise("dtypes"):
        whole = 8 * paper.INPUTS.astype(int)
        got = function(whole, paper.WEIGHTS / 8, paper.BIAS.copy())
        like_by_hand(report, "output", got, paper.OUTPUTS, case="inputs of int64")
        halves = function(whole, paper.WEIGHTS / 16, paper.BIAS / 2)
        like_by_hand(report, "output", halves, paper.OUTPUTS / 2, case="inputs of int64")
        report.detail("inputs may be integers")
    with report.promise("Keras's Dense"):
        keras, _ = reference.import_keras()
        for examples, features, units in SHAPES:
            dense = keras.layers.Dense(units, bias_initializer="random_normal")
            inputs = np.random.default_rng(units).standard_normal((examples, features)).astype("float32")
            expected = dense(inputs).numpy()
            got = function(inputs.copy(), *dense.get_weights())
            report.close("output", got, expected, tolerance=FLOAT32, case=_words((examples, features, units)))


def _words(shape: tuple[int, int, int]) -> str:
    return f"N = {shape[0]}, {shape[1]} inputs, {shape[2]} outputs"


def _layer(layer_class: Make) -> Any:
    """Make the layer of the example on paper."""
    layer = layer_class(*paper.WEIGHTS.shape)
    layer.weights, layer.bias = paper.WEIGHTS.copy(), paper.BIAS.copy()
    return layer


def _random(layer_class: Make, shape: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray, Any, Any]:
    """Return inputs, in_grads, a layer of the student's class and Keras's with the same weights and bias."""
    examples, features, outputs = shape
    rng = np.random.default_rng(shape)
    layers = layer_class(features, outputs), reference.FCLayer(features, outputs)
    weights, bias = rng.standard_normal((features, outputs)), rng.standard_normal(outputs)
    for layer in layers:
        layer.weights, layer.bias = weights.copy(), bias.copy()
    return rng.standard_normal((examples, features)), rng.standard_normal((examples, outputs)), *layers


def _with_right_forward(layer_class: Any) -> Any:
    """Put Keras's forward in place of one that is wrong or missing: 1.3 does not wait for 1.2."""
    with suppress(Exception):  # whatever the student's forward raises, it is not right
        if np.allclose(_layer(layer_class).forward(paper.INPUTS.copy()), paper.OUTPUTS):
            return layer_class
    if not reference.available():
        return layer_class

    def forward(self: Any, inputs: np.ndarray) -> np.ndarray:
        like = reference.FCLayer(*self.weights.shape)
        like.weights, like.bias = self.weights, self.bias
        return like.forward(inputs)

    return type(layer_class.__name__, (layer_class,), {"forward": forward})
