"""Right forms of `Convolution.forward` and `.backward`: loops, columns, windows, indices, shifts, other float types."""

from __future__ import annotations

import numpy as np

from autograder.variants import variant


class Convolution:
    """Stands for the class that the notebook gives, with its `__init__`."""


@variant("conv-forward", "conv-backward")
class Loops(Convolution):
    def forward(self, inputs):
        p, s = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)), "constant")
        rows = (x.shape[2] - self.kernel_h) // s + 1
        columns = (x.shape[3] - self.kernel_w) // s + 1
        outputs = np.zeros((x.shape[0], self.out_channel, rows, columns))
        for n in range(x.shape[0]):
            for f in range(self.out_channel):
                for i in range(rows):
                    for j in range(columns):
                        window = x[n, :, i * s : i * s + self.kernel_h, j * s : j * s + self.kernel_w]
                        outputs[n, f, i, j] = np.sum(window * self.weights[f]) + self.bias[f]
        return outputs

    def backward(self, in_grads, inputs):
        p, s = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)), "constant")
        dx = np.zeros(x.shape)
        self.w_grad = np.zeros(self.weights.shape)
        self.b_grad = np.zeros(self.bias.shape)
        for n, f, i, j in np.ndindex(*in_grads.shape):
            g = in_grads[n, f, i, j]
            rows, columns = slice(i * s, i * s + self.kernel_h), slice(j * s, j * s + self.kernel_w)
            self.w_grad[f] += g * x[n, :, rows, columns]
            dx[n, :, rows, columns] += g * self.weights[f]
            self.b_grad[f] += g
        height, width = inputs.shape[2:]
        return dx[:, :, p : p + height, p : p + width]


@variant("conv-forward", "conv-backward")
class KeptColumns(Convolution):
    """im2col; the columns of forward are kept and used again by backward."""

    def forward(self, inputs):
        n = inputs.shape[0]
        p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
        self.padded_shape = x.shape
        self.rows = 1 + (x.shape[2] - kh) // s
        self.columns_of = 1 + (x.shape[3] - kw) // s
        patches = []
        for i in range(self.rows):
            for j in range(self.columns_of):
                patches.append(x[:, :, i * s : i * s + kh, j * s : j * s + kw].reshape(n, -1))
        self.cache = np.stack(patches, axis=1).reshape(n * self.rows * self.columns_of, -1)
        outputs = self.cache @ self.weights.reshape(self.out_channel, -1).T + self.bias
        return outputs.reshape(n, self.rows, self.columns_of, self.out_channel).transpose(0, 3, 1, 2)

    def backward(self, in_grads, inputs):
        n, f = in_grads.shape[:2]
        p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
        flat = in_grads.transpose(0, 2, 3, 1).reshape(-1, f)
        self.w_grad = (flat.T @ self.cache).reshape(self.weights.shape)
        self.b_grad = flat.sum(axis=0)
        columns = (flat @ self.weights.reshape(f, -1)).reshape(n, self.rows, self.columns_of, -1, kh, kw)
        dx = np.zeros(self.padded_shape)
        for i in range(self.rows):
            for j in range(self.columns_of):
                dx[:, :, i * s : i * s + kh, j * s : j * s + kw] += columns[:, i, j]
        return dx[:, :, p:-p, p:-p] if p > 0 else dx


@variant("conv-forward", "conv-backward")
class WindowsAndEinsum(Convolution):
    """Forward by windows; backward as a convolution of the stretched gradient with the kernel turned around."""

    def windows(self, padded, stride):
        view = np.lib.stride_tricks.sliding_window_view(padded, (self.kernel_h, self.kernel_w), axis=(2, 3))
        return view[:, :, ::stride, ::stride]

    def forward(self, inputs):
        p = self.pad
        padded = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
        windows = self.windows(padded, self.stride)
        return np.einsum("nchwuv,fcuv->nfhw", windows, self.weights) + self.bias.reshape(1, -1, 1, 1)

    def backward(self, in_grads, inputs):
        p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
        padded = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
        self.w_grad = np.einsum("nfhw,nchwuv->fcuv", in_grads, self.windows(padded, s))
        self.b_grad = np.einsum("nfhw->f", in_grads)
        n, f, _, _ = in_grads.shape
        wide = np.zeros((n, f, padded.shape[2] + kh - 1, padded.shape[3] + kw - 1))
        inner = wide[:, :, kh - 1 : padded.shape[2], kw - 1 : padded.shape[3]]
        inner[:, :, ::s, ::s] = in_grads
        dx = np.einsum("nfhwuv,fcuv->nchw", self.windows(wide, 1), self.weights[:, :, ::-1, ::-1])
        return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@variant("conv-forward", "conv-backward")
class TensordotPerPosition(Convolution):
    def forward(self, inputs):
        n, _, h, w = inputs.shape
        p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
        padded = np.zeros((n, self.in_channel, h + 2 * p, w + 2 * p))
        padded[:, :, p : p + h, p : p + w] = inputs
        outputs = np.empty((n, self.out_channel, int((h + 2 * p - kh) / s) + 1, int((w + 2 * p - kw) / s) + 1))
        for i in range(outputs.shape[2]):
            for j in range(outputs.shape[3]):
                window = padded[:, :, i * s : i * s + kh, j * s : j * s + kw]
                outputs[:, :, i, j] = np.tensordot(window, self.weights, axes=([1, 2, 3], [1, 2, 3])) + self.bias
        return outputs

    def backward(self, in_grads, inputs):
        n, _, h, w = inputs.shape
        p, s, kh, kw = self.pad, self.stride, self.kernel_h, self.kernel_w
        padded = np.zeros((n, self.in_channel, h + 2 * p, w + 2 * p))
        padded[:, :, p : p + h, p : p + w] = inputs
        dx, dw = np.zeros_like(padded), np.zeros_like(self.weights)
        for i in range(in_grads.shape[2]):
            for j in range(in_grads.shape[3]):
                window = (slice(None), slice(None), slice(i * s, i * s + kh), slice(j * s, j * s + kw))
                dx[window] += np.tensordot(in_grads[:, :, i, j], self.weights, axes=1)
                dw += np.tensordot(in_grads[:, :, i, j], padded[window], axes=(0, 0))
        self.w_grad, self.b_grad = dw, in_grads.sum((0, 2, 3))
        if p == 0:
            return dx
        return dx[:, :, p:-p, p:-p].copy()


@variant("conv-forward", "conv-backward")
class FancyIndices(Convolution):
    """The indices of all windows at once; backward adds with np.add.at."""

    def indices(self, height, width):
        rows = (height + 2 * self.pad - self.kernel_h) // self.stride + 1
        columns = (width + 2 * self.pad - self.kernel_w) // self.stride + 1
        u = np.tile(np.repeat(np.arange(self.kernel_h), self.kernel_w), self.in_channel)
        v = np.tile(np.arange(self.kernel_w), self.kernel_h * self.in_channel)
        i = u[:, None] + self.stride * np.repeat(np.arange(rows), columns)[None]
        j = v[:, None] + self.stride * np.tile(np.arange(columns), rows)[None]
        c = np.repeat(np.arange(self.in_channel), self.kernel_h * self.kernel_w)[:, None]
        return c, i, j, rows, columns

    def forward(self, inputs):
        p = self.pad
        padded = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
        c, i, j, rows, columns = self.indices(*inputs.shape[2:])
        self.columns = padded[:, c, i, j]
        outputs = self.weights.reshape(self.out_channel, -1) @ self.columns + self.bias[:, None]
        return outputs.reshape(len(inputs), self.out_channel, rows, columns)

    def backward(self, in_grads, inputs):
        p = self.pad
        n, _, h, w = inputs.shape
        c, i, j, _, _ = self.indices(h, w)
        flat = in_grads.reshape(n, self.out_channel, -1)
        self.w_grad = np.sum(flat @ self.columns.transpose(0, 2, 1), axis=0).reshape(self.weights.shape)
        self.b_grad = flat.sum(axis=(0, 2))
        dx = np.zeros((n, self.in_channel, h + 2 * p, w + 2 * p))
        np.add.at(dx, (slice(None), c, i, j), self.weights.reshape(self.out_channel, -1).T @ flat)
        return dx[:, :, p : h + p, p : w + p]


@variant("conv-forward", "conv-backward")
class ImageByImage(Convolution):
    """A loop over the batch, one matrix product an image; prints and warns on the way."""

    def columns_of(self, image):
        p, s = self.pad, self.stride
        padded = np.pad(image, [(0, 0), (p, p), (p, p)])
        tops = range(0, padded.shape[1] - self.kernel_h + 1, s)
        lefts = range(0, padded.shape[2] - self.kernel_w + 1, s)
        patches = [padded[:, i : i + self.kernel_h, j : j + self.kernel_w].flatten() for i in tops for j in lefts]
        return np.array(patches), tops, lefts

    def forward(self, inputs):
        outputs = []
        for image in inputs:
            columns, tops, lefts = self.columns_of(image)
            product = np.dot(self.weights.reshape(self.out_channel, -1), columns.T)
            outputs.append(product.reshape(self.out_channel, len(tops), len(lefts)) + self.bias[:, None, None])
        return np.array(outputs)

    def backward(self, in_grads, inputs):
        p = self.pad
        self.w_grad, self.b_grad = np.zeros_like(self.weights), np.zeros_like(self.bias)
        dx = np.zeros((inputs.shape[0], inputs.shape[1], inputs.shape[2] + 2 * p, inputs.shape[3] + 2 * p))
        for n, image in enumerate(inputs):
            columns, tops, lefts = self.columns_of(image)
            grads = in_grads[n].reshape(self.out_channel, -1)
            self.w_grad += np.dot(grads, columns).reshape(self.weights.shape)
            self.b_grad += grads.sum(axis=1)
            back = np.dot(grads.T, self.weights.reshape(self.out_channel, -1))
            for k, patch in enumerate(back):
                i, j = tops[k // len(lefts)], lefts[k % len(lefts)]
                dx[n, :, i : i + self.kernel_h, j : j + self.kernel_w] += patch.reshape(self.weights.shape[1:])
        return dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p]


@variant("conv-forward", "conv-backward")
class Float32Results(Convolution):
    """float32 in, float32 out: parameters are cast to the type of the inputs."""

    def forward(self, inputs):
        p, s = self.pad, self.stride
        kind = np.float32 if inputs.dtype == np.float32 else np.float64
        x = np.pad(inputs.astype(kind), ((0, 0), (0, 0), (p, p), (p, p)))
        view = np.lib.stride_tricks.sliding_window_view(x, self.weights.shape[2:], (2, 3))[:, :, ::s, ::s]
        outputs = np.tensordot(view, self.weights.astype(kind), axes=((1, 4, 5), (1, 2, 3)))
        return np.moveaxis(outputs + self.bias.astype(kind), 3, 1)

    def backward(self, in_grads, inputs):
        p, s = self.pad, self.stride
        kind = np.float32 if inputs.dtype == np.float32 else np.float64
        x, grads = np.pad(inputs.astype(kind), ((0, 0), (0, 0), (p, p), (p, p))), in_grads.astype(kind)
        dx, self.w_grad = np.zeros_like(x), np.zeros(self.weights.shape, kind)
        for u in range(self.kernel_h):
            for v in range(self.kernel_w):
                to = np.s_[:, :, u : u + s * grads.shape[2] : s, v : v + s * grads.shape[3] : s]
                self.w_grad[:, :, u, v] = np.tensordot(grads, x[to], axes=((0, 2, 3), (0, 2, 3)))
                dx[to] += np.einsum("nfhw,fc->nchw", grads, self.weights[:, :, u, v].astype(kind))
        self.b_grad = grads.sum(axis=(0, 2, 3))
        return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@variant("conv-forward")
def forward_with_as_strided(self, inputs):
    p, s = self.pad, self.stride
    x = np.ascontiguousarray(np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p))))
    n, c, h, w = x.shape
    rows, columns = (h - self.kernel_h) // s + 1, (w - self.kernel_w) // s + 1
    a, b, y, z = x.strides
    shape, strides = (n, rows, columns, c, self.kernel_h, self.kernel_w), (a, s * y, s * z, b, y, z)
    patches = np.lib.stride_tricks.as_strided(x, shape, strides).reshape(n * rows * columns, -1)
    outputs = patches.dot(self.weights.reshape(self.out_channel, -1).T) + self.bias
    return outputs.reshape(n, rows, columns, -1).transpose(0, 3, 1, 2)


@variant("conv-forward")
def forward_that_talks(self, inputs):
    import sys
    import warnings

    print("forward", inputs.shape)
    print("to stderr", file=sys.stderr)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("slow", stacklevel=1)
    p, s = self.pad, self.stride
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    rows, columns = (x.shape[2] - self.kernel_h) // s + 1, (x.shape[3] - self.kernel_w) // s + 1
    outputs = 0.0
    for u in range(self.kernel_h):
        for v in range(self.kernel_w):
            shifted = x[:, :, u : u + s * rows : s, v : v + s * columns : s]
            outputs = outputs + np.einsum("nchw,fc->nfhw", shifted, self.weights[:, :, u, v])
    return outputs + self.bias[None, :, None, None]


@variant("conv-backward")
def backward_by_the_matrix_of_the_map(self, in_grads, inputs):
    """The layer is linear: its matrix, made by sending unit images through it, is transposed."""
    p, s = self.pad, self.stride
    n, c, h, w = inputs.shape
    units = np.pad(np.eye(c * h * w).reshape(-1, c, h, w), ((0, 0), (0, 0), (p, p), (p, p)))
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
    view = np.lib.stride_tricks.sliding_window_view
    spots = view(units, (self.kernel_h, self.kernel_w), (2, 3))[:, :, ::s, ::s]
    patches = view(x, (self.kernel_h, self.kernel_w), (2, 3))[:, :, ::s, ::s]
    matrix = np.tensordot(spots, self.weights, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)
    self.w_grad = np.tensordot(in_grads, patches, axes=((0, 2, 3), (0, 2, 3)))
    self.b_grad = in_grads.reshape(n, self.out_channel, -1).sum(axis=2).sum(axis=0)
    return np.tensordot(in_grads, matrix, axes=((1, 2, 3), (1, 2, 3))).reshape(inputs.shape)
