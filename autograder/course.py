"""Where the course's files are and how its notebooks are read; it changes nothing on disk."""

from __future__ import annotations

import copy
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "source"
RELEASE = ROOT / "assignments"
UTILS = ROOT / "utils"


def assignments() -> list[str]:
    """Names of the assignments, in the order of the course: by the number of their first task."""
    names = [p.parent.name for p in SOURCE.glob("*/*.ipynb") if p.stem == p.parent.name]
    return sorted(names, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))


ORDER = [
    "linear-classifier",
    "two-layer-net",
    "optimizers",
    "conv-layers",
    "train-a-cnn",
    "keras-cnn",
    "exploration",
]


def left_by_a_run(name: str) -> list[str]:
    """Patterns of the files that running the notebooks of an assignment leaves beside them; never given to students."""
    return ["*predictions.csv", "*.keras", f"{name}-*.zip"]


def source_notebook(name: str) -> NotebookNode:
    """The instructor's notebook of an assignment, solutions included."""
    return copy.deepcopy(_notebook(SOURCE / name / f"{name}.ipynb"))


def release_notebook(name: str) -> NotebookNode:
    """The notebook that students got; grading takes points, order and locked cells from it and from nowhere else."""
    return copy.deepcopy(_notebook(RELEASE / name / f"{name}.ipynb"))


@lru_cache(maxsize=32)
def _notebook(path: Path) -> NotebookNode:
    if not path.is_file():
        raise FileNotFoundError(f"there is no {path}: the assignments are {', '.join(assignments()) or 'missing'}")
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
