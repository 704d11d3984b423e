"""Hands in modules called numpy, utils, autograder, json and pytest beside the notebook."""

from tests.attacks import as_bytes

EVIL = b"import sys\nsys.exit(0)\n"


def tamper(notebook, name):
    names = (
        "numpy.py",
        "numpy/__init__.py",
        "utils.py",
        "utils/__init__.py",
        "utils/checks/__init__.py",
        "sitecustomize.py",
    )
    more = (
        "autograder/__init__.py",
        "json.py",
        "pytest.py",
        "conftest.py",
        "ipykernel/__init__.py",
        "usercustomize.py",
    )
    return {name: as_bytes(notebook)} | dict.fromkeys((*names, *more), EVIL)
