"""A small problem for `gradient_descent`, with a layer, a loss and an accuracy that are right whatever the student's are.

It holds no promise: the hidden tests of `linear-classifier` run it and look at the history and the parameters.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.checks.own import own_array
from autograder.compare import Mismatch, expect_array, expect_that, expect_unchanged
from autograder.oracles import linear, losses
from autograder.student import Handle, StandIn, Student, StudentError, attempt, fetch, keep, stand_ins

Array = np.ndarray
Split = linear.Split


@dataclass
class Descent:
    """Weights `(3, 4)` and bias `(4,)` to start from, training and test examples `(images, labels)`."""

    weights: Array
    bias: Array
    train: Split
    test: Split
    own_is_right: bool | None = None  # whether the student's own layer can be used; None: not tried yet
    seen: list[tuple[Any, ...]] = field(default_factory=list)  # arguments of every call of the loss in the last run

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Descent:
        """Seven training and six test examples of four classes; no label is of the last class."""
        train, test = ((rng.standard_normal((n, 3)), rng.permutation(np.arange(n) % 3)) for n in (7, 6))
        return cls(rng.standard_normal((3, 4)), rng.standard_normal(4), train, test)

    def run(
        self, student: Student, loss_function: linear.LossFunction = losses.mse_loss, data: Any = None, **settings: Any
    ) -> tuple[Any, Array, Array]:
        """History, weights and bias after `gradient_descent`, always from the same start; `data` replaces the splits.

        Settings that are not given: lr 0.1, lr_decay 1.0, reg 0.0, epochs 1.
        """
        settings = {"lr": 0.1, "lr_decay": 1.0, "reg": 0.0, "epochs": 1, **settings}
        layer = self._layer(student)
        self.seen = []

        def loss(scores: Any, targets: Any, weights: Any, reg: Any) -> Any:
            self.seen.append((scores, targets, weights, reg))
            return loss_function(scores, targets, weights, reg)

        with stand_ins(student, accuracy=linear.accuracy):
            history = student.gradient_descent(layer, loss, *(data or (self.train, self.test)), **settings)
        return history, own_array(layer.weights, (3, 4), "weights"), own_array(layer.bias, (4,), "bias")

    def _layer(self, student: Student) -> Handle:
        """The student's own layer where it is right, else a stand-in: a broken layer is not charged twice.

        Their own comes first because it holds real arrays: a step in place, `layer.weights[:] = ...`, is right, too.
        """
        if self.own_is_right is None:
            self.own_is_right = own_layer_is_right(student, self.weights, self.bias, self.train[0])
        if not self.own_is_right:
            layer = StandIn(linear.FCLayer(self.weights, self.bias), attributes=("weights", "bias", "w_grad", "b_grad"))
            return fetch(keep(student, layer))
        own = student.FCLayer(*self.weights.shape)
        own.weights, own.bias = self.weights, self.bias
        return own


def own_layer_is_right(student: Student, weights: Array, bias: Array, images: Array) -> bool:
    """Whether two passes of the student's layer, the second on other images, are right and leave all as it was."""
    with suppress(StudentError, Mismatch):
        layer = student.FCLayer(*weights.shape)
        layer.weights, layer.bias = weights, bias
        for inputs in (images, -2.0 * images):
            kept = keep(student, inputs)
            outputs = linear.fc_forward(inputs, weights, bias)
            expect_array(attempt(layer, "forward", kept), outputs, "outputs")
            layer.backward(outputs, kept)
            _, w_grad, b_grad = linear.fc_backward(outputs, inputs, weights)
            expect_array(layer.w_grad, w_grad, "w_grad")
            expect_array(layer.b_grad, b_grad, "b_grad")
            expect_unchanged(fetch(kept), inputs, "inputs")
        expect_unchanged(layer.weights, weights, "self.weights")
        expect_unchanged(layer.bias, bias, "self.bias")
        return True
    return False


def scores_of(split: Split, weights: Array, bias: Array) -> Array:
    """The scores of a split for these parameters."""
    return linear.fc_forward(split[0], weights, bias)


def scripted(scores_grad: Array, weights_grad: Array) -> linear.LossFunction:
    """A loss with these gradients, whatever the scores are: it tells who uses the loss that was passed."""
    return lambda scores, targets, weights, reg: (1.0, scores_grad[: len(scores)], weights_grad)


def recorded(history: Any, key: str, epochs: int | None = None) -> Any:
    """A list of the history, or its last `epochs` entries: how many there are is a promise of its own."""
    if not isinstance(history, (dict, Handle)):
        raise Mismatch("gradient_descent returned no history: is a `return` missing?", history)
    expect_that(isinstance(history, Handle) or key in history, f'the history has no "{key}"')
    values = history[key]
    expect_that(isinstance(values, (list, tuple, np.ndarray)), f'history["{key}"] is not a list')
    return values if epochs is None else values[-epochs:]
