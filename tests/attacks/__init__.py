"""Attacks: each a small file with one line on what it tries. `cells` is code in an unfinished notebook, `files` tampers.

A cell attack is the text of a cell that a student puts first in a notebook with nothing done. A file attack has one
function, `tamper(notebook) -> {name: bytes}`, that makes the handed-in files of it.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

HERE = Path(__file__).parent
CELLS = sorted(path.stem for path in (HERE / "cells").glob("[a-z]*.ipy"))  # no .py: nothing must ever import one
FILES = sorted(path.stem for path in (HERE / "files").glob("[a-z]*.py"))


def hand_in(attack: str, notebook: NotebookNode, name: str) -> dict[str, bytes]:
    """The files that the attacker hands in, made of an unfinished notebook called `name`."""
    notebook = nbformat.from_dict(notebook)
    if attack in FILES:
        return importlib.import_module(f"tests.attacks.files.{attack}").tamper(notebook, name)
    code = (HERE / "cells" / f"{attack}.ipy").read_text(encoding="utf-8")
    notebook.cells.insert(1, new_code_cell(code))
    return {name: as_bytes(notebook)}


def as_bytes(notebook: NotebookNode) -> bytes:
    """A notebook as it would be saved, valid or not."""
    return json.dumps(notebook).encode()
