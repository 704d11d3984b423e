"""Hands in bytes of no encoding."""


def tamper(notebook, name):
    return {name: bytes(range(256)) * 1000}
