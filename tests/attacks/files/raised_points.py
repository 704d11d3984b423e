"""Raises the points of every check, makes some of them text, and forges saved outputs."""

from nbformat.v4 import new_output

from tests.attacks import as_bytes


def tamper(notebook, name):
    for number, cell in enumerate(notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata["nbgrader"]["points"] = 1000 if number % 2 else "abc"
            if cell.cell_type == "code":
                cell.outputs = [new_output("execute_result", data={"text/plain": "1000.0"})]
    return {name: as_bytes(notebook)}
