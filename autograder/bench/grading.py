"""Sets the grading of one class beside plain nbgrader's, in one run: time, CPU, memory, and where the time goes.

Plain nbgrader imports Keras in every student's kernel and compares there; see `plain`. Times mean little alone, so the
table gives ratios; a machine that does nothing else gives the steadiest.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import classroom, course
from autograder.bench.meter import Cost, cost_of, whose
from autograder.bench.plain import ASSIGNMENT, write_course
from autograder.demo import as_bytes, six_slips
from autograder.record import Records
from autograder.shell import environment

FOLDER = "demo/bench"
MIB = 2**20


def grading(students: int, jobs: int, *, plain: bool) -> str:
    """The table, for a class of so many students. Without `plain` only our side is run, for large classes."""
    folder = course.ROOT / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    submissions = dict(
        zip((f"student-{i:04d}" for i in range(students)), islice(cycle(_kinds()), students), strict=False)
    )
    for student, notebook in submissions.items():
        place = folder / "submitted" / student / ASSIGNMENT
        place.mkdir(parents=True)
        (place / f"{ASSIGNMENT}.ipynb").write_bytes(as_bytes(notebook))
    python = [sys.executable, "-m"]
    # The assignment's cells come into both gradebooks first: they are not what is compared.
    prepare = [
        *python,
        "nbgrader",
        "generate_assignment",
        ASSIGNMENT,
        f"--CourseDirectory.release_directory={folder}/release",
    ]
    _run(prepare, course.ROOT, folder)
    ours = _run([*python, "autograder", "grade", ASSIGNMENT, "--jobs", str(jobs)], course.ROOT, folder)
    graded = len(Records(folder / "records").load(ASSIGNMENT))
    lines = [
        f"{students} submissions of {ASSIGNMENT}, {jobs} at a time; CPU seconds are those of {whose()}",
        "| | seconds | a notebook | CPU s a notebook | peak memory |",
        "|---|---|---|---|---|",
    ]
    if plain:
        other = _plain(folder / "plain", submissions)
        lines.append(_row("plain nbgrader, Keras in the kernel", other, students))
        lines.append(_row("python -m autograder grade", ours, graded))
        lines.append(f"| ratio | {other.seconds / ours.seconds:.1f} | | {other.cpu / ours.cpu:.1f} | |")
    else:
        lines.append(_row("python -m autograder grade", ours, graded))
    return "\n".join(lines)


@dataclass(frozen=True)
class Part:
    """One part of the work on a notebook, in seconds of wall clock and CPU, this process's alone."""

    what: str
    seconds: float
    cpu: float


def parts(repeats: int = 20) -> str:
    """Where the time of one solved notebook goes in a worker that is warm."""
    from autograder.batch.settings import settings
    from autograder.batch.work import Work, do
    from autograder.grade import release_hashes
    from autograder.intake.handed_in import HandedIn, to_grade
    from autograder.run import NotebookRun
    from autograder.sandbox.kernel import Kernel

    submission = HandedIn(as_bytes(classroom.notebook(ASSIGNMENT)), f"{ASSIGNMENT}.ipynb")
    work = Work("x", ASSIGNMENT, submission, settings().seed, settings().limits, release_hashes(ASSIGNMENT))

    def cells_alone() -> None:
        with NotebookRun(to_grade(submission, ASSIGNMENT).notebook, allow_keras=False) as run:
            run.finish()

    rows = [
        _timed("read and sanitise", lambda: to_grade(submission, ASSIGNMENT), repeats),
        _timed("start and stop a kernel", lambda: Kernel(allow_keras=False).stop(), repeats),
        _timed("the same, and run all cells", cells_alone, repeats),
        _timed("everything: cells, checks, verdicts, record", lambda: do(work), repeats),
    ]
    lines = ["| in a warm worker, for one solved notebook | ms | of it CPU of the grader |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {row.what} | {1e3 * row.seconds:.0f} | {1e3 * row.cpu:.0f} |" for row in rows)])


def _kinds() -> list[NotebookNode]:
    """What the students of the class hand in, in turn: the solution twice, six slips, nothing."""
    solution = classroom.notebook(ASSIGNMENT)
    wrong = [classroom.notebook(ASSIGNMENT, classroom.with_slip(ASSIGNMENT, slip)) for slip in six_slips(ASSIGNMENT)]
    return [solution, *wrong[:3], solution, *wrong[3:], course.release_notebook(ASSIGNMENT)]


def _plain(folder: Path, submissions: dict[str, NotebookNode]) -> Cost:
    write_course(folder, submissions)
    python = [sys.executable, "-m", "nbgrader"]
    _run([*python, "generate_assignment", ASSIGNMENT], folder, folder)
    cost = _run([*python, "autograde", ASSIGNMENT], folder, folder)
    done = nbformat.read(folder / "autograded" / "student-0000" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    errors = [o for cell in done.cells if cell.cell_type == "code" for o in cell.outputs if o.output_type == "error"]
    if errors:
        raise RuntimeError(f"the plain course rejects the solution: {errors[0].ename}: {errors[0].evalue[:300]}")
    return cost


def _run(command: list[str], cwd: Path, folder: Path) -> Cost:
    cost = cost_of(command, cwd=cwd, env=environment(FOLDER), log=folder / "log")
    if cost.status not in (0, 3):
        raise RuntimeError(f"{' '.join(command)} ended with status {cost.status}: see {folder / 'log'}")
    return cost


def _row(what: str, cost: Cost, notebooks: int) -> str:
    each, cpu = cost.seconds / notebooks, cost.cpu / notebooks
    return f"| {what} | {cost.seconds:.1f} | {each:.3f} | {cpu:.3f} | {cost.memory / MIB:.0f} MiB |"


def _timed(what: str, step: Callable[[], object], repeats: int) -> Part:
    step()
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(repeats):
        step()
    return Part(what, (time.perf_counter() - start) / repeats, (time.process_time() - cpu) / repeats)
