"""Accuracy, the fully connected layer and gradient descent in float64, written like the equations; nothing here is fast.

Shapes: `N` examples, `D` input features, `C` outputs (classes). Every result is a new array; no argument is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray
Split = tuple[Array, Array]
LossFunction = Callable[[Array, Array, Array, float], tuple[float, Array, Array]]


def class_ids(labels: Any) -> Array:
    """The class ids `(N,)` of labels given as class ids `(N,)` or as one-hot rows `(N, C)`.

    >>> class_ids([[0, 1, 0], [1, 0, 0]])
    array([1, 0])
    """
    labels = np.asarray(labels)
    if labels.ndim == 2 and not np.isin(labels, (0, 1)).all():
        raise ValueError("the labels are neither class ids nor one-hot rows: are they scores, or images?")
    return labels.argmax(axis=1) if labels.ndim == 2 else labels.astype(np.int64)


def one_hot(labels: Any, num_class: int) -> Array:
    """Rows `(N, num_class)` with a 1.0 at the label and 0.0 elsewhere.

    >>> one_hot([2, 0], num_class=3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    targets = np.zeros((len(labels), num_class))
    for n, label in enumerate(labels):
        targets[n, int(label)] = 1.0
    return targets


def accuracy(labels: Any, scores: Any) -> float:
    """The share of the `N` examples whose largest score stands at the label: a number from 0 to 1.

    `labels`: class ids `(N,)` or one-hot `(N, C)`; `scores`: `(N, C)`.

    >>> accuracy([1, 0], [[0.1, 0.9], [-3.0, -2.0]])
    0.5
    """
    right, rows = 0, np.asarray(scores)
    if rows.ndim != 2:
        raise ValueError(f"the scores have shape {rows.shape}, expected one row for each example")
    for label, row in zip(class_ids(labels), rows, strict=True):
        right += int(label == np.argmax(row))
    return right / len(labels)


def fc_forward(inputs: Any, weights: Any, bias: Any) -> Array:
    """`outputs[n, c] = sum_d inputs[n, d] * weights[d, c] + bias[c]`, shape `(N, C)`.

    >>> fc_forward([[1.0, 2.0]], weights=[[1.0, 0.0, 2.0], [0.0, 1.0, 3.0]], bias=[0.0, 0.0, 0.5])
    array([[1. , 2. , 8.5]])
    """
    inputs, weights, bias = (np.asarray(a, dtype=np.float64) for a in (inputs, weights, bias))
    outputs = np.zeros((inputs.shape[0], weights.shape[1]))
    for n in range(outputs.shape[0]):
        for c in range(outputs.shape[1]):
            outputs[n, c] = np.sum(inputs[n] * weights[:, c]) + bias[c]
    return outputs


def fc_backward(in_grads: Any, inputs: Any, weights: Any) -> tuple[Array, Array, Array]:
    """The gradients of a loss with respect to inputs `(N, D)`, weights `(D, C)` and bias `(C,)`.

    `in_grads[n, c]` is `d loss / d outputs[n, c]`. By the chain rule every output passes its gradient on:
    to `inputs[n, d]` times `weights[d, c]`, to `weights[d, c]` times `inputs[n, d]`, to `bias[c]` times 1.
    """
    in_grads, inputs, weights = (np.asarray(a, dtype=np.float64) for a in (in_grads, inputs, weights))
    out_grads, w_grad, b_grad = np.zeros(inputs.shape), np.zeros(weights.shape), np.zeros(weights.shape[1])
    for n in range(in_grads.shape[0]):
        for c in range(in_grads.shape[1]):
            out_grads[n] += in_grads[n, c] * weights[:, c]
            w_grad[:, c] += in_grads[n, c] * inputs[n]
            b_grad[c] += in_grads[n, c]
    return out_grads, w_grad, b_grad


class FCLayer:
    """The fully connected layer with the students' interface: it stands in for an unfinished one."""

    def __init__(self, weights: Any, bias: Any) -> None:
        self.weights = np.array(weights, dtype=np.float64)
        self.bias = np.array(bias, dtype=np.float64)
        self.w_grad = np.zeros_like(self.weights)
        self.b_grad = np.zeros_like(self.bias)

    def forward(self, inputs: Any) -> Array:
        return fc_forward(inputs, self.weights, self.bias)

    def backward(self, in_grads: Any, inputs: Any) -> Array:
        out_grads, self.w_grad, self.b_grad = fc_backward(in_grads, inputs, self.weights)
        return out_grads


def gradient_descent(
    layer: FCLayer,
    loss_function: LossFunction,
    train: Split,
    test: Split,
    *,
    lr: float,
    lr_decay: float,
    reg: float,
    epochs: int,
) -> dict[str, list[float]]:
    """Full-batch gradient descent on `layer`, one step an epoch; returns the history, one entry an epoch.

    `weights -= lr * (w_grad + weights_grad)`, `bias -= lr * b_grad`, then `lr *= lr_decay`. The loss is that of the
    forward pass before the step; both accuracies are those after the step; "lr" is the rate that the step used.
    """
    history: dict[str, list[float]] = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    images, labels = train
    targets = one_hot(labels, num_class=layer.weights.shape[1])
    for _ in range(epochs):
        scores = layer.forward(images)
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, images)
        layer.weights = layer.weights - lr * (layer.w_grad + weights_grad)
        layer.bias = layer.bias - lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(accuracy(labels, layer.forward(images)))
        history["test_accuracy"].append(accuracy(test[1], layer.forward(test[0])))
        history["lr"].append(lr)
        lr = lr * lr_decay
    return history
