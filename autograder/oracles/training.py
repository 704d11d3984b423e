"""One step of training, evaluation and a whole run, in float64 on a net linear, ReLU, linear; written out, never fast.

The net is that of `autograder.oracles.deep_net` with the parameters W1, b1, W2, b2. Accuracies are shares from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograder.oracles import deep_net
from autograder.oracles.losses import softmax_cross_entropy, softmax_cross_entropy_gradient

Array = np.ndarray
Arrays = dict[str, np.ndarray]


def accuracy(scores: Array, labels: Array) -> float:
    """The share of rows whose largest score is that of the right class.

    >>> accuracy(np.array([[1.0, 2.0], [4.0, 3.0]]), np.array([1, 1]))
    0.5
    """
    right = 0
    for row, label in zip(scores, labels, strict=True):
        right += int(np.argmax(row)) == int(label)
    return right / len(labels)


def step(params: Arrays, images: Array, labels: Array, *, lr: float, w: float = 0.0) -> tuple[Arrays, float, float]:
    """New parameters after a step of gradient descent, and loss (penalty included) and accuracy before it.

    L = mean cross-entropy + w * (sum of all squared weights), parameters -= lr * gradient of L.
    """
    grads = deep_net.gradients(params, images, labels, w)
    new = {name: params[name] - lr * grads[name] for name in params}
    return new, deep_net.loss(params, images, labels, w), accuracy(deep_net.forward(params, images), labels)


def evaluate(params: Arrays, images: Array, labels: Array) -> tuple[float, float]:
    """Mean cross-entropy (no penalty) and accuracy over all images at once."""
    scores = deep_net.forward(params, images)
    return softmax_cross_entropy(scores, labels)[0], accuracy(scores, labels)


def predict(params: Arrays, images: Array) -> Array:
    """The class with the largest score of every image, `(N,)` int64."""
    return np.array([int(np.argmax(row)) for row in deep_net.forward(params, images)], dtype=np.int64)


def batches(order: Iterable[int], batch_size: int) -> list[Array]:
    """An order of indices cut into batches; the last one is what remains.

    >>> batches([4, 0, 3, 1, 2], 2)
    [array([4, 0]), array([3, 1]), array([2])]
    """
    indices = np.array(list(order), dtype=np.int64)
    return [indices[start : start + batch_size] for start in range(0, len(indices), batch_size)]


class SoftmaxCrossEntropy:
    """The loss with the students' interface: it stands in for an unfinished one."""

    def forward(self, inputs: Any, targets: Any) -> tuple[float, Array]:
        """(mean loss, probabilities)."""
        return softmax_cross_entropy(inputs, targets)

    def backward(self, inputs: Any, targets: Any) -> Array:
        """The gradient of the mean loss with respect to the inputs."""
        return softmax_cross_entropy_gradient(inputs, targets)
