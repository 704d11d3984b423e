"""Checks tasks again on the finished notebook where only the order of cells may have cost points; it forgives no mistake.

A student who ran cells by hand in another order has a helper further down, or the solution in a cell of his own. Such
tasks get a second look: a new kernel runs all cells before the first check, so that no check has told it anything.
"""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Callable, Iterable

from nbformat import NotebookNode

from autograder import cells, course
from autograder.intake.definitions import covers, defined
from autograder.judge import FAILED, PromiseResult
from autograder.promise import Assignment
from autograder.run import NotebookRun

MISSING = re.compile(r"name '(\w+)' is not defined|has no attribute '(\w+)'")

Judge = Callable[[NotebookRun, set[str]], list[PromiseResult]]


def look_again(
    first: NotebookRun, results: list[PromiseResult], assignment: Assignment, judge: Judge
) -> tuple[list[PromiseResult], list[str]]:
    """The results with every task at its better one of two looks, and a note on each task that this helped.

    `judge(run, tasks)` checks some tasks on a run. Most submissions need no second look and pay nothing for it.
    """
    tasks = worth_it(first.notebook, results, assignment)
    if not tasks:
        return results, []
    notebook = without_needless_stubs(first.notebook, course.release_notebook(assignment.name))
    with dataclasses.replace(first, notebook=notebook, troubles=[], whole=True) as second:
        again = judge(second, tasks)
    notes = []
    for task in assignment.tasks:
        new = [result for result in again if result.task == task.id]
        old = [result for result in results if result.task == task.id]
        if sum(result.points for result in new) > sum(result.points for result in old):
            results = [result for result in results if result.task != task.id] + new
            notes.append(f"{task.number} {task.title} was checked after the last cell: what it needs comes later")
    order = [task.id for task in assignment.tasks]
    return sorted(results, key=lambda result: order.index(result.task)), notes


def worth_it(notebook: NotebookNode, results: Iterable[PromiseResult], assignment: Assignment) -> set[str]:
    """Tasks that failed although another cell of the student's may define what they lacked."""
    places = {cells.key(cell): i for i, cell in enumerate(notebook.cells)}
    theirs = {i: defined(cell.source) for i, cell in enumerate(notebook.cells) if _student_s(cell)}
    found = set()
    for result in results:
        place = places.get(result.task)
        if result.outcome != FAILED or place is None or result.task in found:
            continue
        before = [text for cell in notebook.cells[:place] for text in _errors(cell)]
        lacked = {name for text in [result.message, *before] for pair in MISSING.findall(text) for name in pair if name}
        for i, names in theirs.items():
            elsewhere = i != places.get(f"{result.task}-todo") and covers(names, {assignment.task(result.task).defines})
            if elsewhere or (i > place and lacked & {name.rpartition(".")[2] for name in names}):
                found.add(result.task)
    return found


def without_needless_stubs(notebook: NotebookNode, release: NotebookNode) -> NotebookNode:
    """The notebook, with TODO cells empty that were left as they were while another cell of the student's does their work."""
    stubs = {cells.key(cell): cell.source.strip() for cell in release.cells if cells.role(cell) == "solution"}
    untouched = [cell for cell in notebook.cells if stubs.get(cells.key(cell)) == cell.source.strip()]
    written = [defined(cell.source) for cell in notebook.cells if _student_s(cell) and cell not in untouched]
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell in untouched and defined(cell.source) and covers(set().union(*written), defined(cell.source)):
            cell.source = ""
    return notebook


def _student_s(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and (cells.role(cell) == "solution" or _own(cell))


def _own(cell: NotebookNode) -> bool:
    """Whether a cell of a sanitised notebook was made by the student."""
    return cell.cell_type == "code" and str(cell.get("id", "")).startswith("extra-")


def _errors(cell: NotebookNode) -> list[str]:
    if not _student_s(cell):
        return []
    return [str(o.get("evalue", "")) for o in cell.outputs if o.get("output_type") == "error"]
