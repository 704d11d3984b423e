"""A cell calls input(), and so does a solution when it is not given a file."""

from tests.oddities import insert, place, saved


def hand_in(solved):
    cell = solved.cells[place(solved, "conv-1x1-todo")]
    cell.source += "\n\n\nname = input('Your name? ')"
    return saved(insert(solved, 2, "answer = input('Ready? ')"))
