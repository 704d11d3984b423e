"""Writes half characters (lone surrogates) into cells and outputs of the file."""

from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.attacks import as_bytes


def tamper(notebook, name):
    notebook.cells += [new_code_cell("# \ud800"), new_markdown_cell("\udfff")]
    return {name: as_bytes(notebook)}
