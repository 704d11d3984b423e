"""Writes into the metadata what the grader itself writes there."""

from tests.attacks import as_bytes


def tamper(notebook, name):
    notebook.metadata["autograder"] = {"unreadable": "", "notes": [], "submission": "x", "points": 1000}
    notebook.metadata["kernelspec"] = {"name": "bash", "display_name": "bash", "language": "bash"}
    return {name: as_bytes(notebook)}
