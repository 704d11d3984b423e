"""The corpus of innocent oddities: no point is lost that a fair human would give, and nothing is called broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import classroom
from autograder.grade import Job, grade
from autograder.intake.handed_in import choose_notebook, to_grade
from autograder.record import GRADED
from tests.oddities import ALL, ASSIGNMENT, oddity


@pytest.mark.parametrize("name", ALL)
def test_an_oddity_costs_no_point(name):
    submission = choose_notebook(oddity(name).hand_in(classroom.notebook(ASSIGNMENT)), ASSIGNMENT)
    _, record = grade(Job(ASSIGNMENT, to_grade(submission, ASSIGNMENT), submission.files))
    lost = [f"{p.name}: {p.message}" for task in record.tasks for p in task.promises if p.points < p.max_points]
    assert not lost, record.notes
    assert record.points == record.max_points
    assert record.status == GRADED


def test_every_oddity_says_in_one_line_what_it_is():
    for name in ALL:
        first = (Path(__file__).parent / "oddities" / f"{name}.py").read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith('"""'), name
        assert first.endswith('."""'), name
