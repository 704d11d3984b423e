"""Innocent oddities: each a small file with one line on what it is, and what an honest student with full points hands in.

Every file has one function, `hand_in(solved) -> {path: bytes}`, made of the solved notebook.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import ModuleType

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder import cells

ASSIGNMENT = "conv-layers"
NAME = f"{ASSIGNMENT}.ipynb"
# 4.1 with a helper: `mix` does the sum over channels, and may stand anywhere.
MIX = "def mix(weights, image):\n    return np.einsum('fc,chw->fhw', weights, image)"
WITH_MIX = "def conv_1x1(image, weights, bias):\n    return mix(weights, image) + bias[:, None, None]"
ALL = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def oddity(name: str) -> ModuleType:
    """The module of one oddity."""
    return importlib.import_module(f"tests.oddities.{name}")


def saved(notebook: NotebookNode, name: str = NAME) -> dict[str, bytes]:
    """A notebook as it would be saved, under a name."""
    return {name: json.dumps(notebook, indent=1, ensure_ascii=False).encode()}


def place(notebook: NotebookNode, name: str) -> int:
    """Where the cell of this name is."""
    return next(i for i, cell in enumerate(notebook.cells) if cells.key(cell) == name)


def insert(notebook: NotebookNode, where: int, source: str) -> NotebookNode:
    """The notebook with a code cell of the student's own."""
    notebook.cells.insert(where, new_code_cell(source))
    return notebook
