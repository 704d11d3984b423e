"""Learning curves: loss, accuracy and learning rate of several runs in one figure; it draws and trains nothing.

`utils.plotting` gives `plot_history` to the notebooks.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from utils.figure import PALETTE, QUIET, CourseFigure, new_figure, styled

_LINES: dict[str, Any] = {"training": "-", "validation": "--", "test": ":", "": "-"}
_COUNTS = ("iteration", "epoch")  # lists that are x; the times of History are neither x nor y
_NO_CURVES = (*_COUNTS, "seconds", "time")
_LONG = 150  # points; from here on a running mean is easier to read than the curve itself


class Curve(NamedTuple):
    """One line of a panel: x and y (n,) of one run and one split (training, validation, test or none)."""

    run: str
    panel: str
    split: str
    x: np.ndarray
    y: np.ndarray
    x_name: str


@styled
def plot_history(
    histories: Any,
    *,
    references: Mapping[str, float | Mapping[str, float]] | None = None,
    x_label: str | None = None,
    log: Sequence[str] | None = None,
    title: str | None = None,
) -> CourseFigure:
    """Draw loss, accuracy and learning rate of one or several runs, a panel each: a colour a run, a dash a split.

    `histories` is one history or a dict of them, name -> history. A history is a dict of lists such as
    `utils.training.History` (or what Keras's `fit` returns), or three arrays (n, 3) of (iteration, loss, accuracy) for
    training, validation and test. The names of the lists sort them: "loss", "acc" and "lr" or "learning_rate" choose the
    panel, "train", "val" and "test" the line. A list "iteration" or "epoch" of the same length is x, else x counts from 1.

    A run whose name contains "Keras" is drawn as a broad pale band: your own curve should lie inside it. Long curves are
    pale, with their running mean on top. A cross marks where a curve stops being a number.

    `references` are dashed lines: {"reported: 40 %": 0.40} in the accuracy panel, {"loss": {"ln 10": 2.303}} in others.
    `log` names the panels with a logarithmic axis; unless told, those whose values span more than a factor of 50.
    """
    curves = [curve for run, history in _runs(histories).items() for curve in _curves(run, history)]
    if not curves:
        raise ValueError("there is no curve to draw: expected lists such as loss, val_accuracy or lr")
    order = ("loss", "accuracy", "learning rate")
    panels = sorted({curve.panel for curve in curves}, key=lambda name: (*order, name).index(name))
    runs = list(dict.fromkeys(curve.run for curve in curves))
    colors = {run: PALETTE[k % len(PALETTE)] for k, run in enumerate(runs)}
    columns = min(len(panels), 3)
    rows = math.ceil(len(panels) / columns)
    figure = new_figure(3.9 * columns if columns > 1 else 5.6, 3.2 * rows + 0.3)
    spoken = []
    for k, panel in enumerate(panels):
        axes = figure.add_subplot(rows, columns, k + 1)
        shown = [curve for curve in curves if curve.panel == panel]
        for curve in sorted(shown, key=lambda curve: not _is_keras(curve.run)):  # the broad bands lie underneath
            _draw(axes, curve, colors[curve.run])
        _scale(axes, panel, shown, log)
        for curve in shown:
            _mark_ends(axes, curve, colors[curve.run])
        _draw_references(axes, panel, references or {})
        axes.set(ylabel=panel, xlabel=x_label or " or ".join(dict.fromkeys(curve.x_name for curve in shown)))
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
        spoken.append(f"{panel}: {'; '.join(_speak(curve) for curve in shown)}")
    _legend(figure, colors, [split for split in _LINES if any(curve.split == split for curve in curves)])
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    figure.alt = f"{title or 'Learning curves'}. {'. '.join(spoken)}"
    return figure


def _runs(histories: Any) -> dict[str, Any]:
    """Return name -> history, also for a single history."""
    if isinstance(histories, Mapping) and not any(_is_list(value) for value in histories.values()):
        return dict(histories)
    return {"": histories}


def _is_list(value: Any) -> bool:
    """Tell a list of numbers from a history."""
    if isinstance(value, Mapping) or not hasattr(value, "__len__"):  # Keras's History has no length
        return False
    return all(np.ndim(item) == 0 for item in value)


def _curves(run: str, history: Any) -> Iterator[Curve]:
    history = getattr(history, "history", history)  # Keras's History has its dict there
    if not isinstance(history, Mapping):
        yield from _curves_of_arrays(run, history)
        return
    for name, values in history.items():
        if name in _NO_CURVES or len(values) == 0:
            continue
        panel, split = _sort(name)
        known = [count for count in _COUNTS if len(history.get(count, ())) == len(values)]
        x = np.asarray(history[known[0]] if known else range(1, len(values) + 1))
        # TwoLayerNet.train keeps one loss an iteration in `loss_history`, and one accuracy an epoch
        x_name = known[0] if known else "iteration" if name == "loss_history" else "epoch"
        yield Curve(run, panel, split, x, np.asarray(values, dtype=float), x_name)


def _curves_of_arrays(run: str, arrays: Any) -> Iterator[Curve]:
    for split, values in zip(("training", "validation", "test"), arrays, strict=False):
        array = np.asarray(values, dtype=float)
        if array.size == 0:
            continue
        if array.ndim != 2 or array.shape[1] != 3:
            raise ValueError(f"{split}: expected an array (n, 3) of iteration, loss and accuracy, got {array.shape}")
        for column, panel in ((1, "loss"), (2, "accuracy")):
            yield Curve(run, panel, split, array[:, 0], array[:, column], "iteration")


def _sort(name: str) -> tuple[str, str]:
    """Return panel and split of a list by its name.

    >>> _sort("val_acc_history"), _sort("loss"), _sort("learning_rate")
    (('accuracy', 'validation'), ('loss', 'training'), ('learning rate', ''))
    """
    plain = name.lower().removesuffix("_history")
    if plain in ("lr", "learning_rate"):
        return "learning rate", ""
    words = plain.split("_")
    split = "validation" if "val" in words or "validation" in words else "test" if "test" in words else "training"
    if "loss" in words:
        return "loss", split
    if "acc" in words or "accuracy" in words:
        return "accuracy", split
    return plain.replace("_", " "), ""


def _draw(axes: Axes, curve: Curve, color: str) -> None:
    finite = np.isfinite(curve.y)
    y = np.where(finite, curve.y, np.nan)
    style = _LINES[curve.split]
    if _is_keras(curve.run):
        axes.plot(curve.x, y, color=color, linewidth=7, alpha=0.3, solid_capstyle="round")
    elif len(y) > _LONG and curve.panel != "learning rate":
        axes.plot(curve.x, y, color=color, linewidth=0.8, alpha=0.25)
        axes.plot(curve.x, running_mean(y, len(y) // 40), color=color, linestyle=style)
    else:
        axes.plot(curve.x, y, color=color, linestyle=style, marker="o" if len(y) < 3 else None, markersize=4)


def _mark_ends(axes: Axes, curve: Curve, color: str) -> None:
    """Put a cross where a curve stops being a number, inside the axes wherever that is."""
    finite = np.flatnonzero(np.isfinite(curve.y))
    if 0 < len(finite) < len(curve.y):
        low, high = axes.get_ylim()
        place = (curve.x[finite[-1]], np.clip(curve.y[finite[-1]], low, high))
        axes.plot(*place, "x", color=color, markersize=9, markeredgewidth=2.2, clip_on=False, zorder=5)


def running_mean(values: np.ndarray, window: int) -> np.ndarray:
    """Return the mean of the `window` values around each value, fewer at the ends; gaps (nan) stay gaps.

    >>> running_mean(np.array([0.0, 3.0, 6.0, 9.0]), 3)
    array([1.5, 3. , 6. , 7.5])
    """
    window = max(1, window)
    there = np.isfinite(values)
    half = window // 2
    totals, counts = (np.concatenate([[0.0], np.cumsum(np.where(there, part, 0.0))]) for part in (values, 1.0))
    stop = np.minimum(np.arange(len(values)) + half + 1, len(values))
    start = np.maximum(np.arange(len(values)) - half, 0)
    with np.errstate(invalid="ignore"):
        means = (totals[stop] - totals[start]) / (counts[stop] - counts[start])
    return np.where(there, means, np.nan)


def _scale(axes: Axes, panel: str, curves: list[Curve], log: Sequence[str] | None) -> None:
    """Keep one run that blows up from flattening all others, and choose between a linear and a logarithmic axis."""
    values = np.concatenate([curve.y[np.isfinite(curve.y)] for curve in curves])
    if not values.size:
        return
    low, high = float(np.percentile(values, 2)), float(values.max())  # 2 %: one lucky batch is no reason for a log axis
    if panel == "loss":
        starts = [float(curve.y[np.isfinite(curve.y)][0]) for curve in curves if np.isfinite(curve.y).any()]
        ceiling = 5.0 * float(np.median(starts))
        if 0.0 < ceiling < high:
            high = ceiling
            axes.set_ylim(0.9 * low if low > 0.0 else min(low, 0.0), high)
            axes.set_title("beyond the upper edge: diverging", fontsize=8, color=QUIET, loc="right")
    if panel in log if log is not None else panel != "accuracy" and low > 0.0 and high > 50.0 * low:
        axes.set_yscale("log")
    if panel == "accuracy" and low >= 0.0 and high <= 1.0:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))


def _draw_references(axes: Axes, panel: str, references: Mapping[str, float | Mapping[str, float]]) -> None:
    here: dict[str, float] = {}
    for name, value in references.items():
        if isinstance(value, Mapping):
            here |= value if name == panel else {}
        elif panel == "accuracy":
            here[name] = value
    for name, value in here.items():
        axes.axhline(value, color=QUIET, linestyle=(0, (5, 3)), linewidth=1.2)
        axes.annotate(
            name,
            (1.0, value),
            xycoords=("axes fraction", "data"),
            xytext=(-2, 2),
            textcoords="offset points",
            ha="right",
            fontsize=8,
            color=QUIET,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.5},
        )


def _legend(figure: CourseFigure, colors: Mapping[str, str], splits: list[str]) -> None:
    handles = []
    for run, color in colors.items():
        look: dict[str, Any] = {"linewidth": 7, "alpha": 0.3} if _is_keras(run) else {}
        if run:
            handles.append(Line2D([], [], color=color, label=run, **look))
    named = [split for split in splits if split]
    if len(named) > 1 or (named and named != ["training"]):
        handles += [Line2D([], [], color=QUIET, linestyle=_LINES[split], label=split) for split in named]
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 6), fontsize=9)


def _speak(curve: Curve) -> str:
    """Say a curve in words, for the alt text."""
    who = " ".join(part for part in (curve.run, curve.split) if part)
    finite = curve.y[np.isfinite(curve.y)]
    if not finite.size:
        return f"{who} is never a number".strip()
    end = f"to {finite[-1]:.3g}" if len(finite) == len(curve.y) else f"and stops being a number at {finite[-1]:.3g}"
    best = finite.min() if curve.panel == "loss" else finite.max()
    peak = f" (best {best:.3g})" if curve.panel in ("loss", "accuracy") else ""
    return f"{who} from {finite[0]:.3g} {end}{peak}".strip()


def _is_keras(run: str) -> bool:
    return "keras" in run.lower()
