"""Hands in a hundred notebooks: copies, other assignments', broken ones, and folders called like notebooks."""

from tests.attacks import as_bytes


def tamper(notebook, name):
    copies = {f"copy {i}.ipynb": as_bytes(notebook) for i in range(90)}
    broken = {f"broken {i}.ipynb": b'{"cells": [' for i in range(9)}
    return {f"{name}/{name}": as_bytes(notebook), f"{name}/x.csv": b"", **copies, **broken}
