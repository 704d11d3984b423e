"""Losses in float64, written like the equations: squared error with an L2 penalty, softmax cross-entropy; never fast.

Shapes: scores `(N, C)`, weights of any shape. Losses sum over classes and average over the `N` examples.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray


def l2_penalty(weights: Any, reg: float) -> tuple[float, Array]:
    """`reg * sum(weights ** 2)`, without a factor 1/2, and its gradient `2 * reg * weights`.

    >>> l2_penalty([[1.0, -2.0]], reg=0.1)
    (0.5, array([[ 0.2, -0.4]]))
    """
    weights = np.asarray(weights, dtype=np.float64)
    return float(reg * np.sum(weights**2)), 2.0 * reg * weights


def mse_loss(scores: Any, targets: Any, weights: Any, reg: float) -> tuple[float, Array, Array]:
    """`1/N sum_n sum_c (scores - targets)^2 + reg * sum(weights^2)` and its gradients.

    Returns `(loss, scores_grad, weights_grad)`: the gradient with respect to the scores `(N, C)`, and that of the
    penalty alone with respect to the weights (the data reach the weights through the layer's backward pass).

    >>> loss, scores_grad, weights_grad = mse_loss([[1.0, 3.0]], [[0.0, 1.0]], weights=[[2.0]], reg=0.5)
    >>> loss, scores_grad, weights_grad
    (7.0, array([[2., 4.]]), array([[2.]]))
    """
    scores, targets = np.asarray(scores, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    penalty, weights_grad = l2_penalty(weights, reg)
    loss = 0.0
    scores_grad = np.zeros(scores.shape)
    for n in range(scores.shape[0]):
        loss += np.sum((scores[n] - targets[n]) ** 2) / scores.shape[0]
        scores_grad[n] = 2.0 * (scores[n] - targets[n]) / scores.shape[0]
    return float(loss + penalty), scores_grad, weights_grad


def log_softmax(scores: Any) -> Array:
    """`scores[n, c] - log sum_k exp(scores[n, k])`, shape `(N, C)`, exact for scores of any size.

    The largest score of a row is taken out of the sum first, `log sum_k exp(s_k) = m + log sum_k exp(s_k - m)`:
    no exponential overflows, and one of them is 1, so that the logarithm never sees a zero.

    >>> log_softmax([[1000.0, -1000.0]])
    array([[    0., -2000.]])
    """
    scores = np.asarray(scores, dtype=np.float64)
    result = np.zeros(scores.shape)
    for n, row in enumerate(scores):
        largest = np.max(row)
        result[n] = row - largest - np.log(np.sum(np.exp(row - largest)))
    return result


def softmax(scores: Any) -> Array:
    """`exp(scores[n, c]) / sum_k exp(scores[n, k])`: positive rows that sum to 1, shape `(N, C)`.

    >>> softmax([[0.0, 0.0], [-1000.0, 1000.0]])
    array([[0.5, 0.5],
           [0. , 1. ]])
    """
    return np.exp(log_softmax(scores))


def softmax_cross_entropy(scores: Any, labels: Any) -> tuple[float, Array]:
    """`(loss, probabilities)` with `loss = -1/N sum_n log probabilities[n, labels[n]]`; labels are class ids `(N,)`.

    >>> loss, probabilities = softmax_cross_entropy([[-1000.0, 1000.0]], [0])
    >>> loss, probabilities
    (2000.0, array([[0., 1.]]))
    """
    log_probabilities = log_softmax(scores)
    loss = 0.0
    for n, label in enumerate(labels):
        loss -= log_probabilities[n, int(label)] / len(labels)
    return float(loss), np.exp(log_probabilities)


def softmax_cross_entropy_gradient(scores: Any, labels: Any) -> Array:
    """The gradient of that loss with respect to the scores: `(probabilities - one_hot(labels)) / N`, shape `(N, C)`.

    >>> softmax_cross_entropy_gradient([[0.0, 0.0]], [1])
    array([[ 0.5, -0.5]])
    """
    grads = softmax(scores)
    for n, label in enumerate(labels):
        grads[n, int(label)] -= 1.0
    return grads / len(labels)
