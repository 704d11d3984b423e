"""The public checks of assignment 3: optimizers against Keras and by hand, the net against Keras and numeric gradients.

None computes a step, a score or a gradient itself: Keras, a worked example or the student's own loss is compared with.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from utils import reference
from utils.checks.optimizer_steps import (
    STEP,
    Arrays,
    Make,
    arguments_unchanged,
    by_hand,
    like_keras,
    new_params,
    number_types,
    rates,
    two_in_turn,
)
from utils.gradients import eval_numerical_gradient
from utils.verdict import Report, public_check

# The numeric gradients of a right net were off by 2e-9 at most.
GRADIENT = 1e-7


_SOME_DEPTHS: tuple[tuple[int, ...], ...] = ((4, 3), (4, 5, 3), (4, 5, 4, 3))


# --- 3.1 and 3.2: optimizers ---


@public_check("3.1 SGD.update", task="sgd")
def sgd(report: Report, SGD: Make) -> None:
    """Check `SGD(lr, momentum, decay, nesterov, scheduler_func)`."""
    with report.promise("by hand"):
        grads = (1.0, 2.0, -1.0)
        by_hand(report, SGD(lr=0.1, momentum=0.5), grads, (0.9, 0.65, 0.625), "momentum 0.5")
        by_hand(report, SGD(lr=0.1, momentum=0.5, nesterov=True), grads, (0.85, 0.525, 0.6125), "nesterov=True")
        report.detail("three steps with momentum, three with nesterov=True")
    like_keras(report, "plain", SGD, reference.SGD, lr=0.1)
    like_keras(report, "momentum", SGD, reference.SGD, lr=0.1, momentum=0.9)
    like_keras(report, "nesterov", SGD, reference.SGD, lr=0.1, momentum=0.8, nesterov=True)
    rates(report, SGD, reference.SGD)
    number_types(report, SGD, lr=0.1, momentum=0.9)
    arguments_unchanged(report, SGD, lr=0.1, momentum=0.9)
    two_in_turn(report, SGD, lr=0.1, momentum=0.9)


@public_check("3.2 Adam.update", task="adam")
def adam(report: Report, Adam: Make) -> None:
    """Check `Adam(lr, beta_1, beta_2, epsilon, decay, bias_correction, scheduler_func)`."""
    with report.promise("by hand"):
        optimizer = Adam(lr=0.15, beta_1=0.5, beta_2=0.75, epsilon=1.0)
        by_hand(report, optimizer, (2.0, 5.0, 4.0), (0.9, 0.78, 0.66), "epsilon 1")
        report.detail("three steps with epsilon 1")
    like_keras(report, "plain", Adam, reference.Adam, lr=0.1)
    like_keras(report, "betas", Adam, reference.Adam, lr=0.1, beta_1=0.7, beta_2=0.95)
    like_keras(report, "epsilon", Adam, reference.Adam, lr=0.1, epsilon=0.1)
    like_keras(report, "no correction", Adam, reference.Adam, lr=0.1, bias_correction=False)
    rates(report, Adam, reference.Adam)
    number_types(report, Adam, lr=0.1)
    arguments_unchanged(report, Adam, lr=0.1)
    two_in_turn(report, Adam, lr=0.1)


# --- 3.3 to 3.5: the net ---


@public_check("3.3 NeuralNetwork.forward", task="net-forward")
def net_forward(report: Report, NeuralNetwork: Make) -> None:
    """Check `NeuralNetwork.forward(X) -> scores`."""
    with report.promise("by hand"):
        net = NeuralNetwork(2, [2], 2, 2)
        net.params = {"W1": np.array([[1.0, -1.0], [2.0, 1.0]]), "b1": np.array([0.0, -1.0])}
        net.params |= {"W2": np.array([[1.0, -1.0], [2.0, 0.5]]), "b2": np.array([1.0, -2.0])}
        for x, scores in (([1.0, 1.0], [4.0, -5.0]), ([-1.0, 3.0], [12.0, -5.5])):
            report.close("scores", net.forward(np.array([x])), np.array([scores]), case=f"X = [{x}]")
        report.detail("two samples, two layers")
    with report.promise("scores"):
        for sizes in ((5, 3), (6, 5, 3), (4, 7, 5, 3), (5, 4, 6, 3, 4, 2)):
            net, X, _ = _random_net(NeuralNetwork, sizes)
            case = f"hidden_sizes={list(sizes[1:-1])}, num_layers={len(sizes) - 1}"
            for batch in (X, X[:1]):
                report.close("scores", net.forward(batch), _keras_scores(net.params, batch), case=case)
        report.detail("1, 2, 3 and 5 layers, 6 samples and 1")
    with report.promise("arguments"):
        net, X, _ = _random_net(NeuralNetwork, (4, 5, 3))
        with report.unchanged(X=X, **net.params):
            net.forward(X)
        report.detail("unchanged")


@public_check("3.4 NeuralNetwork.backward", task="net-backward")
def net_backward(report: Report, NeuralNetwork: Make) -> None:
    """Check `NeuralNetwork.backward(y, reg) -> loss`."""
    with report.promise("loss"):
        for sizes in _SOME_DEPTHS:
            net, X, y = _random_net(NeuralNetwork, sizes)
            net.forward(X)
            expected, _ = reference.SoftmaxCrossEntropy(3).forward(_keras_scores(net.params, X), y)
            report.close("loss", _loss(report, net, y, 0.0), expected, batch=len(X), case=_depth(len(sizes) - 1))
        report.detail("1, 2 and 3 layers, reg 0, against Keras")
    with report.promise("penalty"):
        net, X, y = _random_net(NeuralNetwork, (2, 2, 2))
        for name, value in (("W1", [[1.0, 2.0], [0.0, -1.0]]), ("W2", [[1.0, -1.0], [1.0, 1.0]])):
            net.params[name] = np.array(value)
        net.forward(X)
        penalty = _loss(report, net, y, 0.5) - _loss(report, net, y, 0.0)
        report.close("reg * (sum of W1^2 + sum of W2^2)", penalty, 5.0, case="reg 0.5, sums 6 and 4")
        report.detail("0.5 * (6 + 4) = 5")

    for reg, name in ((0.0, "gradients"), (0.1, "gradients, reg 0.1")):
        with report.promise(name):
            for sizes in _SOME_DEPTHS:
                _numeric(report, *_random_net(NeuralNetwork, sizes), reg)
            report.detail("1, 2 and 3 layers, every weight and bias")
    with report.promise("large scores"):
        net, X, y = _random_net(NeuralNetwork, (1, 2))
        net.params = {"W1": np.array([[1000.0, -1000.0]]), "b1": np.zeros(2)}
        net.forward(np.ones((1, 1)))
        for label, expected, sign in ((0, 0.0, 0.0), (1, 2000.0, 1.0)):
            case = f"scores [1000, -1000], label {label}"
            report.close("loss", _loss(report, net, np.array([label]), 0.0), expected, case=case)
            report.close("grads of b1", net.grads["b1"], sign * np.array([1.0, -1.0]), case=case)
        net, _, _ = _random_net(NeuralNetwork, (2, 2))
        net.params = {"W1": np.array([[1000.0, 999.0], [-1000.0, -1001.0]]), "b1": np.zeros(2)}
        net.forward(np.eye(2))
        loss = _loss(report, net, np.array([0, 0]), 0.0)
        report.close("loss", loss, np.log1p(np.exp(-1.0)), case="one row around 1000, one around -1000")
        report.detail("[1000, -1000]: loss 0 and 2000")
    with report.promise("second call"):
        net, X, y = _random_net(NeuralNetwork, (4, 5, 3))
        net.forward(X[:2])
        net.forward(X)
        with report.unchanged(X=X, y=y, **net.params):
            losses, grads = zip(*((_loss(report, net, y, 0.1), dict(net.grads)) for _ in range(2)), strict=True)
        report.close("loss", losses[1], losses[0], case="a second backward")
        for name in net.params:
            report.close(f"grads of {name}", grads[1][name], grads[0][name], case="a second backward")
        report.detail("the same again, arguments unchanged")


@public_check("3.5 NeuralNetwork.update", task="net-update")
def net_update(report: Report, NeuralNetwork: Make) -> None:
    """Check `NeuralNetwork.update(lr, momentum, beta_1, beta_2, epsilon, opt)`."""
    some: dict[str, Any] = {"beta_1": 0.7, "beta_2": 0.9, "epsilon": 0.1}
    for name, opt, like, settings in (
        ("SGD", "SGD", reference.SGD, {}),
        ("momentum", "SGD", reference.SGD, {"momentum": 0.8}),
        ("Adam", "Adam", reference.Adam, {}),
        ("Adam's settings", "Adam", reference.Adam, some),
    ):
        with report.promise(name):
            net, _, _ = _random_net(NeuralNetwork, (3, 4, 2))
            _updates(report, net, opt, like(lr=0.1, **settings), settings)
            report.detail("four calls, every weight and bias")
    with report.promise("lr of the call"):
        for opt, optimizer in (("SGD", reference.SGD(lr=0.1)), ("Adam", reference.Adam(lr=0.1))):
            net, _, _ = _random_net(NeuralNetwork, (3, 4, 2))
            _updates(report, net, opt, optimizer, {}, lrs=(0.1, 0.1, 0.05, 0.025))
        report.detail("a new lr in the third call and in the fourth")
    with report.promise("two nets"):
        for opt in ("SGD", "Adam"):
            _two_nets(report, NeuralNetwork, opt)
        report.detail("nothing is shared between them, and grads stay as they were")


def _two_nets(report: Report, NeuralNetwork: Make, opt: str) -> None:
    """Two nets in turn end where each ends alone. Only the student's own code is compared."""
    ends = []
    for order in ((0, 0, 1, 1), (0, 1, 0, 1)):
        nets = [_random_net(NeuralNetwork, (3, 4, 2))[0] for _ in range(2)]
        rngs = [np.random.default_rng(n) for n in range(2)]
        for which in order:
            net = nets[which]
            net.grads = {name: rngs[which].uniform(0.5, 2.0, value.shape) for name, value in net.params.items()}
            with report.unchanged(**{f'grads["{name}"]': grad for name, grad in net.grads.items()}):
                net.update(0.1, momentum=0.5, opt=opt)
        ends.append([dict(net.params) for net in nets])
    for alone, in_turn in zip(*ends, strict=True):
        for name in alone:
            report.close(name, in_turn[name], alone[name], tolerance=STEP, case=f'opt="{opt}", two nets in turn')


def _updates(
    report: Report, net: Any, opt: str, like: Any, settings: dict[str, Any], *, lrs: Sequence[float] = (0.1,) * 4
) -> None:
    rng = np.random.default_rng(6)
    params = dict(net.params)
    for iteration, lr in enumerate(lrs):
        net.grads = {name: rng.uniform(0.5, 2.0, value.shape) for name, value in params.items()}
        like.lr = lr
        expected = like.update(params, net.grads, iteration)
        net.update(lr, opt=opt, **settings)
        new = new_params(report, net.params, params)
        for name, old in params.items():
            where = f'opt="{opt}", call {iteration + 1}, lr {lr}'
            report.close(f"the step of {name}", new[name] - old, expected[name] - old, tolerance=STEP, case=where)
        net.params = params = expected


def _random_net(NeuralNetwork: Make, sizes: Sequence[int]) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return a net with biases that are not zero, six samples, and labels."""
    rng = np.random.default_rng(sum(sizes))
    net = NeuralNetwork(sizes[0], list(sizes[1:-1]), sizes[-1], len(sizes) - 1)
    for name, value in net.params.items():
        net.params[name] = rng.normal(size=value.shape) * (0.7 if name.startswith("W") else 0.3)
    return net, rng.normal(size=(6, sizes[0])), np.arange(6) % sizes[-1]


def _depth(layers: int) -> str:
    return "1 layer" if layers == 1 else f"{layers} layers"


def _keras_scores(params: Arrays, X: np.ndarray) -> np.ndarray:
    layers = len(params) // 2
    for i in range(1, layers + 1):
        dense = reference.FCLayer(*params[f"W{i}"].shape)
        dense.weights, dense.bias = params[f"W{i}"], params[f"b{i}"]
        X = dense.forward(X)
        if i < layers:
            X = reference.ReLU().forward(X)
    return X


def _loss(report: Report, net: Any, y: np.ndarray, reg: float) -> float:
    loss = net.backward(y, reg)
    report.that(loss is not None, "backward returns None: return the loss")
    report.that(np.ndim(loss) == 0, f"backward returns an array of shape {np.shape(loss)}: return one number")
    return float(loss)


def _numeric(report: Report, net: Any, X: np.ndarray, y: np.ndarray, reg: float) -> None:
    """Compare every gradient with the numeric one of the loss that the same net computes."""

    def loss(_: np.ndarray) -> float:
        net.forward(X)
        return _loss(report, net, y, reg)

    loss(X)
    report.that(isinstance(net.grads, dict), f"self.grads is an object of type {type(net.grads).__name__}, not a dict")
    grads = dict(net.grads)
    for name in reversed(net.params):
        report.that(name in grads, f"self.grads has no {name}")
        numeric = eval_numerical_gradient(loss, net.params[name])
        case = f"{_depth(len(net.params) // 2)}, reg {reg}"
        report.close(f"grads of {name}", grads[name], numeric, tolerance=GRADIENT, case=case, batch=len(X))
