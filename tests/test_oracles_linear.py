"""The oracles of accuracy, the fully connected layer and gradient descent equal Keras and the numeric gradient."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.oracles import linear, losses
from utils.gradients import eval_numerical_gradient

SHAPES = [(1, 1, 1), (1, 4, 3), (5, 3, 2), (3, 3, 3), (4, 2, 6)]  # (N, D, C)


def test_accuracy_is_that_of_a_hand_worked_example():
    scores = np.array([[-3.0, -1.0, -2.0], [5.0, 0.0, 1.0], [0.0, 0.1, 0.2], [7.0, 8.0, 6.0]])
    assert linear.accuracy(np.array([1, 0, 1, 2]), scores) == 0.5
    assert linear.accuracy(np.eye(3)[[1, 0, 1, 2]], scores) == 0.5
    assert linear.accuracy(np.array([1, 0, 2, 1], dtype=np.uint8), scores) == 1.0
    assert linear.accuracy(np.array([0]), scores[:1]) == 0.0


def test_one_hot_and_class_ids_undo_each_other():
    labels = np.random.default_rng(0).integers(4, size=9)
    assert np.array_equal(linear.class_ids(linear.one_hot(labels, 4)), labels)
    assert np.array_equal(linear.one_hot(labels, 4), np.eye(4)[labels])


@pytest.mark.parametrize("shape", SHAPES)
def test_the_layer_equals_its_numeric_gradient(shape):
    rng = np.random.default_rng(1)
    examples, features, outputs = shape
    inputs, in_grads = rng.normal(size=(examples, features)), rng.normal(size=(examples, outputs))
    layer = linear.FCLayer(rng.normal(size=(features, outputs)), rng.normal(size=outputs))
    got = layer.backward(in_grads, inputs)

    def loss(_: object = None) -> float:
        return float(np.sum(in_grads * layer.forward(inputs)))

    assert np.allclose(got, eval_numerical_gradient(loss, inputs), rtol=1e-8, atol=1e-9)
    assert np.allclose(layer.w_grad, eval_numerical_gradient(loss, layer.weights), rtol=1e-8, atol=1e-9)
    assert np.allclose(layer.b_grad, eval_numerical_gradient(loss, layer.bias), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_layer_equals_dense_of_keras(shape):
    keras = pytest.importorskip("keras")
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(2)
    examples, features, outputs = shape
    inputs, in_grads = rng.normal(size=(examples, features)), rng.normal(size=(examples, outputs))
    layer = linear.FCLayer(rng.normal(size=(features, outputs)), rng.normal(size=outputs))
    dense = keras.layers.Dense(outputs, dtype="float64")
    dense.build(inputs.shape)
    dense.set_weights([layer.weights, layer.bias])
    with tf.GradientTape() as tape:
        x = tf.Variable(inputs)
        loss = tf.reduce_sum(dense(x) * in_grads)
    x_grad, w_grad, b_grad = tape.gradient(loss, [x, dense.kernel.value, dense.bias.value])
    assert np.allclose(layer.forward(inputs), dense(inputs), rtol=1e-12, atol=1e-12)
    assert np.allclose(layer.backward(in_grads, inputs), x_grad, rtol=1e-12, atol=1e-12)
    assert np.allclose(layer.w_grad, w_grad, rtol=1e-12, atol=1e-12)
    assert np.allclose(layer.b_grad, b_grad, rtol=1e-12, atol=1e-12)


def toy(rng: np.random.Generator) -> tuple[linear.FCLayer, linear.Split, linear.Split]:
    layer = linear.FCLayer(rng.normal(size=(3, 4)), rng.normal(size=4))
    train = rng.normal(size=(7, 3)), rng.integers(4, size=7)
    test = rng.normal(size=(5, 3)), rng.integers(4, size=5)
    return layer, train, test


def test_one_step_of_gradient_descent_goes_down_the_numeric_gradient_of_the_whole_loss():
    layer, train, test = toy(np.random.default_rng(3))
    weights, bias = layer.weights, layer.bias
    targets = linear.one_hot(train[1], 4)
    twin = linear.FCLayer(weights, bias)

    def loss(_: object = None) -> float:
        return losses.mse_loss(twin.forward(train[0]), targets, twin.weights, 0.3)[0]

    before = loss()
    w_grad, b_grad = eval_numerical_gradient(loss, twin.weights), eval_numerical_gradient(loss, twin.bias)
    history = linear.gradient_descent(layer, losses.mse_loss, train, test, lr=0.1, lr_decay=0.5, reg=0.3, epochs=1)
    assert np.allclose(layer.weights, weights - 0.1 * w_grad, rtol=1e-8, atol=1e-9)
    assert np.allclose(layer.bias, bias - 0.1 * b_grad, rtol=1e-8, atol=1e-9)
    assert history["loss"] == [before]
    assert history["test_accuracy"] == [linear.accuracy(test[1], layer.forward(test[0]))]


def test_gradient_descent_equals_sgd_of_keras():
    keras = pytest.importorskip("keras")
    tf = pytest.importorskip("tensorflow")
    layer, train, test = toy(np.random.default_rng(4))
    w, b = tf.Variable(layer.weights), tf.Variable(layer.bias)
    targets = linear.one_hot(train[1], 4)
    expected = []
    optimizer = keras.optimizers.SGD()
    for epoch in range(4):
        with tf.GradientTape() as tape:
            scores = train[0] @ w + b
            data = tf.reduce_mean(tf.reduce_sum((scores - targets) ** 2, axis=1))
            loss = data + keras.regularizers.L2(0.2)(w)
        expected.append(float(loss))
        optimizer.learning_rate = 0.1 * 0.5**epoch
        optimizer.apply_gradients(zip(tape.gradient(loss, [w, b]), [w, b], strict=True))
    history = linear.gradient_descent(layer, losses.mse_loss, train, test, lr=0.1, lr_decay=0.5, reg=0.2, epochs=4)
    # Keras keeps the rate as float32: 6e-8 relative is all that may differ.
    assert np.allclose(history["loss"], expected, rtol=1e-6)
    assert np.allclose(layer.weights, w.numpy(), rtol=1e-6)
    assert np.allclose(layer.bias, b.numpy(), rtol=1e-6)
    assert history["lr"] == [0.1, 0.05, 0.025, 0.0125]


def test_gradient_descent_leaves_data_as_they_are_and_learns():
    layer, train, test = toy(np.random.default_rng(5))
    copies = [a.copy() for a in (*train, *test)]
    history = linear.gradient_descent(layer, losses.mse_loss, train, test, lr=0.05, lr_decay=1.0, reg=0.0, epochs=30)
    assert all(np.array_equal(a, b) for a, b in zip((*train, *test), copies, strict=True))
    assert all(later < earlier for earlier, later in zip(history["loss"], history["loss"][1:], strict=False))
