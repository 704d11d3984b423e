"""Slips in `SoftmaxCrossEntropy.forward` and `SoftmaxCrossEntropy.backward`."""

import numpy as np

from autograder.slips import slip

PROBABILITIES = "test_softmax_probabilities"
LOSS = "test_softmax_loss"
LARGE = "test_softmax_probabilities_of_large_inputs"
IMPOSSIBLE = "test_softmax_loss_of_an_impossible_class"
ARGUMENTS = "test_softmax_forward_leaves_its_arguments"
TYPES = "test_softmax_forward_for_every_type"
GRADIENT = "test_softmax_gradient"
LARGE_GRADIENT = "test_softmax_gradient_of_large_inputs"
CALLS = "test_softmax_backward_calls_do_not_touch_each_other"
BACKWARD_ARGUMENTS = "test_softmax_backward_leaves_its_arguments"
BACKWARD_TYPES = "test_softmax_backward_for_every_type"
EVERY_SOFTMAX = (PROBABILITIES, LOSS, LARGE, IMPOSSIBLE, ARGUMENTS, TYPES)

# --- forward


@slip(
    "softmax-forward",
    fails=(LARGE, IMPOSSIBLE),
    says="as if the largest score were not subtracted before the exponential",
)
def no_shift(self, inputs, targets):
    exps = np.exp(inputs)
    probabilities = exps / exps.sum(axis=1, keepdims=True)
    return -np.log(probabilities[np.arange(len(targets)), targets]).mean(), probabilities


@slip(
    "softmax-forward", fails=(LARGE,), says="as if the largest score of the whole batch were subtracted from every row"
)
def shift_by_the_largest_of_all(self, inputs, targets):
    shifted = inputs - inputs.max()
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(targets)), targets].mean(), np.exp(log_p)


@slip(
    "softmax-forward",
    fails=(PROBABILITIES, LOSS, LARGE, IMPOSSIBLE),
    says="as if the largest score of a column, not of a row, were subtracted",
)
def shift_by_the_largest_of_the_column(self, inputs, targets):
    shifted = inputs - inputs.max(axis=0)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(targets)), targets].mean(), np.exp(log_p)


@slip(
    "softmax-forward",
    fails=(LARGE, IMPOSSIBLE),
    says="as if the inputs were clipped to a range that the exponential can bear",
)
def inputs_clipped(self, inputs, targets):
    shifted = np.clip(inputs, -500, 500)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(targets)), targets].mean(), np.exp(log_p)


@slip(
    "softmax-forward",
    fails=(PROBABILITIES, LOSS, LARGE, IMPOSSIBLE),
    says="as if the exponentials were summed over the examples, axis 0",
)
def sum_over_the_batch_axis(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    probabilities = exps / exps.sum(axis=0)
    return -np.log(probabilities[np.arange(len(targets)), targets]).mean(), probabilities


@slip("softmax-forward", fails=(PROBABILITIES, LOSS, LARGE), says="as if all probabilities of the batch summed to 1")
def sum_of_all_exponentials(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum())
    return -log_p[np.arange(len(targets)), targets].mean(), np.exp(log_p)


@slip("softmax-forward", fails=(IMPOSSIBLE,), says="as if the logarithm were taken of a probability that is 0 by then")
def log_of_an_underflow(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    probabilities = exps / exps.sum(axis=1, keepdims=True)
    return -np.log(probabilities[np.arange(len(targets)), targets]).mean(), probabilities


@slip(
    "softmax-forward",
    fails=(IMPOSSIBLE,),
    says="as if a small number were added inside the logarithm: that clips the loss",
)
def log_of_p_plus_epsilon(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    probabilities = exps / exps.sum(axis=1, keepdims=True)
    return -np.log(probabilities[np.arange(len(targets)), targets] + 1e-12).mean(), probabilities


@slip(
    "softmax-forward", fails=(IMPOSSIBLE,), says="as if the probabilities were clipped from below: that clips the loss"
)
def probabilities_clipped(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    probabilities = exps / exps.sum(axis=1, keepdims=True)
    clipped = np.clip(probabilities, 1e-7, 1.0)
    return -np.log(clipped[np.arange(len(targets)), targets]).mean(), probabilities


@slip("softmax-forward", fails=(LOSS, IMPOSSIBLE), says="as if the logarithm had base 10")
def log10_for_log(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(targets)), targets].mean() / np.log(10), np.exp(log_p)


@slip("softmax-forward", fails=(LOSS,), says="as if the loss were the sum over the batch, not the mean")
def loss_is_the_sum(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(targets)), targets].sum(), np.exp(log_p)


@slip("softmax-forward", fails=(LOSS, IMPOSSIBLE), says="as if the loss were averaged over the classes, too")
def loss_per_class(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(targets)), targets].sum() / log_p.size, np.exp(log_p)


@slip("softmax-forward", fails=(LOSS, IMPOSSIBLE), says="as if the minus before the logarithm were missing")
def loss_without_minus(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return log_p[np.arange(len(targets)), targets].mean(), np.exp(log_p)


@slip("softmax-forward", fails=(LOSS,), says="as if every row were read at the targets of all rows, by [:, targets]")
def every_row_at_every_target(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[:, targets].mean(), np.exp(log_p)


@slip(
    "softmax-forward",
    fails=(LOSS, IMPOSSIBLE),
    says="as if the logarithms of all classes were summed, not only that of the target",
)
def loss_over_all_classes(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p.sum(axis=1).mean(), np.exp(log_p)


@slip("softmax-forward", fails=(LOSS, IMPOSSIBLE), says="as if the class ids were multiplied like one-hot targets")
def ids_for_one_hot(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.sum(targets[:, None] * log_p) / len(targets), np.exp(log_p)


@slip("softmax-forward", fails=(LOSS, IMPOSSIBLE), says="as if the class ids began at 1")
def ids_from_one(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(targets)), targets.astype(int) - 1].mean(), np.exp(log_p)


@slip("softmax-forward", fails=EVERY_SOFTMAX, says="as if there were always ten classes")
def ten_classes(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.sum(np.eye(10)[targets] * log_p) / len(targets), np.exp(log_p)


@slip("softmax-forward", fails=(PROBABILITIES, LARGE), says="as if the logarithms of the probabilities were returned")
def logarithms_returned(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(targets)), targets].mean(), log_p


@slip("softmax-forward", fails=EVERY_SOFTMAX, says="as if probabilities and loss were returned in the wrong order")
def results_swapped(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return np.exp(log_p), -log_p[np.arange(len(targets)), targets].mean()


@slip("softmax-forward", fails=(ARGUMENTS,), says="as if the largest score were subtracted in place")
def inputs_shifted_in_place(self, inputs, targets):
    inputs = inputs.astype(float, copy=False)
    inputs -= inputs.max(axis=1, keepdims=True)
    log_p = inputs - np.log(np.exp(inputs).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(targets)), targets].mean(), np.exp(log_p)


@slip("softmax-forward", fails=(ARGUMENTS,), says="as if the losses of all calls were added up")
def loss_accumulates(self, inputs, targets):
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    self.total = getattr(self, "total", 0.0) - log_p[np.arange(len(targets)), targets].mean()
    return self.total, np.exp(log_p)


@slip(
    "softmax-forward",
    fails=(TYPES,),
    says="as if the probabilities had the type of the inputs, which cuts them off when those are integers",
)
def probabilities_of_the_type_of_the_inputs(self, inputs, targets):
    probabilities, loss = np.zeros_like(inputs), 0.0
    for n in range(len(inputs)):
        shifted = inputs[n] - inputs[n].max()
        log_p = shifted - np.log(np.exp(shifted).sum())
        probabilities[n] = np.exp(log_p)
        loss -= log_p[targets[n]] / len(inputs)
    return loss, probabilities


@slip("softmax-forward", fails=(TYPES,), says="as if only targets of type int64 were class ids")
def targets_are_int64(self, inputs, targets):
    if targets.dtype != np.int64:
        targets = targets.argmax(axis=1)
    shifted = inputs - inputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(targets)), targets].mean(), np.exp(log_p)


# --- backward


@slip("softmax-backward", fails=(GRADIENT,), says="as if the 1/N of the loss were left out of its gradient")
def no_mean(self, inputs, targets):
    exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    grads = exps / exps.sum(axis=1, keepdims=True)
    grads[np.arange(len(targets)), targets] -= 1
    return grads


@slip("softmax-backward", fails=(GRADIENT,), says="as if the gradient were divided by the number of classes, too")
def mean_over_classes_too(self, inputs, targets):
    exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    grads = exps / exps.sum(axis=1, keepdims=True)
    grads[np.arange(len(targets)), targets] -= 1
    return grads / grads.size


@slip(
    "softmax-backward",
    fails=(GRADIENT,),
    says="as if the gradient were divided by the number of classes, not of examples",
)
def divided_by_the_classes(self, inputs, targets):
    exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    grads = exps / exps.sum(axis=1, keepdims=True)
    grads[np.arange(len(targets)), targets] -= 1
    return grads / grads.shape[1]


@slip("softmax-backward", fails=(GRADIENT,), says="as if the probabilities were subtracted from the targets")
def targets_minus_probabilities(self, inputs, targets):
    exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    grads = exps / exps.sum(axis=1, keepdims=True)
    grads[np.arange(len(targets)), targets] -= 1
    return -grads / len(targets)


@slip("softmax-backward", fails=(GRADIENT, LARGE_GRADIENT), says="as if the one-hot targets were not subtracted")
def target_not_subtracted(self, inputs, targets):
    exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    grads = exps / exps.sum(axis=1, keepdims=True)
    return grads / len(targets)


@slip(
    "softmax-backward",
    fails=(GRADIENT, LARGE_GRADIENT),
    says="as if the targets were subtracted after the division by N",
)
def target_after_the_mean(self, inputs, targets):
    exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    grads = exps / exps.sum(axis=1, keepdims=True)
    grads /= len(targets)
    grads[np.arange(len(targets)), targets] -= 1
    return grads


@slip(
    "softmax-backward",
    fails=(GRADIENT, LARGE_GRADIENT),
    says="as if 1 were subtracted in the columns of all targets, by [:, targets]",
)
def columns_of_all_targets(self, inputs, targets):
    exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    grads = exps / exps.sum(axis=1, keepdims=True)
    grads[:, targets] -= 1
    return grads / len(targets)


@slip("softmax-backward", fails=(GRADIENT, LARGE_GRADIENT), says="as if the class ids began at 1")
def target_one_too_low(self, inputs, targets):
    exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    grads = exps / exps.sum(axis=1, keepdims=True)
    grads[np.arange(len(targets)), targets.astype(int) - 1] -= 1
    return grads / len(targets)


@slip(
    "softmax-backward",
    fails=(GRADIENT, LARGE_GRADIENT),
    says="as if each probability were derived like a sigmoid, p (1 - p)",
)
def derivative_of_a_sigmoid(self, inputs, targets):
    exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    grads = exps / exps.sum(axis=1, keepdims=True)
    return grads * (1 - grads) / len(targets)


@slip(
    "softmax-backward",
    fails=(GRADIENT, LARGE_GRADIENT),
    says="as if the exponentials were summed over the examples, axis 0",
)
def probabilities_along_the_examples(self, inputs, targets):
    exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    grads = exps / exps.sum(axis=0)
    grads[np.arange(len(targets)), targets] -= 1
    return grads / len(targets)


@slip(
    "softmax-backward",
    fails=(LARGE_GRADIENT,),
    says="as if the largest score were not subtracted before the exponential",
)
def overflow_in_backward(self, inputs, targets):
    exps = np.exp(inputs)
    grads = exps / exps.sum(axis=1, keepdims=True)
    grads[np.arange(len(targets)), targets] -= 1
    return grads / len(targets)


@slip(
    "softmax-backward",
    fails=(GRADIENT, LARGE_GRADIENT),
    says="as if the targets were subtracted from the inputs, not from the probabilities",
)
def scores_minus_targets(self, inputs, targets):
    grads = inputs.astype(float)
    grads[np.arange(len(targets)), targets] -= 1
    return grads / len(targets)


@slip(
    "softmax-backward",
    fails=(GRADIENT, LARGE_GRADIENT, CALLS, BACKWARD_ARGUMENTS, BACKWARD_TYPES),
    says="as if there were a gradient for the score of the target only",
)
def gradient_of_the_target_only(self, inputs, targets):
    exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    grads = exps / exps.sum(axis=1, keepdims=True)
    grads[np.arange(len(targets)), targets] -= 1
    return grads[np.arange(len(targets)), targets][:, None] / len(targets)


@slip(
    "softmax-backward",
    fails=(GRADIENT, LARGE_GRADIENT, CALLS, BACKWARD_ARGUMENTS, BACKWARD_TYPES),
    says="as if the gradients of all examples were summed",
)
def gradient_summed_over_the_batch(self, inputs, targets):
    exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    grads = exps / exps.sum(axis=1, keepdims=True)
    grads[np.arange(len(targets)), targets] -= 1
    return grads.mean(axis=0)


@slip("softmax-backward", fails=(BACKWARD_ARGUMENTS,), says="as if the softmax were computed inside the inputs")
def softmax_in_place(self, inputs, targets):
    grads = inputs.astype(float, copy=False)
    grads -= grads.max(axis=1, keepdims=True)
    np.exp(grads, out=grads)
    grads /= grads.sum(axis=1, keepdims=True)
    grads[np.arange(len(targets)), targets] -= 1
    return grads / len(targets)


@slip("softmax-backward", fails=(CALLS,), says="as if the probabilities of the first call were used for good")
def probabilities_of_the_first_call(self, inputs, targets):
    if not hasattr(self, "kept"):
        exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
        self.kept = exps / exps.sum(axis=1, keepdims=True)
    grads = self.kept.copy()
    grads[np.arange(len(targets)), targets] -= 1
    return grads / len(targets)


@slip("softmax-backward", fails=(CALLS,), says="as if 1 were subtracted inside the kept probabilities at every call")
def kept_probabilities_spoiled(self, inputs, targets):
    if getattr(self, "inputs", None) is None or not np.array_equal(self.inputs, inputs):
        exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
        self.inputs, self.kept = inputs.copy(), exps / exps.sum(axis=1, keepdims=True)
    grads = self.kept
    grads[np.arange(len(targets)), targets] -= 1
    return grads / len(targets)


@slip(
    "softmax-backward",
    fails=(BACKWARD_TYPES,),
    says="as if the gradient had the type of the inputs, which cuts it off when those are integers",
)
def gradient_of_integers(self, inputs, targets):
    grads = np.zeros_like(inputs)
    for n in range(len(inputs)):
        exps = np.exp(inputs[n] - inputs[n].max())
        grads[n] = (exps / exps.sum() - np.eye(len(exps))[targets[n]]) / len(inputs)
    return grads


@slip("softmax-backward", fails=(BACKWARD_TYPES,), says="as if only targets of type int64 were class ids")
def class_ids_of_one_type(self, inputs, targets):
    if targets.dtype != np.int64:
        targets = targets.argmax(axis=1)
    exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    grads = exps / exps.sum(axis=1, keepdims=True)
    grads[np.arange(len(targets)), targets] -= 1
    return grads / len(targets)
