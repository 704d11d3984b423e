"""The student changed check cells and wrote notes into them."""

from tests.oddities import place, saved


def hand_in(solved):
    solved.cells[place(solved, "conv-1x1")].source += "\nprint('this one was hard')"
    solved.cells[place(solved, "flatten")].source = "# check.flatten(Flatten)"
    return saved(solved)
