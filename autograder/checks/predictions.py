"""Scores a file of predictions against labels that the student's kernel never sees; it says what is wrong with a file.

A file has the header Id,Category and then one line an image, Id counting from 0. Spaces and empty lines at the end do
not matter. Nothing of it is evaluated: ids and categories are read as short decimal numbers.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from autograder.compare import Mismatch

HEADER = "Id,Category"


def read(text: Any, count: int, num_class: int) -> np.ndarray:
    """The class ids `(count,)` in the text of a file; a Mismatch names the line that is wrong, and why.

    >>> read("Id,Category\\n0,7\\n1,3\\n", count=2, num_class=10)
    array([7, 3])
    >>> read("Id,Category\\n0,7\\n", count=2, num_class=10)
    Traceback (most recent call last):
    ...
    autograder.compare.Mismatch: 1 line of predictions, expected 2: one for each image
    """
    if not isinstance(text, str):
        raise Mismatch("the file of predictions is no text")
    lines = [line.strip() for line in text.strip().split("\n")]
    if lines == [""]:
        raise Mismatch("the file of predictions is empty")
    if lines[0].replace(" ", "") != HEADER:
        raise Mismatch(f"line 1 is {_shown(lines[0])}, expected the header {HEADER}")
    rows = lines[1:]
    for number, row in enumerate(rows[:count]):
        where, parts = f"line {number + 2}", [part.strip() for part in row.split(",")]
        if len(parts) != 2:
            raise Mismatch(f"{where} is {_shown(row)}, expected two columns: {number} and a class id")
        if parts[0] != str(number):
            raise Mismatch(f"{where} has the Id {_shown(parts[0])}, expected {number}: ids count from 0, in order")
        if not re.fullmatch(r"[0-9]{1,4}", parts[1]) or int(parts[1]) >= num_class:
            raise Mismatch(f"{where} has the unknown class {_shown(parts[1])}: classes are 0 to {num_class - 1}")
    if len(rows) != count:
        lines_of = f"{len(rows)} line{'s' * (len(rows) != 1)} of predictions"
        longer = ", the file is too long" if len(rows) > count else ""
        raise Mismatch(f"{lines_of}, expected {count}: one for each image{longer}")
    return np.array([int(row.split(",")[1]) for row in rows])


def share_right(text: Any, labels: np.ndarray, num_class: int) -> float:
    """The accuracy of a file, from 0 to 1."""
    return float(np.mean(read(text, len(labels), num_class) == labels))


def _shown(part: str) -> str:
    """A piece of a student's file, short and on one line."""
    return repr(part[:30] + ("..." if len(part) > 30 else ""))
