"""The given class was written anew, with its methods, instead of adding one to it."""

from textwrap import indent

from tests.oddities import place, saved


def hand_in(solved):
    given = solved.cells[place(solved, "convolution-class")].source
    methods = [
        solved.cells[place(solved, f"conv-{way}-todo")].source.partition("\n")[2] for way in ("forward", "backward")
    ]
    source = "\n\n".join([given, *(indent(method, "    ") for method in methods)])
    solved.cells[place(solved, "conv-forward-todo")].source = source
    solved.cells[place(solved, "conv-backward-todo")].source = "# see above"
    return saved(solved)
