"""A small class of imaginary students, graded as a real one would be: by nbgrader's own commands, in the folder demo/.

It writes below demo/ (and assignments/, which it generates anew) and nowhere else.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder import cells, classroom, course
from autograder.answers import perfect_files
from autograder.promise import checks_of
from autograder.shell import nbgrader
from autograder.slips import Slip, slips_of

FOLDER = "demo"
# The endless student should not make the audience wait for as long as a real class would.
PATIENCE = ["--TrustedExecute.check_seconds=5"]


def make_class(assignment: str, submitted: Path) -> dict[str, str]:
    """Writes the submissions of one assignment; returns what each student handed in, in words."""
    said = {}
    for student, (words, content) in pupils(assignment).items():
        folder = submitted / student / assignment
        folder.mkdir(parents=True)
        (folder / f"{assignment}.ipynb").write_bytes(content)
        for name, file in ({} if student == "stub" else perfect_files(assignment)).items():
            (folder / name).write_bytes(file)
        said[student] = words
    return said


def pupils(assignment: str) -> dict[str, tuple[str, bytes]]:
    """Every imaginary student of an assignment: in words, and the bytes handed in."""
    solution = classroom.notebook(assignment)
    made: dict[str, tuple[str, bytes]] = {
        "solution": ("the solution", as_bytes(solution)),
        "stub": ("nothing done", as_bytes(course.release_notebook(assignment))),
    }
    for number, slip in enumerate(six_slips(assignment), 1):
        wrong = classroom.notebook(assignment, classroom.with_slip(assignment, slip))
        made[f"slip-{number}"] = (in_words(slip.name), as_bytes(wrong))
    made["noisy"] = ("the solution, with noise and warnings on stderr", as_bytes(noisy(solution)))
    made["raises"] = ("one task raises", as_bytes(spoilt(assignment, 'raise ValueError("I give up")')))
    made["endless"] = ("one task never ends", as_bytes(spoilt(assignment, "while True: pass")))
    made["broken"] = ("a file cut off in the middle", as_bytes(solution)[:3000])
    return made


def six_slips(assignment: str) -> list[Slip]:
    """Six slips, of as many different tasks as there are."""
    by_task: dict[str, list[Slip]] = {}
    for slip in slips_of(assignment):
        by_task.setdefault(slip.task, []).append(slip)
    rounds = max(map(len, by_task.values()), default=0)
    spread = [slips[i] for i in range(rounds) for slips in by_task.values() if i < len(slips)]
    return spread[:6]


def in_words(name: str) -> str:
    """The name of a function or a class as words.

    >>> in_words("crop_p_to_minus_p"), in_words("ForgetsTheLastReLU")
    ('crop p to minus p', 'forgets the last ReLU')
    """
    words = re.split(r"_|(?<=[a-z])(?=[A-Z][a-z])", name)
    return " ".join(word.lower() if word.istitle() else word for word in words)


def noisy(notebook: NotebookNode) -> NotebookNode:
    """The same with a cell of the student's own that writes on stderr, warns and prints a false score."""
    loud = (
        'import sys, warnings\nprint("noise", file=sys.stderr)\nwarnings.warn("more noise")\nprint("15 of 15 points")'
    )
    copy = nbformat.from_dict(notebook)
    copy.cells.insert(2, new_code_cell(loud))
    return copy


def spoilt(assignment: str, line: str) -> NotebookNode:
    """The solution, except that the function of one task does `line` instead."""
    task = checks_of(assignment).ASSIGNMENT.tasks[1]
    todo = next(c for c in course.release_notebook(assignment).cells if cells.key(c) == f"{task.id}-todo")
    return classroom.notebook(assignment, {task.id: re.sub(r"raise NotImplementedError\(.*\)", line, todo.source)})


def as_bytes(notebook: NotebookNode) -> bytes:
    """A notebook as the file that Jupyter would save."""
    return nbformat.writes(notebook).encode()


def run(names: list[str], say: Callable[[str], None]) -> dict[str, dict[str, str]]:
    """Generates, hands in, grades and writes the feedback and the CSV; returns what each student handed in."""
    os.environ.pop("COURSE_DB_URL", None)  # imaginary students have no place in the gradebook of a real class
    folder = course.ROOT / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    said: dict[str, dict[str, str]] = {}
    for name in names:
        say(f"{name}: generate the assignment")
        nbgrader("generate_assignment", name, "--force", folder=FOLDER)
        said[name] = make_class(name, folder / "submitted")
    # Known before two commands grade at a time: each would add the students that it does not find.
    (folder / "students.csv").write_text(
        "\n".join(["id", *dict.fromkeys(s for one in said.values() for s in one)]) + "\n"
    )
    nbgrader("db", "student", "import", str(folder / "students.csv"), folder=FOLDER)

    def grade(name: str) -> None:
        say(f"{name}: grade {len(said[name])} students")
        nbgrader("autograde", name, *PATIENCE, folder=FOLDER)
        say(f"{name}: write the feedback")
        nbgrader("generate_feedback", name, folder=FOLDER)

    with ThreadPoolExecutor(max_workers=2) as pool:  # two assignments at a time, each by nbgrader's own command
        list(pool.map(grade, names))
    say("export the grades")
    nbgrader("export", "--to", str(folder / "grades.csv"), folder=FOLDER)
    return said


def gradable(assignment: str) -> bool:
    """Whether an assignment has automatically graded tasks (exploration is graded by hand throughout)."""
    return bool(checks_of(assignment).ASSIGNMENT.tasks)
