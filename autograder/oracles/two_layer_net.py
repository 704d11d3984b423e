"""Two-layer nets in float64, written like the equations of assignment 2; refuses to be fast, clever or in place.

Notation: X (N, D), y (N,) class ids, params W1 (D, H), b1 (H,), W2 (H, C), b2 (C,), scores (N, C).
`KINDS` holds the two nets: "relu" (ReLU, softmax cross-entropy) and "sigmoid" (sigmoid, squared error on one-hot targets).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
Params = dict[str, Array]


def float64(params: Mapping[str, Array]) -> Params:
    """A copy of the parameters, all float64."""
    return {name: np.array(value, dtype=np.float64) for name, value in params.items()}


def relu(a: Array) -> Array:
    """h = max(0, a), elementwise."""
    return np.where(a > 0, a, 0.0)


def relu_slope(a: Array) -> Array:
    """dh/da of the ReLU: 1 where a > 0, else 0."""
    return np.where(a > 0, 1.0, 0.0)


def sigmoid(a: Array) -> Array:
    """h = 1 / (1 + exp(-a)), elementwise, through tanh, which overflows nowhere.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    return 0.5 * (1.0 + np.tanh(0.5 * a))


def sigmoid_slope(a: Array) -> Array:
    """dh/da of the sigmoid: h (1 - h)."""
    h = sigmoid(a)
    return h * (1.0 - h)


def one_hot(y: Array, num_class: int) -> Array:
    """Class ids (N,) as targets (N, C)."""
    targets = np.zeros((len(y), num_class))
    for n, label in enumerate(y):
        targets[n, int(label)] = 1.0
    return targets


def log_softmax(scores: Array) -> Array:
    """log p_c = s_c - log(sum_k exp s_k), shifted by the largest score of the row: exact for scores of +-1000."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def cross_entropy(scores: Array, y: Array) -> float:
    """L = -1/N sum_n log p_n[y_n]."""
    return float(-np.mean([row[int(label)] for row, label in zip(log_softmax(scores), y, strict=True)]))


def cross_entropy_slope(scores: Array, y: Array) -> Array:
    """dL/dscores = (p - one_hot(y)) / N."""
    return (np.exp(log_softmax(scores)) - one_hot(y, scores.shape[1])) / len(scores)


def squared_error(scores: Array, y: Array) -> float:
    """L = 1/N sum_n sum_c (scores - one_hot(y))^2."""
    return float(np.sum((scores - one_hot(y, scores.shape[1])) ** 2) / len(scores))


def squared_error_slope(scores: Array, y: Array) -> Array:
    """dL/dscores = 2 (scores - one_hot(y)) / N."""
    return 2.0 * (scores - one_hot(y, scores.shape[1])) / len(scores)


@dataclass(frozen=True)
class Kind:
    """What distinguishes the two nets: the hidden activation, the loss, and their derivatives."""

    activation: Callable[[Array], Array]
    activation_slope: Callable[[Array], Array]
    data_loss: Callable[[Array, Array], float]
    data_loss_slope: Callable[[Array, Array], Array]


KINDS = {
    "relu": Kind(relu, relu_slope, cross_entropy, cross_entropy_slope),
    "sigmoid": Kind(sigmoid, sigmoid_slope, squared_error, squared_error_slope),
}


def forward(X: Array, params: Mapping[str, Array], *, kind: str = "relu") -> tuple[Array, Array]:
    """hidden = activation(X W1 + b1) of shape (N, H), scores = hidden W2 + b2 of shape (N, C)."""
    p = float64(params)
    hidden = KINDS[kind].activation(np.asarray(X, dtype=np.float64) @ p["W1"] + p["b1"])
    return hidden, hidden @ p["W2"] + p["b2"]


def objective(scores: Array, y: Array, params: Mapping[str, Array], reg: float, *, kind: str = "relu") -> float:
    """loss = data loss + reg (sum W1^2 + sum W2^2); no factor 1/2, no biases."""
    p = float64(params)
    penalty = reg * (np.sum(p["W1"] ** 2) + np.sum(p["W2"] ** 2))
    return KINDS[kind].data_loss(np.asarray(scores, dtype=np.float64), y) + float(penalty)


def backward(X: Array, y: Array, params: Mapping[str, Array], reg: float, *, kind: str = "relu") -> Params:
    """The gradient of `loss` with respect to each parameter, in its shape, by the chain rule from the scores down."""
    p, X = float64(params), np.asarray(X, dtype=np.float64)
    preactivation = X @ p["W1"] + p["b1"]
    hidden = KINDS[kind].activation(preactivation)
    d_scores = KINDS[kind].data_loss_slope(hidden @ p["W2"] + p["b2"], y)
    d_preactivation = (d_scores @ p["W2"].T) * KINDS[kind].activation_slope(preactivation)
    return {
        "W1": X.T @ d_preactivation + 2.0 * reg * p["W1"],
        "b1": d_preactivation.sum(axis=0),
        "W2": hidden.T @ d_scores + 2.0 * reg * p["W2"],
        "b2": d_scores.sum(axis=0),
    }


def loss(
    X: Array, y: Array, params: Mapping[str, Array], reg: float = 0.0, *, kind: str = "relu"
) -> tuple[float, Params]:
    """The number and its gradients, as the students' `loss(X, y, reg)` returns them."""
    _, scores = forward(X, params, kind=kind)
    return objective(scores, y, params, reg, kind=kind), backward(X, y, params, reg, kind=kind)


def step(params: Mapping[str, Array], grads: Mapping[str, Array], learning_rate: float) -> Params:
    """One step of gradient descent: new parameters, each its old value minus learning_rate times its gradient."""
    return {name: value - learning_rate * grads[name] for name, value in float64(params).items()}


def predict(X: Array, params: Mapping[str, Array], *, kind: str = "relu") -> Array:
    """The class with the largest score, (N,) int64."""
    return np.argmax(forward(X, params, kind=kind)[1], axis=1)
