"""Slips in `Convolution.forward`."""

import numpy as np

from autograder.slips import slip

BATCH = "test_convolution_of_a_batch"
BIAS = "test_convolution_bias"
UNEQUAL = "test_convolution_of_unequal_sides"
PADDING = "test_convolution_padding"
STRIDE = "test_convolution_stride"
AT_ONCE = "test_convolution_all_at_once"
TRACES = "test_convolution_leaves_no_traces"


@slip(
    "conv-forward",
    fails=(
        BATCH,
        AT_ONCE,
    ),
    says="as if the kernel were flipped, as mathematicians do",
)
def forward_flipped_kernel(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights[:, :, ::-1, ::-1]) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        BATCH,
        AT_ONCE,
    ),
    says="as if only the first input channel were convolved",
)
def forward_first_channel_only(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :1, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights[:, :1]) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        BATCH,
        AT_ONCE,
    ),
    says="as if the mean over the input channels were taken, not the sum",
)
def forward_mean_over_channels(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) / self.in_channel + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        BATCH,
        AT_ONCE,
    ),
    says="as if every image of the batch got the output of the first",
)
def forward_first_image_for_all(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("cuv,fcuv->f", window[0], self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        BATCH,
        AT_ONCE,
    ),
    says="as if the channels ran fastest in the columns, but slowest in the rows of weights",
)
def forward_columns_in_another_order(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::s, ::s]
    n, c, out_h, out_w = windows.shape[:4]
    columns = windows.transpose(4, 5, 1, 0, 2, 3).reshape(c * kh * kw, -1)
    outputs = self.weights.reshape(self.out_channel, -1) @ columns + self.bias[:, None]
    return outputs.reshape(self.out_channel, n, out_h, out_w).transpose(1, 0, 2, 3)


@slip(
    "conv-forward",
    fails=(
        BATCH,
        BIAS,
        AT_ONCE,
    ),
    says="as if the product (F, N H W) had been reshaped to (N, F, H, W) without a transpose",
)
def forward_batch_and_filters_mixed_up(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::s, ::s]
    n, c, out_h, out_w = windows.shape[:4]
    columns = windows.transpose(1, 4, 5, 0, 2, 3).reshape(c * kh * kw, -1)
    outputs = self.weights.reshape(self.out_channel, -1) @ columns + self.bias[:, None]
    return outputs.reshape(n, self.out_channel, out_h, out_w)


@slip(
    "conv-forward",
    fails=(
        BATCH,
        BIAS,
        UNEQUAL,
        PADDING,
        STRIDE,
        AT_ONCE,
    ),
    says="as if the outputs were (N, H, W, F), channels last",
)
def forward_channels_last_outputs(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::s, ::s]
    n, c, out_h, out_w = windows.shape[:4]
    columns = windows.transpose(1, 4, 5, 0, 2, 3).reshape(c * kh * kw, -1)
    outputs = self.weights.reshape(self.out_channel, -1) @ columns + self.bias[:, None]
    return outputs.reshape(self.out_channel, n, out_h, out_w).transpose(1, 2, 3, 0)


@slip("conv-forward", fails=(BIAS,), says="as if the bias were forgotten")
def forward_without_bias(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights)
    return outputs


@slip("conv-forward", fails=(BIAS,), says="as if every filter got the bias of the first")
def forward_bias_of_the_first_filter(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias[0]
    return outputs


@slip("conv-forward", fails=(BIAS,), says="as if the bias were added for every weight of the kernel")
def forward_bias_for_every_weight(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + kh * kw * self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        BATCH,
        BIAS,
        AT_ONCE,
    ),
    says="as if the bias went along the width of the output instead of its channels",
)
def forward_bias_along_the_width(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights)
    return outputs + self.bias


@slip(
    "conv-forward",
    fails=(
        UNEQUAL,
        AT_ONCE,
    ),
    says="as if images were square: H stands for W",
)
def forward_square_images_only(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[2] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        UNEQUAL,
        AT_ONCE,
    ),
    says="as if kernels were square: kernel_h stands for kernel_w",
)
def forward_square_kernels_only(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_h
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        UNEQUAL,
        AT_ONCE,
    ),
    says="as if the last reshape had height and width the wrong way round",
)
def forward_height_for_width_at_the_end(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::s, ::s]
    n, c, out_h, out_w = windows.shape[:4]
    columns = windows.transpose(1, 4, 5, 0, 2, 3).reshape(c * kh * kw, -1)
    outputs = self.weights.reshape(self.out_channel, -1) @ columns + self.bias[:, None]
    return outputs.reshape(self.out_channel, n, out_w, out_h).transpose(1, 0, 2, 3)


@slip(
    "conv-forward",
    fails=(
        PADDING,
        AT_ONCE,
    ),
    says="as if `pad` were ignored",
)
def forward_ignores_pad(self, inputs):
    s, kh, kw = self.stride, self.kernel_h, self.kernel_w
    x = inputs
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, max(out_h, 0), max(out_w, 0)))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        PADDING,
        AT_ONCE,
    ),
    says="as if `pad` were the sum of both sides, half of it on each",
)
def forward_pad_is_the_total(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p // 2, p - p // 2), (p // 2, p - p // 2)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        PADDING,
        AT_ONCE,
    ),
    says="as if the output size were (H + pad - kernel_h) // stride + 1, with one pad instead of two",
)
def forward_pad_on_each_side_counted_once(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - p - kh) // s + 1, (x.shape[3] - p - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        PADDING,
        AT_ONCE,
    ),
    says="as if batch and channels were padded, too: np.pad(inputs, pad)",
)
def forward_pads_all_four_axes(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, p)
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        PADDING,
        AT_ONCE,
    ),
    says="as if all the padding stood below and to the right",
)
def forward_pads_behind_only(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (0, 2 * p), (0, 2 * p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        PADDING,
        AT_ONCE,
    ),
    says="as if the border pixels were repeated instead of zeros",
)
def forward_pads_with_the_edge(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)), mode="edge")
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        STRIDE,
        AT_ONCE,
    ),
    says="as if windows moved on by 1, whatever the stride is",
)
def forward_windows_move_by_one(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i : i + kh, j : j + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        STRIDE,
        AT_ONCE,
    ),
    says="as if the stride were ignored",
)
def forward_output_of_stride_one(self, inputs):
    p, kh, kw = self.pad, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))
    n, c, out_h, out_w = windows.shape[:4]
    columns = windows.transpose(1, 4, 5, 0, 2, 3).reshape(c * kh * kw, -1)
    outputs = self.weights.reshape(self.out_channel, -1) @ columns + self.bias[:, None]
    return outputs.reshape(self.out_channel, n, out_h, out_w).transpose(1, 0, 2, 3)


@slip(
    "conv-forward",
    fails=(
        STRIDE,
        AT_ONCE,
    ),
    says="as if the stride held for the rows only",
)
def forward_stride_in_height_only(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::s]
    n, c, out_h, out_w = windows.shape[:4]
    columns = windows.transpose(1, 4, 5, 0, 2, 3).reshape(c * kh * kw, -1)
    outputs = self.weights.reshape(self.out_channel, -1) @ columns + self.bias[:, None]
    return outputs.reshape(self.out_channel, n, out_h, out_w).transpose(1, 0, 2, 3)


@slip(
    "conv-forward",
    fails=(
        STRIDE,
        AT_ONCE,
    ),
    says="as if the stride had to divide",
)
def forward_stride_must_divide(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    assert (x.shape[2] - kh) % s == 0 and (x.shape[3] - kw) % s == 0
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        STRIDE,
        AT_ONCE,
    ),
    says="as if the output size were rounded to the nearest number, not down",
)
def forward_rounded_output_size(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = round((x.shape[2] - kh) / s) + 1, round((x.shape[3] - kw) / s) + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        BATCH,
        BIAS,
        UNEQUAL,
        PADDING,
        STRIDE,
        AT_ONCE,
    ),
    says="as if the last window were left out: a `+ 1` is missing in the output size",
)
def forward_misses_the_last_window(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s, (x.shape[3] - kw) // s
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(
        BATCH,
        BIAS,
        UNEQUAL,
        PADDING,
        STRIDE,
        AT_ONCE,
        TRACES,
    ),
    says="as if a size were a float, as it comes from `/` instead of `//`",
)
def forward_float_sizes(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) / s + 1, (x.shape[3] - kw) / s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip("conv-forward", fails=(AT_ONCE,), says="as if the outputs had the integer type of the images, without fractions")
def forward_outputs_in_integers(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w), dtype=inputs.dtype)
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip("conv-forward", fails=(TRACES,), says="as if the inputs were written to: work on a copy")
def forward_inputs_as_workspace(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    inputs[...] = 0
    return outputs


@slip("conv-forward", fails=(TRACES,), says="as if the layer's bias stayed reshaped after the call")
def forward_bias_stays_reshaped(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    self.bias = self.bias.reshape(1, -1)
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip(
    "conv-forward",
    fails=(TRACES,),
    says="as if the layer kept the padded images of its first call and used them ever after",
)
def forward_first_padded_images_kept(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    if not hasattr(self, "x"):
        self.x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    x = self.x
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    outputs = np.zeros((len(x), self.out_channel, out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] = np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs


@slip("conv-forward", fails=(TRACES,), says="as if the outputs of earlier calls were added")
def forward_outputs_added_to_the_last_ones(self, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    out_h, out_w = (x.shape[2] - kh) // s + 1, (x.shape[3] - kw) // s + 1
    shape = (len(x), self.out_channel, out_h, out_w)
    if not hasattr(self, "outputs") or self.outputs.shape != shape:
        self.outputs = np.zeros(shape)
    outputs = self.outputs
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * s : i * s + kh, j * s : j * s + kw]
        outputs[:, :, i, j] += np.einsum("ncuv,fcuv->nf", window, self.weights) + self.bias
    return outputs
