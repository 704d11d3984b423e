"""The public checks of assignment 3 agree to every right solution, object to every slip, and never raise."""

from __future__ import annotations

import warnings

import pytest

from autograder import classroom
from autograder.slips import slips_of
from autograder.variants import variants_of
from utils import reference, verdict
from utils.checks import optimizers as check

NAME = "optimizers"
CHECKS = {
    "sgd": (check.sgd, "SGD"),
    "adam": (check.adam, "Adam"),
    "net-forward": (check.net_forward, "NeuralNetwork"),
    "net-backward": (check.net_backward, "NeuralNetwork"),
    "net-update": (check.net_update, "NeuralNetwork"),
}

needs_keras = pytest.mark.skipif(not reference.available(), reason="Keras is not installed")


def said(capsys, namespace, tasks=tuple(CHECKS)) -> list[str]:
    """The verdict lines of these tasks' checks."""
    capsys.readouterr()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # overflow and division by zero of slips
        for task in tasks:
            public_check, piece = CHECKS[task]
            assert public_check(namespace[piece]) is None
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith(("ok", "no", "-"))]


@needs_keras
def test_the_solution_is_ok(capsys):
    lines = said(capsys, classroom.namespace(NAME))
    assert [line for line in lines if not line.startswith("ok")] == []
    assert len(lines) == 32
    assert {r.verdict for r in verdict.results() if r.number.startswith("3.")} == {"ok"}


def test_the_stub_says_not_yet_once_a_task(capsys):
    lines = said(capsys, classroom.namespace(NAME, finished=False))
    assert lines == [
        "- not yet 3.1 SGD.update",
        "- not yet 3.2 Adam.update",
        "- not yet 3.3 NeuralNetwork.forward",
        "- not yet 3.4 NeuralNetwork.backward: finish 3.3 NeuralNetwork.forward first",
        "- not yet 3.5 NeuralNetwork.update",
    ]


@needs_keras
@pytest.mark.parametrize("variant", variants_of(NAME), ids=lambda variant: variant.name)
def test_right_variants_are_ok(variant, capsys):
    namespace = classroom.namespace(NAME, classroom.with_variant(NAME, variant.tasks, variant.right))
    assert [line for line in said(capsys, namespace) if not line.startswith("ok")] == []


@needs_keras
@pytest.mark.parametrize("slip", slips_of(NAME), ids=lambda slip: slip.name)
def test_slips_are_seen(slip, capsys):
    namespace = classroom.namespace(NAME, classroom.with_slip(NAME, slip))
    lines = said(capsys, namespace, (slip.task,))
    assert [line for line in lines if line.startswith("no ")], lines


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("return None", "update returns None"),
        ("return [1.0]", "object of type list"),
        ("return {}", "is missing in the dict"),
        ("return {name: 1.0 for name in params}", "has shape ()"),
        ("return params['nothing']", "KeyError"),
    ],
)
def test_odd_results_are_named(body, complaint, capsys):
    cell = f"@add_to_class(SGD)\ndef update(self, params, grads, iteration):\n    {body}\n"
    lines = said(capsys, classroom.namespace(NAME, {"sgd": cell}), ("sgd",))
    assert complaint in lines[0]


@pytest.mark.parametrize(
    ("task", "cell", "complaint"),
    [
        ("net-forward", "def forward(self, X):\n    return None", "None"),
        ("net-backward", "def backward(self, y, reg):\n    self.grads = {}", "backward returns None"),
        ("net-backward", "def backward(self, y, reg):\n    return self.scores", "return one number"),
        ("net-update", "def update(self, lr, **settings):\n    self.params = None", "returns None"),
    ],
)
def test_odd_nets_are_named(task, cell, complaint, capsys):
    lines = said(capsys, classroom.namespace(NAME, {task: f"@add_to_class(NeuralNetwork)\n{cell}\n"}), (task,))
    assert any(complaint in line for line in lines if line.startswith("no")), lines


def test_without_keras_the_rest_is_still_checked(monkeypatch, capsys):
    def missing():
        raise reference.KerasMissing("Keras is not installed (pip install tensorflow)")

    for module in vars(reference).values():
        if hasattr(module, "update") and isinstance(module, type):
            monkeypatch.setattr(module, "update", lambda self, *args: missing())
        if hasattr(module, "forward") and isinstance(module, type):
            monkeypatch.setattr(module, "forward", lambda self, *args: missing())
    lines = said(capsys, classroom.namespace(NAME))
    assert not [line for line in lines if line.startswith("no")]
    assert "- 3.1 cannot compare: Keras is not installed (pip install tensorflow)" in lines
    assert len([line for line in lines if line.startswith("ok")]) == 16
