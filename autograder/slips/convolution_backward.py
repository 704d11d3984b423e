"""Slips in `Convolution.backward`."""

import numpy as np

from autograder.slips import slip

DX_PAD_0 = "test_input_gradient_without_padding"
DX_PADDED = "test_input_gradient_with_padding"
DX_ANY = "test_input_gradient_for_every_stride_and_shape"
W = "test_weight_gradient"
W_ANY = "test_weight_gradient_for_every_stride_pad_and_shape"
B_GRAD = "test_bias_gradient"
TRACES = "test_convolution_gradients_leave_no_traces"


@slip("conv-backward", fails=(DX_PAD_0,), says="as if the crop were [p:-p], which is empty when pad is 0")
def backward_crop_p_to_minus_p(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p:-p, p:-p]


@slip(
    "conv-backward",
    fails=(
        DX_PAD_0,
        DX_PADDED,
        DX_ANY,
    ),
    says="as if the crop were [1:-1], right for pad 1 only",
)
def backward_crop_always_one(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, 1:-1, 1:-1]


@slip(
    "conv-backward",
    fails=(
        DX_PADDED,
        DX_ANY,
    ),
    says="as if half of `pad` were cut off: it is the number on EACH side",
)
def backward_crop_half_of_pad(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p // 2 : p // 2 + inputs.shape[2], p // 2 : p // 2 + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        DX_PADDED,
        DX_ANY,
    ),
    says="as if twice the pad were cut off in front",
)
def backward_crop_twice_the_pad(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, 2 * p :, 2 * p :]


@slip(
    "conv-backward",
    fails=(
        DX_PADDED,
        DX_ANY,
    ),
    says="as if the padding were not cut off",
)
def backward_no_crop(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx


@slip(
    "conv-backward",
    fails=(
        DX_PADDED,
        DX_ANY,
    ),
    says="as if the crop began at the corner of the padding",
)
def backward_crop_from_the_corner(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, : inputs.shape[2], : inputs.shape[3]]


@slip("conv-backward", fails=(DX_ANY,), says="as if the crop had height and width the wrong way round")
def backward_crop_height_for_width(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[3], p : p + inputs.shape[2]]


@slip(
    "conv-backward",
    fails=(
        DX_PADDED,
        DX_ANY,
        W_ANY,
    ),
    says="as if backward ignored `pad`",
)
def backward_ignores_pad(self, in_grads, inputs):
    s, kh, kw = self.stride, self.kernel_h, self.kernel_w
    x = inputs
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx


@slip(
    "conv-backward",
    fails=(
        DX_PADDED,
        DX_ANY,
        W_ANY,
    ),
    says="as if `pad` were the sum of both sides, half of it on each",
)
def backward_pad_is_the_total(self, in_grads, inputs):
    p, s, kh, kw = self.pad // 2, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        DX_PADDED,
        DX_ANY,
        W_ANY,
    ),
    says="as if batch and channels were padded, too: np.pad(inputs, pad)",
)
def backward_pads_all_four_axes(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, p)
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(DX_ANY,),
    says="as if the rows and columns that no window reaches were missing in the gradient",
)
def backward_remainder_missing(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = (
        np.zeros((*x.shape[:2], *(s * (n - 1) + k for n, k in zip(in_grads.shape[2:], (kh, kw), strict=True)))),
        np.zeros(self.weights.shape),
    )
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p]


@slip(
    "conv-backward",
    fails=(
        DX_PAD_0,
        DX_PADDED,
        DX_ANY,
    ),
    says="as if overlapping windows overwrote each other: `=` instead of `+=`",
)
def backward_overwrites_overlaps(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] = np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        DX_PAD_0,
        DX_ANY,
    ),
    says="as if the kernel were flipped on the way back",
)
def backward_dx_flipped_kernel(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights[:, :, ::-1, ::-1])
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        DX_PAD_0,
        DX_ANY,
    ),
    says="as if the gradient were divided by the batch size once more: the loss did that",
)
def backward_dx_divided_by_batch(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights) / len(x)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        DX_PAD_0,
        DX_PADDED,
        DX_ANY,
    ),
    says="as if the sign were wrong",
)
def backward_dx_wrong_sign(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] -= np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        DX_PAD_0,
        DX_ANY,
    ),
    says="as if only the first filter sent its gradient back",
)
def backward_dx_first_filter_only(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g[:, :1], self.weights[:1])
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(DX_ANY,), says="as if windows moved on by 1, whatever the stride is")
def backward_dx_windows_move_by_one(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, i : i + kh, j : j + kw] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        DX_PAD_0,
        DX_PADDED,
        DX_ANY,
    ),
    says="as if the gradient of the inputs were not returned",
)
def backward_dx_not_returned(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    self.dx = dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(DX_ANY,), says="as if the gradient had the integer type of the images")
def backward_dx_in_integers(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros_like(x), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        DX_ANY,
        W_ANY,
    ),
    says="as if kernels were square: kernel_h stands for kernel_w",
)
def backward_square_kernels_only(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_h
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        DX_ANY,
        W_ANY,
    ),
    says="as if the outputs were square: H stands for W",
)
def backward_square_outputs_only(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2], in_grads.shape[2]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        W,
        W_ANY,
    ),
    says="as if w_grad were the mean over the batch, not the sum",
)
def backward_w_mean_over_batch(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    self.w_grad /= len(x)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        W,
        W_ANY,
    ),
    says="as if w_grad were the mean over the positions, not the sum",
)
def backward_w_mean_over_positions(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    self.w_grad /= in_grads[0, 0].size
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        W,
        W_ANY,
    ),
    says="as if only the last position counted: `=` instead of `+=`",
)
def backward_w_last_position_only(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad = np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        W,
        W_ANY,
    ),
    says="as if the sign of w_grad were wrong",
)
def backward_w_wrong_sign(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad -= np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        W,
        W_ANY,
    ),
    says="as if w_grad were (in, out, kernel_h, kernel_w)",
)
def backward_w_transposed(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    self.w_grad = self.w_grad.swapaxes(0, 1)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        W,
        W_ANY,
    ),
    says="as if w_grad were left as a matrix: reshape it to the shape of the weights",
)
def backward_w_flat(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    self.w_grad = self.w_grad.reshape(len(self.w_grad), -1)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        W,
        W_ANY,
    ),
    says="as if w_grad were flipped",
)
def backward_w_flipped(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    self.w_grad = self.w_grad[:, :, ::-1, ::-1]
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(W_ANY,), says="as if the columns of backward were padded otherwise than those of forward")
def backward_w_pads_behind_only(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    behind = np.pad(inputs, ((0, 0), (0, 0), (0, 2 * p), (0, 2 * p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, behind[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(W_ANY,), says="as if w_grad ignored the stride")
def backward_w_windows_move_by_one(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, i : i + kh, j : j + kw])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(TRACES,), says="as if w_grad were added to that of the last call")
def backward_w_accumulates(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), self.w_grad.copy()
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        W,
        W_ANY,
    ),
    says="as if w_grad were not stored in the layer",
)
def backward_w_not_stored(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(B_GRAD,), says="as if b_grad had shape (1, out_channel)")
def backward_b_one_row(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3)).reshape(1, -1)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(B_GRAD,), says="as if b_grad were one number for all filters")
def backward_b_scalar(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum()
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(B_GRAD,), says="as if b_grad were the mean over the batch, not the sum")
def backward_b_mean_over_batch(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.mean(axis=0).sum(axis=(1, 2))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(B_GRAD,), says="as if b_grad were summed over the batch only")
def backward_b_sum_over_batch_only(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=0)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(B_GRAD,), says="as if b_grad were not summed over the batch")
def backward_b_of_each_image(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(B_GRAD,), says="as if b_grad were multiplied by the bias")
def backward_b_times_bias(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3)) * self.bias
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(B_GRAD,), says="as if b_grad were not stored in the layer")
def backward_b_not_stored(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(TRACES,), says="as if b_grad were added to that of the last call")
def backward_b_accumulates(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = self.b_grad + in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip("conv-backward", fails=(TRACES,), says="as if backward changed the weights: only an optimizer may do that")
def backward_step_taken(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    self.weights = self.weights - 0.01 * self.w_grad
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(
        DX_ANY,
        TRACES,
    ),
    says="as if the gradient were written into the inputs: make a new array",
)
def backward_overwrites_inputs(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    inputs[...] = dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]
    return inputs


@slip("conv-backward", fails=(TRACES,), says="as if `in_grads` were used as workspace: work on a copy")
def backward_overwrites_in_grads(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    in_grads[...] = 0
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@slip(
    "conv-backward",
    fails=(TRACES,),
    says="as if the layer kept the padded images of its first call and used them ever after",
)
def backward_first_padded_images_kept(self, in_grads, inputs):
    p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
    if not hasattr(self, "x"):
        self.x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    x = self.x
    dx, self.w_grad = np.zeros(x.shape), np.zeros(self.weights.shape)
    self.b_grad = in_grads.sum(axis=(0, 2, 3))
    for i, j in np.ndindex(in_grads.shape[2:]):
        rows, cols, g = slice(i * s, i * s + kh), slice(j * s, j * s + kw), in_grads[:, :, i, j]
        self.w_grad += np.einsum("nf,ncuv->fcuv", g, x[:, :, rows, cols])
        dx[:, :, rows, cols] += np.einsum("nf,fcuv->ncuv", g, self.weights)
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]
