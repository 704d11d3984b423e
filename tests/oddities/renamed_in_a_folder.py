"""A folder was handed in, with the notebook under a name of the student's own."""

from tests.oddities import saved


def hand_in(solved):
    return saved(solved, "My homework/Übung 4 final.ipynb")
