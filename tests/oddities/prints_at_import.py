"""A module of the student's own beside the notebook, which prints when it is imported."""

from tests.oddities import place, saved

MODULE = b"""
import numpy as np

print("loading my layers")


def conv_1x1(image, weights, bias):
    return np.einsum("fc,chw->fhw", weights, image) + bias[:, None, None]
"""


def hand_in(solved):
    solved.cells[place(solved, "conv-1x1-todo")].source = "from my_layers import conv_1x1"
    return saved(solved) | {"my_layers.py": MODULE}
