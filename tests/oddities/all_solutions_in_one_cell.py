"""All solutions were written into one new cell, and the TODO cells deleted."""

from autograder import cells
from tests.oddities import insert, place, saved


def hand_in(solved):
    todos = [cell for cell in solved.cells if cells.role(cell) == "solution"]
    source = "\n\n\n".join(cell.source for cell in todos)
    where = place(solved, "dropout-class") + 1
    insert(solved, where, source)
    solved.cells = [cell for cell in solved.cells if cell not in todos]
    return saved(solved)
