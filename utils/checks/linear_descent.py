"""The check of gradient descent: a layer and a loss that follow a script, so that every number of three epochs is known.

It makes no step itself. The script was worked out on paper; Keras walks the same way on real numbers.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from utils import reference
from utils.checks.linear_examples import fixed, like_by_hand
from utils.data import one_hot
from utils.verdict import Report

Descend = Callable[..., Any]

TRAIN = fixed([[1.0], [2.0], [3.0], [4.0]]), fixed([0, 1, 1, 0], int)
TEST = fixed([[5.0], [6.0]]), fixed([1, 0], int)
SETTINGS: Mapping[str, Any] = {"lr": 0.5, "lr_decay": 0.5, "reg": 0.25, "epochs": 3}
SCORES_GRAD = fixed(np.arange(8.0).reshape(4, 2))
W_GRAD, B_GRAD, PENALTY_GRAD = fixed([[4.0, 1.0]]), fixed([1.0, -2.0]), fixed([[2.0, 0.0]])

# The first weight goes down by 0.5 * 6, 0.25 * 6, 0.125 * 6, the bias by 0.5, 0.25, 0.125 times its gradient.
START = fixed([[10.0, 20.0]]), fixed([1.0, 2.0])
WEIGHTS = ([[7.0, 19.5]], [[5.5, 19.25]], [[4.75, 19.125]])
BIASES = ([0.5, 3.0], [0.25, 3.5], [0.125, 3.75])
# What the loss says and the layer predicts after 0, 1, 2, 3 steps
LOSSES = (8.0, 4.0, 2.0, 1.0)
PREDICTIONS = {4: ([0, 0, 0, 1], [0, 0, 0, 1], [0, 1, 0, 0], [0, 1, 1, 0]), 2: ([1, 1], [0, 1], [1, 1], [1, 0])}
RIGHT = {4: (0.25, 0.25, 0.75, 1.0), 2: (0.5, 0.0, 0.5, 1.0)}  # shares of the labels of TRAIN and TEST

WRONG_STEP = {
    "it went uphill: subtract": [[13.0, 20.5]],
    "the gradient of the penalty (weights_grad) is left out": [[8.0, 19.5]],
    "as if only the penalty moved the weights; add layer.w_grad": [[9.0, 20.0]],
    "the gradient of the penalty is multiplied by reg once more; weights_grad holds reg already": [[7.75, 19.5]],
    "the rate is lowered before the step; lower it afterwards": [[8.5, 19.75]],
    "the weights did not move": START[0],
    "as if lr were 1": [[4.0, 19.0]],
    "the gradient of the penalty is not multiplied by lr": [[6.0, 19.5]],
    "that is where two epochs lead": WEIGHTS[1],
}
WRONG_BIAS = {
    "it went uphill: subtract": [1.5, 1.0],
    "the bias did not move": START[1],
    "the rate is lowered before the step; lower it afterwards": [0.75, 2.5],
    "as if lr were 1": [0.0, 4.0],
}
WRONG_END = {
    "the rate is never lowered; lr *= lr_decay after every epoch": [[1.0, 18.5]],
    "only one epoch was trained": WEIGHTS[0],
    "a step too few": WEIGHTS[1],
    "a step too many": [[4.375, 19.0625]],
    "the rate falls twice an epoch": [[6.0625, 19.34375]],
}
WRONG_RATES = {
    "lr is not lowered; lr *= lr_decay after every epoch": [0.5, 0.5, 0.5],
    "these are the rates after lowering; record the one that the step used": [0.25, 0.125, 0.0625],
}


class Scripted:
    """A layer of one weight and one bias for each of two classes. It computes nothing: it reads from the script."""

    def __init__(self) -> None:
        self.weights, self.bias = START[0].copy(), START[1].copy()
        self.w_grad, self.b_grad = np.zeros((1, 2)), np.zeros(2)
        self.losses: list[tuple[Any, ...]] = []
        self.backwards: list[tuple[np.ndarray, np.ndarray]] = []

    @property
    def steps(self) -> int:
        """How many steps the first weight has made: the row of the script."""
        path = [START[0][0, 0], *(weights[0][0] for weights in WEIGHTS)]
        return int(np.argmin(np.abs(np.array(path) - np.asarray(self.weights)[0, 0])))

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """Return scores that predict what the script says for these images."""
        if len(inputs) not in PREDICTIONS:
            raise ValueError(f"forward got {len(inputs)} images; there are 4 training and 2 test images")
        return one_hot(np.array(PREDICTIONS[len(inputs)][self.steps]), 2)

    def backward(self, in_grads: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """Store the gradients of the script, fresh at every call."""
        self.backwards.append((np.array(in_grads), np.array(inputs)))
        self.w_grad, self.b_grad = W_GRAD.copy(), B_GRAD.copy()
        return np.zeros_like(inputs)

    def loss(self, scores: Any, targets: Any, weights: Any, reg: Any) -> tuple[float, np.ndarray, np.ndarray]:
        """Be the `loss_function` of this layer."""
        self.losses.append((np.array(scores), np.array(targets), np.array(weights), reg))
        return LOSSES[self.steps], SCORES_GRAD.copy(), PENALTY_GRAD.copy()


def run(descend: Descend, **settings: Any) -> tuple[Scripted, Any]:
    """Let the student's function train a new scripted layer; return it and the history."""
    layer = Scripted()
    train, test = ((images.copy(), labels.copy()) for images, labels in (TRAIN, TEST))
    return layer, descend(layer, layer.loss, train, test, **{**SETTINGS, **settings})


def first_step(report: Report, descend: Descend) -> None:
    """Check what one epoch does to weights and bias."""
    layer, _ = run(descend, epochs=1)
    report.that(layer.losses, "in one epoch loss_function is never called: use the one that is passed")
    report.that(layer.backwards, "layer.backward is never called")
    like_by_hand(report, "layer.weights after one epoch", layer.weights, WEIGHTS[0], WRONG_STEP)
    like_by_hand(report, "layer.bias after one epoch", layer.bias, BIASES[0], WRONG_BIAS)
    report.detail("weights and bias step down their gradients")


def what_is_passed(report: Report, descend: Descend) -> None:
    """Check what loss and backward are given in the first epoch, where all labels are of the first class."""
    layer, images = Scripted(), TRAIN[0].copy()
    descend(layer, layer.loss, (images, np.zeros(4, dtype=int)), TEST, **{**SETTINGS, "epochs": 1})
    scores, targets, weights, reg = layer.losses[0]
    report.close("the scores given to the loss", scores, one_hot(np.array(PREDICTIONS[4][0]), 2))
    if np.shape(targets) == (4, 1):
        report.fail("targets of one class are given to the loss: count the layer's outputs, not the labels")
    report.close("the array of targets (one-hot) given to the loss", targets, one_hot(np.zeros(4, dtype=int), 2))
    report.close("the array of weights given to the loss", weights, START[0])
    report.that(reg == SETTINGS["reg"], f"the loss is given reg = {reg}, expected {SETTINGS['reg']}")
    in_grads, inputs = layer.backwards[0]
    report.close("in_grads given to backward (scores_grad of the loss)", in_grads, SCORES_GRAD)
    report.close("the array of inputs given to backward", inputs, TRAIN[0])
    report.detail("loss and backward get what they need")


def rates(report: Report, descend: Descend) -> None:
    """Check three epochs: where the weights end, and the rates on the way."""
    layer, history = run(descend)
    like_by_hand(report, "layer.weights after three epochs", layer.weights, WEIGHTS[2], WRONG_END)
    like_by_hand(report, "layer.bias after three epochs", layer.bias, BIASES[2])
    like_by_hand(report, 'history["lr"]', recorded(report, history, "lr"), [0.5, 0.25, 0.125], WRONG_RATES)
    report.detail("0.5, 0.25, 0.125")


def history_of_three(report: Report, descend: Descend) -> None:
    """Check the recorded losses and accuracies of three epochs."""
    _, history = run(descend)
    after = {"it is the loss after the step; record the one before": LOSSES[1:]}
    like_by_hand(report, 'history["loss"]', recorded(report, history, "loss"), LOSSES[:3], after)
    for key, count, other in (("train_accuracy", 4, 2), ("test_accuracy", 2, 4)):
        wrong = {
            "it is the accuracy before the step; work out the scores anew after it": RIGHT[count][:3],
            "it is the accuracy on the other set of images": RIGHT[other][1:],
        }
        like_by_hand(report, f'history["{key}"]', recorded(report, history, key), RIGHT[count][1:], wrong)
    report.detail("loss before each step, both accuracies after it")


def starts_afresh(report: Report, descend: Descend) -> None:
    """Check that a call leaves its data alone and remembers nothing of the call before."""
    parts = [part.copy() for part in (*TRAIN, *TEST)]
    names = ("train_images", "train_labels", "test_images", "test_labels")
    with report.unchanged(**dict(zip(names, parts, strict=True))):
        for epochs in (3, 2):
            layer = Scripted()
            history = descend(layer, layer.loss, tuple(parts[:2]), tuple(parts[2:]), **{**SETTINGS, "epochs": epochs})
    for key in ("loss", "train_accuracy", "test_accuracy", "lr"):
        recorded(report, history, key, epochs=2)
    report.detail("data unchanged, and a second call starts afresh")


def recorded(report: Report, history: Any, key: str, *, epochs: int = 3) -> list[float]:
    """Return a list of the history if it is there and has one entry an epoch."""
    report.that(history is not None, "your function returns None: is `return history` missing?")
    report.that(isinstance(history, Mapping) and key in history, f'the history has no "{key}"')
    values = history[key]
    report.that(isinstance(values, (list, tuple, np.ndarray)), f'history["{key}"] is not a list')
    report.that(len(values) == epochs, f'history["{key}"] has {len(values)} entries after {epochs} epochs')
    return list(values)


def like_keras(report: Report, descend: Descend) -> None:
    """Compare four epochs on a Keras-backed layer and loss with a Keras Dense layer and Keras's SGD."""
    keras, tf = reference.import_keras()
    rng = np.random.default_rng(2)
    train, test = ((rng.standard_normal((n, 5)), rng.integers(3, size=n)) for n in (12, 6))
    start, penalty = rng.standard_normal((5, 3)), keras.regularizers.L2(0.125)
    layer, squares = reference.FCLayer(5, 3), reference.MeanSquaredError()
    layer.weights = start.copy()

    def loss(scores: Any, targets: Any, weights: Any, reg: Any) -> tuple[float, np.ndarray, np.ndarray]:
        w = tf.convert_to_tensor(weights)
        with tf.GradientTape() as tape:
            tape.watch(w)
            value = penalty(w)
        return (
            squares.forward(scores, targets) + float(value),
            squares.backward(scores, targets),
            tape.gradient(value, w).numpy(),
        )

    history = descend(layer, loss, train, test, lr=0.125, lr_decay=0.5, reg=0.125, epochs=4)

    dense = keras.layers.Dense(3, dtype="float64")
    dense.build((None, 5))
    dense.set_weights([start, np.zeros(3)])
    losses = []
    for epoch in range(4):  # powers of 2 as rates: Keras keeps them as float32
        sgd = keras.optimizers.SGD(0.125 * 0.5**epoch)
        with tf.GradientTape() as tape:
            errors = keras.losses.mean_squared_error(one_hot(train[1], 3), dense(train[0]))
            value = 3 * keras.ops.mean(errors) + penalty(dense.kernel)
        losses.append(float(value))
        sgd.apply(tape.gradient(value, dense.trainable_weights), dense.trainable_weights)
    for name, got, expected in zip(("weights", "bias"), (layer.weights, layer.bias), dense.get_weights(), strict=True):
        report.close(name, got, expected, tolerance=1e-6, case="four epochs")
    report.close('history["loss"]', history["loss"], losses, tolerance=1e-6)
    report.detail("four epochs end at the same weights")
