"""A small net whose layers live in the grader, and students' nets made of it; the hidden tests of `train-a-cnn` use it.

The net is linear, ReLU, a switch, linear. The switch is a dropout that drops nothing: it writes down in which mode it
is used, and with how many images. So an unfinished layer costs nothing here, and nothing imports Keras. No promise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.checks.own import own_array
from autograder.oracles import deep_net, layers, linear, optimizers, training
from autograder.student import Handle, StandIn, Student

Array = np.ndarray
Arrays = dict[str, np.ndarray]
PARAMETERS = ("weights", "bias", "w_grad", "b_grad")


class ReLU:
    """The students' interface to the oracle's ReLU."""

    def forward(self, inputs: Array) -> Array:
        """max(0, inputs)."""
        return layers.relu_forward(inputs)

    def backward(self, in_grads: Array, inputs: Array) -> Array:
        """in_grads where inputs > 0."""
        return layers.relu_backward(in_grads, inputs)


@dataclass
class Switch:
    """A layer that changes nothing and keeps (call, mode, number of images) of every pass."""

    training: bool = True
    passes: list[tuple[str, bool, int]] = field(default_factory=list)

    def set_mode(self, training: bool) -> None:
        """Training or test mode."""
        self.training = bool(training)

    def forward(self, inputs: Array) -> Array:
        """inputs."""
        self.passes.append(("forward", self.training, len(inputs)))
        return inputs

    def backward(self, in_grads: Array, inputs: Array) -> Array:
        """in_grads."""
        self.passes.append(("backward", self.training, len(inputs)))
        return in_grads

    def of(self, call: str) -> list[tuple[bool, int]]:
        """Mode and number of images of every forward or backward pass."""
        return [(mode, count) for name, mode, count in self.passes if name == call]


@dataclass
class Counted:
    """Gradient descent that writes down the iterations it is told."""

    lr: float
    iterations: list[Any] = field(default_factory=list)

    def update(self, params: Arrays, grads: Arrays, iteration: Any) -> Arrays:
        """New parameters."""
        self.iterations.append(iteration)
        return optimizers.SGD(self.lr).update(params, grads, 0)


class Toy:
    """A student's `Net` of oracle layers: 4 inputs, 5 hidden, 3 classes. `before` are the parameters it starts from."""

    def __init__(self, student: Student, rng: np.random.Generator, *, w: float = 0.0, before: Arrays | None = None):
        self.before = before or deep_net.random_params((4, 5, 3), rng)
        self.first = linear.FCLayer(self.before["W1"], self.before["b1"])
        self.last = linear.FCLayer(self.before["W2"], self.before["b2"])
        self.switch, self.optimizer, self.w = Switch(), Counted(0.3), w
        self.net = self._net(student)

    def _net(self, student: Student) -> Handle:
        switch = StandIn(self.switch, methods=("forward", "backward", "set_mode"))
        first, last = (StandIn(layer, attributes=PARAMETERS) for layer in (self.first, self.last))
        net = student.Net([first, StandIn(ReLU()), switch, last])
        optimizer = StandIn(self.optimizer, methods=("update",))
        net.compile(optimizer, StandIn(training.SoftmaxCrossEntropy()), student.L2(self.w))
        return net

    def params(self) -> Arrays:
        """The parameters as they are now, if they are arrays of the right shapes."""
        now = {"W1": self.first.weights, "b1": self.first.bias, "W2": self.last.weights, "b2": self.last.bias}
        return {name: own_array(now[name], old.shape, name, filling=True) for name, old in self.before.items()}

    def moves(self) -> Arrays:
        """How far every parameter has moved from `before`."""
        return {name: now - self.before[name] for name, now in self.params().items()}


def batch(rng: np.random.Generator, count: int) -> tuple[Array, Array]:
    """Images (count, 4) and class ids; each image is another one."""
    return rng.normal(size=(count, 4)), rng.integers(0, 3, size=count)


@dataclass
class Loop:
    """A net in the grader that `train` drives: it takes the student's calls, answers, and writes down what it is asked.

    Given as `self` to the student's `train`, so that an unfinished `train_step` or `evaluate` costs nothing there.
    """

    params: Arrays
    rng: Any
    lr: float = 0.5
    iteration: int = 0
    mode: bool = True
    steps: list[tuple[Array, Array]] = field(default_factory=list)
    answers: list[tuple[float, float]] = field(default_factory=list)
    evaluations: list[tuple[int, Array, Array, Any, tuple[float, float]]] = field(default_factory=list)

    def set_mode(self, training: bool) -> None:
        """Training or test mode."""
        self.mode = bool(training)

    def train_step(self, images: Array, labels: Array) -> tuple[float, float]:
        """The oracle's step."""
        images, labels = np.asarray(images), np.asarray(labels)
        self.params, loss, accuracy = training.step(self.params, images, labels, lr=self.lr)
        self.iteration += 1
        self.steps.append((images, labels))
        self.answers.append((loss, accuracy))
        return loss, accuracy

    def evaluate(self, images: Array, labels: Array, batch_size: int) -> tuple[float, float]:
        """The oracle's evaluation."""
        images, labels = np.asarray(images), np.asarray(labels)
        answer = training.evaluate(self.params, images, labels)
        self.evaluations.append((self.iteration, images, labels, batch_size, answer))
        return answer

    def stand_in(self) -> StandIn:
        """What the student's `train` gets as `self`."""
        methods = ("train_step", "evaluate", "set_mode")
        return StandIn(self, methods=methods, attributes=("iteration", "rng"))
