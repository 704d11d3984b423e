"""Makes the mystery digits of `train-a-cnn` anew: images for the students, labels for the grader. Run it every term.

    python -m autograder.answers.make 4711        # any number that students do not know

Each image is a mixture of two digits of one class, turned, moved, and with noise. Honestly: the digits come from the
embedded data set, whose labels are public. Whoever looks for the two digits behind an image classifies by nearest
neighbours, which is no worse an idea than a net; the labels themselves are nowhere in what students get, and the seed
is not kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from utils import data

Array = np.ndarray

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "utils" / "mystery_digits.npz"
LABELS = Path(__file__).with_name("mystery_digits.txt")
COUNT = 500


def make(seed: int, *, count: int = COUNT) -> tuple[Array, Array]:
    """Images `(count, 8, 8)` of bytes from 0 to 16, as in the digits, and their labels `(count,)`, all classes alike.

    >>> images, labels = make(1, count=20)
    >>> images.shape, str(images.dtype), np.bincount(labels).tolist()
    ((20, 8, 8), 'uint8', [2, 2, 2, 2, 2, 2, 2, 2, 2, 2])
    """
    rng = np.random.default_rng(seed)
    digits = data.load("digits").test
    labels = rng.permutation(np.arange(count) % 10)
    images = np.empty((count, 8, 8))
    for k, label in enumerate(labels):
        one, other = digits.images[rng.choice(np.flatnonzero(digits.labels == label), size=2, replace=False), 0]
        share = rng.uniform(0.3, 0.7)
        mixed = _moved(share * one + (1 - share) * other, rng.uniform(-0.3, 0.3), rng.uniform(-1, 1, size=2))
        images[k] = rng.uniform(0.8, 1.2) * mixed + 0.06 * rng.normal(size=(8, 8))
    return np.rint(16 * images.clip(0, 1)).astype(np.uint8), labels


def _moved(image: Array, angle: float, shift: Array) -> Array:
    """The image turned about its centre by `angle` (radians) and moved by `shift` pixels; outside it is black."""
    rows, columns = np.indices(image.shape) - 3.5
    rows, columns = rows - shift[0], columns - shift[1]
    return _between(
        np.pad(image, 4),
        np.cos(angle) * rows + np.sin(angle) * columns + 7.5,
        -np.sin(angle) * rows + np.cos(angle) * columns + 7.5,
    )


def _between(image: Array, rows: Array, columns: Array) -> Array:
    """The image at points between its pixels: the mean of the four around, the nearer the heavier."""
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    down, right = rows - top, columns - left
    upper = (1 - right) * image[top, left] + right * image[top, left + 1]
    lower = (1 - right) * image[top + 1, left] + right * image[top + 1, left + 1]
    return (1 - down) * upper + down * lower


def main(seed: int) -> None:
    """Writes both files."""
    images, labels = make(seed)
    np.savez_compressed(IMAGES, images=images)
    LABELS.write_text("".join(map(str, labels)) + "\n", encoding="ascii")
    print(f"{IMAGES}\n{LABELS}\nGenerate and release the assignments again: old predictions fit no longer.")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].isdecimal():
        raise SystemExit("usage: python -m autograder.answers.make SEED")
    main(int(sys.argv[1]))
