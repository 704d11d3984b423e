"""The attack corpus: no attack wins a point, none breaks the grader, and each leaves the attacker a record."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder import cells, course
from autograder.grade import Job, grade
from autograder.intake.handed_in import choose_notebook, to_grade
from autograder.promise import checks_of
from autograder.record import Record
from autograder.run import Limits
from tests.attacks import CELLS, FILES, as_bytes, hand_in

ASSIGNMENT = "conv-layers"
LIMITS = Limits(cell_seconds=5, check_seconds=2, notebook_seconds=60)


def graded(handed_in: dict[str, bytes], assignment: str = ASSIGNMENT) -> Record:
    return executed(handed_in, assignment)[1]


def executed(handed_in: dict[str, bytes], assignment: str = ASSIGNMENT) -> tuple[NotebookNode, Record]:
    submission = choose_notebook(handed_in, assignment)
    return grade(Job(assignment, to_grade(submission, assignment), submission.files, limits=LIMITS))


@pytest.mark.parametrize("attack", [*CELLS, *FILES])
def test_an_attack_wins_nothing(attack):
    notebook, record = executed(hand_in(attack, course.release_notebook(ASSIGNMENT), f"{ASSIGNMENT}.ipynb"))
    assert record.points == 0
    assert record.max_points == 100
    outcomes = {promise.outcome for task in record.tasks for promise in task.promises}
    assert outcomes == {"failed"}, "an attack must not look like a fault of ours"
    nbformat.validate(notebook)  # nbconvert makes no page of one that is not
    json.dumps([notebook, record.to_json()], ensure_ascii=False).encode()  # as the writers do


REACHING = """
import gc

def reach(*args, **kwargs):
    for agent in [thing for thing in gc.get_objects() if type(thing).__name__ == "Agent"]:
        for number in range(-1, 6):
            for name in ("__class__", "__globals__", "__dict__", "__init__", "__getattribute__"):
                for rest in ((), (5,), ((), {}), (("__class__",), {})):
                    try:
                        agent.remote(number, name, *rest)
                    except ValueError:
                        continue
                    raise RuntimeError(f"reached {name}")
    raise RuntimeError("reached nothing")
"""


@pytest.mark.parametrize("assignment", ["linear-classifier", "optimizers", "train-a-cnn"])
def test_the_objects_that_a_check_passes_lead_nowhere(assignment):
    """Their real ones live in the grader's process: one `__class__` would be a way to all of it."""
    notebook = course.release_notebook(assignment)
    notebook.cells.insert(1, new_code_cell(REACHING))
    defines = {f"{task.id}-todo": task.defines for task in checks_of(assignment).ASSIGNMENT.tasks}
    for cell in notebook.cells:
        if cells.key(cell) in defines:
            cell.source = f"{defines[cells.key(cell)]} = reach"
    record = graded({f"{assignment}.ipynb": as_bytes(notebook)}, assignment)
    said = " ".join(promise.message for task in record.tasks for promise in task.promises)
    assert record.points == 0
    assert "reached nothing" in said and "reached _" not in said


@pytest.mark.parametrize("attack", ["raised_points", "changed_ids", "doubled_and_moved_checks", "skip_execution_tags"])
def test_a_tampered_but_solved_notebook_keeps_its_points(attack):
    from autograder import classroom

    record = graded(hand_in(attack, classroom.notebook(ASSIGNMENT), f"{ASSIGNMENT}.ipynb"))
    assert record.points == record.max_points or attack == "changed_ids"


def test_every_attack_says_in_one_line_what_it_tries():
    here = Path(__file__).parent / "attacks"
    for path in [*(here / "cells").glob("*.ipy"), *(here / "files").glob("*.py")]:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith('"""'), path
        assert first.endswith('"""'), path
