"""The public checks of assignment 2 say ok to right nets, `- not yet` to the stub, and name the classic mistakes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder import cells, classroom, course
from autograder.slips import slips_of
from autograder.variants import variants_of
from utils import keras_backend
from utils.checks import two_layer_net as check
from utils.layers import add_to_class

NAME = "two-layer-net"

pytestmark = pytest.mark.filterwarnings("ignore")  # a student's warnings are no mistakes

# Task: the check of the notebook, the class it is given, how many lines it prints where all is right.
CHECKS: dict[str, tuple[Callable[..., None], str, int]] = {
    "net-forward": (check.net_forward, "TwoLayerNet", 3),
    "net-objective": (check.net_objective, "TwoLayerNet", 4),
    "net-backward": (check.net_backward, "TwoLayerNet", 4),
    "net-predict": (check.net_predict, "TwoLayerNet", 1),
    "net-train": (check.net_train, "TwoLayerNet", 5),
    "sigmoid-forward": (check.sigmoid_forward, "SigmoidNet", 4),
    "sigmoid-objective": (check.sigmoid_objective, "SigmoidNet", 3),
    "sigmoid-backward": (check.sigmoid_backward, "SigmoidNet", 3),
}

# Task, what is replaced in the solution, by what, and what a `no` line must say.
MISTAKES = [
    ("net-forward", "np.maximum(0, X", "(X", "no 2.1 by hand"),
    ("net-forward", '["W2"] + self.params["b2"]', '["W2"]', "no 2.1 like Keras: X (5, 4), 10 hidden"),
    ("net-forward", "return hidden, scores", "return X, scores", "no 2.1 by hand: the net of the example gives the hidden"),
    ("net-forward", "return hidden, scores", "return scores, hidden", "no 2.1 by hand: the net of the example gives the sc"),
    ("net-forward", "hidden = np", "X -= 1\n    hidden = np", "changes its argument X in place"),
    ("net-objective", "-log_p", "log_p", "no 2.2 by hand"),
    ("net-objective", ".mean()", ".sum()", "no 2.2 by hand: the net of the example, y = [0, 1], reg 0 gives the loss"),
    ("net-objective", "scores - scores.max(axis=1, keepdims=True)", "scores", "no 2.2 scores of +-1000"),
    ("net-objective", "shifted = scores", "shifted = scores\n    shifted -= scores", "changes its argument scores in place"),
    ("net-objective", "penalty = reg", "penalty = 0.5 * reg", "no 2.2 by hand: the same with reg 0.01"),
    ("net-objective", "return data_loss + penalty", "data_loss", "None: does your function return its result?"),
    ("net-backward", "delta /= len(y)", "delta", "multiplied by the batch size 5: is a 1/N lost?"),
    ("net-backward", " * (hidden > 0)", "", "no 2.3 numeric gradient: toy net with reg 0.1, W1"),
    ("net-backward", "back.sum(axis=0)", "back.sum()", "summed to a scalar"),
    ("net-backward", "2 * reg * self.params[\"W1\"]", "reg * self.params[\"W1\"]", "reg 0.1 gives the gradient of W1"),
    ("net-backward", "-= 1", "+= 1", "no 2.3 like Keras"),
    ("net-backward", '"b2": delta.sum(axis=0),', "", "the dict of gradients lacks b2"),
    ("net-predict", "axis=1", "axis=0", "no 2.4 labels: a batch of 2 gives the shape of the labels (3,), expected (2,)"),
    ("net-predict", "argmax", "argmin", "no 2.4 labels: the matrix of scores [[0.1, 0.7, 0.2]"),
    ("net-train", "- learning_rate * grads", "+ learning_rate * grads", "the sign is wrong"),
    ("net-train", "for name in self.params", 'for name in ("W1", "W2")', "gives the step of b1"),
    ("net-train", "y_batch, reg)", "y_batch)", "the reg that loss is called with"),
    ("net-train", "np.random.permutation(len(X))[:batch_size]", "np.arange(batch_size)", "many images are never drawn"),
    ("net-train", "np.random.permutation(len(X))[:batch_size]", "np.random.permutation(len(X))", "the shape of a batch"),
    ("net-train", "X[rows], y[rows]", "X[rows], y[rows[::-1]]", "images with the labels of others"),
    ("net-train", "learning_rate *= learning_rate_decay", "pass", "three epochs of 4 steps lead 1 times as far"),
    ("net-train", "self.predict(X_val) == y_val", "self.predict(X_val) != y_val", "a run of 2 epochs gives val_acc_history"),
    ("net-train", "return curves", "curves", "train gives no dict of its three curves"),
    ("sigmoid-forward", "0.5 * (X", "(X", "no 2.6 by hand"),
    ("sigmoid-forward", "hidden = 0.5", "a = np.exp(X @ self.params['W1'] + self.params['b1'])\n    hidden = a / (a + 1)  #",
     "no 2.6 +-1000: a hidden unit that receives +-1000 gives the scores nan"),
    ("sigmoid-objective", "np.sum(error**2) / len(y)", "np.mean(error**2)", "no 2.7 by hand"),
    ("sigmoid-objective", "error = scores.copy()", "error = scores", "changes its argument scores in place"),
    ("sigmoid-backward", "delta *= 2", "delta *= 1", "it is divided by 2"),
    ("sigmoid-backward", "hidden * (1 - hidden)", "hidden", "no 2.8 numeric gradient: toy net with reg 0.1, W1"),
]  # fmt: skip


def namespace(task: str | None = None, old: str = "", new: str = "", *, finished: bool = True) -> dict[str, Any]:
    """The names of the notebook, with one text replaced in the cell of one task."""
    names: dict[str, Any] = {"np": np, "__name__": "__main__"}
    for cell in course.source_notebook(NAME).cells:
        if cell.id == "setup" or cells.role(cell) not in ("given", "solution"):
            continue
        text = cells.solved(cell.source) if finished else cells.stub(cell.source)
        if cell.id == f"{task}-todo":
            assert old in text, f"{old!r} is not in the solution of {task}"
            text = text.replace(old, new)
        exec(compile(text, f"<{cell.id}>", "exec"), names)
    return names


def said(capsys: pytest.CaptureFixture[str], task: str, names: dict[str, Any]) -> list[str]:
    """The lines that the check of a task prints."""
    function, owner, _ = CHECKS[task]
    capsys.readouterr()
    function(names[owner])
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("task", CHECKS)
def test_the_solution_is_ok_and_fast(capsys, task):
    names = namespace()
    said(capsys, task, names)  # imports Keras
    start = time.perf_counter()
    lines = said(capsys, task, names)
    assert time.perf_counter() - start < 2.0
    assert len(lines) == CHECKS[task][2]
    assert all(line.startswith("ok 2.") for line in lines), lines


def test_numeric_gradients_are_below_1e_8(capsys):
    lines = said(capsys, "net-backward", namespace()) + said(capsys, "sigmoid-backward", namespace())
    errors = [float(re.findall(r"error (\S+)", line)[0]) for line in lines if "numeric gradient" in line]
    assert len(errors) == 2
    assert max(errors) < 1e-9, "the tolerance of 1e-8 needs its margin"


@pytest.mark.parametrize("task", CHECKS)
def test_the_stub_is_not_yet_finished(capsys, task):
    lines = said(capsys, task, namespace(finished=False))
    assert lines, "nothing is said"
    assert all(line.startswith("- not yet") for line in lines), lines


@pytest.mark.parametrize("task", ["net-objective", "net-predict", "net-train", "sigmoid-objective"])
def test_an_unfinished_task_does_not_block_the_next_one(capsys, task):
    names, unfinished = namespace(), namespace(finished=False)
    owner, method = names[CHECKS[task][1]], {"objective": "objective", "predict": "predict", "train": "train"}
    piece = getattr(owner, method[task.split("-")[1]])
    add_to_class(unfinished[CHECKS[task][1]])(piece)
    lines = said(capsys, task, unfinished)
    assert not [line for line in lines if line.startswith("no ")], lines
    assert [line for line in lines if line.startswith("ok ")], lines


@pytest.mark.parametrize(("task", "old", "new", "says"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_named(capsys, task, old, new, says):
    lines = said(capsys, task, namespace(task, old, new))
    wrong = [line for line in lines if line.startswith("no ")]
    assert any(says in line for line in wrong), lines


@pytest.mark.parametrize("variant", [v.name for v in variants_of(NAME)])
def test_right_variants_are_ok(capsys, variant):
    found = next(v for v in variants_of(NAME) if v.name == variant)
    names = namespace()
    for task in found.tasks:
        owner = CHECKS[task][1]
        if isinstance(found.right, type):
            names[owner] = found.right
        else:
            method = {"net": 4, "sig": 8}[task[:3]]
            setattr(names[owner], task[method:].lstrip("-"), found.right)
    for task in found.tasks:
        with np.errstate(over="ignore"):
            lines = said(capsys, task, names)
        assert all(line.startswith("ok ") for line in lines), (task, lines)


def test_without_keras_the_rest_is_checked(capsys, monkeypatch):
    def missing() -> Any:
        raise keras_backend.KerasMissing("Keras is not installed (pip install tensorflow)")

    monkeypatch.setattr("utils.checks.net_cases.import_keras", missing)
    lines = said(capsys, "net-backward", namespace())
    assert lines[0] == "- 2.3 cannot compare: Keras is not installed (pip install tensorflow)"
    assert [line[:2] for line in lines[1:]] == ["ok", "ok", "ok"]


@pytest.mark.parametrize("slip", slips_of(NAME), ids=lambda slip: slip.name)
def test_a_slip_gets_a_remark(capsys, slip):
    names = classroom.namespace(NAME, classroom.with_slip(NAME, slip))
    lines = said(capsys, slip.task, names)
    assert [line for line in lines if line.startswith("no ")], lines
