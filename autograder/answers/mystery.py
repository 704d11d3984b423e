"""The labels of the mystery digits, for the hidden tests alone; it knows no images and scores nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def mystery_labels() -> np.ndarray:
    """Class ids `(500,)` int64 of `utils/mystery_digits.npz`, in its order."""
    text = Path(__file__).with_name("mystery_digits.txt").read_text(encoding="ascii").strip()
    return np.array([int(digit) for digit in text], dtype=np.int64)


def perfect_predictions() -> str:
    """The file of a student who gets everything right: for our own tests and the demonstration.

    >>> perfect_predictions().splitlines()[0]
    'Id,Category'
    """
    return "Id,Category\n" + "".join(f"{k},{label}\n" for k, label in enumerate(mystery_labels()))
