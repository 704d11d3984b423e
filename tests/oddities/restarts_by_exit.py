"""The last cell of the student's own calls exit()."""

from tests.oddities import insert, saved


def hand_in(solved):
    return saved(insert(solved, len(solved.cells), "exit()"))
