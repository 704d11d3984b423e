"""The attack corpus: no attack wins a point, none breaks the grader, and each leaves the attacker a record."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import course
from autograder.grade import Job, grade
from autograder.intake.handed_in import choose_notebook, to_grade
from autograder.record import Record
from autograder.run import Limits
from tests.attacks import CELLS, FILES, hand_in

ASSIGNMENT = "conv-layers"
LIMITS = Limits(cell_seconds=5, check_seconds=2, notebook_seconds=60)


def graded(handed_in: dict[str, bytes], assignment: str = ASSIGNMENT) -> Record:
    submission = choose_notebook(handed_in, assignment)
    return grade(Job(assignment, to_grade(submission, assignment), submission.files, limits=LIMITS))[1]


@pytest.mark.parametrize("attack", [*CELLS, *FILES])
def test_an_attack_wins_nothing(attack):
    record = graded(hand_in(attack, course.release_notebook(ASSIGNMENT), f"{ASSIGNMENT}.ipynb"))
    assert record.points == 0
    assert record.max_points == 100
    outcomes = {promise.outcome for task in record.tasks for promise in task.promises}
    assert outcomes == {"failed"}, "an attack must not look like a fault of ours"


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
