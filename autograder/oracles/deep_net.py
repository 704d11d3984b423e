"""An n-layer net (linear, ReLU, …, linear) with softmax cross-entropy and L2, in float64, written like the equations.

Parameters are a dict W1, b1, …, Wn, bn with W of shape (in, out) and b of shape (out,). No state: every function gets
what it needs and changes nothing. It does not train; the steps are those of `autograder.oracles.optimizers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from autograder.oracles.losses import l2_penalty, softmax_cross_entropy, softmax_cross_entropy_gradient

Arrays = dict[str, np.ndarray]


def num_layers(params: Arrays) -> int:
    """How many layers the parameters W1, b1, …, Wn, bn make.

    >>> num_layers({"W1": np.zeros((2, 3)), "b1": np.zeros(3), "W2": np.zeros((3, 1)), "b2": np.zeros(1)})
    2
    """
    return len(params) // 2


def random_params(sizes: Sequence[int], rng: np.random.Generator) -> Arrays:
    """Parameters for layers of these sizes, no bias zero: (4, 3, 2) -> W1 (4, 3), b1 (3,), W2 (3, 2), b2 (2,)."""
    params: Arrays = {}
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        params[f"W{layer}"] = rng.normal(size=(fan_in, fan_out)) / np.sqrt(fan_in)
        params[f"b{layer}"] = 0.3 * rng.normal(size=fan_out)
    return params


def layer_inputs(params: Arrays, x: np.ndarray) -> list[np.ndarray]:
    """What every layer receives: x itself for the first, relu(inputs @ W + b) of the layer before for the others."""
    inputs = [np.array(x, dtype=np.float64)]
    for layer in range(1, num_layers(params)):
        inputs.append(np.maximum(0.0, inputs[-1] @ params[f"W{layer}"] + params[f"b{layer}"]))
    return inputs


def forward(params: Arrays, x: np.ndarray) -> np.ndarray:
    """Scores (N, C) of samples x (N, D): the last layer is linear and has no ReLU."""
    last = num_layers(params)
    return layer_inputs(params, x)[-1] @ params[f"W{last}"] + params[f"b{last}"]


def loss(params: Arrays, x: np.ndarray, y: np.ndarray, reg: float) -> float:
    """Mean cross-entropy of the batch plus reg times the sum of all squared weights; biases are not penalised."""
    data_loss, _ = softmax_cross_entropy(forward(params, x), y)
    return data_loss + sum(l2_penalty(params[f"W{layer}"], reg)[0] for layer in range(1, num_layers(params) + 1))


def gradients(params: Arrays, x: np.ndarray, y: np.ndarray, reg: float) -> Arrays:
    """The gradient of `loss` with respect to every parameter, by the chain rule from the last layer to the first."""
    inputs = layer_inputs(params, x)
    delta = softmax_cross_entropy_gradient(forward(params, x), y)
    grads: Arrays = {}
    for layer in range(num_layers(params), 0, -1):
        weights = params[f"W{layer}"]
        grads[f"W{layer}"] = inputs[layer - 1].T @ delta + l2_penalty(weights, reg)[1]
        grads[f"b{layer}"] = delta.sum(axis=0)
        delta = (delta @ weights.T) * (inputs[layer - 1] > 0)
    return grads
