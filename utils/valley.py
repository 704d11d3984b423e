"""A long valley with steep sides to watch optimizers walk in: f(x, y) = x^2 / 20 + y^2; it knows no optimizer itself."""

import math
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from utils.figure import PALETTE, CourseFigure, new_figure, styled

START = (-8.0, 1.6)
_CURVATURE = np.array([0.1, 2.0])  # twenty times as steep across as along: no one learning rate suits both


class Optimizer(Protocol):
    """Anything with the `update` of the course: dicts of arrays and the number of the step in, a dict out."""

    def update(self, params: Any, grads: Any, iteration: int) -> Any: ...


def height(position: np.ndarray) -> np.ndarray:
    """Return f at positions (..., 2); its lowest point is f(0, 0) = 0.

    >>> float(height(np.array([-8.0, 1.0])))
    4.2
    """
    return (0.5 * _CURVATURE * position**2).sum(axis=-1)


def walk(optimizer: Optimizer, steps: int = 40, start: tuple[float, float] = START) -> np.ndarray:
    """Return the path (steps + 1, 2) of an optimizer that is given the gradient (x / 10, 2 y) at every step.

    >>> class Down:
    ...     def update(self, params, grads, iteration):
    ...         return {name: params[name] - 0.25 * grads[name] for name in params}
    >>> walk(Down(), steps=2)[:, 1]
    array([1.6, 0.8, 0.4])
    """
    params = {"position": np.array(start)}
    path = [params["position"]]
    for iteration in range(steps):
        params = optimizer.update(params, {"position": _CURVATURE * params["position"]}, iteration)
        path.append(params["position"])
    return np.array(path)


@styled
def show_walks(walks: Mapping[str, np.ndarray], *, title: str | None = None) -> CourseFigure:
    """Draw paths (n, 2) over the contours of the valley, a panel each, and how fast each of them comes down."""
    columns = 2 if len(walks) == 3 else 3  # more beside each other would be too small to read in a notebook
    rows = math.ceil((len(walks) + 1) / columns)
    figure = new_figure(3.6 * columns, 2.9 * rows)
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes in panels[len(walks) + 1 :]:
        axes.remove()
    last = panels[len(walks)]
    x, y = np.meshgrid(np.linspace(-9, 3, 160), np.linspace(-2.4, 2.4, 120))
    floor = height(np.stack([x, y], axis=-1))
    spoken = []
    for axes, color, (name, path) in zip(panels, PALETTE, walks.items(), strict=False):
        axes.contour(x, y, floor, levels=np.geomspace(0.02, 8, 12), colors="#BBBBBB", linewidths=0.7)
        axes.plot(*path.T, "o-", color=color, markersize=3, linewidth=1.2)
        axes.plot(0, 0, "+", color="#333333", markersize=10)
        axes.set(title=name, xlabel="x", ylabel="y", xlim=(-9, 3), ylim=(-2.4, 2.4))
        axes.grid(False)
        heights = height(path)
        last.plot(heights, color=color, label=name)
        spoken.append(f"{name} from height {heights[0]:.2g} to {heights[-1]:.2g} in {len(path) - 1} steps")
    last.set(title="height of each step", xlabel="step", ylabel="f(x, y)", yscale="log")
    last.legend(fontsize=8)
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    figure.alt = f"{title or 'Walks in the valley x^2 / 20 + y^2'}: {'; '.join(spoken)}"
    return figure
