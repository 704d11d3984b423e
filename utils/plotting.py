"""The pictures of the course: images, weights, filters, feature maps and mistakes; curves and bars are drawn by its sisters.

Every function returns a `CourseFigure`, which Jupyter shows once and with an alt text (see `utils.figure`), except
`visualize_grid`, which returns the grid as an array, and `table`. Nothing here changes its arguments or computes a
result that is graded.
"""

import math
from collections.abc import Sequence

import numpy as np

from utils.charts import bars, confusion, search_map, table
from utils.curves import plot_history
from utils.figure import (
    BAD,
    GOOD,
    CourseFigure,
    caption_inches,
    diverging_rgb,
    draw_tiles,
    listing,
    new_figure,
    styled,
    to_rgb,
)

__all__ = [
    "bars",
    "confusion",
    "new_figure",
    "plot_history",
    "search_map",
    "show_feature_maps",
    "show_filters",
    "show_images",
    "show_weights",
    "table",
    "visualize_grid",
]


def visualize_grid(images: np.ndarray, ubound: float = 255.0, padding: int = 1) -> np.ndarray:
    """Lay images out as a square grid, each stretched to 0..`ubound`: an array (H', W', C) for `plt.imshow`.

    Images are (N, H, W, C) or (N, C, H, W). `show_weights` and `show_images` draw whole figures.

    >>> visualize_grid(np.random.default_rng(0).random((5, 32, 32, 3)), padding=2).shape     # 3 rows, 3 columns
    (100, 100, 3)
    """
    images = np.asarray(images, dtype=float)
    if images.ndim == 4 and images.shape[3] not in (1, 3) and images.shape[1] in (1, 3):
        images = images.transpose(0, 2, 3, 1)
    count, height, width, channels = images.shape
    side = math.ceil(math.sqrt(count))
    grid = np.zeros((side * (height + padding) - padding, side * (width + padding) - padding, channels))
    for k, image in enumerate(images):
        top, left = (k // side) * (height + padding), (k % side) * (width + padding)
        span = image.max() - image.min()
        grid[top : top + height, left : left + width] = ubound * (image - image.min()) / (span or 1.0)
    return grid


@styled
def show_images(
    images: np.ndarray,
    labels: Sequence[int] | np.ndarray | None = None,
    *,
    class_names: Sequence[str] | None = None,
    predictions: Sequence[int] | np.ndarray | None = None,
    columns: int = 8,
    title: str | None = None,
) -> CourseFigure:
    """Show images (N, C, H, W) with the names of their classes; with `predictions`, which are right and which wrong."""
    tiles = to_rgb(images)
    names = [] if labels is None else [_name(label, class_names) for label in labels]
    captions, colors = names, []
    wrong = 0
    if predictions is not None and labels is not None:
        said = [_name(prediction, class_names) for prediction in predictions]
        right = [int(a) == int(b) for a, b in zip(labels, predictions, strict=True)]
        captions = [f"✓ {a}" if ok else f"✗ {b}\n(is {a})" for ok, a, b in zip(right, names, said, strict=True)]
        colors = [GOOD if ok else BAD for ok in right]
        wrong = right.count(False)
    columns = max(1, min(columns, len(tiles)))
    tile_inches = min(2.2, max(0.95, 6.5 / columns))  # a few images are shown larger, none larger than in feature maps
    figure = _tile_figure(tiles, columns, captions, colors, title, tile_inches=tile_inches)
    figure.alt = f"{title + ': ' if title else ''}{len(tiles)} images in rows of {columns}"
    if names:
        figure.alt += f": {listing(names, 10)}"
    if predictions is not None and labels is not None:
        figure.alt += f". {wrong} of them are classified wrongly"
    return figure


@styled
def show_weights(
    weights: np.ndarray,
    shape: tuple[int, int, int],
    *,
    class_names: Sequence[str] | None = None,
    columns: int | None = None,
    title: str | None = None,
) -> CourseFigure:
    """Show the columns of a weight matrix (C * H * W, K) as K images of `shape` (C, H, W), a template a unit.

    Each is scaled by its own largest weight. With three channels, mid-grey is a weight of zero; with one, zero is white,
    positive weights are red and negative ones blue.
    """
    weights = np.asarray(weights)
    if weights.ndim != 2 or weights.shape[0] != math.prod(shape):
        raise ValueError(f"weights must be ({math.prod(shape)}, K) to be images of {shape}, got {weights.shape}")
    tiles = _signed_tiles(weights.T.reshape(-1, *shape))
    captions = [class_names[k] for k in range(len(tiles))] if class_names else []
    columns = columns or (5 if len(tiles) <= 10 else 10)
    figure = _tile_figure(tiles, columns, captions, [], title)
    of = f" of {listing(list(class_names), 10)}" if class_names else ""
    figure.alt = f"{title + ': ' if title else ''}the weights{of} of {len(tiles)} units as images {shape}"
    return figure


@styled
def show_filters(filters: np.ndarray, *, most: int = 12, title: str | None = None) -> CourseFigure:
    """Show filters (out, in, kernel_h, kernel_w): in colour where `in` is 3, else one row a filter, red above zero.

    At most `most` filters and input channels are drawn; the title says of how many.
    """
    filters = np.asarray(filters)
    if filters.ndim != 4:
        raise ValueError(f"filters must be (out, in, kernel_h, kernel_w), got {filters.shape}")
    out, channels, height, width = filters.shape
    shown = filters[:most] if channels == 3 else filters[:most, :most]
    title = title or f"{out} filters of {channels} x {height} x {width}"
    if shown.shape[:2] != (out, channels):
        title += f" (the first {shown.shape[0]}" + ("" if channels == 3 else f", {shown.shape[1]} channels") + ")"
    if channels in (1, 3):
        figure = _tile_figure(_signed_tiles(shown), 8, [f"filter {k}" for k in range(len(shown))], [], title)
    else:
        figure = _tile_figure(
            diverging_rgb(shown).reshape(-1, height, width, 3),
            shown.shape[1],
            [],
            [],
            title,
            tile_inches=0.55,
            gap_share=0.2,
        )
        figure.axes[0].set_axis_on()
        figure.axes[0].grid(False)
        figure.axes[0].set(xticks=[], yticks=[], xlabel="input channel", ylabel="filter")
        figure.axes[0].spines[:].set_visible(False)
    figure.alt = f"{title}, drawn as small images; red weights are positive and blue ones negative"
    return figure


@styled
def show_feature_maps(
    maps: np.ndarray,
    *,
    image: np.ndarray | None = None,
    filters: np.ndarray | None = None,
    names: Sequence[str] | None = None,
    most: int = 8,
    title: str | None = None,
) -> CourseFigure:
    """Show what a layer makes of one image: the image (C, H, W), its filters (out, in, h, w) and the maps (out, H, W).

    A filter is drawn as the sum over its input channels. Maps with negative values are red above zero and blue below;
    others are grey. Each is scaled by its own largest value. At most `most` maps are drawn.
    """
    maps = np.asarray(maps)
    maps = maps[0] if maps.ndim == 4 and len(maps) == 1 else maps
    if maps.ndim != 3:
        raise ValueError(f"maps must be (out, H, W) of one image, got {maps.shape}")
    shown = maps[:most]
    captions = [names[k] if names else f"map {k}" for k in range(len(shown))]
    columns = min(len(shown), 4 if image is not None and filters is None else 8)
    signed = bool((shown < 0).any())
    if signed:
        tiles = diverging_rgb(shown)
    else:
        tiles = np.stack([to_rgb(plane[np.newaxis] / (plane.max() or 1.0))[0] for plane in shown])
    rows = math.ceil(len(shown) / columns) + (filters is not None)
    left = 0.0 if image is None else 2.4
    figure = new_figure(left + columns * 1.1, max(2.4 if left else 0.0, rows * 1.3) + 0.4)
    grid = figure.add_gridspec(
        1 + (filters is not None), 1 + bool(left), width_ratios=[left, columns * 1.1][not left :]
    )
    if image is not None:
        axes = figure.add_subplot(grid[:, 0])
        draw_tiles(axes, to_rgb(np.asarray(image)), columns=1, captions=["the image"], tile_inches=2.2)
    if filters is not None:
        planes = diverging_rgb(np.asarray(filters)[:most].sum(axis=1))
        draw_tiles(
            figure.add_subplot(grid[0, -1]),
            planes,
            columns=columns,
            captions=[f"filter {k}" for k in range(len(planes))],
        )
    draw_tiles(figure.add_subplot(grid[-1, -1]), tiles, columns=columns, captions=captions)
    title = title or f"{len(maps)} feature maps of {maps.shape[1]} x {maps.shape[2]}"
    if len(shown) < len(maps):
        title += f" (the first {len(shown)})"
    figure.suptitle(title, fontsize=11, x=0.01, ha="left")
    beside = " beside their image" if image is not None else ""
    figure.alt = f"{title}{beside}: {listing(captions)}" + ("; red is positive, blue negative" if signed else "")
    return figure


def _signed_tiles(images: np.ndarray) -> np.ndarray:
    """Colour weights (N, C, H, W) so that zero stays in the middle: grey for three channels, white for one."""
    if images.shape[1] == 1:
        return diverging_rgb(images[:, 0])
    if images.shape[1] != 3:
        raise ValueError(f"weights with {images.shape[1]} channels are no images: 1 or 3 are")
    largest = np.abs(images).max(axis=(1, 2, 3), keepdims=True)
    return to_rgb(0.5 + 0.5 * images / np.where(largest == 0.0, 1.0, largest))


def _tile_figure(
    tiles: np.ndarray,
    columns: int,
    captions: Sequence[str],
    colors: Sequence[str],
    title: str | None,
    *,
    tile_inches: float = 0.95,
    gap_share: float = 0.05,
) -> CourseFigure:
    columns = max(1, min(columns, len(tiles)))
    lines = max((caption.count("\n") + 1 for caption in captions), default=0)
    height = tile_inches * tiles.shape[1] / tiles.shape[2] + caption_inches(lines) + 0.06
    figure = new_figure(
        columns * tile_inches * 1.05, math.ceil(len(tiles) / columns) * height + (0.35 if title else 0.05)
    )
    axes = figure.add_subplot()
    draw_tiles(
        axes, tiles, columns=columns, captions=captions, colors=colors, tile_inches=tile_inches, gap_share=gap_share
    )
    if title:
        axes.set_title(title)
    return figure


def _name(label: int | np.integer, class_names: Sequence[str] | None) -> str:
    return class_names[int(label)] if class_names else str(int(label))
