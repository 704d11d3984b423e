"""Deletes every check cell."""

from tests.attacks import as_bytes


def tamper(notebook, name):
    notebook.cells = [cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")]
    return {name: as_bytes(notebook)}
