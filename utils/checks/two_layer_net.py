"""The public checks of assignment 2: both nets by hand, against Keras and numerically, the training loop by a script.

None computes a score, a loss or a gradient itself.
"""

from typing import Any

import numpy as np

from utils.checks.net_cases import Make, Params, Script, cases, flat_net, hand_net, net_with, no_gradients, pair
from utils.checks.net_promises import (
    HAND_X,
    NAMES,
    always,
    backward_promises,
    forward_promises,
    objective_promises,
)
from utils.verdict import Report, public_check


@public_check("2.1 TwoLayerNet.forward", task="net-forward")
def net_forward(report: Report, TwoLayerNet: Make) -> None:
    """Check `forward(X) -> (hidden, scores)`."""
    forward_promises(report, TwoLayerNet, "relu", hidden=[[2.0, 0.0]], scores=[[np.log(3), 0.0]])


@public_check("2.2 TwoLayerNet.objective", task="net-objective")
def net_objective(report: Report, TwoLayerNet: Make) -> None:
    """Check `objective(scores, y, reg) -> loss`."""
    objective_promises(report, TwoLayerNet, "relu", by_hand=(np.log(4 / 3), np.log(4)))
    with report.promise("scores of +-1000"):
        for scores, right in (([1000.0, -1000.0], 0.0), ([-1000.0, 1000.0], 2000.0), ([1000.0, 1000.0], np.log(2))):
            net = net_with(TwoLayerNet, flat_net(scores), backward=no_gradients)
            net.forward = always(np.zeros((1, 2)), np.array([scores]))
            loss = pair(report, net.loss(np.array(HAND_X), np.array([0]), 0.0))[0]
            report.close("the loss", loss, right, case=f"class 0 right at scores {scores}")
        rows = np.array([[1000.0, 999.0], [-1000.0, -1001.0]])  # through a hidden layer that hands its inputs on
        params = {"W1": np.eye(2), "b1": np.zeros(2), "W2": rows, "b2": np.zeros(2)}
        net = net_with(TwoLayerNet, params, backward=no_gradients, forward=always(np.eye(2), rows))
        loss = pair(report, net.loss(np.eye(2), np.array([0, 0]), 0.0))[0]
        report.close("the loss", loss, np.log1p(np.exp(-1)), case="one row of scores around 1000, one around -1000")


@public_check("2.3 TwoLayerNet.backward", task="net-backward")
def net_backward(report: Report, TwoLayerNet: Make) -> None:
    """Check `backward(X, hidden, scores, y, reg) -> grads`."""
    backward_promises(report, TwoLayerNet, "relu")
    with report.promise("scores of +-1000"):
        scores = np.array([[1000.0, -1000.0]])
        for label, right in ((0, [0.0, 0.0]), (1, [1.0, -1.0])):
            net = net_with(TwoLayerNet, flat_net([1000.0, -1000.0]), objective=lambda *_: 0.0)
            net.forward = always(np.zeros((1, 2)), scores)
            grads = pair(report, net.loss(np.array(HAND_X), np.array([label]), 0.0))[1]
            report.close("the gradient of b2", grads["b2"], right, case=f"class {label} right at scores [1000, -1000]")


@public_check("2.4 TwoLayerNet.predict", task="net-predict")
def net_predict(report: Report, TwoLayerNet: Make) -> None:
    """Check `predict(X) -> class ids`."""
    # A net that does nothing: through a ReLU far above zero and back again. Its scores are its inputs.
    identity = {"W1": np.eye(3), "b1": np.full(3, 100.0), "W2": np.eye(3), "b2": np.full(3, -100.0)}
    net = net_with(TwoLayerNet, identity, forward=lambda X: (X + 100.0, X), loss=lambda X, y=None, reg=0.0: X)
    with report.promise("labels"):
        for scores in ([[0.1, 0.7, 0.2], [3.0, -1.0, 2.0]], [[-5.0, -3.0, -2.0]], [[0.0, 9.0, 8.0]] * 4):
            X = np.array(scores)
            with report.unchanged(X=X):
                labels = net.predict(X)
            report.equal("the shape of the labels", np.shape(labels), (len(X),), case=f"a batch of {len(X)}")
            report.equal(
                "the labels",
                list(labels),
                [row.index(max(row)) for row in scores],
                case=f"the matrix of scores {scores}",
            )


@public_check("2.5 TwoLayerNet.train", task="net-train")
def net_train(report: Report, TwoLayerNet: Make) -> None:
    """Check `train(X, y, X_val, y_val, ...) -> curves`, at first with a net that follows a script."""
    rng = np.random.default_rng(0)
    X, y, X_val, y_val = rng.normal(size=(20, 4)), np.zeros(20, dtype=int), rng.normal(size=(4, 4)), np.arange(4) // 3
    start = next(cases()).params
    grads = {name: rng.normal(size=value.shape) for name, value in start.items()}
    usual: dict[str, Any] = {"learning_rate": 0.1, "learning_rate_decay": 1.0, "reg": 0.0, "batch_size": 5}

    def run(num_iters: int, labels: np.ndarray = y, **options: Any) -> tuple[Params, Any, Script]:
        script = Script(X, [3.0 - 0.1 * i for i in range(num_iters)], grads)
        net = script.plays(net_with(TwoLayerNet, start))
        with report.unchanged(X=X, y=labels, X_val=X_val, y_val=y_val):
            curves = net.train(X, labels, X_val, y_val, num_iters=num_iters, **{**usual, **options})
        report.that(isinstance(curves, dict), "train gives no dict of its three curves: is a `return` missing?")
        return {name: net.params[name] - start[name] for name in NAMES}, curves, script

    with report.promise("one step"):
        for learning_rate in (0.1, 0.02):
            moved, _, script = run(1, learning_rate=learning_rate, reg=0.25)
            for name in NAMES:
                case = f"learning rate {learning_rate}"
                report.close(f"the step of {name}", moved[name], -learning_rate * grads[name], case=case)
            report.equal("the reg that loss is called with", script.regs, [0.25])
        report.detail("all four parameters go downhill")
    with report.promise("batches"):
        labels = np.arange(20)
        _, _, script = run(40, labels)
        _batches(report, script, X, labels)
    with report.promise("learning rate"):
        whole, halved = (run(12, learning_rate_decay=decay)[0]["b1"].sum() for decay in (1.0, 0.5))
        # 4 + 4/2 + 4/4 of 12 steps; 1 + 4/2 + 4/4 + 3/8 where an epoch counts as over after its first iteration
        kept = np.isclose([7 / 12, 4.375 / 12], halved / whole).any()
        report.that(kept, f"with decay 1/2, three epochs of 4 steps lead {halved / whole:.3g} times as far, not 0.583")
        report.detail("it shrinks once an epoch")
    with report.promise("curves"):
        _, curves, _ = run(8)
        report.close(
            "loss_history", curves["loss_history"], [3.0 - 0.1 * i for i in range(8)], case="a run of 8 iterations"
        )
        for name, right in (("train_acc_history", 1.0), ("val_acc_history", 0.75)):
            report.close(name, curves[name], [right] * 2, case="a run of 2 epochs")
        report.detail("a loss an iteration, two accuracies an epoch")
    with report.promise("toy problem"):
        _toy_problem(report, TwoLayerNet)


@public_check("2.6 SigmoidNet.forward", task="sigmoid-forward")
def sigmoid_forward(report: Report, SigmoidNet: Make) -> None:
    """Check `forward(X) -> (hidden, scores)`."""
    forward_promises(report, SigmoidNet, "sigmoid", hidden=[[0.5, 0.75]], scores=[[1.0, 0.0]])
    with report.promise("+-1000"), np.errstate(over="ignore"):
        params = {**hand_net(kind="sigmoid"), "b1": np.array([1000.0, -1000.0])}
        scores = net_with(SigmoidNet, params).loss(np.array(HAND_X))
        report.close("the scores", scores, [[-0.75, -3.5]], case="a hidden unit that receives +-1000")


@public_check("2.7 SigmoidNet.objective", task="sigmoid-objective")
def sigmoid_objective(report: Report, SigmoidNet: Make) -> None:
    """Check `objective(scores, y, reg) -> loss`."""
    objective_promises(report, SigmoidNet, "sigmoid", by_hand=(0.0, 2.0))


@public_check("2.8 SigmoidNet.backward", task="sigmoid-backward")
def sigmoid_backward(report: Report, SigmoidNet: Make) -> None:
    """Check `backward(X, hidden, scores, y, reg) -> grads`."""
    backward_promises(report, SigmoidNet, "sigmoid")


def _batches(report: Report, script: Script, X: np.ndarray, y: np.ndarray) -> None:
    drawn = []
    report.that(script.batches, "no batch is made of training images: draw rows of X")
    for images, labels in script.batches:
        report.equal("the shape of a batch", images.shape, (5, 4), case="batch_size=5")
        drawn.append(tuple(sorted(labels.tolist())))
        report.that(np.array_equal(images, X[labels]), "a batch has images with the labels of others")
    report.that(len(set(sum(drawn, ()))) > 11, "many images are never drawn: draw from all of X")
    report.that(len(set(drawn)) > 20, "the same few batches come again and again: draw anew at every iteration")
    report.detail("40 batches of 5, drawn anew")


def _toy_problem(report: Report, Net: Make) -> None:
    case, state = next(cases()), np.random.get_state()
    np.random.seed(0)  # the worst of 60 other ways to draw the batches ended at a loss of 0.005
    net = Net(4, 10, 3, std=0.1)
    options: dict[str, Any] = {"learning_rate": 0.3, "learning_rate_decay": 1.0, "num_iters": 200, "batch_size": 5}
    losses = net.train(case.X, case.y, case.X, case.y, reg=1e-5, **options)["loss_history"]
    np.random.set_state(state)
    last = float(np.mean(losses[-10:]))
    report.that(last < 0.02, f"after 200 iterations the loss is still {last:.3g}, expected below 0.02")
    report.detail(f"the loss falls from {losses[0]:.2f} to {last:.4f}, below 0.02")
