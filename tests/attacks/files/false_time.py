"""Hands in a time stamp that cannot be read, which would end nbgrader's whole command."""

from tests.attacks import as_bytes


def tamper(notebook, name):
    return {name: as_bytes(notebook), "timestamp.txt": b"\xff yesterday \x00 99999999999-99-99"}
