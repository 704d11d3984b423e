"""Read the standard files of the data sets with NumPy alone; it runs no code that a file brings along.

CIFAR-10 is published as Python pickles, and a pickle can run any program. `read_pickle` therefore knows three things
only: plain values, bytes, and arrays of bytes; whatever else a file asks for is refused by name.

The formats: http://yann.lecun.com/exdb/mnist (idx), https://www.cs.toronto.edu/~kriz/cifar.html (batches),
https://keras.io/api/datasets (mnist.npz and the folders of Keras's cache).
"""

import gzip
import pickle
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np


class BrokenData(ValueError):
    """A file is there, but it is cut short or holds something else. The message says which, and what to do."""


class Raw(NamedTuple):
    """A data set as its files have it: images (N, C, H, W) uint8 from 0 to `white`, labels (N,) int64."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    white: float = 255.0
    missing: str = ""


def read_mnist(path: Path) -> Raw:
    """Read `mnist.npz`: x_train (60000, 28, 28), y_train (60000,), x_test, y_test, all uint8."""
    arrays = _read_npz(path, ("x_train", "y_train", "x_test", "y_test"))
    return _grey(path, *arrays)


def read_digits() -> Raw:
    """Read the digits that travel with this package: 1,437 images to train with, the last 360 to test."""
    path = Path(__file__).with_name("digits.npz")
    images, labels = _read_npz(path, ("images", "labels"))
    return _grey(path, images[:-360], labels[:-360], images[-360:], labels[-360:])._replace(white=16.0)


def read_fashion_mnist(folder: Path) -> Raw:
    """Read the four gzipped idx files of Fashion-MNIST (or of MNIST itself, which are named alike)."""
    arrays = [
        read_idx(folder / f"{part}-{kind}-ubyte.gz")
        for part in ("train", "t10k")
        for kind in ("images-idx3", "labels-idx1")
    ]
    return _grey(folder, *arrays)


def read_idx(path: Path) -> np.ndarray:
    """Read one gzipped idx file of bytes: two zeros, the type 8, the number of axes, their lengths, the values."""
    try:
        with gzip.open(path, "rb") as file:
            content = file.read()
    except FileNotFoundError:
        raise BrokenData(_remedy(path, "is missing beside its sister files")) from None
    except (OSError, EOFError, zlib.error) as error:
        raise BrokenData(_remedy(path, f"is not a whole gzip file ({error})")) from error
    axes = content[3] if content[:3] == b"\0\0\x08" and len(content) > 3 else 0
    shape = tuple(np.frombuffer(content, ">u4", count=axes, offset=4).tolist()) if len(content) >= 4 + 4 * axes else ()
    if not axes or len(content) != 4 + 4 * axes + int(np.prod(shape)):
        raise BrokenData(_remedy(path, f"is not an idx file of bytes, or is cut short ({len(content):,} bytes)"))
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def read_cifar10(path: Path) -> Raw:
    """Read CIFAR-10 from the folder `cifar-10-batches-py` or from its .tar.gz, which is read in place.

    Some of the five training batches may be missing: what is there is read, and `missing` says what is not.
    """
    batches = _cifar_batches_of_tar(path) if path.is_file() else _cifar_batches_of_folder(path)
    train = [name for name in sorted(batches) if name != "test_batch"]
    if not train or "test_batch" not in batches:
        found = ", ".join(sorted(batches)) or "none"
        raise BrokenData(_remedy(path, f"needs test_batch and at least one of data_batch_1 to 5, found {found}"))
    absent = [f"data_batch_{k}" for k in range(1, 6) if f"data_batch_{k}" not in batches]
    missing = f"{', '.join(absent)} not in {path}: {len(train)} of 5 training batches" if absent else ""
    images, labels = zip(*(batches.pop(name) for name in train), strict=True)
    test_images, test_labels = batches["test_batch"]
    return Raw(np.concatenate(images), np.concatenate(labels), test_images, test_labels, missing=missing)


def read_pickle(file: IO[bytes], name: str) -> Any:
    """Unpickle a dict of plain values and arrays of bytes. `BrokenData` names whatever else a file asks for.

    Strings of Python 2 come as bytes, as in `pickle.load(file, encoding="bytes")`.

    >>> import io
    >>> read_pickle(io.BytesIO(pickle.dumps({"labels": [3, 8]}, protocol=2)), "test_batch")
    {'labels': [3, 8]}
    """
    try:
        content = _ArraysOnly(file, encoding="bytes").load()
        if isinstance(content, dict):
            return {key: value.array() if isinstance(value, _PickledArray) else value for key, value in content.items()}
        return content
    except BrokenData:
        raise
    except Exception as error:  # a damaged pickle can raise nearly anything
        raise BrokenData(_remedy(Path(name), f"is not a whole pickle ({type(error).__name__}: {error})")) from error


class _PickledArray:
    """What a pickle gets when it asks for an array: it keeps the state and calls nothing of NumPy's."""

    state: tuple[Any, ...] = ()

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.state = state

    def array(self) -> np.ndarray:
        """Return the array: state = (version, shape, dtype, whether in Fortran's order, bytes)."""
        _, shape, dtype, fortran, content = self.state
        if not isinstance(dtype, _PickledDtype) or dtype.name not in ("u1", b"u1"):
            raise ValueError(f"an array of {getattr(dtype, 'name', dtype)!r}, expected bytes (u1)")
        return np.frombuffer(content, np.uint8).reshape(shape, order="F" if fortran else "C")


class _PickledDtype:
    """What a pickle gets when it asks for a dtype: its name."""

    def __init__(self, name: str | bytes = "", *_: object) -> None:
        self.name = name

    def __setstate__(self, state: object) -> None:
        """Byte order and the like: one byte has none."""


def _encode(text: str, encoding: str) -> bytes:
    """Python 3 writes bytes into old pickles as text and this call."""
    if encoding != "latin1":
        raise ValueError(f"bytes encoded as {encoding!r}, expected latin1")
    return text.encode("latin1")


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in (("numpy", "ndarray"), ("numpy", "dtype")):
            return _PickledArray if name == "ndarray" else _PickledDtype
        if (module, name) in (("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct")):
            return lambda *_: _PickledArray()
        if (module, name) == ("_codecs", "encode"):
            return _encode
        raise BrokenData(
            f"a data file asks to run {module}.{name}, which no data set needs. Delete the file: it did not come "
            f"from the authors of the data set"
        )


def _cifar_batches_of_folder(folder: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    batches = {}
    for name in _BATCHES:
        if (folder / name).is_file():
            with (folder / name).open("rb") as file:
                batches[name] = _cifar_batch(file, folder / name)
    return batches


def _cifar_batches_of_tar(path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    batches = {}
    try:
        with tarfile.open(path, "r:*") as archive:
            for member in archive:  # in the order of the archive: seeking back in a .gz would read it anew
                name = member.name.rpartition("/")[2]
                file = archive.extractfile(member) if member.isreg() and name in _BATCHES else None
                if file:
                    batches[name] = _cifar_batch(file, path / name)
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise BrokenData(_remedy(path, f"is not a whole archive ({error})")) from error
    return batches


def _cifar_batch(file: IO[bytes], path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return images (N, 3, 32, 32) uint8 and labels (N,) int64 of one batch."""
    batch = read_pickle(file, str(path))
    try:
        images = batch[b"data"].reshape(-1, 3, 32, 32)
        labels = np.array(batch[b"labels"], np.int64)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BrokenData(_remedy(path, f"is not a batch of CIFAR-10 ({error})")) from error
    _expect_pairs(path, images, labels)
    return images, labels


def _read_npz(path: Path, names: tuple[str, ...]) -> list[np.ndarray]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return [arrays[name] for name in names]
    except (
        OSError,
        EOFError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        # TypeError, AttributeError: of a renamed .npy file np.load makes a bare array, which is no context manager
        raise BrokenData(_remedy(path, f"is not a whole .npz with {', '.join(names)} ({error})")) from error


def _grey(path: Path, train: np.ndarray, train_labels: np.ndarray, test: np.ndarray, test_labels: np.ndarray) -> Raw:
    """Add the axis of the one channel."""
    for images, labels in ((train, train_labels), (test, test_labels)):
        if images.ndim != 3 or images.dtype != np.uint8:
            raise BrokenData(_remedy(path, f"has images {images.dtype} {images.shape}, expected uint8 (N, H, W)"))
        _expect_pairs(path, images, labels)
    return Raw(train[:, None], train_labels.astype(np.int64), test[:, None], test_labels.astype(np.int64))


def _expect_pairs(path: Path, images: np.ndarray, labels: np.ndarray) -> None:
    if labels.shape != (len(images),) or not len(labels) or labels.min() < 0 or labels.max() > 9:
        what = f"has {len(images)} images and labels {labels.shape}, expected as many, from 0 to 9"
        raise BrokenData(_remedy(path, what))


def _remedy(path: Path, what: str) -> str:
    return f"{path} {what}. Delete it and download it again: data.download(...) fetches what is missing"


_BATCHES = (*(f"data_batch_{k}" for k in range(1, 6)), "test_batch")
