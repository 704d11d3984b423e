"""The whole way of a small class through nbgrader's own commands, on this course's configuration."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from autograder import cells, classroom, course, demo
from autograder.record import Records
from autograder.shell import environment, nbgrader
from autograder.slips import slips_of
from tests import classes
from tests.classes import without_times

ASSIGNMENT = "conv-layers"
FOLDER = f"demo/test-{os.getpid()}"  # a class of its own for every process that tests


hand_in = partial(classes.hand_in, FOLDER)


@pytest.fixture(scope="module")
def graded() -> dict[str, dict]:
    """Grades the class once; gives its records."""
    folder = course.ROOT / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    solution = classroom.notebook(ASSIGNMENT)
    slip = next(s for s in slips_of(ASSIGNMENT) if s.name == "backward_crop_p_to_minus_p")
    hand_in("ada", demo.as_bytes(solution))
    hand_in("boris", demo.as_bytes(course.release_notebook(ASSIGNMENT)))
    hand_in("cleo", demo.as_bytes(classroom.notebook(ASSIGNMENT, classroom.with_slip(ASSIGNMENT, slip))))
    hand_in("dan", demo.as_bytes(demo.noisy(solution)), numpy__py=b"raise SystemExit")
    hand_in("eve", demo.as_bytes(solution)[:5000])
    hand_in("finn", demo.as_bytes(with_own_cells(solution)))
    hand_in("gus", demo.as_bytes(solution), name="conv-layers (1).ipynb", report__md=b"my report")
    hand_in("hal", b"%PDF", name="report.pdf")
    hand_in("ida", demo.as_bytes(solution), timestamp__txt=b"yesterday", my__ipynb=demo.as_bytes(solution))
    (folder / "submitted" / "ida" / ASSIGNMENT / "link.db").symlink_to(folder / "gradebook.db")
    os.mkfifo(folder / "submitted" / "ida" / ASSIGNMENT / "pipe")
    (folder / "submitted" / "jon" / ASSIGNMENT).mkdir(parents=True)
    # Only the gradebook wants it: the release itself stays as it is.
    elsewhere = f"--CourseDirectory.release_directory={folder / 'release'}"
    nbgrader("generate_assignment", ASSIGNMENT, elsewhere, folder=FOLDER)
    nbgrader("autograde", ASSIGNMENT, folder=FOLDER)
    nbgrader("generate_feedback", ASSIGNMENT, folder=FOLDER)
    nbgrader("export", "--to", str(folder / "grades.csv"), folder=FOLDER)
    yield {record.student: record.to_json() for record in Records(folder / "records").load(ASSIGNMENT)}
    shutil.rmtree(folder, ignore_errors=True)


def with_own_cells(solution):
    """Scripts in outputs and text, which must not reach the pages that an instructor opens."""
    notebook = nbformat.from_dict(solution)
    evil = new_output("display_data", data={"text/html": "<script>alert('evil')</script>", "text/plain": "kept"})
    experiment = next(c for c in notebook.cells if cells.role(c) == cells.EXPERIMENT)
    experiment.outputs = [evil]
    show = "from IPython.display import HTML, display\ndisplay(HTML(\"<script>alert('evil')</script>\"))"
    notebook.cells.insert(3, new_code_cell(show))
    return notebook


def page(student: str) -> str:
    return (course.ROOT / FOLDER / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")


def test_points_are_what_they_deserve(graded):
    points = {student: record["points"] for student, record in graded.items()}
    done = {"ada": 100, "boris": 0, "cleo": 95, "dan": 100, "eve": 0, "finn": 100}
    assert points == done | {"gus": 100, "hal": 0, "ida": 100, "jon": 0}


def test_the_gradebook_has_the_same_points(graded):
    with open(course.ROOT / FOLDER / "grades.csv", encoding="utf-8") as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert exported == {student: record["points"] for student, record in graded.items()}


def test_the_slip_is_named_in_the_feedback(graded):
    task = next(task for task in graded["cleo"]["tasks"] if task["id"] == "conv-backward")
    failed = [promise for promise in task["promises"] if promise["outcome"] == "failed"]
    assert len(failed) == 1
    assert "as if the crop were [p:-p], which is empty when pad is 0" in failed[0]["message"]
    assert "which is empty when pad is 0" in page("cleo")


def test_an_unreadable_notebook_is_a_record_with_a_reason(graded):
    assert graded["eve"]["status"] == "unreadable"
    assert "no valid JSON" in graded["eve"]["reason"]
    assert "no valid JSON" in page("eve")


def test_a_renamed_notebook_is_graded_and_the_record_says_so(graded):
    assert graded["gus"]["notes"] == (
        'the notebook was handed in as "conv-layers (1).ipynb" instead of conv-layers.ipynb; it was graded all the same',
    )
    assert "instead of conv-layers.ipynb" in page("gus")
    folder = course.ROOT / FOLDER
    assert (folder / "submitted" / "gus" / ASSIGNMENT / "conv-layers (1).ipynb").is_file()
    assert sorted(p.name for p in (folder / "autograded" / "gus" / ASSIGNMENT).iterdir()) == [
        "conv-layers.ipynb",
        "report.md",
    ]


def test_a_missing_notebook_is_a_record_with_a_reason(graded):
    assert graded["hal"]["status"] == graded["jon"]["status"] == "unreadable"
    assert graded["hal"]["reason"] == 'no notebook was handed in, only "report.pdf"'
    assert "the folder is empty" in graded["jon"]["reason"]
    assert "the folder is empty" in page("jon")


def test_an_extra_notebook_is_named_and_links_pipes_and_false_times_stop_nothing(graded):
    notes = "\n".join(graded["ida"]["notes"])
    assert '"my.ipynb" was handed in too; it was not graded' in notes
    assert "link.db" in notes
    assert "pipe" in notes
    assert os.listdir(course.ROOT / FOLDER / "autograded" / "ida" / ASSIGNMENT) == [f"{ASSIGNMENT}.ipynb"]


def test_the_feedback_shows_no_hidden_code_and_no_script_of_a_student(graded):
    for student in graded:
        text = page(student)
        assert "HIDDEN TESTS" not in text
        assert "autograder" not in text
        assert "alert('evil')</script>" not in text.replace("&#39;", "'")
    assert "kept" in page("finn")


def test_a_record_says_what_it_depends_on(graded):
    record = graded["ada"]
    assert set(record["hashes"]) == {"submission", "files", "release", "autograder", "utils"}
    assert record["seed"] == 20260101
    assert record["versions"]["nbgrader"]
    assert json.dumps(record)


def test_nbgrader_s_own_warnings_do_not_fill_the_log(graded):
    log = (course.ROOT / FOLDER / "nbgrader.log").read_text(encoding="utf-8")
    assert "Autograding" in log
    assert "SAWarning" not in log


def test_grading_again_gives_the_same(graded):
    nbgrader("autograde", ASSIGNMENT, "--student", "cleo", "--force", folder=FOLDER)
    again = Records(course.ROOT / FOLDER / "records").load(ASSIGNMENT)
    new = next(record for record in again if record.student == "cleo").to_json()
    assert without_times(new) == without_times(graded["cleo"])


def test_a_task_that_could_not_be_checked_waits_for_a_person(graded, tmp_path):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.ROOT / FOLDER / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("conv-backward", ASSIGNMENT, ASSIGNMENT, "cleo")
        assert (grade.auto_score, bool(grade.needs_manual_grade)) == (20, False)


def test_the_hidden_tests_run_on_any_notebook(graded):
    path = Path(FOLDER) / "submitted" / "cleo" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    command = [sys.executable, "-m", "pytest", "autograder/checks", "--student", str(path), "-q", "--tb=line"]
    done = subprocess.run(command, cwd=course.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed" in done.stdout
    assert "empty" not in done.stderr


def run_autograde(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`nbgrader autograde` on the class, with what it says."""
    command = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, *arguments]
    return subprocess.run(
        command, cwd=course.ROOT, env=environment(FOLDER) | variables, capture_output=True, text=True, check=False
    )


def test_without_a_sandbox_the_whole_batch_is_refused_in_one_error(graded):
    before = sorted((course.ROOT / FOLDER / "records").rglob("*.json"))
    done = run_autograde("--force", COURSE_JAIL="none", COURSE_UNSAFE="")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("| ERROR]") == 1
    assert "apt install bubblewrap" in done.stderr
    assert "--TrustedExecute.unsafe=True" in done.stderr
    assert sorted((course.ROOT / FOLDER / "records").rglob("*.json")) == before


def test_without_a_sandbox_it_must_be_asked_for_and_record_and_page_say_so(graded):
    done = run_autograde("--force", "--student=boris", "--TrustedExecute.unsafe=True", COURSE_JAIL="none")
    assert done.returncode == 0, done.stderr
    records = {r.student: r for r in Records(course.ROOT / FOLDER / "records").load(ASSIGNMENT)}
    assert records["boris"].isolation.startswith("NONE")
    assert records["ada"].isolation != records["boris"].isolation
    nbgrader("generate_feedback", ASSIGNMENT, "--student=boris", "--force", folder=FOLDER)
    assert "Graded without a sandbox: NONE" in page("boris")
    assert "Graded without a sandbox" not in page("ada")
