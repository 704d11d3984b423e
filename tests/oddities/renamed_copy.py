"""The file is called as a browser calls a second download."""

from tests.oddities import saved


def hand_in(solved):
    return saved(solved, "conv-layers (1).ipynb")
