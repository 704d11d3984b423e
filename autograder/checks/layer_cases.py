"""What the hidden tests of `conv-layers` are made of: sizes, inputs, and how two calls are compared; it has no promise."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograder.checks.own import own_array
from autograder.compare import TOLERANCE_FLOAT32, Mismatch, alike, expect_array, expect_that
from autograder.student import Handle, Student, attempt

Array = np.ndarray
Rng = np.random.Generator
Sizes = tuple[tuple[int, ...], ...]


class Conv(NamedTuple):
    """The sizes of one convolution."""

    images: int
    channels: int
    filters: int
    height: int
    width: int
    kernel_h: int
    kernel_w: int
    stride: int = 1
    pad: int = 0

    def draw(self, rng: Rng, *, turned: bool = True, biased: bool = True) -> tuple[Array, Array, Array]:
        """Inputs and weights of both signs, biases from 1 to 2, or 0. Kernels not `turned` look the same from every side."""
        inputs = rng.normal(size=(self.images, self.channels, self.height, self.width))
        weights = rng.normal(size=(self.filters, self.channels, self.kernel_h, self.kernel_w))
        if not turned:
            weights = weights + weights[:, :, ::-1]
            weights = weights + weights[:, :, :, ::-1]
            if self.kernel_h == self.kernel_w:
                weights = weights + weights.swapaxes(2, 3)
        return inputs, weights, (1.0 + rng.random(self.filters)) * biased

    def layer(self, student: Student, weights: Array, bias: Array) -> Handle:
        """The student's layer with these parameters."""
        sizes = {"kernel_h": self.kernel_h, "kernel_w": self.kernel_w, "stride": self.stride, "pad": self.pad}
        layer = student.Convolution({**sizes, "in_channel": self.channels, "out_channel": self.filters})
        layer.weights, layer.bias = weights, bias
        return layer

    def __str__(self) -> str:
        pixels, kernel = f"{self.height}x{self.width} pixels", f"kernel {self.kernel_h}x{self.kernel_w}"
        return f"batch of {self.images}, {pixels}, {kernel}, stride {self.stride}, pad {self.pad}"


class Pool(NamedTuple):
    """The sizes of one pooling."""

    kind: str
    images: int
    channels: int
    height: int
    width: int
    pool_h: int
    pool_w: int
    stride: int
    pad: int = 0

    def draw(self, rng: Rng, *, sign: int = 1) -> Array:
        """Numbers beyond 10 of one sign, no two equal: every window has one maximum, far from the next number."""
        shape = (self.images, self.channels, self.height, self.width)
        return sign * (10.0 + 0.1 * rng.permutation(int(np.prod(shape))).reshape(shape))

    def layer(self, student: Student) -> Handle:
        """The student's layer of this kind."""
        sizes = {"pool_height": self.pool_h, "pool_width": self.pool_w, "stride": self.stride, "pad": self.pad}
        return student.Pooling({"pool_type": self.kind, **sizes})

    @property
    def window(self) -> tuple[str, int, int, int, int]:
        """What the oracle wants to know."""
        return self.kind, self.pool_h, self.pool_w, self.stride, self.pad

    def __str__(self) -> str:
        pixels, window = f"{self.height}x{self.width} pixels", f"window {self.pool_h}x{self.pool_w}"
        return f"{self.kind}, batch of {self.images}, {pixels}, {window}, stride {self.stride}, pad {self.pad}"


# Few and small: a case costs six to nine requests to the student's kernel.
BATCHES = (Conv(1, 2, 3, 5, 5, 3, 3), Conv(3, 3, 2, 4, 4, 2, 2))
UNEQUAL = (Conv(1, 1, 1, 4, 6, 3, 3), Conv(1, 1, 1, 6, 5, 2, 4))
PADDED = (Conv(1, 1, 1, 4, 4, 3, 3, pad=1), Conv(1, 1, 1, 2, 2, 3, 3, pad=2))
# Of the side less the kernel, stride 2 leaves 0 and 1 (3 / 2 would round up), stride 3 leaves 2.
STRIDED = tuple(Conv(1, 1, 1, n, n, 3, 3, stride=s) for n, s in ((5, 2), (6, 2), (8, 3)))
AT_ONCE = (
    Conv(2, 2, 3, 5, 7, 2, 3, stride=2, pad=1),
    Conv(1, 3, 2, 7, 4, 3, 2, stride=3, pad=2),
    Conv(2, 2, 2, 2, 3, 2, 3, stride=2),  # one output position
)

KINDS = ("max", "avg")
POOL_SIDE_BY_SIDE: Sizes = ((3, 1, 6, 6, 3, 3, 3), (1, 3, 4, 4, 2, 2, 2))
# Windows are wider than the pad, so that each holds at least one pixel of the image.
POOL_PADDED: Sizes = ((1, 2, 4, 4, 3, 3, 3, 1), (2, 1, 5, 5, 3, 3, 3, 2))
POOL_UNEQUAL: Sizes = (
    (1, 2, 5, 5, 3, 2, 3, 1),  # only the windows
    (2, 2, 5, 8, 2, 3, 3, 1),  # windows and images, and a remainder
    (2, 1, 1, 2, 3, 4, 3, 1),  # one output position
)


def number_kinds(inputs: Array) -> tuple[tuple[str, Array, float | None], ...]:
    """The same task with integer and with float32 inputs, and the tolerance that goes with each."""
    whole = np.round(5 * inputs).astype(np.int64)
    whole[whole == 0] = 1
    return (("integers", whole, None), ("float32", inputs.astype(np.float32), TOLERANCE_FLOAT32))


def expect(got: Any, expected: Array, what: str, case: object, tolerance: float | None = None) -> None:
    """`expect_array` for one case, with its usual tolerance or another one."""
    if tolerance is None:
        expect_array(got, expected, what, case=str(case))
    else:
        expect_array(got, expected, what, case=str(case), tolerance=tolerance)


def expect_same_again(first: Any, again: Any, what: str, *idle: Any) -> None:
    """Two calls on the same arguments gave the same. Whether that is right is the question of the other promises.

    An answer that does nothing gives the same, too: it is one of `idle`, an argument or the answer to other arguments.
    """
    real = isinstance(first, np.ndarray) and first.dtype.kind in "fiu" and first.size > 1 and first.min() < first.max()
    expect_that(first is not None, f"{what}: None (is a `return` missing?)")
    expect_that(real, f"{what}: no array of different numbers")
    own_array(first, first.shape, what, *idle)
    if not (isinstance(again, np.ndarray) and alike(again, first)):
        raise Mismatch(f"{what}: the same arguments give something else after other calls", again)


def expect_parameters(layer: Handle, weights: Array, bias: Array) -> None:
    """Weights and bias of a layer still are what they were before a call."""
    for name, before in (("weights", weights), ("bias", bias)):
        now = getattr(layer, name)
        same = isinstance(now, np.ndarray) and np.array_equal(now, before)
        expect_that(same, f"`{name}` of the layer changed: only an optimizer may do that")


def backward(layer: Handle, in_grads: Any, inputs: Any) -> Any:
    """The backward pass after a forward pass on the same inputs, be that finished or not."""
    attempt(layer, "forward", inputs)
    return layer.backward(in_grads, inputs)
