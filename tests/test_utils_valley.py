"""The valley to walk in: its gradient is that of its height, and its picture can be read aloud."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import valley
from utils.gradients import eval_numerical_gradient


class Notes:
    """Stays where it is and remembers what it was given."""

    def __init__(self):
        self.calls = []

    def update(self, params, grads, iteration):
        self.calls.append((params["position"].copy(), grads["position"].copy(), iteration))
        return {"position": params["position"] + 0.1}


def test_the_gradient_is_that_of_the_height():
    notes = Notes()
    path = valley.walk(notes, steps=3)
    assert path.shape == (4, 2)
    assert [iteration for _, _, iteration in notes.calls] == [0, 1, 2]
    for position, gradient, _ in notes.calls:
        numeric = eval_numerical_gradient(lambda x: float(valley.height(x)), position)
        assert gradient == pytest.approx(numeric, abs=1e-8)


def test_the_lowest_point_is_the_middle():
    assert valley.height(np.zeros(2)) == 0.0
    assert (valley.height(np.random.default_rng(0).normal(size=(20, 2))) > 0).all()


def test_the_picture_has_a_panel_a_walk_and_says_where_they_end():
    figure = valley.show_walks({"one": valley.walk(Notes()), "two": valley.walk(Notes(), steps=5)}, title="Walks")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["one", "two", "height of each step"]
    assert "in 5 steps" in figure.alt and figure.alt.startswith("Walks")
    plt.close(figure)
