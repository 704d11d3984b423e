"""The public checks of what measures and what is measured in assignment 5: evaluate, predict, MNISTNet, the file.

None evaluates or predicts anything itself: the nets hand their images on, so that the answers can be read off.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from utils.checks.train_pieces import EXACT, FirstColumn, Mode, Recorder, images_of_scores, loss_and_accuracy
from utils.verdict import Report, public_check

Make = Callable[..., Any]

LAYERS = [
    "Convolution",
    "ReLU",
    "Convolution",
    "ReLU",
    "Pooling",
    "Dropout",
    "Flatten",
    "FCLayer",
    "ReLU",
    "Dropout",
    "FCLayer",
]


@public_check("5.3 Net.evaluate", task="evaluate")
def evaluate(report: Report, Net: Make) -> None:
    """Check `evaluate(images, labels, batch_size) -> (loss, accuracy)`."""

    def run(count: int, batch_size: int) -> tuple[Any, Any, Mode, Recorder, Any]:
        mode, optimizer = Mode(), Recorder()
        net = Net([mode])
        net.compile(optimizer, FirstColumn(), _NoPenaltyHere())
        images, labels = images_of_scores(count)
        with report.unchanged(images=images, labels=labels):
            loss, accuracy = loss_and_accuracy(report, net.evaluate(images, labels, batch_size), "evaluate")
        return loss, accuracy, mode, optimizer, net

    for name, sizes in (("means", ((6, 6), (12, 4))), ("short last batch", ((9, 4), (10, 3), (5, 8)))):
        with report.promise(name):
            for count, batch_size in sizes:
                loss, accuracy, _, _, _ = run(count, batch_size)
                images, _ = images_of_scores(count)
                case = f"{count} images in batches of {batch_size}"
                report.close("the loss", loss, float(images[:, 0].mean()), tolerance=EXACT, case=case)
                report.close("the accuracy", accuracy, -(-count // 3) / count, tolerance=EXACT, case=case)
            report.detail("over all images, each counts alike")
    with report.promise("batches"):
        _, _, mode, optimizer, net = run(9, 4)
        sizes_seen = [count for _, count in mode.passes if count]
        _sizes(report, sizes_seen)
        report.that(not optimizer.asked, "evaluate calls the optimizer: it must not learn")
        report.that(net.iteration == 0, "evaluate changes net.iteration: it takes no step")
        report.detail("9 images, at most 4 at a time, and nothing is learnt")
    with report.promise("mode"):
        _, _, mode, _, _ = run(9, 4)
        _test_mode(report, mode)


class _NoPenaltyHere:
    """A penalty that would be seen: evaluate leaves it out."""

    def forward(self, params: Any) -> float:
        """1000."""
        return 1000.0

    def backward(self, params: Any) -> Any:
        """Nothing."""
        return {name: 0 * value for name, value in params.items()}


def _sizes(report: Report, sizes: list[int]) -> None:
    """Nine images went through the net, at most four at a time, in whatever batches."""
    report.that(sizes and max(sizes) <= 4, f"batch_size is 4, and batches of {sizes} images go through the net")
    report.that(sum(sizes) == 9, f"{sum(sizes)} images go through the net, expected 9: batches of {sizes}")


def _test_mode(report: Report, mode: Mode) -> None:
    report.that(not any(training for training, _ in mode.passes), "dropout is in training mode: set_mode(False) first")
    report.that(mode.training, "the net is left in test mode: set_mode(True) at the end")
    report.detail("test mode, and training mode afterwards")


@public_check("5.5 MNISTNet", task="mnist-net")
def mnist_net(report: Report, MNISTNet: Make) -> None:
    """Check `MNISTNet(image_shape, num_class, seed)`, made of the layers of the notebook."""
    with report.promise("layers"):
        found = [type(layer).__name__ for layer in MNISTNet((1, 8, 8), 10).layers]
        report.equal("the number of layers", len(found), len(LAYERS))
        for place, (got, right) in enumerate(zip(found, LAYERS, strict=True)):
            report.equal(f"layer {place}", got, right)
        report.detail("eleven, in order")
    with report.promise("parameters"):
        for shape, num_class, features in (((1, 28, 28), 10, 2304), ((1, 8, 8), 10, 64), ((3, 9, 12), 4, 128)):
            params = MNISTNet(shape, num_class).params()
            sizes = [
                (6, shape[0], 3, 3),
                (6,),
                (16, 6, 3, 3),
                (16,),
                (features, 128),
                (128,),
                (128, num_class),
                (num_class,),
            ]
            shapes = [np.shape(value) for value in params.values()]
            report.equal("shapes of the parameters", shapes, sizes, case=f"images {shape}, {num_class} classes")
        report.detail("they follow the shape of the images")
    with report.promise("dropout"):
        ratios = [layer.ratio for layer in MNISTNet((1, 8, 8), 10).layers if hasattr(layer, "ratio")]
        report.equal("the ratios", ratios, [0.25, 0.5])
    with report.promise("two nets"):
        one, two = MNISTNet((1, 8, 8), 10), MNISTNet((1, 8, 8), 10, seed=1)  # 0 as an initializer would go unseen
        shared = [k for k, (a, b) in enumerate(zip(one.layers, two.layers, strict=True)) if a is b]
        report.that(not shared, f"two nets share layer {shared[0] if shared else ''}: make new layers in __init__")
        report.detail("share no layer")
    with report.promise("scores"):
        for shape, num_class in (((1, 8, 8), 10), ((3, 9, 12), 4)):
            net = MNISTNet(shape, num_class)
            net.set_mode(False)
            scores = net.forward(np.random.default_rng(0).random((2, *shape)))
            report.equal("the shape of the scores", np.shape(scores), (2, num_class), case=f"images {shape}")


@public_check("5.6 Net.predict", task="predict")
def predict(report: Report, Net: Make) -> None:
    """Check `predict(images, batch_size) -> class ids`."""
    with report.promise("class ids"):
        for count, batch_size in ((6, 6), (7, 3), (1, 4)):
            mode = Mode()
            images, _ = images_of_scores(count)
            with report.unchanged(images=images):
                got = Net([mode]).predict(images, batch_size)
            case = f"{count} images in batches of {batch_size}"
            report.equal("the shape", np.shape(got), (count,), case=case)
            report.equal("the classes", [int(k) for k in got], [int(k) for k in images.argmax(axis=1)], case=case)
        report.detail("of the largest scores, in order")
    with report.promise("mode and batches"):
        mode = Mode()
        Net([mode]).predict(images_of_scores(9)[0], 4)
        report.equal(
            "sizes of the batches", sorted(count for _, count in mode.passes if count), [1, 4, 4], case="9 images"
        )
        _test_mode(report, mode)


@public_check("5.7 predictions.csv", task="predictions")
def predictions(report: Report, handed_in: Make, mystery_digits: Make) -> None:
    """Check the form of the file that `handed_in()` reads. How good it is, only the grader can tell."""
    with report.promise("form"):
        lines = handed_in().strip().splitlines()
        header, rows = "".join(lines[:1]), lines[1:]
        count = len(mystery_digits())
        report.equal("line 1", header.strip(), "Id,Category")
        report.that(len(rows) == count, f"{len(rows)} lines of predictions, expected {count}: one for each image")
        for k, row in enumerate(rows):
            identity, _, category = row.partition(",")
            report.equal(f"Id of line {k + 2}", identity.strip(), str(k))
            known = category.strip().isdecimal() and int(category) < 10
            report.that(known, f"line {k + 2} has the unknown class {category.strip()[:20]!r}: classes are 0 to 9")
        report.detail(f"{count} class ids; how many are right, grading will tell")
