"""Solutions with type annotations and dataclasses."""

from tests.oddities import place, saved


def hand_in(solved):
    annotated = (
        "from __future__ import annotations\n\nfrom numpy.typing import NDArray\n\n\n"
        "def conv_1x1(image: NDArray[np.float64], weights: NDArray, bias: NDArray | None) -> NDArray:\n"
        "    result: NDArray = np.einsum('fc,chw->fhw', weights, image) + bias[:, None, None]\n"
        "    return result"
    )
    solved.cells[place(solved, "conv-1x1-todo")].source = annotated
    return saved(solved)
