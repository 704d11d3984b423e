"""A gradebook whose making was killed in the middle is completed when it is next opened."""

from __future__ import annotations

import os
import shutil

import pytest
from nbgrader.api import SourceCell
from sqlalchemy import text

from autograder import course
from autograder.batch.gradebook import Writer
from autograder.batch.settings import settings
from autograder.shell import environment
from tests import classes

ASSIGNMENT = "conv-layers"
HERE = f"demo/test-gradebook-{os.getpid()}"


@pytest.fixture
def writer(monkeypatch):
    """A gradebook that knows the assignment."""
    monkeypatch.setenv("PATH", environment()["PATH"])  # nbgrader calls `alembic` by name
    monkeypatch.delenv("COURSE_DB_URL", raising=False)
    (course.ROOT / HERE).mkdir(parents=True)
    with Writer(settings(HERE)) as one:
        one.know(ASSIGNMENT)
        yield one
    shutil.rmtree(course.ROOT / HERE)


def test_where_no_environment_is_activated_the_command_makes_a_gradebook():
    folder = f"{HERE}-plain"
    classes.hand_in(folder, "ann", b"{}")
    try:
        said = classes.grade(folder, env={"PATH": os.defpath})
        assert "1 graded" in said
    finally:
        shutil.rmtree(course.ROOT / folder)


def known(writer: Writer) -> set[str]:
    """The cells of the assignment in the gradebook."""
    return {cell.name for cell in writer.gradebook.find_notebook(ASSIGNMENT, ASSIGNMENT).source_cells}


def test_an_assignment_that_is_half_known_is_learned_again(writer):
    whole = known(writer)
    writer.gradebook.db.delete(writer.gradebook.db.query(SourceCell).first())
    writer.gradebook.db.commit()
    assert known(writer) < whole
    writer.know(ASSIGNMENT)
    assert known(writer) == whole


@pytest.mark.parametrize("step", ["DROP TABLE alembic_version", "DELETE FROM alembic_version"])
def test_a_gradebook_without_its_version_gets_it(writer, step):
    asked = text("SELECT version_num FROM alembic_version")
    before = writer.gradebook.db.execute(asked).scalar()
    writer.gradebook.db.execute(text(step))
    writer.gradebook.db.commit()
    with Writer(settings(HERE)) as again:
        assert again.gradebook.db.execute(asked).scalar() == before
