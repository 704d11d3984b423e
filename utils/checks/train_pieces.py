"""Scripted pieces for the checks of assignment 5: nets, losses and data whose answers one can work out on paper.

None of them is a layer, a loss or an optimizer of the course: they hand numbers on and write down what they are asked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from utils.data_sources import Split
from utils.verdict import Report

Arrays = dict[str, np.ndarray]

# Right answers differ from those worked out on paper by rounding only.
EXACT = 1e-9


class Gain:
    """outputs = weights * inputs + bias with one weight and one bias; its gradients are what a script says."""

    def __init__(self, weights: float = 3.0, bias: float = 1.0) -> None:
        self.weights, self.bias = np.array([weights]), np.array([bias])
        self.w_grad, self.b_grad = np.zeros(1), np.zeros(1)
        self.asked: list[np.ndarray] = []

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """The inputs, scaled."""
        return self.weights * inputs + self.bias

    def backward(self, in_grads: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """Keep what arrives; the gradients are 2 and 4."""
        self.asked.append(np.array(in_grads))
        self.w_grad, self.b_grad = np.array([2.0]), np.array([4.0])
        return in_grads


class Mode:
    """Hands everything on and keeps the mode, and how many images there were, of every forward pass."""

    def __init__(self) -> None:
        self.training = True
        self.passes: list[tuple[bool, int]] = []

    def set_mode(self, training: bool) -> None:
        """Switch between training and test mode."""
        self.training = training

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """The inputs."""
        self.passes.append((self.training, len(inputs)))
        return inputs

    def backward(self, in_grads: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """The gradient."""
        self.passes.append((self.training, len(inputs)))
        return in_grads


class FirstColumn:
    """A loss that can be read off: the mean of the first column of the scores. Its gradient is marked by a 7."""

    def forward(self, scores: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
        """The mean, and the scores in place of probabilities."""
        return float(np.mean(scores[:, 0])), scores

    def backward(self, scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Sevens."""
        return np.full(scores.shape, 7.0)


@dataclass
class Recorder:
    """An optimizer that keeps what it is given, and gives back the parameters with the other sign."""

    asked: list[tuple[Arrays, Arrays, Any]] = field(default_factory=list)

    def update(self, params: Arrays, grads: Arrays, iteration: int) -> Arrays:
        """New parameters."""
        copies = [{name: np.array(value) for name, value in arrays.items()} for arrays in (params, grads)]
        self.asked.append((copies[0], copies[1], iteration))
        return {name: -value for name, value in params.items()}


def images_of_scores(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Images that are their own scores (count, 3), and labels; every third one is right.

    >>> images, labels = images_of_scores(4)
    >>> (images.argmax(axis=1) == labels).tolist()
    [True, False, False, True]
    """
    rng = np.random.default_rng(count)
    images = rng.uniform(0.1, 1.0, size=(count, 3))
    said = images.argmax(axis=1)
    return images, np.where(np.arange(count) % 3 == 0, said, (said + 1) % 3)


@dataclass
class Loop:
    """A net that follows a script, given as `self` to `train`: every loss is the number of steps so far."""

    rng: Any = None
    iteration: int = 0
    steps: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    evaluations: list[tuple[int, int, int]] = field(default_factory=list)

    def train_step(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
        """One more step."""
        self.iteration += 1
        self.steps.append((np.array(images), np.array(labels)))
        return float(self.iteration), 0.5

    def evaluate(self, images: np.ndarray, labels: np.ndarray, batch_size: int) -> tuple[float, float]:
        """Loss 100 + steps so far; keeps (steps, number of images, batch size)."""
        self.evaluations.append((self.iteration, len(images), batch_size))
        return 100.0 + self.iteration, 0.25

    def set_mode(self, training: bool) -> None:
        """There is no dropout here."""


def ten_images() -> Any:
    """A data set of 10, 6 and 4 images; image k is the number k, ten times its label."""

    def split(first: int, count: int) -> Any:
        images = np.arange(first, first + count, dtype=float).reshape(count, 1, 1, 1)
        return Split(images, 10 * np.arange(first, first + count))

    return SimpleNamespace(train=split(0, 10), val=split(20, 6), test=split(30, 4))


@contextmanager
def batches_of_four(train: Any) -> Iterator[list[tuple[int, int]]]:
    """While it is open, `train` gets these batches in place of the student's: what it asks for is kept."""
    names, asked = train.__globals__, []
    before = names.get("sample_batches")

    def sample_batches(n: int, batch_size: int, rng: Any) -> list[np.ndarray]:
        asked.append((n, batch_size))
        return [np.array([3, 0, 8, 1]), np.array([9, 2, 7, 4]), np.array([6, 5])]

    names["sample_batches"] = sample_batches
    try:
        yield asked
    finally:
        if before is None:
            del names["sample_batches"]
        else:
            names["sample_batches"] = before


def loss_and_accuracy(report: Report, got: Any, what: str) -> tuple[Any, Any]:
    """Loss and accuracy, taken apart."""
    pair = isinstance(got, tuple | list) and len(got) == 2
    report.that(pair, f"{what} gives no pair (loss, accuracy): is a `return` missing?")
    return got[0], got[1]
