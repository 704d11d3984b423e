"""The check cells and the given classes were deleted by accident."""

from autograder import cells
from tests.oddities import saved


def hand_in(solved):
    gone = {"conv-1x1", "flatten", "setup", "imports", "pooling-class"}
    solved.cells = [cell for cell in solved.cells if cells.key(cell) not in gone]
    return saved(solved)
