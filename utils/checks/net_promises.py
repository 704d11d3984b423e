"""What both nets of assignment 2 are checked for: scores, loss and gradients, by hand, like Keras and numerically.

None computes a score, a loss or a gradient itself.
"""

from typing import Any

import numpy as np

from utils.checks.net_cases import Case, Make, Params, cases, hand_net, keras_answer, net_with, no_gradients, pair
from utils.gradients import check_gradient
from utils.verdict import Report

HAND_X = ((1.0, 2.0),)
NAMES = ("W1", "b1", "W2", "b2")

# Central differences of a right net were off by 3e-10 at most, those of a wrong one are off by more than 1e-3.
NUMERIC = 1e-8


def always(*values: Any) -> Any:
    """A piece that always gives fresh copies of these arrays."""
    return lambda *_: tuple(value.copy() for value in values)


def forward_promises(
    report: Report, Net: Make, kind: str, *, hidden: list[list[float]], scores: list[list[float]]
) -> None:
    """Scores and hidden layer: of the worked example, like Keras's, and of a second call."""
    with report.promise("by hand"):
        handed_on: list[Any] = []
        net = net_with(Net, hand_net(kind=kind), objective=lambda *_: 0.0)
        net.backward = lambda X, hidden, *_: handed_on.append(hidden)
        report.close("the scores", net.loss(np.array(HAND_X)), scores, case="the net of the example")
        net.loss(np.array(HAND_X), np.array([0]), 0.0)
        if handed_on:  # a `loss` in one piece hands nothing on
            report.close("the hidden layer", handed_on[0], hidden, case="the net of the example")
        report.detail("hidden layer and scores of the example")
    with report.promise("like Keras"):
        for case in cases():
            right = keras_answer(kind, case, 0.0).scores
            report.close("the scores", net_with(Net, case.params).loss(case.X), right, case=case.name)
    with report.promise("arguments"):
        case = next(cases())
        net = net_with(Net, case.params)
        with report.unchanged(X=case.X, **net.params):
            first = np.array(net.loss(case.X))
        report.close("the scores of one image", net.loss(case.X[:1]), first[:1], case="a second call")
        pixels = np.round(3 * case.X)
        report.close("the scores", net.loss(pixels.astype(int)), net.loss(pixels), case="pixels that are integers")
        report.detail("left alone")


def objective_promises(report: Report, Net: Make, kind: str, *, by_hand: tuple[float, float]) -> None:
    """The loss: `by_hand` is that of the worked example, if class 0 and if class 1 is right; like Keras\'s; unchanged scores."""

    def loss(case: Case, hidden: np.ndarray, scores: np.ndarray, reg: float) -> Any:
        net = net_with(Net, case.params, forward=always(hidden, scores), backward=no_gradients)
        return pair(report, net.loss(case.X, case.y, reg))[0]

    scores = np.array([[np.log(3), 0.0]]) if kind == "relu" else np.array([[1.0, 0.0]])
    hidden = np.array([[2.0, 0.0]]) if kind == "relu" else np.array([[0.5, 0.75]])
    with report.promise("by hand"):
        for labels in ([0], [1], [0, 1]):
            N, right = len(labels), float(np.mean([by_hand[label] for label in labels]))
            case = Case(hand_net(kind=kind), np.repeat(HAND_X, N, axis=0), np.array(labels))
            args = case, hidden.repeat(N, axis=0), scores.repeat(N, axis=0)
            report.close("the loss", loss(*args, 0.0), right, case=f"the net of the example, y = {labels}, reg 0")
            report.close("the loss", loss(*args, 0.01), right + 0.3, case="the same with reg 0.01, penalty 0.3")
        report.detail("the losses of the example, with and without penalty")
    with report.promise("like Keras"):
        for case in cases():
            for reg in (0.0, 0.1):
                answer = keras_answer(kind, case, reg)
                got = loss(case, answer.hidden, answer.scores, reg)
                report.close("the loss", got, answer.loss, case=f"{case.name}, reg {reg}", batch=len(case.X))
    with report.promise("arguments"):
        case, given = next(cases()), np.linspace(-2.0, 2.0, 15).reshape(5, 3)
        net = net_with(Net, case.params, forward=lambda X: (np.zeros((5, 10)), given), backward=no_gradients)
        with report.unchanged(scores=given, y=case.y, **net.params):
            first = pair(report, net.loss(case.X, case.y, 0.1))[0]
            second = pair(report, net.loss(case.X, case.y, 0.1))[0]
        report.equal("the loss of a second call", float(second), float(first))
        report.detail("left alone")


def backward_promises(report: Report, Net: Make, kind: str) -> None:
    """The gradients: like Keras\'s, numerically, and of a second call."""
    with report.promise("like Keras"):
        for case in cases():
            for reg in (0.0, 0.1):
                right = keras_answer(kind, case, reg)
                net = net_with(Net, case.params, forward=always(right.hidden, right.scores), objective=lambda *_: 0.0)
                grads = _grads(report, net.loss(case.X, case.y, reg))
                for name in NAMES:
                    what, size = f"the gradient of {name}", f"{case.name}, reg {reg}"
                    report.close(what, grads[name], right.grads[name], case=size, batch=len(case.X))
    with report.promise("numeric gradient"):
        case = next(cases())
        net = net_with(Net, case.params)
        grads = {name: np.array(grad) for name, grad in _grads(report, net.loss(case.X, case.y, 0.1)).items()}
        for name in NAMES:  # net.params[name] is moved in place while the loss is asked for
            got, loss = grads[name], lambda _: net.loss(case.X, case.y, 0.1)[0]
            found = check_gradient(loss, net.params[name], got, name=name, tolerance=NUMERIC, batch=len(case.X))
            report.gradient(found, case=f"toy net with reg 0.1, {name}")
    with report.promise("arguments"):
        case = next(cases())
        hidden, scores = np.linspace(0.0, 0.9, 50).reshape(5, 10), np.linspace(-2.0, 2.0, 15).reshape(5, 3)
        net = net_with(Net, case.params, forward=lambda X: (hidden, scores), objective=lambda *_: 0.0)
        with report.unchanged(X=case.X, y=case.y, hidden=hidden, scores=scores, **net.params):
            grads = _grads(report, net.loss(case.X, case.y, 0.1))
        first = {name: np.array(grads[name]) for name in NAMES}
        second = _grads(report, net.loss(case.X, case.y, 0.1))
        for name in NAMES:
            report.close(f"the gradient of {name}", second[name], first[name], case="a second call")
        report.detail("left alone")


def _grads(report: Report, answer: Any) -> Params:
    """The second of the two results of `loss`, with all four names in it."""
    grads = pair(report, answer)[1]
    report.that(isinstance(grads, dict), "backward gives no dict: is a `return` missing?")
    missing = [name for name in NAMES if name not in grads]
    report.that(not missing, f"the dict of gradients lacks {', '.join(missing)}")
    return grads
