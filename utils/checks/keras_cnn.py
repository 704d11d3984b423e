"""The public checks of assignment 6: what Keras nets are made of, and the small functions around them; nothing is trained."""

from collections.abc import Callable
from typing import Any

import numpy as np

from utils import keras_nets
from utils.verdict import Report, public_check

Build = Callable[..., Any]

PHOTO = (32, 32, 3)
SIMPLE = ["conv 12 3x3", "pool 2x2", "flatten", "dense 10"]
TWO = ["conv 32 3x3", "conv 64 3x3", "pool 2x2", "flatten", "dense 128", "dense 10"]
TUTORIAL = ["conv 32 3x3 valid", "pool 2x2", "conv 64 3x3 valid", "pool 2x2", "conv 64 3x3 valid"]
TUTORIAL += ["flatten", "dense 64", "dense 10"]
BLOCKS = [[f"conv {filters} 3x3 same"] * 2 + ["pool 2x2"] for filters in (32, 64)]
SMALL_VGG = [*BLOCKS[0], *BLOCKS[1], "flatten", "dense 512", "dense 10"]


@public_check("6.1 normalize", task="normalize")
def normalize(report: Report, function: Build) -> None:
    """Check `normalize(train, val, test)` on small images with unequal channels."""
    rng = np.random.default_rng(0)
    images = (rng.random((50, 6, 5, 3)) * [0.2, 0.5, 0.9]).astype(np.float32)
    images[0, 0, 0] = images[0, 5, 4]
    splits = [images, images[:8].copy(), images[20:30].copy()]
    got: Any = ()
    with report.promise("training images"):
        with report.unchanged(train=splits[0], val=splits[1], test=splits[2]):
            got = function(*splits)
        report.that(isinstance(got, (tuple, list)) and len(got) == 3, "return three arrays: train, val, test")
        report.equal("shape", np.shape(got[0]), images.shape)
        for what, values, wanted in (("mean", np.mean(got[0], (0, 1, 2)), 0), ("std", np.std(got[0], (0, 1, 2)), 1)):
            right = np.allclose(values, wanted, atol=1e-3)
            report.that(right, f"the channels have {what} {np.round(values, 3)}, expected {wanted} for each")
        twins = np.allclose(got[0][0, 0, 0], got[0][0, 5, 4], atol=1e-5)
        report.that(twins, "two pixels of the same colour become different ones: is there a mean for each pixel?")
        report.detail("each channel has mean 0 and std 1")
    if len(got) != 3:
        return
    with report.promise("validation and test"):
        # These images are training images, too, so that the same must become of them.
        for name, now, same in (("validation", got[1], got[0][:8]), ("test", got[2], got[0][20:30])):
            report.that(np.shape(now) == same.shape, f"{name}: shape {np.shape(now)}, expected {same.shape}")
            near = np.allclose(now, same, atol=1e-3)
            report.that(
                near, f"an image becomes another one in {name} than in training: use the training images' numbers"
            )
        report.detail("the same is done to them as to the training images")


@public_check("6.2 build_simple", task="simple")
def simple(report: Report, build: Build) -> None:
    """Check net (a)."""
    _net(report, build, SIMPLE)


@public_check("6.3 tutorial_net_by_hand", task="by-hand")
def by_hand(report: Report, function: Build) -> None:
    """Check the sum, and what can be checked without giving the rows away: how they follow from each other."""
    names = ["conv1", "pool1", "conv2", "pool2", "conv3", "flatten", "fc1", "fc2"]
    rows: Any = None
    with report.promise("rows"):
        rows = function(PHOTO, 10)
        report.that(isinstance(rows, dict), f"return a dict, got {type(rows).__name__}")
        report.equal("names", list(rows), names)
        for name, row in rows.items():
            good = isinstance(row, tuple) and len(row) == 2 and isinstance(row[0], tuple)
            report.that(good, f"{name} is {row!r}, expected a pair (output shape, parameters)")
        report.detail("eight pairs (output shape, parameters)")
    if report.promises[-1].outcome != "ok":
        return
    with report.promise("output shapes"):
        shapes = [rows[name][0] for name in names]
        report.equal("last shape", shapes[-1], (10,))
        fits = np.prod(shapes[4]) == np.prod(shapes[5])
        report.that(fits, f"flatten gives {shapes[5]}, but conv3 gives {shapes[4]}: no number may get lost")
        report.equal("values after flatten", int(np.prod(shapes[5])), 1024)
        report.detail("1,024 values are flattened")
    with report.promise("parameters"):
        total = sum(row[1] for row in rows.values())
        why = "too many" if total > 122_570 else "too few"
        report.that(total == 122_570, f"{total:,} in all, {why}: the net has 122,570")
        report.detail("122,570 in all")
    with report.promise("other images"):
        other = function((28, 40, 1), 7)
        report.that(other["fc2"][0] == (7,) and other != rows, "the same numbers as for CIFAR-10: use the arguments")
        odd = [n for shape, _ in function((29, 31, 2), 7).values() for n in shape]
        report.that(all(n == int(n) for n in odd), "29 x 31 pixels give sizes with a fraction: pooling drops the rest")
        report.detail("another table for another input")


@public_check("6.4 build_tutorial_net", task="tutorial-net")
def tutorial_net(report: Report, build: Build, function: Build) -> None:
    """Check the net of 122,570 parameters, and compare Keras's count of every layer with the student's own."""
    _net(report, build, TUTORIAL, besides=())
    with report.promise("the count by hand"):
        keras = [layer.count_params() for layer in build(PHOTO, 10).layers if layer.count_params()]
        ours = [(name, count) for name, (_, count) in function(PHOTO, 10).items() if count]
        report.that(len(ours) == len(keras), f"{len(keras)} layers have parameters, {len(ours)} in your table")
        for (name, count), right in zip(ours, keras, strict=True):
            report.that(count == right, f"{name}: {count:,} by hand, {right:,} says Keras")
        report.detail(f"Keras counts {sum(keras):,}, layer by layer as you do")


@public_check("6.5 build_two_convolutions", task="two-convolutions")
def two_convolutions(report: Report, build: Build) -> None:
    """Check net (b)."""
    _net(report, build, TWO, dropout=True)


@public_check("6.6 build_vgg", task="vgg")
def vgg(report: Report, build: Build) -> None:
    """Check net (c)."""
    _net(report, build, SMALL_VGG, dropout=True)


@public_check("6.7 build_augmented_vgg", task="augmented")
def augmented_vgg(report: Report, build: Build) -> None:
    """Check net (d): the random layers, and that the rest is net (c)."""
    besides = ("dropout", "random", "batch norm")
    _net(report, build, SMALL_VGG, dropout=True, besides=besides, mirror=True)
    with report.promise("augmentation"):
        _no(report, keras_nets.augmentation_problem(_steps(build, PHOTO, 10, mirror=True), mirror=True))
        report.detail("mirrored and moved, turned or zoomed, before all weights")
    with report.promise("mirror=False"):
        _no(report, keras_nets.augmentation_problem(_steps(build, PHOTO, 10, mirror=False), mirror=False))
        report.detail("not mirrored")


@public_check("6.8 make_callbacks", task="callbacks")
def callbacks(report: Report, function: Build) -> None:
    """Check `make_callbacks(patience, checkpoint)`."""
    made: dict[str, Any] = {}
    with report.promise("early stopping"):
        made = {type(one).__name__: one for one in function(6, "somewhere.keras")}
        report.that("EarlyStopping" in made, f"no EarlyStopping among {', '.join(made) or 'no callbacks'}")
        stop = made["EarlyStopping"]
        report.equal("monitor", stop.monitor, "val_accuracy")
        report.that(stop.mode in ("auto", "max"), f"mode is {stop.mode!r}: the larger the accuracy the better")
        report.equal("patience", stop.patience, 6)
        report.that(stop.restore_best_weights, "the net keeps its last weights: restore_best_weights")
        report.detail("on val_accuracy, with the best weights in the end")
    if not made:
        return
    with report.promise("checkpoint"):
        report.that("ModelCheckpoint" in made, f"no ModelCheckpoint among {', '.join(made) or 'no callbacks'}")
        saved = made["ModelCheckpoint"]
        report.equal("file", str(saved.filepath), "somewhere.keras")
        report.equal("monitor", saved.monitor, "val_accuracy")
        report.that(saved.save_best_only, "every epoch overwrites the file: save_best_only")
        report.detail("of the best net only")


@public_check("6.9 predictions_csv", task="predictions")
def predictions_csv(report: Report, function: Build) -> None:
    """Check the text of a predictions file."""
    with report.promise("text"):
        lines = (
            str(function(np.array([[0.1, 0.7, 0.1, 0.1], [0.6, 0.2, 0.1, 0.1], [0.1, 0.2, 0.1, 0.6]])))
            .strip()
            .split("\n")
        )
        for k, wanted in enumerate(("Id,Category", "0,1", "1,0", "2,3")):
            found = lines[k] if k < len(lines) else "missing"
            report.that(found.strip() == wanted, f"line {k + 1} is {found!r}, expected {wanted!r}")
        report.equal("lines", len(lines), 4)
        report.detail("header, ids from 0, the most probable class")


def _net(
    report: Report,
    build: Build,
    plan: list[str],
    *,
    dropout: bool = False,
    besides: tuple[str, ...] = ("dropout",),
    **named: Any,
) -> None:
    steps: list[keras_nets.Step] = []
    with report.promise("layers"):
        steps = _steps(build, PHOTO, 10, **named)
        _no(report, keras_nets.order_problem(steps, plan, besides=besides))
        if not dropout:
            _no(report, keras_nets.too_much_dropout(steps))
        report.detail(" > ".join(plan))
    if not steps:
        return
    with report.promise("activations"):
        _no(report, keras_nets.activation_problem(steps))
        report.detail("ReLU, softmax at the end")
    if dropout:
        with report.promise("dropout"):
            _no(report, keras_nets.dropout_problem(steps))
            report.detail("behind the hidden fully connected layer")
    with report.promise("other images"):
        model = build((20, 24, 1), 7, **named)
        known = hasattr(model, "input_shape") and hasattr(model, "output_shape")
        report.that(known, "the net does not know the shape of its inputs: begin with keras.Input(shape=input_shape)")
        _no(report, keras_nets.shape_problem(model.input_shape, model.output_shape, (20, 24, 1), 7))
        report.detail("20 x 24 x 1 pixels and 7 classes will do, too")


def _steps(build: Build, *args: Any, **named: Any) -> list[keras_nets.Step]:
    model = build(*args, **named)
    if not hasattr(model, "layers"):
        raise TypeError(f"a Keras model should be returned, got {type(model).__name__}: is a `return` missing?")
    return keras_nets.describe(keras_nets.pairs_of(model))


def _no(report: Report, problem: str) -> None:
    report.that(not problem, problem)
