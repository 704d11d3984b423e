"""Hidden tests of `exploration`: none. The assignment is open-ended and graded by hand throughout.

Its rubric stands in the notebook, below each model answer; the points are those of its written cells. Nothing here
runs, so nothing a student writes in it can fail.
"""

from __future__ import annotations

from autograder.promise import Assignment

ASSIGNMENT = Assignment("exploration", allow_keras=True, tasks=())
