"""The style of the course's figures, and the two kinds that every notebook draws: grids of images, and curves."""

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

from utils.figures.alternative import counted, course_of, described, described_further, listed, one_line, show_texts

# the palette of Okabe and Ito (jfly.uni-koeln.de/color): distinguishable with every kind of colour vision
BLUE, ORANGE, GREEN, PINK = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
SKY, AMBER, INK, GREY = "#56B4E9", "#E69F00", "#222222", "#8A8A8A"
PALETTE = (BLUE, ORANGE, GREEN, PINK, SKY, AMBER, INK)

# colour maps: in every figure blue is positive, red is negative and white is 0
SIGNED = "RdBu"
MAGNITUDE = "Blues"  # for values that are not negative


def use_course_style() -> None:
    """Set matplotlib's defaults for this session, and show figures with their alternative texts.

    The defaults are font sizes, axes without a box, and colours that are distinguishable with every kind of colour
    vision.
    """
    show_texts()
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
    """Draw images in a grid. Grey images are scaled from their darkest to their brightest value, colours from 0 to 1.

    In a notebook the figure is shown when the cell ends; if the call is the cell's last line, end it with `;`.

    Args:
        images: (H, W), (1, H, W) or, in colour, (3, H, W) arrays.
        titles: one above each image, converted with `str`.
        columns: images in a row; by default all of them, at most 10.
        cmap: matplotlib's name of a colour map, for images of one channel.
        size: width of one image in inches.

    Raises:
        ValueError: if there are no images, one has another shape, or there is not one title for each.
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
    sizes = sorted({picture.shape[:2] for picture in pictures})
    text = f"{counted(len(pictures), 'image')} of {' and '.join(shape_text(shape) for shape in sizes)} pixels"
    return described(
        fig, f"{text}: {', '.join(one_line(str(title)) for title in titles)}." if titles is not None else f"{text}."
    )


def show_curves(
    curves: Mapping[str, ArrayLike],
    xlabel: str = "step",
    ylabel: str = "loss",
    x: ArrayLike | None = None,
    title: str = "",
    ax: Axes | None = None,
    log: str = "",
) -> Figure:
    """Draw one line for each name; for several runs their mean, with a band from the minimum to the maximum.

    Args:
        curves: name → (steps,) values, or (runs, steps) for several runs.
        x: (steps,) horizontal coordinates; by default 1, 2, ….
        ax: axes to draw on; by default those of a new figure.
        log: the axes that have a log scale: "x", "y" or "xy".
    """
    own = ax is None
    if ax is None:
        _, ax = plt.subplots()
    styles = ("-", "--", "-.", ":")
    for i, (name, values) in enumerate(curves.items()):
        runs = np.atleast_2d(np.asarray(values, dtype=float))
        steps = np.arange(1, runs.shape[1] + 1) if x is None else np.asarray(x)
        colour = PALETTE[i % len(PALETTE)]
        # line styles as well as colours, for print and for lines that coincide
        ax.plot(steps, runs.mean(axis=0), styles[i % len(styles)], color=colour, label=name)
        if len(runs) > 1:
            ax.fill_between(steps, runs.min(axis=0), runs.max(axis=0), color=colour, alpha=0.18, linewidth=0)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.set(**{f"{name}scale": "log" for name in log})
    ax.grid(axis="y")
    if len(curves) > 1:
        ax.legend()
    drawn = "; ".join(f"{name} {_course(values)}" for name, values in curves.items())
    describe = described if own else described_further
    scale = f", with a log scale for {listed(log)}" if log else ""
    return describe(figure_of(ax), f"{title or 'Curves'}: {ylabel} against {xlabel}{scale}. {drawn}.")


def _course(values: ArrayLike) -> str:
    """How a curve runs, or the mean of several runs, of which the last values are given too."""
    runs = np.atleast_2d(np.asarray(values, dtype=float))
    mean = course_of(runs.mean(axis=0))
    if len(runs) == 1:
        return mean
    low, high = runs[:, -1].min(), runs[:, -1].max()
    return f"{mean} (mean of {len(runs)} runs, which end at {low:.3g} to {high:.3g})"


def figure_of(ax: Axes) -> Figure:
    """The figure that the axes belong to."""
    figure = ax.get_figure()
    assert isinstance(figure, Figure)
    return figure


def shape_text(shape: Sequence[int]) -> str:
    """(3, 32, 32) → "3×32×32"."""
    return "×".join(map(str, shape))


def with_minus(text: str) -> str:
    """Replace each hyphen by a minus sign, which is as wide as a plus sign."""
    return text.replace("-", "−")


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
