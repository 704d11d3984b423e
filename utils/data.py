"""CIFAR-10, MNIST, Fashion-MNIST and small digits as NumPy arrays; it never puts one in another's place unasked.

    dataset = data.load("cifar10", num_training=10_000, num_validation=1_000)
    dataset.train.images        # (10000, 3, 32, 32) float64 from 0 to 1
    dataset.class_names[dataset.train.labels[0]]

The files are the standard ones, looked for in `$COURSE_DATA`, in `data/` (of the working folder, then of the course)
and in Keras's cache; what is nowhere is downloaded through Keras. The digits need no file: they travel with this
package in `digits.npz`, 1,797 grey images of 8x8 pixels made from scikit-learn's `load_digits` (BSD-3-Clause), which is
the test set of "Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak 1998, UCI Machine Learning
Repository, https://doi.org/10.24432/C50P49, licence CC BY 4.0.

Memory: 50,000 images of CIFAR-10 are 154 MB as bytes, 614 MB as float32, 1.2 GB as float64. Only the images asked for
are converted, so ask for as many as you need, or for `dtype=np.float32`.
"""

import numpy as np

from utils import data_files
from utils.data_files import BrokenData, Raw
from utils.data_sources import CLASS_NAMES, DataNotFound, Dataset, Split, download, find

__all__ = [
    "BrokenData",
    "DataNotFound",
    "Dataset",
    "Split",
    "as_rows",
    "download",
    "get_CIFAR10_data",
    "load",
    "one_hot",
    "split_80_10_10",
]

_READERS = {
    "mnist": data_files.read_mnist,
    "fashion_mnist": data_files.read_fashion_mnist,
    "cifar10": data_files.read_cifar10,
}


def load(
    name: str,
    *,
    otherwise: str | None = None,
    num_training: int | None = None,
    num_validation: int | None = None,
    num_test: int | None = None,
    seed: int = 0,
    dtype: type | np.dtype = np.float64,
) -> Dataset:
    """Load "cifar10", "mnist", "fashion_mnist" or "digits".

    The data set's own training images are shuffled by `seed`; the first `num_validation` (a tenth of them unless told)
    become the validation split, the next `num_training` (all the rest unless told) the training split. The validation
    split thus stays the same when `num_training` changes. The data set's own test images keep their order; `num_test`
    takes the first so many.

    `otherwise="digits"` names the data set to use where the first is not on this computer: that is printed. Without
    `otherwise`, a data set that is not there is downloaded. Asking for more images than there are gives what there is,
    and is printed, too; the validation split then takes at most a fifth.

    Raises `DataNotFound` or `BrokenData`: their messages say what was looked for, where, and what to do.

    >>> load("digits", num_training=1000, num_validation=200)
    <digits: 1,000 training, 200 validation, 360 test images (1, 8, 8), 10 classes>
    """
    name, raw = _read(name, otherwise)
    order = np.random.default_rng(seed).permutation(len(raw.train_labels))
    num_validation, num_training = _share(name, len(order), num_validation, num_training)
    num_test = _at_most(f"test images of {name}", len(raw.test_labels), num_test)
    val, train = order[:num_validation], order[num_validation : num_validation + num_training]
    return Dataset(
        name,
        _split(raw, raw.train_images[train], raw.train_labels[train], dtype),
        _split(raw, raw.train_images[val], raw.train_labels[val], dtype),
        _split(raw, raw.test_images[:num_test], raw.test_labels[:num_test], dtype),
        CLASS_NAMES[name],
    )


def split_80_10_10(
    name: str = "mnist",
    *,
    otherwise: str | None = None,
    num_images: int | None = None,
    seed: int = 0,
    dtype: type | np.dtype = np.float64,
) -> Dataset:
    """Pool all images, shuffle them by `seed` and deal them out: 80 % training, 10 % validation, 10 % test.

    MNIST gives 56,000, 7,000 and 7,000. `num_images` deals out the first so many after shuffling. The test split is
    not the data set's own here: say so beside a figure.

    >>> split_80_10_10("digits")
    <digits: 1,439 training, 179 validation, 179 test images (1, 8, 8), 10 classes>
    """
    name, raw = _read(name, otherwise)
    images = np.concatenate([raw.train_images, raw.test_images])
    labels = np.concatenate([raw.train_labels, raw.test_labels])
    order = np.random.default_rng(seed).permutation(len(labels))[
        : _at_most(f"images of {name}", len(labels), num_images)
    ]
    tenth = len(order) // 10
    train, val, test = np.split(order, [len(order) - 2 * tenth, len(order) - tenth])
    return Dataset(
        name,
        _split(raw, images[train], labels[train], dtype),
        _split(raw, images[val], labels[val], dtype),
        _split(raw, images[test], labels[test], dtype),
        CLASS_NAMES[name],
    )


def get_CIFAR10_data(
    num_training: int = 49000,
    num_validation: int = 1000,
    num_test: int = 1000,
    *,
    rows: bool = False,
    scale: float = 255.0,
    otherwise: str | None = None,
    seed: int = 0,
    dtype: type | np.dtype = np.float64,
) -> dict[str, np.ndarray]:
    """CIFAR-10 with the mean training image subtracted: X_train, y_train, X_val, y_val, X_test, y_test.

    Images are (N, 3, 32, 32), or rows (N, 3072), in grey levels: white is `scale`, 255 as in the files and as learning
    rates of the course expect it; `scale=1.0` gives values between -1 and 1. `otherwise` as in `load`.
    """
    dataset = load(
        "cifar10",
        otherwise=otherwise,
        num_training=num_training,
        num_validation=num_validation,
        num_test=num_test,
        seed=seed,
        dtype=dtype,
    )
    arrays = {}
    mean_image = dataset.train.images.mean(axis=0)
    for key, split in (("train", dataset.train), ("val", dataset.val), ("test", dataset.test)):
        images = split.images
        images -= mean_image  # in place: a second copy of the training images would be 1.2 GB
        images *= scale
        arrays[f"X_{key}"] = as_rows(images) if rows else images
        arrays[f"y_{key}"] = split.labels
    return arrays


def one_hot(labels: np.ndarray, num_class: int) -> np.ndarray:
    """Return (N, num_class) float64 with a 1 in the column of each label.

    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(f"labels must be class ids (N,), integers; got {labels.dtype} {labels.shape}")
    if labels.size and (labels.min() < 0 or labels.max() >= num_class):
        raise ValueError(f"labels go from {labels.min()} to {labels.max()}, expected 0 to {num_class - 1}")
    targets = np.zeros((len(labels), num_class))
    targets[np.arange(len(labels)), labels] = 1.0
    return targets


def as_rows(images: np.ndarray) -> np.ndarray:
    """Lay each image (C, H, W) out as one row: (N, C, H, W) becomes (N, C * H * W), sharing the memory.

    >>> as_rows(np.zeros((5, 3, 32, 32))).shape
    (5, 3072)
    """
    return images.reshape(len(images), -1)


def _read(name: str, otherwise: str | None) -> tuple[str, Raw]:
    """Return the name of the data set that was read, and its bytes."""
    _check_name(name)
    _check_name(otherwise or name)
    if name == "digits":
        return name, data_files.read_digits()
    path = find(name)
    if path is None and otherwise and otherwise != name:
        substitute = _read(otherwise, None)
        _say(
            f"{name} is not on this computer: {otherwise.upper()} INSTEAD. Figures will differ from those quoted.\n"
            f'To get {name}, run data.download("{name}") once.'
        )
        return substitute
    if path is None:
        path = download(name)
    raw = _READERS[name](path)
    if raw.missing:
        _say(f"{name} is incomplete: {raw.missing}.\nFigures will differ from those quoted.")
    return name, raw


def _check_name(name: str) -> None:
    if name not in CLASS_NAMES:
        raise ValueError(f"no data set is called {name!r}; there are {', '.join(CLASS_NAMES)}")


def _share(name: str, there: int, num_validation: int | None, num_training: int | None) -> tuple[int, int]:
    """Return how many of the training images `there` are for validation and how many for training."""
    if min(num_validation or 0, num_training or 0) < 0:
        raise ValueError(f"numbers of images cannot be negative: {num_training=}, {num_validation=}")
    validation = there // 10 if num_validation is None else num_validation
    training = max(there - validation, 1) if num_training is None else num_training
    if validation + training > there:
        asked = f"{training:,} + {validation:,}"
        validation = min(validation, there // 5)
        training = min(training if num_training is not None else there, there - validation)
        _say(
            f"{name} has {there:,} training images here, {asked} were asked for: "
            f"{training:,} to train with and {validation:,} for validation it is."
        )
    return validation, training


def _at_most(what: str, there: int, wanted: int | None) -> int:
    if wanted is not None and wanted < 0:
        raise ValueError(f"numbers of images cannot be negative: {wanted} of {what}")
    if wanted is not None and wanted > there:
        _say(f"{what}: {there:,} are here, {wanted:,} were asked for; {there:,} it is.")
    return there if wanted is None else min(wanted, there)


def _split(raw: Raw, images: np.ndarray, labels: np.ndarray, dtype: type | np.dtype) -> Split:
    """Convert bytes to floats from 0 to 1."""
    if not np.issubdtype(dtype, np.floating):
        raise TypeError(f"dtype must be a float type, because images go from 0 to 1; got {dtype}")
    scaled = images.astype(dtype)
    scaled /= raw.white
    return Split(scaled, labels.copy())


def _say(text: str) -> None:
    """Print so that it is not overlooked. To stdout: stderr looks like a failure in a notebook."""
    print("\n".join(f"!! {line}" for line in text.splitlines()), flush=True)
