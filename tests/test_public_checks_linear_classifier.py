"""The public checks of assignment 1: ok for the solution, `- not yet` for the stub, the right `no` line for wrong code."""

import functools
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder import cells
from utils import keras_backend
from utils.checks import linear_classifier as check
from utils.data import one_hot

NOTEBOOK = Path(__file__).parents[1] / "source/linear-classifier/linear-classifier.ipynb"
KERAS_MISSING = "Keras is not installed (pip install tensorflow)"
CHECKS = {
    "1.1 accuracy": (check.accuracy, "accuracy"),
    "1.2 FCLayer.forward": (check.fc_forward, "FCLayer"),
    "1.3 FCLayer.backward": (check.fc_backward, "FCLayer"),
    "1.4 mse_loss": (check.mse_loss, "mse_loss"),
    "1.5 gradient_descent": (check.gradient_descent, "gradient_descent"),
    "1.6 SoftmaxCrossEntropy.forward": (check.softmax_forward, "SoftmaxCrossEntropy"),
    "1.7 SoftmaxCrossEntropy.backward": (check.softmax_backward, "SoftmaxCrossEntropy"),
    "1.8 dense_by_hand": (check.dense_by_hand, "dense_by_hand"),
}


@functools.cache
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


def namespace(*, unfinished=(), left_out=()):
    """What the given and the TODO cells of the notebook define; the tasks in `unfinished` are stubs."""
    names = {"np": np}
    for cell in notebook().cells:
        kind = cells.role(cell)
        if kind not in ("given", "solution") or cell.id == "setup" or cell.id in left_out:
            continue
        if kind == "solution":
            stub = any(f"BEGIN SOLUTION {label}" in cell.source for label in unfinished)
            source = (cells.stub if stub else cells.solved)(cell.source)
        else:
            source = cell.source
        exec(compile(source, cell.id, "exec"), names)
    return names


@pytest.fixture(scope="module")
def solution():
    return namespace()


@pytest.fixture
def without_keras(monkeypatch):
    """A computer on which Keras cannot be imported."""
    keras_backend.import_keras.cache_clear()
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    yield
    keras_backend.import_keras.cache_clear()


@pytest.fixture
def lines(capsys):
    """Run a check and return the lines that it prints."""

    def run(function, *pieces):
        capsys.readouterr()
        assert function(*pieces) is None
        printed = capsys.readouterr()
        assert printed.err == ""
        return printed.out.splitlines()

    return run


@pytest.mark.parametrize("label", CHECKS)
def test_the_solution_gives_only_ok_lines(label, solution, lines):
    function, name = CHECKS[label]
    printed = lines(function, solution[name])
    number = label.split()[0]
    assert printed
    assert [line for line in printed if not line.startswith(f"ok {number} ")] == []


@pytest.mark.parametrize("label", CHECKS)
def test_without_keras_only_the_comparison_with_keras_is_left_out(label, solution, lines, without_keras):
    function, name = CHECKS[label]
    number = label.split()[0]
    printed = lines(function, solution[name])
    rest = [line for line in printed if not line.startswith(f"ok {number} ")]
    assert len(printed) > len(rest)
    assert rest == ([] if label == "1.1 accuracy" else [f"- {number} cannot compare: {KERAS_MISSING}"])


@pytest.mark.parametrize("label", CHECKS)
def test_the_stub_is_not_yet_done_and_said_once(label, lines):
    function, name = CHECKS[label]
    assert lines(function, namespace(unfinished=CHECKS)[name]) == [f"- not yet {label}"]


@pytest.mark.parametrize("label", [label for label in CHECKS if "." in label[3:]])
def test_a_method_whose_cell_was_not_run_is_not_yet_done(label, lines):
    function, name = CHECKS[label]
    cell = {"1.2": "fc-forward", "1.3": "fc-backward", "1.6": "softmax-forward", "1.7": "softmax-backward"}[label[:3]]
    printed = lines(function, namespace(left_out={f"{cell}-todo"})[name])
    assert printed == [f"- not yet {label}: run the cell that defines it"]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("1.2 FCLayer.forward", "1.3 FCLayer.backward"),
        ("1.6 SoftmaxCrossEntropy.forward", "1.7 SoftmaxCrossEntropy.backward"),
    ],
)
def test_an_unfinished_forward_does_not_block_a_backward_that_does_without(first, then, lines):
    function, name = CHECKS[then]
    piece = namespace(unfinished=[first])[name]
    assert all(line.startswith("ok") for line in lines(function, piece))


def test_gradient_descent_says_that_accuracy_comes_first(lines):
    printed = lines(check.gradient_descent, namespace(unfinished=["1.1 accuracy"])["gradient_descent"])
    assert printed == ["- not yet 1.5 gradient_descent: finish 1.1 accuracy first"]


def accuracy_like(value):
    def accuracy(labels, scores):
        class_ids = labels.argmax(axis=1) if labels.ndim == 2 else labels
        return value(class_ids, scores)

    return accuracy


def fc(forward=None, backward=None):
    """The solution's FCLayer with other methods."""
    given = {name: method for name, method in (("forward", forward), ("backward", backward)) if method}
    return type("FCLayer", (namespace()["FCLayer"],), given)


def backward_with(inputs=lambda g, x, w: g @ w.T, w=lambda g, x: x.T @ g, b=lambda g: g.sum(axis=0)):
    def backward(self, in_grads, inputs_):
        self.w_grad, self.b_grad = w(in_grads, inputs_), b(in_grads)
        return inputs(in_grads, inputs_, self.weights)

    return fc(backward=backward)


def added_up(self, in_grads, inputs):
    self.w_grad += inputs.T @ in_grads
    self.b_grad = in_grads.sum(axis=0)
    return in_grads @ self.weights.T


def mse_with(loss=lambda e, n: (e**2).sum() / n, grad=lambda e, n: 2 * e / n, penalty=1.0, penalty_grad=2.0):
    def mse_loss(scores, targets, weights, reg):
        e, n = scores - targets, len(scores)
        return loss(e, n) + penalty * reg * np.sum(weights**2), grad(e, n), penalty_grad * reg * weights

    return mse_loss


def descent(sign=-1, penalty=1.0, decay_first=False, decay=True, loss_after=False, before=False, swap=False):
    def gradient_descent(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
        history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
        accuracy = accuracy_like(lambda ids, scores: np.mean(scores.argmax(axis=1) == ids))

        def record(*keys):
            splits = (test, train) if swap else (train, test)
            for key, (images, labels) in zip(keys, splits, strict=False):
                history[key].append(accuracy(labels, layer.forward(images)))

        targets = one_hot(train[1], len(layer.bias))
        for _ in range(epochs):
            lr = lr * lr_decay if decay_first else lr
            loss, scores_grad, weights_grad = loss_function(layer.forward(train[0]), targets, layer.weights, reg)
            layer.backward(scores_grad, train[0])
            if before:
                record("train_accuracy", "test_accuracy")
            layer.weights = layer.weights + sign * lr * (layer.w_grad + penalty * weights_grad)
            layer.bias = layer.bias + sign * lr * layer.b_grad
            if loss_after:
                loss = loss_function(layer.forward(train[0]), targets, layer.weights, reg)[0]
            if not before:
                record("train_accuracy", "test_accuracy")
            history["loss"].append(loss)
            history["lr"].append(lr)
            lr = lr * lr_decay if decay and not decay_first else lr
        return history

    return gradient_descent


def softmax(shift=lambda s: s.max(axis=1, keepdims=True), axis=1, log=np.log, mean=np.mean, tiny=None):
    def forward(self, inputs, targets):
        with np.errstate(all="ignore"):
            powers = np.exp(inputs - shift(inputs))
            p = powers / powers.sum(axis=axis, keepdims=True)
            chosen = p[np.arange(len(targets)), targets]
            return float(-mean(log(chosen if tiny is None else chosen + tiny))), p

    return type("SoftmaxCrossEntropy", (namespace()["SoftmaxCrossEntropy"],), {"forward": forward})


def softmax_gradient(change):
    """The solution's gradient, changed."""
    right = namespace()["SoftmaxCrossEntropy"]

    def backward(self, inputs, targets):
        return change(right.backward(self, inputs, targets), self.forward(inputs, targets)[1], targets)

    return type("SoftmaxCrossEntropy", (right,), {"backward": backward})


WRONG = {
    "accuracy in per cent": (
        check.accuracy,
        lambda: accuracy_like(lambda ids, s: 100 * np.mean(s.argmax(axis=1) == ids)),
        "no 1.1 class ids: 4 of 5 right gives 80, expected 0.8: it is in per cent",
    ),
    "accuracy along the wrong axis": (
        check.accuracy,
        lambda: lambda labels, scores: np.mean(scores.argmax(axis=0)[: len(labels)] == labels[: scores.shape[1]]),
        "no 1.1 class ids",
    ),
    "accuracy of class ids only": (
        check.accuracy,
        lambda: lambda labels, scores: np.mean(scores.argmax(axis=1) == labels),
        "no 1.1 one-hot labels: ",
    ),
    "forward without bias": (
        check.fc_forward,
        lambda: fc(forward=lambda self, inputs: inputs @ self.weights),
        "no 1.2 example: as if there were no bias",
    ),
    "forward with a changed argument": (
        check.fc_forward,
        lambda: fc(forward=lambda self, inputs: (inputs.__imul__(1.5) / 1.5) @ self.weights + self.bias),
        "no 1.2 arguments: your code changes its argument inputs in place",
    ),
    "gradient of the weights transposed": (
        check.fc_backward,
        lambda: backward_with(w=lambda g, x: g.T @ x),
        "no 1.3 w_grad: shape (3, 2), expected (2, 3): transposed",
    ),
    "gradient of the weights averaged": (
        check.fc_backward,
        lambda: backward_with(w=lambda g, x: x.T @ g / len(x)),
        "it is divided by the batch size 3",
    ),
    "gradient of the bias as a row": (
        check.fc_backward,
        lambda: backward_with(b=lambda g: g.sum(axis=0, keepdims=True)),
        "no 1.3 b_grad: shape (1, 3), expected (3,): axes of length 1",
    ),
    "gradient of the bias as one number": (
        check.fc_backward,
        lambda: backward_with(b=np.sum),
        "no 1.3 b_grad: shape (), expected (3,): summed to a scalar",
    ),
    "gradients that add up": (check.fc_backward, lambda: fc(backward=added_up), "make it afresh"),
    "backward returns nothing": (
        check.fc_backward,
        lambda: backward_with(inputs=lambda g, x, w: None),
        "no 1.3 gradient of the inputs: it is None",
    ),
    "squared error averaged over classes": (
        check.mse_loss,
        lambda: mse_with(loss=lambda e, n: np.mean(e**2)),
        "no 1.4 loss: reg = 0 gives 0.875, expected 2.625: it is averaged over the classes, too",
    ),
    "squared error without its factor": (
        check.mse_loss,
        lambda: mse_with(grad=lambda e, n: e / n),
        "it is divided by 2",
    ),
    "squared error without 1/N in the gradient": (
        check.mse_loss,
        lambda: mse_with(grad=lambda e, n: 2 * e),
        "it is multiplied by the batch size 4: is a 1/N lost?",
    ),
    "half a penalty": (
        check.mse_loss,
        lambda: mse_with(penalty=0.5, penalty_grad=1.0),
        "no 1.4 penalty: reg = 0.1 gives 0.75, expected 1.5: there is a factor 1/2",
    ),
    "a penalty whose gradient lost its 2": (
        check.mse_loss,
        lambda: mse_with(penalty_grad=1.0),
        "no 1.4 weights_grad: reg = 0.1 gives",
    ),
    "uphill": (
        check.gradient_descent,
        lambda: descent(sign=1),
        "no 1.5 first step: layer.weights after one epoch: it went uphill",
    ),
    "no penalty": (
        check.gradient_descent,
        lambda: descent(penalty=0.0),
        "the gradient of the penalty (weights_grad) is left out",
    ),
    "rate lowered too early": (
        check.gradient_descent,
        lambda: descent(decay_first=True),
        "the rate is lowered before the step",
    ),
    "rate never lowered": (check.gradient_descent, lambda: descent(decay=False), "the rate is never lowered"),
    "loss after the step": (
        check.gradient_descent,
        lambda: descent(loss_after=True),
        'no 1.5 history: history["loss"]: it is the loss after the step',
    ),
    "accuracy before the step": (
        check.gradient_descent,
        lambda: descent(before=True),
        "it is the accuracy before the step",
    ),
    "train and test swapped": (
        check.gradient_descent,
        lambda: descent(swap=True),
        "it is the accuracy on the other set",
    ),
    "softmax without shift": (
        check.softmax_forward,
        lambda: softmax(shift=lambda s: 0.0),
        "no 1.6 probabilities of scores of +-1000: scores [1000.0, -1000.0, 0.0] give nan or inf",
    ),
    "softmax shifted by the largest of all": (
        check.softmax_forward,
        lambda: softmax(shift=np.max),
        "right row by row, wrong in a batch: subtract the largest score of EACH row",
    ),
    "softmax over the batch": (
        check.softmax_forward,
        lambda: softmax(axis=0),
        "no 1.6 probabilities: columns sum to 1; rows should",
    ),
    "log of an underflowed probability": (
        check.softmax_forward,
        lambda: softmax(),
        "no 1.6 loss for scores of +-1000: scores [1000.0, -1000.0, 0.0], label 1 give inf, expected 2000",
    ),
    "clipped probability": (check.softmax_forward, lambda: softmax(tiny=1e-12), "a probability of 0 has no logarithm"),
    "log10": (check.softmax_forward, lambda: softmax(log=np.log10), "as if the logarithm were log10"),
    "loss summed": (check.softmax_forward, lambda: softmax(mean=np.sum), "it is summed over the batch"),
    "softmax gradient without 1/N": (
        check.softmax_backward,
        lambda: softmax_gradient(lambda grad, p, t: grad * len(t)),
        "it is multiplied by the batch size 2: is a 1/N lost?",
    ),
    "softmax gradient without targets": (
        check.softmax_backward,
        lambda: softmax_gradient(lambda grad, p, t: p / len(t)),
        "the targets are not subtracted",
    ),
    "softmax gradient uphill": (
        check.softmax_backward,
        lambda: softmax_gradient(lambda grad, p, t: -grad),
        "the sign is wrong",
    ),
    "dense without bias": (
        check.dense_by_hand,
        lambda: lambda inputs, kernel, bias: inputs @ kernel,
        "no 1.8 example: as if there were no bias",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_named(mistake, lines):
    function, make, expected = WRONG[mistake]
    wrong = [line for line in lines(function, make()) if line.startswith("no ")]
    assert any(expected in line for line in wrong), wrong


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_named_without_keras_too(mistake, lines, without_keras):
    function, make, expected = WRONG[mistake]
    wrong = [line for line in lines(function, make()) if line.startswith("no ")]
    assert any(expected in line for line in wrong), wrong


def test_code_that_changes_its_arguments_leaves_the_next_run_alone(lines, solution):
    _, make, _ = WRONG["forward with a changed argument"]
    lines(check.fc_forward, make())
    assert all(line.startswith("ok") for line in lines(check.fc_forward, solution["FCLayer"]))


def test_an_error_in_the_students_code_is_shown_with_its_line(lines):
    def accuracy(labels, scores):
        return scores[100]

    printed = lines(check.accuracy, accuracy)
    assert any("IndexError in your accuracy, line" in line for line in printed), printed
