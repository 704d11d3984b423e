"""Runs the slips through the public checks of the notebook: which mistakes a student is not told before the deadline."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial

from autograder import cells, classroom, course
from autograder.prove.mutation import prepare
from autograder.prove.pool import run_all
from autograder.slips import slip_of, slips_of

HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS", re.DOTALL)


@dataclass(frozen=True)
class Seen:
    """What the public check of its task prints about a slip: the lines that begin with `no`."""

    assignment: str
    task: str
    slip: str
    complaints: tuple[str, ...]


def of_slips(assignment: str, *, processes: int | None = None) -> Iterator[Seen]:
    """Every slip of an assignment, as the student sees it in the notebook."""
    jobs = [(assignment, slip.name) for slip in slips_of(assignment)]
    for (name, slip), answer in run_all(
        seen, jobs, seconds=120, processes=processes, prepare=partial(prepare, assignment)
    ):
        yield answer or Seen(name, "", slip, ("no answer: it never ends",))


def seen(job: tuple[str, str]) -> Seen:
    """Runs the check cell of the slip's task behind the slip's cell, without its hidden line."""
    assignment, name = job
    slip = slip_of(assignment, name)
    notebook = course.source_notebook(assignment)
    check = next(cell.source for cell in notebook.cells if cells.key(cell) == slip.task and cells.role(cell) == "check")
    names = classroom.namespace(assignment, classroom.with_slip(assignment, slip))
    said = io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(said), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            exec(compile(HIDDEN.sub("", check), f"<check of {slip.task}>", "exec"), names)
        except Exception as error:  # noqa: BLE001 - a check that breaks off says something, too
            print(f"no answer: {type(error).__name__}: {error}")
    lines = said.getvalue().splitlines()
    return Seen(assignment, slip.task, name, tuple(line for line in lines if line.startswith("no ")))
