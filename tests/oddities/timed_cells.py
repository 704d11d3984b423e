"""A TODO cell begins with %%time."""

from tests.oddities import place, saved


def hand_in(solved):
    for task in ("conv-1x1", "conv-forward"):
        cell = solved.cells[place(solved, f"{task}-todo")]
        cell.source = "%%time\n" + cell.source
    return saved(solved)
