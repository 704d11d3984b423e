"""Runs the hidden tests on the notebook one is in: for instructors in a source notebook; students never have this line."""

from __future__ import annotations

from typing import Any

from autograder.grade import SEED
from autograder.judge import judge
from autograder.report import MARKS
from autograder.student import LocalLine, Student


def check(assignment: str, task: str, names: dict[str, Any]) -> None:
    """Prints what came of every promise of a task, checked against these names."""
    student = Student(LocalLine(names))
    for result in judge(assignment, lambda _: student, seed=SEED, tasks={task}):
        print(f"{MARKS[result.outcome]:>2} {result.says}", f": {result.message}" if result.message else "", sep="")
