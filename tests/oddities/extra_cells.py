"""Extra cells everywhere: notes, trials, an empty one, one that raises."""

from nbformat.v4 import new_markdown_cell

from tests.oddities import insert, saved


def hand_in(solved):
    for where, source in ((30, "1 / 0"), (20, "conv_1x1?"), (12, ""), (8, "x = 5; x"), (0, "# my homework")):
        insert(solved, where, source)
    solved.cells.insert(3, new_markdown_cell("my notes"))
    return saved(solved)
