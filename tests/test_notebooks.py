"""The source notebooks keep the house rules, and assignments/ is what they generate."""

from __future__ import annotations

import re

import pytest

from autograder import cells, course
from autograder.promise import checks_of, points_of
from autograder.shell import nbgrader

NAMES = course.assignments()


@pytest.fixture(params=NAMES)
def name(request) -> str:
    return request.param


def text_of(notebook) -> str:
    return "\n".join(cell.source for cell in notebook.cells)


def test_source_holds_no_outputs_and_stable_ids(name):
    notebook = course.source_notebook(name)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert re.fullmatch(r"[a-z0-9-]+", cell.id), f"{cell.id!r} is no name that a person gave"
        assert cell.id == cells.key(cell)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_points_are_those_of_the_promises(name):
    notebook, points = course.source_notebook(name), points_of(name)
    checks = {cells.key(c): c for c in notebook.cells if cells.role(c) == "check"}
    assert set(checks) == set(points)
    assert list(checks) == [task.id for task in checks_of(name).ASSIGNMENT.tasks], "not the order of the notebook"
    for task, cell in checks.items():
        assert cell.metadata.nbgrader.points == points[task]
    every = [c.metadata.nbgrader.points for c in notebook.cells if cells.role(c) in ("check", "written")]
    assert sum(every) == 100


def test_headings_bear_number_and_points(name):
    text = text_of(course.source_notebook(name))
    for task in checks_of(name).ASSIGNMENT.tasks:
        points = points_of(name)[task.id]
        assert re.search(rf"(?m)^### {re.escape(task.number)} .+\({points:g} points\)$", text), task


def test_every_check_cell_is_short_and_hides_one_line(name):
    for cell in course.source_notebook(name).cells:
        if cells.role(cell) == "check":
            visible, _, hidden = cell.source.partition("### BEGIN HIDDEN TESTS\n")
            assert 1 <= len(visible.strip().splitlines()) <= 3
            assert re.fullmatch(
                rf'from autograder import here; here\.check\("{name}", "{cells.key(cell)}", globals\(\)\)\n'
                "### END HIDDEN TESTS",
                hidden.strip(),
            )


def test_prose_and_given_code_are_short(name):
    for cell in course.source_notebook(name).cells:
        if cells.role(cell) == "text":
            prose = re.sub(r"(?s)<details>.*?</details>|\$\$.*?\$\$|```.*?```", "", cell.source)
            beside = ("|", "#", "**Rubric**")  # tables, headings and the rubric of a written answer are no prose
            prose = "\n".join(line for line in prose.splitlines() if not line.lstrip().startswith(beside))
            assert len(prose.split()) <= 80, f"{cell.id}: {len(prose.split())} words"


def test_the_setup_cell_is_the_same_in_all(name):
    setups = {next(c.source for c in course.source_notebook(n).cells if cells.key(c) == "setup") for n in NAMES}
    assert len(setups) == 1


def test_every_todo_raises_its_own_name_in_the_release(name):
    for cell in course.release_notebook(name).cells:
        if cells.role(cell) == "solution":
            assert re.search(r'raise NotImplementedError\("\d+\.\d+ [\w.]+"\)', cell.source), cell.id


def test_assignments_are_what_source_generates(tmp_path):
    for name in NAMES:
        nbgrader(
            "generate_assignment",
            name,
            f"--CourseDirectory.release_directory={tmp_path / 'assignments'}",
            f"--db=sqlite:///{tmp_path / 'gradebook.db'}",
            "--force",
        )
        made = (tmp_path / "assignments" / name / f"{name}.ipynb").read_bytes()
        assert made == (course.RELEASE / name / f"{name}.ipynb").read_bytes(), f"run `make assignments`: {name} is old"
