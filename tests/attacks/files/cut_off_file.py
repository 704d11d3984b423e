"""Hands in half a file."""

from tests.attacks import as_bytes


def tamper(notebook, name):
    content = as_bytes(notebook)
    return {name: content[: len(content) // 2]}
