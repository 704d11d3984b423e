"""Hands in the notebook under a name that looks like a path, a command and a page's code."""

from tests.attacks import as_bytes


def tamper(notebook, name):
    return {"$(touch x) <script>alert(1)<script> ' OR 1=1; .ipynb": as_bytes(notebook)}
