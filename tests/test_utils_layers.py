"""Methods added to classes from cell to cell, and initial weights."""

import numpy as np
import pytest

from utils.layers import Gaussian, He, add_to_class


def test_a_method_reaches_objects_that_exist_already():
    class Layer:
        pass

    layer = Layer()

    @add_to_class(Layer)
    def forward(self, inputs):
        return inputs + 1

    assert layer.forward(1) == 2
    assert forward(layer, 1) == 2  # returned, so that the cell's name is the function

    @add_to_class(Layer)
    def forward(self, inputs):
        return inputs + 2

    assert layer.forward(1) == 3
    with pytest.raises(TypeError, match=r"Layer\.forward\(\) missing"):
        layer.forward()


@pytest.mark.parametrize(
    ("initializer", "shape", "std"),
    [
        (Gaussian(std=0.3, seed=1), (200, 100), 0.3),
        (He(seed=1), (200, 100), np.sqrt(2 / 200)),
        (He(seed=1), (100, 20, 3, 5), np.sqrt(2 / 300)),
    ],
)
def test_initial_weights_have_their_spread_and_differ_from_layer_to_layer(initializer, shape, std):
    weights = initializer(shape)
    assert weights.shape == shape and weights.dtype == np.float64
    assert abs(weights.mean()) < 0.05 * std  # 20,000 draws: six standard deviations are 0.042
    assert abs(weights.std() / std - 1) < 0.03
    assert not np.array_equal(initializer(shape), weights)


def test_the_same_seed_gives_the_same_weights():
    assert np.array_equal(Gaussian(seed=3)((4, 4)), Gaussian(seed=3)((4, 4)))
    assert not np.array_equal(He(seed=3)((4, 4)), He(seed=4)((4, 4)))


def test_he_refuses_a_shape_without_a_fan():
    with pytest.raises(ValueError, match="matrix"):
        He()((5,))
