"""A net that trains in the grader on the batches that a student's loop draws; it knows nothing of the student's code.

The student's `train` gets its loss, gradients and predictions from the shadow. So the loop alone is judged: whatever
it draws, its parameters must end where the shadow's do.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.oracles import two_layer_net as oracle

Array = np.ndarray
Batch = tuple[Array, Array]


class Shadow:
    """Takes one step at a constant learning rate whenever it is asked for the loss of training images.

    Its methods have the students' interface. `batches` are the batches it was asked for, `path[i]` are the parameters
    after step i, `params` those of the moment.
    """

    def __init__(self, params: dict[str, Array]):
        self.params = params
        self.start(np.zeros((0, 0)), np.zeros(0), learning_rate=0.0)

    def start(self, X: Array, y: Array, *, learning_rate: float) -> dict[str, Array]:
        """Before a run: the training images and the rate. Returns the parameters at the start."""
        self.X, self.y, self.learning_rate = X, y, learning_rate
        self.batches: list[Batch] = []
        self.path: list[dict[str, Array]] = []
        return dict(self.params)

    def forward(self, X: Array) -> tuple[Array, Array]:
        """Hidden layer and scores at the present parameters."""
        return oracle.forward(X, self.params)

    def objective(self, scores: Array, y: Array, reg: float) -> float:
        """Loss at the present parameters."""
        return oracle.objective(scores, y, self.params, reg)

    def backward(self, X: Array, hidden: Array, scores: Array, y: Array, reg: float) -> dict[str, Array]:
        """Gradients at the present parameters; then a step."""
        return self.loss(X, y, reg)[1]

    def predict(self, X: Array) -> Array:
        """Class ids at the present parameters."""
        return oracle.predict(X, self.params)

    def loss(self, X: Array, y: Array | None = None, reg: float = 0.0) -> Any:
        """Scores; or, with labels, loss and gradients, and then a step."""
        if y is None:
            return self.forward(X)[1]
        batch = (np.array(X), np.array(y))
        number, grads = oracle.loss(*batch, self.params, reg)
        if None not in self.rows_of(batch):  # no step where a loop asks for the loss of validation images
            self.batches.append(batch)
            self.params = oracle.step(self.params, grads, self.learning_rate)
            self.path.append(self.params)
        return number, grads

    def rows_of(self, batch: Batch) -> list[int | None]:
        """Which training image each image of a batch is; None for what is none."""
        found: list[int | None] = []
        for image in batch[0]:
            same = np.flatnonzero((image == self.X).all(axis=1)).tolist() if self.X.shape[1:] == image.shape else []
            found.append(same[0] if same else None)
        return found

    def has_right_labels(self, batch: Batch) -> bool:
        """Whether all images of a batch are training images with their own labels."""
        rows = self.rows_of(batch)
        return None not in rows and np.array_equal(self.y[np.array(rows, dtype=int)], batch[1])

    def accuracies(self, iterations: tuple[int, ...], X: Array, y: Array) -> list[float]:
        """Share of right predictions after each of these iterations; as far as there were so many."""
        return [float(np.mean(oracle.predict(X, self.path[i]) == y)) for i in iterations if i < len(self.path)]

    def accuracies_on_batches(self, iterations: tuple[int, ...], *, as_drawn: bool) -> list[float]:
        """The same on the batch of each iteration, with the labels that came with it or with the right ones."""
        shares = []
        for i in iterations:
            X, y = self.batches[i] if i < len(self.path) else (self.X[:0], self.y[:0])
            if not as_drawn:
                rows = [row for row in self.rows_of((X, y)) if row is not None]
                X, y = self.X[rows], self.y[rows]
            shares += self.accuracies((i,), X, y) if len(X) else []
        return shares


class Steady:
    """A net whose gradients are all 1 and whose losses on training images are given: only the length of the steps shows."""

    def __init__(self, params: dict[str, Array], X: Array, losses: list[float]):
        self.params, self.X, self._losses = params, X, iter(losses)

    def forward(self, X: Array) -> tuple[Array, Array]:
        """Nothing but zeros."""
        return np.zeros((len(X), len(self.params["b1"]))), np.zeros((len(X), len(self.params["b2"])))

    def objective(self, scores: Array, y: Array, reg: float) -> float:
        """The next of the given losses, and 0 when there are no more."""
        return next(self._losses, 0.0)

    def backward(self, X: Array, hidden: Array, scores: Array, y: Array, reg: float) -> dict[str, Array]:
        """Gradients of 1."""
        return {name: np.ones_like(value) for name, value in self.params.items()}

    def predict(self, X: Array) -> Array:
        """Class 0 for all."""
        return np.zeros(len(X), dtype=np.int64)

    def loss(self, X: Array, y: Array | None = None, reg: float = 0.0) -> Any:
        """Scores; or, with labels, the next loss and gradients of 1."""
        hidden, scores = self.forward(X)
        if y is None:
            return scores
        of_training = all((image == self.X).all(axis=1).any() for image in X)
        return self.objective(scores, y, reg) if of_training else 0.0, self.backward(X, hidden, scores, y, reg)
