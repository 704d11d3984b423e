"""Slips in `Pooling.backward`."""

import numpy as np

from autograder.slips import slip

MAX = "test_max_pooling_gradient"
AVG = "test_avg_pooling_gradient"
OVERLAP = "test_gradients_of_overlapping_windows_add_up"
PADDED = "test_pooling_gradient_with_padding"
ANY = "test_pooling_gradient_for_every_stride_and_shape"
TRACES = "test_pooling_gradient_leaves_no_traces"


@slip("pool-backward", fails=(OVERLAP,), says="as if overlapping windows overwrote each other: `=` instead of `+=`")
def unpool_overwrites_overlaps(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] = g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] = g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("pool-backward", fails=(OVERLAP,), says="as if a pixel that wins twice got the last gradient only")
def unpool_max_overwrites_overlaps(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            won = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, rows, cols] = np.where(won, g, dx[:, :, rows, cols])
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        MAX,
        AVG,
    ),
    says="as if the crop were [p:-p], which is empty when pad is 0",
)
def unpool_crop_p_to_minus_p(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p:-p, p:-p]


@slip(
    "pool-backward",
    fails=(
        MAX,
        AVG,
        PADDED,
    ),
    says="as if the crop were [1:-1], right for pad 1 only",
)
def unpool_crop_always_one(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, 1:-1, 1:-1]


@slip(
    "pool-backward",
    fails=(
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if half of `pad` were cut off: it is the number on EACH side",
)
def unpool_crop_half_of_pad(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p // 2 : p // 2 + inputs.shape[2], p // 2 : p // 2 + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if twice the pad were cut off in front",
)
def unpool_crop_twice_the_pad(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, 2 * p :, 2 * p :]


@slip(
    "pool-backward",
    fails=(
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if the padding were not cut off",
)
def unpool_no_crop(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx


@slip("pool-backward", fails=(ANY,), says="as if the crop had height and width the wrong way round")
def unpool_crop_height_for_width(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[3], p : p + inputs.shape[2]]


@slip(
    "pool-backward",
    fails=(
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if backward ignored `pad`",
)
def unpool_ignores_pad(self, in_grads, inputs):
    s, ph, pw = self.stride, self.pool_height, self.pool_width
    x = inputs * 1.0
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True, initial=-np.inf))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx


@slip(
    "pool-backward",
    fails=(
        OVERLAP,
        PADDED,
        ANY,
        TRACES,
    ),
    says="as if batch and channels were padded, too: np.pad(inputs, pad)",
)
def unpool_pads_all_four_axes(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, p, constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("pool-backward", fails=(PADDED,), says="as if max were padded with zeros, which win against negative numbers")
def unpool_max_padded_with_zeros(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        OVERLAP,
        ANY,
    ),
    says="as if the stride always were the window",
)
def unpool_stride_is_the_window(self, in_grads, inputs):
    p, ph, pw = self.pad, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * ph, i * ph + ph), slice(j * pw, j * pw + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        OVERLAP,
        ANY,
    ),
    says="as if each gradient were repeated over its window, which needs windows side by side",
)
def unpool_repeats_each_gradient(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    wide = in_grads.repeat(ph, axis=2).repeat(pw, axis=3)
    if self.pool_type == "avg":
        dx = wide / (ph * pw)
    else:
        windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(2, 3))[:, :, ::s, ::s]
        dx = wide * (x == windows.max(axis=(4, 5)).repeat(ph, axis=2).repeat(pw, axis=3))
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("pool-backward", fails=(ANY,), says="as if pool_height and pool_width had changed places")
def unpool_window_sides_swapped(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_width, self.pool_height
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("pool-backward", fails=(ANY,), says="as if the loops over the outputs had height and width the wrong way round")
def unpool_outputs_swapped(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[3], in_grads.shape[2]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(ANY,),
    says="as if argmax were turned into row and column with pool_height instead of pool_width",
)
def unpool_argmax_split_by_height(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            flat = window.reshape(*window.shape[:2], -1).argmax(axis=2)
            row, col = np.minimum(flat // ph, ph - 1), np.minimum(flat % ph, pw - 1)
            n, c = np.indices(flat.shape)
            dx[n, c, i * s + row, j * s + col] += g[:, :, 0, 0]
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        MAX,
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if every pixel of a window got the gradient of its maximum",
)
def unpool_max_to_all_pixels(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * np.ones(window.shape)
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        MAX,
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if max shared its gradient like avg",
)
def unpool_max_shared_like_avg(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * np.ones(window.shape) / window[0, 0].size
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        MAX,
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if the maximum were taken over batch and channels, too",
)
def unpool_max_of_the_whole_batch(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max())
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        MAX,
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if the gradient were multiplied by the maximum",
)
def unpool_max_times_its_value(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            largest = window.max(axis=(2, 3), keepdims=True)
            dx[:, :, rows, cols] += np.where(window == largest, g * largest, 0)
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        MAX,
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if the smallest pixel got the gradient",
)
def unpool_min_for_max(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.min(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        AVG,
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if avg gave its whole gradient to every pixel",
)
def unpool_avg_not_divided(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        AVG,
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if every window had four places",
)
def unpool_avg_divided_by_four(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / 4
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("pool-backward", fails=(ANY,), says="as if windows were square: pool_height stands for pool_width in the mean")
def unpool_avg_divided_by_height_squared(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / ph**2
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        AVG,
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if avg divided by the size of the image",
)
def unpool_avg_divided_by_the_image(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / inputs[0, 0].size
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if the padding took no share of avg",
)
def unpool_avg_without_padding(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            inside = np.pad(np.ones(inputs.shape[2:]), p)[rows, cols]
            dx[:, :, rows, cols] += g / inside.sum()
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        AVG,
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if `pool_type` were ignored: always max",
)
def unpool_always_max(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        window = x[:, :, rows, cols]
        dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        MAX,
        AVG,
        OVERLAP,
        PADDED,
        ANY,
    ),
    says="as if the sign were wrong",
)
def unpool_wrong_sign(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return -dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("pool-backward", fails=(ANY,), says="as if the gradient had the integer type of the images")
def unpool_in_integers(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]].astype(inputs.dtype)


@slip("pool-backward", fails=(TRACES,), says="as if `in_grads` were divided in place: work on a copy")
def unpool_overwrites_in_grads(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    if self.pool_type == "avg":
        in_grads /= ph * pw
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "pool-backward",
    fails=(
        ANY,
        TRACES,
    ),
    says="as if the gradient were written into the inputs: make a new array",
)
def unpool_overwrites_inputs(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    inputs[...] = dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]
    return inputs


@slip(
    "pool-backward",
    fails=(TRACES,),
    says="as if the layer kept the padded images of its first call and used them ever after",
)
def unpool_first_padded_images_kept(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    if not hasattr(self, "x"):
        self.x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    x = self.x
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("pool-backward", fails=(TRACES,), says="as if the gradient of the last call were added")
def unpool_gradients_accumulate(self, in_grads, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    if not hasattr(self, "dx") or self.dx.shape != x.shape:
        self.dx = np.zeros(x.shape)
    dx = self.dx
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + ph), slice(j * s, j * s + pw), in_grads[:, :, i : i + 1, j : j + 1]
        if self.pool_type == "max":
            window = x[:, :, rows, cols]
            dx[:, :, rows, cols] += g * (window == window.max(axis=(2, 3), keepdims=True))
        else:
            dx[:, :, rows, cols] += g / (ph * pw)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]
