"""A training cell was edited to run for hours."""

from tests.oddities import place, saved


def hand_in(solved):
    solved.cells[place(solved, "speed-naive")].source += "\nwhile True:\n    pass"
    return saved(solved)
