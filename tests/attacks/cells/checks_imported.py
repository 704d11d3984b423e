"""Imports the grader, its oracles and its checks, to hand in what they hold."""

import contextlib
import glob

found = []
for name in ("autograder", "autograder.oracles.layers", "autograder.checks.conv_layers", "source"):
    with contextlib.suppress(ImportError):
        found.append(__import__(name))
assert not found, "the autograder can be imported"
assert not glob.glob("../autograder") + glob.glob("../source"), "the course's files lie beside the notebook"
