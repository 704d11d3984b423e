"""What the checks of assignment 2 compare with: nets worked by hand, toy nets, and Keras; it solves no task in NumPy.

A net under check gets known numbers in place of the pieces that are not being checked, as attributes of the object, so
that an unfinished piece blocks no other. A `loss` written in one piece does not look at them, and is checked alike.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from utils.keras_backend import import_keras

Params = dict[str, np.ndarray]
Make = Callable[..., Any]  # a student's class

SIZES = ((5, 4, 10, 3), (3, 6, 2, 5), (7, 3, 5, 2))  # N, D, H, C; the first one is the toy net of the notebook


@dataclass(frozen=True)
class Case:
    """A net and a batch: X (N, D), y (N,), biases that are not zero."""

    params: Params
    X: np.ndarray
    y: np.ndarray

    @property
    def name(self) -> str:
        hidden, classes = self.params["W2"].shape
        return f"X {self.X.shape}, {hidden} hidden, {classes} classes"


@dataclass(frozen=True)
class Answer:
    """What Keras makes of a case."""

    hidden: np.ndarray
    scores: np.ndarray
    loss: float
    grads: Params


def cases() -> Iterator[Case]:
    """Random nets of several sizes, the same in every run."""
    for seed, (N, D, H, C) in enumerate(SIZES):
        rng = np.random.default_rng(seed)
        shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
        params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
        yield Case(params, rng.normal(size=(N, D)), rng.integers(0, C, size=N))


def hand_net(*, kind: str = "relu") -> Params:
    """The net of the notebook's hand-worked example: x = (1, 2) gives the scores (ln 3, 0), with sigmoid (1, 0)."""
    b1, b2 = {
        "relu": ([-1.0, 0.5], [math.log(3) - 2, 2.0]),
        "sigmoid": ([-3.0, 1.0 + math.log(3)], [-1.75, -2.5]),
    }[kind]
    weights = {"W1": np.array([[1.0, -1.0], [1.0, 0.0]]), "W2": np.array([[1.0, -1.0], [3.0, 4.0]])}
    return {**weights, "b1": np.array(b1), "b2": np.array(b2)}


def flat_net(scores: list[float]) -> Params:
    """A net with these scores for every image of two pixels, all its weights being zero."""
    return {"W1": np.zeros((2, 2)), "b1": np.zeros(2), "W2": np.zeros((2, len(scores))), "b2": np.array(scores)}


def net_with(Net: Make, params: Params, **pieces: Any) -> Any:
    """An object of the student's class with copies of these parameters, and some of its methods replaced."""
    net = Net(*params["W1"].shape, len(params["b2"]), std=0.1)
    net.params = {name: value.copy() for name, value in params.items()}
    for name, piece in pieces.items():
        setattr(net, name, piece)
    return net


def no_gradients(*_: Any) -> Params:
    """In place of `backward` where only the loss is looked at."""
    return {}


def pair(report: Any, answer: Any) -> tuple[Any, Any]:
    """What `loss(X, y, reg)` returned, taken apart."""
    report.that(
        isinstance(answer, tuple | list) and len(answer) == 2,
        "loss(X, y, reg) gives no pair (loss, grads): look at what your cell returns",
    )
    return answer[0], answer[1]


def keras_answer(kind: str, case: Case, reg: float) -> Answer:
    """Scores, loss and gradients of the same net, computed by Keras in float64. Raises KerasMissing."""
    keras, tf = import_keras()
    weights = {name: tf.Variable(value, dtype=tf.float64) for name, value in case.params.items()}
    with tf.GradientTape() as tape:
        before = keras.ops.matmul(tf.constant(case.X, dtype=tf.float64), weights["W1"]) + weights["b1"]
        hidden = keras.activations.get(kind)(before)
        scores = keras.ops.matmul(hidden, weights["W2"]) + weights["b2"]
        if kind == "relu":
            each = keras.losses.sparse_categorical_crossentropy(case.y, scores, from_logits=True)
        else:  # Keras's squared error is a mean over the classes: the sum over them is num_class times that
            targets = keras.ops.cast(keras.ops.one_hot(case.y, scores.shape[1]), "float64")
            each = keras.losses.mean_squared_error(targets, scores) * scores.shape[1]
        penalty = keras.ops.sum(weights["W1"] ** 2) + keras.ops.sum(weights["W2"] ** 2)
        loss = keras.ops.mean(each) + reg * penalty
    grads = tape.gradient(loss, weights)
    return Answer(hidden.numpy(), scores.numpy(), float(loss), {name: grad.numpy() for name, grad in grads.items()})


@dataclass
class Script:
    """A net that follows a script, for the training loop: `losses` in turn, `grads` always, everything is class 0.

    It keeps what it was asked about the training images `X`: `batches` are pairs (X, y), `regs` the strengths of
    regularisation. A question about other images, say the loss on those of validation, is answered and not counted.
    """

    X: np.ndarray
    losses: list[float]
    grads: Params
    batches: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    regs: list[float] = field(default_factory=list)

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Class 0 is always ahead."""
        return np.tile([1.0] + [0.0] * (len(self.grads["b2"]) - 1), (len(X), 1))

    def loss(self, X: np.ndarray, y: np.ndarray | None = None, reg: float = 0.0) -> Any:
        """Scores; or the next loss of the script, with its gradients."""
        if y is None:
            return self.scores(X)
        return self.objective(self.scores(X), y, reg), self.backward(X, X, X, y, reg)

    def forward(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A hidden layer of zeros, and the scores."""
        return np.zeros((len(X), len(self.grads["b1"]))), self.scores(X)

    def objective(self, scores: np.ndarray, y: np.ndarray, reg: float) -> float:
        """The next loss of the script."""
        return self.losses[min(len(self.batches), len(self.losses) - 1)]

    def backward(self, X: np.ndarray, hidden: Any, scores: Any, y: np.ndarray, reg: float) -> Params:
        """The gradients of the script."""
        if all((image == self.X).all(axis=1).any() for image in X):
            self.batches.append((np.array(X), np.array(y)))
            self.regs.append(reg)
        return {name: grad.copy() for name, grad in self.grads.items()}

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Class 0."""
        return np.zeros(len(X), dtype=np.int64)

    def plays(self, net: Any) -> Any:
        """Put the script in place of all methods of the net but `train`."""
        for name in ("loss", "forward", "objective", "backward", "predict"):
            setattr(net, name, getattr(self, name))
        return net
