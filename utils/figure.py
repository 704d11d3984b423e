"""What all pictures of the course share: one look, colours that colour-blind readers tell apart, and an alt text.

A `CourseFigure` carries its alt text as `figure.alt`. In Jupyter it shows itself as an HTML image with that alt text,
because JupyterLab, Colab and nbconvert give no alt text to an image that comes as image/png, whatever its metadata say;
the alt text is the output's plain text, too, and the description inside the PNG. A figure is shown once: in its place
where it is the last line of a cell, else at the end of the cell.

No data are drawn here: `utils.plotting`, `utils.curves` and `utils.charts` do that.
"""

import base64
import functools
import html
import io
import math
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito's colours (https://jfly.uni-koeln.de/color), without the yellow, which is lost on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
GOOD, BAD, QUIET = "#007A5A", "#B84A00", "#666666"
DIVERGING = "RdBu_r"  # red above zero, blue below, white at zero

STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#888888",
    "axes.grid": True,
    "axes.labelcolor": "#333333",
    "axes.prop_cycle": plt.cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.facecolor": "white",
    "font.size": 10,
    "grid.color": "#E8E8E8",
    "image.interpolation": "nearest",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
}

_DPI = 160  # twice the pixels that the page shows, for sharp lines on today's screens

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class CourseFigure(Figure):
    """A matplotlib figure with an alt text; `figure.alt = "..."` replaces it."""

    alt: str = ""

    def png(self) -> bytes:
        """Draw the figure as a PNG whose description is the alt text."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=_DPI, bbox_inches="tight", metadata={"Description": self.alt})
        return buffer.getvalue()

    def html(self) -> str:
        """Return the figure as an <img> with its alt text."""
        png = self.png()
        width = int(np.frombuffer(png, ">u4", count=1, offset=16)[0]) // 2  # a PNG starts with its size
        source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
        return f'<img alt="{html.escape(self.alt)}" width="{width}" style="max-width:100%;height:auto" src="{source}">'

    def _ipython_display_(self) -> None:
        from IPython.display import publish_display_data

        publish_display_data({"text/html": self.html(), "text/plain": self.alt})
        if "inline" in matplotlib.get_backend():
            plt.close(self)  # or Jupyter would show it once more at the end of the cell


def styled(draw: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Run a drawing function in the look of the course, leaving matplotlib's settings as they were.

    Not by `plt.rc_context`: the first figure of a kernel switches matplotlib to interactive, which is how Jupyter comes
    to show figures at all, and `rc_context` would take that back.
    """

    @functools.wraps(draw)
    def drawn(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        before = {name: plt.rcParams[name] for name in STYLE}
        plt.rcParams.update(STYLE)
        try:
            return draw(*args, **kwargs)
        finally:
            plt.rcParams.update(before)

    return drawn


@styled
def new_figure(width: float, height: float, alt: str = "") -> CourseFigure:
    """Return an empty figure, sizes in inches, for drawings of your own. Its axes make room for their labels."""
    figure = plt.figure(figsize=(width, height), layout="constrained", FigureClass=CourseFigure)
    assert isinstance(figure, CourseFigure)
    figure.alt = alt
    return figure


def to_rgb(images: np.ndarray) -> np.ndarray:
    """Return images as (N, H, W, 3) floats from 0 to 1.

    Takes (N, C, H, W), (N, H, W, C), (N, H, W), or one image (C, H, W), with 1 or 3 channels: bytes, floats from 0 to 1,
    or any other range, which is then stretched from its smallest to its largest value.
    """
    images = np.asarray(images)
    if images.ndim == 3:
        images = images[np.newaxis] if images.shape[0] in (1, 3) else images[:, np.newaxis]
    if images.ndim == 4 and images.shape[1] not in (1, 3) and images.shape[3] in (1, 3):
        images = images.transpose(0, 3, 1, 2)
    if images.ndim != 4 or images.shape[1] not in (1, 3):
        raise ValueError(f"images must be (N, C, H, W) with 1 or 3 channels, got {images.shape}")
    if images.dtype == np.uint8:
        images = images / 255.0
    low, high = float(images.min(initial=0.0)), float(images.max(initial=1.0))
    if low < 0.0 or high > 1.0:
        low = float(images.min())
        images = (images - low) / ((high - low) or 1.0)
    return np.broadcast_to(images, (len(images), 3, *images.shape[2:])).transpose(0, 2, 3, 1)


def diverging_rgb(values: np.ndarray) -> np.ndarray:
    """Colour values (..., H, W) by sign: white is 0, full red or blue the largest size of each (H, W)."""
    largest = np.abs(values).max(axis=(-2, -1), keepdims=True)
    return matplotlib.colormaps[DIVERGING](0.5 + 0.5 * values / np.where(largest == 0.0, 1.0, largest))[..., :3]


def draw_tiles(
    axes: Axes,
    tiles: np.ndarray,
    *,
    columns: int,
    captions: Sequence[str] = (),
    colors: Sequence[str] = (),
    tile_inches: float = 1.0,
    gap_share: float = 0.05,
) -> None:
    """Lay tiles (N, H, W, 3) out in rows, as one picture, each with its caption beneath; gaps as a share of a tile."""
    enlarge = math.ceil(48 / max(tiles.shape[1:3]))  # so that gaps and captions can be counted in pixels
    tiles = tiles.repeat(enlarge, axis=1).repeat(enlarge, axis=2)
    count, height, width, _ = tiles.shape
    columns = max(1, min(columns, count))
    rows = math.ceil(count / columns)
    gap = max(2, round(gap_share * width))
    lines = max((caption.count("\n") + 1 for caption in captions), default=0)
    band = math.ceil(caption_inches(lines) / tile_inches * width)
    canvas = np.ones((rows * (height + band + gap) - gap, columns * (width + gap) - gap, 3))
    for k, tile in enumerate(tiles):
        top, left = (k // columns) * (height + band + gap), (k % columns) * (width + gap)
        canvas[top : top + height, left : left + width] = tile
        if k < len(captions):
            color = colors[k] if k < len(colors) else "#333333"
            place = (left + width / 2, top + height + gap / 2)
            axes.text(*place, captions[k], ha="center", va="top", fontsize=8, color=color, linespacing=1.05)
    axes.imshow(canvas)
    axes.set_axis_off()


def caption_inches(lines: int) -> float:
    """Height of a caption of so many lines, with some air."""
    return 0.14 * lines + (0.04 if lines else 0.0)


def listing(names: Sequence[str], most: int = 6) -> str:
    """Join names for a sentence: "a, b and 3 more"."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"
