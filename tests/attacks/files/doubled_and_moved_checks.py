"""Doubles every check cell, with a text of its own, and moves all of them to the top."""

import copy

from tests.attacks import as_bytes


def tamper(notebook, name):
    checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    copies = copy.deepcopy(checks)
    for cell in copies:
        cell.source = "100.0"
    notebook.cells = copies + checks + [cell for cell in notebook.cells if cell not in checks]
    return {name: as_bytes(notebook)}
