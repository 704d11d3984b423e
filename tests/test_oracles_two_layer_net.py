"""The oracle nets of assignment 2 equal Keras in float64 and their own numeric gradient."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.oracles import two_layer_net as oracle
from autograder.oracles.shadow_net import Shadow, Steady

SHAPES = [(1, 2, 3, 2), (5, 4, 10, 3), (7, 6, 1, 5)]


def a_net(seed: int, D: int, H: int, C: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def a_batch(seed: int, N: int, D: int, C: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed + 100)
    return rng.normal(size=(N, D)), rng.integers(0, C, size=N)


def keras_loss_and_gradients(kind, X, y, params, reg):
    """The same net as a Keras model: scores, loss and gradients, all float64 NumPy."""
    keras = pytest.importorskip("keras")
    tf = pytest.importorskip("tensorflow")
    (D, H), C = params["W1"].shape, len(params["b2"])
    hidden = keras.layers.Dense(H, activation=kind, dtype="float64")
    output = keras.layers.Dense(C, dtype="float64")
    model = keras.Sequential([keras.Input((D,), dtype="float64"), hidden, output])
    hidden.set_weights([params["W1"], params["b1"]])
    output.set_weights([params["W2"], params["b2"]])
    with tf.GradientTape() as tape:
        scores = model(X)
        if kind == "relu":
            data_loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, scores, from_logits=True))
        else:  # Keras averages over the classes too: times C
            targets = oracle.one_hot(y, C)
            data_loss = tf.reduce_mean(keras.losses.mean_squared_error(targets, scores)) * C
        # keras.regularizers.L2 keeps its factor in float32 (off by 3e-9), so the penalty is written out
        loss = data_loss + reg * (tf.reduce_sum(hidden.kernel**2) + tf.reduce_sum(output.kernel**2))
    grads = tape.gradient(loss, model.trainable_variables)
    return scores.numpy(), float(loss), dict(zip(("W1", "b1", "W2", "b2"), (g.numpy() for g in grads), strict=True))


@pytest.mark.parametrize("kind", ["relu", "sigmoid"])
@pytest.mark.parametrize("shape", SHAPES)
def test_scores_loss_and_gradients_equal_keras(kind, shape):
    N, D, H, C = shape
    params, (X, y) = a_net(0, D, H, C), a_batch(0, N, D, C)
    scores, loss, grads = keras_loss_and_gradients(kind, X, y, params, reg=0.3)
    got_loss, got_grads = oracle.loss(X, y, params, 0.3, kind=kind)
    np.testing.assert_allclose(oracle.forward(X, params, kind=kind)[1], scores, rtol=1e-12, atol=1e-12)
    assert got_loss == pytest.approx(loss, rel=1e-12)
    for name in params:  # two float64 computations in another order: 1e-13 measured
        np.testing.assert_allclose(got_grads[name], grads[name], rtol=1e-10, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("kind", ["relu", "sigmoid"])
@pytest.mark.parametrize("shape", SHAPES)
def test_gradients_equal_the_numeric_gradient(kind, shape):
    N, D, H, C = shape
    params, (X, y), h = a_net(1, D, H, C), a_batch(1, N, D, C), 1e-5
    _, grads = oracle.loss(X, y, params, 0.2, kind=kind)
    for name, value in params.items():
        numeric = np.zeros_like(value)
        for index in np.ndindex(value.shape):
            kept = value[index]
            value[index] = kept + h
            above = oracle.loss(X, y, params, 0.2, kind=kind)[0]
            value[index] = kept - h
            below = oracle.loss(X, y, params, 0.2, kind=kind)[0]
            value[index] = kept
            numeric[index] = (above - below) / (2 * h)
        np.testing.assert_allclose(grads[name], numeric, rtol=1e-7, atol=1e-8, err_msg=name)


def test_the_loss_of_scores_of_a_thousand_is_exact():
    scores, params = np.array([[1000.0, -1000.0, 0.0]]), a_net(2, 4, 3, 3)
    assert oracle.objective(scores, np.array([0]), params, 0.0) == 0.0
    assert oracle.objective(scores, np.array([1]), params, 0.0) == 2000.0


def test_a_step_returns_new_parameters_and_leaves_the_old_alone():
    params = a_net(3, 4, 3, 2)
    before = {name: value.copy() for name, value in params.items()}
    after = oracle.step(params, params, 0.1)
    for name in params:
        np.testing.assert_array_equal(params[name], before[name])
        np.testing.assert_allclose(after[name], 0.9 * before[name])


def test_gradient_descent_solves_the_toy_problem():
    (X, y), params = a_batch(4, 5, 4, 3), {k: 0.1 * v for k, v in a_net(4, 4, 10, 3).items()}
    first = oracle.loss(X, y, params)[0]
    for _ in range(300):
        params = oracle.step(params, oracle.loss(X, y, params)[1], 0.5)
    assert oracle.loss(X, y, params)[0] < 0.05 < first
    np.testing.assert_array_equal(oracle.predict(X, params), y)


def test_a_shadow_goes_where_gradient_descent_goes():
    (X, y), params = a_batch(5, 8, 4, 3), a_net(5, 4, 6, 3)
    shadow, expected = Shadow(params), params
    assert shadow.start(X, y, learning_rate=0.1) == params
    for rows in ([0, 3], [7, 7], [2, 5]):
        number, grads = oracle.loss(X[rows], y[rows], expected, 0.2)
        got_number, got_grads = shadow.loss(X[rows], y[rows], 0.2)
        assert got_number == number
        expected = oracle.step(expected, grads, 0.1)
        for name in params:
            np.testing.assert_array_equal(got_grads[name], grads[name])
            np.testing.assert_array_equal(shadow.params[name], expected[name])
    assert [shadow.rows_of(batch) for batch in shadow.batches] == [[0, 3], [7, 7], [2, 5]]
    right = np.mean(oracle.predict(X, expected) == y)
    assert shadow.accuracies((2, 9), X, y) == [right]
    assert shadow.accuracies_on_batches((2,), as_drawn=True) == shadow.accuracies_on_batches((2,), as_drawn=False)


def test_a_shadow_takes_no_step_for_scores_nor_for_other_images():
    (X, y), (X_val, y_val) = a_batch(6, 8, 4, 3), a_batch(7, 5, 4, 3)
    shadow = Shadow(a_net(6, 4, 6, 3))
    shadow.start(X, y, learning_rate=0.1)
    shadow.loss(X[:2], y[:2])
    before = shadow.params
    np.testing.assert_array_equal(shadow.loss(X), shadow.forward(X)[1])
    assert shadow.loss(X_val, y_val)[0] == oracle.loss(X_val, y_val, before)[0]
    assert shadow.params is before
    assert shadow.rows_of((X_val, y_val)) == [None] * 5
    assert shadow.has_right_labels((X[:3], y[:3]))
    assert not shadow.has_right_labels((X[:3], y[:3] + 1))


def test_a_steady_net_gives_its_losses_in_turn_and_ones_for_gradients():
    (X, y), params = a_batch(8, 4, 3, 2), a_net(8, 3, 5, 2)
    net = Steady(params, X, [3.0, 2.0])
    numbers = [net.loss(X[:2], y[:2])[0], net.loss(X + 1, y)[0], net.loss(X[2:], y[2:])[0], net.loss(X, y)[0]]
    assert numbers == [3.0, 0.0, 2.0, 0.0]
    assert {name: grad.sum() for name, grad in net.loss(X, y)[1].items()} == {"W1": 15, "b1": 5, "W2": 10, "b2": 2}
