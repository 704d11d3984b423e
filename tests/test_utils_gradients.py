"""Numeric gradients and the report on a layer: right layers pass, each kind of mistake is named, kinks are left out."""

import time

import numpy as np
import pytest

from utils.gradients import (
    check_gradient,
    check_grads_layer,
    check_layer,
    eval_numerical_gradient,
    eval_numerical_gradient_array,
    rel_error,
)


class Scale:
    """y = w * x + b for each feature: small enough to be wrong on purpose."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.weights, self.bias = rng.normal(size=4), rng.normal(size=4)
        self.w_grad = self.b_grad = None

    def forward(self, inputs):
        return inputs * self.weights + self.bias

    def backward(self, in_grads, inputs):
        self.w_grad = (in_grads * inputs).sum(axis=0)
        self.b_grad = in_grads.sum(axis=0)
        return in_grads * self.weights


@pytest.fixture
def x():
    return np.random.default_rng(1).normal(size=(3, 4))


@pytest.fixture
def g():
    return np.random.default_rng(2).normal(size=(3, 4))


def changed(**methods):
    return type("Changed", (Scale,), methods)()


def test_relative_error_is_that_of_the_course():
    assert rel_error(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == 0.0
    assert rel_error(np.array([1.0, 3.0]), np.array([1.0, 1.0])) == 0.5


def test_numeric_gradients_agree_with_calculus(x, g):
    # 1e-7, as the smallest of these gradients is 0.002, and rounding of the sum, 1e-11, is all the same to it
    assert rel_error(eval_numerical_gradient(lambda x: float((x**3).sum()), x), 3 * x**2) < 1e-7
    assert rel_error(eval_numerical_gradient_array(lambda x: np.exp(x), x, g), np.exp(x) * g) < 1e-8


def test_the_point_is_moved_in_place_and_restored_even_after_an_error(x):
    before = x.copy()
    params = {"W1": x}
    numeric = eval_numerical_gradient(lambda _: float((params["W1"] ** 2).sum()), params["W1"])
    assert rel_error(numeric, 2 * x) < 1e-8

    def breaks(value):
        if not np.array_equal(value, before):
            raise ValueError
        return 0.0

    with pytest.raises(ValueError):
        eval_numerical_gradient(breaks, x)
    assert np.array_equal(x, before)


def test_integers_are_moved_as_floats():
    assert np.allclose(eval_numerical_gradient(lambda x: (x**2).sum(), np.array([1, 2])), [2.0, 4.0])


def test_a_right_layer_is_ok_in_every_gradient_and_keeps_its_state(x, g, capsys):
    layer = Scale()
    state = {name: np.copy(value) for name, value in vars(layer).items() if value is not None}
    report = check_grads_layer(layer, x, g)
    assert report.ok and report.error < 1e-9
    assert [gradient.name for gradient in report.gradients] == ["inputs", "weights", "bias"]
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 3 and all(line.startswith("ok ") for line in printed)
    assert printed[0].endswith("(all 12 elements)")
    assert layer.w_grad is None
    assert all(np.array_equal(getattr(layer, name), value) for name, value in state.items())


@pytest.mark.parametrize(
    ("mistake", "cause"),
    [
        (lambda g, x, w: -g * w, "the sign is wrong"),
        (lambda g, x, w: g * w / len(x), "it is divided by the batch size 3"),
        (lambda g, x, w: 2 * g * w, "it is multiplied by 2"),
        (lambda g, x, w: (g * w)[::-1], "it is flipped along axis 0"),
        (lambda g, x, w: (g * w).T, "transposed"),
        (lambda g, x, w: (g * w).sum(), "summed to a scalar"),
        (lambda g, x, w: 0 * g, "it is all zeros"),
    ],
)
def test_a_wrong_input_gradient_is_named_and_spares_the_others(mistake, cause, x, g):
    def backward(self, in_grads, inputs):
        Scale.backward(self, in_grads, inputs)
        return mistake(in_grads, inputs, self.weights)

    report = check_layer(changed(backward=backward), x, g)
    assert not report["inputs"].ok and report["inputs"].cause.startswith(cause)
    assert report["weights"].ok and report["bias"].ok
    assert report.problem.startswith("inputs: ")


def test_the_worst_element_is_reported(x, g):
    def backward(self, in_grads, inputs):
        grads = Scale.backward(self, in_grads, inputs)
        grads[1, 2] += 5.0
        return grads

    worst = check_layer(changed(backward=backward), x, g)["inputs"]
    assert worst.worst == (1, 2)
    assert worst.got - worst.expected == pytest.approx(5.0)


def test_gradients_that_pile_up_over_calls_are_named(x, g):
    def backward(self, in_grads, inputs):
        old = 0.0 if self.w_grad is None else self.w_grad
        grads = Scale.backward(self, in_grads, inputs)
        self.w_grad = self.w_grad + old
        return grads

    report = check_layer(changed(backward=backward), x, g)
    assert report["weights"].cause == "accumulated over calls"
    assert report["inputs"].ok and report["bias"].ok


def test_arguments_changed_in_place_are_named(x, g):
    def backward(self, in_grads, inputs):
        grads = Scale.backward(self, in_grads, inputs)
        in_grads *= 0.0
        return grads

    def forward(self, inputs):
        inputs *= self.weights
        return inputs + self.bias

    report = check_layer(changed(backward=backward), x, g)
    assert report.problem == "backward changes its in_grads in place: work on a copy"
    assert all(gradient.ok for gradient in report.gradients)
    assert "forward changes its inputs" in check_layer(changed(forward=forward), x, g).problem


@pytest.mark.parametrize(
    ("methods", "message"),
    [
        ({"backward": lambda self, g, x: None}, "inputs: None: does your function return its result?"),
        ({"forward": lambda self, x: x[:, :2]}, "inputs: forward gives shape (3, 2), in_grads has (3, 4)"),
        ({"forward": lambda self, x: x * np.nan}, "inputs: forward gives nan or inf"),
        ({"forward": lambda self, x: x + np.random.rand()}, "inputs: forward gives another output at every call"),
    ],
)
def test_a_layer_that_cannot_be_compared_says_why(methods, message, x, g):
    assert check_layer(changed(**methods), x, g).problem.startswith(message)


def test_a_gradient_that_backward_does_not_set_is_named(x, g):
    report = check_layer(changed(backward=lambda self, in_grads, inputs: in_grads * self.weights), x, g)
    assert report["inputs"].ok
    assert report["weights"].problem == "backward does not set w_grad"


def test_a_random_layer_is_checked_with_the_same_draw(x, g):
    class Noisy(Scale):
        rng = np.random.default_rng(0)

        def forward(self, inputs):
            self.mask = self.rng.random(inputs.shape) < 0.5
            return inputs * self.mask * self.weights + self.bias

        def backward(self, in_grads, inputs):
            self.w_grad, self.b_grad = (in_grads * inputs * self.mask).sum(0), in_grads.sum(0)
            return in_grads * self.mask * self.weights

    assert check_layer(Noisy(), x, g, before=lambda layer: setattr(layer, "rng", np.random.default_rng(7))).ok


def test_kinks_are_left_out_and_counted():
    class Rectifier:
        def forward(self, inputs):
            return np.maximum(inputs, 0)

        def backward(self, in_grads, inputs):
            return in_grads * (inputs > 0)

    inputs = np.array([[0.0, 1.0, -1.0, 3e-6], [2.0, -2.0, 0.5, -0.5]])
    found = check_layer(Rectifier(), inputs, np.ones((2, 4)))["inputs"]
    assert found.ok
    assert (found.checked, found.size, found.kinks) == (6, 8, 2)
    assert "2 at kinks left out" in str(found)
    assert "at a kink of forward" in check_layer(Rectifier(), np.zeros((2, 4)), np.ones((2, 4)))["inputs"].problem


def test_layers_that_mix_samples_or_fix_the_batch_size_are_checked_too(x, g):
    class Centre:
        def forward(self, inputs):
            return inputs - inputs.mean(axis=0)

        def backward(self, in_grads, inputs):
            return in_grads - in_grads.mean(axis=0)

    class Fixed(Scale):
        def forward(self, inputs):
            return inputs.reshape(3, 4) * self.weights + self.bias

    assert check_layer(Centre(), x, g).ok
    assert check_layer(Fixed(), x, g).ok


def test_a_vanishing_gradient_is_not_confused_with_rounding(x, g):
    class Constant:
        def forward(self, inputs):
            return 0 * inputs + np.sqrt(2)

        def backward(self, in_grads, inputs):
            return 0 * in_grads

    assert check_layer(Constant(), x, g).ok
    assert check_layer(Scale(), x, 0 * g).ok


def test_a_large_layer_is_checked_in_some_elements_within_its_time():
    class Slow(Scale):
        def forward(self, inputs):
            time.sleep(0.001)
            return inputs.reshape(2, -1)[:, :4] * self.weights + self.bias

        def backward(self, in_grads, inputs):
            super().backward(in_grads, inputs.reshape(2, -1)[:, :4])
            grads = np.zeros((2, 4000))
            grads[:, :4] = in_grads * self.weights
            return grads.reshape(inputs.shape)

    rng = np.random.default_rng(0)
    start = time.perf_counter()
    report = check_layer(Slow(), rng.normal(size=(2, 10, 20, 20)), rng.normal(size=(2, 4)), seconds=0.1)
    assert time.perf_counter() - start < 5  # some 0.3 s; the margin is for a busy machine
    assert report.ok
    assert 20 <= report["inputs"].checked < report["inputs"].size


def test_the_gradient_of_a_loss_is_checked_with_its_batch_size(x):
    targets = np.random.default_rng(5).normal(size=x.shape)

    def loss(scores):
        return ((scores - targets) ** 2).sum() / len(scores)

    assert check_gradient(loss, x, 2 * (x - targets) / len(x)).ok
    lost = check_gradient(loss, x, 2 * (x - targets), batch=len(x))
    assert lost.cause == "it is multiplied by the batch size 3: is a 1/N lost?"
    assert not check_gradient(lambda scores: np.nan, x, x).ok
