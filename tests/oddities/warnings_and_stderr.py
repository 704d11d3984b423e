"""Warnings and text on stderr, at the top and inside a solution."""

from tests.oddities import place, saved


def hand_in(solved):
    cell = solved.cells[place(solved, "flatten-todo")]
    cell.source = cell.source.replace(
        "        return inputs", "        warnings.warn('slow')\n        return inputs", 1
    )
    cell.source = (
        "import sys\nimport warnings\n\nprint('debug', file=sys.stderr)\nwarnings.warn('mine')\n\n\n" + cell.source
    )
    return saved(solved)
