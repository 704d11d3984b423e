"""The oracles of the losses equal Keras and the numeric gradient, also for scores of +-1000."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.oracles import losses
from utils.gradients import eval_numerical_gradient

SHAPES = [(1, 1), (1, 4), (5, 2), (3, 3), (4, 7)]  # (N, C)


@pytest.mark.parametrize("shape", SHAPES)
def test_squared_error_equals_its_numeric_gradient(shape):
    rng = np.random.default_rng(0)
    scores, weights = rng.normal(size=shape), rng.normal(size=(3, 2))
    targets = np.eye(shape[1])[rng.integers(shape[1], size=shape[0])]
    _, scores_grad, weights_grad = losses.mse_loss(scores, targets, weights, 0.3)

    def loss(_: object = None) -> float:
        return losses.mse_loss(scores, targets, weights, 0.3)[0]

    assert np.allclose(scores_grad, eval_numerical_gradient(loss, scores), rtol=1e-8, atol=1e-9)
    assert np.allclose(weights_grad, eval_numerical_gradient(loss, weights), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_squared_error_equals_keras(shape):
    keras = pytest.importorskip("keras")
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(1)
    reg = 0.25  # Keras keeps it as float32: a value that is exact there
    scores, weights = tf.Variable(rng.normal(size=shape)), tf.Variable(rng.normal(size=(3, 2)))
    targets = np.eye(shape[1])[rng.integers(shape[1], size=shape[0])]
    with tf.GradientTape() as tape:
        # Keras averages over the classes too: times C is the sum that the course uses.
        data = keras.losses.MeanSquaredError(dtype="float64")(targets, scores) * shape[1]
        expected = data + reg * tf.reduce_sum(weights**2)
    penalty = keras.regularizers.L2(reg)(tf.cast(weights, "float32"))
    got = losses.mse_loss(scores.numpy(), targets, weights.numpy(), reg)
    assert got[0] == pytest.approx(float(expected), rel=1e-12)
    assert losses.l2_penalty(weights.numpy(), reg)[0] == pytest.approx(float(penalty), rel=1e-6)
    for gradient, right in zip(got[1:], tape.gradient(expected, [scores, weights]), strict=True):
        assert np.allclose(gradient, right, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_softmax_cross_entropy_equals_its_numeric_gradient(shape):
    rng = np.random.default_rng(2)
    scores, labels = rng.normal(size=shape), rng.integers(shape[1], size=shape[0])

    def loss(_: object = None) -> float:
        return losses.softmax_cross_entropy(scores, labels)[0]

    got = losses.softmax_cross_entropy_gradient(scores, labels)
    assert np.allclose(got, eval_numerical_gradient(loss, scores), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES[1:])  # Keras warns of a softmax over one class
@pytest.mark.parametrize("size", [1.0, 30.0, 1000.0])
def test_softmax_cross_entropy_equals_keras(shape, size):
    keras = pytest.importorskip("keras")
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(3)
    scores, labels = size * rng.normal(size=shape), rng.integers(shape[1], size=shape[0])
    with tf.GradientTape() as tape:
        x = tf.Variable(scores)
        expected = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")(labels, x)
    loss, probabilities = losses.softmax_cross_entropy(scores, labels)
    assert loss == pytest.approx(float(expected), rel=1e-12)
    assert np.allclose(probabilities, keras.ops.softmax(scores), rtol=1e-12, atol=1e-12)
    gradient = losses.softmax_cross_entropy_gradient(scores, labels)
    assert np.allclose(gradient, tape.gradient(expected, x), rtol=1e-12, atol=1e-12)


def test_scores_of_a_thousand_give_the_exact_loss_and_no_nan():
    scores = np.array([[1000.0, -1000.0, 0.0], [-1000.0, -1000.0, -1000.0], [1000.0, 1000.0, 1000.0]])
    loss, probabilities = losses.softmax_cross_entropy(scores, [1, 0, 2])
    assert loss == pytest.approx((2000.0 + 2 * np.log(3.0)) / 3, rel=1e-14)
    assert np.allclose(probabilities, [[1, 0, 0], [1 / 3] * 3, [1 / 3] * 3], rtol=1e-14)
    assert np.all(np.isfinite(losses.softmax_cross_entropy_gradient(scores, [1, 0, 2])))


def test_integers_and_float32_are_taken_as_float64():
    scores = np.array([[3, -1, 2], [0, 5, 1]])
    for given in (scores, scores.astype(np.float32)):
        assert losses.softmax(given).dtype == np.float64
        assert np.array_equal(losses.softmax(given), losses.softmax(scores.astype(float)))
        assert losses.mse_loss(given, given * 0, given, 1)[0] == pytest.approx(40 / 2 + 40)
