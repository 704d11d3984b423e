"""The pictures of assignment 2 label their axes, say in words what they show, and change nothing they are given."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import planes


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_spiral_has_the_points_it_promises_and_is_the_same_every_time():
    X, y = planes.spiral(50, 4, seed=3)
    assert X.shape == (200, 2)
    assert np.bincount(y).tolist() == [50] * 4
    assert np.linalg.norm(X, axis=1).max() <= 1.0
    np.testing.assert_array_equal(planes.spiral(50, 4, seed=3)[0], X)


def test_units_and_their_sum_are_drawn_with_labelled_axes():
    x = np.linspace(-1, 1, 11)[:, np.newaxis]
    hidden = np.maximum(0, x * [[1.0, -1.0, 2.0]])
    figure = planes.show_units(x, hidden, hidden.sum(axis=1, keepdims=True), title="three units")
    left, right = figure.axes
    assert len(left.lines) == 3
    assert len(right.lines) == 1
    assert (left.get_xlabel(), left.get_ylabel(), right.get_ylabel()) == ("x", "activation", "score")
    assert "three units: 3 hidden units over x from -1 to 1" in figure.alt


def test_regions_say_how_many_points_each_net_gets_right():
    X, y = planes.spiral(20, 3)
    kept = X.copy()
    predictors = {"always 0": lambda X: np.zeros(len(X), dtype=int), "by angle": lambda X: (X[:, 0] > 0).astype(int)}
    figure = planes.show_regions(predictors, X, y, title="two nets")
    assert len(figure.axes) == 2
    assert figure.axes[0].get_title(loc="left") == "always 0: 33 %"
    assert "always 0 is right for 33 % of them" in figure.alt
    np.testing.assert_array_equal(X, kept)
