"""A helper is defined in the last cell: the notebook was run by hand in another order."""

from tests.oddities import MIX, WITH_MIX, insert, place, saved


def hand_in(solved):
    solved.cells[place(solved, "conv-1x1-todo")].source = WITH_MIX
    return saved(insert(solved, len(solved.cells), MIX))
