"""The labels of the mystery photos of `keras-cnn`, and the script that makes the photos anew; it scores nothing.

    python -m autograder.answers.photos 4711        # any number that students do not know; CIFAR-10 must be there

The photos are test images of CIFAR-10, half of them mirrored, all a little brighter or darker, so that none is found by
comparing bytes. Honestly: labels of CIFAR-10 are public, and whoever looks for the nearest test image finds them. The
points of the file are few for that reason, and the results table with its curves is read by a person.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from utils import data

Array = np.ndarray

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "utils" / "mystery_photos.npz"
LABELS = Path(__file__).with_name("mystery_photos.txt")
COUNT = 400


def photo_labels() -> Array:
    """Class ids `(400,)` int64 of `utils/mystery_photos.npz`, in its order, 40 of each class."""
    return np.array([int(digit) for digit in LABELS.read_text(encoding="ascii").strip()], dtype=np.int64)


def perfect_file() -> str:
    """The file of a student who gets everything right: what our own imaginary students hand in.

    >>> perfect_file().splitlines()[0]
    'Id,Category'
    """
    return "Id,Category\n" + "".join(f"{k},{label}\n" for k, label in enumerate(photo_labels()))


def make(seed: int, images: Array, labels: Array, *, count: int = COUNT) -> tuple[Array, Array]:
    """Photos `(count, C, H, W)` of bytes and their labels `(count,)`, as many of each of the ten classes.

    >>> photos, answers = make(1, np.ones((30, 3, 4, 4)) / 2, np.arange(30) % 10, count=20)
    >>> photos.shape, str(photos.dtype), np.bincount(answers).tolist()
    ((20, 3, 4, 4), 'uint8', [2, 2, 2, 2, 2, 2, 2, 2, 2, 2])
    """
    rng = np.random.default_rng(seed)
    chosen = [rng.permutation(np.flatnonzero(labels == k))[: count // 10] for k in range(10)]
    order = rng.permutation(np.concatenate(chosen))
    photos = images[order].astype(np.float64)
    mirrored = rng.random(count) < 0.5
    photos[mirrored] = photos[mirrored][..., ::-1]
    photos *= rng.uniform(0.9, 1.1, size=(count, 1, 1, 1))
    return np.rint(255 * photos.clip(0, 1)).astype(np.uint8), labels[order]


def main(seed: int) -> None:
    """Writes both files."""
    test = data.load("cifar10").test
    photos, labels = make(seed, test.images, test.labels)
    np.savez_compressed(IMAGES, images=photos)
    LABELS.write_text("".join(map(str, labels)) + "\n", encoding="ascii")
    print(f"{IMAGES}\n{LABELS}\nGenerate and release the assignments again: old predictions fit no longer.")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].isdecimal():
        raise SystemExit("usage: python -m autograder.answers.photos SEED")
    main(int(sys.argv[1]))
