"""The second look: asked for only where another cell may have what a task lacked, and it forgives no mistake."""

from __future__ import annotations

import pytest

from autograder import classroom, course
from autograder.checks.conv_layers import ASSIGNMENT
from autograder.grade import Job, grade
from autograder.intake.sanitise import Sanitised, sanitise
from autograder.judge import FAILED, PASSED, PromiseResult
from autograder.second_look import without_needless_stubs, worth_it
from tests.oddities import MIX, WITH_MIX, insert, place, saved

NAME = ASSIGNMENT.name


def result(task: str, message: str, outcome: str = FAILED) -> PromiseResult:
    return PromiseResult("p", task, "says", outcome, 0.0, 5.0, message, "", 0.0)


def sanitised(notebook) -> Sanitised:
    return sanitise(saved(notebook)[f"{NAME}.ipynb"], course.release_notebook(NAME))


@pytest.fixture
def later_helper():
    notebook = classroom.notebook(NAME)
    return sanitised(insert(notebook, len(notebook.cells), MIX)).notebook


def test_a_name_that_a_later_cell_defines_is_a_reason_and_others_are_not(later_helper):
    lacks = "your code raised NameError in `conv_1x1`: name 'mix' is not defined"
    assert worth_it(later_helper, [result("conv-1x1", lacks)], ASSIGNMENT) == {"conv-1x1"}
    assert worth_it(later_helper, [result("conv-1x1", lacks.replace("mix", "blend"))], ASSIGNMENT) == set()
    assert worth_it(later_helper, [result("conv-1x1", "wrong by 3e-1")], ASSIGNMENT) == set()
    assert worth_it(later_helper, [result("conv-1x1", lacks, PASSED)], ASSIGNMENT) == set()


def test_an_own_cell_that_does_the_task_is_a_reason():
    notebook = insert(course.release_notebook(NAME), 3, WITH_MIX)
    clean = sanitised(notebook).notebook
    tasks = [result(task.id, "not done yet") for task in ASSIGNMENT.tasks]
    assert worth_it(clean, tasks, ASSIGNMENT) == {"conv-1x1"}


def test_an_unfinished_notebook_gets_no_second_look():
    clean = sanitised(course.release_notebook(NAME)).notebook
    assert worth_it(clean, [result(task.id, "not done yet") for task in ASSIGNMENT.tasks], ASSIGNMENT) == set()


def test_only_stubs_that_another_cell_replaces_are_emptied():
    release = course.release_notebook(NAME)
    clean = sanitised(insert(course.release_notebook(NAME), 3, WITH_MIX)).notebook
    after = without_needless_stubs(clean, release)
    assert after.cells[place(after, "conv-1x1-todo")].source == ""
    assert after.cells[place(after, "naive-conv-todo")] == clean.cells[place(clean, "naive-conv-todo")]
    assert clean.cells[place(clean, "conv-1x1-todo")].source != "", "the notebook itself stays as it was"


def test_a_mistake_is_charged_in_both_looks_and_the_note_names_what_was_helped():
    notebook = classroom.notebook(NAME)
    notebook.cells[place(notebook, "conv-1x1-todo")].source = WITH_MIX
    notebook.cells[place(notebook, "flatten-todo")].source = "class Flatten(Base):\n    pass"
    notebook = insert(notebook, len(notebook.cells), f"{MIX}\n\n\nclass Base:\n    pass")
    _, record = grade(Job(NAME, sanitised(notebook)))
    assert record.task("conv-1x1").points == record.task("conv-1x1").max_points
    assert record.task("flatten").points == 0
    assert record.points == record.max_points - record.task("flatten").max_points
    assert [note for note in record.notes if "4.1" in note]
    assert not [note for note in record.notes if "4.10" in note]
    assert [task.id for task in record.tasks] == [task.id for task in ASSIGNMENT.tasks]
