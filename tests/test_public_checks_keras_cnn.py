"""The public checks of assignment 6 say ok to the solution and `- not yet` to the stub, and name the classic mistakes."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from typing import Any

import pytest

from autograder import cells, classroom, course
from autograder.answers.photos import COUNT, perfect_file, photo_labels
from autograder.judge import judge
from utils import keras_nets
from utils.checks import keras_cnn as check

pytest.importorskip("keras")

# Task: the check of the notebook, the names it is given, how many lines it prints where all is right.
CHECKS = {
    "normalize": (check.normalize, ("normalize",), 2),
    "simple": (check.simple, ("build_simple",), 3),
    "by-hand": (check.by_hand, ("tutorial_net_by_hand",), 4),
    "tutorial-net": (check.tutorial_net, ("build_tutorial_net", "tutorial_net_by_hand"), 4),
    "two-convolutions": (check.two_convolutions, ("build_two_convolutions",), 4),
    "vgg": (check.vgg, ("build_vgg",), 4),
    "augmented": (check.augmented_vgg, ("build_augmented_vgg",), 6),
    "callbacks": (check.callbacks, ("make_callbacks",), 2),
    "predictions": (check.predictions_csv, ("predictions_csv",), 1),
}

# Task, what is replaced in the solution, by what, and what a `no` line must say.
MISTAKES = [
    ("normalize", "train.mean(axis=(0, 1, 2))", "train.mean()", "the channels have mean"),
    ("normalize", "axis=(0, 1, 2)", "axis=0", "two pixels of the same colour become different ones"),
    ("by-hand", '"pool1": ((h1 // 2', '"pool1": ((h1 / 2', "29 x 31 pixels give sizes with a fraction"),
    (
        "normalize",
        "for images in (train, val, test)",
        "for images in (train, val - val.mean(), test)",
        "another one in val",
    ),
    ("simple", '3, activation="relu"', "3", "conv 12 3x3 has no activation, expected relu"),
    ("simple", "12, 3", "12, 5", "layer 1 is conv 12 5x5, expected conv 12 3x3"),
    ("simple", "keras.Input(shape=input_shape),", "", "begin with keras.Input"),
    ("simple", "return keras", "keras", "is a `return` missing?"),
    ("by-hand", "(9 * 32 + 1)", "(9 * 32)", "122,506 in all, too few"),
    ("tutorial-net", "64, 3", '64, 3, padding="same"', "expected conv 64 3x3 valid"),
    ("two-convolutions", "layers.Dropout(0.5),", "", "no dropout directly behind dense 128"),
    ("two-convolutions", "(num_classes,", "(10,", "num_classes 7 gives outputs (None, 10)"),
    ("vgg", ', padding="same"', "", "layer 1 is conv 32 3x3 valid, expected conv 32 3x3 same"),
    ("vgg", "range(2)", "range(1)", "layer 2 is pool 2x2"),
    ("augmented", '"horizontal"', "", "upside down"),
    ("augmented", "if mirror:", "if True:", "a RandomFlip although mirror is False"),
    ("callbacks", 'monitor="val_accuracy", patience', "patience", "no 6.8 early stopping: monitor is 'val_loss'"),
    ("callbacks", ', monitor="val_accuracy", save_best_only=True', "", "no 6.8 checkpoint"),
    ("predictions", "axis=1", "axis=0", "line 4 is '2,0'"),
]


def solution(task: str) -> str:
    source = course.source_notebook("keras-cnn")
    return next(cells.solved(cell.source) for cell in source.cells if cells.key(cell) == f"{task}-todo")


def said(task: str, names: dict[str, Any]) -> list[str]:
    function, pieces, _ = CHECKS[task]
    with redirect_stdout(io.StringIO()) as out:
        assert function(*(names[piece] for piece in pieces)) is None
    return out.getvalue().splitlines()


@pytest.fixture(scope="module")
def right() -> dict[str, Any]:
    return classroom.namespace("keras-cnn")


@pytest.mark.parametrize("task", CHECKS)
def test_the_solution_is_ok(task, right):
    lines = said(task, right)
    assert len(lines) == CHECKS[task][2]
    assert all(line.startswith("ok 6.") for line in lines), lines


def test_stubs_are_not_yet_done():
    names = classroom.namespace("keras-cnn", finished=False)
    for task in CHECKS:
        lines = said(task, names)
        assert len(lines) == 1 and lines[0].startswith("- not yet 6."), lines


@pytest.mark.parametrize(("task", "old", "new", "words"), MISTAKES)
def test_a_mistake_is_named(task, old, new, words, right):
    text = solution(task)
    assert old in text
    names = dict(right)
    exec(text.replace(old, new), names)
    lines = said(task, names)
    assert any(line.startswith("no ") and words in line for line in lines), lines


def test_a_file_of_predictions_beside_the_notebook_is_read(tmp_path, monkeypatch):
    student = classroom.student("keras-cnn")
    monkeypatch.chdir(tmp_path)
    half = perfect_file().splitlines()
    wrong = [f"{k},{(label + 1) % 10}" for k, label in enumerate(photo_labels())]
    for lines, kept in (
        (half, 4),
        ([half[0], *half[1 : COUNT * 6 // 10 + 1], *wrong[COUNT * 6 // 10 :]], 3),
        ([half[0], *wrong], 1),
        (half[:-1], 1),
        (half[1:], 1),
    ):
        (tmp_path / "predictions.csv").write_text("\n".join(lines), encoding="utf-8")
        results = judge("keras-cnn", student, seed=1, tasks={"predictions"})
        assert sum(result.outcome == "passed" for result in results) == kept, [r.message for r in results]


def test_models_in_models_and_activations_apart_are_the_same_net(right):
    keras, layers = right["keras"], right["layers"]
    block = keras.Sequential([layers.Conv2D(8, 3), layers.ReLU(), layers.MaxPooling2D()])
    model = keras.Sequential([keras.Input((8, 8, 1)), block, layers.Flatten(), layers.Dense(3), layers.Softmax()])
    steps = keras_nets.describe(keras_nets.pairs_of(model))
    assert keras_nets.order_problem(steps, ["conv 8 3x3", "pool 2x2", "flatten", "dense 3"]) == ""
    assert keras_nets.activation_problem(steps) == ""
