"""Figures of pooling: windows, the path of the gradient, maps that get smaller, the effect of a shift."""

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

from utils.figures.alternative import described, listed, number, numbers
from utils.figures.convolution import number_grid
from utils.figures.plots import AMBER, BLUE, GREEN, GREY, INK, ORANGE, PINK, SIGNED, SKY, shape_text, with_minus

Array = NDArray[Any]
WINDOWS = (ORANGE, SKY, GREEN, PINK, AMBER, BLUE)  # colours, in reading order


def pooled_windows(x: Array, outs: Mapping[str, Array], kernel: int, stride: int) -> Figure:
    """Show the windows of a small image, each in its own colour, and the pooled values in the same colours.

    Args:
        x: (H, W).
        outs: name → (H', W'), one panel for each.
        kernel, stride: size and stride of the windows; a cell in several windows has the colour of the first.
    """
    widths = [x.shape[1], *(out.shape[1] for out in outs.values())]
    fig, axes = plt.subplots(1, len(widths), figsize=(0.55 * sum(widths) + 1.2 * len(widths), 0.55 * len(x) + 0.5))
    _draw_cells(axes[0], x, _window_colours(x.shape, kernel, stride))
    axes[0].set_title(f"input {shape_text(x.shape)}", loc="center", fontsize=11)
    for ax, (name, out) in zip(axes[1:], outs.items(), strict=True):
        colours = {place: WINDOWS[k % len(WINDOWS)] for k, place in enumerate(np.ndindex(*out.shape))}
        _draw_cells(ax, out, colours)
        ax.set_title(f"{name} {shape_text(out.shape)}", loc="center", fontsize=11)
    reach = max(x.shape) / 2 + 0.1
    for ax, values in zip(axes, (x, *outs.values()), strict=True):
        _centre(ax, values, reach, reach)
    results = (f"{name.rstrip(':')}, {shape_text(out.shape)}: {numbers(out)}" for name, out in outs.items())
    return described(
        fig,
        f"A {shape_text(x.shape)} input, {numbers(x)}, with its windows of {kernel}×{kernel} at stride {stride} in "
        f"colours, and the pooled values in the same colours. {'. '.join(results)}.",
    )


def gradient_routes(
    examples: Mapping[str, tuple[Array, Array, Array]], kernels: Sequence[int], strides: Sequence[int]
) -> Figure:
    """Show which elements of small images receive the gradient: input with windows, upstream and downstream gradient.

    Args:
        examples: name → (x (H, W), dout (H', W'), dx (H, W)), one row for each.
        kernels, strides: window size and stride, one of each per example.
    """
    tallest = sum(x.shape[0] for x, _, _ in examples.values())
    fig, axes = plt.subplots(len(examples), 3, figsize=(8.4, 0.5 * tallest + 0.5 * len(examples)), squeeze=False)
    for row, (name, (x, dout, dx)), kernel, stride in zip(axes, examples.items(), kernels, strides, strict=True):
        _draw_cells(row[0], x, {place: GREY for place in zip(*np.nonzero(dx), strict=True)})
        for k, (i, j) in enumerate(np.ndindex(*dout.shape)):
            # different insets keep the edges of overlapping windows apart
            gap = 0.06 + 0.07 * (k % 3)
            box = Rectangle((j * stride - 0.5 + gap, i * stride - 0.5 + gap), kernel - 2 * gap, kernel - 2 * gap)
            box.set(fill=False, edgecolor=WINDOWS[k % len(WINDOWS)], linewidth=2.2)
            row[0].add_patch(box)
        _draw_cells(row[1], dout, {place: WINDOWS[k % len(WINDOWS)] for k, place in enumerate(np.ndindex(*dout.shape))})
        digits = 0 if np.array_equal(dx, dx.round()) else 2
        number_grid(row[2], dx, SIGNED, 1.6 * float(np.abs(dx).max()), digits)
        row[0].set_ylabel(name, fontsize=11)
        for ax, values in zip(row, (x, dout, dx), strict=True):
            _centre(ax, values, max(x.shape) / 2 + 0.1, len(x) / 2 + 0.1)
    for ax, name in zip(axes[0], ("input, windows", "upstream gradient", "downstream gradient"), strict=True):
        ax.set_title(name, loc="center", fontsize=11)
    rows = (
        f"{name}, K = {kernel}, S = {stride}: input {numbers(x)}; upstream gradient {numbers(dout)}; downstream "
        f"gradient {numbers(dx)}."
        for (name, (x, dout, dx)), kernel, stride in zip(examples.items(), kernels, strides, strict=True)
    )
    return described(fig, "Where a pooling layer passes the gradient of each window.", *rows)


def same_scale(maps: Mapping[str, Array], percent: float = 99.5) -> Figure:
    """Draw maps side by side with pixels of equal size, so that small maps look small.

    Args:
        maps: name → (H, W).
        percent: values of a map at or above this percentile are drawn white.
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
        ax.text(
            left + width / 2,
            -0.02 * tallest,
            f"{name}\n{shape_text(image.shape)}",
            ha="center",
            va="bottom",
            fontsize=10,
        )
        left += width + gap
    ax.set(xlim=(0, total), ylim=(tallest, -0.12 * tallest))
    ax.axis("off")
    return described(
        fig,
        "Maps side by side, with pixels of equal size: "
        + listed(f"{name}, {shape_text(image.shape)}" for name, image in maps.items())
        + ". Large values are white.",
    )


def shifted_maps(rows: Mapping[str, Sequence[Array]], titles: Sequence[str]) -> Figure:
    """Show maps of an image, the same maps of the shifted image, and their differences.

    Args:
        rows: name → (H, W) arrays: the map, then for each shift the map and its difference from the first.
        titles: column titles.
    """
    fig, axes = plt.subplots(len(rows), len(titles), figsize=(1.75 * len(titles), 1.72 * len(rows)), squeeze=False)
    for row, (name, maps) in zip(axes, rows.items(), strict=True):
        limit = float(max(np.abs(m).max() for m in maps)) or 1.0
        for k, (ax, values) in enumerate(zip(row, maps, strict=True)):
            signed = k > 0 and k % 2 == 0
            ax.imshow(values, cmap=SIGNED if signed else "gray", vmin=-limit if signed else 0, vmax=limit)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set(visible=True, color=GREY)
        row[0].set_ylabel(name, fontsize=11)
    for ax, title in zip(axes[0], titles, strict=True):
        ax.set_title(title, loc="center", fontsize=10)
    changes = (
        f"{name}: " + listed(f"{number(float(np.linalg.norm(m) / norm), 2)}" for m in maps[2::2])
        for name, maps in rows.items()
        if (norm := float(np.linalg.norm(maps[0])) or 1.0)
    )
    return described(
        fig,
        f"A row for each map, with the columns {listed(titles)}. In the differences blue is larger after the shift, "
        f"red smaller. Size of each difference, relative to the unshifted map: {'; '.join(changes)}.",
    )


def shift_curves(
    panels: Mapping[str, Mapping[str, ArrayLike]], shifts: Sequence[int], ylabels: Sequence[str]
) -> Figure:
    """Draw how much a shift changes several representations of the same images.

    Args:
        panels: title → name → one value for each shift; the panels fill the figure row by row.
        shifts: in pixels.
        ylabels: one for each row of panels.
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
        ax.set_xlabel("shift (pixels)")
    handles, names = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, names, loc="outside lower center", ncols=len(names))
    texts = (
        f"{title}: " + "; ".join(f"{name} {numbers(values, 2)}" for name, values in curves.items()) + "."
        for title, curves in panels.items()
    )
    return described(fig, f"Change of each representation for shifts of {listed(shifts)} pixels.", *texts)


def _window_colours(shape: tuple[int, ...], kernel: int, stride: int) -> dict[tuple[int, ...], str]:
    """Cell → colour of the first window that contains it."""
    colours: dict[tuple[int, ...], str] = {}
    tops, lefts = (range(0, size - kernel + 1, stride) for size in shape)
    for k, (top, left) in enumerate((top, left) for top in tops for left in lefts):
        for u, v in np.ndindex(kernel, kernel):
            colours.setdefault((top + u, left + v), WINDOWS[k % len(WINDOWS)])
    return colours


def _centre(ax: Axes, values: Array, x_reach: float, y_reach: float) -> None:
    """Limit the axes to the given distances from the centre of a matrix; equal distances give equal scales."""
    y, x = ((size - 1) / 2 for size in values.shape)
    ax.set(xlim=(x - x_reach, x + x_reach), ylim=(y + y_reach, y - y_reach))


def _draw_cells(ax: Axes, values: Array, colours: Mapping[tuple[int, ...], str]) -> None:
    """A matrix of numbers, with some cells in pale colours and the others white."""
    ax.set(xticks=[], yticks=[], aspect="equal")
    ax.spines[:].set_visible(False)
    for i, j in np.ndindex(*values.shape):
        colour = colours.get((i, j))
        pale = "white" if colour is None else tuple(1 - 0.45 * (1 - part) for part in to_rgb(colour))
        cell = Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=pale, edgecolor=GREY, linewidth=0.6, clip_on=False)
        ax.add_patch(cell)
        ax.text(j, i, with_minus(f"{values[i, j]:.4g}"), ha="center", va="center", fontsize=10)
