"""The untouched notebook lies beside the finished one, which has another name."""

from autograder.course import release_notebook
from tests.oddities import ASSIGNMENT, saved


def hand_in(solved):
    return saved(release_notebook(ASSIGNMENT)) | saved(solved, "conv-layers-final.ipynb")
