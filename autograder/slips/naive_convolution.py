"""Slips in the convolutions of one image: `conv_1x1` and `naive_convolution`."""

import numpy as np

from autograder.slips import slip

ONE_BY_ONE = ("test_1x1_mixes_the_channels_of_each_pixel", "test_1x1_for_every_size_and_number_type")
SHIFTED = ("test_naive_output", "test_naive_unequal_sides", "test_naive_padding", "test_naive_stride")
AT_ONCE = "test_naive_all_at_once"


@slip("conv-1x1", fails=ONE_BY_ONE, says="as if the weights were transposed: (C, out) instead of (out, C)")
def one_by_one_transposed_weights(image, weights, bias):
    return np.tensordot(weights.T, image, axes=1) + bias[:, None, None]


@slip("conv-1x1", fails=("test_1x1_adds_the_bias",), says="as if the bias were forgotten")
def one_by_one_without_bias(image, weights, bias):
    return np.tensordot(weights, image, axes=1)


@slip("conv-1x1", fails=("test_1x1_adds_the_bias",), says="as if the bias were added once for each input channel")
def one_by_one_bias_per_channel(image, weights, bias):
    return (weights[:, :, None, None] * image + bias[:, None, None, None]).sum(axis=1)


@slip(
    "conv-1x1",
    fails=("test_1x1_adds_the_bias", "test_1x1_for_every_size_and_number_type"),
    says="as if the bias went along the width of the image instead of the output channels",
)
def one_by_one_bias_along_the_width(image, weights, bias):
    return np.tensordot(weights, image, axes=1) + bias


@slip("conv-1x1", fails=ONE_BY_ONE, says="as if the mean over the channels were taken, not the sum")
def one_by_one_mean_of_channels(image, weights, bias):
    return np.tensordot(weights, image, axes=1) / len(image) + bias[:, None, None]


@slip("conv-1x1", fails=ONE_BY_ONE, says="as if the image were reshaped to (H W, C), which tears its channels apart")
def one_by_one_reshaped_not_transposed(image, weights, bias):
    channels, height, width = image.shape
    pixels = image.reshape(height * width, channels)
    return (pixels @ weights.T + bias).T.reshape(-1, height, width)


@slip(
    "conv-1x1",
    fails=("test_1x1_for_every_size_and_number_type",),
    says="as if height and width had changed their places",
)
def one_by_one_height_for_width(image, weights, bias):
    channels, height, width = image.shape
    return (weights @ image.reshape(channels, -1) + bias[:, None]).reshape(-1, width, height)


@slip(
    "conv-1x1",
    fails=("test_1x1_for_every_size_and_number_type",),
    says="as if there were as many output channels as input channels",
)
def one_by_one_as_many_outputs_as_inputs(image, weights, bias):
    outputs = np.zeros(image.shape)
    for f in range(image.shape[0]):
        outputs[f] = np.tensordot(weights[f], image, axes=1) + bias[f]
    return outputs


@slip(
    "conv-1x1",
    fails=("test_1x1_for_every_size_and_number_type",),
    says="as if the outputs had the integer type of the image, which cuts off the fractions",
)
def one_by_one_in_integers(image, weights, bias):
    outputs = np.zeros((len(weights), *image.shape[1:]), dtype=image.dtype)
    for f in range(len(weights)):
        outputs[f] = np.tensordot(weights[f], image, axes=1) + bias[f]
    return outputs


@slip(
    "conv-1x1",
    fails=("test_1x1_for_every_size_and_number_type",),
    says="as if axes of length 1 were squeezed out of the result",
)
def one_by_one_squeezed(image, weights, bias):
    return (np.tensordot(weights, image, axes=1) + bias[:, None, None]).squeeze()


@slip("conv-1x1", fails=("test_1x1_leaves_no_traces",), says="as if the bias were reshaped in place")
def one_by_one_reshapes_the_bias(image, weights, bias):
    bias.shape = (-1, 1, 1)
    return np.tensordot(weights, image, axes=1) + bias


@slip("naive-conv", fails=("test_naive_output", AT_ONCE), says="as if the kernel were flipped")
def naive_flipped_kernel(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f, :, ::-1, ::-1]) + bias[f]
    return outputs


@slip(
    "naive-conv",
    fails=("test_naive_output", "test_naive_padding", AT_ONCE),
    says="as if only the first input channel were convolved",
)
def naive_first_channel_only(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[0, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f, 0]) + bias[f]
    return outputs


@slip("naive-conv", fails=("test_naive_bias",), says="as if the bias were added to each product, before the sum")
def naive_bias_in_the_sum(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f] + bias[f])
    return outputs


@slip("naive-conv", fails=("test_naive_bias",), says="as if every output channel got the first bias")
def naive_first_bias_for_all(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f]) + bias[0]
    return outputs


@slip("naive-conv", fails=("test_naive_output",), says="as if `stride` and `pad` had no defaults")
def naive_without_defaults(image, weights, bias, stride, pad):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f]) + bias[f]
    return outputs


@slip("naive-conv", fails=("test_naive_padding", AT_ONCE), says="as if `pad` were ignored")
def naive_ignores_pad(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    out_h, out_w = (image.shape[1] - kernel_h) // stride + 1, (image.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, max(out_h, 0), max(out_w, 0)))
    for f, i, j in np.ndindex(*outputs.shape):
        window = image[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f]) + bias[f]
    return outputs


@slip("naive-conv", fails=("test_naive_padding", AT_ONCE), says="as if `pad` were the sum of both sides, half on each")
def naive_pad_is_the_total(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (pad // 2, pad - pad // 2), (pad // 2, pad - pad // 2)))
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f]) + bias[f]
    return outputs


@slip(
    "naive-conv", fails=("test_naive_padding", AT_ONCE), says="as if the channels were padded, too: np.pad(image, pad)"
)
def naive_pads_the_channels(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, pad)
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f]) + bias[f]
    return outputs


@slip("naive-conv", fails=("test_naive_padding", AT_ONCE), says="as if all the padding stood below and to the right")
def naive_pads_behind_only(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (0, 2 * pad), (0, 2 * pad)))
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f]) + bias[f]
    return outputs


@slip("naive-conv", fails=("test_naive_stride", AT_ONCE), says="as if windows moved on by 1, whatever the stride is")
def naive_windows_move_by_one(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        outputs[f, i, j] = np.sum(x[:, i : i + kernel_h, j : j + kernel_w] * weights[f]) + bias[f]
    return outputs


@slip("naive-conv", fails=("test_naive_stride", AT_ONCE), says="as if the stride had to divide")
def naive_stride_must_divide(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    assert (x.shape[1] - kernel_h) % stride == 0 and (x.shape[2] - kernel_w) % stride == 0
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f]) + bias[f]
    return outputs


@slip("naive-conv", fails=("test_naive_stride", AT_ONCE), says="as if the output size were rounded up")
def naive_rounds_up(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    out_h = int(np.ceil((x.shape[1] - kernel_h) / stride)) + 1
    out_w = int(np.ceil((x.shape[2] - kernel_w) / stride)) + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f, :, : window.shape[1], : window.shape[2]]) + bias[f]
    return outputs


@slip("naive-conv", fails=("test_naive_unequal_sides", AT_ONCE), says="as if the image were square: H stands for W")
def naive_square_images_only(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[1] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f]) + bias[f]
    return outputs


@slip("naive-conv", fails=("test_naive_unequal_sides", AT_ONCE), says="as if kernel_h and kernel_w had changed places")
def naive_kernel_sides_swapped(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_w, kernel_h = weights.shape
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f]) + bias[f]
    return outputs


@slip("naive-conv", fails=(*SHIFTED, "test_naive_bias", AT_ONCE), says="as if the last window were left out")
def naive_misses_the_last_window(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    out_h, out_w = (x.shape[1] - kernel_h) // stride, (x.shape[2] - kernel_w) // stride
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f]) + bias[f]
    return outputs


@slip(
    "naive-conv",
    fails=(*SHIFTED, "test_naive_bias", AT_ONCE, "test_naive_leaves_no_traces"),
    says="as if a size were a float, as it comes from `/` instead of `//`",
)
def naive_float_sizes(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    out_h, out_w = (x.shape[1] - kernel_h) / stride + 1, (x.shape[2] - kernel_w) / stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f]) + bias[f]
    return outputs


@slip("naive-conv", fails=(AT_ONCE,), says="as if the outputs had the integer type of the image, without fractions")
def naive_in_integers(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w), dtype=image.dtype)
    for f, i, j in np.ndindex(filters, out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[f, i, j] = np.sum(window * weights[f]) + bias[f]
    return outputs


@slip("naive-conv", fails=("test_naive_leaves_no_traces",), says="as if the weights were reshaped in place")
def naive_reshapes_the_weights(image, weights, bias, stride=1, pad=0):
    filters, _, kernel_h, kernel_w = weights.shape
    weights.shape = (filters, -1)
    x = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    out_h, out_w = (x.shape[1] - kernel_h) // stride + 1, (x.shape[2] - kernel_w) // stride + 1
    outputs = np.zeros((filters, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
        outputs[:, i, j] = weights @ window.ravel() + bias
    return outputs
