"""%matplotlib inline, %load_ext autoreload, !ls, %pip and %timeit in cells of all kinds."""

from tests.oddities import insert, place, saved


def hand_in(solved):
    cell = solved.cells[place(solved, "conv-1x1-todo")]
    cell.source = "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n!ls\n" + cell.source
    return saved(insert(solved, 4, "%pip install numpy\n!pip install tqdm\n%timeit -n 1 -r 1 sum(range(9))"))
