"""Hands in 60 MB of notebook, most of it one text cell."""

from nbformat.v4 import new_markdown_cell

from tests.attacks import as_bytes


def tamper(notebook, name):
    notebook.cells.append(new_markdown_cell("x" * 60_000_000))
    return {name: as_bytes(notebook)}
