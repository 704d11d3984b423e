"""The proof of the grader: solutions earn every point, stubs none, slips fail exactly what they break, variants pass."""

from __future__ import annotations

import os

import pytest

from autograder import classroom, course
from autograder.judge import FAILED, PASSED, judge
from autograder.promise import checks_of, module_name, points_of
from autograder.slips import slips_of
from autograder.variants import variants_of

pytestmark = pytest.mark.filterwarnings("ignore")  # students' code may warn; that must not change a score

SEEDS = [int(s) for s in os.environ.get("PROOF_SEEDS", "1").split(",")]
# All assignments with automatic tasks, or those that PROOF_ASSIGNMENTS names.
WANTED = os.environ.get("PROOF_ASSIGNMENTS", ",".join(course.assignments())).split(",")
GRADED = [name for name in WANTED if checks_of(name).ASSIGNMENT.tasks]


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
