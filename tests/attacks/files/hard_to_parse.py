"""Fills cells without ids with text that is hard to parse: nested, endless, with zero bytes."""

from nbformat.v4 import new_code_cell

from tests.attacks import as_bytes

TEXTS = ["1+" * 9999 + "1", "(" * 9999, "-" * 19_999 + "1", "a." * 9999 + "a", "lambda:" * 2800 + "1", "x = '\0'"]
LONG = "def conv_1x1():\n    " + "[" * 90 + "1," * 90_000


def tamper(notebook, name):
    notebook.cells = [cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("solution")]
    notebook.cells += [new_code_cell(text) for text in [*TEXTS, LONG] * 40]
    return {name: as_bytes(notebook)}
