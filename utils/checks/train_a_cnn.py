"""The public checks of assignment 5: pieces of the training routine in nets that follow a script, and a step of Keras's.

None computes a step, a layer or an evaluation itself, and none trains.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from utils import reference
from utils.checks.train_measures import evaluate, mnist_net, predict, predictions
from utils.checks.train_pieces import (
    EXACT,
    FirstColumn,
    Gain,
    Loop,
    Mode,
    Recorder,
    batches_of_four,
    images_of_scores,
    loss_and_accuracy,
    ten_images,
)
from utils.verdict import Report, public_check

__all__ = ["evaluate", "mnist_net", "predict", "predictions", "sample_batches", "train", "train_step"]

Make = Callable[..., Any]

# A step of Keras in float64 differs from a right one by less than 1e-12 of its size, a wrong one by more than 1e-3.
STEP = 1e-7


@public_check("5.1 sample_batches", task="sample-batches")
def sample_batches(report: Report, sample_batches: Make) -> None:
    """Check `sample_batches(n, batch_size, rng)`."""

    def batches(n: int, batch_size: int, rng: Any = None) -> list[np.ndarray]:
        found = sample_batches(n, batch_size, rng or np.random.default_rng(0))
        report.that(found is not None, "it gives nothing to loop over: is a `yield` or `return` missing?")
        return [
            np.asarray(indices) for _, indices in zip(range(1000), found, strict=False)
        ]  # an endless one would never end

    with report.promise("every index"):
        for n, batch_size in ((12, 4), (7, 3), (5, 8), (40, 1)):
            order = np.concatenate([np.empty(0, int), *batches(n, batch_size)])
            report.equal(
                "all indices, sorted", sorted(order.tolist()), list(range(n)), case=f"n {n}, batch {batch_size}"
            )
        report.detail("each comes once")
    with report.promise("sizes"):
        for n, batch_size, right in ((7, 3, [3, 3, 1]), (8, 4, [4, 4]), (3, 8, [3])):
            sizes = [len(indices) for indices in batches(n, batch_size)]
            report.equal("sizes", sizes, right, case=f"n {n}, batch {batch_size}")
        report.detail("the short last batch is kept, none is empty")
    with report.promise("order"):
        rng = np.random.default_rng(1)
        first, second = (np.concatenate(batches(50, 10, rng)).tolist() for _ in range(2))
        report.that(
            sorted(first[:10]) != list(range(10)), "the first batch holds the images 0 to 9: shuffle before you cut"
        )
        report.that(first != second, "the second epoch is dealt out like the first")
        again = np.concatenate(batches(50, 10, np.random.default_rng(1))).tolist()
        report.that(again == first, "the same seed gives other batches: draw from `rng` only")
        report.detail("new in every epoch, decided by rng alone")


@public_check("5.2 Net.train_step", task="train-step")
def train_step(report: Report, Net: Make, L2: Make) -> None:
    """Check `train_step(images, labels) -> (loss, accuracy)`."""
    images, labels = images_of_scores(6)

    def net(w: float = 0.1) -> tuple[Any, Gain, Mode, Recorder]:
        gain, mode, optimizer = Gain(), Mode(), Recorder()
        made = Net([gain, mode])
        made.compile(optimizer, FirstColumn(), L2(w))
        return made, gain, mode, optimizer

    with report.promise("gradients"):
        made, gain, _, optimizer = net()
        with report.unchanged(images=images, labels=labels):
            made.train_step(images, labels)
        report.that(len(optimizer.asked) == 1, f"optimizer.update is called {len(optimizer.asked)} times in one step")
        report.that(len(gain.asked) == 1, f"backward runs {len(gain.asked)} times through the layers in one step")
        report.close("what backward is given", gain.asked[0], np.full((6, 3), 7.0), tolerance=EXACT)
        _, grads, _ = optimizer.asked[0]
        right = {"0.weights": 2.0 + 2 * 0.1 * 3.0, "0.bias": 4.0}
        report.equal("the names of the gradients", sorted(grads), sorted(right))
        for name, value in right.items():
            report.close(name, grads[name], [value], tolerance=EXACT, case="gradient 2 and 4, weight 3, L2(0.1)")
        report.detail("those of the layers and of the penalty, as worked out by hand")
    with report.promise("parameters"):
        made, gain, _, _ = net()
        made.train_step(images, labels)
        report.close("the weight", gain.weights, [-3.0], tolerance=EXACT, case="an optimizer that turns 3 into -3")
        report.close("the bias", gain.bias, [-1.0], tolerance=EXACT, case="an optimizer that turns 1 into -1")
        report.detail("the optimizer's new ones are in the layers")
    with report.promise("loss and accuracy"):
        for w in (0.0, 0.1):
            loss, accuracy = loss_and_accuracy(report, net(w)[0].train_step(images, labels), "train_step")
            right_loss = float(np.mean(3.0 * images[:, 0] + 1.0)) + w * 9.0
            report.close("the loss", loss, right_loss, tolerance=EXACT, case=f"L2({w}), a weight of 3")
            report.close("the accuracy", accuracy, 2 / 6, tolerance=EXACT, case="2 of 6 right")
        report.detail("of before the step, penalty included")
    with report.promise("iteration"):
        made, _, _, optimizer = net()
        for _ in range(3):
            made.train_step(images, labels)
        report.equal("what the optimizer is told", [iteration for _, _, iteration in optimizer.asked], [0, 1, 2])
        report.equal("net.iteration after 3 steps", made.iteration, 3)
        report.detail("0, 1, 2")
    with report.promise("mode"):
        made, _, mode, _ = net()
        made.set_mode(False)
        made.train_step(images, labels)
        report.that(all(training for training, _ in mode.passes), "after an evaluation the net learns in test mode")
        report.detail("training")
    with report.promise("like Keras"):
        _step_like_keras(report, Net, L2)


def _step_like_keras(report: Report, Net: Make, L2: Make) -> None:
    """One step of a small net, beside the same step of Keras: loss, tape and SGD."""
    keras, tf = reference.import_keras()
    rng = np.random.default_rng(2)
    layers: list[Any] = [reference.FCLayer(4, 6), reference.ReLU(), reference.FCLayer(6, 3)]
    for layer in (layers[0], layers[2]):
        layer.weights, layer.bias = rng.normal(size=layer.weights.shape), rng.normal(size=layer.bias.shape)
    x, y = rng.normal(size=(5, 4)), rng.integers(0, 3, size=5)
    start = {f"{k}.{name}": getattr(layers[k], name).copy() for k in (0, 2) for name in ("weights", "bias")}
    variables = {name: tf.Variable(value) for name, value in start.items()}
    with tf.GradientTape() as tape:
        hidden = keras.ops.relu(keras.ops.matmul(x, variables["0.weights"]) + variables["0.bias"])
        scores = keras.ops.matmul(hidden, variables["2.weights"]) + variables["2.bias"]
        each = keras.ops.sparse_categorical_crossentropy(y, scores, from_logits=True)
        penalty = sum(keras.ops.sum(variables[name] ** 2) for name in ("0.weights", "2.weights"))
        loss = keras.ops.mean(each) + 0.05 * penalty
    grads = tape.gradient(loss, variables)
    expected = reference.SGD(lr=0.1).update(start, {name: grad.numpy() for name, grad in grads.items()}, 0)

    net = Net(layers)
    net.compile(reference.SGD(lr=0.1), reference.SoftmaxCrossEntropy(3), L2(0.05))
    got, _ = loss_and_accuracy(report, net.train_step(x, y), "train_step")
    report.close("the loss", got, float(loss), tolerance=STEP)
    for name, before in start.items():
        k, attribute = name.split(".")
        moved = getattr(layers[int(k)], attribute) - before
        report.close(f"the step of {name}", moved, expected[name] - before, tolerance=STEP)
    report.detail("loss and all four parameters")


@public_check("5.4 Net.train", task="train")
def train(report: Report, Net: Any) -> None:
    """Check `train(dataset, ...) -> three curves`, with a net that follows a script."""
    dataset = ten_images()

    def run(**settings: int) -> tuple[Loop, list[Any], list[tuple[int, int]]]:
        loop = Loop(np.random.default_rng(0))
        usual = {"train_batch": 4, "val_batch": 3, "test_batch": 2, "epochs": 2}
        never = {"val_intervals": 0, "test_intervals": 0, "print_intervals": 0}
        with batches_of_four(Net.train) as asked:
            curves = Net.train(loop, dataset, **{**usual, **never, **settings})
        report.that(isinstance(curves, tuple | list) and len(curves) == 3, "train does not return three arrays")
        return loop, list(curves), asked

    with report.promise("steps"):
        loop, _, asked = run()
        report.equal("the number of steps", len(loop.steps), 6, case="2 epochs of 3 batches")
        seen = [[int(image) for image in images.ravel()] for images, _ in loop.steps]
        report.equal("the images of the first step", seen[0], [3, 0, 8, 1])
        report.equal("the images of an epoch", sorted(seen[0] + seen[1] + seen[2]), list(range(10)))
        for images, labels in loop.steps:
            report.close(
                "the labels", labels, 10 * images.ravel(), tolerance=EXACT, case="labels are ten times the image"
            )
        report.equal("what sample_batches is asked for", asked, [(10, 4)] * 2)
        report.detail("one a batch, every image with its own label")
    with report.promise("training curve"):
        _, curves, _ = run()
        right = [[k, k, 0.5] for k in range(1, 7)]
        report.close("training", curves[0], right, tolerance=EXACT)
        report.detail("a row (iteration, loss, accuracy) for each of 6 steps")
    for number, (name, split, count, size) in enumerate((("validation", "val", 6, 3), ("test", "test", 4, 2)), start=1):
        with report.promise(f"{name} curve"):
            for interval in (2, 3):
                loop, curves, _ = run(**{f"{split}_intervals": interval})
                due = list(range(interval, 7, interval))
                case = f"{split}_intervals {interval}"
                report.equal(
                    "(steps, images, batch size)", loop.evaluations, [(k, count, size) for k in due], case=case
                )
                right = [[k, 100 + k, 0.25] for k in due]
                report.close(name, curves[number], right, tolerance=EXACT, case=case)
            _, curves, _ = run()
            report.equal("the shape with an interval of 0", np.shape(curves[number]), (0, 3))
            report.detail(f"measured after every {split}_intervals steps; 0 means never")
