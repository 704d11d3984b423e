"""Pictures of nets with one or two inputs, and points in a plane to train them on; it computes no score itself."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.colors import ListedColormap

from utils.figure import PALETTE, CourseFigure, new_figure, styled

Predict = Callable[[np.ndarray], np.ndarray]


def spiral(count: int = 100, num_class: int = 3, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return points X (count * num_class, 2) within the unit circle and their classes y: arms that no line separates.

    >>> X, y = spiral(100)
    >>> X.shape, bool(np.linalg.norm(X, axis=1).max() <= 1), np.bincount(y)
    ((300, 2), True, array([100, 100, 100]))
    """
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(num_class), count)
    radius = np.tile(np.linspace(0.05, 1.0, count), num_class)
    angle = 2 * np.pi * y / num_class + 4.0 * radius + 0.15 * rng.standard_normal(len(y))
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), y


@styled
def show_units(x: np.ndarray, hidden: np.ndarray, scores: np.ndarray, *, title: str) -> CourseFigure:
    """Draw what a net with one input x (n,) does: each hidden unit (n, H) on the left, the score (n, 1) on the right."""
    x, hidden, scores = np.ravel(x), np.asarray(hidden), np.ravel(scores)
    figure = new_figure(8.0, 2.9)
    left, right = figure.subplots(1, 2)
    for k, unit in enumerate(hidden.T):
        left.plot(x, unit, color=PALETTE[k % len(PALETTE)])
    right.plot(x, scores, color=PALETTE[0])
    left.set(title=f"{hidden.shape[1]} hidden units", xlabel="x", ylabel="activation")
    right.set(title="their weighted sum, the score", xlabel="x", ylabel="score")
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    figure.alt = (
        f"{title}: {hidden.shape[1]} hidden units over x from {x.min():g} to {x.max():g}, activations from "
        f"{hidden.min():.2g} to {hidden.max():.2g}, and their weighted sum, from {scores.min():.2g} to {scores.max():.2g}"
    )
    return figure


@styled
def show_regions(predictors: Mapping[str, Predict], X: np.ndarray, y: np.ndarray, *, title: str) -> CourseFigure:
    """Colour the plane by the class that each `predict(points) -> labels` names there, a panel each, with the data on top."""
    figure = new_figure(3.7 * len(predictors), 3.9)
    panels = figure.subplots(1, len(predictors), squeeze=False)[0]
    reach = 1.15 * np.abs(X).max()
    ticks = np.linspace(-reach, reach, 201)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1)
    colors, last = ListedColormap(PALETTE[: y.max() + 1]), int(y.max())
    spoken = []
    for axes, (name, predict) in zip(panels, predictors.items(), strict=True):
        named = np.reshape(predict(grid.reshape(-1, 2)), grid.shape[:2])
        box = (-reach, reach, -reach, reach)
        axes.imshow(named, origin="lower", extent=box, cmap=colors, vmin=0, vmax=last, alpha=0.3)
        axes.scatter(*X.T, c=y, cmap=colors, vmin=0, vmax=last, s=9, edgecolor="white", linewidth=0.3)
        accuracy = float(np.mean(predict(X) == y))
        axes.set(title=f"{name}: {100 * accuracy:.0f} %", xlabel="$x_1$", ylabel="$x_2$")
        axes.grid(False)
        spoken.append(f"{name} is right for {100 * accuracy:.0f} % of them")
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    figure.alt = f"{title}: {len(X)} points of {last + 1} classes and the regions of the plane; {', '.join(spoken)}"
    return figure
