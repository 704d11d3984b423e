"""A cell changes the working folder, the printing of arrays and the random seed."""

from tests.oddities import insert, saved

SOURCE = """
import os
import numpy as np
os.chdir("/tmp")
np.set_printoptions(precision=2)
np.random.seed(1)
np.seterr(all="raise")
"""


def hand_in(solved):
    return saved(insert(solved, 4, SOURCE))
