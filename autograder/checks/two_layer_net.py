"""Hidden tests of assignment 2: they speak only to the courses' interface, `loss`, `train` and `predict`.

What the two nets have in common stands in `net_expectations`. Whoever writes `loss` as three methods and whoever writes
it in one piece are judged alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checks.net_expectations import (
    SIZES,
    draw_batch,
    draw_params,
    expect_biases_free_of_penalty,
    expect_data_loss,
    expect_forward_in_every_call,
    expect_fresh_gradients,
    expect_gradient_of_penalty,
    expect_gradients,
    expect_hidden_handed_on,
    expect_objective_in_every_call,
    expect_params_unchanged,
    expect_penalty,
    expect_scores,
    grads_of,
    is_finite,
    lifted,
    loss_of,
    net_of,
    replace_all,
)
from autograder.checks.own import expect_some_work, own_array
from autograder.compare import (
    TOLERANCE_SHARE,
    alike,
    expect_array,
    expect_equal,
    expect_number,
    expect_that,
    expect_unchanged,
)
from autograder.oracles import two_layer_net as oracle
from autograder.oracles.shadow_net import Shadow, Steady
from autograder.promise import Assignment, Task, promise
from autograder.student import Handle, fetch, keep

ASSIGNMENT = Assignment(
    "two-layer-net",
    allow_keras=False,
    tasks=(
        Task("net-forward", "2.1", "Scores of the two-layer net", defines="TwoLayerNet.forward"),
        Task("net-objective", "2.2", "Softmax loss with L2", defines="TwoLayerNet.objective"),
        Task("net-backward", "2.3", "Gradients of the two-layer net", defines="TwoLayerNet.backward"),
        Task("net-predict", "2.4", "Predict", defines="TwoLayerNet.predict"),
        Task("net-train", "2.5", "Train", defines="TwoLayerNet.train"),
        Task("sigmoid-forward", "2.6", "Scores of the sigmoid net", defines="SigmoidNet.forward"),
        Task("sigmoid-objective", "2.7", "Squared error with L2", defines="SigmoidNet.objective"),
        Task("sigmoid-backward", "2.8", "Gradients of the sigmoid net", defines="SigmoidNet.backward"),
    ),
)

# ---------------------------------------------------------------------------------------- 2.1 to 2.3: the net with ReLU


@promise("net-forward", points=3, hint="Which axis is summed over in each of the two products?")
def test_scores_are_two_matrix_products(student, rng):
    """With positive weights and inputs and no biases the scores are X W1 W2, for every size of the net."""
    for N, D, H, C in SIZES:
        params = {name: np.abs(value) for name, value in draw_params(rng, D, H, C).items()}
        params["b1"], params["b2"] = np.zeros(H), np.zeros(C)
        expect_scores(student, "relu", params, np.abs(rng.normal(size=(N, D))), f"X {(N, D)}, {H} hidden, {C} classes")


@promise("net-forward", points=2, hint="There are two biases: one number a hidden unit, one number a class.")
def test_scores_contain_both_biases(student, rng):
    """Both biases are added, each once for every image."""
    for N, D, H, C in SIZES:
        params = {name: np.abs(value) for name, value in draw_params(rng, D, H, C).items()}
        expect_scores(student, "relu", params, np.abs(rng.normal(size=(N, D))), f"X {(N, D)}, positive biases")


@promise("net-forward", points=3, hint="Which numbers does the ReLU cut off, and which layer has one?")
def test_the_hidden_layer_has_a_relu(student, rng):
    """Negative values of the hidden layer are cut off, negative scores are not."""
    for N, D, H, C in SIZES:
        params = draw_params(rng, D, H, C)
        params["W2"] = np.abs(params["W2"]) * np.where(np.arange(C) % 2, -1.0, 1.0)  # every other class scores below 0
        expect_scores(student, "relu", params, rng.normal(size=(N, D)), f"X {(N, D)}, values of both signs")


@promise("net-forward", points=1, hint="`backward` needs what came out of the ReLU: the first of the two results.")
def test_forward_hands_on_the_hidden_layer(student, rng):
    """The hidden layer that goes on to `backward` is max(0, X W1 + b1)."""
    N, D, H, C = SIZES[0]
    expect_hidden_handed_on(student, "relu", draw_params(rng, D, H, C), *draw_batch(rng, N, D, C))


@promise("net-forward", points=1, hint="Does an earlier call, or the type of X, leave a trace in the result?")
def test_forward_is_the_same_in_every_call(student, rng):
    """A second call, a single image, integers and float32 are right too, and X and the parameters stay as they were."""
    expect_forward_in_every_call(student, "relu", rng)


def _heights(N: int) -> list[tuple[str, np.ndarray]]:
    """How much higher the scores of each image are made."""
    one = np.where(np.arange(N) == 0, 2000.0, 0.0)
    return [
        ("all scores + 1000", np.full(N, 1000.0)),
        ("all scores - 1000", np.full(N, -1000.0)),
        ("one row + 2000", one),
    ]


@promise(
    "net-objective", points=6, hint="L = -1/N sum_n log p_n[y_n]: the natural logarithm, the mean over the batch only."
)
def test_the_data_loss_is_the_mean_cross_entropy(student, rng):
    """Without regularisation the loss is the mean of -log p of the right classes."""
    expect_data_loss(student, "relu", rng)


@promise(
    "net-objective", points=4, hint="reg times the sum of the squares of W1 and of W2: no 1/2, no biases, no mean."
)
def test_the_penalty_is_reg_times_all_squared_weights(student, rng):
    """Regularisation adds reg (sum W1^2 + sum W2^2): both matrices, no biases, no other factor."""
    expect_penalty(student, "relu", rng)


@promise(
    "net-objective", points=3, hint="Subtract each row's largest score first; log(sum exp) then never sees a zero."
)
def test_scores_of_a_thousand_give_the_right_loss(student, rng):
    """Scores of +-1000 overflow nowhere, and a probability of exp(-2000) still has its logarithm."""
    for N, D, H, C in SIZES:
        params, (X, y) = draw_params(rng, D, H, C), draw_batch(rng, N, D, C)
        plain = float(loss_of(net_of(student, "relu", params, own="objective"), X, y))
        for case, heights in _heights(N):  # compared with the student's own loss: other mistakes are charged above
            high, images = lifted(params, X, heights)
            number = loss_of(net_of(student, "relu", high, own="objective"), images, y)
            expect_number(number, plain, "loss", case=f"{case}, which changes no probability")
    # With scores of +-t the loss is 2 t times the share of wrong images, up to exp(-2 t): 20 and 1000 differ by 50.
    X, y, losses = rng.normal(size=(4, 3)), np.array([0, 1, 1, 0]), []
    for t in (20.0, 1000.0):
        params = {"W1": np.zeros((3, 2)), "b1": np.zeros(2), "W2": np.zeros((2, 2)), "b2": np.array([t, -t])}
        losses.append(float(loss_of(net_of(student, "relu", params, own="objective"), X, y)))
    expect_that(losses[0], "the loss is 0, although half of the images are wrong")
    expect_number(losses[1], 50 * losses[0], "loss", case="scores of +-1000, compared with those of +-20")


@promise("net-objective", points=2, hint="Work on a copy of the scores: `backward` gets them next.")
def test_the_objective_leaves_its_arguments_alone(student, rng):
    """A second call gives the same number, one image is enough, and scores and parameters stay as they were."""
    expect_objective_in_every_call(student, "relu", rng)


@promise("net-backward", points=5, hint="dscores = (p - one_hot(y)) / N, and dW2 = hidden^T dscores.")
def test_gradients_of_the_second_layer(student, rng):
    """The gradients of W2 and b2 are right, without regularisation."""
    expect_gradients(student, "relu", rng, ("W2", "b2"))


@promise(
    "net-backward", points=6, hint="Through W2 to the hidden layer, through the ReLU only where it was open, then X^T."
)
def test_gradients_of_the_first_layer(student, rng):
    """The gradients of W1 and b1 are right, without regularisation."""
    expect_gradients(student, "relu", rng, ("W1", "b1"))


@promise("net-backward", points=4, hint="The derivative of reg w^2 is 2 reg w, for the weights of both layers.")
def test_gradient_of_the_penalty(student, rng):
    """Regularisation adds 2 reg W to the gradients of both weight matrices."""
    expect_gradient_of_penalty(student, "relu", rng)


@promise("net-backward", points=1, hint="The loss does not contain the squares of the biases.")
def test_biases_are_not_regularised(student, rng):
    """Regularisation adds nothing to the gradients of the biases."""
    expect_biases_free_of_penalty(student, "relu", rng)


@promise("net-backward", points=2, hint="The probabilities need the same shift by the largest score as the loss.")
def test_gradients_at_scores_of_a_thousand(student, rng):
    """Adding +-1000 to all scores changes no gradient, and scores of +-1000 give no nan."""
    N, D, H, C = SIZES[0]
    params, (X, y) = draw_params(rng, D, H, C), draw_batch(rng, N, D, C)
    plain = grads_of(net_of(student, "relu", params, own="backward"), X, y)
    expect_some_work(plain, params, "the gradients")
    for case, heights in _heights(N):
        high, images = lifted(params, X, heights)
        grads = grads_of(net_of(student, "relu", high, own="backward"), images, y)
        for name in ("W1", "W2"):
            block = np.asarray(grads[name])[: len(params[name])]
            block = block[..., : params[name].shape[1]] if block.ndim == 2 else block
            expect_array(block, plain[name], f"gradient of {name}", case=f"{case}, which changes no probability")
    spread = {**params, "b2": np.array([1000.0, -1000.0, 0.0])}
    finite = is_finite(grads_of(net_of(student, "relu", spread, own="backward"), X, y))
    expect_that(finite, "gradients are nan or infinite where scores are +-1000")


@promise(
    "net-backward", points=2, hint="New arrays at every call: nothing added to the last ones, nothing changed in place."
)
def test_gradients_are_fresh_in_every_call(student, rng):
    """A second call gives the same gradients, and X, y and the parameters stay as they were."""
    expect_fresh_gradients(student, "relu", rng)


# ------------------------------------------------------------------------------------------------------- 2.4: predict


@promise("net-predict", points=3, hint="The largest of each image's scores: along which axis?")
def test_predict_names_the_class_with_the_largest_score(student, rng):
    """Every image gets the class with its largest score, also where all scores are negative."""
    for N, D, H, C in SIZES:
        for offset in (0.0, -100.0):
            params, X = draw_params(rng, D, H, C), rng.normal(size=(N, D))
            params["b2"] = params["b2"] + offset
            net = replace_all(net_of(student, "relu", params, own=""), Shadow(params), predict=False)
            labels, case = net.predict(X), f"{N} images, {C} classes, scores around {offset:.0f}"
            expect_equal(np.ravel(labels), oracle.predict(X, params), "labels", case=case)


@promise("net-predict", points=2, hint="One label an image: shape (N,), also for N = 1.")
def test_predict_gives_one_label_an_image(student, rng):
    """The result has shape (N,), for one image as for many, and X and the parameters stay as they were."""
    # Each image has one bright pixel, that of its class: no two classes in a row are the same.
    params = {"W1": np.eye(3), "b1": np.zeros(3), "W2": np.eye(3), "b2": np.zeros(3)}
    net = replace_all(net_of(student, "relu", params, own=""), Shadow(params), predict=False)
    for N in (1, 2, 9):
        X = np.eye(3)[np.arange(N) % 3] + 0.1 * rng.random((N, 3))
        kept = keep(student, X)
        labels = net.predict(kept)
        expect_equal(np.shape(labels), (N,), "shape of the labels", case=f"{N} images")
        expect_unchanged(fetch(kept), X, "X")
    expect_that(any(label != labels[0] for label in labels), "every image gets the same label", labels)
    expect_params_unchanged(net, params)


# --------------------------------------------------------------------------------------------------------- 2.5: train

TOY_X = np.array(  # five images of four pixels, fixed: the worst of 1500 draws of batches ended at a loss of 0.0093
    [
        [1.6, -0.6, -0.5, -1.1],
        [0.9, -2.3, 1.7, -0.8],
        [0.3, -0.2, 1.5, -2.1],
        [-0.3, -0.4, 1.1, -1.1],
        [-0.2, -0.9, 0, 0.6],
    ]
)
TOY_Y = np.array([0, 1, 2, 2, 1])
CURVES = ("loss_history", "train_acc_history", "val_acc_history")


def _trainer(student: Any, params: dict[str, np.ndarray], of_ours: Any) -> Handle:
    """A net of the student's of which only `train` is the student's."""
    return replace_all(net_of(student, "relu", params, own=""), of_ours)


def _train(net: Handle, *data: Any, **options: Any) -> dict[str, Any]:
    """The curves of a run; every option is given by name."""
    usual = dict(learning_rate=0.1, learning_rate_decay=1.0, reg=0.0, num_iters=1, batch_size=5, verbose=False)
    curves = net.train(*data, **{**usual, **options})
    missing = [name for name in CURVES if not isinstance(curves, dict) or name not in curves]
    expect_that(not missing, f"train must return a dict of {', '.join(CURVES)}: {', '.join(missing)} missing")
    for name in CURVES:
        plain = isinstance(curves[name], (list, tuple, np.ndarray)) and all(map(is_finite, curves[name]))
        expect_that(plain, f"{name} must be a list of finite numbers")
    return curves


def _moved(net: Handle, before: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """How far each parameter has moved."""
    now = net.params
    for name, value in before.items():
        fits = isinstance(now, dict) and name in now and np.shape(now[name]) == value.shape
        expect_that(fits, f"params[{name!r}] has lost its shape {value.shape}")
    return {name: np.subtract(now[name], value) for name, value in before.items()}


@promise("net-train", points=4, hint="Downhill: every parameter minus learning_rate times its own gradient.")
def test_one_iteration_is_one_step_downhill(student, rng):
    """One iteration moves all four parameters by -learning_rate times their gradients on the batch, reg included."""
    (X, y), val = draw_batch(rng, 20, 4, 3), draw_batch(rng, 6, 4, 3)
    for learning_rate, reg in ((0.1, 0.5), (0.02, 0.0)):
        shadow = Shadow(draw_params(rng, 4, 6, 3, scale=0.5))
        net, before = _trainer(student, shadow.params, shadow), shadow.start(X, y, learning_rate=learning_rate)
        _train(net, X, y, *val, learning_rate=learning_rate, reg=reg)
        count = len(shadow.batches)
        expect_that(count == 1, f"one iteration must ask `loss` once for a batch of training images: {count} times")
        grads, moved = oracle.backward(*shadow.batches[0], before, reg), _moved(net, before)
        for name in before:
            expect_array(moved[name], -learning_rate * grads[name], f"what a step adds to {name}", case=f"reg {reg}")


@promise("net-train", points=3, hint="Draw one array of indices at every iteration, and use it for X and for y.")
def test_batches_are_drawn_anew_from_the_training_set(student, rng):
    """Every batch has batch_size training images with their own labels, drawn anew; X and y stay as they were."""
    (X, y), (X_val, y_val) = draw_batch(rng, 20, 4, 3), draw_batch(rng, 6, 4, 3)
    kept, labels, shadow = keep(student, X), keep(student, y), Shadow(draw_params(rng, 4, 6, 3, scale=0.5))
    net = _trainer(student, shadow.params, shadow)
    shadow.start(X, y, learning_rate=1e-3)
    _train(net, kept, labels, X_val, y_val, num_iters=40, learning_rate=1e-3)
    expect_unchanged(fetch(kept), X, "X")
    expect_unchanged(fetch(labels), y, "y")
    expect_that(shadow.batches, "`loss` is never asked for the gradients of a batch of training images")
    drawn = [shadow.rows_of(batch) for batch in shadow.batches]
    expect_that(all(len(rows) == 5 for rows in drawn), "a batch has more or fewer than batch_size images")
    right = all(map(shadow.has_right_labels, shadow.batches))
    expect_that(right, "a batch has images with the labels of other images")
    # 40 fair draws of 5 out of 20 leave out 9 images, or repeat 20 batches, with a probability below 1e-9. Walking
    # through the images in a fixed order gives 4 different batches.
    expect_that(len({row for rows in drawn for row in rows}) > 11, "many training images are never drawn")
    expect_that(len({tuple(sorted(rows)) for rows in drawn}) > 20, "the same few batches come again: draw anew")


@promise("net-train", points=3, hint="Each iteration needs the gradients at the newest parameters.")
def test_many_iterations_descend_step_by_step(student, rng):
    """After 100 iterations the parameters are where the steps lead, and the loss of a toy problem is below 0.02."""
    shadow = Shadow(draw_params(np.random.default_rng(0), 4, 10, 3, scale=0.3))
    net, before = _trainer(student, shadow.params, shadow), shadow.start(TOY_X, TOY_Y, learning_rate=0.3)
    curves = _train(net, TOY_X, TOY_Y, TOY_X + 1, TOY_Y, num_iters=100, learning_rate=0.3)
    for name, moved in _moved(net, before).items():
        # Steps of one size add up to the same bits; another order of additions was measured to cost 1e-14.
        expect_array(moved, shadow.params[name] - before[name], f"what 100 steps add to {name}")
    if all(len(y) == 5 and shadow.has_right_labels((X, y)) for X, y in shadow.batches):  # else charged with the batches
        last = float(np.mean(curves["loss_history"][-10:]))
        expect_that(last < 0.02, f"the loss of the toy problem is still {last:.2g} after 100 iterations")


@promise("net-train", points=1, hint="One entry an iteration: what `loss` returned for the batch.")
def test_loss_history_has_every_loss(student, rng):
    """`loss_history` holds the loss of each batch, in order, one entry an iteration."""
    (X, y), val = draw_batch(rng, 20, 4, 3), draw_batch(rng, 6, 4, 3)
    for num_iters in (1, 8):
        losses, params = rng.uniform(1, 2, size=num_iters), draw_params(rng, 4, 6, 3)
        net = _trainer(student, params, Steady(params, X, list(losses)))
        curves = _train(net, X, y, *val, num_iters=num_iters)
        expect_array(np.asarray(curves["loss_history"]), losses, "loss_history", case=f"{num_iters} iterations")


@promise(
    "net-train", points=2, hint="20 images in batches of 5 are 4 iterations an epoch; the rate shrinks once an epoch."
)
def test_learning_rate_decays_once_an_epoch(student, rng):
    """The learning rate is multiplied by learning_rate_decay once an epoch, which has N // batch_size iterations."""
    (X, y), val = draw_batch(rng, 20, 4, 3), draw_batch(rng, 6, 4, 3)
    ways = []
    for decay in (1.0, 0.5):
        params = draw_params(rng, 4, 6, 3)
        net = _trainer(student, params, Steady(params, X, [1.0] * 12))
        _train(net, X, y, *val, num_iters=12, learning_rate=0.01, learning_rate_decay=decay)
        ways.append(float(np.sum(_moved(net, params)["W1"])))
    expect_that(np.isfinite(ways).all() and ways[0] != 0, "the parameters do not move")
    share = ways[1] / ways[0]
    # All gradients are 1. The rate may shrink at the end of an epoch (4 + 4/2 + 4/4 of 12 steps) or, as in the course that
    # this interface comes from, at iterations 0, 4, 8 (1 + 4/2 + 4/4 + 3/8 of 12 steps). Both are right.
    expect_that(
        any(alike(share, right, tolerance=TOLERANCE_SHARE) for right in (7 / 12, 4.375 / 12)),
        f"three epochs with decay 1/2 lead {share:.3g} times as far as three without, expected {7 / 12:.3g}",
    )


@promise(
    "net-train", points=2, hint="Once an epoch: the share of right predictions, of training and of validation images."
)
def test_accuracies_are_recorded_once_an_epoch(student, rng):
    """Once an epoch the accuracies of the net of that moment are recorded, on training and on validation images."""
    for N in (7, 8):
        (X, y), val = draw_batch(rng, 20, 4, 3), draw_batch(rng, N, 4, 3)
        shadow = Shadow(draw_params(rng, 4, 6, 3, scale=0.5))
        net = _trainer(student, shadow.params, shadow)
        shadow.start(X, y, learning_rate=1.0)
        curves = _train(net, X, y, *val, num_iters=12, learning_rate=1.0)
        # At the end of each epoch or at its first iteration, see above; of all training images or of the batch.
        for name in ("train_acc_history", "val_acc_history"):
            expect_equal(len(curves[name]), 3, f"length of {name}", case="3 epochs")
            right = []
            for at in ((3, 7, 11), (0, 4, 8)):
                if name == "train_acc_history":
                    right += [
                        shadow.accuracies(at, X, y),
                        *(shadow.accuracies_on_batches(at, as_drawn=d) for d in (True, False)),
                    ]
                else:
                    right += [shadow.accuracies(at, *val)]
            found = any(alike(curves[name], shares, tolerance=TOLERANCE_SHARE) for shares in right)
            expect_that(found, f"{name}: not the shares of right predictions", curves[name])


# ------------------------------------------------------------------------------------- 2.6 to 2.8: the net with sigmoid


@promise("sigmoid-forward", points=3, hint="sigmoid(a) = 1 / (1 + exp(-a)), on the hidden layer only.")
def test_scores_of_the_sigmoid_net(student, rng):
    """The scores are sigmoid(X W1 + b1) W2 + b2, for every size of the net."""
    for N, D, H, C in SIZES:
        params, X = draw_params(rng, D, H, C), rng.normal(size=(N, D))
        expect_scores(student, "sigmoid", params, X, f"X {(N, D)}, {H} hidden, {C} classes")


@promise("sigmoid-forward", points=1, hint="What is exp(1000), and what is inf / inf?")
def test_the_sigmoid_saturates_without_nan(student, rng):
    """Hidden units that receive +-1000 are 1 or 0, not nan."""
    N, D, H, C = SIZES[0]
    params, X = draw_params(rng, D, H, C), rng.normal(size=(N, D))
    params["b1"] = np.where(np.arange(H) % 2, 1000.0, -1000.0)
    scores = net_of(student, "sigmoid", params, own="forward").loss(X)
    own_array(scores, (N, C), "scores where hidden units receive +-1000")


@promise("sigmoid-forward", points=1, hint="`backward` needs the hidden layer after the sigmoid: the first result.")
def test_the_sigmoid_net_hands_on_its_hidden_layer(student, rng):
    """The hidden layer goes on to `backward`, and no call changes X, the parameters or the next call."""
    N, D, H, C = SIZES[1]
    expect_hidden_handed_on(student, "sigmoid", draw_params(rng, D, H, C), *draw_batch(rng, N, D, C))
    expect_forward_in_every_call(student, "sigmoid", rng)


@promise(
    "sigmoid-objective", points=2, hint="L = 1/N sum_n sum_c (scores - targets)^2, each target a 1 at the right class."
)
def test_the_data_loss_is_the_squared_error(student, rng):
    """Without regularisation the loss is the sum of (scores - one-hot)^2 over the classes, averaged over the images."""
    expect_data_loss(student, "sigmoid", rng)


@promise("sigmoid-objective", points=2, hint="The same penalty as in 2.2.")
def test_the_penalty_of_the_sigmoid_net(student, rng):
    """Regularisation adds reg (sum W1^2 + sum W2^2): both matrices, no biases, no other factor."""
    expect_penalty(student, "sigmoid", rng)


@promise("sigmoid-objective", points=1, hint="Work on a copy of the scores: `backward` gets them next.")
def test_the_squared_error_leaves_its_arguments_alone(student, rng):
    """A second call gives the same number, one image is enough, and scores and parameters stay as they were."""
    expect_objective_in_every_call(student, "sigmoid", rng)


@promise("sigmoid-backward", points=3, hint="dscores = 2 (scores - targets) / N, and dW2 = hidden^T dscores.")
def test_gradients_of_the_second_layer_of_the_sigmoid_net(student, rng):
    """The gradients of W2 and b2 are right, without regularisation."""
    expect_gradients(student, "sigmoid", rng, ("W2", "b2"))


@promise(
    "sigmoid-backward", points=4, hint="The derivative of the sigmoid is h (1 - h), with h the hidden layer itself."
)
def test_gradients_of_the_first_layer_of_the_sigmoid_net(student, rng):
    """The gradients of W1 and b1 are right, without regularisation."""
    expect_gradients(student, "sigmoid", rng, ("W1", "b1"))


@promise("sigmoid-backward", points=2, hint="2 reg W for both matrices, nothing for the biases.")
def test_gradient_of_the_penalty_of_the_sigmoid_net(student, rng):
    """Regularisation adds 2 reg W to the gradients of both matrices and nothing to those of the biases."""
    expect_gradient_of_penalty(student, "sigmoid", rng)
    expect_biases_free_of_penalty(student, "sigmoid", rng)


@promise(
    "sigmoid-backward", points=1, hint="New arrays at every call: nothing added to the last ones, nothing in place."
)
def test_gradients_of_the_sigmoid_net_are_fresh_in_every_call(student, rng):
    """A second call gives the same gradients, and X, y and the parameters stay as they were."""
    expect_fresh_gradients(student, "sigmoid", rng)
