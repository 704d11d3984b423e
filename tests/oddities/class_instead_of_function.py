"""An object that can be called stands for the function."""

from tests.oddities import place, saved


def hand_in(solved):
    source = (
        "class Mixer:\n    def __call__(self, image, weights, bias):\n"
        "        return np.einsum('fc,chw->fhw', weights, image) + bias[:, None, None]\n\n\nconv_1x1 = Mixer()"
    )
    solved.cells[place(solved, "conv-1x1-todo")].source = source
    return saved(solved)
