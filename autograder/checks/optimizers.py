"""The hidden tests of assignment 3, optimizers and a net of any depth: one step at a time, they train nothing.

After every step the next one starts from the oracle's parameters, so that an error does not grow and its message names
the step where it appears. Where a promise is about one idea only (the rate of a step, nothing shared, L2), the student's
code is compared with itself, so that a mistake elsewhere is not charged again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.checks.optimizer_steps import (
    Arrays,
    dict_of_arrays,
    expect_nothing_shared,
    expect_rates,
    expect_same,
    expect_step,
    expect_walk,
    some_grads,
    some_params,
)
from autograder.checks.own import expect_some_work, own_array
from autograder.compare import Mismatch, expect_array, expect_number, expect_that, expect_unchanged
from autograder.oracles import deep_net
from autograder.oracles import optimizers as oracle
from autograder.promise import Assignment, Task, promise
from autograder.student import StandIn, Student, StudentError, fetch, keep, stand_ins

ASSIGNMENT = Assignment(
    "optimizers",
    allow_keras=False,
    tasks=(
        Task("sgd", "3.1", "SGD: momentum and Nesterov", defines="SGD.update"),
        Task("adam", "3.2", "Adam", defines="Adam.update"),
        Task("net-forward", "3.3", "NeuralNetwork forward", defines="NeuralNetwork.forward"),
        Task("net-backward", "3.4", "NeuralNetwork backward", defines="NeuralNetwork.backward"),
        Task("net-update", "3.5", "NeuralNetwork update", defines="NeuralNetwork.update"),
    ),
)

# Promises that do not look at epsilon. A wrong place for it, or the usual 1e-8 in place of this one, moves their steps by
# up to 5e-7 of the largest; right code errs by 5e-15, and their own mistakes by 0.12 and more.
NO_EPSILON, BUT_FOR_EPSILON = 1e-12, 1e-5


# 3.1 SGD ------------------------------------------------------------------------------------------------------------


@promise("sgd", points=3, hint="What is the step when momentum is 0? And which number type has `lr * grads[name]`?")
def test_sgd_without_momentum(student, rng):
    """Without momentum every parameter moves by -lr times its gradient, for float64, float32 and integer arrays."""
    for dtype in (np.float64, np.float32, np.int64):
        sgd = student.SGD(lr=0.3)
        params, grads = some_params(rng, dtype), some_grads(rng, dtype)
        for iteration in range(2):
            expected = oracle.SGD(lr=0.3).update(params, grads, iteration)
            case = f"{np.dtype(dtype).name} arrays, step {iteration + 1}"
            expect_step(sgd.update(params, grads, iteration), params, expected, case)


@promise("sgd", points=4, hint="Which velocity does the second step of a parameter start from?")
def test_sgd_with_momentum(student, rng):
    """With momentum each parameter keeps a velocity of its own, over four steps."""
    for momentum in (0.5, 0.9):
        settings = {"lr": 0.2, "momentum": momentum}
        expect_walk(student.SGD(**settings), oracle.SGD(**settings), rng, steps=4, case=f"momentum {momentum}")


@promise(
    "sgd",
    points=3,
    hint="Nesterov's step uses the velocity after it was updated, and the gradient once more. Which sum is that?",
)
def test_sgd_with_nesterov_momentum(student, rng):
    """With nesterov=True the step looks ahead, over four steps."""
    settings = {"lr": 0.2, "momentum": 0.8, "nesterov": True}
    expect_walk(student.SGD(**settings), oracle.SGD(**settings), rng, steps=4, case="momentum 0.8")


@promise("sgd", points=2, hint="Where does `self.rate(iteration)` come in, and does anything assign to `self.lr`?")
def test_sgd_takes_the_rate_of_the_step(student, rng):
    """`decay` and `scheduler_func` give each step its rate, counted from the base rate and never compounded."""
    expect_rates(student.SGD, rng)


@promise("sgd", points=3, hint="Which arrays do two optimizers, or the optimizer and its caller, both hold?")
def test_sgd_shares_nothing(student, rng):
    """The arguments stay as they were, and two optimizers in turn do what each does alone."""
    expect_nothing_shared(student, student.SGD, rng, lr=0.2, momentum=0.9)


# 3.2 Adam -----------------------------------------------------------------------------------------------------------


@promise("adam", points=6, hint="Which of m and v averages the gradients, which their squares, and with which beta?")
def test_adam_moving_averages(student, rng):
    """Without bias correction the step is lr * m / sqrt(v), for four steps of several parameters."""
    settings = {"lr": 0.2, "beta_1": 0.7, "beta_2": 0.95, "epsilon": NO_EPSILON, "bias_correction": False}
    expect_walk(
        student.Adam(**settings),
        oracle.Adam(**settings),
        rng,
        steps=4,
        case="bias_correction=False",
        tolerance=BUT_FOR_EPSILON,
    )


@promise("adam", points=3, hint="Iteration 0 is the first step: what is t then, and what is 1 - beta_1^t?")
def test_adam_first_step(student, rng):
    """The first bias-corrected step has size lr, for float64, float32 and integer arrays."""
    for dtype in (np.float64, np.float32, np.int64):
        settings = {"lr": 0.2, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}
        params, grads = some_params(rng, dtype), some_grads(rng, dtype)
        expected = oracle.Adam(**settings).update(params, grads, 0)
        got = student.Adam(**settings).update(params, grads, 0)
        expect_step(got, params, expected, f"{np.dtype(dtype).name} arrays", tolerance=BUT_FOR_EPSILON)


@promise("adam", points=4, hint="t grows with every step: what do m and v have to be divided by in the second one?")
def test_adam_bias_correction_of_later_steps(student, rng):
    """The bias correction follows t = iteration + 1 through five steps of several parameters."""
    settings = {"lr": 0.2, "beta_1": 0.7, "beta_2": 0.95, "epsilon": NO_EPSILON, "bias_correction": True}
    expect_walk(
        student.Adam(**settings),
        oracle.Adam(**settings),
        rng,
        steps=5,
        case="beta_1 0.7, beta_2 0.95",
        tolerance=BUT_FOR_EPSILON,
    )


@promise("adam", points=4, hint="Is epsilon added to v, or to its square root?")
def test_adam_epsilon_outside_the_root(student, rng):
    """A large epsilon is added to the square root of v, and to nothing else."""
    for epsilon in (0.1, 1.0):
        settings = {"lr": 0.2, "beta_1": 0.5, "beta_2": 0.5, "epsilon": epsilon, "bias_correction": False}
        case = f"epsilon {epsilon}, bias_correction=False"
        expect_walk(student.Adam(**settings), oracle.Adam(**settings), rng, steps=3, case=case)


@promise(
    "adam",
    points=2,
    hint="Keras adds epsilon to sqrt(v), the paper's Algorithm 1 to sqrt(v_hat): which one is asked for?",
)
def test_adam_epsilon_and_bias_correction(student, rng):
    """A large epsilon is added to sqrt(v_hat), after the bias correction, as in the paper."""
    settings = {"lr": 0.2, "beta_1": 0.5, "beta_2": 0.75, "epsilon": 0.5}
    expect_walk(student.Adam(**settings), oracle.Adam(**settings), rng, steps=3, case="epsilon 0.5")


@promise("adam", points=2, hint="Where does `self.rate(iteration)` come in, and does anything assign to `self.lr`?")
def test_adam_takes_the_rate_of_the_step(student, rng):
    """`decay` and `scheduler_func` give each step its rate, counted from the base rate and never compounded."""
    expect_rates(student.Adam, rng)


@promise("adam", points=4, hint="Which arrays do two optimizers, or the optimizer and its caller, both hold?")
def test_adam_shares_nothing(student, rng):
    """The arguments stay as they were, and two optimizers in turn do what each does alone."""
    expect_nothing_shared(student, student.Adam, rng, lr=0.2)


# 3.3 to 3.5 the net -------------------------------------------------------------------------------------------------


@promise(
    "net-forward", points=4, hint="What does a hidden layer do to its inputs, and what does the last layer not do?"
)
def test_scores_of_two_and_three_layers(student, rng):
    """Nets of two and three layers give the right scores (N, C), some of them negative."""
    for sizes in ((6, 5, 3), (4, 7, 5, 3)):
        params = deep_net.random_params(sizes, rng)
        x = rng.normal(size=(8, sizes[0]))
        expected = deep_net.forward(params, x)
        expect_array(_net(student, sizes, params).forward(x), expected, "scores", case=_depth(sizes))


@promise("net-forward", points=3, hint="Which line of your loop knows `num_layers`?")
def test_scores_of_any_number_of_layers(student, rng):
    """One layer is a linear classifier, five layers are five."""
    for sizes in ((5, 3), (5, 4, 6, 3, 4, 2)):
        params = deep_net.random_params(sizes, rng)
        x = rng.normal(size=(6, sizes[0]))
        expected = deep_net.forward(params, x)
        expect_array(_net(student, sizes, params).forward(x), expected, "scores", case=_depth(sizes))


@promise("net-forward", points=3, hint="Does anything remember the size, or the values, of the batch before?")
def test_forward_of_one_batch_after_another(student, rng):
    """A batch of one, a larger one, float32 and integer samples follow each other, and no argument changes."""
    sizes = (6, 3, 3)  # a net without its last layer gives this shape, too: that is charged above
    params = deep_net.random_params(sizes, rng)
    net = _net(student, sizes, params)
    for n, dtype in ((1, np.float64), (7, np.float64), (4, np.float32), (3, np.int64)):
        x = (3.0 * rng.normal(size=(n, 6))).astype(dtype)
        kept = keep(student, x)
        case = f"{n} samples of type {np.dtype(dtype).name}"
        scores = net.forward(kept)
        expect_unchanged(fetch(kept), x, "X")
        fresh = own_array(_net(student, sizes, params).forward(x), (n, 3), "scores")
        expect_array(scores, fresh, "scores after other batches, against those of a fresh net", case=case)


@promise("net-backward", points=4, hint="Is it the mean over the batch, of -log p of the right class alone?")
def test_loss_of_a_batch(student, rng):
    """`backward` returns the mean cross-entropy of the batch, for one sample and for several."""
    for n, sizes in ((1, (4, 3)), (5, (4, 6, 3)), (8, (5, 4, 4, 2))):
        params, x, y = _batch(rng, sizes, n)
        loss = _after_forward(student, sizes, params, x).backward(y, 0.0)
        expect_number(loss, deep_net.loss(params, x, y, 0.0), "loss", case=f"{_depth(sizes)}, {n} samples, reg 0")


@promise(
    "net-backward",
    points=7,
    hint="Layer by layer: what arrives from above, what did the layer receive, where was the ReLU open?",
)
def test_gradients_of_every_layer(student, rng):
    """Every weight and bias of nets of one to four layers gets its gradient, with reg 0."""
    for n, sizes in ((5, (4, 3)), (7, (4, 6, 3)), (1, (4, 6, 3)), (6, (5, 4, 6, 2)), (6, (4, 5, 5, 6, 3))):
        params, x, y = _batch(rng, sizes, n)
        net = _after_forward(student, sizes, params, x)
        net.backward(y, 0.0)
        _expect_grads(net.grads, deep_net.gradients(params, x, y, 0.0), f"{_depth(sizes)}, {n} samples, reg 0")


@promise("net-backward", points=4, hint="What is the derivative of reg * W^2, and which parameters are in the penalty?")
def test_regularisation_of_weights_only(student, rng):
    """reg adds reg * sum(W^2) of every layer to the loss and its derivative to the gradients; biases are left out."""
    sizes, reg = (4, 6, 5, 3), 0.3
    params, x, y = _batch(rng, sizes, 6)
    found = []
    for strength in (0.0, reg):
        net = _after_forward(student, sizes, params, x)
        found.append((_number(net.backward(y, strength)), _grads_as_they_are(net, params)))
    (plain_loss, plain), (loss, grads) = found
    weights = [name for name in params if name.startswith("W")]
    expect_number(loss - plain_loss, reg * sum(np.sum(params[w] ** 2) for w in weights), "the penalty in the loss")
    for name in params:
        added = np.zeros(np.shape(plain[name]))
        if name in weights:
            expect_that(added.shape == params[name].shape, f'grads["{name}"]: shape {added.shape} with reg 0')
            added = 2 * reg * params[name]
        # plain + added is compared, because the difference would be rounding noise for a bias
        expect_array(grads[name], plain[name] + added, f'grads["{name}"] with reg, against reg 0 plus the penalty\'s')


@promise(
    "net-backward",
    points=2,
    hint="What is exp(1000)? And the logarithm of exp(-2000)? Which number may be taken off all scores of a row?",
)
def test_scores_of_a_thousand(student, rng):
    """Scores of +-1000 give the right loss and gradients, neither nan nor infinite."""
    params = {"W1": np.array([[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 500.0]]), "b1": np.array([0.0, 0.5, -0.5])}
    x, y = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]), np.array([0, 0, 2])
    net = _after_forward(student, (2, 3), params, x)
    expect_number(net.backward(y, 0.0), deep_net.loss(params, x, y, 0.0), "loss", case="scores of +-1000")
    expected = deep_net.gradients(params, x, y, 0.0)["W1"]
    expect_array(_grads_as_they_are(net, params)["W1"], expected, 'grads["W1"]', case="scores of +-1000")
    # Rows of very different size: a shift by the largest score of all rows leaves nothing but zeros in the second one.
    params = {"W1": np.array([[1000.0, 999.0, 998.0], [-1000.0, -1001.0, -999.0]]), "b1": np.zeros(3)}
    net = _after_forward(student, (2, 3), params, np.eye(2))
    case = "one row around 1000, one around -1000"
    got = net.backward(y[:2], 0.0)
    expect_number(got, deep_net.loss(params, np.eye(2), y[:2], 0.0), "loss", case=case)


@promise("net-backward", points=3, hint="Are the gradients of this call fresh, or added to those of the last one?")
def test_backward_twice(student, rng):
    """A second backward gives the same again, and neither labels nor parameters change."""
    sizes = (4, 5, 3)
    params, x, y = _batch(rng, sizes, 6)
    y_kept = keep(student, y)
    net = _after_forward(student, sizes, params, x, before=rng.normal(size=(3, 4)))
    fresh = _after_forward(student, sizes, params, x)
    first = (_number(fresh.backward(y, 0.1)), _grads_as_they_are(fresh, params))
    expect_some_work(first[1], params, "grads")
    net.backward(y_kept, 0.1)
    second = (_number(net.backward(y_kept, 0.1)), _grads_as_they_are(net, params))
    expect_unchanged(fetch(y_kept), y, "y")
    for name, value in dict_of_arrays(net.params, params, "params").items():
        expect_array(value, params[name], f'params["{name}"] after backward', tolerance=0.0)
    expect_number(second[0], first[0], "loss of the second backward, against that of a fresh net")
    for name in params:
        expect_array(
            second[1][name], first[1][name], f'grads["{name}"] of the second backward, against those of a fresh net'
        )


@promise("net-update", points=3, hint="Which parameters does the loop leave out, and where do the new ones go?")
def test_update_by_gradient_descent(student, rng):
    """opt="SGD" without momentum moves every weight and every bias by -lr times its gradient."""
    for sizes in ((4, 3), (4, 5, 5, 2)):
        net, params = _net_to_update(student, sizes, rng)
        with _right_optimizers(student):
            _expect_updates(net, oracle.SGD(lr=0.3), params, rng, 1, _depth(sizes), lr=0.3, opt="SGD")


@promise("net-update", points=3, hint="Who remembers the velocities from one call of `update` to the next?")
def test_update_with_momentum(student, rng):
    """opt="SGD" with momentum keeps its velocities from call to call."""
    net, params = _net_to_update(student, (4, 5, 3), rng)
    reference, settings = oracle.SGD(lr=0.2, momentum=0.7), {"lr": 0.2, "momentum": 0.7, "opt": "SGD"}
    with _right_optimizers(student):
        _expect_updates(net, reference, params, rng, 4, "momentum 0.7", **settings)


@promise("net-update", points=5, hint="Who remembers m, v and t from one call of `update` to the next?")
def test_update_by_adam(student, rng):
    """opt="Adam" keeps m, v and t from call to call, with the default betas and with others."""
    for settings in ({}, {"beta_1": 0.6, "beta_2": 0.8, "epsilon": 0.1}):
        net, params = _net_to_update(student, (4, 5, 3), rng)
        case = ", ".join(f"{name} {value}" for name, value in settings.items()) or "default betas"
        with _right_optimizers(student):
            _expect_updates(
                net, oracle.Adam(lr=0.05, **settings), params, rng, 4, case, lr=0.05, opt="Adam", **settings
            )


@promise(
    "net-update",
    points=2,
    hint="The training loop gives another lr every epoch: which call's lr does the optimizer use?",
)
def test_update_uses_the_lr_of_the_call(student, rng):
    """Each call of `update` uses the lr that it is given."""
    sizes = (4, 5, 3)
    params = deep_net.random_params(sizes, rng)
    for opt in ("SGD", "Adam"):
        grads = [some_grads(rng, shapes=_shapes(sizes)) for _ in range(2)]
        steps = []
        for second_lr in (0.2, 0.05):
            net = _net(student, sizes, params)
            with _right_optimizers(student):
                net.grads = grads[0]
                net.update(0.2, opt=opt)
                net.params, net.grads = params, grads[1]
                net.update(second_lr, opt=opt)
            new = dict_of_arrays(net.params, params, "params")
            steps.append({name: new[name] - params[name] for name in params})
        for name in params:
            expect_that(np.any(steps[0][name]), f'update does not move "{name}" (opt="{opt}")')
            what = f'the second step of "{name}", with a quarter of the lr'
            expect_same(4 * steps[1][name], steps[0][name], what, case=f'opt="{opt}"')


@promise(
    "net-update",
    points=2,
    hint="Which object holds what the optimizer remembers: the net, or something that all nets see?",
)
def test_update_of_two_nets(student, rng):
    """Two nets trained in turn do what each does alone, and `grads` stay as they were."""
    sizes = (4, 5, 3)
    params = [deep_net.random_params(sizes, rng) for _ in range(2)]
    grads = [[some_grads(rng, shapes=_shapes(sizes)) for _ in range(2)] for _ in range(2)]
    with _right_optimizers(student):
        for opt in ("SGD", "Adam"):
            ends = []
            for order in ([0, 0, 1, 1], [0, 1, 0, 1]):
                nets, steps = [_net(student, sizes, params[n]) for n in range(2)], [0, 0]
                for which in order:
                    before = grads[which][steps[which]]
                    kept = keep(student, before)
                    nets[which].grads = kept
                    nets[which].update(0.1, momentum=0.5, opt=opt)
                    for name, now in fetch(kept).items():
                        expect_unchanged(now, before[name], f'grads["{name}"]')
                    steps[which] += 1
                ends.append([dict_of_arrays(net.params, params[0], "params") for net in nets])
            for before, alone, in_turn in zip(params, *ends, strict=True):
                expect_some_work(alone, before, f'params after `update` (opt="{opt}")')
                for name in alone:
                    what = f'"{name}" of a net trained in turn with another, against the same net trained alone'
                    expect_same(in_turn[name], alone[name], what, case=f'opt="{opt}"')


# What the promises about the net are made of --------------------------------------------------------------------------


def _number(value: Any) -> float:
    """A loss as a float; what it should be is another promise's business."""
    single = isinstance(value, (int, float, np.ndarray, np.generic)) and np.ndim(value) == 0
    expect_that(single, "`backward` returns no single number: it returns the loss")
    return float(value)


def _depth(sizes: Sequence[int]) -> str:
    return "1 layer" if len(sizes) == 2 else f"{len(sizes) - 1} layers"


def _net(student: Student, sizes: Sequence[int], params: Arrays) -> Any:
    """The student's net of these layer sizes, with our parameters."""
    net = student.NeuralNetwork(sizes[0], list(sizes[1:-1]), sizes[-1], len(sizes) - 1)
    net.params = params
    return net


def _batch(rng: np.random.Generator, sizes: Sequence[int], n: int) -> tuple[Arrays, np.ndarray, np.ndarray]:
    """Parameters, samples and labels with every class in reach."""
    return deep_net.random_params(sizes, rng), rng.normal(size=(n, sizes[0])), rng.integers(sizes[-1], size=n)


def _after_forward(
    student: Student,
    sizes: Sequence[int],
    params: Arrays,
    x: np.ndarray,
    *,
    before: np.ndarray | None = None,
) -> Any:
    """The student's net after forward(x): after forward(before), too, if that is given.

    A right forward may keep for backward what it likes. Where forward is wrong or unfinished, the net gets what the
    docstring of 3.3 says that forward keeps, so that task 3.4 is judged by itself.
    """
    net = _net(student, sizes, params)
    try:
        if before is not None:
            net.forward(before)
        expect_array(net.forward(x), deep_net.forward(params, x), "scores")
    except (Mismatch, StudentError):
        net.inputs, net.scores = deep_net.layer_inputs(params, x), deep_net.forward(params, x)
    return net


def _expect_grads(got: Any, expected: Arrays, case: str) -> None:
    grads = dict_of_arrays(got, expected, "grads")
    for name, value in reversed(expected.items()):  # from the last layer to the first, as they are computed
        expect_array(grads[name], value, f'grads["{name}"]', case=case)


def _grads_as_they_are(net: Any, params: Arrays) -> Arrays:
    """The gradients by name, whatever their shapes: those are judged where the gradients are."""
    grads = net.grads
    right = isinstance(grads, dict) and all(isinstance(grads.get(name), (np.ndarray, np.generic)) for name in params)
    expect_that(right, f"grads: not a dict with an array each for {', '.join(params)}")
    return grads


def _net_to_update(student: Student, sizes: Sequence[int], rng: np.random.Generator) -> tuple[Any, Arrays]:
    params = deep_net.random_params(sizes, rng)
    return _net(student, sizes, params), params


def _shapes(sizes: Sequence[int]) -> dict[str, tuple[int, ...]]:
    return {name: value.shape for name, value in deep_net.random_params(sizes, np.random.default_rng(0)).items()}


def _expect_updates(
    net: Any,
    reference: Any,
    params: Arrays,
    rng: np.random.Generator,
    steps: int,
    case: str,
    *,
    lr: float,
    **settings: Any,
) -> None:
    """Several calls of net.update beside the oracle, each with new gradients."""
    shapes = {name: value.shape for name, value in params.items()}
    for iteration in range(steps):
        grads = some_grads(rng, shapes=shapes)
        expected = reference.update(params, grads, iteration)
        net.grads = grads
        net.update(lr, **settings)
        expect_step(net.params, params, expected, f"call {iteration + 1}, {case}")
        params = expected
        net.params = params


@contextmanager
def _right_optimizers(student: Student) -> Iterator[None]:
    """SGD and Adam of the oracle in place of the student's, for an `update` that builds on them."""

    def stand_in(optimizer: Any) -> StandIn:
        return StandIn(optimizer, methods=("update",), attributes=tuple(vars(optimizer)))

    def sgd(*args: Any, **kwargs: Any) -> StandIn:
        return stand_in(oracle.SGD(*args, **kwargs))

    def adam(*args: Any, **kwargs: Any) -> StandIn:
        return stand_in(oracle.Adam(*args, **kwargs))

    with stand_ins(student, SGD=sgd, Adam=adam):
        yield
