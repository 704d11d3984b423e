"""The oracle of training equals Keras, one step and one evaluation at a time."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.oracles import deep_net, training
from utils import reference

pytestmark = pytest.mark.skipif(not reference.available(), reason="Keras is not installed")


@pytest.fixture
def problem():
    rng = np.random.default_rng(3)
    return deep_net.random_params((4, 6, 3), rng), rng.normal(size=(7, 4)), rng.integers(0, 3, size=7)


def keras_net(params):
    layers = [reference.FCLayer(4, 6), reference.ReLU(), reference.FCLayer(6, 3)]
    for layer, k in ((layers[0], 1), (layers[2], 2)):
        layer.weights, layer.bias = params[f"W{k}"], params[f"b{k}"]
    return layers


def keras_scores(params, images):
    for layer in keras_net(params):
        images = layer.forward(images)
    return images


def keras_loss(keras, tensors, images, labels, w):
    ops = keras.ops
    hidden = ops.relu(ops.matmul(images, tensors["W1"]) + tensors["b1"])
    scores = ops.matmul(hidden, tensors["W2"]) + tensors["b2"]
    each = ops.sparse_categorical_crossentropy(labels, scores, from_logits=True)
    return ops.mean(each) + w * (ops.sum(tensors["W1"] ** 2) + ops.sum(tensors["W2"] ** 2))


@pytest.mark.parametrize("w", [0.0, 0.2])
def test_a_step_is_that_of_keras(problem, w):
    params, images, labels = problem
    keras, tf = reference.import_keras()
    tensors = {name: tf.Variable(value) for name, value in params.items()}
    with tf.GradientTape() as tape:
        loss = keras_loss(keras, tensors, images, labels, w)
    grads = {name: grad.numpy() for name, grad in tape.gradient(loss, tensors).items()}
    expected = reference.SGD(lr=0.3).update(params, grads, 0)
    new, got_loss, _ = training.step(params, images, labels, lr=0.3, w=w)
    np.testing.assert_allclose(got_loss, float(loss), rtol=1e-12)
    for name in params:
        np.testing.assert_allclose(new[name], expected[name], rtol=1e-10)


def test_an_evaluation_is_that_of_keras(problem):
    params, images, labels = problem
    scores = keras_scores(params, images)
    loss, accuracy = training.evaluate(params, images, labels)
    np.testing.assert_allclose(loss, reference.SoftmaxCrossEntropy(3).forward(scores, labels)[0], rtol=1e-12)
    assert accuracy == np.mean(scores.argmax(axis=1) == labels)
    np.testing.assert_array_equal(training.predict(params, images), scores.argmax(axis=1))


def test_a_step_changes_no_argument(problem):
    params, images, labels = problem
    before = {name: value.copy() for name, value in params.items()}
    training.step(params, images, labels, lr=1.0, w=0.1)
    for name, value in before.items():
        np.testing.assert_array_equal(params[name], value)


def test_the_loss_has_the_students_interface(problem):
    params, images, labels = problem
    scores, mine, keras = keras_scores(params, images), training.SoftmaxCrossEntropy(), reference.SoftmaxCrossEntropy(3)
    for got, expected in zip(mine.forward(scores, labels), keras.forward(scores, labels), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-12)
    np.testing.assert_allclose(mine.backward(scores, labels), keras.backward(scores, labels), atol=1e-15)


def test_batches_cut_an_order_and_keep_the_rest():
    assert [b.tolist() for b in training.batches([4, 0, 3, 1, 2], 2)] == [[4, 0], [3, 1], [2]]
    assert [len(b) for b in training.batches(range(8), 4)] == [4, 4]
