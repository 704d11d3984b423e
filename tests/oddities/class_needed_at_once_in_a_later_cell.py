"""A TODO cell does not even run without a name from a cell far below."""

from tests.oddities import insert, place, saved


def hand_in(solved):
    cell = solved.cells[place(solved, "flatten-todo")]
    cell.source = cell.source.replace("class Flatten:", "class Flatten(Base):")
    return saved(insert(solved, len(solved.cells), "class Base:\n    pass"))
