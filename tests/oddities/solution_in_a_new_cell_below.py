"""The TODO cell was left as it was; the solution stands in a new cell below the check."""

from tests.oddities import insert, place, saved


def hand_in(solved):
    where = place(solved, "conv-forward-todo")
    source, solved.cells[where].source = (
        solved.cells[where].source,
        'raise NotImplementedError("4.3 Convolution.forward")',
    )
    return saved(insert(solved, place(solved, "conv-forward") + 1, source))
