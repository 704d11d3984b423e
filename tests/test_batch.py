"""The parallel command: the same results as nbgrader's own for any number of workers, whatever kills it, and no more work."""

from __future__ import annotations

import dataclasses
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config

from autograder import classroom, course, demo
from autograder.batch import grading
from autograder.batch.feedback import write_pages
from autograder.batch.gradebook import Writer
from autograder.batch.settings import settings
from autograder.record import Records
from autograder.shell import nbgrader
from tests.classes import ASSIGNMENT, command, environment, grade, gradebook, hand_in, notebooks, records, small_class

HERE = f"demo/test-batch-{os.getpid()}"
pytestmark = pytest.mark.xdist_group("batch")  # one process grades the class for all of them


@pytest.fixture(scope="module")
def parallel():
    """The class graded by two workers; gives its folder and what was printed."""
    folder = f"{HERE}/two"
    small_class(folder)
    said = grade(folder, "--jobs", "2")
    yield folder, said
    shutil.rmtree(course.ROOT / HERE, ignore_errors=True)


@pytest.fixture
def graded_copy(parallel):
    """A copy of the graded class, to change things in."""
    folder = f"{HERE}/copy"
    shutil.rmtree(course.ROOT / folder, ignore_errors=True)
    shutil.copytree(course.ROOT / parallel[0], course.ROOT / folder)
    return folder


def test_points_are_what_they_deserve(parallel):
    points = {student: record["points"] for student, record in records(parallel[0]).items()}
    assert points == {"ada": 100, "boris": 0, "cleo": 95, "dan": 100, "eve": 0, "finn": 0}


def test_the_summary_names_those_somebody_must_look_at(parallel):
    said = parallel[1]
    assert "6 graded, 0 unchanged, 2 to look at" in said
    assert "eve: unreadable" in said
    assert "finn: unreadable" in said


def test_it_is_what_nbgraders_own_command_gives(parallel):
    folder = f"{HERE}/own"
    small_class(folder)
    elsewhere = f"--CourseDirectory.release_directory={course.ROOT / folder / 'release'}"
    nbgrader("generate_assignment", ASSIGNMENT, elsewhere, folder=folder)
    nbgrader("autograde", ASSIGNMENT, folder=folder)
    assert records(folder) == records(parallel[0])
    assert gradebook(folder) == gradebook(parallel[0])
    assert set(notebooks(folder)) == set(notebooks(parallel[0]))
    nbgrader("generate_feedback", ASSIGNMENT, folder=folder)
    nbgrader("generate_feedback", ASSIGNMENT, folder=parallel[0])
    pages = [sorted((course.ROOT / f / "feedback").rglob("*.html")) for f in (folder, parallel[0])]
    assert [p.read_text() for p in pages[0]] == [p.read_text() for p in pages[1]]


@pytest.mark.parametrize("jobs", ["1", "8"])
def test_any_number_of_workers_gives_the_same(parallel, jobs):
    folder = f"{HERE}/jobs-{jobs}"
    small_class(folder)
    grade(folder, "--jobs", jobs)
    assert records(folder) == records(parallel[0])
    assert notebooks(folder) == notebooks(parallel[0])
    assert gradebook(folder) == gradebook(parallel[0])


def test_a_second_run_has_nothing_to_do_and_a_changed_submission_is_graded_again(graded_copy):
    assert "0 graded, 6 unchanged" in grade(graded_copy)
    hand_in(graded_copy, "boris", demo.as_bytes(classroom.notebook(ASSIGNMENT)))
    said = grade(graded_copy)
    assert "1 graded, 5 unchanged" in said
    assert "boris: conv-forward" in said
    assert "failed, 0 of" in said
    assert "-> passed" in said
    assert "another notebook was handed in (1 student)" in said


def test_a_lost_notebook_or_a_gradebook_that_says_otherwise_is_mended(graded_copy):
    right = gradebook(graded_copy)
    with sqlite3.connect(course.ROOT / graded_copy / "gradebook.db") as book:
        book.execute("UPDATE grade SET auto_score = 1 WHERE auto_score = 25")
    (course.ROOT / graded_copy / "autograded" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").unlink()
    assert "1 graded, 5 unchanged" in grade(graded_copy)
    assert gradebook(graded_copy) == right


def test_what_people_wrote_into_the_gradebook_stays(graded_copy):
    url = f"sqlite:///{course.ROOT / graded_copy / 'gradebook.db'}"
    with Gradebook(url) as book:
        one = book.find_grade("conv-backward", ASSIGNMENT, ASSIGNMENT, "cleo")
        one.manual_score, one.extra_credit = 22, 1
        note = book.find_comment("conv-backward-todo", ASSIGNMENT, ASSIGNMENT, "cleo")
        note.manual_comment = "nearly"
        book.db.commit()
    assert "6 graded" in grade(graded_copy, "--regrade")
    with Gradebook(url) as book:
        one = book.find_grade("conv-backward", ASSIGNMENT, ASSIGNMENT, "cleo")
        assert (one.auto_score, one.manual_score, one.extra_credit, one.needs_manual_grade) == (20, 22, 1, True)
        assert book.find_comment("conv-backward-todo", ASSIGNMENT, ASSIGNMENT, "cleo").manual_comment == "nearly"


def test_points_are_taken_from_late_submissions_as_nbgrader_is_configured(graded_copy):
    own = settings(graded_copy)
    strict = dataclasses.replace(
        own, config=Config(own.config | {"LateSubmissionPlugin": Config(penalty_method="zero")})
    )
    with Gradebook(own.db_url, own.course_id) as book:
        book.find_assignment(ASSIGNMENT).duedate = datetime(2026, 11, 19)
        book.db.commit()
    for using, penalty in ((strict, 100), (own, None)):
        with Writer(using) as writer:
            for record in Records(own.records).load(ASSIGNMENT):
                writer.save(
                    record,
                    grading._notebook(own, record),
                    grading.read_submission(own.submitted / record.student / ASSIGNMENT, ASSIGNMENT).files.get(
                        "timestamp.txt"
                    ),
                )
        with Gradebook(own.db_url, own.course_id) as book:
            penalties = {
                s.student.id: s.notebooks[0].late_submission_penalty for s in book.assignment_submissions(ASSIGNMENT)
            }
        assert penalties.pop("dan") == penalty
        assert set(penalties.values()) == {None}


def test_one_student_and_one_task_can_be_graded_again(graded_copy):
    before = records(graded_copy)
    assert "1 graded, 0 unchanged" in grade(graded_copy, "--student", "cleo", "--task", "conv-backward")
    after = records(graded_copy)
    assert after["cleo"].pop("notes") == ["of this record only conv-backward was checked again"]
    assert before["cleo"].pop("notes") == []
    assert after == before


def test_a_feedback_page_that_cannot_be_made_costs_no_other(graded_copy):
    path = course.ROOT / graded_copy / "autograded" / "cleo" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.write_text("no notebook")
    failed = write_pages(ASSIGNMENT, ["cleo", "ada"], 2, graded_copy)
    assert set(failed) == {"cleo"} and failed["cleo"]
    assert (course.ROOT / graded_copy / "feedback" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.html").is_file()


def test_feedback_pages_are_those_of_nbgraders_own_command(graded_copy):
    grade(graded_copy, "--student", "cleo", "--regrade", "--feedback")
    page = course.ROOT / graded_copy / "feedback" / "cleo" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    fast = page.read_text(encoding="utf-8")
    assert "as if the crop were" in fast
    nbgrader("generate_feedback", ASSIGNMENT, "--student", "cleo", "--force", folder=graded_copy)
    assert page.read_text(encoding="utf-8") == fast


def test_the_status_is_one_that_a_script_can_use(graded_copy):
    def status(*options: str) -> int:
        return subprocess.run(
            command(*options), cwd=course.ROOT, env=environment(graded_copy), capture_output=True
        ).returncode

    assert status() == 3, "two submissions have to be looked at"
    assert status("--student", "ada", "--student", "boris") == 0
    assert status("--student", "nobody") == 1


def test_two_commands_do_not_work_on_one_class(graded_copy):
    with grading.alone(settings(graded_copy).records):
        assert "another grade command works on this class" in grade(graded_copy, check=False)


def test_a_wrong_name_is_told_with_the_right_ones(parallel):
    assert "conv-backward, pool-forward" in grade(parallel[0], "--task", "backward", check=False)
    assert "nothing was handed in by nobody" in grade(parallel[0], "--student", "nobody", check=False)


def test_killed_at_any_moment_it_loses_nothing(parallel):
    folder, rng = f"{HERE}/killed", random.Random(20261121)
    small_class(folder)
    kills = 0
    while kills < 20:
        process = subprocess.Popen(
            command("--jobs", "2"),
            cwd=course.ROOT,
            env=environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        time.sleep(rng.uniform(0.3, 7))
        kills += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if (course.ROOT / folder / "records" / ASSIGNMENT).is_dir() and rng.random() < 0.3:
            grade_again = rng.choice(sorted(records(folder)) or ["ada"])  # so that there is always something to do
            shutil.rmtree(course.ROOT / folder / "records" / ASSIGNMENT / grade_again, ignore_errors=True)
    grade(folder)
    assert records(folder) == records(parallel[0])
    assert notebooks(folder) == notebooks(parallel[0])
    assert gradebook(folder) == gradebook(parallel[0])
