"""The rows of the benchmark of layers: each step as the source solutions take it, and as Keras does; it times nothing.

Keras's side is compiled (`tf.function`) and has its images channels last, as it likes them; ours has them channels first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.classroom import namespace
from utils.keras_backend import import_keras

Arrays = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Case:
    """One row: what is computed, by us and by Keras."""

    what: str
    ours: Callable[[], Arrays]
    keras: Callable[[], Any]
    read: Callable[[Any], Arrays]  # what Keras's side returned, in our order of axes; not timed


def cases() -> Iterator[Case]:
    """All rows of the table."""
    course = namespace("conv-layers")
    for images, filters, size, stride, pad in CONVOLUTIONS:
        yield _convolution(course["Convolution"], images, filters, size, stride, pad)
    for kind, images, size, stride in POOLINGS:
        yield _pooling(course["Pooling"], kind, images, size, stride)
    yield _mnist_net(course)
    optimizers, arrays = namespace("optimizers"), _draw((3072, 120), (120,), (120, 120), (120,), (120, 10), (10,))
    keras, _ = import_keras()
    yield _update("SGD, momentum 0.9", optimizers["SGD"](0.01, 0.9), keras.optimizers.SGD(0.01, 0.9), arrays)
    yield _update("Adam", optimizers["Adam"](epsilon=0.0), keras.optimizers.Adam(epsilon=0.0), arrays)


# images (N, C, H, W), filters, side of a window, stride, pad
CONVOLUTIONS = (
    ((32, 3, 32, 32), 32, 5, 1, 2),  # the one that the notebook measures
    ((32, 3, 32, 32), 16, 3, 1, 1),
    ((30, 6, 26, 26), 16, 3, 1, 0),  # the second of MNISTNet
    ((32, 32, 32, 32), 32, 3, 1, 1),
    ((32, 64, 16, 16), 64, 3, 1, 1),
    ((32, 32, 32, 32), 64, 3, 2, 1),
)
# kind, images (N, C, H, W), side of a window, stride
POOLINGS = (
    ("max", (32, 32, 32, 32), 2, 2),
    ("avg", (32, 32, 32, 32), 2, 2),
    ("max", (32, 32, 32, 32), 3, 2),  # the windows overlap
)


def _convolution(layer_class: Any, shape: tuple[int, ...], filters: int, size: int, stride: int, pad: int) -> Case:
    """Forward, and backward to inputs, weights and bias."""
    keras, tf = import_keras()
    sizes = {"kernel_h": size, "kernel_w": size, "stride": stride, "pad": pad}
    layer = layer_class({**sizes, "in_channel": shape[1], "out_channel": filters})
    layer.weights, layer.bias = layer.weights.astype(np.float32), layer.bias.astype(np.float32)
    (images,) = _draw(shape)
    (grads,) = _draw(layer.forward(images).shape)
    twin = keras.layers.Conv2D(filters, size, strides=stride)
    padding = keras.layers.ZeroPadding2D(pad)
    if 2 * pad == size - 1 and stride == 1:  # Keras's own padding is the faster one, where it is the same
        twin, padding = keras.layers.Conv2D(filters, size, padding="same"), keras.layers.Identity()
    twin.build((None, None, None, shape[1]))
    twin.set_weights([layer.weights.transpose(2, 3, 1, 0), layer.bias])
    x, g = (tf.constant(_last(array)) for array in (images, grads))

    @tf.function
    def theirs() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            outputs = twin(padding(x))
        return outputs, *tape.gradient(outputs, [x, *twin.trainable_weights], g)

    def ours() -> Arrays:
        return layer.forward(images), layer.backward(grads, images), layer.w_grad, layer.b_grad

    def read(tensors: Any) -> Arrays:
        outputs, x_grad, w_grad, b_grad = (tensor.numpy() for tensor in tensors)
        return _first(outputs), _first(x_grad), w_grad.transpose(3, 2, 0, 1), b_grad

    images_text = f"{shape[0]} images {shape[1]}×{shape[2]}×{shape[3]}"
    what = f"convolution {size}×{size}, {filters} filters" + (f", stride {stride}" if stride > 1 else "")
    return Case(f"{what}, on {images_text}", ours, theirs, read)


def _pooling(layer_class: Any, kind: str, shape: tuple[int, ...], size: int, stride: int) -> Case:
    """Forward and backward."""
    keras, tf = import_keras()
    params = {"pool_type": kind, "pool_height": size, "pool_width": size, "stride": stride, "pad": 0}
    layer = layer_class(params)
    (images,) = _draw(shape)
    (grads,) = _draw(layer.forward(images).shape)
    twin = (keras.layers.MaxPooling2D if kind == "max" else keras.layers.AveragePooling2D)(size, strides=stride)
    x, g = (tf.constant(_last(array)) for array in (images, grads))

    @tf.function
    def theirs() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            outputs = twin(x)
        return outputs, tape.gradient(outputs, x, g)

    return Case(
        f"{kind} pooling {size}×{size}, stride {stride}, on {shape[0]} images {shape[1]}×{shape[2]}×{shape[3]}",
        lambda: (layer.forward(images), layer.backward(grads, images)),
        theirs,
        lambda tensors: tuple(_first(tensor.numpy()) for tensor in tensors),
    )


def _mnist_net(course: dict[str, Any]) -> Case:
    """The whole training step of `MNISTNet` on a batch of 30, dropout and Adam included; the results are random."""
    keras, tf = import_keras()
    names = namespace("train-a-cnn")
    pieces = ("Convolution", "ReLU", "Pooling", "Dropout", "Flatten")
    names.update({name: course[name] for name in pieces})
    names.update({name: namespace("linear-classifier")[name] for name in ("FCLayer", "SoftmaxCrossEntropy")})
    net = names["MNISTNet"]()
    net.compile(namespace("optimizers")["Adam"](), names["SoftmaxCrossEntropy"](10), names["L2"](1e-3))
    net.set_params({name: value.astype(np.float32) for name, value in net.params().items()})
    (images,), labels = _draw((30, 1, 28, 28)), np.arange(30) % 10
    penalty = keras.regularizers.L2(1e-3)
    twin = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(6, 3, activation="relu", kernel_regularizer=penalty),
            keras.layers.Conv2D(16, 3, activation="relu", kernel_regularizer=penalty),
            keras.layers.MaxPooling2D(2),
            keras.layers.Dropout(0.25),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu", kernel_regularizer=penalty),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(10, kernel_regularizer=penalty),
        ]
    )
    loss, adam = keras.losses.SparseCategoricalCrossentropy(from_logits=True), keras.optimizers.Adam()
    adam.build(twin.trainable_variables)
    x, y = tf.constant(_last(images)), tf.constant(labels)

    @tf.function
    def theirs() -> Any:
        with tf.GradientTape() as tape:
            scores = twin(x, training=True)
            value = loss(y, scores) + tf.add_n(twin.losses)
        weights = twin.trainable_variables
        adam.apply(tape.gradient(value, weights), weights)
        return value, tf.reduce_mean(tf.cast(tf.argmax(scores, axis=1) == y, tf.float32))

    net.train_step(images, labels)
    if any(value.dtype != np.float32 for value in net.params().values()):
        raise RuntimeError("a step of ours does not stay in float32: the comparison would not be fair")

    def ours() -> Arrays:
        net.train_step(images, labels)
        return ()

    return Case("training step of MNISTNet, batch of 30", ours, theirs, lambda _: ())


def _update(name: str, optimizer: Any, twin: Any, arrays: list[np.ndarray]) -> Case:
    """One update of all parameters of a net; both sides go on from where they are, so they agree at every step."""
    keras, tf = import_keras()
    params, steps = {str(k): array for k, array in enumerate(arrays)}, itertools.count()
    grads = {key: value * np.float32(0.1) for key, value in params.items()}
    variables = [keras.Variable(array) for array in arrays]
    twin.build(variables)
    tensors = [tf.constant(grad) for grad in grads.values()]

    @tf.function
    def theirs() -> None:
        twin.apply(tensors, variables)

    def ours() -> Arrays:
        params.update(optimizer.update(params, grads, next(steps)))
        return tuple(params.values())

    def read(_: Any) -> Arrays:
        return tuple(variable.value.numpy() for variable in variables)

    return Case(f"{name}, {sum(array.size for array in arrays):,} parameters", ours, theirs, read)


def _draw(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape, dtype=np.float32) for shape in shapes]


def _last(images: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(images.transpose(0, 2, 3, 1))


def _first(images: np.ndarray) -> np.ndarray:
    return images.transpose(0, 3, 1, 2)
