"""utils.data: the standard files are read exactly, splits are seeded, and nothing is ever substituted in silence."""

import gzip
import io
import os
import pickle
import subprocess
import sys
import tarfile
import types
from pathlib import Path

import numpy as np
import pytest

from utils import data, data_files, keras_backend


@pytest.fixture
def course_data(tmp_path, monkeypatch):
    """An empty folder, the only one in which data sets can be found, on a computer without Keras."""
    folder = tmp_path / "course-data"
    folder.mkdir()
    working = tmp_path / "working"
    working.mkdir()
    monkeypatch.setenv("COURSE_DATA", str(folder))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.chdir(working)
    monkeypatch.setattr(keras_backend, "import_keras", no_keras)
    return folder


def no_keras():
    raise keras_backend.KerasMissing("Keras is not installed (pip install tensorflow)")


def keras_that_fetches(fetch):
    """Stand in for Keras, whose `datasets.<name>.load_data()` calls `fetch`."""
    one = types.SimpleNamespace(load_data=fetch)
    return lambda: (types.SimpleNamespace(datasets=types.SimpleNamespace(mnist=one, cifar10=one)), None)


def grey(seed, number, side=28):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (number, side, side), np.uint8), rng.integers(0, 10, number).astype(np.uint8)


def write_mnist(path, number=50, test=20):
    (x_train, y_train), (x_test, y_test) = grey(0, number), grey(1, test)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    return x_train, y_train, x_test, y_test


def write_idx(path, array):
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(header + array.tobytes()))


def cifar_batch(seed, number=20):
    rng = np.random.default_rng(seed)
    return {
        b"batch_label": b"some batch",
        b"labels": rng.integers(0, 10, number).tolist(),
        b"data": rng.integers(0, 256, (number, 3072), np.uint8),
        b"filenames": [b"a_bird.png"] * number,
    }


def write_cifar(folder, batches=(1, 2, 3, 4, 5), protocol=2):
    folder.mkdir(parents=True, exist_ok=True)
    for k in batches:
        (folder / f"data_batch_{k}").write_bytes(pickle.dumps(cifar_batch(k), protocol=protocol))
    (folder / "test_batch").write_bytes(pickle.dumps(cifar_batch(9), protocol=protocol))


# --- reading ----------------------------------------------------------------------------------------------------------


def test_mnist_is_read_from_its_npz(course_data):
    x_train, y_train, x_test, y_test = write_mnist(course_data / "mnist.npz")
    mnist = data.load("mnist", num_validation=10)
    np.testing.assert_array_equal(mnist.test.images[:, 0], x_test / 255.0)
    np.testing.assert_array_equal(mnist.test.labels, y_test)
    assert mnist.train.images.shape == (40, 1, 28, 28)
    assert mnist.train.images.dtype == np.float64
    assert mnist.train.labels.dtype == np.int64
    everything = np.concatenate([mnist.val.images, mnist.train.images]).sum()
    assert np.isclose(everything, x_train.sum() / 255.0)
    assert sorted([*mnist.val.labels, *mnist.train.labels]) == sorted(y_train)


def test_fashion_mnist_is_read_from_its_four_files(course_data):
    images, labels = grey(3, 30)
    for part in ("train", "t10k"):
        write_idx(course_data / "fashion-mnist" / f"{part}-images-idx3-ubyte.gz", images)
        write_idx(course_data / "fashion-mnist" / f"{part}-labels-idx1-ubyte.gz", labels)
    fashion = data.load("fashion_mnist")
    np.testing.assert_array_equal(fashion.test.images[:, 0], images / 255.0)
    assert fashion.class_names[9] == "ankle boot"


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("folder", ["cifar-10-batches-py", "cifar-10-batches-py-target/cifar-10-batches-py"])
def test_cifar10_is_read_from_its_batches(course_data, folder, protocol, capsys):
    write_cifar(course_data / folder, protocol=protocol)
    cifar = data.load("cifar10")
    assert (len(cifar.train), len(cifar.val), len(cifar.test)) == (90, 10, 20)
    np.testing.assert_array_equal(data.as_rows(cifar.test.images), cifar_batch(9)[b"data"] / 255.0)
    assert capsys.readouterr().out == ""


def test_batches_as_python_2_wrote_them_are_read():
    content = bytes(range(256)) * 12
    written = (
        b"\x80\x02}(U\x06labels]K\x03aU\x04datacnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01K\x01M\x00\x0c\x86cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"\x89T" + len(content).to_bytes(4, "little") + content + b"tbu."
    )
    batch = data_files.read_pickle(io.BytesIO(written), "data_batch_1")
    assert batch[b"labels"] == [3]
    assert batch[b"data"].tobytes() == content


@pytest.mark.parametrize("name", ["cifar-10-python.tar.gz", "cifar-10-batches-py.tar.gz"])
def test_cifar10_is_read_out_of_its_archive(course_data, tmp_path, name):
    write_cifar(tmp_path / "cifar-10-batches-py")
    (tmp_path / "cifar-10-batches-py" / "readme.html").write_text("hello")
    with tarfile.open(course_data / name, "w:gz") as archive:
        archive.add(tmp_path / "cifar-10-batches-py", "cifar-10-batches-py")
    assert len(data.load("cifar10").test) == 20
    assert [path.name for path in course_data.iterdir()] == [name]  # nothing is unpacked


def test_missing_training_batches_are_told_loudly(course_data, capsys):
    write_cifar(course_data / "cifar-10-batches-py", batches=(1, 2, 3))
    arrays = data.get_CIFAR10_data(49000, 10, 15)
    assert len(arrays["X_train"]) == 50
    said = capsys.readouterr().out
    assert "!! cifar10 is incomplete: data_batch_4, data_batch_5 not in" in said
    assert "3 of 5 training batches" in said
    assert "49,000 + 10 were asked for: 50 to train with and 10 for validation" in said


def test_places_are_searched_in_their_order(course_data, tmp_path):
    for place, number in (("keras/datasets", 10), ("working/data", 20), ("course-data", 30)):
        write_mnist(tmp_path / place / "mnist.npz", number=40, test=number)
    sizes = []
    for place in ("course-data", "working/data", "keras/datasets"):
        sizes.append(len(data.load("mnist").test))
        (tmp_path / place / "mnist.npz").unlink()
    assert sizes == [30, 20, 10]


def test_digits_need_no_file():
    digits = data.load("digits")
    assert digits.image_shape == (1, 8, 8)
    assert digits.num_classes == 10
    assert len(digits.train) + len(digits.val) + len(digits.test) == 1797
    assert digits.train.images.min() == 0.0
    assert digits.train.images.max() == 1.0


def test_digits_are_those_of_scikit_learn():
    datasets = pytest.importorskip("sklearn.datasets")
    theirs = datasets.load_digits()
    ours = data_files.read_digits()
    images = np.concatenate([ours.train_images, ours.test_images])[:, 0]
    np.testing.assert_array_equal(images, theirs.images)
    np.testing.assert_array_equal(np.concatenate([ours.train_labels, ours.test_labels]), theirs.target)


# --- splits -----------------------------------------------------------------------------------------------------------


def test_one_seed_gives_one_split_and_another_seed_another():
    first, again, other = (data.load("digits", seed=seed).val.labels for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_the_validation_split_does_not_move_when_training_grows():
    small, large = (data.load("digits", num_training=n, num_validation=100) for n in (50, 1000))
    np.testing.assert_array_equal(small.val.images, large.val.images)
    np.testing.assert_array_equal(small.train.images, large.train.images[:50])


def test_test_images_keep_their_order_for_every_seed():
    first, other = (data.load("digits", seed=seed, num_test=100) for seed in (0, 5))
    np.testing.assert_array_equal(first.test.images, other.test.images)


def test_splits_do_not_overlap():
    digits = data.split_80_10_10("digits")
    rows = [{row.tobytes() for row in data.as_rows(split.images)} for split in (digits.train, digits.val, digits.test)]
    assert not rows[0] & rows[1]
    assert not rows[0] & rows[2]
    assert not rows[1] & rows[2]


def test_80_10_10_deals_out_every_image_once():
    digits = data.split_80_10_10("digits")
    assert (len(digits.train), len(digits.val), len(digits.test)) == (1439, 179, 179)
    np.testing.assert_array_equal(digits.train.labels, data.split_80_10_10("digits").train.labels)
    assert len(data.split_80_10_10("digits", num_images=100).train) == 80


def test_asking_for_too_many_is_told(capsys):
    digits = data.load("digits", num_training=49000, num_validation=1000, num_test=1000)
    assert (len(digits.train), len(digits.val), len(digits.test)) == (1150, 287, 360)
    said = capsys.readouterr().out
    assert "!! digits has 1,437 training images here, 49,000 + 1,000 were asked for" in said
    assert "!! test images of digits: 360 are here, 1,000 were asked for" in said


def test_only_what_is_asked_for_is_converted(course_data):
    write_mnist(course_data / "mnist.npz")
    mnist = data.load("mnist", num_training=3, num_validation=2, num_test=1, dtype=np.float32)
    assert [part.images.nbytes for part in (mnist.train, mnist.val, mnist.test)] == [3 * 3136, 2 * 3136, 3136]
    with pytest.raises(TypeError, match="float type"):
        data.load("digits", dtype=np.uint8)


@pytest.mark.parametrize("rows", [False, True])
def test_get_cifar10_data_subtracts_the_mean_training_image(course_data, rows):
    write_cifar(course_data / "cifar-10-batches-py")
    arrays = data.get_CIFAR10_data(80, 20, 15, rows=rows)
    assert list(arrays) == ["X_train", "y_train", "X_val", "y_val", "X_test", "y_test"]
    assert arrays["X_train"].shape == ((80, 3072) if rows else (80, 3, 32, 32))
    np.testing.assert_allclose(arrays["X_train"].mean(axis=0), 0.0, atol=1e-9)
    plain = data.load("cifar10", num_training=80, num_validation=20, num_test=15)
    expected = 255.0 * (plain.test.images - plain.train.images.mean(axis=0))
    np.testing.assert_allclose(arrays["X_test"].reshape(expected.shape), expected, atol=1e-9)
    small = data.get_CIFAR10_data(80, 20, 15, rows=rows, scale=1.0)
    np.testing.assert_allclose(small["X_val"] * 255.0, arrays["X_val"], atol=1e-9)


def test_one_hot_refuses_labels_out_of_range():
    with pytest.raises(ValueError, match="from 0 to 3, expected 0 to 2"):
        data.one_hot(np.array([0, 3]), 3)
    with pytest.raises(TypeError, match="class ids"):
        data.one_hot(np.array([0.5]), 3)


# --- what is not there ------------------------------------------------------------------------------------------------


def test_a_substitute_is_used_only_when_named_and_then_loudly(course_data, capsys):
    digits = data.load("cifar10", otherwise="digits", num_training=100)
    assert digits.name == "digits"
    assert "!! cifar10 is not on this computer: DIGITS INSTEAD" in capsys.readouterr().out
    with pytest.raises(data.DataNotFound):
        data.load("cifar10")


def test_not_found_says_what_where_and_what_to_do(course_data, tmp_path):
    with pytest.raises(data.DataNotFound) as caught:
        data.load("mnist")
    message = str(caught.value)
    for part in (
        "mnist.npz",
        str(course_data),
        "$COURSE_DATA",
        str(tmp_path / "keras"),
        "no such folder",
        "What to do",
    ):
        assert part in message
    assert "a download needs Keras: Keras is not installed (pip install tensorflow)" in message


def test_what_is_nowhere_is_downloaded_through_keras(course_data, tmp_path, monkeypatch, capsys):
    def fetch():
        write_mnist(tmp_path / "keras" / "datasets" / "mnist.npz")

    monkeypatch.setattr(keras_backend, "import_keras", keras_that_fetches(fetch))
    assert len(data.load("mnist").test) == 20
    assert "downloading mnist (11 MB)" in capsys.readouterr().out


def test_a_failed_download_says_why(course_data, monkeypatch):
    def fetch():
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras_backend, "import_keras", keras_that_fetches(fetch))
    with pytest.raises(data.DataNotFound, match="the download failed: URL fetch failure"):
        data.load("cifar10")


def test_a_download_that_leaves_nothing_is_an_error(course_data, monkeypatch):
    monkeypatch.setattr(keras_backend, "import_keras", keras_that_fetches(lambda: None))
    with pytest.raises(data.DataNotFound, match="left none of its files"):
        data.load("cifar10")


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="cifar10, mnist, fashion_mnist, digits"):
        data.load("imagenet")


# --- what is broken ---------------------------------------------------------------------------------------------------


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_a_cut_mnist_file_is_broken_not_replaced(course_data):
    write_mnist(course_data / "mnist.npz")
    cut(course_data / "mnist.npz")
    with pytest.raises(data.BrokenData, match=r"mnist\.npz is not a whole \.npz"):
        data.load("mnist", otherwise="digits")


def test_an_archive_of_other_arrays_is_broken(course_data):
    np.savez(course_data / "mnist.npz", images=np.zeros(3))
    with pytest.raises(data.BrokenData, match="x_train"):
        data.load("mnist")
    with (course_data / "mnist.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(data.BrokenData, match="x_train"):
        data.load("mnist")


def test_an_object_array_is_never_unpickled(course_data, tmp_path):
    bomb = np.array([Touch(tmp_path / "touched")], dtype=object)
    np.savez(course_data / "mnist.npz", x_train=bomb, y_train=bomb, x_test=bomb, y_test=bomb)
    with pytest.raises(data.BrokenData):
        data.load("mnist")
    assert not (tmp_path / "touched").exists()


def test_cut_and_missing_idx_files_are_broken(course_data):
    images, labels = grey(3, 30)
    folder = course_data / "fashion-mnist"
    for part in ("train", "t10k"):
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", images)
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", labels)
    cut(folder / "t10k-images-idx3-ubyte.gz")
    with pytest.raises(data.BrokenData, match=r"t10k-images-idx3-ubyte\.gz is not a whole gzip"):
        data.load("fashion_mnist")
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"\0\0\x08\x03" + bytes(11)))
    with pytest.raises(data.BrokenData, match="not an idx file"):
        data.load("fashion_mnist")
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    with pytest.raises(data.BrokenData, match="is missing beside"):
        data.load("fashion_mnist")


def test_fewer_labels_than_images_are_broken(course_data):
    images, labels = grey(3, 30)
    np.savez(course_data / "mnist.npz", x_train=images, y_train=labels[:-1], x_test=images, y_test=labels)
    with pytest.raises(data.BrokenData, match="30 images and labels"):
        data.load("mnist")


@pytest.mark.parametrize("name", ["data_batch_2", "test_batch"])
def test_a_cut_batch_is_broken(course_data, name):
    write_cifar(course_data / "cifar-10-batches-py")
    cut(course_data / "cifar-10-batches-py" / name)
    with pytest.raises(data.BrokenData, match=f"{name} is not a whole pickle"):
        data.load("cifar10")


def test_a_folder_without_the_test_batch_is_broken(course_data):
    write_cifar(course_data / "cifar-10-batches-py")
    (course_data / "cifar-10-batches-py" / "test_batch").unlink()
    with pytest.raises(data.BrokenData, match="needs test_batch"):
        data.load("cifar10")


@pytest.mark.parametrize(
    "content",
    [
        [1, 2],
        {b"labels": [1]},
        cifar_batch(0) | {b"labels": [1, 2, 3]},
        cifar_batch(0) | {b"labels": [10] * 20},
        cifar_batch(0) | {b"data": None},
        cifar_batch(0) | {b"data": np.zeros((20, 3072))},
        cifar_batch(0) | {b"data": np.zeros((20, 3000), np.uint8)},
    ],
)
def test_a_pickle_of_something_else_is_broken(course_data, content):
    write_cifar(course_data / "cifar-10-batches-py")
    (course_data / "cifar-10-batches-py" / "data_batch_1").write_bytes(pickle.dumps(content, protocol=2))
    with pytest.raises(data.BrokenData, match="data_batch_1"):
        data.load("cifar10")


def test_a_cut_archive_is_broken(course_data, tmp_path):
    write_cifar(tmp_path / "cifar-10-batches-py")
    with tarfile.open(course_data / "cifar-10-python.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "cifar-10-batches-py", "cifar-10-batches-py")
    cut(course_data / "cifar-10-python.tar.gz")
    with pytest.raises(data.BrokenData, match="not a whole archive"):
        data.load("cifar10")


# --- hostile pickles --------------------------------------------------------------------------------------------------


class Touch:
    """Unpickled without care, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_a_pickle_runs_no_program(tmp_path, protocol):
    hostile = pickle.dumps({b"labels": [1], b"data": Touch(tmp_path / "touched")}, protocol=protocol)
    with pytest.raises(data.BrokenData, match=r"asks to run (posix|nt)\.mkdir"):
        data_files.read_pickle(io.BytesIO(hostile), "data_batch_1")
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize(
    "name",
    [
        "builtins\neval",
        "os\nsystem",
        "numpy\nload",
        "numpy\nfromfile",
        "utils.data_files\nPath",
        "copyreg\n_reconstructor",
    ],
)
def test_a_pickle_reaches_no_other_function(name):
    with pytest.raises(data.BrokenData, match="asks to run"):
        data_files.read_pickle(io.BytesIO(f"c{name}\n.".encode()), "data_batch_1")


def test_an_array_of_objects_or_other_codecs_are_refused():
    with pytest.raises(data.BrokenData, match="expected bytes"):
        data_files.read_pickle(io.BytesIO(pickle.dumps({b"data": np.array([{}], object)}, protocol=2)), "data_batch_1")
    hostile = b"c_codecs\nencode\n(X\x01\x00\x00\x00aX\x04\x00\x00\x00bz2_tR."
    with pytest.raises(data.BrokenData, match="expected latin1"):
        data_files.read_pickle(io.BytesIO(hostile), "data_batch_1")


def test_the_package_itself_imports_nothing_heavy():
    course = Path(__file__).parents[1]
    code = "import sys, utils; print(sorted({'numpy', 'matplotlib', 'keras', 'tensorflow'} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=course)
    assert out.stdout.strip() == "[]"
