"""Comparisons: bars, a confusion matrix, the map of a search, a table; it draws what it is given and judges nothing.

`utils.plotting` gives them to the notebooks.
"""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.ticker import PercentFormatter

from utils.figure import PALETTE, QUIET, CourseFigure, draw_tiles, listing, new_figure, styled, to_rgb

_SHARES = ("acc", "train", "val", "test")  # a number from 0 to 1 under such a name is written in per cent


@styled
def bars(
    values: Mapping[str, float] | Mapping[str, Mapping[str, float]],
    *,
    label: str = "accuracy",
    references: Mapping[str, float] | None = None,
    log: bool = False,
    title: str | None = None,
) -> CourseFigure:
    """Compare numbers as bars, one a name, or a group a name: {"SGD": {"validation": 0.53, "test": 0.52}, ...}.

    `label` says what the numbers are; accuracies from 0 to 1 are written in per cent. `references` are dashed lines.
    """
    groups = {name: value if isinstance(value, Mapping) else {"": value} for name, value in values.items()}
    kinds = list(dict.fromkeys(kind for group in groups.values() for kind in group))
    height = 0.8 / len(kinds)
    inches = 0.8 + len(groups) * (0.24 * len(kinds) + 0.2) + 0.3 * (len(kinds) > 1) + 0.25 * len(references or {})
    figure = new_figure(7.0, inches + 0.3 * bool(title))
    axes = figure.add_subplot()
    for k, kind in enumerate(kinds):
        numbers = [group.get(kind, math.nan) for group in groups.values()]
        places = np.arange(len(groups)) + (k - (len(kinds) - 1) / 2) * height
        finite = [number if math.isfinite(number) else 0.0 for number in numbers]
        drawn = axes.barh(places, finite, 0.88 * height, label=kind, color=PALETTE[k % len(PALETTE)])
        texts = [_written(number, label) for number in numbers]
        axes.bar_label(
            drawn, texts, padding=3, fontsize=9, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        )
    axes.set_yticks(range(len(groups)), list(groups))
    axes.invert_yaxis()
    if log:
        axes.set_xscale("log")
    axes.set_xlabel(label)
    axes.margins(x=0.12)
    axes.grid(visible=False, axis="y")
    for k, (name, number) in enumerate((references or {}).items()):
        axes.axvline(number, color=QUIET, linestyle=(0, (5, 3)), linewidth=1.2)
        place: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        axes.annotate(name, (number, 1.0), xytext=(2, 2 + 11 * k), fontsize=8, color=QUIET, **place)
    if _written(1.0, label).endswith("%"):
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    if len(kinds) > 1:
        figure.legend(loc="outside lower center", ncols=len(kinds))
    if title:
        axes.set_title(title, pad=6 + 11 * len(references or {}))
    spoken = (
        f"{name} " + ", ".join(f"{kind} {_written(number, label)}".strip() for kind, number in group.items())
        for name, group in groups.items()
    )
    figure.alt = f"{title + ': ' if title else ''}{label} as bars. {'; '.join(spoken)}"
    return figure


@styled
def confusion(
    labels: np.ndarray,
    predictions: np.ndarray,
    class_names: Sequence[str],
    *,
    images: np.ndarray | None = None,
    worst: int = 3,
    examples: int = 5,
    title: str | None = None,
) -> CourseFigure:
    """Show which class is taken for which; with `images`, examples of the `worst` pairs as well.

    `labels` (N,) are class ids, `predictions` class ids (N,) or scores (N, C). A row is a true class, and its numbers
    are the percentages of that class's images; the diagonal is right.
    """
    labels = np.asarray(labels)
    predictions = np.asarray(predictions)
    predictions = predictions.argmax(axis=1) if predictions.ndim == 2 else predictions
    if labels.shape != predictions.shape or labels.ndim != 1:
        raise ValueError(f"labels {labels.shape} and predictions {predictions.shape} must be (N,) both")
    size = len(class_names)
    counts = np.bincount(labels * size + predictions, minlength=size * size).reshape(size, size)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    mistakes = np.argsort(-(counts * (1 - np.eye(size, dtype=int))), axis=None, kind="stable")[:worst]
    pairs = [(int(k) // size, int(k) % size) for k in mistakes if counts.flat[k]]
    pairs = [(true, said) for true, said in pairs if true != said]

    beside = 1.1 * examples if images is not None and pairs else 0.0
    figure = new_figure(5.6 + beside, 5.4)
    grid = figure.add_gridspec(max(len(pairs), 1), 1 + bool(beside), width_ratios=[5.6, beside][: 1 + bool(beside)])
    axes = figure.add_subplot(grid[:, 0])
    axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    for row, column in np.argwhere(shares >= 0.005):
        dark = shares[row, column] > 0.5
        percent = f"{100 * shares[row, column]:.0f}"
        axes.text(column, row, percent, ha="center", va="center", fontsize=8, color="white" if dark else "#333333")
    axes.set_xticks(range(size), class_names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(size), class_names)
    accuracy = float(np.mean(labels == predictions))
    axes.set(xlabel="predicted class", ylabel="true class")
    axes.set_title(title or f"{100 * accuracy:.1f} % of {len(labels):,} images are right; rows in %")
    axes.grid(False)
    axes.spines[:].set_visible(False)
    said_so = []
    for k, (true, said) in enumerate(pairs):
        said_so.append(f"{class_names[true]} taken for {class_names[said]} ({counts[true, said]} times)")
        if images is not None:
            chosen = np.flatnonzero((labels == true) & (predictions == said))[:examples]
            tiles = np.ones((examples, *to_rgb(images[:1]).shape[1:]))
            tiles[: len(chosen)] = to_rgb(images[chosen])
            part = figure.add_subplot(grid[k, 1])
            draw_tiles(part, tiles, columns=examples)
            part.set_title(said_so[-1], fontsize=9)
    figure.alt = (
        f"{title + ': ' if title else ''}confusion matrix of {listing(list(class_names), 10)}, {len(labels)} images, "
        f"accuracy {100 * accuracy:.1f} %. Most frequent mistakes: {'; '.join(said_so) or 'none'}"
    )
    return figure


@styled
def search_map(
    trials: Sequence[Mapping[str, float]], x: str, y: str, *, value: str = "val_accuracy", title: str | None = None
) -> CourseFigure:
    """Show a hyperparameter search: every trial a dot at its (x, y), coloured by its `value`, the best one ringed.

    A trial is a dict such as {"lr": 1e-3, "reg": 0.1, "val_accuracy": 0.48}. Values that span more than a factor of 5
    get a logarithmic axis.
    """
    xs, ys, results = (np.array([float(trial[key]) for trial in trials]) for key in (x, y, value))
    if not np.isfinite(results).any():
        raise ValueError(f"no trial has a {value} that is a number")
    best = int(np.nanargmax(results))
    note = f"best: {_written(float(results[best]), value)}"
    figure = new_figure(5.8, 4.0)
    axes = figure.add_subplot()
    if xs.min() > 0 and xs.max() > 5 * xs.min():
        axes.set_xscale("log")
    if ys.min() > 0 and ys.max() > 5 * ys.min():
        axes.set_yscale("log")
    dots = axes.scatter(xs, ys, c=results, cmap="cividis", s=90, edgecolor="white", linewidth=0.8, plotnonfinite=False)
    axes.scatter(xs[best], ys[best], s=260, facecolor="none", edgecolor=PALETTE[1], linewidth=2.0)
    failed = ~np.isfinite(results)
    axes.plot(xs[failed], ys[failed], "x", color=QUIET, markersize=8)
    axes.margins(0.12)
    axes.set(xlabel=x, ylabel=y)
    axes.set_title(title or f"{len(trials)} trials, {note}")
    figure.colorbar(dots, label=value)
    figure.alt = (
        f"{title + ': ' if title else ''}{len(trials)} trials over {x} and {y}, coloured by {value}; {note} at "
        f"{x} {xs[best]:.3g} and {y} {ys[best]:.3g}" + (f"; {failed.sum()} failed" if failed.any() else "")
    )
    return figure


@dataclass(frozen=True)
class Table:
    """Rows of text under their headings; prints aligned, and shows as a table in Jupyter."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    best: int | None = None
    title: str = ""

    def __str__(self) -> str:
        marked = [(*row, "  <- best") if k == self.best else (*row, "") for k, row in enumerate(self.rows)]
        widths = [max(map(len, column)) for column in zip(self.headings, *self.rows, strict=True)]
        lines = [
            (row[0].ljust(widths[0]) + "".join(f"  {cell:>{w}}" for cell, w in zip(row[1:], widths[1:], strict=False)))
            + "".join(row[len(widths) :])
            for row in [self.headings, *marked]
        ]
        return "\n".join([self.title] * bool(self.title) + lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col" style="text-align:left">{html.escape(cell)}</th>' for cell in self.headings)
        body = ""
        for k, (name, *cells) in enumerate(self.rows):
            bold = ";font-weight:bold" if k == self.best else ""
            body += f'<tr><th scope="row" style="text-align:left{bold}">{html.escape(name)}</th>'
            body += "".join(f'<td style="text-align:right{bold}">{html.escape(cell)}</td>' for cell in cells) + "</tr>"
        caption = f"<caption>{html.escape(self.title)}</caption>" if self.title else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def table(
    results: Mapping[str, Mapping[str, object]], *, best: str | None = None, heading: str = "", title: str = ""
) -> Table:
    """Put results into a table, a row a name: {"Adam": {"lr": 3e-4, "validation": 0.53, "test": 0.52}, ...}.

    `best` names the column whose largest number is marked: the validation accuracy, never the test accuracy.

    >>> print(table({"SGD": {"lr": 0.05, "val": 0.531}, "Adam": {"lr": 3e-4, "val": 0.54}}, best="val"))
              lr     val
    SGD     0.05  53.1 %
    Adam  0.0003  54.0 %  <- best
    """
    columns = list(dict.fromkeys(column for row in results.values() for column in row))
    rows = tuple((name, *(_written(row.get(column), column) for column in columns)) for name, row in results.items())
    chosen = None
    if best is not None:
        numbers = [row.get(best) for row in results.values()]
        scores = [number if isinstance(number, (int, float)) and number == number else -math.inf for number in numbers]
        chosen = max(range(len(scores)), key=scores.__getitem__, default=None)
    return Table((heading, *columns), rows, chosen, title)


def _written(value: object, name: str) -> str:
    """Write a number as its name asks for: accuracies in per cent, others with four digits, gaps as a dash."""
    if value is None or (isinstance(value, float | np.floating) and not math.isfinite(value)):
        return "–" if value is None else "not a number"
    if isinstance(value, float | np.floating):
        if any(part in name.lower() for part in _SHARES) and 0.0 <= value <= 1.0 and "loss" not in name.lower():
            return f"{100 * value:.1f} %"
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int | np.integer) else str(value)
