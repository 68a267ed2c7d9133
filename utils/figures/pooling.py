"""Figures of pooling: its windows, the way back of the gradient, smaller and smaller maps, and what a shift changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from utils.figures.convolution import number_grid
from utils.figures.plots import AMBER, BLUE, GREEN, GREY, INK, ORANGE, PINK, SKY

Array = NDArray[Any]
WINDOWS = (ORANGE, SKY, GREEN, PINK, AMBER, BLUE)


def pooled_windows(x: Array, outs: Mapping[str, Array], kernel: int, stride: int) -> Figure:
    """Show the windows of a small image, each in a colour of its own, and the numbers they become.

    Args:
        x: (H, W).
        outs: name → (H', W'), one panel each.
        kernel, stride: of the windows; where they overlap, a cell has the colour of the first.
    """
    widths = [x.shape[1], *(out.shape[1] for out in outs.values())]
    fig, axes = plt.subplots(1, len(widths), figsize=(0.55 * sum(widths) + 1.2 * len(widths), 0.55 * len(x) + 0.5))
    _cells(axes[0], x, _colours(x.shape, kernel, stride))
    axes[0].set_title(f"input {_size(x)}", loc="center", fontsize=11)
    for ax, (name, out) in zip(axes[1:], outs.items(), strict=True):
        colours = {place: WINDOWS[k % len(WINDOWS)] for k, place in enumerate(np.ndindex(*out.shape))}
        _cells(ax, out, colours)
        ax.set_title(f"{name} {_size(out)}", loc="center", fontsize=11)
    reach = max(x.shape) / 2 + 0.1
    for ax, values in zip(axes, (x, *outs.values()), strict=True):
        middle = [(n - 1) / 2 for n in values.shape]
        # one scale in every panel
        ax.set(xlim=(middle[1] - reach, middle[1] + reach), ylim=(middle[0] + reach, middle[0] - reach))
    return fig


def gradient_routes(
    examples: Mapping[str, tuple[Array, Array, Array]], kernels: Sequence[int], strides: Sequence[int]
) -> Figure:
    """Show for small images which numbers get the gradient: input and windows, upstream, downstream.

    Args:
        examples: name → (x (H, W), dout (H', W'), dx (H, W)), a row each.
        kernels, strides: of the windows, one for each example.
    """
    tallest = sum(x.shape[0] for x, _, _ in examples.values())
    fig, axes = plt.subplots(len(examples), 3, figsize=(8.4, 0.5 * tallest + 0.5 * len(examples)), squeeze=False)
    for row, (name, (x, dout, dx)), kernel, stride in zip(axes, examples.items(), kernels, strides, strict=True):
        _cells(row[0], x, {place: GREY for place in zip(*np.nonzero(dx), strict=True)})
        for k, (i, j) in enumerate(np.ndindex(*dout.shape)):
            # drawn a little apart, so that the edges of overlapping windows can be told from one another
            gap = 0.06 + 0.07 * (k % 3)
            box = Rectangle((j * stride - 0.5 + gap, i * stride - 0.5 + gap), kernel - 2 * gap, kernel - 2 * gap)
            box.set(fill=False, edgecolor=WINDOWS[k % len(WINDOWS)], linewidth=2.2)
            row[0].add_patch(box)
        _cells(row[1], dout, {place: WINDOWS[k % len(WINDOWS)] for k, place in enumerate(np.ndindex(*dout.shape))})
        digits = 0 if np.array_equal(dx, dx.round()) else 2
        number_grid(row[2], dx, "RdBu", 1.6 * float(np.abs(dx).max()), digits)
        row[0].set_ylabel(name, fontsize=11)
        reach = max(x.shape) / 2 + 0.1
        for ax, values in zip(row, (x, dout, dx), strict=True):
            middle = [(n - 1) / 2 for n in values.shape]
            tall = (x.shape[0] + 0.2) / 2
            ax.set(xlim=(middle[1] - reach, middle[1] + reach), ylim=(middle[0] + tall, middle[0] - tall))
    for ax, name in zip(axes[0], ("input, windows", "upstream gradient", "downstream gradient"), strict=True):
        ax.set_title(name, loc="center", fontsize=11)
    return fig


def same_scale(maps: Mapping[str, Array], percent: float = 99.5) -> Figure:
    """Draw maps (H, W) side by side, a pixel of each of the same size, so that small maps look small.

    Args:
        maps: name → (H, W).
        percent: of the numbers of a map that are not drawn in the last colour.
    """
    gap = 0.06 * max(image.shape[1] for image in maps.values())
    tallest = max(image.shape[0] for image in maps.values())
    total = sum(image.shape[1] for image in maps.values()) + gap * (len(maps) - 1)
    fig, ax = plt.subplots(figsize=(8.6, 8.6 * tallest / total + 0.7))
    left = 0.0
    for name, image in maps.items():
        height, width = image.shape
        bright = float(np.percentile(image, percent)) or 1.0
        ax.imshow(image, cmap="gray", vmin=0, vmax=bright, extent=(left, left + width, height, 0))
        ax.text(left + width / 2, -0.02 * tallest, f"{name}\n{_size(image)}", ha="center", va="bottom", fontsize=10)
        left += width + gap
    ax.set(xlim=(0, total), ylim=(tallest, -0.12 * tallest))
    ax.axis("off")
    return fig


def shifted_maps(rows: Mapping[str, Sequence[Array]], titles: Sequence[str]) -> Figure:
    """Show maps, the same maps of a shifted image, and what the shift changed.

    Args:
        rows: name → (H, W) arrays: the map, then for each shift the map and its difference from the first.
        titles: of the columns.
    """
    fig, axes = plt.subplots(len(rows), len(titles), figsize=(1.75 * len(titles), 1.72 * len(rows)), squeeze=False)
    for row, (name, maps) in zip(axes, rows.items(), strict=True):
        limit = float(max(np.abs(m).max() for m in maps)) or 1.0
        for k, (ax, values) in enumerate(zip(row, maps, strict=True)):
            signed = k > 0 and k % 2 == 0
            ax.imshow(values, cmap="RdBu" if signed else "gray", vmin=-limit if signed else 0, vmax=limit)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set(visible=True, color=GREY)
        row[0].set_ylabel(name, fontsize=11)
    for ax, title in zip(axes[0], titles, strict=True):
        ax.set_title(title, loc="center", fontsize=10)
    return fig


def shift_curves(
    panels: Mapping[str, Mapping[str, ArrayLike]], shifts: Sequence[int], ylabels: Sequence[str]
) -> Figure:
    """Draw how much a shift changes several representations of the same images.

    Args:
        panels: title → name → one number for each shift; the panels fill the rows of the figure.
        shifts: in pixels.
        ylabels: one for each row.
    """
    rows = len(ylabels)
    columns = len(panels) // rows
    fig, axes = plt.subplots(rows, columns, figsize=(8.6, 3.1 * rows), sharex=True, sharey="row", squeeze=False)
    styles = ((INK, "o", "-"), (ORANGE, "s", "--"), (BLUE, "^", "-"), (GREEN, "D", "-."), (SKY, "v", "-"))
    for ax, (title, curves) in zip(axes.flat, panels.items(), strict=True):
        for (name, values), (colour, marker, line) in zip(curves.items(), styles, strict=False):
            ax.plot(shifts, np.asarray(values), line, color=colour, marker=marker, markersize=5, label=name)
        ax.set_title(title, fontsize=11)
        ax.set_xticks(shifts)
        ax.set_ylim(bottom=0)
        ax.grid(axis="y")
    for ax, label in zip(axes[:, 0], ylabels, strict=True):
        ax.set_ylabel(label)
    for ax in axes[-1]:
        ax.set_xlabel("shift, pixels")
    handles, names = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, names, loc="outside lower center", ncols=len(names))
    return fig


def _colours(shape: tuple[int, ...], kernel: int, stride: int) -> dict[tuple[int, ...], str]:
    """The colour of the first window that each cell lies in."""
    colours: dict[tuple[int, ...], str] = {}
    places = [range(0, size - kernel + 1, stride) for size in shape]
    for k, (top, left) in enumerate((top, left) for top in places[0] for left in places[1]):
        for u, v in np.ndindex(kernel, kernel):
            colours.setdefault((top + u, left + v), WINDOWS[k % len(WINDOWS)])
    return colours


def _cells(ax: Axes, values: Array, colours: Mapping[tuple[int, ...], str]) -> None:
    """A matrix of numbers, some cells in pale colours; cells without a colour are white."""
    ax.set(xticks=[], yticks=[], aspect="equal")
    ax.spines[:].set_visible(False)
    for place in np.ndindex(*values.shape):
        colour = colours.get(place)
        pale = "white" if colour is None else tuple(1 - 0.45 * (1 - part) for part in to_rgb(colour))
        ax.add_patch(
            Rectangle(
                (place[1] - 0.5, place[0] - 0.5), 1, 1, facecolor=pale, edgecolor=GREY, linewidth=0.6, clip_on=False
            )
        )
        number = f"{values[place]:.4g}".replace("-", "−")
        ax.text(place[1], place[0], number, ha="center", va="center", fontsize=10)


def _size(image: Array) -> str:
    return "×".join(map(str, image.shape))
