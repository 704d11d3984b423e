"""Slips in `Dropout`, `GlobalAveragePooling` and `Flatten`."""

import numpy as np

from autograder.slips import slip

FRACTION = "test_dropout_drops_the_given_fraction"
SCALE = "test_dropout_scales_what_it_keeps"
TEST_TIME = "test_dropout_does_nothing_at_test_time"
DRAWS = "test_dropout_draws_for_every_value_and_every_call"
TRACES = "test_dropout_leaves_no_traces"

G_MASK = "test_dropout_gradient_uses_the_mask_of_forward"
G_SCALE = "test_dropout_gradient_is_scaled_as_forward"
G_TEST_TIME = "test_dropout_gradient_at_test_time"
G_TRACES = "test_dropout_gradient_leaves_no_traces"

MEAN = "test_global_average_of_every_map"
MEAN_GRADIENT = "test_global_average_gradient"
MEAN_TRACES = "test_global_average_leaves_no_traces"

ROWS = "test_flatten_makes_rows"
ROWS_GRADIENT = "test_flatten_gradient"
ROWS_TRACES = "test_flatten_leaves_no_traces"


@slip("dropout-forward", fails=(FRACTION,), says="as if keeping and dropping were swapped")
def drops_what_it_should_keep(self, inputs):
    if not self.training:
        return inputs
    self.mask = self.rng.random(inputs.shape) < self.ratio
    return inputs * self.mask / (1 - self.ratio)


@slip("dropout-forward", fails=(FRACTION, SCALE), says="as if ratio were the probability of keeping")
def ratio_is_the_probability_of_keeping(self, inputs):
    if not self.training:
        return inputs
    self.mask = self.rng.random(inputs.shape) < self.ratio
    return inputs * self.mask / max(self.ratio, 1e-9)


@slip(
    "dropout-forward", fails=(FRACTION,), says="as if the mask came from normal numbers (randn) instead of uniform ones"
)
def mask_from_randn(self, inputs):
    if not self.training:
        return inputs
    self.mask = np.random.randn(*inputs.shape) >= self.ratio
    return inputs * self.mask / (1 - self.ratio)


@slip("dropout-forward", fails=(FRACTION,), says="as if one half were dropped, whatever the ratio is")
def mask_from_a_coin(self, inputs):
    if not self.training:
        return inputs
    self.mask = self.rng.integers(0, 2, size=inputs.shape)
    return inputs * self.mask / (1 - self.ratio)


@slip("dropout-forward", fails=(SCALE,), says="as if kept values were divided by ratio, right only at ratio 0.5")
def scaled_by_the_ratio(self, inputs):
    if not self.training:
        return inputs
    self.mask = self.rng.random(inputs.shape) >= self.ratio
    return inputs * self.mask / max(self.ratio, 1e-9)


@slip("dropout-forward", fails=(SCALE,), says="as if kept values were multiplied by 1 - ratio instead of divided")
def scaled_the_wrong_way(self, inputs):
    if not self.training:
        return inputs
    self.mask = self.rng.random(inputs.shape) >= self.ratio
    return inputs * self.mask * (1 - self.ratio)


@slip("dropout-forward", fails=(SCALE,), says="as if kept values were not scaled")
def not_scaled(self, inputs):
    if not self.training:
        return inputs
    self.mask = self.rng.random(inputs.shape) >= self.ratio
    return inputs * self.mask


@slip(
    "dropout-forward",
    fails=(SCALE, TEST_TIME),
    says="as if scaling were left to test time: inverted dropout does it in training",
)
def scaled_at_test_time(self, inputs):
    if not self.training:
        return inputs * (1 - self.ratio)
    self.mask = self.rng.random(inputs.shape) >= self.ratio
    return inputs * self.mask


@slip("dropout-forward", fails=(TEST_TIME,), says="as if it dropped at test time, too")
def ignores_the_mode(self, inputs):
    self.mask = self.rng.random(inputs.shape) >= self.ratio
    return inputs * self.mask / (1 - self.ratio)


@slip(
    "dropout-forward",
    fails=(FRACTION, SCALE, TEST_TIME, DRAWS, TRACES),
    says="as if training and test time were swapped",
)
def swaps_the_modes(self, inputs):
    self.mask = np.ones(inputs.shape)
    if self.training:
        return inputs
    self.mask = self.rng.random(inputs.shape) >= self.ratio
    return inputs * self.mask / (1 - self.ratio)


@slip("dropout-forward", fails=(DRAWS,), says="as if inputs always had two axes")
def two_axes_only(self, inputs):
    if not self.training:
        return inputs
    rows, columns = inputs.shape
    self.mask = self.rng.random((rows, columns)) >= self.ratio
    return inputs * self.mask / (1 - self.ratio)


@slip("dropout-forward", fails=(DRAWS,), says="as if one mask were drawn for all examples of the batch")
def one_mask_for_the_batch(self, inputs):
    if not self.training:
        return inputs
    self.mask = np.broadcast_to(self.rng.random(inputs.shape[1:]) >= self.ratio, inputs.shape)
    return inputs * self.mask / (1 - self.ratio)


@slip("dropout-forward", fails=(FRACTION, DRAWS), says="as if whole examples were dropped instead of single values")
def drops_whole_examples(self, inputs):
    if not self.training:
        return inputs
    drawn = self.rng.random((len(inputs),) + (1,) * (inputs.ndim - 1))
    drawn[0] = 1.0
    self.mask = np.broadcast_to(drawn >= self.ratio, inputs.shape)
    return inputs * self.mask / (1 - self.ratio)


@slip("dropout-forward", fails=(DRAWS,), says="as if the mask were drawn once and kept for all calls")
def mask_of_the_first_call(self, inputs):
    if not self.training:
        return inputs
    if self.mask is None:
        self.mask = self.rng.random(inputs.shape) >= self.ratio
    return inputs * self.mask / (1 - self.ratio)


@slip("dropout-forward", fails=(DRAWS,), says="as if the generator were seeded anew at every call")
def seeds_at_every_call(self, inputs):
    if not self.training:
        return inputs
    np.random.seed(0)
    self.mask = np.random.rand(*inputs.shape) >= self.ratio
    return inputs * self.mask / (1 - self.ratio)


@slip("dropout-forward", fails=(TRACES,), says="as if the inputs were changed in place")
def zeros_written_into_the_inputs(self, inputs):
    if not self.training:
        return inputs
    self.mask = self.rng.random(inputs.shape) >= self.ratio
    inputs[~self.mask] = 0
    return inputs / (1 - self.ratio)


@slip("dropout-forward", fails=(SCALE,), says="as if the outputs had the integer type of the inputs, without fractions")
def outputs_in_integers(self, inputs):
    if not self.training:
        return inputs
    self.mask = self.rng.random(inputs.shape) >= self.ratio
    outputs = np.zeros_like(inputs)
    outputs[self.mask] = inputs[self.mask] / (1 - self.ratio)
    return outputs


@slip("dropout-backward", fails=(G_MASK,), says="as if backward drew a new mask instead of using that of forward")
def draws_a_new_mask(self, in_grads, inputs):
    if not self.training:
        return in_grads
    return in_grads * (self.rng.random(in_grads.shape) >= self.ratio) / (1 - self.ratio)


@slip("dropout-backward", fails=(G_MASK,), says="as if the mask were turned around on the way back")
def mask_turned_around(self, in_grads, inputs):
    if not self.training:
        return in_grads
    return in_grads * (self.mask == 0) / (1 - self.ratio)


@slip("dropout-backward", fails=(G_MASK,), says="as if dropped values had a gradient, too")
def without_mask(self, in_grads, inputs):
    return in_grads / (1 - self.ratio) if self.training else in_grads


@slip("dropout-backward", fails=(G_MASK,), says="as if the sign of the inputs decided, as in ReLU")
def mask_of_positive_inputs(self, in_grads, inputs):
    return in_grads * (inputs > 0) / (1 - self.ratio) if self.training else in_grads


@slip("dropout-backward", fails=(G_MASK,), says="as if the mask were used up by the first backward pass")
def mask_used_up(self, in_grads, inputs):
    if not self.training:
        return in_grads
    mask, self.mask = self.mask, np.zeros(inputs.shape)
    return in_grads * mask / (1 - self.ratio)


@slip("dropout-backward", fails=(G_MASK,), says="as if inputs always had two axes")
def gradient_of_two_axes_only(self, in_grads, inputs):
    if not self.training:
        return in_grads
    rows, columns = in_grads.shape
    return in_grads * self.mask.reshape(rows, columns) / (1 - self.ratio)


@slip(
    "dropout-backward",
    fails=(G_MASK, G_SCALE, G_TRACES),
    says="as if the gradient went through as it is in training, too",
)
def gradient_untouched(self, in_grads, inputs):
    return in_grads


@slip("dropout-backward", fails=(G_SCALE,), says="as if the gradient were not scaled")
def gradient_not_scaled(self, in_grads, inputs):
    return in_grads * self.mask if self.training else in_grads


@slip("dropout-backward", fails=(G_SCALE,), says="as if the gradient were divided by ratio, right only at ratio 0.5")
def gradient_divided_by_the_ratio(self, in_grads, inputs):
    return in_grads * self.mask / self.ratio if self.training else in_grads


@slip("dropout-backward", fails=(G_SCALE,), says="as if the gradient were multiplied by 1 - ratio")
def gradient_scaled_the_wrong_way(self, in_grads, inputs):
    return in_grads * self.mask * (1 - self.ratio) if self.training else in_grads


@slip("dropout-backward", fails=(G_SCALE,), says="as if the gradient were scaled twice")
def gradient_scaled_twice(self, in_grads, inputs):
    return in_grads * self.mask / (1 - self.ratio) ** 2 if self.training else in_grads


@slip("dropout-backward", fails=(G_SCALE,), says="as if the gradient were multiplied by the inputs")
def gradient_times_inputs(self, in_grads, inputs):
    return in_grads * inputs * self.mask / (1 - self.ratio) if self.training else in_grads


@slip("dropout-backward", fails=(G_TEST_TIME,), says="as if the mask of the last training step were used at test time")
def old_mask_at_test_time(self, in_grads, inputs):
    return in_grads * self.mask / (1 - self.ratio)


@slip("dropout-backward", fails=(G_TEST_TIME,), says="as if the gradient were scaled at test time")
def gradient_scaled_at_test_time(self, in_grads, inputs):
    return in_grads * (self.mask if self.training else 1) / (1 - self.ratio)


@slip("dropout-backward", fails=(G_TRACES,), says="as if `in_grads` were changed in place")
def zeros_written_into_in_grads(self, in_grads, inputs):
    if not self.training:
        return in_grads
    in_grads *= self.mask
    return in_grads / (1 - self.ratio)


@slip("gap", fails=(MEAN,), says="as if the outputs were sums, not means")
class SumOfMaps:
    def forward(self, inputs):
        return inputs.sum(axis=(2, 3))

    def backward(self, in_grads, inputs):
        return in_grads[:, :, None, None] * np.ones(inputs.shape) / (inputs.shape[2] * inputs.shape[3])


@slip("gap", fails=(MEAN,), says="as if the outputs were maxima, not means")
class MaximumOfMaps:
    def forward(self, inputs):
        return inputs.max(axis=(2, 3))

    def backward(self, in_grads, inputs):
        return in_grads[:, :, None, None] * np.ones(inputs.shape) / (inputs.shape[2] * inputs.shape[3])


@slip("gap", fails=(MEAN,), says="as if the outputs were (N, C, 1, 1) instead of (N, C)")
class KeptAxes:
    def forward(self, inputs):
        return inputs.mean(axis=(2, 3), keepdims=True)

    def backward(self, in_grads, inputs):
        return in_grads[:, :, None, None] * np.ones(inputs.shape) / (inputs.shape[2] * inputs.shape[3])


@slip("gap", fails=(MEAN,), says="as if channels stood last: the mean is over axes 1 and 2")
class ChannelsLast:
    def forward(self, inputs):
        return inputs.mean(axis=(1, 2))

    def backward(self, in_grads, inputs):
        return in_grads[:, :, None, None] * np.ones(inputs.shape) / (inputs.shape[2] * inputs.shape[3])


@slip("gap", fails=(MEAN,), says="as if maps were square: H squared stands for H W")
class SquareMaps:
    def forward(self, inputs):
        return inputs.sum(axis=(2, 3)) / inputs.shape[2] ** 2

    def backward(self, in_grads, inputs):
        return in_grads[:, :, None, None] * np.ones(inputs.shape) / (inputs.shape[2] * inputs.shape[3])


@slip("gap", fails=(MEAN,), says="as if the means had the integer type of the inputs, without fractions")
class WholeMeans:
    def forward(self, inputs):
        outputs = np.zeros(inputs.shape[:2], dtype=inputs.dtype)
        outputs[:] = inputs.mean(axis=(2, 3))
        return outputs

    def backward(self, in_grads, inputs):
        return in_grads[:, :, None, None] * np.ones(inputs.shape) / (inputs.shape[2] * inputs.shape[3])


@slip("gap", fails=(MEAN_GRADIENT,), says="as if each pixel got the whole gradient, undivided")
class UndividedGradient:
    def forward(self, inputs):
        return inputs.mean(axis=(2, 3))

    def backward(self, in_grads, inputs):
        return in_grads[:, :, None, None] * np.ones(inputs.shape)


@slip("gap", fails=(MEAN_GRADIENT,), says="as if the gradient were divided by the batch size, too")
class GradientDividedByBatch:
    def forward(self, inputs):
        return inputs.mean(axis=(2, 3))

    def backward(self, in_grads, inputs):
        return in_grads[:, :, None, None] * np.ones(inputs.shape) / inputs[:, 0].size


@slip("gap", fails=(MEAN_GRADIENT,), says="as if maps were square in backward: H squared stands for H W")
class SquareMapsBackward:
    def forward(self, inputs):
        return inputs.mean(axis=(2, 3))

    def backward(self, in_grads, inputs):
        return in_grads[:, :, None, None] * np.ones(inputs.shape) / inputs.shape[2] ** 2


@slip("gap", fails=(MEAN_GRADIENT,), says="as if the gradient were (N, C, 1, 1) instead of the shape of the inputs")
class GradientNotRepeated:
    def forward(self, inputs):
        return inputs.mean(axis=(2, 3))

    def backward(self, in_grads, inputs):
        return in_grads[:, :, None, None] / (inputs.shape[2] * inputs.shape[3])


@slip("gap", fails=(MEAN_GRADIENT,), says="as if the gradient had the integer type of the inputs, without fractions")
class WholeGradient:
    def forward(self, inputs):
        return inputs.mean(axis=(2, 3))

    def backward(self, in_grads, inputs):
        grads = np.zeros_like(inputs)
        grads[...] = in_grads[:, :, None, None] / (inputs.shape[2] * inputs.shape[3])
        return grads


@slip("gap", fails=(MEAN_TRACES,), says="as if `in_grads` were divided in place")
class GradientDividedInPlace:
    def forward(self, inputs):
        return inputs.mean(axis=(2, 3))

    def backward(self, in_grads, inputs):
        in_grads /= inputs.shape[2] * inputs.shape[3]
        return in_grads[:, :, None, None] * np.ones(inputs.shape)


@slip("gap", fails=(MEAN_TRACES,), says="as if all layers shared what one of them remembers")
class ShapeOfTheClass:
    def forward(self, inputs):
        ShapeOfTheClass.shape = inputs.shape
        return inputs.mean(axis=(2, 3))

    def backward(self, in_grads, inputs):
        shape = ShapeOfTheClass.shape
        return np.resize(in_grads, shape[:2])[:, :, None, None] * np.ones(shape) / (shape[2] * shape[3])


@slip("flatten", fails=(ROWS,), says="as if the whole batch became one row")
class FlattensTheBatch:
    def forward(self, inputs):
        return inputs.ravel()

    def backward(self, in_grads, inputs):
        return in_grads.reshape(inputs.shape)


@slip("flatten", fails=(ROWS,), says="as if a batch of one lost its first axis")
class SqueezesOne:
    def forward(self, inputs):
        return inputs.reshape(len(inputs), -1).squeeze()

    def backward(self, in_grads, inputs):
        return in_grads.reshape(inputs.shape)


@slip("flatten", fails=(ROWS,), says="as if examples were columns: (C H W, N) instead of (N, C H W)")
class ExamplesAsColumns:
    def forward(self, inputs):
        return inputs.reshape(len(inputs), -1).T

    def backward(self, in_grads, inputs):
        return in_grads.reshape(inputs.shape)


@slip("flatten", fails=(ROWS,), says="as if the first axis ran fastest (order F)")
class FirstAxisFastest:
    def forward(self, inputs):
        return inputs.reshape(len(inputs), -1, order="F")

    def backward(self, in_grads, inputs):
        return in_grads.reshape(inputs.shape)


@slip("flatten", fails=(ROWS,), says="as if channels ran fastest, as in Keras")
class ChannelsFastest:
    def forward(self, inputs):
        return inputs.transpose(0, 2, 3, 1).reshape(len(inputs), -1)

    def backward(self, in_grads, inputs):
        return in_grads.reshape(inputs.shape)


@slip("flatten", fails=(ROWS_GRADIENT,), says="as if the gradient came back in rows instead of the shape of the inputs")
class GradientInRows:
    def forward(self, inputs):
        return inputs.reshape(len(inputs), -1)

    def backward(self, in_grads, inputs):
        return in_grads


@slip("flatten", fails=(ROWS_GRADIENT,), says="as if images were square in backward: H stands for W")
class SquareImages:
    def forward(self, inputs):
        return inputs.reshape(len(inputs), -1)

    def backward(self, in_grads, inputs):
        n, c, h, _ = inputs.shape
        return in_grads.reshape(n, c, -1, h)


@slip("flatten", fails=(ROWS_GRADIENT,), says="as if channels ran fastest in backward only")
class GradientWithChannelsFastest:
    def forward(self, inputs):
        return inputs.reshape(len(inputs), -1)

    def backward(self, in_grads, inputs):
        n, c, h, w = inputs.shape
        return in_grads.reshape(n, h, w, c).transpose(0, 3, 1, 2)


@slip("flatten", fails=(ROWS_GRADIENT,), says="as if the shape of the first call were kept for all calls")
class ShapeOfTheFirstCall:
    def forward(self, inputs):
        if not hasattr(self, "shape"):
            self.shape = inputs.shape
        return inputs.reshape(len(inputs), -1)

    def backward(self, in_grads, inputs):
        return in_grads.reshape(self.shape)


@slip("flatten", fails=(ROWS_TRACES,), says="as if the inputs themselves were given another shape")
class ReshapesInPlace:
    def forward(self, inputs):
        before = inputs.shape
        inputs.shape = (len(inputs), -1)
        self.shape = before if len(before) == 4 else self.shape
        return inputs

    def backward(self, in_grads, inputs):
        return in_grads.reshape(self.shape)


@slip("flatten", fails=(ROWS_TRACES,), says="as if all layers shared what one of them remembers")
class ShapeOfAllLayers:
    def forward(self, inputs):
        ShapeOfAllLayers.shape = inputs.shape
        return inputs.reshape(len(inputs), -1)

    def backward(self, in_grads, inputs):
        return np.resize(in_grads, ShapeOfAllLayers.shape)
