"""Hidden tests of `conv-layers`: convolution, pooling, dropout, global average pooling and flatten. Nothing is trained.

How a mistake is charged once: the promise about one idea (padding, stride, unequal sides) uses one image, one channel,
one filter and kernels that look the same however they are turned, so that a turned kernel or a lost channel fails only
the promise about batches. The promises "all at once" are the net underneath. Every backward pass follows a forward pass
on the same inputs, because columns, masks or shapes may be kept in between; a broken forward pass is not charged there.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from autograder.checks.layer_cases import (
    AT_ONCE,
    BATCHES,
    KINDS,
    PADDED,
    POOL_PADDED,
    POOL_SIDE_BY_SIDE,
    POOL_UNEQUAL,
    STRIDED,
    UNEQUAL,
    Array,
    Conv,
    Pool,
    Rng,
    backward,
    expect,
    expect_parameters,
    expect_same_again,
    number_kinds,
)
from autograder.checks.own import own_array
from autograder.compare import Mismatch, expect_array, expect_that, expect_unchanged
from autograder.oracles import layers as oracle
from autograder.promise import Assignment, Task, promise
from autograder.student import Handle, Student, StudentError, attempt, fetch, keep

ASSIGNMENT = Assignment(
    "conv-layers",
    allow_keras=False,
    tasks=(
        Task("conv-1x1", "4.1", "1x1 convolution", defines="conv_1x1"),
        Task("naive-conv", "4.2", "Naive convolution", defines="naive_convolution"),
        Task("conv-forward", "4.3", "Convolution forward", defines="Convolution.forward"),
        Task("conv-backward", "4.4", "Convolution backward", defines="Convolution.backward"),
        Task("pool-forward", "4.5", "Pooling forward", defines="Pooling.forward"),
        Task("pool-backward", "4.6", "Pooling backward", defines="Pooling.backward"),
        Task("dropout-forward", "4.7", "Dropout forward", defines="Dropout.forward"),
        Task("dropout-backward", "4.8", "Dropout backward", defines="Dropout.backward"),
        Task("gap", "4.9", "Global average pooling", defines="GlobalAveragePooling"),
        Task("flatten", "4.10", "Flatten", defines="Flatten"),
    ),
)

# 4.1 1x1 convolution ------------------------------------------------------------------------------------------------


@promise("conv-1x1", points=2, hint="At one pixel: which row of the weights meets which numbers of the image?")
def test_1x1_mixes_the_channels_of_each_pixel(student: Student, rng: Rng) -> None:
    """Each output channel is the weighted sum of the input channels, pixel by pixel."""
    image, weights, bias = rng.normal(size=(3, 3, 3)), rng.normal(size=(3, 3)), np.zeros(3)
    expect(student.conv_1x1(image, weights, bias), oracle.conv_1x1(image, weights, bias), "output", "3 to 3 channels")


@promise("conv-1x1", points=1, hint="What is the output of an image of zeros?")
def test_1x1_adds_the_bias(student: Student, rng: Rng) -> None:
    """Each output channel gets its own bias, once at every pixel."""
    weights, bias = rng.normal(size=(3, 3)), 1.0 + rng.random(3)
    got = student.conv_1x1(np.zeros((3, 3, 3)), weights, bias)
    expect(got, oracle.conv_1x1(np.zeros((3, 3, 3)), weights, bias), "output", "an image of zeros")


@promise("conv-1x1", points=1, hint="Which of the sizes C, out, H and W do you take for equal?")
def test_1x1_for_every_size_and_number_type(student: Student, rng: Rng) -> None:
    """The output is right where C, out, H and W differ, for one pixel, and for integer and float32 images."""
    for channels, filters, height, width in ((2, 4, 3, 5), (4, 2, 5, 3), (1, 3, 2, 4), (3, 1, 4, 2), (3, 2, 1, 1)):
        image, weights = rng.normal(size=(channels, height, width)), rng.normal(size=(filters, channels))
        case, bias = f"{channels} to {filters} channels, {height}x{width} pixels", np.zeros(filters)
        expect(student.conv_1x1(image, weights, bias), oracle.conv_1x1(image, weights, bias), "output", case)
    for kind, numbers, tolerance in number_kinds(image):
        got = student.conv_1x1(numbers, weights, bias)
        expect(got, oracle.conv_1x1(numbers, weights, bias), "output", kind, tolerance)


@promise("conv-1x1", points=1, hint="Does anything you write to belong to the caller?")
def test_1x1_leaves_no_traces(student: Student, rng: Rng) -> None:
    """Image, weights and bias are unchanged afterwards, and the same call gives the same again."""
    values = {"image": rng.normal(size=(2, 2, 2)), "weights": rng.normal(size=(2, 2)), "bias": 1.0 + rng.random(2)}
    kept = {name: keep(student, value) for name, value in values.items()}
    first = student.conv_1x1(*kept.values())
    doubled = student.conv_1x1(*(2 * value for value in values.values()))
    expect_same_again(first, student.conv_1x1(*kept.values()), "output", doubled, *values.values())
    for name, value in values.items():
        expect_unchanged(fetch(kept[name]), value, name)


# 4.2 Naive convolution ----------------------------------------------------------------------------------------------


def _expect_naive(student: Student, conv: Conv, image: Array, weights: Array, bias: Array, **tolerance: Any) -> None:
    got = student.naive_convolution(image, weights, bias, stride=conv.stride, pad=conv.pad)
    expected = oracle.naive_convolution(image, weights, bias, conv.stride, conv.pad)
    expect(got, expected, "output", str(conv).removeprefix("batch of 1, "), **tolerance)


@promise("naive-conv", points=3, hint="Work one output number out on paper: which patch, which kernel, which sums?")
def test_naive_output(student: Student, rng: Rng) -> None:
    """Each output is the sum over the window and over all input channels; stride 1 and pad 0 need not be given."""
    for conv in (Conv(1, 2, 3, 5, 5, 3, 3), Conv(1, 3, 2, 4, 4, 2, 2), Conv(1, 2, 2, 3, 3, 1, 1)):
        inputs, weights, bias = conv.draw(rng, biased=False)
        expected = oracle.naive_convolution(inputs[0], weights, bias)
        got = student.naive_convolution(inputs[0], weights, bias)
        expect(got, expected, "output", str(conv).removeprefix("batch of 1, "))


@promise("naive-conv", points=1, hint="What is the output of an image of zeros?")
def test_naive_bias(student: Student, rng: Rng) -> None:
    """Each output channel gets its own bias, once at every position."""
    conv = Conv(1, 3, 2, 4, 4, 3, 3)
    inputs, weights, bias = conv.draw(rng)
    _expect_naive(student, conv, 0 * inputs[0], weights, bias)


@promise("naive-conv", points=1, hint="Which of the four sizes H, W, kernel_h and kernel_w stands in which range?")
def test_naive_unequal_sides(student: Student, rng: Rng) -> None:
    """Height and width may differ, of the image and of the kernel."""
    for conv in UNEQUAL:
        inputs, weights, bias = conv.draw(rng, turned=False, biased=False)
        _expect_naive(student, conv, inputs[0], weights, bias)


@promise("naive-conv", points=2, hint="How many rows of zeros are above the image, how many below, with pad 1?")
def test_naive_padding(student: Student, rng: Rng) -> None:
    """With pad 1 or 2 there are so many zeros on each of the four sides."""
    for conv in PADDED:
        conv = conv._replace(channels=2)  # channels are not padded
        inputs, weights, bias = conv.draw(rng, turned=False, biased=False)
        _expect_naive(student, conv, inputs[0], weights, bias)


@promise("naive-conv", points=1, hint="Where does the last window start that still fits?")
def test_naive_stride(student: Student, rng: Rng) -> None:
    """Windows start every 2 or 3 pixels; a remainder that the stride does not reach is dropped."""
    for conv in STRIDED:
        inputs, weights, bias = conv.draw(rng, turned=False, biased=False)
        _expect_naive(student, conv, inputs[0], weights, bias)


@promise("naive-conv", points=1, hint="Take the failing case, print the shapes after every step, compare with paper.")
def test_naive_all_at_once(student: Student, rng: Rng) -> None:
    """Stride, padding and unequal sides work together, down to one output; integer and float32 images, too."""
    for conv in AT_ONCE:
        inputs, weights, bias = conv.draw(rng, biased=False)
        _expect_naive(student, conv, inputs[0], weights, bias)
    for _, numbers, tolerance in number_kinds(inputs[0]):
        _expect_naive(student, conv, numbers, weights, bias, tolerance=tolerance)


@promise("naive-conv", points=1, hint="Does anything you write to belong to the caller?")
def test_naive_leaves_no_traces(student: Student, rng: Rng) -> None:
    """Image, weights and bias are unchanged afterwards, and the same call gives the same again."""
    inputs, weights, bias = Conv(1, 2, 2, 4, 4, 3, 3).draw(rng)
    values = {"image": inputs[0], "weights": weights, "bias": bias}
    kept = {name: keep(student, value) for name, value in values.items()}
    first = student.naive_convolution(*kept.values(), stride=1, pad=0)
    doubled = student.naive_convolution(*(2 * value for value in values.values()), stride=1, pad=0)
    again = student.naive_convolution(*kept.values(), stride=1, pad=0)
    expect_same_again(first, again, "output", doubled, *values.values())
    for name, value in values.items():
        expect_unchanged(fetch(kept[name]), value, name)


# 4.3 Convolution forward --------------------------------------------------------------------------------------------


def _expect_forward(student: Student, conv: Conv, inputs: Array, weights: Array, bias: Array, **tolerance: Any) -> None:
    got = conv.layer(student, weights, bias).forward(inputs)
    expected = oracle.convolution_forward(inputs, weights, bias, conv.stride, conv.pad)
    expect(got, expected, "output", conv, **tolerance)


@promise("conv-forward", points=4, hint="After the matrix product: which axis is the image, which the filter?")
def test_convolution_of_a_batch(student: Student, rng: Rng) -> None:
    """The output is right for batches of one and more, with several channels and filters."""
    for conv in BATCHES:
        _expect_forward(student, conv, *conv.draw(rng, biased=False))


@promise("conv-forward", points=1, hint="What is the output of images of zeros?")
def test_convolution_bias(student: Student, rng: Rng) -> None:
    """Each filter adds its own bias, once at every position."""
    conv = Conv(2, 2, 3, 4, 4, 2, 2)
    inputs, weights, bias = conv.draw(rng)
    _expect_forward(student, conv, 0 * inputs, weights, bias)


@promise("conv-forward", points=2, hint="Which of the four sizes H, W, kernel_h and kernel_w stands in which formula?")
def test_convolution_of_unequal_sides(student: Student, rng: Rng) -> None:
    """Height and width may differ, of the images and of the kernels."""
    for conv in UNEQUAL:
        _expect_forward(student, conv, *conv.draw(rng, turned=False, biased=False))


@promise("conv-forward", points=2, hint="Which axes does np.pad get, and how much in front of and behind each?")
def test_convolution_padding(student: Student, rng: Rng) -> None:
    """With pad 1 or 2 there are so many zeros on each of the four sides of an image."""
    for conv in PADDED:
        _expect_forward(student, conv, *conv.draw(rng, turned=False, biased=False))


@promise("conv-forward", points=2, hint="Where does the last window start that still fits?")
def test_convolution_stride(student: Student, rng: Rng) -> None:
    """Windows start every 2 or 3 pixels; a remainder that the stride does not reach is dropped."""
    for conv in STRIDED:
        _expect_forward(student, conv, *conv.draw(rng, turned=False, biased=False))


@promise("conv-forward", points=2, hint="Take the failing case, print the shapes after every step, compare with paper.")
def test_convolution_all_at_once(student: Student, rng: Rng) -> None:
    """Stride, padding and unequal sides work together, down to one output; integer and float32 images, too."""
    for conv in AT_ONCE:
        inputs, weights, bias = conv.draw(rng, biased=False)
        _expect_forward(student, conv, inputs, weights, bias)
    for _, numbers, tolerance in number_kinds(inputs):
        _expect_forward(student, conv, numbers, weights, bias, tolerance=tolerance)


@promise("conv-forward", points=2, hint="What does a layer remember after a call, and does it write to the caller's?")
def test_convolution_leaves_no_traces(student: Student, rng: Rng) -> None:
    """Inputs and parameters are unchanged afterwards; later calls and other layers do not disturb a layer."""
    conv, wide = Conv(2, 2, 3, 4, 4, 2, 2), Conv(3, 1, 1, 5, 5, 3, 3)
    (inputs, weights, bias), (others, *parameters) = conv.draw(rng), wide.draw(rng)
    layer, other, kept = conv.layer(student, weights, bias), wide.layer(student, *parameters), keep(student, inputs)
    first = conv.layer(student, weights, bias).forward(kept)
    _, doubled = (layer.forward(earlier) for earlier in (rng.normal(size=(1, 2, 5, 4)), 2 * inputs))
    other.forward(others)
    expect_same_again(first, layer.forward(kept), "output", doubled, inputs)
    expect_unchanged(fetch(kept), inputs, "inputs")
    expect_parameters(layer, weights, bias)


# 4.4 Convolution backward -------------------------------------------------------------------------------------------


INPUTS, WEIGHTS, BIAS = "gradient of the inputs", "w_grad", "b_grad"


def _expect_gradient(
    student: Student,
    which: str,
    conv: Conv,
    values: tuple[Array, Array, Array],
    rng: Rng,
    *,
    case: str = "",
    tolerance: float | None = None,
) -> None:
    """One of the three gradients is right after a forward and a backward pass; `values` are inputs, weights, bias."""
    inputs, weights, bias = values
    in_grads = rng.normal(size=oracle.convolution_forward(inputs, weights, bias, conv.stride, conv.pad).shape)
    layer = conv.layer(student, weights, bias)
    returned = backward(layer, in_grads, inputs)
    got = returned if which == INPUTS else getattr(layer, which)
    gradients = oracle.convolution_backward(in_grads, inputs, weights, conv.stride, conv.pad)
    expect(got, gradients[(INPUTS, WEIGHTS, BIAS).index(which)], which, case or conv, tolerance)


@promise("conv-backward", points=5, hint="Which outputs did this pixel go into, and through which weights?")
def test_input_gradient_without_padding(student: Student, rng: Rng) -> None:
    """The gradient of the inputs is right at pad 0 and stride 1."""
    for conv in BATCHES:
        _expect_gradient(student, INPUTS, conv, conv.draw(rng), rng)


@promise(
    "conv-backward", points=5, hint="Which part of the padded gradient belongs to the image? Count from the front."
)
def test_input_gradient_with_padding(student: Student, rng: Rng) -> None:
    """With pad 1 or 2 the gradient of the inputs has their shape and the right values."""
    for conv in reversed(PADDED):  # pad 2 first: at pad 1, half of it is nothing
        _expect_gradient(student, INPUTS, conv, conv.draw(rng, turned=False), rng)


@promise("conv-backward", points=4, hint="Pixel (i, j) lies in the windows that start where? Is each one added?")
def test_input_gradient_for_every_stride_and_shape(student: Student, rng: Rng) -> None:
    """The gradient of the inputs is right for all strides, unequal sides, one output; also of integers and float32."""
    # Always padded, so that a crop that is wrong only at pad 0 is charged in its own promise.
    for conv in (
        *(conv._replace(pad=1, kernel_h=2, kernel_w=2) for conv in STRIDED),
        Conv(2, 2, 3, 5, 7, 2, 3, stride=2, pad=1),
        Conv(1, 3, 2, 7, 4, 3, 2, stride=3, pad=2),
        Conv(2, 2, 2, 1, 2, 3, 4, stride=2, pad=1),  # one output position
    ):
        inputs, weights, bias = conv.draw(rng, turned=conv.images > 1)
        _expect_gradient(student, INPUTS, conv, (inputs, weights, bias), rng)
    for kind, numbers, tolerance in number_kinds(inputs):
        _expect_gradient(student, INPUTS, conv, (numbers, weights, bias), rng, case=kind, tolerance=tolerance)


@promise("conv-backward", points=4, hint="Weight (f, c, u, v) met which pixels, and what came back from each output?")
def test_weight_gradient(student: Student, rng: Rng) -> None:
    """The gradient of the weights, in `w_grad`, is summed over the positions and the batch (pad 0, stride 1)."""
    for conv in BATCHES:
        _expect_gradient(student, WEIGHTS, conv, conv.draw(rng), rng)


@promise("conv-backward", points=4, hint="Are the columns here the same ones that forward multiplied?")
def test_weight_gradient_for_every_stride_pad_and_shape(student: Student, rng: Rng) -> None:
    """The gradient of the weights is right for every stride, pad and shape, down to one output."""
    for conv in (*STRIDED, *PADDED, *AT_ONCE):
        _expect_gradient(student, WEIGHTS, conv, conv.draw(rng), rng)


@promise("conv-backward", points=2, hint="One bias is added at how many places of how many outputs?")
def test_bias_gradient(student: Student, rng: Rng) -> None:
    """The gradient of the bias, in `b_grad`, has shape (out_channel,): the sum over batch and positions."""
    # A batch of 3 first: of one image, the sum over the batch and the gradient of each image look alike.
    for conv in (*reversed(BATCHES), Conv(2, 2, 3, 5, 6, 2, 2, stride=2), Conv(2, 2, 2, 3, 3, 3, 3)):
        _expect_gradient(student, BIAS, conv, conv.draw(rng), rng)


@promise("conv-backward", points=1, hint="Is every gradient made anew, or does something of the last call remain?")
def test_convolution_gradients_leave_no_traces(student: Student, rng: Rng) -> None:
    """Arguments and parameters stay as they are; gradients are fresh at every call and apart in every layer."""
    conv, wide = Conv(2, 2, 3, 4, 4, 3, 3), Conv(3, 1, 1, 5, 5, 2, 2)
    (inputs, weights, bias), (others, *parameters) = conv.draw(rng), wide.draw(rng)
    in_grads = rng.normal(size=(2, 3, 2, 2))
    new, used = conv.layer(student, weights, bias), conv.layer(student, weights, bias)
    other = wide.layer(student, *parameters)
    kept, kept_grads = keep(student, inputs), keep(student, in_grads)

    def gradients_of(layer: Handle, grads: Any = kept_grads) -> Array:
        parts = layer.backward(grads, kept), layer.w_grad, layer.b_grad
        arrays = [part for part in parts if isinstance(part, np.ndarray)]
        # What was there before is no gradient.
        made = [one for one in arrays if not any(np.array_equal(one, old) for old in (in_grads, inputs, weights, bias))]
        return np.concatenate([*map(np.ravel, made), np.zeros(0)])

    attempt(new, "forward", inputs)
    parameters_before = new.weights, new.bias
    first = gradients_of(new)
    backward(used, rng.normal(size=(1, 3, 3, 3)), rng.normal(size=(1, 2, 5, 5)))
    attempt(used, "forward", inputs)
    backward(other, rng.normal(size=(3, 1, 4, 4)), others)
    expect_same_again(first, gradients_of(used), "gradients", gradients_of(new, 2 * in_grads))
    expect_same_again(first, gradients_of(used), "gradients of a second backward pass")
    expect_unchanged(fetch(kept_grads), in_grads, "in_grads")
    expect_unchanged(fetch(kept), inputs, "inputs")
    expect_parameters(new, *parameters_before)


# 4.5 Pooling forward ------------------------------------------------------------------------------------------------


def _expect_pooled(student: Student, pool: Pool, inputs: Array, tolerance: float | None = None) -> None:
    got = pool.layer(student).forward(inputs)
    expect(got, oracle.pooling_forward(inputs, *pool.window), "output", pool, tolerance)


@promise("pool-forward", points=2, hint="Over which axes of the window is the maximum taken, and which ones stay?")
def test_max_pooling(student: Student, rng: Rng) -> None:
    """The largest value of each window, every image and channel for itself (windows side by side)."""
    for sizes in POOL_SIDE_BY_SIDE:
        pool = Pool("max", *sizes)
        _expect_pooled(student, pool, pool.draw(rng))


@promise("pool-forward", points=2, hint="How many values does each window hold?")
def test_avg_pooling(student: Student, rng: Rng) -> None:
    """The mean of each window, every image and channel for itself (windows side by side)."""
    for sizes in POOL_SIDE_BY_SIDE:
        pool = Pool("avg", *sizes)
        _expect_pooled(student, pool, pool.draw(rng))


@promise("pool-forward", points=2, hint="Which number never wins against any other?")
def test_max_pooling_of_negative_numbers(student: Student, rng: Rng) -> None:
    """The maximum of negative numbers is negative: neither padding nor a starting value may win."""
    for pool in (Pool("max", 2, 2, 4, 4, 2, 2, 2), *(Pool("max", *sizes) for sizes in POOL_PADDED)):
        _expect_pooled(student, pool, pool.draw(rng, sign=-1))


@promise("pool-forward", points=1, hint="What is the mean of a corner window: of its pixels, or of all its places?")
def test_avg_pooling_counts_the_padding(student: Student, rng: Rng) -> None:
    """The mean is over the whole window, the zeros of pad 1 or 2 included."""
    for sizes in POOL_PADDED:
        pool = Pool("avg", *sizes)
        _expect_pooled(student, pool, pool.draw(rng))


@promise("pool-forward", points=1, hint="Where does window number i start, and where the last one that still fits?")
def test_pooling_for_every_stride(student: Student, rng: Rng) -> None:
    """Windows may overlap or leave gaps; a remainder that the stride does not reach is dropped."""
    for kind in KINDS:
        for size, window, stride in ((4, 2, 1), (6, 3, 2), (7, 2, 3), (5, 2, 2)):
            pool = Pool(kind, 1, 1, size, size, window, window, stride)
            _expect_pooled(student, pool, pool.draw(rng))


@promise("pool-forward", points=1, hint="Which of H, W, pool_height and pool_width stands in which formula?")
def test_pooling_of_unequal_sides(student: Student, rng: Rng) -> None:
    """Height and width may differ, of images and windows, down to one output; integer and float32 images, too."""
    for sizes in POOL_UNEQUAL:
        pool = Pool("max", *sizes)
        _expect_pooled(student, pool, pool.draw(rng))  # positive: a padding of zeros is charged in its own promise
    for sizes in ((1, 2, 6, 4, 2, 2, 2), (2, 1, 3, 4, 3, 4, 4), (2, 2, 5, 8, 2, 3, 3)):
        pool = Pool("avg", *sizes)
        inputs = pool.draw(rng)
        _expect_pooled(student, pool, inputs)
    # Integers are for avg only: they have no -inf to pad with, and images of the course are floats.
    for kind in KINDS:
        for _, numbers, tolerance in number_kinds(inputs)[kind == "max" :]:
            _expect_pooled(student, pool._replace(kind=kind), numbers, tolerance)


@promise("pool-forward", points=1, hint="What does a layer remember after a call, and does it write to the caller's?")
def test_pooling_leaves_no_traces(student: Student, rng: Rng) -> None:
    """Inputs are unchanged afterwards; later calls and other layers do not disturb a layer."""
    for kind in KINDS:
        pool, wide = Pool(kind, 2, 2, 4, 4, 2, 2, 2), Pool(kind, 1, 1, 6, 6, 3, 3, 3)
        inputs = pool.draw(rng)
        layer, other, kept = pool.layer(student), wide.layer(student), keep(student, inputs)
        first = pool.layer(student).forward(kept)
        _, doubled = (layer.forward(earlier) for earlier in (rng.normal(size=(1, 2, 6, 6)), 2 * inputs))
        other.forward(wide.draw(rng))
        expect_same_again(first, layer.forward(kept), "output", doubled, inputs)
        expect_unchanged(fetch(kept), inputs, "inputs")


# 4.6 Pooling backward -----------------------------------------------------------------------------------------------


def _expect_pool_gradient(
    student: Student, pool: Pool, inputs: Array, rng: Rng, tolerance: float | None = None
) -> None:
    in_grads = rng.normal(size=oracle.pooling_forward(inputs, *pool.window).shape)
    got = backward(pool.layer(student), in_grads, inputs)
    expected = oracle.pooling_backward(in_grads, inputs, *pool.window)
    expect(got, expected, "gradient of the inputs", pool, tolerance)


@promise("pool-backward", points=3, hint="Which single pixel of a window does its maximum depend on?")
def test_max_pooling_gradient(student: Student, rng: Rng) -> None:
    """A window's gradient goes to its largest pixel, and nothing to the others (windows side by side, pad 0)."""
    for sizes in POOL_SIDE_BY_SIDE:
        pool = Pool("max", *sizes)
        _expect_pool_gradient(student, pool, pool.draw(rng), rng)


@promise("pool-backward", points=3, hint="How much does the mean grow when one pixel grows by 1?")
def test_avg_pooling_gradient(student: Student, rng: Rng) -> None:
    """A window's gradient goes to all of its pixels in equal parts (windows side by side, pad 0)."""
    for sizes in POOL_SIDE_BY_SIDE:
        pool = Pool("avg", *sizes)
        _expect_pool_gradient(student, pool, pool.draw(rng), rng)


@promise("pool-backward", points=3, hint="If two windows share a pixel, what is the sum over both?")
def test_gradients_of_overlapping_windows_add_up(student: Student, rng: Rng) -> None:
    """A pixel in several windows gets the sum of what each sends, for max and for avg."""
    for kind in KINDS:
        # Padded, so that a crop that is wrong only at pad 0 is charged elsewhere.
        for sizes in ((2, 2, 4, 4, 3, 3, 1, 1), (1, 1, 5, 5, 3, 3, 2, 1)):
            pool = Pool(kind, *sizes)
            _expect_pool_gradient(student, pool, pool.draw(rng), rng)


@promise("pool-backward", points=3, hint="Which part of the padded gradient belongs to the image, and what is padded?")
def test_pooling_gradient_with_padding(student: Student, rng: Rng) -> None:
    """With pad 1 or 2 the gradient has the shape of the inputs; padding takes its share of avg, none of max."""
    for sizes in POOL_PADDED:
        for kind, sign in (("max", -1), ("avg", 1)):
            pool = Pool(kind, *sizes)
            _expect_pool_gradient(student, pool, pool.draw(rng, sign=sign), rng)


@promise("pool-backward", points=2, hint="Which of H, W, pool_height and pool_width turns a place into row and column?")
def test_pooling_gradient_for_every_stride_and_shape(student: Student, rng: Rng) -> None:
    """The gradient is right for unequal sides, gaps, remainders and one output; integer and float32 images, too."""
    for kind in KINDS:
        for sizes in ((1, 1, 5, 5, 2, 2, 3, 1), *POOL_UNEQUAL):  # the first leaves gaps
            pool = Pool(kind, *sizes)
            _expect_pool_gradient(student, pool, pool.draw(rng), rng)
        for _, numbers, tolerance in number_kinds(pool.draw(rng))[kind == "max" :]:  # integers have no -inf
            _expect_pool_gradient(student, pool, numbers, rng, tolerance)


@promise("pool-backward", points=1, hint="What does a layer remember after a call, and does it write to the caller's?")
def test_pooling_gradient_leaves_no_traces(student: Student, rng: Rng) -> None:
    """Arguments are unchanged; a second backward pass gives the same, and layers do not disturb each other."""
    for kind in KINDS:
        for pad in (0, 1):
            pool = Pool(kind, 2, 2, 4, 4, 2, 2, 2, pad)
            inputs, in_grads = pool.draw(rng), rng.normal(size=(2, 2, 2 + pad, 2 + pad))
            new, kept, kept_grads = pool.layer(student), keep(student, inputs), keep(student, in_grads)
            attempt(new, "forward", inputs)
            first = new.backward(kept_grads, kept)
            expect_unchanged(fetch(kept_grads), in_grads, "in_grads")
            expect_unchanged(fetch(kept), inputs, "inputs")
        # Padded: there the gradient has its shape even if a crop is wrong, which is charged elsewhere.
        wide = Pool(kind, 1, 1, 6, 6, 3, 3, 3)
        used, other = pool.layer(student), wide.layer(student)
        backward(used, rng.normal(size=(1, 2, 4, 4)), rng.normal(size=(1, 2, 6, 6)))
        attempt(used, "forward", inputs)
        backward(other, rng.normal(size=(1, 1, 2, 2)), wide.draw(rng))
        idle = new.backward(2 * in_grads, inputs), in_grads, inputs
        expect_same_again(first, used.backward(in_grads, inputs), "gradient", *idle)
        expect_same_again(first, used.backward(in_grads, inputs), "gradient of a second backward pass")


# 4.7 Dropout forward ------------------------------------------------------------------------------------------------
# No draw is compared with ours: only how many values are dropped, and what becomes of the dropped and the kept ones.


def _values(rng: Rng, shape: tuple[int, ...]) -> Array:
    """Numbers of both signs, all of size 1 to 2: an output of 0 was dropped."""
    return rng.choice([-1.0, 1.0], size=shape) * (1.0 + rng.random(shape))


def _dropout(student: Student, ratio: float, rng: Rng) -> Handle:
    return student.Dropout(ratio, seed=int(rng.integers(2**31)))


def _output(layer: Handle, inputs: Any, shape: tuple[int, ...]) -> Array:
    """What forward returns, if it is an array that can be looked at."""
    outputs = layer.forward(inputs)
    if not isinstance(outputs, np.ndarray) or outputs.shape != shape:
        expect_array(outputs, np.zeros(shape), "output")
    return outputs


@promise("dropout-forward", points=1, hint="Is `ratio` the probability of keeping a value, or of dropping it?")
def test_dropout_drops_the_given_fraction(student: Student, rng: Rng) -> None:
    """In training about `ratio` of the values become 0, and none at ratio 0."""
    for ratio, shape in ((0.2, (1, 4096)), (0.7, (2, 4096)), (0.0, (3, 40))):
        outputs = _output(_dropout(student, ratio, rng), _values(rng, shape), shape)
        dropped = float(np.mean(outputs == 0))
        # Two Hoeffding bounds that each fail with probability 1e-11 at most: a right solution loses this promise with
        # probability 2e-11. A coin instead of ratio 0.7 is five times the slack of 0.04 away.
        slack = oracle.dropout_slack(int(np.prod(shape))) if ratio else 0.0
        says = f"{100 * dropped:.0f} % of the values are 0 at ratio {ratio}, the probability of dropping"
        expect_that(abs(dropped - ratio) <= slack, says, outputs)


@promise("dropout-forward", points=1, hint="If one value in five is dropped, what keeps the mean where it was?")
def test_dropout_scales_what_it_keeps(student: Student, rng: Rng) -> None:
    """Values that are kept are divided by 1 - ratio, integers and float32 included."""
    # At least one of 300 values is kept, except with probability 0.7^300 < 1e-46.
    for ratio, shape in ((0.2, (20, 15)), (0.7, (4, 75))):
        inputs = _values(rng, shape)
        for kind, numbers, tolerance in (("float64", inputs, None), *number_kinds(inputs)):
            outputs = _output(_dropout(student, ratio, rng), numbers, shape)
            kept = outputs != 0
            expect_that(kept.any(), f"all values are 0 (ratio {ratio})")
            case = f"ratio {ratio}, {kind}"
            expect(outputs[kept], oracle.dropout(numbers, kept, ratio)[kept], "the kept values", case, tolerance)


@promise("dropout-forward", points=1, hint="What should a trained net do to its inputs when it is tested?")
def test_dropout_does_nothing_at_test_time(student: Student, rng: Rng) -> None:
    """After `set_mode(False)` the inputs come back as they are, every time; `set_mode(True)` brings dropout back."""
    layer, inputs = _dropout(student, 0.7, rng), _values(rng, (20, 10))
    layer.set_mode(False)
    for _ in range(2):
        expect(layer.forward(inputs), inputs, "output at test time", "ratio 0.7")
    layer.set_mode(True)
    # Nothing dropped out of 200 at ratio 0.7: probability 0.3^200 < 1e-104.
    expect_that((_output(layer, inputs, inputs.shape) == 0).any(), "nothing is dropped after `set_mode(True)`")


@promise("dropout-forward", points=1, hint="How many random numbers do you draw, and when?")
def test_dropout_draws_for_every_value_and_every_call(student: Student, rng: Rng) -> None:
    """Every value is dropped or kept by itself, in 2-D and 4-D inputs, and anew at every call."""
    for shape in ((16, 40), (4, 5, 6, 6)):
        layer, inputs = _dropout(student, 0.4, rng), _values(rng, shape)
        kept = _output(layer, inputs, shape) != 0
        for axis in range(len(shape)):
            # By chance along an axis of length 4 or more: (0.4^4 + 0.6^4)^180 < 1e-140, and less for the others.
            copies = (kept == kept.take([0], axis=axis)).all()
            expect_that(not copies, f"all values along axis {axis} of {len(shape)}-D inputs are dropped together")
        # By chance: (0.4^2 + 0.6^2)^640 < 1e-180.
        again = _output(layer, inputs, shape) != 0
        expect_that((again != kept).any(), "the second call drops the same values as the first")


@promise("dropout-forward", points=1, hint="Does anything you write to belong to the caller, or to another layer?")
def test_dropout_leaves_no_traces(student: Student, rng: Rng) -> None:
    """Inputs are unchanged afterwards, in training and at test time, and every layer has its own mode."""
    layer, other, inputs = _dropout(student, 0.4, rng), _dropout(student, 0.7, rng), _values(rng, (30, 20))
    other.set_mode(False)
    kept = keep(student, inputs)
    outputs = _output(layer, kept, inputs.shape)
    expect_unchanged(fetch(kept), inputs, "inputs")
    expect_that((outputs == 0).any(), "`set_mode` of one layer reaches another")  # by chance: 0.6^600 < 1e-130
    own_array(outputs, inputs.shape, "output", layer.forward(2 * inputs))  # in between, another mask was drawn
    other.forward(kept)
    expect_unchanged(fetch(kept), inputs, "inputs")


# 4.8 Dropout backward -----------------------------------------------------------------------------------------------


def _mask_of_forward(layer: Handle, ratio: float, inputs: Array, rng: Rng) -> tuple[Array, tuple[float, float]]:
    """Runs the forward pass; returns what it kept, and by which factors backward may multiply there.

    These are the right one and the one that this forward pass used: its mistakes are charged to forward only. Where
    forward is not done, a mask of ours takes its place, and a backward pass that expects it to be scaled is right, too.
    """
    right = 1 / (1 - ratio)
    with suppress(StudentError):
        outputs = layer.forward(inputs)
        if isinstance(outputs, np.ndarray) and outputs.shape == inputs.shape and outputs.any():
            kept = outputs != 0
            return kept, (right, float((outputs[kept] / inputs[kept])[0]))
    kept = rng.random(inputs.shape) >= ratio
    layer.mask = kept
    return kept, (right, 1.0)


def _gradient(layer: Handle, in_grads: Array, inputs: Array, case: str) -> Array:
    """What backward returns, if it is an array that can be looked at."""
    got = layer.backward(in_grads, inputs)
    if not isinstance(got, np.ndarray) or got.shape != inputs.shape:
        expect_array(got, in_grads, "gradient", case=case)
    return got


def _expect_either(got: Array, first: Array, second: Array, what: str, case: str) -> None:
    """Passes if `got` is one of the two; otherwise the message is about the first."""
    try:
        expect_array(got, second, what)
    except Mismatch:
        expect_array(got, first, what, case=case)


@promise("dropout-backward", points=2, hint="Which values had no influence on the output of this forward pass?")
def test_dropout_gradient_uses_the_mask_of_forward(student: Student, rng: Rng) -> None:
    """The gradient is 0 where this layer's last forward pass dropped, and only there, at every call."""
    for ratio, shape in ((0.3, (20, 15)), (0.6, (3, 2, 8, 7)), (0.6, (1, 200))):
        layer, other = _dropout(student, ratio, rng), _dropout(student, ratio, rng)
        inputs, in_grads = _values(rng, shape), _values(rng, shape)
        kept, _ = _mask_of_forward(layer, ratio, inputs, rng)
        _mask_of_forward(other, ratio, inputs, rng)
        for _ in range(2):
            got = _gradient(layer, in_grads, inputs, f"{len(shape)}-D inputs")
            wrong = int(np.sum((got != 0) != kept))
            says = f"{wrong} of {got.size} values do not follow the mask of this layer's forward pass"
            expect_that(wrong == 0, says, got)


@promise("dropout-backward", points=1, hint="Forward is outputs = inputs * factor: what is d outputs / d inputs?")
def test_dropout_gradient_is_scaled_as_forward(student: Student, rng: Rng) -> None:
    """Where a value was kept, its gradient is divided by 1 - ratio, whatever the inputs are."""
    for ratio, shape in ((0.2, (20, 15)), (0.7, (4, 75))):
        layer, inputs, in_grads = _dropout(student, ratio, rng), _values(rng, shape), _values(rng, shape)
        _, (right, as_forward) = _mask_of_forward(layer, ratio, inputs, rng)
        got = _gradient(layer, in_grads, inputs, f"ratio {ratio}")
        kept = got != 0  # whether these are the right ones is asked in the promise about the mask
        expect_that(kept.any(), f"the gradient is 0 everywhere (ratio {ratio})")
        grads, case = in_grads[kept], f"ratio {ratio}"
        _expect_either(got[kept], grads * right, grads * as_forward, "gradient of the kept values", case)


@promise("dropout-backward", points=1, hint="What does forward do at test time, and what is its derivative?")
def test_dropout_gradient_at_test_time(student: Student, rng: Rng) -> None:
    """After `set_mode(False)` and a forward pass, the gradient goes through as it is."""
    layer, inputs, in_grads = _dropout(student, 0.7, rng), _values(rng, (20, 10)), _values(rng, (20, 10))
    _mask_of_forward(layer, 0.7, inputs, rng)
    layer.set_mode(False)
    kept, (_, as_forward) = _mask_of_forward(layer, 0.0, inputs, rng)
    got = _gradient(layer, in_grads, inputs, "ratio 0.7")
    _expect_either(got, in_grads, in_grads * kept * as_forward, "gradient at test time", "ratio 0.7")


@promise("dropout-backward", points=1, hint="Does anything you write to belong to the caller?")
def test_dropout_gradient_leaves_no_traces(student: Student, rng: Rng) -> None:
    """`in_grads` and `inputs` are unchanged after the backward pass, in training and at test time."""
    layer, inputs, in_grads = _dropout(student, 0.4, rng), _values(rng, (20, 10)), _values(rng, (20, 10))
    kept, kept_grads = keep(student, inputs), keep(student, in_grads)
    for training in (True, False):
        layer.set_mode(training)
        _mask_of_forward(layer, 0.4 * training, inputs, rng)
        got = layer.backward(kept_grads, kept)
        expect_unchanged(fetch(kept_grads), in_grads, "in_grads")
        expect_unchanged(fetch(kept), inputs, "inputs")
        if training:  # at test time, the argument as it came is right
            own_array(got, inputs.shape, "gradient", in_grads, inputs, layer.backward(2 * in_grads, inputs))


# 4.9 Global average pooling and 4.10 Flatten ------------------------------------------------------------------------

IMAGES = ((1, 2, 3, 4), (2, 1, 1, 1), (3, 2, 5, 3))


@promise("gap", points=2, hint="Which axes disappear, and over how many values is each mean?")
def test_global_average_of_every_map(student: Student, rng: Rng) -> None:
    """The output (N, C) is the mean of every feature map, whatever its height and width; of integers and float32, too."""
    layer = student.GlobalAveragePooling()
    for shape in IMAGES:
        inputs = 1.0 + rng.normal(size=shape)
        expected = oracle.global_average_pooling_forward(inputs)
        expect(layer.forward(inputs), expected, "output", f"inputs of shape {shape}")
    for kind, numbers, tolerance in number_kinds(inputs):
        expect(layer.forward(numbers), oracle.global_average_pooling_forward(numbers), "output", kind, tolerance)


@promise("gap", points=2, hint="How much does the mean of H W pixels grow when one pixel grows by 1?")
def test_global_average_gradient(student: Student, rng: Rng) -> None:
    """Every pixel gets its map's gradient divided by the number of pixels, in the shape of the inputs."""
    layer = student.GlobalAveragePooling()
    for shape in IMAGES:
        inputs, in_grads = rng.normal(size=shape), rng.normal(size=shape[:2])
        expected = oracle.global_average_pooling_backward(in_grads, inputs)
        expect(backward(layer, in_grads, inputs), expected, "gradient of the inputs", f"inputs of shape {shape}")
    for kind, numbers, tolerance in number_kinds(inputs):
        got = backward(layer, in_grads, numbers)
        expect(
            got, oracle.global_average_pooling_backward(in_grads, numbers), "gradient of the inputs", kind, tolerance
        )


@promise("gap", points=1, hint="What does a layer remember after a call, and does it write to the caller's?")
def test_global_average_leaves_no_traces(student: Student, rng: Rng) -> None:
    """Arguments are unchanged afterwards, and two layers used in turn do not disturb each other."""
    _expect_no_traces(student, student.GlobalAveragePooling, ((2, 3), (1, 2)), rng)


def _expect_no_traces(student: Student, layer_class: Any, sizes: tuple[tuple[int, ...], ...], rng: Rng) -> None:
    """A forward and a backward pass on inputs (2, 3, 4, 5), and both again after another layer was used."""
    layer, other = layer_class(), layer_class()
    inputs, in_grads = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=sizes[0])
    kept, kept_grads = keep(student, inputs), keep(student, in_grads)
    output, gradient = layer.forward(kept), layer.backward(kept_grads, kept)
    backward(other, rng.normal(size=sizes[1]), rng.normal(size=(1, 2, 3, 3)))
    expect_same_again(gradient, layer.backward(kept_grads, kept), "gradient")
    expect_same_again(output, layer.forward(kept), "output", layer.forward(2 * inputs), inputs)
    expect_unchanged(fetch(kept_grads), in_grads, "in_grads")
    expect_unchanged(fetch(kept), inputs, "inputs")


@promise("flatten", points=2, hint="Which axis stays, and which of the others runs fastest?")
def test_flatten_makes_rows(student: Student, rng: Rng) -> None:
    """Every image becomes one row, channel by channel and row by row."""
    layer = student.Flatten()
    for shape in reversed(IMAGES):  # one image comes last: it tells least of what became of the batch
        inputs = rng.normal(size=shape)
        expect(layer.forward(inputs), oracle.flatten_forward(inputs), "output", f"inputs of shape {shape}")


@promise("flatten", points=2, hint="Which shape does the gradient of the inputs have?")
def test_flatten_gradient(student: Student, rng: Rng) -> None:
    """The gradient comes back in the shape of the inputs, each number at its place."""
    layer = student.Flatten()
    for shape in IMAGES:
        inputs, in_grads = rng.normal(size=shape), rng.normal(size=(shape[0], int(np.prod(shape[1:]))))
        expected = oracle.flatten_backward(in_grads, inputs)
        expect(backward(layer, in_grads, inputs), expected, "gradient of the inputs", f"inputs of shape {shape}")


@promise("flatten", points=1, hint="What does a layer remember after a call, and does it write to the caller's?")
def test_flatten_leaves_no_traces(student: Student, rng: Rng) -> None:
    """Arguments are unchanged afterwards, and two layers used in turn do not disturb each other."""
    _expect_no_traces(student, student.Flatten, ((2, 60), (1, 18)), rng)
