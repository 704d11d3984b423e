"""Rewrites the locked cells: checks that pass, and given classes that do something else."""

from tests.attacks import as_bytes


def tamper(notebook, name):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("locked"):
            cell.source = "100.0"
    return {name: as_bytes(notebook)}
