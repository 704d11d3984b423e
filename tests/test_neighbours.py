"""One student's attack is nobody else's trouble: the others' records are the same as in a class without the attackers."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from autograder import classroom, course, demo
from autograder.shell import nbgrader
from autograder.slips import slips_of
from tests.attacks import hand_in
from tests.classes import grade, records

ASSIGNMENT = "conv-layers"
FOLDER = f"demo/test-neighbours-{os.getpid()}"
# What a neighbour would feel most: every process killed, libraries and `utils` rewritten, processes left behind.
ATTACKS = ("kills_everybody", "rewritten_utils", "helper_that_stays")
QUICK = ("--TrustedExecute.cell_seconds=10",)


def students() -> dict[str, bytes]:
    slip = next(s for s in slips_of(ASSIGNMENT) if s.name == "backward_crop_p_to_minus_p")
    right, wrong = classroom.notebook(ASSIGNMENT), classroom.notebook(ASSIGNMENT, classroom.with_slip(ASSIGNMENT, slip))
    return {"bea": demo.as_bytes(right), "dora": demo.as_bytes(wrong)}


def graded(name: str, *, attacked: bool, parallel: bool) -> dict[str, dict]:
    """The records of a class, the attackers before, between and behind the honest ones; by either command."""
    folder = course.ROOT / FOLDER / name
    submitted = {student: {f"{ASSIGNMENT}.ipynb": content} for student, content in students().items()}
    for student, attack in zip(("adam", "carl", "eric"), ATTACKS if attacked else (), strict=False):
        submitted[student] = hand_in(attack, course.release_notebook(ASSIGNMENT), f"{ASSIGNMENT}.ipynb")
    for student, files in submitted.items():
        for path, content in files.items():
            place = folder / "submitted" / student / ASSIGNMENT / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    here = str(Path(FOLDER) / name)
    if parallel:
        grade(here, "--jobs", "2")
    else:
        # Only the gradebook wants it: the release itself stays as it is.
        elsewhere = f"--CourseDirectory.release_directory={folder / 'release'}"
        nbgrader("generate_assignment", ASSIGNMENT, elsewhere, folder=here)
        nbgrader("autograde", ASSIGNMENT, *QUICK, folder=here)
    return records(here)


@pytest.fixture
def folder():
    yield
    shutil.rmtree(course.ROOT / FOLDER, ignore_errors=True)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("parallel", [False, True], ids=["nbgrader", "parallel"])
def test_the_others_records_are_the_same_with_and_without_attackers(parallel):
    quiet = graded("quiet", attacked=False, parallel=parallel)
    attacked = graded("attacked", attacked=True, parallel=parallel)
    assert {student: record["points"] for student, record in attacked.items()} == {
        "adam": 0,
        "bea": 100,
        "carl": 0,
        "dora": 95,
        "eric": 0,
    }
    assert set(quiet) == {"bea", "dora"}
    for student, record in quiet.items():
        assert attacked[student] == record
