"""A TODO cell was split in two; the editor gave the second half a new id."""

from tests.oddities import MIX, WITH_MIX, insert, place, saved


def hand_in(solved):
    where = place(solved, "conv-1x1-todo")
    solved.cells[where].source = MIX
    return saved(insert(solved, where + 1, WITH_MIX))
