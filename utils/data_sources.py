"""What a data set is, which there are, where their files are looked for, and how they are fetched; no file is read."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from utils import keras_backend


class DataNotFound(FileNotFoundError):
    """No standard file of the data set is where it was looked for. The message says what, where, and what to do."""


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """Images (N, C, H, W), float from 0 (black) to 1, and their class ids `labels` (N,) int64."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        return f"Split(images {self.images.shape} {self.images.dtype}, labels {self.labels.shape})"


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """A data set in three splits: fit on `train`, choose on `val`, quote `test` once.

    `name` is the data set that was really loaded; `class_names[label]` is the name of a class.
    """

    name: str
    train: Split
    val: Split
    test: Split
    class_names: tuple[str, ...]

    @property
    def image_shape(self) -> tuple[int, ...]:
        """Shape of one image: (C, H, W)."""
        return self.train.images.shape[1:]

    @property
    def num_classes(self) -> int:
        return len(self.class_names)

    def __repr__(self) -> str:
        sizes = f"{len(self.train):,} training, {len(self.val):,} validation, {len(self.test):,} test images"
        return f"<{self.name}: {sizes} {self.image_shape}, {self.num_classes} classes>"


class Source(NamedTuple):
    """Where a data set comes from, and the names of its files or folders, the first preferred."""

    url: str
    megabytes: int
    names: tuple[str, ...]


SOURCES = {
    "mnist": Source("https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz", 11, ("mnist.npz",)),
    "fashion_mnist": Source(
        "https://github.com/zalandoresearch/fashion-mnist/tree/master/data/fashion", 30, ("fashion-mnist",)
    ),
    "cifar10": Source(
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        170,
        (
            "cifar-10-batches-py",
            "cifar-10-batches-py-target/cifar-10-batches-py",  # Keras 3 unpacks it so
            "cifar-10-python.tar.gz",
            "cifar-10-batches-py.tar.gz",  # Keras 2 calls it so
        ),
    ),
}

_DIGITS = tuple("0123456789")
_CLOTHES = "T-shirt/top, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot"
CLASS_NAMES = {
    "cifar10": ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    "mnist": _DIGITS,
    "fashion_mnist": tuple(_CLOTHES.split(", ")),
    "digits": _DIGITS,
}


def places() -> list[tuple[Path, str]]:
    """Return the folders that are searched, in order, each with what it is."""
    found = []
    if os.environ.get("COURSE_DATA"):
        found.append((Path(os.environ["COURSE_DATA"]).expanduser(), "$COURSE_DATA"))
    course = Path(__file__).resolve().parent.parent
    if Path.cwd() != course:
        found.append((Path.cwd() / "data", "beside the notebook"))
    found.append((course / "data", "of the course"))
    keras_home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    found.append((keras_home / "datasets", "Keras's cache"))
    return found


def find(name: str) -> Path | None:
    """Return the file or folder of a data set, None where there is none. The first place wins."""
    candidates = (place / file for place, _ in places() for file in SOURCES[name].names)
    return next((path for path in candidates if path.exists()), None)


def download(name: str) -> Path:
    """Fetch a data set into Keras's cache, where `data.load` finds it from then on (CIFAR-10: 170 MB).

    Returns where it is. Needs Keras and a network, else `DataNotFound` says what else can be done.
    """
    if name not in SOURCES:
        raise ValueError(f"{name!r} cannot be downloaded; there are {', '.join(SOURCES)}")
    try:
        keras, _ = keras_backend.import_keras()
    except ImportError as error:
        raise _not_found(name, f"a download needs Keras: {error}") from error
    print(f"downloading {name} ({SOURCES[name].megabytes} MB) into Keras's cache ...", flush=True)
    try:
        getattr(keras.datasets, name).load_data()
    except Exception as error:  # Keras raises a bare Exception when the network is down
        raise _not_found(name, f"the download failed: {error}") from error
    path = find(name)
    if path is None:
        raise _not_found(name, "the download left none of its files")
    return path


def _not_found(name: str, reason: str) -> DataNotFound:
    source = SOURCES[name]
    looked = "\n".join(f"  {place}  ({what}{'' if place.is_dir() else ', no such folder'})" for place, what in places())
    return DataNotFound(
        f"{name} was not found, and {reason}.\n"
        f"Looked for {' or '.join(source.names)} in\n{looked}\n"
        f'What to do: with a network, run data.download("{name}") once; or fetch it from {source.url} and put it '
        f'into one of these folders; or go on with small images: data.load("{name}", otherwise="digits").'
    )
