"""All cells stand in reverse order."""

from tests.oddities import saved


def hand_in(solved):
    solved.cells.reverse()
    return saved(solved)
