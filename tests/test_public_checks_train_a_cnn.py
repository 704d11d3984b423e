"""The public checks of assignment 5 say ok to solutions and variants, no to slips, not yet to stubs; they never raise."""

from __future__ import annotations

import functools

import pytest

from autograder import classroom
from autograder.answers.mystery import perfect_predictions
from autograder.slips import slips_of
from autograder.variants import variants_of
from utils import reference, verdict
from utils.checks import train_a_cnn as check
from utils.mystery import mystery_digits

NAME = "train-a-cnn"
LAYERS = ("Convolution", "Dropout", "FCLayer", "Flatten", "Pooling", "ReLU")
pytestmark = pytest.mark.skipif(not reference.available(), reason="Keras is not installed")

# What a public check does not look at; the hidden tests do.
NOT_SEEN = {"ForgetsTheInitializer"}


def names(**changes):
    """The names of a notebook after its cells ran, with Keras's layers in the place where a student chooses them."""
    found = classroom.namespace(NAME, **changes)
    found.update({name: getattr(reference, name) for name in LAYERS})
    return found


CALLS = {
    "sample-batches": lambda n: check.sample_batches(n["sample_batches"]),
    "train-step": lambda n: check.train_step(n["Net"], n["L2"]),
    "evaluate": lambda n: check.evaluate(n["Net"]),
    "train": lambda n: check.train(n["Net"]),
    "mnist-net": lambda n: check.mnist_net(n["MNISTNet"]),
    "predict": lambda n: check.predict(n["Net"]),
}
TASKS = list(CALLS)


def verdict_of(task, **changes):
    CALLS[task](names(**changes))
    return next(result.verdict for result in verdict.results() if result.task == task)


@functools.lru_cache
def solved():
    return names()


@pytest.mark.parametrize("task", TASKS)
def test_a_solution_is_ok(task, capsys):
    CALLS[task](solved())
    lines = capsys.readouterr().out.splitlines()
    assert lines and all(line.startswith("ok 5.") for line in lines), lines


@pytest.mark.parametrize("task", TASKS)
def test_a_stub_is_not_yet(task, capsys):
    assert verdict_of(task, finished=False) == "not yet"
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 and lines[0].startswith("- not yet 5."), lines


@pytest.mark.parametrize("slip", [s for s in slips_of(NAME) if s.name not in NOT_SEEN], ids=lambda s: s.name)
def test_a_slip_is_told(slip, capsys):
    assert verdict_of(slip.task, replacing=classroom.with_slip(NAME, slip)) == "no", capsys.readouterr().out


@pytest.mark.parametrize("variant", variants_of(NAME), ids=lambda v: v.name)
def test_a_right_variant_is_ok(variant, capsys):
    changed = classroom.with_variant(NAME, variant.tasks, variant.right)
    assert {verdict_of(task, replacing=changed) for task in variant.tasks} == {"ok"}, capsys.readouterr().out


def test_an_unfinished_task_blocks_no_other(capsys):
    only_train = classroom.notebook(NAME)
    todo = next(cell.source for cell in only_train.cells if cell.id == "train-todo")
    found = classroom.namespace(NAME, {"train": todo}, finished=False)
    check.train(found["Net"])
    assert all(line.startswith("ok 5.4") for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (perfect_predictions(), "ok 5.7 form"),
        ("", "no 5.7 form"),
        (perfect_predictions() + "500,1\n", "501 lines of predictions, expected 500"),
        (perfect_predictions().replace("\n7,", "\n8,", 1), "no 5.7 form"),
        (perfect_predictions().replace("Id,", "id,"), "line 1"),
        ("Id,Category\n" + "".join(f"{k},12\n" for k in range(500)), "unknown class '12'"),
    ],
)
def test_the_form_of_a_file_is_checked(text, says, capsys):
    check.predictions(lambda: text, mystery_digits)
    assert says in capsys.readouterr().out


def test_a_missing_file_is_not_yet(capsys):
    def handed_in():
        raise NotImplementedError("5.7 predictions: there is no predictions.csv beside the notebook")

    check.predictions(handed_in, mystery_digits)
    assert capsys.readouterr().out.startswith("- not yet 5.7 predictions: there is no predictions.csv")
