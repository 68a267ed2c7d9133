"""How the course's figures look, and the two kinds that every notebook draws: rows of images, and curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

# Okabe and Ito's palette (jfly.uni-koeln.de/color): told apart with any kind of colour vision
BLUE, ORANGE, GREEN, PINK = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
SKY, AMBER, INK, GREY = "#56B4E9", "#E69F00", "#222222", "#8A8A8A"
PALETTE = (BLUE, ORANGE, GREEN, PINK, SKY, AMBER, INK)


def use_course_style() -> None:
    """Set matplotlib's defaults for this session: readable sizes, quiet axes, colour-blind-safe colours."""
    plt.rcParams.update(
        {
            "figure.figsize": (7.0, 3.6),
            "figure.dpi": 100,
            "savefig.dpi": 100,
            "figure.constrained_layout.use": True,
            "font.size": 11,
            "axes.titlesize": 12,
            "axes.titlelocation": "left",
            "axes.labelsize": 11,
            "axes.labelcolor": INK,
            "axes.edgecolor": GREY,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": cycler(color=PALETTE),
            "axes.grid": False,
            "grid.color": "#E4E4E4",
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "lines.linewidth": 2.0,
            "legend.frameon": False,
            "legend.fontsize": 10,
            "image.cmap": "gray",
            "image.interpolation": "nearest",
        }
    )


def show_images(
    images: Sequence[NDArray[Any]] | NDArray[Any],
    titles: Sequence[object] | None = None,
    columns: int | None = None,
    cmap: str = "gray",
    size: float = 1.4,
) -> Figure:
    """Draw images in a grid, each scaled to its own darkest and brightest value (colour: [0, 1]).

    In a notebook the figure shows itself when the cell ends; as a cell's last line, end the call with `;`.

    Args:
        images: sequence of (H, W), (1, H, W) or, in colour, (3, H, W) arrays.
        titles: one per image, shown above it; anything with a `str`.
        columns: images in a row; by default all of them, at most 10.
        cmap: matplotlib's name of the colours for images of one channel.
        size: width of one image in inches.

    Raises:
        ValueError: for no images, another shape, or a number of titles that differs from that of the images.
    """
    pictures = [_as_picture(np.asarray(image), i) for i, image in enumerate(images)]
    if not pictures:
        raise ValueError("show_images needs at least one image, got none.")
    if titles is not None and len(titles) != len(pictures):
        raise ValueError(f"show_images got {len(pictures)} images and {len(titles)} titles: give one title each.")
    columns = min(columns or 10, len(pictures))
    rows = math.ceil(len(pictures) / columns)
    lines = max((str(title).count("\n") + 1 for title in titles), default=0) if titles is not None else 0
    height = size * max(picture.shape[0] / picture.shape[1] for picture in pictures) + 0.25 * lines
    fig, axes = plt.subplots(rows, columns, figsize=(size * columns, height * rows), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for i, (axis, picture) in enumerate(zip(axes.flat, pictures, strict=False)):
        axis.imshow(picture, cmap=cmap)
        if titles is not None:
            axis.set_title(str(titles[i]), fontsize=10, loc="center")
    return fig


def show_curves(
    curves: Mapping[str, ArrayLike],
    xlabel: str = "step",
    ylabel: str = "loss",
    x: ArrayLike | None = None,
    title: str = "",
    ax: Axes | None = None,
) -> Figure:
    """Draw one line per name; of several runs the mean, with a band from the lowest to the highest.

    Args:
        curves: name → (steps,) values, or (runs, steps) for several runs.
        x: (steps,) places on the horizontal axis; by default 1, 2, ….
        ax: axes to draw on; by default a new figure.
    """
    if ax is None:
        _, ax = plt.subplots()
    styles = ("-", "--", "-.", ":")
    for i, (name, values) in enumerate(curves.items()):
        runs = np.atleast_2d(np.asarray(values, dtype=float))
        steps = np.arange(1, runs.shape[1] + 1) if x is None else np.asarray(x)
        colour = PALETTE[i % len(PALETTE)]
        # a second sign beside the colour, for print and for lines that lie on each other
        ax.plot(steps, runs.mean(axis=0), styles[i % len(styles)], color=colour, label=name)
        if len(runs) > 1:
            ax.fill_between(steps, runs.min(axis=0), runs.max(axis=0), color=colour, alpha=0.18, linewidth=0)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.grid(axis="y")
    if len(curves) > 1:
        ax.legend()
    figure = ax.get_figure()
    assert isinstance(figure, Figure)
    return figure


def _as_picture(image: NDArray[Any], index: int) -> NDArray[Any]:
    """(H, W), (1, H, W) or (3, H, W) → what imshow takes: (H, W) or (H, W, 3)."""
    if image.ndim == 2:
        return image
    if image.ndim == 3 and image.shape[0] == 1:
        return image[0]
    if image.ndim == 3 and image.shape[0] == 3:
        picture = image.transpose(1, 2, 0)
        return np.clip(picture, 0, 1) if picture.dtype.kind == "f" else picture
    raise ValueError(f"image {index} has shape {image.shape}; draw (H, W), (1, H, W) or (3, H, W).")
