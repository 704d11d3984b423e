"""A right solution in plain loops."""

from tests.oddities import insert, place, saved


def hand_in(solved):
    loops = (
        "def conv_1x1(image, weights, bias):\n"
        "    outputs = np.zeros((len(weights), *image.shape[1:]))\n"
        "    for f in range(len(weights)):\n"
        "        for i in range(image.shape[1]):\n"
        "            for j in range(image.shape[2]):\n"
        "                outputs[f, i, j] = bias[f]\n"
        "                for c in range(len(image)):\n"
        "                    outputs[f, i, j] += weights[f, c] * image[c, i, j]\n"
        "    return outputs"
    )
    solved.cells[place(solved, "conv-1x1-todo")].source = loops
    return saved(insert(solved, 6, "import time\n\ntime.sleep(3)"))
