"""The oracles of assignment 3 are Keras's optimizers and numeric gradients, and so are the given optimizers of its notebook."""

from __future__ import annotations

import numpy as np
import pytest

from autograder import classroom
from autograder.oracles import deep_net, optimizers
from utils import reference
from utils.gradients import eval_numerical_gradient

needs_keras = pytest.mark.skipif(not reference.available(), reason="Keras is not installed")

# Keras runs in float64 here: the largest difference measured was 3e-15 of a step.
SAME = 1e-12
SHAPES = {"W": (3, 4), "b": (4,), "filters": (2, 1, 3, 2)}


def halved(lr: float, iteration: int) -> float:
    return lr * 0.5**iteration


def walk(optimizer, other, *, steps: int = 6) -> float:
    """The largest difference between two optimizers that take the same steps, each on its own parameters."""
    rng = np.random.default_rng(0)
    mine = theirs = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}
    worst = 0.0
    for iteration in range(steps):
        grads = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}
        mine, theirs = optimizer.update(mine, grads, iteration), other.update(theirs, grads, iteration)
        worst = max(worst, *(np.abs(mine[name] - theirs[name]).max() for name in SHAPES))
    return worst


@needs_keras
def name_of(value) -> str:
    """A test's name without addresses: settings by their words, everything else as it prints."""
    if not isinstance(value, dict):
        return str(value)
    return " ".join(f"{key}={getattr(v, '__name__', v)}" for key, v in value.items()) or "plain"


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"momentum": 0.9},
        {"momentum": 0.7, "nesterov": True},
        {"momentum": 0.5, "decay": 0.3},
        {"scheduler_func": halved},
        {"decay": 0.2, "scheduler_func": halved, "momentum": 0.9, "nesterov": True},
    ],
    ids=name_of,
)
def test_sgd_is_that_of_keras(settings):
    assert walk(optimizers.SGD(lr=0.1, **settings), reference.SGD(lr=0.1, **settings)) < SAME


@needs_keras
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"beta_1": 0.7, "beta_2": 0.95},
        {"epsilon": 0.1},
        {"bias_correction": False, "epsilon": 0.01},
        {"decay": 0.3},
        {"scheduler_func": halved, "epsilon": 1.0},
    ],
    ids=name_of,
)
def test_adam_is_that_of_keras_with_the_epsilon_of_the_paper(settings):
    assert walk(optimizers.Adam(lr=0.1, **settings), reference.Adam(lr=0.1, **settings)) < SAME


@needs_keras
def test_the_epsilon_of_keras_is_another_one():
    paper = optimizers.Adam(lr=0.1, epsilon=0.1)
    assert walk(paper, reference.Adam(lr=0.1, epsilon=0.1, keras_epsilon=True)) > 1e-2


def test_decay_does_not_compound():
    sgd = optimizers.SGD(lr=1.0, decay=1.0)
    steps = [-sgd.update({"w": np.zeros(1)}, {"w": np.ones(1)}, iteration)["w"].item() for iteration in range(4)]
    assert steps == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])
    assert sgd.lr == 1.0


def test_the_oracles_change_no_argument_and_make_new_arrays():
    for optimizer in (optimizers.SGD(momentum=0.9), optimizers.Adam()):
        params, grads = {"w": np.ones(3)}, {"w": np.full(3, 2.0)}
        new = optimizer.update(params, grads, 0)
        assert np.array_equal(params["w"], np.ones(3)) and np.array_equal(grads["w"], np.full(3, 2.0))
        assert not np.shares_memory(new["w"], params["w"])


def some_net(sizes):
    rng = np.random.default_rng(sum(sizes))
    return deep_net.random_params(sizes, rng), rng.normal(size=(5, sizes[0])), rng.integers(sizes[-1], size=5)


DEPTHS = [(4, 3), (4, 6, 3), (5, 4, 6, 2), (4, 5, 5, 6, 3)]


@needs_keras
@pytest.mark.parametrize(
    "sizes",
    DEPTHS,
    ids=name_of,
)
def test_scores_and_loss_are_those_of_keras(sizes):
    params, x, y = some_net(sizes)
    hidden = x
    for layer in range(1, len(sizes)):
        dense = reference.FCLayer(*params[f"W{layer}"].shape)
        dense.weights, dense.bias = params[f"W{layer}"], params[f"b{layer}"]
        scores = dense.forward(hidden)
        hidden = reference.ReLU().forward(scores)
    assert np.abs(deep_net.forward(params, x) - scores).max() < SAME
    loss, _ = reference.SoftmaxCrossEntropy(sizes[-1]).forward(scores, y)
    assert deep_net.loss(params, x, y, 0.0) == pytest.approx(loss, rel=SAME)


@pytest.mark.parametrize("reg", [0.0, 0.3])
@pytest.mark.parametrize(
    "sizes",
    DEPTHS,
    ids=name_of,
)
def test_gradients_are_the_numeric_ones(sizes, reg):
    params, x, y = some_net(sizes)
    grads = deep_net.gradients(params, x, y, reg)
    assert sorted(grads) == sorted(params)
    for name, value in params.items():
        numeric = eval_numerical_gradient(lambda _: deep_net.loss(params, x, y, reg), value)
        # central differences with h = 1e-5 were off by 2e-10 at most
        assert np.abs(grads[name] - numeric).max() < 1e-8, name


def test_the_penalty_leaves_biases_out():
    params, x, y = some_net((4, 6, 3))
    penalty = deep_net.loss(params, x, y, 1.0) - deep_net.loss(params, x, y, 0.0)
    assert penalty == pytest.approx(np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))


def test_scores_of_a_thousand_are_no_problem():
    params = {"W1": np.array([[1000.0, -1000.0]]), "b1": np.zeros(2)}
    assert deep_net.loss(params, np.ones((1, 1)), np.array([1]), 0.0) == 2000.0
    assert deep_net.gradients(params, np.ones((1, 1)), np.array([1]), 0.0)["b1"].tolist() == [1.0, -1.0]


@needs_keras
@pytest.mark.parametrize("name", ["RMSprop", "Adagrad"])
def test_the_worked_examples_of_the_notebook_are_those_of_keras(name):
    import keras

    given = classroom.namespace("optimizers")[name](lr=0.1, epsilon=1e-14)
    settings = {"initial_accumulator_value": 0.0} if name == "Adagrad" else {}
    theirs = getattr(keras.optimizers, name)(0.1, epsilon=1e-14, **settings)
    rng = np.random.default_rng(0)
    params = {"w": rng.normal(size=(3, 2))}
    variable = keras.Variable(params["w"], dtype="float64")
    theirs.build([variable])
    for iteration in range(5):
        grads = {"w": rng.normal(size=(3, 2))}
        params = given.update(params, grads, iteration)
        theirs.apply([keras.ops.convert_to_tensor(grads["w"])], [variable])
    # Keras keeps its learning rate as a float32: 0.1 is off by 1.5e-8 there
    assert np.abs(params["w"] - variable.numpy()).max() < 1e-6


def test_adam_ends_with_whatever_it_is_called():
    """It stands in for a student's, and his code chooses its arguments: a power of integers of this size takes hours."""
    params = {"w": np.ones(2)}
    with pytest.raises(OverflowError):
        optimizers.Adam(beta_1=10**6).update(params, params, 10**9)
