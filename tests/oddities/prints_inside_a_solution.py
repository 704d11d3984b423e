"""A solution prints its shapes and arrays at every call."""

from tests.oddities import MIX, WITH_MIX, place, saved


def hand_in(solved):
    loud = WITH_MIX.replace("    return", "    print('image', image.shape, image)\n    return")
    solved.cells[place(solved, "conv-1x1-todo")].source = f"{MIX}\n\n\n{loud}"
    return saved(solved)
