"""What both nets of assignment 2 must fulfil, the one with ReLU and the one with sigmoid; it holds no promise itself.

An object of the student's class gets the oracle's pieces in place of those that are not being checked, so that a
mistake is charged once. A class whose `loss` is written in one piece never calls them, and is judged alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.checks.own import expect_some_work
from autograder.compare import TOLERANCE_FLOAT32, alike, expect_array, expect_number, expect_that, expect_unchanged
from autograder.oracles import two_layer_net as oracle
from autograder.student import Handle, Student, fetch, has, keep

CLASSES = {"relu": "TwoLayerNet", "sigmoid": "SigmoidNet"}
SIZES = [(5, 4, 10, 3), (3, 6, 2, 5), (7, 3, 5, 2)]  # N, D, H, C: no two alike, so that a swapped axis shows
PIECES = ("forward", "objective", "backward")

Params = dict[str, np.ndarray]


def draw_params(rng: np.random.Generator, D: int, H: int, C: int, *, scale: float = 1.0) -> Params:
    """Parameters whose biases are as far from zero as their weights."""
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    return {name: scale * rng.normal(size=shape) for name, shape in shapes.items()}


def draw_batch(rng: np.random.Generator, N: int, D: int, C: int) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, D) of both signs and class ids (N,)."""
    return rng.normal(size=(N, D)), rng.integers(0, C, size=N)


def lifted(params: Params, X: np.ndarray, heights: np.ndarray) -> tuple[Params, np.ndarray]:
    """A net and images with the same probabilities whose scores are higher by `heights` (N,) or lower.

    Two more pixels carry the height through two more hidden units, whose weights to all classes are 1 and -1.
    """
    D, H = params["W1"].shape
    W1, b1 = np.zeros((D + 2, H + 2)), np.concatenate([params["b1"], np.zeros(2)])
    W1[:D, :H], W1[D, H], W1[D + 1, H + 1] = params["W1"], 1.0, 1.0
    ones = np.ones_like(params["b2"])
    more = np.stack([np.maximum(heights, 0.0), np.maximum(-heights, 0.0)], axis=1)
    net = {"W1": W1, "b1": b1, "W2": np.concatenate([params["W2"], [ones, -ones]]), "b2": params["b2"]}
    return net, np.concatenate([X, more], axis=1)


def net_of(student: Student, kind: str, params: Params, *, own: str, seen: dict[str, Any] | None = None) -> Handle:
    """A net of the student's with these parameters; of the three pieces only `own` is the student's.

    `seen` collects what the student's piece hands on to our `backward`.
    """
    net = getattr(student, CLASSES[kind])(*params["W1"].shape, len(params["b2"]), std=0.1)
    net.params = dict(params)

    def forward(X: Any) -> tuple[np.ndarray, np.ndarray]:
        return oracle.forward(X, params, kind=kind)

    def objective(scores: Any, y: Any, reg: float) -> float:
        return oracle.objective(scores, y, params, reg, kind=kind)

    def backward(X: Any, hidden: Any, scores: Any, y: Any, reg: float) -> Params:
        if seen is not None:
            seen.update(hidden=hidden, scores=scores)
        return oracle.backward(X, y, params, reg, kind=kind)

    for name, piece in zip(PIECES, (forward, objective, backward), strict=True):
        if name != own:
            setattr(net, name, piece)
    return net


def replace_all(net: Handle, pieces: Any, *, predict: bool = True) -> Handle:
    """Gives a student's net the methods of a net of ours; its own `train` stays, and its `predict` if asked for."""
    for name in (*PIECES, "loss", *(["predict"] if predict else [])):
        setattr(net, name, getattr(pieces, name))
    return net


def loss_of(net: Handle, X: Any, y: Any, reg: float = 0.0) -> Any:
    """The first of the two results of `loss`, which must be one finite number."""
    number = _answer(net, X, y, reg)[0]
    expect_number(number, 0.0, "loss", tolerance=np.inf)
    return number


def grads_of(net: Handle, X: Any, y: Any, reg: float = 0.0) -> Params:
    """The second of the two results of `loss`, which must be a dict with an array for each parameter."""
    grads = _answer(net, X, y, reg)[1]
    expect_that(isinstance(grads, dict), "backward must return a dict of gradients with the keys W1, b1, W2, b2")
    for name in ("W1", "b1", "W2", "b2"):
        expect_that(name in grads, f"the gradients lack {name}")
        is_array = isinstance(grads[name], (np.ndarray, np.generic, float, int))
        expect_that(is_array, f"the gradient of {name} is no array")
    return grads


def _answer(net: Handle, X: Any, y: Any, reg: float) -> Any:
    answer = net.loss(X, y, reg=reg)
    expect_that(isinstance(answer, (tuple, list)) and len(answer) == 2, "loss(X, y, reg) must return (loss, grads)")
    return answer


def expect_params_unchanged(net: Handle, params: Params) -> None:
    """Passes if the net's parameters are these, to the bit."""
    now = net.params
    expect_that(isinstance(now, dict), "params is no longer a dict")
    for name, value in params.items():
        same = name in now and np.array_equal(now[name], value)
        expect_that(same, f"params[{name!r}] was changed in place: only `train` may do that")


def expect_scores(student: Student, kind: str, params: Params, X: np.ndarray, case: str) -> None:
    """Passes if `loss(X)` gives the right scores."""
    scores = net_of(student, kind, params, own="forward").loss(X)
    expect_array(scores, oracle.forward(X, params, kind=kind)[1], "scores", case=case)


def expect_hidden_handed_on(student: Student, kind: str, params: Params, X: np.ndarray, y: np.ndarray) -> None:
    """Passes if our `backward` gets the right hidden layer; it is not called by a `loss` in one piece."""
    seen: dict[str, Any] = {}
    net_of(student, kind, params, own="forward", seen=seen).loss(X, y, reg=0.1)
    if seen:
        expect_array(seen["hidden"], oracle.forward(X, params, kind=kind)[0], "hidden")


def expect_forward_in_every_call(student: Student, kind: str, rng: np.random.Generator) -> None:
    """Passes if the kind, number and order of calls change nothing, and the calls change no argument."""
    N, D, H, C = SIZES[0]
    params, whole = draw_params(rng, D, H, C), rng.integers(-9, 9, size=(N, D))
    X = whole.astype(float)
    first, second = net_of(student, kind, params, own="forward"), net_of(student, kind, params, own="forward")
    right = oracle.forward(X, params, kind=kind)[1]
    usual = first.loss(X)
    expect_that(isinstance(usual, np.ndarray), "scores: not an array")
    if usual.shape == right.shape and np.isfinite(usual).all() and usual.min() < usual.max():
        right = usual  # a mistake in this ordinary call is charged elsewhere: here the calls are compared
    kept = keep(student, X)
    expect_array(first.loss(kept), right, "scores", case="a second call")
    expect_array(second.loss(kept), right, "scores", case="a second net")
    expect_unchanged(fetch(kept), X, "X")
    expect_params_unchanged(first, params)
    expect_array(first.loss(X[:1]), right[:1], "scores", case="a single image after a batch")
    expect_array(first.loss(whole), right, "scores", case="integer inputs")
    expect_array(first.loss(X.astype(np.float32)), right, "scores", case="float32", tolerance=TOLERANCE_FLOAT32)


def expect_data_loss(student: Student, kind: str, rng: np.random.Generator) -> None:
    """Passes if the loss without regularisation is right for every size."""
    for N, D, H, C in SIZES:
        params, (X, y) = draw_params(rng, D, H, C), draw_batch(rng, N, D, C)
        right = oracle.objective(oracle.forward(X, params, kind=kind)[1], y, params, 0.0, kind=kind)
        number = _answer(net_of(student, kind, params, own="objective"), X, y, 0.0)[0]
        expect_number(number, right, "loss", case=f"{N} images, {C} classes, reg 0")


def expect_penalty(student: Student, kind: str, rng: np.random.Generator) -> None:
    """Passes if reg adds the right number: the difference, so that a mistake in the data loss is charged there."""
    for N, D, H, C in SIZES:
        params, (X, y) = draw_params(rng, D, H, C), draw_batch(rng, N, D, C)
        net = net_of(student, kind, params, own="objective")
        for reg in (0.3, 2.0):
            added = float(loss_of(net, X, y, reg)) - float(loss_of(net, X, y))
            right = reg * float(np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
            expect_number(added, right, "what reg adds to the loss", case=f"reg {reg}")


def expect_objective_in_every_call(student: Student, kind: str, rng: np.random.Generator) -> None:
    """Passes if calls, single images and small label types change no result, and no argument is changed."""
    for N, D, H, C in [(4, 3, 5, 3), (1, 3, 5, 4)]:
        params, (X, y) = draw_params(rng, D, H, C), draw_batch(rng, N, D, C)
        seen: dict[str, Any] = {}
        net, labels = net_of(student, kind, params, own="objective", seen=seen), keep(student, y)
        number = float(loss_of(net, X, labels, 0.1))
        expect_that(loss_of(net, 2 * X, labels, 0.1) != number, "loss: the same number, whatever the scores are")
        expect_number(loss_of(net, X, labels, 0.1), number, "loss in a second call", case=f"{N} images")
        expect_number(loss_of(net, X, y.astype(np.uint8), 0.1), number, "loss", case="labels as bytes")
        expect_unchanged(fetch(labels), y, "y")
        expect_params_unchanged(net, params)
        if seen:  # a `loss` in one piece may do with its scores what it likes
            expect_unchanged(seen["scores"], oracle.forward(X, params, kind=kind)[1], "scores")


def expect_gradients(student: Student, kind: str, rng: np.random.Generator, names: tuple[str, ...]) -> None:
    """Passes if these gradients are right without regularisation, for every size and for one image."""
    for N, D, H, C in [*SIZES, (1, 4, 3, 2)]:
        params, (X, y) = draw_params(rng, D, H, C), draw_batch(rng, N, D, C)
        grads = grads_of(net_of(student, kind, params, own="backward"), X, y)
        right = oracle.backward(X, y, params, 0.0, kind=kind)
        for name in names:
            expect_array(grads[name], right[name], f"gradient of {name}", case=f"X {X.shape}, {H} hidden, {C} classes")


def expect_gradient_of_penalty(student: Student, kind: str, rng: np.random.Generator) -> None:
    """Passes if reg adds 2 reg W to the gradients of both matrices, whatever the rest of them is."""
    N, D, H, C = SIZES[0]
    for reg in (0.3, 2.0):
        params, (X, y) = draw_params(rng, D, H, C), draw_batch(rng, N, D, C)
        grads, plain = (grads_of(net_of(student, kind, params, own="backward"), X, y, r) for r in (reg, 0.0))
        for name in ("W1", "W2"):
            fits = np.shape(grads[name]) == np.shape(plain[name])
            added = np.subtract(grads[name], plain[name]) if fits else grads[name]
            expect_array(added, 2 * reg * params[name], f"what reg adds to the gradient of {name}", case=f"reg {reg}")


def expect_biases_free_of_penalty(student: Student, kind: str, rng: np.random.Generator) -> None:
    """Passes if reg adds nothing to the gradients of the biases."""
    N, D, H, C = SIZES[0]
    params, (X, y) = draw_params(rng, D, H, C), draw_batch(rng, N, D, C)
    grads, plain = (grads_of(net_of(student, kind, params, own="backward"), X, y, reg) for reg in (0.5, 0.0))
    expect_some_work(plain, params, "the gradients")
    for name in ("b1", "b2"):
        expect_that(alike(grads[name], plain[name]), f"gradient of {name}: reg changes it", grads[name])


def expect_fresh_gradients(student: Student, kind: str, rng: np.random.Generator) -> None:
    """Passes if earlier calls leave no trace in the gradients, and no argument is changed."""
    N, D, H, C = SIZES[0]
    params, (X, y), (X2, y2) = draw_params(rng, D, H, C), draw_batch(rng, N, D, C), draw_batch(rng, N + 2, D, C)
    alone = grads_of(net_of(student, kind, params, own="backward"), X, y, 0.1)
    expect_some_work(alone, params, "the gradients")
    net, kept, labels = net_of(student, kind, params, own="backward"), keep(student, X), keep(student, y)
    net.loss(X2, y2, reg=0.1)
    for case in ("after another batch", "in a second call"):
        grads = grads_of(net, kept, labels, 0.1)
        for name in params:
            expect_array(grads[name], alone[name], f"gradient of {name}", case=case)
    expect_unchanged(fetch(kept), X, "X")
    expect_unchanged(fetch(labels), y, "y")
    expect_params_unchanged(net, params)
    if has(net, "backward"):  # whoever wrote `loss` in one piece has none
        handed_on = dict(zip(("hidden", "scores"), oracle.forward(X, params, kind=kind), strict=True))
        pieces = {name: keep(student, value) for name, value in handed_on.items()}
        net.backward(kept, *pieces.values(), labels, 0.1)
        for name, value in handed_on.items():
            expect_unchanged(fetch(pieces[name]), value, name)


def is_finite(value: Mapping[str, Any] | Any) -> bool:
    """Whether an array, number, or every value of a dict, is finite."""
    values = value.values() if isinstance(value, Mapping) else [value]
    return all(isinstance(v, (np.ndarray, np.generic, float, int)) and bool(np.isfinite(v).all()) for v in values)
