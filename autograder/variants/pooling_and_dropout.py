"""Right forms of pooling, where ties may go to the first, to all or in parts, and of dropout, whatever draws its mask."""

from __future__ import annotations

import numpy as np

from autograder.variants import variant


class Pooling:
    """Stands for the class that the notebook gives, with its `__init__`."""


class Dropout:
    """Stands for the class that the notebook gives, with its `__init__`."""


@variant("pool-forward", "pool-backward")
class PoolingInLoops(Pooling):
    """Every window by itself; the first of equal maxima gets it all."""

    def forward(self, inputs):
        p, s = self.pad, self.stride
        fill = -np.inf if self.pool_type == "max" else 0
        x = np.pad(inputs.astype(float), ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
        n, c, h, w = x.shape
        outputs = np.zeros((n, c, (h - self.pool_height) // s + 1, (w - self.pool_width) // s + 1))
        for a, b, i, j in np.ndindex(*outputs.shape):
            window = x[a, b, i * s : i * s + self.pool_height, j * s : j * s + self.pool_width]
            outputs[a, b, i, j] = window.max() if self.pool_type == "max" else window.mean()
        return outputs

    def backward(self, in_grads, inputs):
        p, s = self.pad, self.stride
        fill = -np.inf if self.pool_type == "max" else 0
        x = np.pad(inputs.astype(float), ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
        dx = np.zeros_like(x)
        for a, b, i, j in np.ndindex(*in_grads.shape):
            rows, columns = slice(i * s, i * s + self.pool_height), slice(j * s, j * s + self.pool_width)
            if self.pool_type == "max":
                window = x[a, b, rows, columns]
                u, v = np.unravel_index(np.argmax(window), window.shape)
                dx[a, b, i * s + u, j * s + v] += in_grads[a, b, i, j]
            else:
                dx[a, b, rows, columns] += in_grads[a, b, i, j] / (self.pool_height * self.pool_width)
        return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@variant("pool-forward", "pool-backward")
class KeptArgmax(Pooling):
    """Forward keeps the place of every maximum, backward uses it."""

    def forward(self, inputs):
        p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
        fill = -np.inf if self.pool_type == "max" else 0.0
        x = np.pad(inputs * 1.0, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
        windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(2, 3))[:, :, ::s, ::s]
        flat = windows.reshape(*windows.shape[:4], ph * pw)
        self.winners = flat.argmax(axis=-1)
        return flat.max(axis=-1) if self.pool_type == "max" else flat.mean(axis=-1)

    def backward(self, in_grads, inputs):
        p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
        n, c, h, w = inputs.shape
        dx = np.zeros((n, c, h + 2 * p, w + 2 * p))
        if self.pool_type == "max":
            a, b, i, j = np.indices(in_grads.shape)
            np.add.at(dx, (a, b, i * s + self.winners // pw, j * s + self.winners % pw), in_grads)
        else:
            for u in range(ph):
                for v in range(pw):
                    dx[:, :, u : u + s * in_grads.shape[2] : s, v : v + s * in_grads.shape[3] : s] += in_grads
            dx /= ph * pw
        return dx[:, :, p : p + h, p : p + w]


@variant("pool-forward", "pool-backward")
class PoolingInFloat32(Pooling):
    """float32 in, float32 out; equal maxima share in equal parts."""

    def forward(self, inputs):
        p, s = self.pad, self.stride
        kind = inputs.dtype if inputs.dtype.kind == "f" else np.float64
        x = np.full((*inputs.shape[:2], inputs.shape[2] + 2 * p, inputs.shape[3] + 2 * p), 0, dtype=kind)
        if self.pool_type == "max":
            x[:] = np.finfo(kind).min
        x[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]] = inputs
        tops = range(0, x.shape[2] - self.pool_height + 1, s)
        lefts = range(0, x.shape[3] - self.pool_width + 1, s)
        reduce = np.max if self.pool_type == "max" else np.mean
        outputs = [
            [reduce(x[:, :, i : i + self.pool_height, j : j + self.pool_width], (2, 3)) for j in lefts] for i in tops
        ]
        return np.array(outputs).transpose(2, 3, 0, 1)

    def backward(self, in_grads, inputs):
        p, s = self.pad, self.stride
        kind = inputs.dtype if inputs.dtype.kind == "f" else np.float64
        fill = -np.inf if self.pool_type == "max" else 0
        x = np.pad(inputs.astype(kind), ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
        dx = np.zeros_like(x)
        for i in range(in_grads.shape[2]):
            for j in range(in_grads.shape[3]):
                here = np.s_[:, :, i * s : i * s + self.pool_height, j * s : j * s + self.pool_width]
                window = x[here]
                share = np.ones_like(window)
                if self.pool_type == "max":
                    share = (window == window.max((2, 3), keepdims=True)).astype(kind)
                share /= share.sum((2, 3), keepdims=True)
                dx[here] += share * in_grads[:, :, i, j, None, None].astype(kind)
        return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@variant("pool-forward")
def maximum_of_shifted_images(self, inputs):
    p, s = self.pad, self.stride
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs.astype(float), ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    rows, columns = (x.shape[2] - self.pool_height) // s + 1, (x.shape[3] - self.pool_width) // s + 1
    total, largest = 0.0, -np.inf
    for u in range(self.pool_height):
        for v in range(self.pool_width):
            shifted = x[:, :, u : u + s * rows : s, v : v + s * columns : s]
            total, largest = total + shifted, np.maximum(largest, shifted)
    return largest if self.pool_type == "max" else total / (self.pool_height * self.pool_width)


@variant("pool-forward")
def windows_cut_at_the_edge(self, inputs):
    """No padding at all: windows are cut at the edge of the image, and the mean divides by the whole window."""
    p, s, ph, pw = self.pad, self.stride, self.pool_height, self.pool_width
    n, c, h, w = inputs.shape
    outputs = np.zeros((n, c, (h + 2 * p - ph) // s + 1, (w + 2 * p - pw) // s + 1))
    for i in range(outputs.shape[2]):
        for j in range(outputs.shape[3]):
            top, left = i * s - p, j * s - p
            window = inputs[:, :, max(top, 0) : top + ph, max(left, 0) : left + pw]
            if self.pool_type == "max":
                outputs[:, :, i, j] = window.max(axis=(2, 3))
            else:
                outputs[:, :, i, j] = window.sum(axis=(2, 3)) / (ph * pw)
    return outputs


@variant("pool-forward")
def pooling_by_fancy_indices(self, inputs):
    p, s = self.pad, self.stride
    fill = np.finfo(float).min if self.pool_type == "max" else 0
    x = np.pad(inputs.astype(np.float64), ((0, 0), (0, 0), (p, p), (p, p)), mode="constant", constant_values=fill)
    i = s * np.arange((x.shape[2] - self.pool_height) // s + 1)[:, None] + np.arange(self.pool_height)
    j = s * np.arange((x.shape[3] - self.pool_width) // s + 1)[:, None] + np.arange(self.pool_width)
    windows = x[:, :, i[:, None, :, None], j[None, :, None, :]]
    return np.amax(windows, axis=(-2, -1)) if self.pool_type == "max" else np.average(windows, axis=(-2, -1))


@variant("pool-forward")
def average_as_a_product(self, inputs):
    p, s = self.pad, self.stride
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    windows = np.lib.stride_tricks.sliding_window_view(x, (self.pool_height, self.pool_width), axis=(2, 3))[
        ..., ::s, ::s, :, :
    ]
    if self.pool_type == "max":
        return np.sort(windows.reshape(*windows.shape[:4], -1), axis=-1)[..., -1]
    return np.einsum("nchwuv,uv->nchw", windows, np.full(windows.shape[4:], 1 / windows[0, 0, 0, 0].size))


@variant("pool-backward")
def all_equal_maxima_get_it_all(self, in_grads, inputs):
    p, s = self.pad, self.stride
    n, c, h, w = inputs.shape
    x = np.full((n, c, h + 2 * p, w + 2 * p), -np.inf)
    x[:, :, p : p + h, p : p + w] = inputs
    dx = np.zeros(x.shape)
    for i in range(in_grads.shape[2]):
        for j in range(in_grads.shape[3]):
            here = np.s_[:, :, i * s : i * s + self.pool_height, j * s : j * s + self.pool_width]
            grads = in_grads[:, :, i, j][:, :, None, None]
            if self.pool_type == "max":
                dx[here] += grads * (x[here] == np.max(x[here], axis=(2, 3), keepdims=True))
            else:
                dx[here] += (
                    np.ones((1, 1, self.pool_height, self.pool_width)) * grads / (self.pool_height * self.pool_width)
                )
    return dx[:, :, p:-p, p:-p] if p else dx


@variant("pool-backward")
def equal_maxima_share(self, in_grads, inputs):
    p, s = self.pad, self.stride
    fill = -np.inf if self.pool_type == "max" else 0.0
    x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    windows = np.lib.stride_tricks.sliding_window_view(x, (self.pool_height, self.pool_width), axis=(2, 3))[
        :, :, ::s, ::s
    ]
    if self.pool_type == "max":
        share = (windows == windows.max(axis=(4, 5), keepdims=True)).astype(float)
    else:
        share = np.ones(windows.shape)
    share *= (in_grads / share.sum(axis=(4, 5)))[..., None, None]
    dx = np.zeros(x.shape)
    for u in range(self.pool_height):
        for v in range(self.pool_width):
            dx[:, :, u : u + s * in_grads.shape[2] : s, v : v + s * in_grads.shape[3] : s] += share[..., u, v]
    return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]


@variant("pool-backward")
def first_maximum_in_flat_windows(self, in_grads, inputs):
    p, s, area = self.pad, self.stride, self.pool_height * self.pool_width
    n, c, h, w = inputs.shape
    x = np.pad(inputs.astype(float), ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    dx = np.zeros_like(x).reshape(n * c, h + 2 * p, w + 2 * p)
    flat = x.reshape(dx.shape)
    for i in range(in_grads.shape[2]):
        for j in range(in_grads.shape[3]):
            here = np.s_[:, i * s : i * s + self.pool_height, j * s : j * s + self.pool_width]
            grads = in_grads[:, :, i, j].reshape(-1, 1)
            if self.pool_type == "max":
                windows = flat[here].reshape(n * c, area)
                share = np.zeros((n * c, area))
                share[np.arange(n * c), windows.argmax(axis=1)] = grads[:, 0]
            else:
                share = np.repeat(grads / area, area, axis=1)
            dx[here] += share.reshape(n * c, self.pool_height, self.pool_width)
    return dx.reshape(x.shape)[:, :, p : p + h, p : p + w]


@variant("dropout-forward")
def mask_from_rand_below_keep(self, inputs):
    if not self.training:
        return inputs
    keep = 1 - self.ratio
    self.mask = np.random.rand(*inputs.shape) < keep
    return inputs * self.mask / keep


@variant("dropout-forward")
def mask_from_binomial(self, inputs):
    if self.training:
        self.mask = np.random.binomial(1, 1 - self.ratio, size=inputs.shape)
        return self.mask * inputs / (1 - self.ratio)
    self.mask = np.ones(inputs.shape)
    return 1.0 * inputs


@variant("dropout-forward")
def mask_from_choice(self, inputs):
    if self.training is False:
        return inputs.copy()
    self.mask = np.random.choice([0.0, 1.0], size=inputs.shape, p=[self.ratio, 1 - self.ratio])
    return inputs * (self.mask / (1 - self.ratio))


@variant("dropout-forward", "dropout-backward")
class MaskOfTrueAndFalse(Dropout):
    def forward(self, inputs):
        if not self.training:
            return inputs
        self.mask = np.random.uniform(0, 1, inputs.shape) >= self.ratio
        return np.where(self.mask, inputs / (1 - self.ratio), 0)

    def backward(self, in_grads, inputs):
        if not self.training:
            return in_grads
        return in_grads * self.mask / (1 - self.ratio)


@variant("dropout-forward", "dropout-backward")
class MaskOfDropped(Dropout):
    """Remembers what was dropped, under a name of its own."""

    def forward(self, inputs):
        outputs = np.array(inputs, dtype=float)
        self.dropped = self.rng.random(inputs.shape) < (self.ratio if self.training else 0.0)
        self.scale = 1 / (1 - self.ratio) if self.training else 1.0
        outputs[self.dropped] = 0
        return outputs * self.scale

    def backward(self, in_grads, inputs):
        grads = in_grads.copy()
        grads[self.dropped] = 0
        return grads * self.scale


@variant("dropout-forward", "dropout-backward")
class MaskWithItsOwnGenerator(Dropout):
    def __init__(self, ratio, seed=None):
        super().__init__(ratio, seed)
        self.generator = np.random.RandomState(seed)

    def forward(self, inputs):
        self.mask = 1.0
        if self.training:
            self.mask = (self.generator.rand(*inputs.shape) >= self.ratio).astype(float) / (1 - self.ratio)
        return inputs * self.mask

    def backward(self, in_grads, inputs):
        return in_grads * self.mask


@variant("dropout-forward", "dropout-backward")
class MaskInFloat32(Dropout):
    def forward(self, inputs):
        if not self.training:
            self.mask = None
            return inputs
        kind = inputs.dtype if inputs.dtype.kind == "f" else np.float64
        kept = np.random.random_sample(inputs.size).reshape(inputs.shape) > self.ratio
        self.mask = kept.astype(kind) / kind.type(1 - self.ratio) if kind == np.float32 else kept / (1 - self.ratio)
        return inputs * self.mask

    def backward(self, in_grads, inputs):
        return in_grads if self.mask is None else in_grads * self.mask


@variant("dropout-backward")
def gradient_by_where(self, in_grads, inputs):
    return np.where(self.mask > 0, in_grads / (1 - self.ratio), 0.0) if self.training else in_grads.copy()


@variant("dropout-backward")
def gradient_into_zeros(self, in_grads, inputs):
    if not self.training:
        return in_grads
    grads = np.zeros(in_grads.shape)
    kept = self.mask != 0
    grads[kept] = in_grads[kept] * (1.0 / (1.0 - self.ratio))
    return grads


@variant("dropout-backward")
def gradient_in_loops(self, in_grads, inputs):
    print("backward", in_grads.shape)
    grads = np.array(in_grads)
    if self.training:
        for index in np.ndindex(*grads.shape):
            grads[index] = grads[index] / (1 - self.ratio) if self.mask[index] else 0
    return grads


@variant("dropout-backward")
def gradient_scaled_first(self, in_grads, inputs):
    keep = 1 - self.ratio if self.training else 1
    mask = self.mask if self.training else np.ones(inputs.shape)
    return (1 / keep) * in_grads * mask
