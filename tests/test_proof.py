"""Proof of the grader: solutions earn all points, idle answers none, slips fail exactly what they break, variants pass."""

from __future__ import annotations

import os
import re

import pytest

from autograder import cells, classroom, course
from autograder.judge import FAILED, PASSED, judge
from autograder.promise import checks_of, module_name, points_of
from autograder.slips import slips_of
from autograder.variants import variants_of

pytestmark = pytest.mark.filterwarnings("ignore")  # students' code may warn; that must not change a score

SEEDS = [int(s) for s in os.environ.get("PROOF_SEEDS", "1").split(",")]
# All assignments with automatic tasks, or those that PROOF_ASSIGNMENTS names.
WANTED = os.environ.get("PROOF_ASSIGNMENTS", ",".join(course.assignments())).split(",")
GRADED = [name for name in WANTED if checks_of(name).ASSIGNMENT.tasks]
TASKS = [(name, task) for name in GRADED for task in checks_of(name).ASSIGNMENT.tasks if task.defines != "handed_in"]

FIRST = 'next(value for name, value in locals().items() if name != "self")'  # the first argument, whatever its name
GRADS = "{{name: {} * value for name, value in self.params.items()}}"  # zeros, or the parameters themselves
IDLE = (
    "pass",
    "return []",
    "return ()",
    "return 0",
    "return 1.0",
    "return 0.0, 1.0",
    "return np.arange(6).reshape(2, 3)",
    f"return {FIRST}",
    f"return np.zeros_like({FIRST})",
    f"return np.zeros(len({FIRST}), int)",
    *(f"self.w_grad, self.b_grad = {n} * self.weights, {n} * self.bias; return {FIRST}" for n in (0, 1)),
    *(f"return {GRADS.format(n)}" for n in (0, 1)),
    *(f"self.grads = {GRADS.format(n)}; return 0.0" for n in (0, 1)),
)
EARNED_BY_IDLE = {
    "test_dropout_gradient_at_test_time": "handing the gradient on as it came is right there",
    # These judge the file that was handed in, and it is a perfect one here; the cell is about its format only.
    "test_predictions_beat_a_net_without_convolution": "the file is right",
    "test_predictions_are_as_good_as_net_a": "the file is right",
    "test_predictions_are_as_good_as_net_b": "the file is right",
}


def name_of(value: object) -> str:
    return module_name(value) if isinstance(value, str) else getattr(value, "name", str(value))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("assignment", GRADED, ids=name_of)
def test_the_solution_earns_every_point(assignment, seed):
    results = judge(assignment, classroom.student(assignment), seed=seed)
    assert [(r.name, r.message) for r in results if r.outcome != PASSED] == []
    assert sum(r.points for r in results) == sum(points_of(assignment).values()) > 0


@pytest.mark.parametrize("assignment", GRADED, ids=name_of)
def test_the_stub_earns_nothing(assignment):
    results = judge(assignment, classroom.student(assignment, finished=False), seed=1)
    assert [r.name for r in results if r.outcome != FAILED] == []
    assert [r.name for r in results if "not done yet" not in r.message] == []


@pytest.mark.parametrize(("assignment", "task"), TASKS, ids=lambda value: getattr(value, "id", None) or name_of(value))
def test_an_answer_that_does_nothing_earns_nothing(assignment, task):
    todo = classroom.notebook(assignment, finished=False).cells
    stub = next(cell.source for cell in todo if cells.key(cell) == f"{task.id}-todo")
    assert "NotImplementedError" in stub
    for body in IDLE:
        text = re.sub(r"raise NotImplementedError\(.*\)", lambda _, body=body: body, stub)
        results = judge(assignment, classroom.student(assignment, {task.id: text}), seed=1, tasks={task.id})
        earned = [(r.name, r.message) for r in results if r.outcome != FAILED and r.name not in EARNED_BY_IDLE]
        assert earned == [], body


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("assignment", "slip"), [(name, slip) for name in GRADED for slip in slips_of(name)], ids=name_of
)
def test_a_slip_fails_exactly_what_it_breaks(assignment, slip, seed):
    student = classroom.student(assignment, classroom.with_slip(assignment, slip))
    results = judge(assignment, student, seed=seed)
    assert [(r.name, r.message) for r in results if r.outcome not in (PASSED, FAILED)] == []
    failed = {r.name: r.message for r in results if r.outcome == FAILED}
    assert set(failed) == set(slip.fails), failed


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("assignment", "variant"), [(name, v) for name in GRADED for v in variants_of(name)], ids=name_of
)
def test_a_right_variant_earns_every_point(assignment, variant, seed):
    student = classroom.student(assignment, classroom.with_variant(assignment, variant.tasks, variant.right))
    results = judge(assignment, student, seed=seed)
    assert [(r.name, r.message) for r in results if r.outcome != PASSED] == []
