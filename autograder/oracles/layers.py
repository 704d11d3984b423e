"""The layers of a convolutional net in float64, written like their equations; nothing here is fast or keeps any state.

Shapes: `N` images, `C` input channels, `F` filters (output channels), `H x W` pixels, windows of `kernel_h x kernel_w`
or `pool_height x pool_width`; outputs have `H' x W'` positions. `pad` is the number of rows and columns added on EACH
side. A remainder that the stride does not reach is dropped. Every result is a new array; no argument is changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

Array = np.ndarray


def output_size(size: int, window: int, stride: int, pad: int) -> int:
    """Positions of a window along one side: `floor((size + 2 pad - window) / stride) + 1`.

    >>> output_size(7, window=3, stride=2, pad=0), output_size(8, window=3, stride=2, pad=0)
    (3, 3)
    """
    return (size + 2 * pad - window) // stride + 1


def _positions(padded: Array, height: int, width: int, stride: int) -> Iterator[tuple[int, int, tuple[slice, slice]]]:
    """Row and column of every output position, with the window of the padded image that belongs to it."""
    for i in range(output_size(padded.shape[2], height, stride, 0)):
        for j in range(output_size(padded.shape[3], width, stride, 0)):
            top, left = i * stride, j * stride
            yield i, j, (slice(top, top + height), slice(left, left + width))


def _padded(images: Any, pad: int, value: float = 0.0) -> Array:
    images = np.asarray(images, dtype=np.float64)
    count, channels, height, width = images.shape
    padded = np.full((count, channels, height + 2 * pad, width + 2 * pad), value)  # np.pad takes twenty times as long
    padded[:, :, pad : pad + height, pad : pad + width] = images
    return padded


def _cropped(images: Array, pad: int) -> Array:
    """What lies inside the padding: ends are counted from the front, since `[pad:-pad]` is empty at pad 0."""
    return images[:, :, pad : images.shape[2] - pad, pad : images.shape[3] - pad].copy()


def _empty_outputs(padded: Array, channels: int, height: int, width: int, stride: int) -> Array:
    rows = output_size(padded.shape[2], height, stride, 0)
    columns = output_size(padded.shape[3], width, stride, 0)
    return np.zeros((padded.shape[0], channels, rows, columns))


def conv_1x1(image: Any, weights: Any, bias: Any) -> Array:
    """`outputs[f, i, j] = sum_c weights[f, c] * image[c, i, j] + bias[f]`, shape `(F, H, W)`.

    >>> conv_1x1([[[1.0, 2.0]], [[3.0, 4.0]]], weights=[[10.0, 1.0]], bias=[0.5])
    array([[[13.5, 24.5]]])
    """
    return np.einsum("fc,chw->fhw", weights, np.asarray(image, float)) + np.asarray(bias, float)[:, None, None]


def naive_convolution(image: Any, weights: Any, bias: Any, stride: int = 1, pad: int = 0) -> Array:
    """The convolution of one image `(C, H, W)` with filters `(F, C, kernel_h, kernel_w)`: `(F, H', W')`."""
    return convolution_forward(np.asarray(image)[None], weights, bias, stride, pad)[0]


def convolution_forward(inputs: Any, weights: Any, bias: Any, stride: int = 1, pad: int = 0) -> Array:
    """`outputs[n, f, i, j] = sum_{c, u, v} weights[f, c, u, v] * padded[n, c, i stride + u, j stride + v] + bias[f]`.

    As in every deep learning library the kernel is not flipped (a mathematician would say cross-correlation).

    >>> convolution_forward(np.arange(6).reshape(1, 1, 2, 3), weights=np.ones((1, 1, 2, 2)), bias=[0.5])
    array([[[[ 8.5, 12.5]]]])
    """
    padded, weights, bias = _padded(inputs, pad), np.asarray(weights, float), np.asarray(bias, float)
    filters, _, height, width = weights.shape
    outputs = _empty_outputs(padded, filters, height, width, stride)
    for i, j, (rows, columns) in _positions(padded, height, width, stride):
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", padded[:, :, rows, columns], weights) + bias
    return outputs


def convolution_backward(
    in_grads: Any, inputs: Any, weights: Any, stride: int = 1, pad: int = 0
) -> tuple[Array, Array, Array]:
    """The gradients of a loss with respect to inputs, weights and bias; `in_grads` is that of the outputs.

    By the chain rule output `(n, f, i, j)` passes its gradient on: to each pixel of its window times the weight that
    stands there, to each weight times the pixel under it, to `bias[f]` times 1.
    """
    in_grads, weights, padded = np.asarray(in_grads, float), np.asarray(weights, float), _padded(inputs, pad)
    out_grads, w_grad, b_grad = np.zeros_like(padded), np.zeros_like(weights), np.zeros(weights.shape[0])
    _, _, height, width = weights.shape
    for i, j, (rows, columns) in _positions(padded, height, width, stride):
        grad = in_grads[:, :, i, j]
        out_grads[:, :, rows, columns] += np.einsum("nf,fcuv->ncuv", grad, weights)
        w_grad += np.einsum("nf,ncuv->fcuv", grad, padded[:, :, rows, columns])
        b_grad += grad.sum(axis=0)
    return _cropped(out_grads, pad), w_grad, b_grad


def pooling_forward(inputs: Any, pool_type: str, height: int, width: int, stride: int, pad: int = 0) -> Array:
    """The largest value ("max") or the mean ("avg") of every window, each channel for itself: `(N, C, H', W')`.

    Padding is -inf for max, so that it never wins, and 0 for avg, where it counts: the mean is over `height * width`.

    >>> pooling_forward([[[[-1.0, -2.0], [-3.0, -4.0]]]], "max", 2, 2, stride=2)
    array([[[[-1.]]]])
    """
    padded = _padded(inputs, pad, -np.inf if pool_type == "max" else 0.0)
    outputs = _empty_outputs(padded, padded.shape[1], height, width, stride)
    for i, j, (rows, columns) in _positions(padded, height, width, stride):
        window = padded[:, :, rows, columns]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


def pooling_backward(
    in_grads: Any, inputs: Any, pool_type: str, height: int, width: int, stride: int, pad: int = 0
) -> Array:
    """The gradient with respect to the inputs: a window's gradient goes to its maximum, or in equal parts to all of it.

    Where windows overlap, their shares add up. If several pixels are the maximum, they share in equal parts.
    """
    in_grads, padded = np.asarray(in_grads, float), _padded(inputs, pad, -np.inf if pool_type == "max" else 0.0)
    out_grads = np.zeros_like(padded)
    for i, j, (rows, columns) in _positions(padded, height, width, stride):
        window = padded[:, :, rows, columns]
        shares = (window == window.max(axis=(2, 3), keepdims=True)) if pool_type == "max" else np.ones_like(window)
        shares = shares / shares.sum(axis=(2, 3), keepdims=True)
        out_grads[:, :, rows, columns] += in_grads[:, :, i : i + 1, j : j + 1] * shares
    return _cropped(out_grads, pad)


def dropout(values: Any, kept: Any, ratio: float) -> Array:
    """Inverted dropout with a given mask: kept values times `1 / (1 - ratio)`, the others 0.

    Forward and backward are the same function of the same mask; a new mask belongs to every forward pass.

    >>> dropout([3.0, 6.0, -9.0], kept=[True, False, True], ratio=0.25)
    array([  4.,   0., -12.])
    """
    return np.where(kept, np.asarray(values, float) / (1.0 - ratio), 0.0)


def dropout_slack(count: int, failure: float = 1e-11) -> float:
    """How far the fraction dropped out of `count` values may be from the ratio, except with probability `failure`.

    Hoeffding: `P(|fraction - ratio| >= t) <= 2 exp(-2 count t^2)` for independent draws, whatever the ratio; solved
    for `t`. (W. Hoeffding, "Probability inequalities for sums of bounded random variables", 1963, theorem 1.)

    >>> round(dropout_slack(4096), 4)
    0.0564
    """
    return math.sqrt(math.log(2.0 / failure) / (2.0 * count))


def relu_forward(inputs: Any) -> Array:
    """`max(0, inputs)`, element by element."""
    return np.maximum(0.0, np.asarray(inputs, float))


def relu_backward(in_grads: Any, inputs: Any) -> Array:
    """`in_grads` where the input is above 0, else 0."""
    return np.where(np.asarray(inputs) > 0, np.asarray(in_grads, float), 0.0)


def global_average_pooling_forward(inputs: Any) -> Array:
    """The mean over the pixels of every feature map: `(N, C, H, W)` becomes `(N, C)`.

    >>> global_average_pooling_forward([[[[1.0, 2.0, 6.0]]]])
    array([[3.]])
    """
    return np.asarray(inputs, float).mean(axis=(2, 3))


def global_average_pooling_backward(in_grads: Any, inputs: Any) -> Array:
    """Every pixel of a map gets the map's gradient divided by `H W`: `(N, C)` becomes `(N, C, H, W)`."""
    _, _, height, width = shape = np.shape(inputs)
    return np.broadcast_to(np.asarray(in_grads, float)[:, :, None, None] / (height * width), shape).copy()


def flatten_forward(inputs: Any) -> Array:
    """Every example as one row, its last axis running fastest: `(N, C, H, W)` becomes `(N, C H W)`."""
    inputs = np.array(inputs, dtype=np.float64)
    return inputs.reshape(inputs.shape[0], -1)


def flatten_backward(in_grads: Any, inputs: Any) -> Array:
    """The rows back in the shape of `inputs`."""
    return np.array(in_grads, dtype=np.float64).reshape(np.shape(inputs))
