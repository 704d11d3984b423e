"""Slips in `Pooling.forward`."""

import numpy as np

from autograder.slips import slip

MAX = "test_max_pooling"
AVG = "test_avg_pooling"
NEGATIVE = "test_max_pooling_of_negative_numbers"
AVG_PADDED = "test_avg_pooling_counts_the_padding"
STRIDE = "test_pooling_for_every_stride"
UNEQUAL = "test_pooling_of_unequal_sides"
TRACES = "test_pooling_leaves_no_traces"


@slip("pool-forward", fails=(NEGATIVE,), says="as if max were padded with zeros, which win against negative numbers")
def pool_max_padded_with_zeros(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip("pool-forward", fails=(AVG_PADDED,), says="as if avg were padded with -inf, too")
def pool_avg_padded_like_max(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip("pool-forward", fails=(NEGATIVE,), says="as if the search for the maximum began at 0")
def pool_max_starts_at_zero(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = (
            np.maximum(0, window.max(axis=(2, 3))) if self.pool_type == "max" else window.mean(axis=(2, 3))
        )
    return outputs


@slip("pool-forward", fails=(NEGATIVE,), says="as if the largest absolute value were taken")
def pool_max_of_sizes(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = np.abs(window).max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip("pool-forward", fails=(AVG_PADDED,), says="as if the padding did not count for the mean")
def pool_avg_without_padding(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else np.nan
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else np.nanmean(window, axis=(2, 3))
    return outputs


@slip(
    "pool-forward",
    fails=(
        NEGATIVE,
        AVG_PADDED,
        UNEQUAL,
    ),
    says="as if `pad` were ignored",
)
def pool_ignores_pad(self, inputs):
    s, ph, pw = self.stride, self.pool_height, self.pool_width
    x = inputs * 1.0
    outputs = np.zeros((*x.shape[:2], max((x.shape[2] - ph) // s + 1, 0), max((x.shape[3] - pw) // s + 1, 0)))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip(
    "pool-forward",
    fails=(
        NEGATIVE,
        AVG_PADDED,
        UNEQUAL,
    ),
    says="as if `pad` were the sum of both sides, half of it on each",
)
def pool_pad_is_the_total(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p // 2, p - p // 2), (p // 2, p - p // 2)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip(
    "pool-forward",
    fails=(
        NEGATIVE,
        AVG_PADDED,
        UNEQUAL,
    ),
    says="as if batch and channels were padded, too: np.pad(inputs, pad)",
)
def pool_pads_all_four_axes(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, p, constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip(
    "pool-forward",
    fails=(
        STRIDE,
        UNEQUAL,
    ),
    says="as if the stride always were the window",
)
def pool_stride_is_the_window(self, inputs):
    p, ph, pw = self.pad, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // ph + 1, (x.shape[3] - pw) // pw + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * ph : i * ph + ph, j * pw : j * pw + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip(
    "pool-forward",
    fails=(
        MAX,
        AVG,
        NEGATIVE,
        AVG_PADDED,
        STRIDE,
        UNEQUAL,
    ),
    says="as if windows moved on by 1, whatever the stride is",
)
def pool_windows_move_by_one(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i : i + ph, j : j + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip(
    "pool-forward",
    fails=(
        STRIDE,
        UNEQUAL,
    ),
    says="as if the stride had to divide",
)
def pool_stride_must_divide(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    assert (x.shape[2] - ph) % s == 0 and (x.shape[3] - pw) % s == 0
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip(
    "pool-forward",
    fails=(
        STRIDE,
        UNEQUAL,
    ),
    says="as if the output size were rounded up",
)
def pool_rounds_up(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], -((ph - x.shape[2]) // s) + 1, -((pw - x.shape[3]) // s) + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip(
    "pool-forward",
    fails=(
        MAX,
        AVG,
        NEGATIVE,
        AVG_PADDED,
        STRIDE,
        UNEQUAL,
    ),
    says="as if the last window were left out: a `+ 1` is missing in the output size",
)
def pool_misses_the_last_window(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s, (x.shape[3] - pw) // s))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip("pool-forward", fails=(UNEQUAL,), says="as if pool_height and pool_width had changed places")
def pool_window_sides_swapped(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_width, self.pool_height
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip("pool-forward", fails=(UNEQUAL,), says="as if images were square: H stands for W")
def pool_square_images_only(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[2] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip("pool-forward", fails=(UNEQUAL,), says="as if windows were square: pool_height stands for pool_width")
def pool_square_windows_only(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_height
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip(
    "pool-forward",
    fails=(
        AVG,
        AVG_PADDED,
        STRIDE,
        UNEQUAL,
    ),
    says="as if avg were the sum",
)
def pool_avg_is_the_sum(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.sum(axis=(2, 3))
    return outputs


@slip(
    "pool-forward",
    fails=(
        AVG,
        AVG_PADDED,
        STRIDE,
        UNEQUAL,
    ),
    says="as if every window had four places",
)
def pool_avg_divided_by_four(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.sum(axis=(2, 3)) / 4
    return outputs


@slip("pool-forward", fails=(UNEQUAL,), says="as if the mean were the sum divided by pool_height squared")
def pool_avg_divided_by_height_squared(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.sum(axis=(2, 3)) / ph**2
    return outputs


@slip(
    "pool-forward",
    fails=(
        AVG,
        AVG_PADDED,
        STRIDE,
        UNEQUAL,
    ),
    says="as if `pool_type` were ignored: always max",
)
def pool_always_max(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3))
    return outputs


@slip(
    "pool-forward",
    fails=(
        MAX,
        AVG,
        NEGATIVE,
        AVG_PADDED,
        UNEQUAL,
    ),
    says="as if channels were pooled together",
)
def pool_over_all_channels(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(1, 2, 3)) if self.pool_type == "max" else window.mean(axis=(1, 2, 3))
    return outputs


@slip("pool-forward", fails=(UNEQUAL,), says="as if the outputs had the integer type of the images, without fractions")
def pool_in_integers(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1), dtype=inputs.dtype)
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs


@slip("pool-forward", fails=(TRACES,), says="as if the inputs were written to: work on a copy")
def pool_inputs_as_workspace(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    inputs[...] = 0
    return outputs


@slip(
    "pool-forward",
    fails=(TRACES,),
    says="as if the layer kept the padded images of its first call and used them ever after",
)
def pool_first_padded_images_kept(self, inputs):
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    fill = -np.inf if self.pool_type == "max" else 0.0
    if not hasattr(self, "x"):
        self.x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    x = self.x
    outputs = np.zeros((*x.shape[:2], (x.shape[2] - ph) // s + 1, (x.shape[3] - pw) // s + 1))
    for i, j in np.ndindex(outputs.shape[2:]):
        window = x[:, :, i * s : i * s + ph, j * s : j * s + pw]
        outputs[:, :, i, j] = window.max(axis=(2, 3)) if self.pool_type == "max" else window.mean(axis=(2, 3))
    return outputs
