"""The counts and shapes of `autograder.oracles.keras_counts` are Keras's own."""

import numpy as np
import pytest

from autograder import classroom
from autograder.oracles import keras_counts

pytest.importorskip("keras")


@pytest.mark.parametrize(("shape", "classes"), [((32, 32, 3), 10), ((28, 40, 1), 7)])
def test_shapes_and_parameters_are_those_of_keras(shape, classes):
    model = classroom.namespace("keras-cnn")["build_tutorial_net"](shape, classes)
    rows = [(tuple(layer.output.shape[1:]), layer.count_params()) for layer in model.layers]
    assert rows == list(keras_counts.tutorial_net(shape, classes).values())


def test_normalised_training_images_have_mean_0_and_std_1():
    images = np.random.default_rng(0).random((9, 4, 5, 3)) * [1, 2, 3]
    normal = keras_counts.normalize(images, images)
    np.testing.assert_allclose(normal.mean(axis=(0, 1, 2)), 0, atol=1e-12)
    np.testing.assert_allclose(normal.std(axis=(0, 1, 2)), 1, atol=1e-12)
