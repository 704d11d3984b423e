"""Layers, losses and optimizers that Keras computes, with the students' interface: to compare with and to stand in.

It derives nothing by hand: forward is `keras.ops`, backward is `tf.GradientTape`, updates are `keras.optimizers`. Images
are (N, C, H, W) outside and channels last inside, because TensorFlow has no other convolution on a CPU. Results are
float64. Keras is imported when something is first computed; where it is missing, that raises `KerasMissing`.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from utils.keras_backend import KerasMissing, available, import_keras
from utils.layers import Gaussian, Initializer
from utils.reference_optimizers import SGD, Adam

__all__ = [
    "SGD",
    "Adam",
    "Convolution",
    "Dropout",
    "FCLayer",
    "Flatten",
    "GlobalAveragePooling",
    "KerasMissing",
    "MeanSquaredError",
    "Pooling",
    "ReLU",
    "SoftmaxCrossEntropy",
    "available",
    "import_keras",
]


class _Layer:
    """A layer is its formula: `_output(ops, x, *parameters)` on tensors. Everything else follows from it."""

    _parameters: tuple[tuple[str, str], ...] = ()  # pairs of attributes: the parameter, its gradient

    def _output(self, ops: Any, x: Any, *parameters: Any) -> Any:
        raise TypeError(f"{type(self).__name__} has no formula")

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """Return the output for a batch."""
        keras, tf = import_keras()
        parameters = [_tensor(tf, getattr(self, name)) for name, _ in self._parameters]
        return self._output(keras.ops, _tensor(tf, inputs), *parameters).numpy()

    def backward(self, in_grads: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """Return the gradient of the inputs; store those of the parameters. `in_grads` has the shape of the output."""
        keras, tf = import_keras()
        tensors = [_tensor(tf, inputs)] + [_tensor(tf, getattr(self, name)) for name, _ in self._parameters]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            output = self._output(keras.ops, *tensors)
        if tuple(output.shape) != np.shape(in_grads):
            raise ValueError(f"in_grads has shape {np.shape(in_grads)}, the output has {tuple(output.shape)}")
        grads = tape.gradient(output, tensors, output_gradients=_tensor(tf, in_grads))
        for (_, stored), grad in zip(self._parameters, grads[1:], strict=True):
            setattr(self, stored, grad.numpy())
        return grads[0].numpy()


class Convolution(_Layer):
    """A convolution: inputs (N, in_channel, H, W) to (N, out_channel, H', W').

    weights (out_channel, in_channel, kernel_h, kernel_w), bias (out_channel,); `pad` zeros on each side;
    H' = floor((H + 2 pad - kernel_h) / stride) + 1, and W' likewise.
    """

    _parameters = (("weights", "w_grad"), ("bias", "b_grad"))

    def __init__(self, conv_params: Mapping[str, int], initializer: Initializer | None = None) -> None:
        self.conv_params = dict(conv_params)
        self.kernel_h, self.kernel_w = conv_params["kernel_h"], conv_params["kernel_w"]
        self.stride, self.pad = conv_params["stride"], conv_params["pad"]
        self.in_channel, self.out_channel = conv_params["in_channel"], conv_params["out_channel"]
        shape = (self.out_channel, self.in_channel, self.kernel_h, self.kernel_w)
        self.weights = (initializer or Gaussian())(shape)
        self.bias = np.zeros(self.out_channel)
        self.w_grad, self.b_grad = np.zeros(shape), np.zeros(self.out_channel)

    def _output(self, ops: Any, x: Any, *parameters: Any) -> Any:
        weights, bias = parameters
        _check_windows(x, self.kernel_h, self.kernel_w, self.pad)
        images = _channels_last(ops, x, self.pad, 0.0)
        kernel = ops.transpose(weights, (2, 3, 1, 0))
        out = ops.conv(images, kernel, strides=self.stride, padding="valid", data_format="channels_last") + bias
        return ops.transpose(out, (0, 3, 1, 2))


class Pooling(_Layer):
    """Max or average pooling: (N, C, H, W) to (N, C, H', W'), sizes as in `Convolution`.

    Padding is -inf for max, so that it never wins, and 0 for avg, which divides by the whole window, padding included.
    Of equal maxima the first one gets the gradient.
    """

    def __init__(self, pool_params: Mapping[str, Any]) -> None:
        self.pool_params = dict(pool_params)
        self.pool_type = pool_params["pool_type"]
        self.pool_height, self.pool_width = pool_params["pool_height"], pool_params["pool_width"]
        self.stride, self.pad = pool_params["stride"], pool_params["pad"]
        if self.pool_type not in ("max", "avg"):
            raise ValueError(f"pool_type must be 'max' or 'avg', got {self.pool_type!r}")

    def _output(self, ops: Any, x: Any, *parameters: Any) -> Any:
        _check_windows(x, self.pool_height, self.pool_width, self.pad)
        images = _channels_last(ops, x, self.pad, -np.inf if self.pool_type == "max" else 0.0)
        pool = ops.max_pool if self.pool_type == "max" else ops.average_pool
        size = (self.pool_height, self.pool_width)
        out = pool(images, size, strides=self.stride, padding="valid", data_format="channels_last")
        return ops.transpose(out, (0, 3, 1, 2))


class FCLayer(_Layer):
    """A fully connected layer: inputs (N, in_features), weights (in_features, out_features), bias (out_features,)."""

    _parameters = (("weights", "w_grad"), ("bias", "b_grad"))

    def __init__(self, in_features: int, out_features: int, initializer: Initializer | None = None) -> None:
        self.in_features, self.out_features = in_features, out_features
        self.weights = (initializer or Gaussian())((in_features, out_features))
        self.bias = np.zeros(out_features)
        self.w_grad, self.b_grad = np.zeros_like(self.weights), np.zeros(out_features)

    def _output(self, ops: Any, x: Any, *parameters: Any) -> Any:
        weights, bias = parameters
        return ops.matmul(x, weights) + bias


class ReLU(_Layer):
    """max(x, 0), any shape; the gradient at 0 is 0."""

    def _output(self, ops: Any, x: Any, *parameters: Any) -> Any:
        return ops.relu(x)


class Flatten(_Layer):
    """(N, C, H, W) to (N, C * H * W)."""

    def _output(self, ops: Any, x: Any, *parameters: Any) -> Any:
        return ops.reshape(x, (x.shape[0], int(np.prod(x.shape[1:]))))


class GlobalAveragePooling(_Layer):
    """(N, C, H, W) to (N, C), the mean over the image."""

    def _output(self, ops: Any, x: Any, *parameters: Any) -> Any:
        return ops.mean(x, axis=(2, 3))


class Dropout(_Layer):
    """Drop each element with probability `ratio` and divide the rest by 1 - ratio; the identity in test mode.

    A forward in training mode draws a new mask; `mask` holds it, scaled, and backward uses the same.
    """

    def __init__(self, ratio: float, seed: int | None = None) -> None:
        self.ratio = ratio
        self.training = True
        self.rng = np.random.default_rng(seed)
        self.mask: np.ndarray | None = None
        self._draw: int | None = None  # the seed of the last mask

    def set_mode(self, training: bool) -> None:
        """Switch between training and test mode."""
        self.training = training

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """Return the output for a batch, with a new mask in training mode."""
        keras, tf = import_keras()
        if self.training:
            self._draw = int(self.rng.integers(2**31))
            self.mask = self._output(keras.ops, _tensor(tf, np.ones(np.shape(inputs)))).numpy()
        return super().forward(inputs)

    def _output(self, ops: Any, x: Any, *parameters: Any) -> Any:
        if not self.training or not self.ratio:
            return ops.multiply(x, 1.0)  # a tape does not see the identity
        if self._draw is None:
            raise ValueError("backward needs the mask of a forward in training mode")
        return import_keras()[0].random.dropout(x, self.ratio, seed=self._draw)


class _Loss:
    """A loss is a formula `_value(keras, inputs, targets)` on tensors, averaged over the batch."""

    def _value(self, keras: Any, inputs: Any, targets: Any) -> Any:
        raise TypeError(f"{type(self).__name__} has no formula")

    def backward(self, inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the gradient of the loss with respect to its inputs, in their shape."""
        keras, tf = import_keras()
        x = _tensor(tf, inputs)
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = self._value(keras, x, np.asarray(targets))
        return tape.gradient(value, x).numpy()


class SoftmaxCrossEntropy(_Loss):
    """Softmax and cross entropy on logits (N, num_class) and class ids (N,); stable for any logits."""

    def __init__(self, num_class: int) -> None:
        self.num_class = num_class

    def forward(self, inputs: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the mean loss and the probabilities (N, num_class)."""
        keras, tf = import_keras()
        x = _tensor(tf, inputs)
        return float(self._value(keras, x, np.asarray(targets))), keras.ops.softmax(x, axis=-1).numpy()

    def _value(self, keras: Any, inputs: Any, targets: Any) -> Any:
        losses = keras.ops.sparse_categorical_crossentropy(targets.astype("int64"), inputs, from_logits=True)
        return keras.ops.mean(losses)


class MeanSquaredError(_Loss):
    """1/N sum_n sum_c (scores - targets)^2 for scores and one-hot targets (N, C).

    `keras.losses.mean_squared_error` averages over the classes, too: it is multiplied by C here.
    """

    def forward(self, inputs: np.ndarray, targets: np.ndarray) -> float:
        """Return the loss."""
        keras, tf = import_keras()
        return float(self._value(keras, _tensor(tf, inputs), np.asarray(targets)))

    def _value(self, keras: Any, inputs: Any, targets: Any) -> Any:
        return keras.ops.mean(keras.losses.mean_squared_error(targets.astype("float64"), inputs)) * inputs.shape[-1]


def _tensor(tf: Any, value: Any) -> Any:
    return tf.convert_to_tensor(np.asarray(value, dtype=np.float64))


def _channels_last(ops: Any, x: Any, pad: int, fill: float) -> Any:
    """Turn (N, C, H, W) into (N, H, W, C) and put `pad` times `fill` around each image."""
    images = ops.transpose(x, (0, 2, 3, 1))
    around = ((0, 0), (pad, pad), (pad, pad), (0, 0))
    return ops.pad(images, around, mode="constant", constant_values=fill) if pad else images


def _check_windows(x: Any, height: int, width: int, pad: int) -> None:
    shape = tuple(x.shape)
    if len(shape) != 4:
        raise ValueError(f"expected images (N, C, H, W), got the shape {shape}")
    if height > shape[2] + 2 * pad or width > shape[3] + 2 * pad:
        raise ValueError(f"a window of {height} x {width} does not fit into {shape[2]} x {shape[3]} with pad {pad}")
