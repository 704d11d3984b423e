"""Hidden tests of `linear-classifier`, a function a promise; they look at what comes back, never at how it is made.

Where a later promise of a task asks for consistency (a second call, float32, one example), it compares with the
student's own answer to the plain question, so that a mistake in the plain answer is charged once.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.checks.descent import Descent, recorded, scores_of, scripted
from autograder.checks.own import own_array, own_number
from autograder.compare import (
    TOLERANCE_FLOAT32,
    TOLERANCE_SHARE,
    Mismatch,
    expect_array,
    expect_equal,
    expect_number,
    expect_that,
    expect_unchanged,
)
from autograder.oracles import linear, losses
from autograder.promise import Assignment, Task, promise
from autograder.student import Handle, Student, StudentError, attempt, fetch, keep

Array = np.ndarray

ASSIGNMENT = Assignment(
    "linear-classifier",
    allow_keras=False,
    tasks=(
        Task("accuracy", "1.1", "Accuracy", defines="accuracy"),
        Task("fc-forward", "1.2", "Fully connected layer: forward", defines="FCLayer.forward"),
        Task("fc-backward", "1.3", "Fully connected layer: backward", defines="FCLayer.backward"),
        Task("mse", "1.4", "Squared error with an L2 penalty", defines="mse_loss"),
        Task("gradient-descent", "1.5", "Gradient descent", defines="gradient_descent"),
        Task("softmax-forward", "1.6", "Softmax cross-entropy: forward", defines="SoftmaxCrossEntropy.forward"),
        Task("softmax-backward", "1.7", "Softmax cross-entropy: backward", defines="SoftmaxCrossEntropy.backward"),
        Task("dense-by-hand", "1.8", "Keras's Dense by hand", defines="dense_by_hand"),
    ),
)

INTEGERS = ("int8", "uint8", "int32", "int64")


# --- 1.1 accuracy


def guesses(rng: np.random.Generator, examples: int, classes: int, right: int) -> tuple[Array, Array]:
    """Labels and scores of which exactly `right` agree, the first example (of the last class) and the last among them.

    Half of the rows hold negative scores only. A wrong label is that of the second largest score: with more than half
    of the rows right, no other rule (the smallest score, the share of errors) reaches the same number.
    """
    scores = rng.permuted(np.tile(np.arange(classes) + 0.5, (examples, 1)), axis=1) + rng.uniform(0, 0.9, (examples, 1))
    scores[::2] -= 2.0 * classes
    scores[0].sort()
    labels = scores.argmax(axis=1)
    wrong = 1 + rng.permutation(examples - 2)[: examples - right]
    labels[wrong] = np.argsort(scores[wrong], axis=1)[:, -2]
    return labels, scores


ACCURACY_CASES = ((37, 5, 30), (7, 3, 5), (6, 6, 4), (11, 2, 8))  # examples, classes, right; 6 x 6 is square


def expect_use_of_the_labels(accuracy: Handle) -> None:
    """Refuses, as a measure of anything, an accuracy that does not even tell all right from none right."""
    scores = np.array([[0.1, 0.2, 0.9], [0.8, 0.5, 0.2], [0.1, 0.6, 0.3]])
    all_right, none_right = (accuracy(np.array(ids), scores) for ids in ((2, 0, 1), (0, 2, 0)))
    if own_number(all_right, "accuracy") == own_number(none_right, "accuracy"):
        raise Mismatch("accuracy: the same number, whatever the labels are", all_right)


@promise("accuracy", points=4, hint="Along which axis of the scores (N, C) do the classes lie?")
def test_accuracy_with_class_ids(student, rng):
    """The accuracy is the share of rows whose largest score stands at the label, for labels given as class ids."""
    accuracy = student.accuracy
    for examples, classes, right in ACCURACY_CASES:
        labels, scores = guesses(rng, examples, classes, right)
        case = f"{examples} examples, {classes} classes"
        expect_number(accuracy(labels, scores), right / examples, "accuracy", case=case, tolerance=TOLERANCE_SHARE)


@promise("accuracy", points=3, hint="Which class does a one-hot row stand for? How many axes does each kind have?")
def test_accuracy_with_one_hot_labels(student, rng):
    """One-hot labels give the same accuracy as the class ids they stand for."""
    accuracy = student.accuracy
    expect_use_of_the_labels(accuracy)
    for examples, classes, right in ACCURACY_CASES:
        labels, scores = guesses(rng, examples, classes, right)
        own = own_number(accuracy(labels, scores), "accuracy")
        got = accuracy(np.eye(classes)[labels], scores)
        expect_number(
            got,
            own,
            "accuracy with one-hot labels",
            case=f"{examples} examples, {classes} classes",
            tolerance=TOLERANCE_SHARE,
        )


@promise("accuracy", points=1, hint="What are the shapes when N is 1?")
def test_accuracy_of_one_example(student, rng):
    """One example, with either kind of label, counts as a batch in which all, or none, are right."""
    accuracy = student.accuracy
    expect_use_of_the_labels(accuracy)
    all_right = rng.permutation(4)[:3]
    none_right = (all_right + 1) % 4
    scores = 4.0 + 3.0 * np.eye(4)[all_right] - 3.0 * np.eye(4)[none_right] + rng.uniform(-0.5, 0.5, (3, 4))
    for labels in (all_right, none_right):
        own = own_number(accuracy(labels, scores), "accuracy")
        expect_number(
            accuracy(labels[:1], scores[:1]), own, "accuracy", case="one example, class id", tolerance=TOLERANCE_SHARE
        )
        expect_number(
            accuracy(np.eye(4)[labels[:1]], scores[:1]),
            own,
            "accuracy",
            case="one example, one-hot",
            tolerance=TOLERANCE_SHARE,
        )


@promise("accuracy", points=1, hint="Does your code ask for one particular dtype, where the number of axes would tell?")
def test_accuracy_for_every_type(student, rng):
    """Labels may be of any integer type (one-hot: also bool), scores float32, float64 or integers."""
    accuracy = student.accuracy
    expect_use_of_the_labels(accuracy)
    labels, scores = guesses(rng, 9, 4, 7)
    own = own_number(accuracy(labels, scores), "accuracy")
    own_one_hot = own_number(accuracy(np.eye(4)[labels], scores), "accuracy")
    for kind in INTEGERS:
        expect_number(
            accuracy(labels.astype(kind), scores),
            own,
            "accuracy",
            case=f"class ids are {kind}",
            tolerance=TOLERANCE_SHARE,
        )
    for kind in ("int64", "uint8", "bool", "float32"):
        got = accuracy(np.eye(4)[labels].astype(kind), scores)
        expect_number(got, own_one_hot, "accuracy", case=f"one-hot labels are {kind}", tolerance=TOLERANCE_SHARE)
    for kind in ("float32", "int64"):
        got = accuracy(labels, np.floor(scores).astype(kind))
        expect_number(got, own, "accuracy", case=f"scores are {kind}", tolerance=TOLERANCE_SHARE)


@promise("accuracy", points=1, hint="Which of your lines write into an argument?")
def test_accuracy_leaves_its_arguments(student, rng):
    """Labels and scores are the same after the call."""
    expect_use_of_the_labels(student.accuracy)
    labels, scores = guesses(rng, 9, 4, 7)
    for given in (labels, np.eye(4)[labels]):
        kept_labels, kept_scores = keep(student, given), keep(student, scores)
        own_number(student.accuracy(kept_labels, kept_scores), "accuracy")
        expect_unchanged(fetch(kept_labels), given, "labels")
        expect_unchanged(fetch(kept_scores), scores, "scores")


# --- 1.2 and 1.3 the fully connected layer

SHAPES = ((5, 4, 3), (3, 2, 6), (2, 5, 1), (1, 3, 4))  # examples, inputs, outputs; no two alike: a swap cannot hide


def named(shape: tuple[int, ...]) -> str:
    """A shape (examples, inputs, outputs) or (examples, classes) in words, for the messages."""
    names = ("N", "in", "out") if len(shape) == 3 else ("N", "C")
    return ", ".join(f"{name} = {n}" for name, n in zip(names, shape, strict=True))


def dense(rng: np.random.Generator, shape: tuple[int, int, int]) -> tuple[Array, Array, Array, Array]:
    """Inputs, weights, bias and gradients of the outputs for a shape (examples, inputs, outputs), both signs in all."""
    examples, features, outputs = shape
    draw = rng.standard_normal
    return draw((examples, features)), draw((features, outputs)), draw(outputs), draw((examples, outputs))


def fc_layer(student: Student, weights: Array, bias: Array) -> Handle:
    """The student's layer with these parameters."""
    layer = student.FCLayer(*weights.shape)
    layer.weights, layer.bias = weights, bias
    return layer


@promise("fc-forward", points=4, hint="Write the shapes beneath the product: (N, in) times (in, out) is (N, out).")
def test_forward_multiplies_by_the_weights(student, rng):
    """With a bias of zero the outputs are inputs times weights, of shape (N, out)."""
    for shape in SHAPES[:3]:
        inputs, weights, bias, _ = dense(rng, shape)
        layer = fc_layer(student, weights, 0 * bias)
        expected = linear.fc_forward(inputs, weights, 0 * bias)
        expect_array(layer.forward(inputs), expected, "outputs", case=named(shape))


@promise("fc-forward", points=2, hint="The bias has one value for each output: to which axis of (N, out) does it go?")
def test_forward_adds_the_bias_to_every_row(student, rng):
    """The bias adds its c-th value to the c-th output of every example."""
    for shape in (*SHAPES[:3], (4, 3, 4)):
        inputs, weights, bias, _ = dense(rng, shape)
        rows = (shape[0], shape[2])
        without = own_array(fc_layer(student, weights, 0 * bias).forward(inputs), rows, "outputs", filling=True)
        got = own_array(fc_layer(student, weights, bias).forward(inputs), rows, "outputs", filling=True)
        expect_array(got - without, np.tile(bias, (shape[0], 1)), "what the bias adds", case=named(shape))


@promise("fc-forward", points=1, hint="What is the shape of the outputs for one example: (out,) or (1, out)?")
def test_forward_of_one_example(student, rng):
    """A batch of one example gives a batch of one row of outputs: the row it has in a larger batch."""
    inputs, weights, bias, _ = dense(rng, (4, 3, 5))
    layer = fc_layer(student, weights, bias)
    own = own_array(layer.forward(inputs), (4, 5), "outputs")
    for n in (0, 3):
        expect_array(layer.forward(inputs[n : n + 1]), own[n : n + 1], "outputs", case="N = 1")


@promise("fc-forward", points=1, hint="What does your layer remember from the call before, and from another layer?")
def test_forward_calls_do_not_touch_each_other(student, rng):
    """A second call, and a second layer, give what a fresh layer gives."""
    inputs, weights, bias, _ = dense(rng, (4, 3, 5))
    own = [own_array(fc_layer(student, weights, bias).forward(x), (4, 5), "outputs") for x in (inputs, -2 * inputs)]
    layer, other = fc_layer(student, weights, bias), fc_layer(student, weights + 1, bias - 1)
    expect_array(layer.forward(inputs), own[0], "outputs", case="first call")
    other.forward(inputs)
    expect_array(layer.forward(-2 * inputs), own[1], "outputs", case="second call")
    expect_array(layer.forward(inputs), own[0], "outputs", case="third call")


@promise("fc-forward", points=1, hint="Which of your lines write into the inputs, `self.weights` or `self.bias`?")
def test_forward_leaves_its_arguments(student, rng):
    """Inputs, weights and bias are the same after the call, shapes included."""
    inputs, weights, bias, _ = dense(rng, (4, 3, 5))
    layer, kept = fc_layer(student, weights, bias), keep(student, inputs)
    own_array(layer.forward(kept), (4, 5), "outputs")
    expect_unchanged(fetch(kept), inputs, "inputs")
    expect_unchanged(layer.weights, weights, "self.weights")
    expect_unchanged(layer.bias, bias, "self.bias")


@promise("fc-forward", points=1, hint="Which dtype has an array that you make like the inputs?")
def test_forward_for_every_type(student, rng):
    """Integer and float32 inputs give float outputs of the same values."""
    inputs, weights, bias, _ = dense(rng, (4, 3, 5))
    inputs = np.round(5 * inputs)
    own = own_array(fc_layer(student, weights, bias).forward(inputs), (4, 5), "outputs")
    for kind in ("int64", "int32", "float32"):
        layer = fc_layer(student, weights, bias)
        expect_array(
            layer.forward(inputs.astype(kind)), own, "outputs", case=f"inputs are {kind}", tolerance=TOLERANCE_FLOAT32
        )
    layer = fc_layer(student, weights.astype("float32"), bias.astype("float32"))
    expect_array(
        layer.forward(inputs.astype("float32")), own, "outputs", case="all is float32", tolerance=TOLERANCE_FLOAT32
    )


def after_forward(student: Student, weights: Array, bias: Array, inputs: Array) -> Handle:
    """A layer with these parameters after a forward pass, as in training, for a backward that keeps something of it.

    Whether that pass is right is another task's question: its errors are dropped, and the parameters are set after it.
    """
    layer = student.FCLayer(*weights.shape)
    attempt(layer, "forward", inputs)
    layer.weights, layer.bias = weights, bias
    return layer


@promise("fc-backward", points=4, hint="Which product of in_grads (N, out) and weights (in, out) is (N, in)?")
def test_backward_returns_the_gradient_of_the_inputs(student, rng):
    """The returned gradient is that of the loss with respect to the inputs, of their shape."""
    for shape in SHAPES:
        inputs, weights, bias, in_grads = dense(rng, shape)
        got = after_forward(student, weights, bias, inputs).backward(in_grads, inputs)
        expected, _, _ = linear.fc_backward(in_grads, inputs, weights)
        expect_array(got, expected, "gradient of the inputs", case=named(shape))


@promise("fc-backward", points=4, hint="A weight takes part in every example: is w_grad the sum over them?")
def test_backward_stores_the_gradient_of_the_weights(student, rng):
    """`w_grad` is the gradient of the loss with respect to the weights, summed over the batch, of their shape."""
    for shape in SHAPES:
        inputs, weights, bias, in_grads = dense(rng, shape)
        layer = after_forward(student, weights, bias, inputs)
        layer.backward(in_grads, inputs)
        _, expected, _ = linear.fc_backward(in_grads, inputs, weights)
        expect_array(layer.w_grad, expected, "w_grad", case=named(shape))


@promise("fc-backward", points=3, hint="Which axis of in_grads (N, out) is summed, so that (out,) remains?")
def test_backward_stores_the_gradient_of_the_bias(student, rng):
    """`b_grad` is the gradient of the loss with respect to the bias, of shape (out,)."""
    for shape in SHAPES:
        inputs, weights, bias, in_grads = dense(rng, shape)
        layer = after_forward(student, weights, bias, inputs)
        layer.backward(in_grads, inputs)
        _, _, expected = linear.fc_backward(in_grads, inputs, weights)
        expect_array(layer.b_grad, expected, "b_grad", case=named(shape))


@promise("fc-backward", points=2, hint="Are w_grad and b_grad set at every call, or added to? Whose are they: self's?")
def test_backward_stores_fresh_gradients(student, rng):
    """After a second call, also on another batch, the gradients are those of that call; each layer has its own."""
    inputs, weights, bias, in_grads = dense(rng, (4, 3, 5))
    more_inputs, _, _, more_in_grads = dense(rng, (6, 3, 5))

    def gradients(layer: Handle) -> tuple[Array, Array]:
        return own_array(layer.w_grad, (3, 5), "w_grad", weights), own_array(layer.b_grad, (5,), "b_grad", bias)

    fresh = after_forward(student, weights, bias, more_inputs)
    fresh.backward(more_in_grads, more_inputs)
    own = gradients(fresh)
    layer = after_forward(student, weights, bias, inputs)
    layer.backward(in_grads, inputs)
    attempt(layer, "forward", more_inputs)
    layer.weights, layer.bias = weights, bias
    for _ in range(2):
        layer.backward(more_in_grads, more_inputs)
    after_forward(student, weights, bias, inputs).backward(in_grads, inputs)
    for name, got, expected in zip(("w_grad", "b_grad"), gradients(layer), own, strict=True):
        expect_array(got, expected, name, case="after three calls, and one of another layer")


@promise("fc-backward", points=1, hint="Which of your lines write into in_grads, the inputs or the parameters?")
def test_backward_leaves_its_arguments(student, rng):
    """Gradients of the outputs, inputs, weights and bias are the same after the call: the layer does not step."""
    inputs, weights, bias, in_grads = dense(rng, (4, 3, 5))
    layer = after_forward(student, weights, bias, inputs)
    kept_inputs, kept_grads = keep(student, inputs), keep(student, in_grads)
    layer.backward(kept_grads, kept_inputs)
    w_grad = layer.w_grad
    found = isinstance(w_grad, np.ndarray) and w_grad.size == weights.size and np.any(w_grad)
    expect_that(found and not np.array_equal(w_grad, weights), "w_grad: no gradient was stored")
    expect_unchanged(fetch(kept_grads), in_grads, "in_grads")
    expect_unchanged(fetch(kept_inputs), inputs, "inputs")
    expect_unchanged(layer.weights, weights, "self.weights")
    expect_unchanged(layer.bias, bias, "self.bias")


@promise("fc-backward", points=1, hint="Which dtype has an array that you make like the inputs?")
def test_backward_for_every_type(student, rng):
    """Integer and float32 inputs give float gradients of the same values."""
    inputs, weights, bias, in_grads = dense(rng, (4, 3, 5))
    inputs = np.round(5 * inputs)
    shapes = {"gradient of the inputs": (4, 3), "w_grad": (3, 5), "b_grad": (5,)}
    own = {}
    for kind in ("float64", "int64", "float32"):
        layer = after_forward(student, weights, bias, inputs.astype(kind))
        given = in_grads.astype("float32" if kind == "float32" else "float64")
        returned = layer.backward(given, inputs.astype(kind))
        for (name, shape), got in zip(shapes.items(), (returned, layer.w_grad, layer.b_grad), strict=True):
            own.setdefault(name, own_array(got, shape, name, inputs, weights, bias))
            expect_array(got, own[name], name, case=f"inputs are {kind}", tolerance=TOLERANCE_FLOAT32)


# --- 1.4 squared error

ERROR_SHAPES = ((5, 3), (2, 4), (3, 3), (1, 4))  # examples, classes


def errors(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[Array, Array, Array]:
    """Scores and one-hot targets of this shape, and weights."""
    examples, classes = shape
    targets = linear.one_hot(rng.integers(classes, size=examples), classes)
    return 2.0 * rng.standard_normal(shape), targets, rng.standard_normal((6, classes))


def three(got: Any) -> tuple[Any, Any, Any]:
    """The results of `mse_loss`, if there are three."""
    expect_that(isinstance(got, (tuple, list)) and len(got) == 3, "return three: loss, scores_grad, weights_grad")
    return got[0], got[1], got[2]


@promise("mse", points=2, hint="Sum over the classes, average over the examples: what do you divide by?")
def test_mse_loss_is_the_sum_over_classes_and_the_mean_over_examples(student, rng):
    """Without a penalty the loss is the squared error, summed over classes and averaged over examples."""
    for shape in ERROR_SHAPES:
        scores, targets, weights = errors(rng, shape)
        loss, _, _ = three(student.mse_loss(scores, targets, weights, 0.0))
        expected, _, _ = losses.mse_loss(scores, targets, weights, 0.0)
        expect_number(loss, expected, "loss", case=named(shape))


@promise("mse", points=3, hint="Derive (s - t)^2 with respect to s; which factor stood before the sum?")
def test_mse_gradient_of_the_scores(student, rng):
    """`scores_grad` is the gradient of the loss with respect to the scores, with and without a penalty."""
    for shape in ERROR_SHAPES:
        for reg in (0.0, 0.7):
            scores, targets, weights = errors(rng, shape)
            _, got, _ = three(student.mse_loss(scores, targets, weights, reg))
            _, expected, _ = losses.mse_loss(scores, targets, weights, reg)
            expect_array(got, expected, "scores_grad", case=f"{named(shape)}, reg = {reg}")


@promise("mse", points=1, hint="The penalty is reg times the sum of the squared weights: is there a factor?")
def test_mse_penalty_in_the_loss(student, rng):
    """The penalty adds reg * sum(weights^2) to the loss."""
    for shape in ERROR_SHAPES[:2]:
        for reg in (0.7, 2.5):
            scores, targets, weights = errors(rng, shape)
            without = own_number(three(student.mse_loss(scores, targets, weights, 0.0))[0], "loss")
            got = own_number(three(student.mse_loss(scores, targets, weights, reg))[0], "loss")
            penalty, _ = losses.l2_penalty(weights, reg)
            expect_number(got - without, penalty, "what the penalty adds", case=f"reg = {reg}")


@promise("mse", points=2, hint="Derive reg * w^2 with respect to w.")
def test_mse_gradient_of_the_penalty(student, rng):
    """`weights_grad` is the gradient of the penalty with respect to the weights: all zeros when reg is 0."""
    for shape in ERROR_SHAPES[:2]:
        for reg in (0.7, 2.5, 0.0):
            scores, targets, weights = errors(rng, shape)
            _, _, got = three(student.mse_loss(scores, targets, weights, reg))
            expect_array(got, losses.l2_penalty(weights, reg)[1], "weights_grad", case=f"reg = {reg}")


@promise("mse", points=1, hint="Which of your lines write into an argument?")
def test_mse_leaves_its_arguments(student, rng):
    """Scores, targets and weights are the same after the call."""
    given = errors(rng, (5, 3))
    kept = [keep(student, value) for value in given]
    own_array(three(student.mse_loss(*kept, 0.7))[1], (5, 3), "scores_grad")
    for name, now, before in zip(("scores", "targets", "weights"), kept, given, strict=True):
        expect_unchanged(fetch(now), before, name)


@promise("mse", points=1, hint="Which dtype has an array that you make like the targets?")
def test_mse_for_every_type(student, rng):
    """Targets may be integers or bool, scores integers or float32; the results are floats of the same values."""
    scores, targets, weights = errors(rng, (5, 3))
    scores = np.round(3 * scores)
    own = three(student.mse_loss(scores, targets, weights, 0.7))
    own_loss, own_grad = own_number(own[0], "loss"), own_array(own[1], (5, 3), "scores_grad")
    for scores_kind, targets_kind in (
        ("float64", "int64"), ("float64", "uint8"), ("float64", "bool"), ("int64", "int64"), ("float32", "float32")
    ):  # fmt: skip
        got = three(student.mse_loss(scores.astype(scores_kind), targets.astype(targets_kind), weights, 0.7))
        case = f"scores are {scores_kind}, targets {targets_kind}"
        expect_number(got[0], own_loss, "loss", case=case, tolerance=TOLERANCE_FLOAT32)
        expect_array(got[1], own_grad, "scores_grad", case=case, tolerance=TOLERANCE_FLOAT32)


# --- 1.5 gradient descent


@promise("gradient-descent", points=4, hint="In which direction does the loss fall? Which two arrays move?")
def test_one_epoch_steps_down_the_gradient(student, rng):
    """One epoch moves weights and bias by -lr times the gradients that the passed loss and the layer give."""
    task = Descent.draw(rng)
    scores_grad = rng.standard_normal((7, 4))
    _, weights, bias = task.run(student, scripted(scores_grad, np.zeros((3, 4))), lr=0.3)
    _, w_grad, b_grad = linear.fc_backward(scores_grad, task.train[0], task.weights)
    expect_array(weights - task.weights, -0.3 * w_grad, "step of the weights")
    expect_array(bias - task.bias, -0.3 * b_grad, "step of the bias")


@promise("gradient-descent", points=2, hint="weights_grad is the gradient of the penalty: what is it added to?")
def test_the_penalty_moves_the_weights_only(student, rng):
    """The gradient of the penalty is added to that of the weights, once, and not to that of the bias."""
    task = Descent.draw(rng)
    scores_grad, weights_grad = rng.standard_normal((7, 4)), rng.standard_normal((3, 4))
    _, weights, bias = task.run(student, scripted(scores_grad, 0 * weights_grad), lr=0.3)
    _, penalised, same_bias = task.run(student, scripted(scores_grad, weights_grad), lr=0.3, reg=0.6)
    _, w_grad, _ = linear.fc_backward(scores_grad, task.train[0], task.weights)
    own_rate = np.sum((weights - task.weights) * w_grad) / np.sum(w_grad**2)  # -0.3 where the step is right
    expect_that(abs(own_rate) > 1e-9, "the weights did not move")
    expect_array(penalised - weights, own_rate * weights_grad, "what the penalty adds to the step of the weights")
    expect_array(same_bias, bias, "bias, which has no penalty")


@promise("gradient-descent", points=2, hint="What does the loss expect: which examples, which targets, which weights?")
def test_the_loss_is_given_the_whole_problem(student, rng):
    """The loss is called with the scores of all training examples, one-hot targets (N, C), the weights and reg."""
    task = Descent.draw(rng)
    gradients = scripted(np.zeros((7, 4)), np.zeros((3, 4)))
    task.run(student, gradients, reg=0.6)
    expect_that(len(task.seen) > 0, "the loss_function that is passed was never called")
    scores, targets, weights, reg = task.seen[0]
    expect_array(scores, scores_of(task.train, task.weights, task.bias), "scores given to the loss")
    expect_array(targets, linear.one_hot(task.train[1], 4), "targets given to the loss")
    expect_array(weights, task.weights, "weights given to the loss")
    expect_number(reg, 0.6, "reg given to the loss")


@promise("gradient-descent", points=3, hint="With which rate is the first step made, and when does the rate fall?")
def test_the_rate_falls_after_every_epoch(student, rng):
    """Every epoch makes one step; its rate is lr, lr * lr_decay, lr * lr_decay^2 … and stands in history["lr"]."""
    task = Descent.draw(rng)
    history, weights, bias = task.run(student, lr=0.2, lr_decay=0.5, epochs=3)
    steps = replace(task)
    for lr in (0.2, 0.1, 0.05):  # the student's own single steps, one after the other
        _, steps.weights, steps.bias = steps.run(student, lr=lr)
    expect_array(weights, steps.weights, "weights after three epochs")
    expect_array(bias, steps.bias, "bias after three epochs")
    expect_array(recorded(history, "lr", 3), [0.2, 0.1, 0.05], 'history["lr"]')


@promise("gradient-descent", points=1, hint="Which loss belongs to an epoch: the one before its step or after it?")
def test_the_history_holds_the_loss_before_each_step(student, rng):
    """history["loss"] holds the loss of every epoch's forward pass, before the step and with the penalty."""
    task = Descent.draw(rng)
    before = [(task.weights, task.bias), task.run(student, reg=0.3, epochs=1)[1:]]
    history, _, _ = task.run(student, reg=0.3, epochs=2)
    targets = linear.one_hot(task.train[1], 4)
    expected = [losses.mse_loss(scores_of(task.train, w, b), targets, w, 0.3)[0] for w, b in before]
    expect_array(recorded(history, "loss", 2), expected, 'history["loss"]')


@promise("gradient-descent", points=2, hint="Are both accuracies taken after the step? Each of which images?")
def test_the_history_holds_both_accuracies_after_each_step(student, rng):
    """The history holds the accuracies on the training and on the test examples after every epoch's step."""
    keys = ("train_accuracy", "test_accuracy")
    settings = {"lr": 0.2, "lr_decay": 1.0, "reg": 0.0}

    def drawn() -> Descent:
        """A problem in which the two accuracies differ from each other and from those of the images themselves, and change."""
        while True:
            task = Descent.draw(rng)
            layer = linear.FCLayer(task.weights, task.bias)
            start = [linear.accuracy(s[1], layer.forward(s[0])) for s in (task.train, task.test)]
            right = linear.gradient_descent(layer, losses.mse_loss, task.train, task.test, **settings, epochs=2)
            train, test = ([start[i], *right[key]] for i, key in enumerate(keys))
            images = [linear.accuracy(labels, images) for images, labels in (task.train, task.test)]
            if images[0] in train[1:] or images[1] in test[1:]:
                continue
            if train[1:] != test[1:] and train[1:] != train[:-1] and test[1:] != test[:-1]:
                return task

    task = drawn()
    after = [task.run(student, **settings, epochs=n) for n in (1, 2)]
    for key, split in zip(keys, (task.train, task.test), strict=True):
        expected = [linear.accuracy(split[1], scores_of(split, w, b)) for _, w, b in after]
        expect_array(recorded(after[-1][0], key, 2), expected, f'history["{key}"]')


@promise("gradient-descent", points=1, hint="What outlives a call: a default argument, a global, changed data?")
def test_a_second_descent_starts_afresh(student, rng):
    """Images and labels are left alone, and a second call gives a history of its own, one entry an epoch."""
    task = Descent.draw(rng)
    copies = [part.copy() for part in (*task.train, *task.test)]
    kept = [keep(student, part) for part in copies]
    for epochs in (3, 2):
        history, _, _ = task.run(student, data=(tuple(kept[:2]), tuple(kept[2:])), epochs=epochs)
        for key in ("loss", "train_accuracy", "test_accuracy", "lr"):
            count = len(recorded(history, key))
            expect_equal(count, epochs, f'number of entries in history["{key}"] after {epochs} epochs')
    for name, now, before in zip(
        ("train images", "train labels", "test images", "test labels"), kept, copies, strict=True
    ):
        expect_unchanged(fetch(now), before, name)


# --- 1.6 and 1.7 softmax cross-entropy

SOFTMAX_SHAPES = ((5, 3), (2, 4), (3, 3), (1, 4))  # examples, classes
# Rows of very different size: a shift by the largest score of all rows leaves zeros only in the second one.
LARGE = np.array([[1000.0, 998.5, -1000.0], [-1000.0, -1000.0, -999.0], [0.5, -1000.0, 0.0], [1000.0, 1000.0, 1000.0]])
LARGE_TARGETS = np.array([1, 2, 0, 1])
SOFTMAX_TYPES = (*(("float64", kind) for kind in INTEGERS), ("int64", "int64"), ("float32", "int32"))


def logits(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Inputs of both signs, no class less probable than 1/200, and class ids."""
    return rng.uniform(-2.0, 2.0, shape), rng.integers(shape[1], size=shape[0])


def two(got: Any) -> tuple[Any, Any]:
    """The results of `SoftmaxCrossEntropy.forward`, if there are two."""
    expect_that(isinstance(got, (tuple, list)) and len(got) == 2, "return two: loss, probabilities")
    return got[0], got[1]


@promise("softmax-forward", points=3, hint="Do the probabilities of each example (each row) sum to 1?")
def test_softmax_probabilities(student, rng):
    """Every row of the probabilities is the softmax of its row of inputs."""
    for shape in SOFTMAX_SHAPES:
        inputs, targets = logits(rng, shape)
        _, got = two(student.SoftmaxCrossEntropy(shape[1]).forward(inputs, targets))
        expect_array(got, losses.softmax(inputs), "probabilities", case=named(shape))


@promise("softmax-forward", points=2, hint="Which probability of each row enters the loss? Sum or mean?")
def test_softmax_loss(student, rng):
    """The loss is the mean over the examples of -log(probability of the target class), natural logarithm."""
    for shape in SOFTMAX_SHAPES:
        inputs, targets = logits(rng, shape)
        got, _ = two(student.SoftmaxCrossEntropy(shape[1]).forward(inputs, targets))
        expected, _ = losses.softmax_cross_entropy(inputs, targets)
        # A small term inside the logarithm moves this loss by up to 4e-5: it is charged at the impossible class only. Right
        # code errs by 2e-16 here, the mistakes of this promise by at least 0.025.
        expect_number(got, expected, "loss", case=named(shape), tolerance=1e-3)


@promise("softmax-forward", points=1, hint="What may be subtracted from a row of inputs without changing its softmax?")
def test_softmax_probabilities_of_large_inputs(student, rng):
    """Inputs of +-1000 give the right probabilities: no nan, no overflow, whatever stands in the other rows."""
    order = rng.permutation(len(LARGE))
    _, got = two(student.SoftmaxCrossEntropy(3).forward(LARGE[order], LARGE_TARGETS[order]))
    expect_array(got, losses.softmax(LARGE[order]), "probabilities", case="inputs of +-1000")


@promise("softmax-forward", points=2, hint="log(exp(a) / sum) is a - log(sum): which of the two underflows?")
def test_softmax_loss_of_an_impossible_class(student, rng):
    """The loss is exact where the probability of the target is too small for a float: 2000, not inf and not clipped."""
    for inputs, target in (([1000.0, -1000.0], 1), ([-1000.0, 0.0, -3.0], 0), ([900.0, 1000.0, 1000.0], 0)):
        loss = student.SoftmaxCrossEntropy(len(inputs))
        got, _ = two(loss.forward(np.array([inputs]), np.array([target])))
        expected, _ = losses.softmax_cross_entropy([inputs], [target])
        expect_number(got, expected, "loss", case="inputs of +-1000")


@promise("softmax-forward", points=1, hint="Which of your lines write into the inputs? What does the object remember?")
def test_softmax_forward_leaves_its_arguments(student, rng):
    """Inputs and targets are the same after the call, and a second call gives the same."""
    inputs, targets = logits(rng, (5, 3))
    loss, kept_inputs, kept_targets = student.SoftmaxCrossEntropy(3), keep(student, inputs), keep(student, targets)
    value, probabilities = two(loss.forward(kept_inputs, kept_targets))
    expect_unchanged(fetch(kept_inputs), inputs, "inputs")
    expect_unchanged(fetch(kept_targets), targets, "targets")
    loss.forward(-inputs[:2], targets[:2])
    again, same = two(loss.forward(inputs, targets))
    expect_number(again, own_number(value, "loss"), "loss", case="second call")
    expect_array(same, own_array(probabilities, (5, 3), "probabilities"), "probabilities", case="second call")


@promise("softmax-forward", points=1, hint="Which dtype has an array made like the inputs? Are targets only int64?")
def test_softmax_forward_for_every_type(student, rng):
    """Targets may be of any integer type, inputs integers or float32; the results are floats of the same values."""
    inputs, targets = logits(rng, (5, 3))
    inputs = np.round(inputs)
    value, probabilities = two(student.SoftmaxCrossEntropy(3).forward(inputs, targets))
    own, own_probabilities = own_number(value, "loss"), own_array(probabilities, (5, 3), "probabilities")
    for inputs_kind, targets_kind in SOFTMAX_TYPES:
        got = student.SoftmaxCrossEntropy(3).forward(inputs.astype(inputs_kind), targets.astype(targets_kind))
        case = f"inputs are {inputs_kind}, targets {targets_kind}"
        expect_number(two(got)[0], own, "loss", case=case, tolerance=TOLERANCE_FLOAT32)
        expect_array(two(got)[1], own_probabilities, "probabilities", case=case, tolerance=TOLERANCE_FLOAT32)


def softmax_layer(student: Student, inputs: Array, targets: Array) -> Handle:
    """The student's loss after a forward pass; a wrong forward is replaced, so that it is not charged twice."""
    loss = student.SoftmaxCrossEntropy(inputs.shape[1])
    with suppress(StudentError, Mismatch):
        kept = keep(student, inputs)
        value, probabilities = two(loss.forward(kept, targets))
        expected = losses.softmax_cross_entropy(inputs, targets)
        expect_number(value, expected[0], "loss", tolerance=TOLERANCE_FLOAT32)
        expect_array(probabilities, expected[1], "probabilities", tolerance=TOLERANCE_FLOAT32)
        expect_unchanged(fetch(kept), inputs, "inputs")
        return loss
    loss.forward = right_forward
    return loss


def right_forward(inputs: Any, targets: Any) -> tuple[float, Array]:
    """`SoftmaxCrossEntropy.forward` as it should be."""
    return losses.softmax_cross_entropy(inputs, targets)


@promise("softmax-backward", points=5, hint="(probabilities - one-hot targets) / N: is each of the three there?")
def test_softmax_gradient(student, rng):
    """The gradient of the mean loss with respect to the inputs is right, for several batch sizes."""
    for shape in SOFTMAX_SHAPES:
        inputs, targets = logits(rng, shape)
        got = softmax_layer(student, inputs, targets).backward(inputs, targets)
        expected = losses.softmax_cross_entropy_gradient(inputs, targets)
        expect_array(got, expected, "gradient", case=named(shape))


@promise("softmax-backward", points=2, hint="Which probabilities does backward use: those that are safe from overflow?")
def test_softmax_gradient_of_large_inputs(student, rng):
    """Inputs of +-1000 give a finite gradient, the right one up to the scale it has for ordinary inputs."""
    order = rng.permutation(len(LARGE))
    inputs, targets = LARGE[order], LARGE_TARGETS[order]
    small, ids = logits(rng, LARGE.shape)
    own = own_array(softmax_layer(student, small, ids).backward(small, ids), LARGE.shape, "gradient")
    right = losses.softmax_cross_entropy_gradient(small, ids)
    factor = np.sum(own * right) / np.sum(right * right)
    got = softmax_layer(student, inputs, targets).backward(inputs, targets)
    expected = factor * losses.softmax_cross_entropy_gradient(inputs, targets)
    expect_array(got, expected, "gradient", case="inputs of +-1000")


@promise("softmax-backward", points=1, hint="What does the object remember of the call before, and is it still true?")
def test_softmax_backward_calls_do_not_touch_each_other(student, rng):
    """A second call, on the same batch and on another one, gives what a fresh object gives."""
    inputs, targets = logits(rng, (5, 3))
    more, more_targets = logits(rng, (4, 3))
    own = own_array(softmax_layer(student, inputs, targets).backward(inputs, targets), (5, 3), "gradient", inputs)
    own_more = own_array(softmax_layer(student, more, more_targets).backward(more, more_targets), (4, 3), "gradient")
    loss = softmax_layer(student, inputs, targets)
    for case in ("first call", "second call"):
        expect_array(loss.backward(inputs, targets), own, "gradient", case=case)
    attempt(loss, "forward", more, more_targets)
    expect_array(loss.backward(more, more_targets), own_more, "gradient", case="another batch")


@promise("softmax-backward", points=1, hint="Which of your lines write into the inputs?")
def test_softmax_backward_leaves_its_arguments(student, rng):
    """Inputs and targets are the same after the call."""
    inputs, targets = logits(rng, (5, 3))
    kept_inputs, kept_targets = keep(student, inputs), keep(student, targets)
    loss = softmax_layer(student, inputs, targets)
    own_array(loss.backward(kept_inputs, kept_targets), (5, 3), "gradient", inputs)
    expect_unchanged(fetch(kept_inputs), inputs, "inputs")
    expect_unchanged(fetch(kept_targets), targets, "targets")


@promise("softmax-backward", points=1, hint="Which dtype has an array made like the inputs? Are targets only int64?")
def test_softmax_backward_for_every_type(student, rng):
    """Targets may be of any integer type, inputs integers or float32; the gradient is a float of the same values."""
    inputs, targets = logits(rng, (5, 3))
    inputs = np.round(inputs)
    own = own_array(softmax_layer(student, inputs, targets).backward(inputs, targets), (5, 3), "gradient", inputs)
    for inputs_kind, targets_kind in SOFTMAX_TYPES:
        given = inputs.astype(inputs_kind), targets.astype(targets_kind)
        got = softmax_layer(student, *given).backward(*given)
        expect_array(
            got, own, "gradient", case=f"inputs are {inputs_kind}, targets {targets_kind}", tolerance=TOLERANCE_FLOAT32
        )


# --- 1.8 Keras's Dense by hand


@promise("dense-by-hand", points=2, hint="Keras keeps the kernel as (inputs, units): which product gives (N, units)?")
def test_dense_multiplies_by_the_kernel(student, rng):
    """With a bias of zero the outputs are inputs times kernel, without any activation."""
    for shape in SHAPES:
        inputs, kernel, bias, _ = dense(rng, shape)
        got = student.dense_by_hand(inputs, kernel, 0 * bias)
        expect_array(got, linear.fc_forward(inputs, kernel, 0 * bias), "outputs")


@promise("dense-by-hand", points=1, hint="The bias has one value for each unit: is it added to every row?")
def test_dense_adds_the_bias(student, rng):
    """The bias adds its c-th value to the c-th output of every example."""
    for shape in SHAPES[:3]:
        inputs, kernel, bias, _ = dense(rng, shape)
        rows = (shape[0], shape[2])
        without = own_array(student.dense_by_hand(inputs, kernel, 0 * bias), rows, "outputs", filling=True)
        got = own_array(student.dense_by_hand(inputs, kernel, bias), rows, "outputs", filling=True)
        expect_array(got - without, np.tile(bias, (shape[0], 1)), "what the bias adds")


@promise("dense-by-hand", points=1, hint="Keras's weights are float32: does anything in your line mind?")
def test_dense_with_the_types_of_keras(student, rng):
    """float32 arguments, as Keras has them, and integer inputs give float outputs of the same values."""
    inputs, kernel, bias, _ = dense(rng, (4, 3, 5))
    inputs = np.round(5 * inputs)
    own = own_array(student.dense_by_hand(inputs, kernel, bias), (4, 5), "outputs")
    got = student.dense_by_hand(*(part.astype("float32") for part in (inputs, kernel, bias)))
    expect_array(got, own, "outputs", case="all is float32", tolerance=TOLERANCE_FLOAT32)
    expect_array(
        student.dense_by_hand(inputs.astype("int64"), kernel, bias),
        own,
        "outputs",
        case="inputs are int64",
        tolerance=TOLERANCE_FLOAT32,
    )


@promise("dense-by-hand", points=1, hint="`+=` and `out=` write into an array: into whose?")
def test_dense_leaves_its_arguments(student, rng):
    """Inputs, kernel and bias are the same after the call."""
    given = dense(rng, (4, 3, 5))[:3]
    kept = [keep(student, value) for value in given]
    own_array(student.dense_by_hand(*kept), (4, 5), "outputs")
    for name, now, before in zip(("inputs", "kernel", "bias"), kept, given, strict=True):
        expect_unchanged(fetch(now), before, name)
