"""Gives the checks new ids, schema versions of the future, and the flags of another kind of cell."""

from tests.attacks import as_bytes


def tamper(notebook, name):
    for number, cell in enumerate(notebook.cells):
        found = cell.metadata.get("nbgrader")
        if found:
            found["schema_version"] = 99
            found["grade_id"] = f"mine-{number}" if number % 2 else found["grade_id"]
            found["solution"], found["grade"] = found["grade"], found["solution"]
    return {name: as_bytes(notebook)}
