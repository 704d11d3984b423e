"""`pytest autograder/checks --student NOTEBOOK`: the hidden tests on any notebook; without the option, no test is here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autograder import course
from autograder.grade import SEED
from autograder.intake.sanitise import closest_release, sanitise
from autograder.judge import generator, ready
from autograder.promise import checks_of, module_name, promises_of
from autograder.run import NotebookRun
from autograder.student import Student


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that names the notebook."""
    parser.addoption("--student", metavar="NOTEBOOK", help="the notebook that the hidden tests check")


def pytest_configure(config: pytest.Config) -> None:
    """Recognises the assignment by the notebook's cells, and starts it."""
    name = config.getoption("--student")
    if name is None:
        return
    if not Path(name).is_file():
        raise pytest.UsageError(f"--student: there is no file {name}")
    content = Path(name).read_bytes()
    assignment = closest_release(content, {n: course.release_notebook(n) for n in course.assignments()})
    if assignment is None:
        raise pytest.UsageError(f"--student: {name} is no notebook of this course")
    clean = sanitise(content, course.release_notebook(assignment))
    if clean.unreadable:
        raise pytest.UsageError(f"--student: {clean.unreadable}")
    run = NotebookRun(clean.notebook, checks_of(assignment).ASSIGNMENT.allow_keras).__enter__()
    config.add_cleanup(lambda: run.__exit__())
    config.stash[ASSIGNMENT], config.stash[RUN] = assignment, run


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves out the checks of every other assignment."""
    if collection_path.suffix == ".py" and collection_path.stem != module_name(config.stash.get(ASSIGNMENT, "")):
        return True
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The order of the notebook, where one is given."""
    if ASSIGNMENT in config.stash:
        order = [one.name for one in promises_of(config.stash[ASSIGNMENT])]
        items.sort(key=lambda item: order.index(item.name) if item.name in order else len(order))


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Student:
    """The student's namespace, after the notebook ran up to this task."""
    task = request.node.get_closest_marker("promise").kwargs["task"]
    return ready(request.config.stash[RUN].advance_to(task), request.config.stash[ASSIGNMENT], SEED)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """The hidden inputs' generator."""
    return generator(SEED, request.node.name)


ASSIGNMENT, RUN = pytest.StashKey[str](), pytest.StashKey[NotebookRun]()
