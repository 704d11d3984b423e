"""Sent by mail: the file is called conv-layers.ipynb.txt."""

from tests.oddities import saved


def hand_in(solved):
    return saved(solved, "conv-layers.ipynb.txt")
