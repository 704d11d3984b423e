"""The oracles of the layers of a convolutional net equal Keras and the numeric gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from autograder.oracles import layers

# N, C, F, H, W, window height, window width, stride, pad: strides that do not divide, gaps, overlaps, one position.
SHAPES = [
    (2, 3, 4, 6, 6, 3, 3, 1, 0),
    (1, 2, 3, 7, 5, 2, 3, 2, 1),
    (3, 1, 2, 6, 9, 3, 2, 3, 2),
    (1, 1, 1, 3, 4, 3, 4, 1, 0),
    (2, 2, 1, 8, 7, 2, 2, 3, 0),
    (1, 3, 2, 4, 5, 1, 1, 1, 0),
    (2, 2, 3, 5, 6, 4, 3, 2, 2),
]


def numeric_gradient(f: Callable[[], float], x: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """Central differences of `f()` over every entry of `x`, which `f` reads and which is restored afterwards."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        kept = x[index]
        x[index] = kept + h
        above = f()
        x[index] = kept - h
        below = f()
        x[index] = kept
        gradient[index] = (above - below) / (2 * h)
    return gradient


def spread(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Values of both signs, each at least 0.1 from any other: no maximum changes hands within a numeric step."""
    count = int(np.prod(shape))
    return 0.1 * (rng.permutation(count) - count / 2 + 0.5).reshape(shape)


def last(images: np.ndarray) -> np.ndarray:
    return np.moveaxis(images, 1, -1)


def first(images: object) -> np.ndarray:
    return np.moveaxis(np.asarray(images), -1, 1)


@pytest.fixture
def tf():
    return pytest.importorskip("tensorflow")


@pytest.fixture
def keras(tf):
    return pytest.importorskip("keras")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def convolution_case(rng, shape):
    n, c, f, h, w, kernel_h, kernel_w, stride, pad = shape
    inputs, weights, bias = (
        rng.normal(size=(n, c, h, w)),
        rng.normal(size=(f, c, kernel_h, kernel_w)),
        rng.normal(size=f),
    )
    in_grads = rng.normal(size=layers.convolution_forward(inputs, weights, bias, stride, pad).shape)
    return inputs, weights, bias, in_grads, stride, pad


@pytest.mark.parametrize("shape", SHAPES)
def test_convolution_equals_its_numeric_gradient(shape, rng):
    inputs, weights, bias, in_grads, stride, pad = convolution_case(rng, shape)

    def loss() -> float:
        return float(np.sum(in_grads * layers.convolution_forward(inputs, weights, bias, stride, pad)))

    grads = layers.convolution_backward(in_grads, inputs, weights, stride, pad)
    for got, x in zip(grads, (inputs, weights, bias), strict=True):
        assert np.allclose(got, numeric_gradient(loss, x), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("shape", SHAPES)
def test_convolution_equals_conv2d_of_keras(shape, rng, tf, keras):
    inputs, weights, bias, in_grads, stride, pad = convolution_case(rng, shape)
    conv = keras.layers.Conv2D(len(weights), weights.shape[2:], strides=stride, dtype="float64")
    around = keras.layers.ZeroPadding2D(pad, dtype="float64")
    conv.build((None, None, None, inputs.shape[1]))
    conv.set_weights([weights.transpose(2, 3, 1, 0), bias])
    with tf.GradientTape() as tape:
        x = tf.Variable(last(inputs))
        outputs = conv(around(x))
        loss = tf.reduce_sum(outputs * last(in_grads))
    x_grad, w_grad, b_grad = tape.gradient(loss, [x, conv.kernel.value, conv.bias.value])
    assert np.allclose(layers.convolution_forward(inputs, weights, bias, stride, pad), first(outputs), rtol=1e-12)
    got = layers.convolution_backward(in_grads, inputs, weights, stride, pad)
    assert np.allclose(got[0], first(x_grad), rtol=1e-11, atol=1e-12)
    assert np.allclose(got[1], np.transpose(w_grad, (3, 2, 0, 1)), rtol=1e-11, atol=1e-12)
    assert np.allclose(got[2], b_grad, rtol=1e-11, atol=1e-12)


def test_the_convolution_of_one_image_is_that_of_a_batch_of_one(rng):
    inputs, weights, bias, _, stride, pad = convolution_case(rng, SHAPES[1])
    one = layers.naive_convolution(inputs[0], weights, bias, stride, pad)
    assert np.array_equal(one, layers.convolution_forward(inputs[:1], weights, bias, stride, pad)[0])


def test_a_1x1_convolution_is_a_convolution_with_1x1_kernels(rng):
    image, weights, bias = rng.normal(size=(3, 4, 5)), rng.normal(size=(2, 3)), rng.normal(size=2)
    wide = layers.naive_convolution(image, weights[:, :, None, None], bias)
    assert np.allclose(layers.conv_1x1(image, weights, bias), wide, rtol=1e-13)


def pooling_case(rng, shape, kind):
    n, c, _, h, w, height, width, stride, pad = shape
    inputs = spread(rng, (n, c, h, w)) - (1000 if kind == "max" else 0)  # all negative: the padding must not win
    window = (kind, height, width, stride, min(pad, height - 1, width - 1))
    return inputs, window, rng.normal(size=layers.pooling_forward(inputs, *window).shape)


@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("shape", SHAPES)
def test_pooling_equals_its_numeric_gradient(shape, kind, rng):
    inputs, window, in_grads = pooling_case(rng, shape, kind)

    def loss() -> float:
        return float(np.sum(in_grads * (layers.pooling_forward(inputs, *window) + 1000 * (kind == "max"))))

    got = layers.pooling_backward(in_grads, inputs, *window)
    assert np.allclose(got, numeric_gradient(loss, inputs), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("shape", SHAPES)
def test_pooling_equals_that_of_keras(shape, kind, rng, tf, keras):
    inputs, window, in_grads = pooling_case(rng, shape, kind)
    _, height, width, stride, pad = window
    pool = {"max": keras.layers.MaxPooling2D, "avg": keras.layers.AveragePooling2D}[kind]
    pool = pool((height, width), strides=stride, padding="valid", dtype="float64")
    sides = [[0, 0], [pad, pad], [pad, pad], [0, 0]]
    with tf.GradientTape() as tape:
        x = tf.Variable(last(inputs))
        outputs = pool(tf.pad(x, sides, constant_values=-1e9 if kind == "max" else 0.0))
        loss = tf.reduce_sum(outputs * last(in_grads))
    assert np.allclose(layers.pooling_forward(inputs, *window), first(outputs), rtol=1e-12, atol=1e-12)
    got = layers.pooling_backward(in_grads, inputs, *window)
    assert np.allclose(got, first(tape.gradient(loss, x)), rtol=1e-11, atol=1e-12)


def test_pixels_that_are_equally_large_share_the_gradient():
    inputs = np.array([[[[1.0, 1.0], [0.0, 1.0]]]])
    assert np.allclose(layers.pooling_backward([[[[6.0]]]], inputs, "max", 2, 2, 1), [[[[2, 2], [0, 2]]]])


def test_dropout_equals_keras_on_the_mask_that_keras_drew(tf, keras):
    x = tf.Variable(np.linspace(1, 2, 600).reshape(20, 30))
    with tf.GradientTape() as tape:
        outputs = keras.layers.Dropout(0.3, seed=1, dtype="float64")(x, training=True)
    kept = np.asarray(outputs) != 0
    assert np.allclose(layers.dropout(x, kept, 0.3), outputs, rtol=1e-6)  # Keras keeps the factor as float32
    assert np.allclose(layers.dropout(np.ones_like(kept), kept, 0.3), tape.gradient(outputs, x), rtol=1e-6)
    assert abs(1 - kept.mean() - 0.3) <= layers.dropout_slack(kept.size)


def test_the_slack_of_dropout_is_a_bound_on_the_exact_binomial_tail():
    for count, ratio, failure in [(50, 0.5, 0.1), (200, 0.2, 0.01), (1000, 0.7, 1e-6)]:
        slack = layers.dropout_slack(count, failure)
        dropped = np.arange(count + 1)
        log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, count + 1)))])
        log_choose = log_factorial[-1] - log_factorial - log_factorial[::-1]
        mass = np.exp(log_choose + dropped * np.log(ratio) + (count - dropped) * np.log(1 - ratio))
        assert mass[np.abs(dropped / count - ratio) >= slack].sum() <= failure


def test_relu_equals_keras_and_its_numeric_gradient(rng, keras):
    inputs, in_grads = spread(rng, (3, 2, 4, 5)), rng.normal(size=(3, 2, 4, 5))
    numeric = numeric_gradient(lambda: float(np.sum(in_grads * layers.relu_forward(inputs))), inputs)
    assert np.allclose(layers.relu_backward(in_grads, inputs), numeric, rtol=1e-7, atol=1e-8)
    assert np.array_equal(layers.relu_forward(inputs), keras.ops.relu(inputs))


def test_global_average_pooling_equals_keras_and_its_numeric_gradient(rng, keras):
    inputs, in_grads = rng.normal(size=(3, 2, 4, 5)), rng.normal(size=(3, 2))
    layer = keras.layers.GlobalAveragePooling2D(dtype="float64")
    assert np.allclose(layers.global_average_pooling_forward(inputs), layer(last(inputs)), rtol=1e-12)
    f = layers.global_average_pooling_forward
    numeric = numeric_gradient(lambda: float(np.sum(in_grads * f(inputs))), inputs)
    assert np.allclose(layers.global_average_pooling_backward(in_grads, inputs), numeric, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (1, 6), (3, 2, 2)])
def test_flatten_equals_keras_and_undoes_itself(shape, rng, keras):
    inputs = rng.normal(size=shape)
    rows = layers.flatten_forward(inputs)
    assert np.array_equal(rows, keras.layers.Flatten(dtype="float64")(inputs))
    assert np.array_equal(layers.flatten_backward(rows, inputs), inputs)


def test_no_oracle_changes_its_arguments(rng):
    inputs, weights, bias, in_grads, stride, pad = convolution_case(rng, SHAPES[0])
    pooled = rng.normal(size=(2, 3, 4, 4))
    before = [a.copy() for a in (inputs, weights, bias, in_grads, pooled)]
    layers.convolution_forward(inputs, weights, bias, stride, pad)
    layers.convolution_backward(in_grads, inputs, weights, stride, pad)
    layers.pooling_forward(inputs, "max", 3, 3, 1)
    layers.pooling_backward(pooled, inputs, "max", 3, 3, 1)[...] = 7
    layers.relu_forward(inputs)[...] = 7
    layers.flatten_forward(inputs)[...] = 7
    layers.global_average_pooling_backward(pooled[:, :, 0, 0], inputs)[...] = 7
    assert all(np.array_equal(a, b) for a, b in zip((inputs, weights, bias, in_grads, pooled), before, strict=True))
