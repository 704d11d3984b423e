"""Look at a notebook as it was saved: are the released cells there, was it run, was it saved since? It runs nothing.

The notebook format: https://nbformat.readthedocs.io. Graded and TODO cells are known by nbgrader's ids in their metadata.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

Cell = dict[str, Any]

_LARGE = 20_000_000  # bytes; learning management systems often stop at 25 or 50 MB
_UNFINISHED = re.compile(r"""raise NotImplementedError\(["']([^"']+)["']\)""")
_UNANSWERED = "YOUR ANSWER HERE"


class SubmissionError(Exception):
    """The work cannot be packed as it is. The message says why, and what to do."""


def read_notebook(path: Path, content: bytes) -> list[Cell]:
    """Return the cells of a notebook file. `SubmissionError` when it is none."""
    try:
        notebook = json.loads(content)
        cells = notebook["cells"]
        if notebook["nbformat"] != 4 or not all(isinstance(cell["cell_type"], str) for cell in cells):
            raise ValueError("not of format 4")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SubmissionError(
            f"{path.name} is not a notebook that can be read ({type(error).__name__}: {error}). Open it in Jupyter, save "
            f"it (Ctrl+S) and try again; if it does not open, go back to a checkpoint (File > Revert)."
        ) from error
    return cells


def cell_ids(cells: list[Cell]) -> list[str]:
    """Return nbgrader's ids of the graded and the TODO cells, in order."""
    marks = [_mark(cell) for cell in cells]
    return [
        str(mark["grade_id"]) for mark in marks if mark.get("grade_id") and (mark.get("grade") or mark.get("solution"))
    ]


def faults(name: str, cells: list[Cell], released: list[str] | None) -> list[str]:
    """Say which released cells are missing and which are there twice; without `released` only the latter is known."""
    there = Counter(cell_ids(cells))
    found = [
        f"{name}: the cell {cell_id} is missing. Take it back from a fresh copy of the assignment (Edit > Undo Delete "
        f"Cells, or open the copy beside it and paste the cell)."
        for cell_id in released or ()
        if cell_id not in there
    ]
    found += [
        f"{name}: the cell {cell_id} is there {times} times. Delete the copies that you do not want graded."
        for cell_id, times in there.items()
        if times > 1
    ]
    return found


def doubts(path: Path, cells: list[Cell]) -> list[str]:
    """Say what the student may want to know before handing in; none of it stops the packing."""
    code = [cell for cell in cells if cell["cell_type"] == "code" and _source(cell).strip()]
    never = sum(1 for cell in code if cell.get("execution_count") is None)
    failed = [
        _first_line(cell) for cell in code if any(o.get("output_type") == "error" for o in cell.get("outputs", ()))
    ]
    open_tasks = [task for cell in code if _mark(cell).get("solution") for task in _UNFINISHED.findall(_source(cell))]
    unanswered = [str(_mark(cell).get("grade_id")) for cell in cells if _UNANSWERED in _source(cell) and _mark(cell)]
    notes = []
    if code and never == len(code):
        notes.append("no cell has been run in the saved file: run all, save (Ctrl+S) and pack again.")
    elif never:
        notes.append(f"{never} of {len(code)} code cells have not been run in the saved file.")
    if failed:
        notes.append(f"{len(failed)} cells end with an error: {'; '.join(failed[:5])}.")
    if open_tasks:
        notes.append(f"not done yet: {', '.join(open_tasks)}.")
    if unanswered:
        notes.append(f"not answered yet: {', '.join(unanswered)}.")
    if path.stat().st_size > _LARGE:
        megabytes = path.stat().st_size / 1e6
        notes.append(f"the notebook is {megabytes:.0f} MB; clear the outputs of the longest cells if the upload fails.")
    later = _runs_since_saving(cells)
    if later:
        notes.append(f"{later} cells have run since the file was saved: SAVE IT (Ctrl+S) AND PACK AGAIN.")
    return notes


def _runs_since_saving(cells: list[Cell]) -> int:
    """Count the runs of this kernel that the saved file does not know of, by their numbers; 0 where that is not known.

    The numbers start anew with the kernel. A file with higher ones was saved under an earlier kernel: nothing is known.
    """
    if "IPython" not in sys.modules:
        return 0
    shell = sys.modules["IPython"].get_ipython()
    if shell is None:
        return 0
    saved = max((cell.get("execution_count") or 0 for cell in cells if cell["cell_type"] == "code"), default=0)
    sources = shell.history_manager.input_hist_raw[saved + 1 : shell.execution_count]  # without the cell that runs now
    return sum(1 for source in sources if source.strip() and "submit(" not in source)


def _mark(cell: Cell) -> dict[str, Any]:
    mark = cell.get("metadata", {}).get("nbgrader", {})
    return mark if isinstance(mark, dict) else {}


def _source(cell: Cell) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _first_line(cell: Cell) -> str:
    return _source(cell).strip().splitlines()[0][:60]
