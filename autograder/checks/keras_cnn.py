"""Hidden tests of `keras-cnn`: normalisation, counts by hand, the make-up of five nets, callbacks, predictions.

Nothing is trained and no training of a student is repeated: nets are built, small, and described. Keras runs in the
student's kernel only. One promise looks at the layers, one at the activations, one at the dropout, one at the shapes, so
that one mistake is charged once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.answers.photos import perfect_file, photo_labels
from autograder.checks import predictions
from autograder.checks.keras_models import build, expect_no, expect_shapes, steps_of
from autograder.compare import Mismatch, expect_array, expect_equal, expect_that, expect_unchanged
from autograder.oracles import keras_counts as oracle
from autograder.promise import Assignment, Task, promise
from autograder.student import Handle, LocalLine, Student, StudentError, fetch, has, keep
from utils import keras_nets

ASSIGNMENT = Assignment(
    "keras-cnn",
    allow_keras=True,
    tasks=(
        Task("normalize", "6.1", "Normalise", defines="normalize"),
        Task("simple", "6.2", "Net (a): one convolution", defines="build_simple"),
        Task("by-hand", "6.3", "Every parameter by hand", defines="tutorial_net_by_hand"),
        Task("tutorial-net", "6.4", "The net of 122,570 parameters", defines="build_tutorial_net"),
        Task("two-convolutions", "6.5", "Net (b): two convolutions", defines="build_two_convolutions"),
        Task("vgg", "6.6", "Net (c): a small VGG", defines="build_vgg"),
        Task("augmented", "6.7", "Net (d): the same with augmentation", defines="build_augmented_vgg"),
        Task("callbacks", "6.8", "Callbacks", defines="make_callbacks"),
        Task("predictions", "6.9", "Predictions", defines="predictions_csv"),
    ),
)

Array = np.ndarray
Rng = np.random.Generator

SIMPLE = ("conv 12 3x3", "pool 2x2", "flatten", "dense 10")
TUTORIAL = (
    *("conv 32 3x3 valid", "pool 2x2", "conv 64 3x3 valid", "pool 2x2", "conv 64 3x3 valid"),
    *("flatten", "dense 64", "dense 10"),
)
TWO = ("conv 32 3x3", "conv 64 3x3", "pool 2x2", "flatten", "dense 128", "dense 10")
VGG = (
    *("conv 32 3x3 same", "conv 32 3x3 same", "pool 2x2", "conv 64 3x3 same", "conv 64 3x3 same", "pool 2x2"),
    *("flatten", "dense 512", "dense 10"),
)
# Smaller than CIFAR-10's images, because what a net is made of does not depend on it and small nets are built faster.
PHOTO = (24, 24, 3)
# A shape no builder was written for: not square, one channel, seven classes.
OTHER_SHAPES = (((24, 28, 1), 7),)
# Right results err by at most 1.2e-5 of the largest value (with a small number added to the deviation), wrong ones by at
# least 0.35: factors of 87 and 347.
NORMAL = 1e-3


def _images(rng: Rng, count: int) -> Array:
    """Images (count, 5, 4, 3) float32 whose channels differ in mean and spread."""
    images = rng.random((count, 5, 4, 3)) * [0.3, 0.6, 0.1] + [0.5, 0.1, 0.8]
    return images.astype(np.float32)


def _normalized(student: Student, *splits: Any) -> list[Array]:
    got = student.normalize(*splits)
    if not isinstance(got, (tuple, list)) or len(got) != 3:
        raise Mismatch("normalize does not return three arrays: train, val, test")
    return list(got)


@promise("normalize", points=4, hint="Over which axes do you take mean and std, if each channel is to keep its own?")
def test_normalized_training_images(student: Student, rng: Rng) -> None:
    """Each channel of the training images gets mean 0 and standard deviation 1."""
    train, val, test = (_images(rng, count) for count in (40, 7, 5))
    got = _normalized(student, train, val, test)
    expect_array(got[0], oracle.normalize(train, train), "training images", tolerance=NORMAL)


@promise("normalize", points=3, hint="What may a net know about validation and test images before it sees them?")
def test_normalized_by_the_training_images(student: Student, rng: Rng) -> None:
    """Validation and test images are moved and scaled by exactly what was done to the training images."""
    train, val, test = _images(rng, 30), 1 - _images(rng, 9), _images(rng, 4) / 2
    got = _normalized(student, train, val, test)
    own = _own_line(got[0], train)
    for name, now, before in (("validation", got[1], val), ("test", got[2], test)):
        expect_array(now, own[0] * before + own[1], f"{name} images", tolerance=NORMAL)


@promise("normalize", points=1, hint="`images -= mean` writes into the array you were given.")
def test_normalize_leaves_its_arguments_alone(student: Student, rng: Rng) -> None:
    """The arrays that are passed in stay as they are."""
    splits = [_images(rng, count) for count in (6, 3, 3)]
    kept = [keep(student, split) for split in splits]
    _normalized(student, *kept)
    for one, before, name in zip(kept, splits, ("train", "val", "test"), strict=True):
        expect_unchanged(fetch(one), before, name)


def _own_line(now: Any, before: Array) -> tuple[Array, Array]:
    """Slope and shift of each channel from what became of the training images, right or not."""
    if not isinstance(now, np.ndarray) or now.shape != before.shape or not np.isfinite(now).all():
        raise Mismatch(f"training images: no array of finite numbers of shape {before.shape}")
    wide, plain = now.astype(np.float64), before.astype(np.float64)
    low, high = plain.min(axis=0), plain.max(axis=0)  # pixel by pixel, as the student may have done
    slope = (wide.max(axis=0) - wide.min(axis=0)) / (high - low)
    return slope, wide.min(axis=0) - slope * low


@promise("simple", points=3, hint="Print `model.summary()` beside the table of the task.")
def test_simple_layers(student: Student, rng: Rng) -> None:
    """Net (a) is a convolution of 12 filters 3x3, pooling 2x2 and one fully connected layer, in this order."""
    steps = steps_of(build(student, "build_simple", PHOTO, 10))
    expect_no(keras_nets.order_problem(steps, SIMPLE) or keras_nets.too_much_dropout(steps))


@promise("simple", points=3, hint="What is `activation` if you do not say it?")
def test_simple_activations(student: Student, rng: Rng) -> None:
    """Net (a) has ReLU behind the convolution and softmax at the end."""
    expect_no(keras_nets.activation_problem(steps_of(build(student, "build_simple", PHOTO, 10))))


@promise("simple", points=2, hint="Which numbers in your function should have been its arguments?")
def test_simple_for_other_images(student: Student, rng: Rng) -> None:
    """Net (a) is built for the images and the number of classes that are passed."""
    for shape, classes in OTHER_SHAPES:
        expect_shapes(build(student, "build_simple", shape, classes), shape, classes)


def _by_hand(student: Student, shape: tuple[int, int, int], classes: int) -> dict[str, tuple[tuple[int, ...], int]]:
    """The student's table, if it is one: name -> (output shape, parameters)."""
    got = student.tutorial_net_by_hand(shape, classes)
    expect_that(isinstance(got, dict), "no dict of layers")
    names = list(oracle.tutorial_net(shape, classes))
    missing = [name for name in names if name not in got]
    expect_that(not missing, f"the dict lacks {', '.join(missing)}")
    for name in names:
        row = got[name]
        pair = isinstance(row, (tuple, list)) and len(row) == 2 and isinstance(row[0], (tuple, list))
        expect_that(pair, f"{name} is no pair (output shape, parameters)")
    return {name: (tuple(got[name][0]), got[name][1]) for name in names}


HAND_CASES = (((32, 32, 3), 10), ((28, 40, 1), 7), ((37, 31, 2), 5))  # odd and even numbers enter each pooling


@promise("by-hand", points=4, hint="A window of 3 without padding: how many places has it in a row of 32? And of 13?")
def test_shapes_by_hand(student: Student, rng: Rng) -> None:
    """The output shape of every layer is right, for other images as well."""
    for shape, classes in HAND_CASES:
        got = _by_hand(student, shape, classes)
        for name, (right, _) in oracle.tutorial_net(shape, classes).items():
            expect_equal(np.array(got[name][0]), np.array(right), f"output shape of {name}", case=f"images {shape}")


@promise("by-hand", points=3, hint="How many numbers does one filter see at once? Which one number has it besides?")
def test_parameters_of_convolutions_by_hand(student: Student, rng: Rng) -> None:
    """The parameters of the convolutions are right, and pooling and flatten have none."""
    for shape, classes in HAND_CASES:
        got, right = _by_hand(student, shape, classes), oracle.tutorial_net(shape, classes)
        for name in ("conv1", "pool1", "conv2", "pool2", "conv3", "flatten"):
            expect_equal(got[name][1], right[name][1], f"parameters of {name}", case=f"images {shape}")


@promise("by-hand", points=3, hint="Every output has a weight for each input, and what else?")
def test_parameters_of_dense_layers_by_hand(student: Student, rng: Rng) -> None:
    """The parameters of the fully connected layers follow from your own output shapes."""
    for shape, classes in HAND_CASES:
        got = _by_hand(student, shape, classes)
        values = got["flatten"][0]
        plain = len(values) == 1 and type(values[0]) is int
        expect_that(plain, "the output shape of flatten is no (numbers,), so fc1 cannot be checked")
        inputs = {"fc1": (values[0], 64), "fc2": (64, classes)}
        for name, (ins, outs) in inputs.items():
            right = oracle.dense_parameters(ins, outs)
            expect_equal(got[name][1], right, f"parameters of {name}", case=f"images {shape}")


@promise("tutorial-net", points=4, hint="Compare each line of `model.summary()` with your table of 6.3.")
def test_tutorial_layers(student: Student, rng: Rng) -> None:
    """The net is conv 32, pool, conv 64, pool, conv 64, fc 64, fc 10, its windows 3x3 without padding."""
    expect_no(keras_nets.order_problem(steps_of(build(student, "build_tutorial_net", PHOTO, 10)), TUTORIAL, besides=()))


@promise("tutorial-net", points=2, hint="What is `activation` if you do not say it?")
def test_tutorial_activations(student: Student, rng: Rng) -> None:
    """The net has ReLU behind every layer with weights but the last, and softmax there."""
    expect_no(keras_nets.activation_problem(steps_of(build(student, "build_tutorial_net", PHOTO, 10))))


@promise("tutorial-net", points=2, hint="Which numbers in your function should have been its arguments?")
def test_tutorial_for_other_images(student: Student, rng: Rng) -> None:
    """The net is built for the images and the number of classes that are passed."""
    for shape, classes in OTHER_SHAPES:
        expect_shapes(build(student, "build_tutorial_net", shape, classes), shape, classes)


@promise("two-convolutions", points=4, hint="Print `model.summary()` beside the table of the task.")
def test_two_layers(student: Student, rng: Rng) -> None:
    """Net (b) is conv 32, conv 64, pooling, fc 128, fc 10, in this order; dropout may stand anywhere."""
    expect_no(keras_nets.order_problem(steps_of(build(student, "build_two_convolutions", PHOTO, 10)), TWO))


@promise("two-convolutions", points=2, hint="What is `activation` if you do not say it?")
def test_two_activations(student: Student, rng: Rng) -> None:
    """Net (b) has ReLU behind every layer with weights but the last, and softmax there."""
    expect_no(keras_nets.activation_problem(steps_of(build(student, "build_two_convolutions", PHOTO, 10))))


@promise("two-convolutions", points=2, hint="Which layer has by far the most weights?")
def test_two_dropout(student: Student, rng: Rng) -> None:
    """Net (b) has dropout directly behind its hidden fully connected layer, none behind the last, nowhere too much."""
    expect_no(keras_nets.dropout_problem(steps_of(build(student, "build_two_convolutions", PHOTO, 10))))


@promise("two-convolutions", points=2, hint="Which numbers in your function should have been its arguments?")
def test_two_for_other_images(student: Student, rng: Rng) -> None:
    """Net (b) is built for the images and the number of classes that are passed."""
    for shape, classes in OTHER_SHAPES:
        expect_shapes(build(student, "build_two_convolutions", shape, classes), shape, classes)


@promise("vgg", points=6, hint="Two blocks of the same build: which numbers differ between them?")
def test_vgg_layers(student: Student, rng: Rng) -> None:
    """Net (c) is two conv 32, pooling, two conv 64, pooling, fc 512, fc 10, its convolutions with padding "same"."""
    expect_no(keras_nets.order_problem(steps_of(build(student, "build_vgg", PHOTO, 10)), VGG))


@promise("vgg", points=2, hint="What is `activation` if you do not say it?")
def test_vgg_activations(student: Student, rng: Rng) -> None:
    """Net (c) has ReLU behind every layer with weights but the last, and softmax there."""
    expect_no(keras_nets.activation_problem(steps_of(build(student, "build_vgg", PHOTO, 10))))


@promise("vgg", points=2, hint="Which layer has by far the most weights?")
def test_vgg_dropout(student: Student, rng: Rng) -> None:
    """Net (c) has dropout directly behind its hidden fully connected layer, none behind the last, nowhere too much."""
    expect_no(keras_nets.dropout_problem(steps_of(build(student, "build_vgg", PHOTO, 10))))


@promise("vgg", points=2, hint="Which numbers in your function should have been its arguments?")
def test_vgg_for_other_images(student: Student, rng: Rng) -> None:
    """Net (c) is built for the images and the number of classes that are passed."""
    for shape, classes in OTHER_SHAPES:
        expect_shapes(build(student, "build_vgg", shape, classes), shape, classes)


BESIDES = ("dropout", "random", "batch norm")


def _own_vgg(student: Student, shape: tuple[int, ...], classes: int) -> Handle | None:
    """The student's net (c), which (d) may call: what is wrong there is charged there."""
    try:
        return build(student, "build_vgg", shape, classes)
    except (Mismatch, StudentError):
        return None


@promise("augmented", points=3, hint="May (d) call the function of (c)?")
def test_augmented_is_the_vgg(student: Student, rng: Rng) -> None:
    """Net (d) has the layers of (c), its dropout included; random layers and batch normalisation come on top."""
    steps = steps_of(build(student, "build_augmented_vgg", PHOTO, 10, mirror=True))
    order = keras_nets.order_problem(steps, VGG, besides=BESIDES)
    dropout = keras_nets.dropout_problem(steps)
    if order or dropout:
        own = _own_vgg(student, PHOTO, 10)
        given = steps_of(own) if own is not None else []
        plan = [f"{step.text} {step.padding}".strip() for step in given if step.kind not in BESIDES]
        order = order and keras_nets.order_problem(steps, plan, besides=BESIDES) and order
        dropout = "" if given and dropout == keras_nets.dropout_problem(given) else dropout
    expect_no(order)
    expect_no(dropout)


@promise(
    "augmented", points=3, hint="A car upside down, a filter's answer turned: which of these will the net ever see?"
)
def test_augmented_images(student: Student, rng: Rng) -> None:
    """Before all weights images are mirrored left to right and moved, turned or zoomed at random."""
    expect_no(
        keras_nets.augmentation_problem(
            steps_of(build(student, "build_augmented_vgg", PHOTO, 10, mirror=True)), mirror=True
        )
    )


@promise("augmented", points=2, hint="What is a mirrored 2?")
def test_augmented_without_mirror(student: Student, rng: Rng) -> None:
    """With mirror=False images are not mirrored."""
    steps = steps_of(build(student, "build_augmented_vgg", (28, 28, 1), 10, mirror=False))
    flips = [step.text for step in steps if step.text.startswith("random flip")]
    expect_that(not flips, "a RandomFlip although mirror is False")


@promise("augmented", points=2, hint="Which numbers in your function should have been its arguments?")
def test_augmented_for_other_images(student: Student, rng: Rng) -> None:
    """Net (d) is built for the images and the number of classes that are passed."""
    for shape, classes in OTHER_SHAPES:
        model = build(student, "build_augmented_vgg", shape, classes, mirror=False)
        try:
            expect_shapes(model, shape, classes)
        except Mismatch as problem:
            own = _own_vgg(student, shape, classes)
            same = own is not None and has(own, "output_shape") and own.output_shape == model.output_shape
            expect_that(same and tuple(model.input_shape) == (None, *shape), str(problem))


def _callback(student: Student, kind: str, patience: int = 4) -> Handle:
    """The student's callback of this class."""
    got = student.make_callbacks(patience, "best.keras")
    expect_that(isinstance(got, (list, tuple)), "make_callbacks returns no list of callbacks")
    found = [one for one in got if isinstance(one, Handle) and vars(one)["_kind"] == kind]
    expect_that(len(found) == 1, f"{len(found)} callbacks of the kind {kind}, expected one")
    return found[0]


def _expect_watches_accuracy(callback: Handle, what: str) -> None:
    expect_equal(callback.monitor, "val_accuracy", f"what {what} watches")
    mode = callback.mode if has(callback, "mode") else "auto"
    expect_that(mode in ("auto", "max"), f"{what} takes the smallest accuracy as the best: mode is {str(mode)[:20]!r}")


@promise("callbacks", points=2, hint="What should stop the training: what the net learns from, or what it does not?")
def test_early_stopping_watches_the_validation_accuracy(student: Student, rng: Rng) -> None:
    """Early stopping watches the validation accuracy, the larger the better."""
    _expect_watches_accuracy(_callback(student, "EarlyStopping"), "early stopping")


@promise("callbacks", points=2, hint="How many epochs without a better one may pass?")
def test_early_stopping_has_the_patience_it_is_given(student: Student, rng: Rng) -> None:
    """Early stopping waits as many epochs as it is told."""
    for patience in (int(rng.integers(3, 9)), 11):
        expect_equal(_callback(student, "EarlyStopping", patience).patience, patience, "patience")


@promise("callbacks", points=2, hint="After `patience` epochs without a better one, which weights does the net have?")
def test_early_stopping_brings_back_the_best_weights(student: Student, rng: Rng) -> None:
    """After early stopping the net has the weights of its best epoch."""
    restored = _callback(student, "EarlyStopping").restore_best_weights
    expect_that(restored is True, "the net keeps the weights of its last epoch")


@promise("callbacks", points=2, hint="If the computer is switched off after epoch 7, what is on the disk?")
def test_checkpoint_keeps_the_best_net(student: Student, rng: Rng) -> None:
    """The net of the best validation accuracy, and only that, is saved under the name that is passed."""
    checkpoint = _callback(student, "ModelCheckpoint")
    _expect_watches_accuracy(checkpoint, "the checkpoint")
    expect_equal(str(checkpoint.filepath), "best.keras", "file of the checkpoint")
    expect_that(checkpoint.save_best_only is True, "the checkpoint is overwritten by worse epochs, too")


FILE = "predictions.csv"
COUNT = 400


@promise("predictions", points=4, hint="Look at the text: one header, then Id,Category, ids from 0.")
def test_text_of_predictions(student: Student, rng: Rng) -> None:
    """`predictions_csv` writes the most probable class of each image, in order, under the header Id,Category."""
    for count, classes in ((12, 10), (1, 4), (30, 3)):
        probabilities = rng.random((count, classes)) + 3 * np.eye(classes)[rng.integers(classes, size=count)]
        text = student.predictions_csv(probabilities / probabilities.sum(axis=1, keepdims=True))
        got = predictions.read(text, count, classes)
        wrong = int(np.sum(got != probabilities.argmax(axis=1)))
        expect_that(wrong == 0, f"{wrong} of {count} classes are not the most probable one")


def _expect_share(student: Student, share: float) -> None:
    student.predictions_csv(np.eye(3))  # a file counts once there is a function that writes it
    right = predictions.share_right(_handed_in(student), photo_labels(), 10)
    expect_that(right >= share, f"{right:.1%} of the mystery photos are right, expected at least {share:.0%}")


def _handed_in(student: Student) -> str:
    """The text of the file in the kernel's working folder. Imaginary students of ours have none: theirs is perfect."""
    path = student.Path(FILE)
    if path.is_file() is not True:
        if isinstance(vars(student)["_line"], LocalLine):
            return perfect_file()
        raise Mismatch(f"there is no {FILE} beside the notebook: hand it in together with the notebook")
    return path.read_text()


@promise("predictions", points=2, hint="Are the photos normalised as the training images were?")
def test_predictions_beat_a_net_without_convolution(student: Student, rng: Rng) -> None:
    """Of the 400 mystery photos at least 40 % are right in `predictions.csv`."""
    _expect_share(student, 0.40)


@promise("predictions", points=2, hint="Which of your nets was best on validation?")
def test_predictions_are_as_good_as_net_a(student: Student, rng: Rng) -> None:
    """At least 50 % are right: net (a) does that."""
    _expect_share(student, 0.50)


@promise("predictions", points=2, hint="Has the net trained until its validation accuracy stopped rising?")
def test_predictions_are_as_good_as_net_b(student: Student, rng: Rng) -> None:
    """At least 62 % are right: the larger nets do that."""
    _expect_share(student, 0.62)
