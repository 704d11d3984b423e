"""A helper stands in the TODO cell of the next task."""

from tests.oddities import MIX, WITH_MIX, place, saved


def hand_in(solved):
    solved.cells[place(solved, "conv-1x1-todo")].source = WITH_MIX
    solved.cells[place(solved, "naive-conv-todo")].source += f"\n\n\n{MIX}"
    return saved(solved)
