"""Hands in 20,000 cells."""

from nbformat.v4 import new_code_cell

from tests.attacks import as_bytes


def tamper(notebook, name):
    notebook.cells += [new_code_cell("1") for _ in range(20_000)]
    return {name: as_bytes(notebook)}
