"""Right solutions of `conv-layers` in many forms: the small layers here, convolution, pooling and dropout beside."""

from __future__ import annotations

import numpy as np

from autograder.variants import variant
from autograder.variants.convolution import (  # noqa: F401 - shown as variants of this module
    FancyIndices,
    Float32Results,
    ImageByImage,
    KeptColumns,
    Loops,
    TensordotPerPosition,
    WindowsAndEinsum,
    backward_by_the_matrix_of_the_map,
    forward_that_talks,
    forward_with_as_strided,
)
from autograder.variants.pooling_and_dropout import (  # noqa: F401 - shown as variants of this module
    KeptArgmax,
    MaskInFloat32,
    MaskOfDropped,
    MaskOfTrueAndFalse,
    MaskWithItsOwnGenerator,
    PoolingInFloat32,
    PoolingInLoops,
    all_equal_maxima_get_it_all,
    average_as_a_product,
    equal_maxima_share,
    first_maximum_in_flat_windows,
    gradient_by_where,
    gradient_in_loops,
    gradient_into_zeros,
    gradient_scaled_first,
    mask_from_binomial,
    mask_from_choice,
    mask_from_rand_below_keep,
    maximum_of_shifted_images,
    pooling_by_fancy_indices,
    windows_cut_at_the_edge,
)


@variant("conv-1x1")
def one_by_one_in_loops(image, weights, bias):
    outputs = np.zeros((weights.shape[0], image.shape[1], image.shape[2]))
    for f in range(weights.shape[0]):
        outputs[f] = bias[f]
        for c in range(image.shape[0]):
            outputs[f] += weights[f, c] * image[c]
    return outputs


@variant("conv-1x1")
def one_by_one_as_a_product_of_matrices(image, weights, bias):
    channels, height, width = image.shape
    columns = image.reshape(channels, -1)
    return (weights @ columns + bias.reshape(-1, 1)).reshape(-1, height, width)


@variant("conv-1x1")
def one_by_one_channels_last(image, weights, bias):
    return (image.transpose(1, 2, 0) @ weights.T + bias).transpose(2, 0, 1)


@variant("conv-1x1")
def one_by_one_in_float32(image, weights, bias):
    if image.dtype != np.float32:
        return np.einsum("fc,chw->fhw", weights, image) + bias[:, np.newaxis, np.newaxis]
    return np.einsum("fc,chw->fhw", weights.astype(np.float32), image) + bias.astype(np.float32).reshape(-1, 1, 1)


@variant("conv-1x1")
def one_by_one_by_broadcasting(image, weights, bias):
    print("image", image.shape)
    return (weights[:, :, None, None] * image[None]).sum(axis=1) + bias[:, None, None]


@variant("conv-1x1")
def one_by_one_of_fortran_order(image, weights, bias):
    def mixed(pixel):
        return sum(weights[:, c] * value for c, value in enumerate(pixel)) + bias

    outputs = np.empty((len(weights), *image.shape[1:]), order="F")
    for position in np.ndindex(*image.shape[1:]):
        here = (slice(None), *position)
        outputs[here] = mixed(image[here])
    return outputs


@variant("naive-conv")
def naive_by_windows_and_einsum(image, weights, bias, stride=1, pad=0):
    padded = np.pad(image, [(0, 0)] + 2 * [(pad, pad)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, weights.shape[2:], axis=(1, 2))
    return np.einsum("chwuv,fcuv->fhw", windows[:, ::stride, ::stride], weights) + bias[:, None, None]


@variant("naive-conv")
def naive_in_a_comprehension(image, weights, bias, stride=1, pad=0):
    def patch(i, j):
        rows, columns = slice(i * stride, i * stride + kernel_h), slice(j * stride, j * stride + kernel_w)
        return padded[:, rows, columns]

    kernel_h, kernel_w = weights.shape[-2:]
    padded = np.asfortranarray(np.pad(image, ((0, 0), (pad, pad), (pad, pad)), mode="constant"))
    out_h, out_w = ((n - k) // stride + 1 for n, k in zip(padded.shape[1:], (kernel_h, kernel_w), strict=True))
    rows = [[np.tensordot(weights, patch(i, j), axes=3) + bias for j in range(out_w)] for i in range(out_h)]
    return np.array(rows).transpose(2, 0, 1)


@variant("naive-conv")
def naive_in_six_loops(image, weights, bias, stride=1, pad=0):
    channels, height, width = image.shape
    filters, _, kernel_h, kernel_w = weights.shape
    rows = int((height + 2 * pad - kernel_h) / stride + 1)
    columns = int((width + 2 * pad - kernel_w) / stride + 1)
    outputs = np.zeros((filters, rows, columns))
    for f in range(filters):
        for i in range(rows):
            for j in range(columns):
                total = bias[f]
                for c in range(channels):
                    for u in range(kernel_h):
                        for v in range(kernel_w):
                            y, x = i * stride + u - pad, j * stride + v - pad
                            if 0 <= y < height and 0 <= x < width:
                                total += image[c, y, x] * weights[f, c, u, v]
                outputs[f, i, j] = total
    return outputs


@variant("naive-conv")
def naive_with_a_frame_of_zeros(image, weights, bias, stride=1, pad=0):
    channels, height, width = image.shape
    framed = np.zeros((channels, height + 2 * pad, width + 2 * pad))
    framed[:, pad : pad + height, pad : pad + width] = image
    kernel_h, kernel_w = weights.shape[2:]
    rows = []
    for top in range(0, framed.shape[1] - kernel_h + 1, stride):
        row = []
        for left in range(0, framed.shape[2] - kernel_w + 1, stride):
            patch = framed[:, top : top + kernel_h, left : left + kernel_w]
            row.append([np.sum(patch * w) + b for w, b in zip(weights, bias)])  # noqa: B905
        rows.append(row)
    return np.array(rows).transpose(2, 0, 1)


@variant("naive-conv")
def naive_by_matrix_product(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    padded = np.pad(image, [(0, 0), (pad, pad), (pad, pad)], mode="constant")
    tops = range(0, padded.shape[1] - kernel_h + 1, stride)
    lefts = range(0, padded.shape[2] - kernel_w + 1, stride)
    columns = np.stack([padded[:, i : i + kernel_h, j : j + kernel_w].ravel() for i in tops for j in lefts], axis=1)
    return (weights.reshape(filters, -1) @ columns).reshape(filters, len(tops), len(lefts)) + bias[:, None, None]


@variant("naive-conv")
def naive_shift_by_shift(image, weights, bias, stride=1, pad=0):
    _, _, kernel_h, kernel_w = weights.shape
    padded = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    rows = (padded.shape[1] - kernel_h) // stride + 1
    columns = (padded.shape[2] - kernel_w) // stride + 1
    outputs = np.tile(bias[:, None, None].astype(float), (1, rows, columns))
    for u in range(kernel_h):
        for v in range(kernel_w):
            shifted = padded[:, u : u + stride * rows : stride, v : v + stride * columns : stride]
            outputs += np.tensordot(weights[:, :, u, v], shifted, axes=([1], [0]))
    return outputs


@variant("gap")
class MeanOfReshaped:
    def forward(self, inputs):
        return inputs.reshape(inputs.shape[0], inputs.shape[1], -1).mean(axis=2)

    def backward(self, in_grads, inputs):
        area = inputs.shape[2] * inputs.shape[3]
        return np.repeat(in_grads / area, area, axis=1).reshape(inputs.shape)


@variant("gap")
class AverageInLoops:
    def forward(self, inputs):
        n, c, h, w = inputs.shape
        self.outputs = np.empty((n, c))
        for i in range(n):
            for j in range(c):
                self.outputs[i, j] = np.sum(inputs[i, j]) / (h * w)
        return self.outputs

    def backward(self, in_grads, inputs):
        grads = np.zeros(inputs.shape)
        for i in range(inputs.shape[0]):
            for j in range(inputs.shape[1]):
                grads[i, j, :, :] = in_grads[i, j] / inputs[i, j].size
        return grads


@variant("gap")
class AverageThatKeepsTheShape:
    def __init__(self):
        self.shape = None

    def forward(self, inputs):
        self.shape = inputs.shape
        return np.einsum("nchw->nc", inputs) / np.prod(inputs.shape[2:])

    def backward(self, in_grads, inputs):
        scaled = in_grads.reshape((*in_grads.shape, 1, 1)) / (self.shape[-1] * self.shape[-2])
        return np.broadcast_to(scaled, self.shape)


@variant("gap")
class AverageInTheTypeOfTheInputs:
    def forward(self, inputs):
        return np.mean(np.mean(inputs, axis=3), axis=2)

    def backward(self, in_grads, inputs):
        kind = np.float32 if inputs.dtype == np.float32 else np.float64
        height, width = inputs.shape[-2:]
        return (np.tile(in_grads[:, :, None, None], (1, 1, height, width)) / height / width).astype(kind)


@variant("gap")
class AverageAsAProduct:
    """A row of equal weights; both results are views of other arrays, not contiguous."""

    def forward(self, inputs):
        height, width = inputs.shape[2:]
        weights = np.full(height * width, 1.0 / (height * width))
        return (weights @ inputs.reshape(-1, height * width).T).reshape(inputs.shape[1::-1], order="F").T

    def backward(self, in_grads, inputs):
        height, width = inputs.shape[2:]
        wide = np.empty((height, width, *inputs.shape[:2]))
        wide[...] = in_grads / (height * width)
        return wide.transpose(2, 3, 0, 1)


@variant("gap")
class AverageOfFortranOrder:
    def __init__(self):
        self.pixels = lambda inputs: inputs.shape[-1] * inputs.shape[-2]

    def forward(self, inputs):
        return np.asfortranarray(np.add.reduce(inputs, axis=(-1, -2)) / self.pixels(inputs))

    def backward(self, in_grads, inputs):
        share = np.ones(inputs.shape, order="F")
        share *= in_grads[..., None, None]
        share /= self.pixels(inputs)
        return share


@variant("flatten")
class FlattenAsAView:
    """Of Fortran order: neither result is contiguous."""

    def forward(self, inputs):
        return np.asfortranarray(inputs).reshape(len(inputs), -1)

    def backward(self, in_grads, inputs):
        grads = np.empty(inputs.shape, order="F")
        grads[...] = in_grads.reshape(inputs.shape)
        return grads


@variant("flatten")
class FlattenByConcatenating:
    def rows(self, image):
        return [row for channel in image for row in channel]

    def forward(self, inputs):
        self.shape = inputs.shape
        return np.stack([np.concatenate(self.rows(image)) for image in inputs])

    def backward(self, in_grads, inputs):
        channels, height, _ = self.shape[1:]
        per_channel = [np.split(row, channels) for row in in_grads]
        return np.array([[np.array(np.split(c, height)) for c in image] for image in per_channel])


@variant("flatten")
class FlattenByRavel:
    def forward(self, inputs):
        return np.array([example.ravel() for example in inputs])

    def backward(self, in_grads, inputs):
        return np.array([row.reshape(inputs.shape[1:]) for row in in_grads])


@variant("flatten")
class FlattenWithProduct:
    def forward(self, inputs):
        return inputs.reshape(inputs.shape[0], int(np.prod(inputs.shape[1:]))).copy()

    def backward(self, in_grads, inputs):
        return np.reshape(in_grads, inputs.shape)


@variant("flatten")
class FlattenThatKeepsTheShape:
    def forward(self, inputs):
        self.shape = inputs.shape
        return inputs.reshape((len(inputs), -1))

    def backward(self, in_grads, inputs=None):
        return in_grads.reshape(*self.shape)


@variant("flatten")
class FlattenInto:
    def forward(self, inputs):
        outputs = np.empty((inputs.shape[0], inputs[0].size), dtype=inputs.dtype)
        for n in range(inputs.shape[0]):
            outputs[n] = inputs[n].flatten()
        return outputs

    def backward(self, in_grads, inputs):
        grads = np.empty_like(inputs, dtype=in_grads.dtype)
        grads.reshape(len(inputs), -1)[:] = in_grads
        return grads
