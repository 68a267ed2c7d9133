"""Figures of a convolution as a matrix product: patches as columns, overlapping windows, and the speed gained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch, Rectangle
from numpy.typing import NDArray

from utils.figures.alternative import described, number, numbers, pairs
from utils.figures.convolution import number_grid
from utils.figures.plots import AMBER, BLUE, GREEN, GREY, INK, ORANGE, PINK, SKY, shape_text
from utils.speed.convolution import Speed

Array = NDArray[Any]

WINDOWS = (ORANGE, GREEN, PINK, BLUE)  # colours of the windows and their columns
WAYS = {  # name in utils.speed.convolution → (label, colour)
    "loops": ("loops over every window*", PINK),
    "kernel": ("loop over kernel positions*", AMBER),
    "yours": ("yours: im2col, one product", ORANGE),
    "pytorch": ("PyTorch", BLUE),
}


def patches_to_columns(image: Array, kernel: int, cols: Array) -> Figure:
    """Show how four windows of an image become the four columns of a matrix.

    Args:
        image: (C, H, W), with H = W = K + 1, so that there are 2×2 windows.
        kernel: K, side of the window.
        cols: (C·K·K, 4), as `im2col` returned it for this image; it is drawn as given, right or wrong.
    """
    channels, height, width = image.shape
    grid = [[f"channel {c}", "columns"] for c in range(channels)]
    fig, axes = plt.subplot_mosaic(grid, figsize=(8.2, 2.5 * channels + 0.4), width_ratios=[1, 1.35])
    limit = 2.2 * float(np.abs(image).max())  # pale cells, on which the frames stand out
    right = axes["columns"]
    number_grid(right, cols, limit=limit, size=10)
    right.set_aspect("auto")
    for c in range(channels):
        ax = axes[f"channel {c}"]
        number_grid(ax, image[c], limit=limit, size=11)
        ax.set_title(f"channel {c}, {height}×{width}", loc="center", fontsize=11)
        for k, colour in enumerate(WINDOWS):
            top, left = divmod(k, width - kernel + 1)
            inset = 0.06 + 0.06 * k  # so that no frame hides another
            _frame(ax, left + inset, top + inset, kernel - 2 * inset, kernel - 2 * inset, colour)
    for k, colour in enumerate(WINDOWS):
        _frame(right, k + 0.05, 0.05, 0.9, len(cols) - 0.1, colour)
        right.text(k, -0.75, f"window {k}", ha="center", color=colour, fontsize=10, fontweight="bold")
    area = kernel * kernel
    for c in range(channels):
        middle = (c + 0.5) * area - 0.5
        right.text(-0.75, middle, f"channel {c}", rotation=90, va="center", ha="center", color=INK)
        if c:
            right.axhline(c * area - 0.5, color=INK, linewidth=1.6, xmin=-0.04, clip_on=False)
        arrow = ConnectionPatch(
            (width - 0.3, height / 2 - 0.5),
            (-1.05, middle),
            coordsA=axes[f"channel {c}"].transData,
            coordsB=right.transData,
            arrowstyle="-|>",
            color=GREY,
            linewidth=1.6,
            mutation_scale=14,
        )
        fig.add_artist(arrow)
    right.set_xlabel(f"{cols.shape[0]} rows: C·K·K;  {cols.shape[1]} columns: L = H'·W'")
    windows = (f"window {k}: {numbers(column)}" for k, column in enumerate(cols.T))
    return described(
        fig,
        f"A {shape_text(image.shape)} image and the matrix of {cols.shape[0]} rows and {cols.shape[1]} columns that "
        f"its windows of {kernel}×{kernel} become, one column each, channel after channel. {'. '.join(windows)}.",
    )


def one_product(n_filters: int, rows: int, places: int) -> Figure:
    """Show filters · columns = maps for one image, with the row and the column that give one number of the product.

    Args:
        n_filters: F.
        rows: C·KH·KW, the numbers in a window.
        places: L, the number of windows.
    """
    fig, ax = plt.subplots(figsize=(8.6, 4.2))
    # square roots of the true sizes: to scale, the flat matrices would be too thin to read
    f, k, length = (4.5 * np.sqrt(size) for size in (n_filters, rows, places))
    gap = 22.0
    blocks = (
        (0.0, (k - f) / 2, k, f, ORANGE, f"filters\nF × C·K·K\n{n_filters} × {rows}"),
        (k + gap, 0.0, length, k, SKY, f"columns\nC·K·K × L\n{rows} × {places}"),
        (k + length + 2 * gap, (k - f) / 2, length, f, GREEN, f"maps\nF × L\n{n_filters} × {places}"),
    )
    for x, y, width, height, colour, caption in blocks:
        ax.add_patch(Rectangle((x, y), width, height, facecolor=colour, alpha=0.35, edgecolor=GREY))
        ax.text(x + width / 2, y + height + 7, caption, ha="center", va="bottom", fontsize=11)
    row, column = (k - f) / 2 + 0.62 * f, 0.3 * length
    ax.add_patch(Rectangle((0, row), k, 4, facecolor=ORANGE, edgecolor="none"))
    ax.add_patch(Rectangle((k + gap + column, 0), 4, k, facecolor=BLUE, edgecolor="none"))
    ax.add_patch(Rectangle((k + length + 2 * gap + column - 1, row - 1), 6, 6, facecolor=INK, edgecolor="none"))
    ax.text(k / 2, (k - f) / 2 - 6, "one filter", ha="center", va="top", color=ORANGE, fontsize=11)
    ax.text(k + gap + column + 2, -6, "one window", ha="center", va="top", color=BLUE, fontsize=11)
    ax.text(
        k + length + 2 * gap + column + 2, (k - f) / 2 - 6, "one number", ha="center", va="top", color=INK, fontsize=11
    )
    for x, sign in ((k + gap / 2, "·"), (k + length + 1.5 * gap, "=")):
        ax.text(x, k / 2, sign, ha="center", va="center", fontsize=22)
    ax.set(xlim=(-4, k + 2 * length + 2 * gap + 4), ylim=(-18, k + 42), aspect="equal")
    ax.axis("off")
    return described(
        fig,
        f"Filters times columns gives maps: F × C·K·K, {n_filters} × {rows}, times C·K·K × L, {rows} × {places}, gives "
        f"F × L, {n_filters} × {places}. One filter, a row, times one window, a column, gives one number.",
    )


def overlap_counts(counts: Sequence[Array], titles: Sequence[str]) -> Figure:
    """Show how many windows contain each pixel, one panel for each layer.

    Args:
        counts: (H, W) whole numbers, for each layer.
        titles: one for each.
    """
    fig, axes = plt.subplots(1, len(counts), figsize=(2.3 * len(counts), 2.7), squeeze=False)
    limit = max(float(count.max()) for count in counts)
    for ax, count, title in zip(axes[0], counts, titles, strict=True):
        number_grid(ax, count, limit=limit, size=10)
        ax.set_title(title, loc="center", fontsize=10.5)
    panels = (f"{title}: {numbers(count)}" for title, count in zip(titles, counts, strict=True))
    return described(fig, "How many windows contain each pixel.", ". ".join(panels) + ".")


def price_of_a_round(sizes: Sequence[int], seconds: Sequence[float], product: float) -> Figure:
    """Show the time of one iteration of the loops over windows, next to that of the same sum in a matrix product.

    Args:
        sizes: numbers in a window, ascending.
        seconds: of one iteration, for each size.
        product: seconds of one multiply-add inside a large matrix product.
    """
    fig, ax = plt.subplots(figsize=(7.6, 3.8))
    # both in microseconds
    loops, matrix = np.asarray(seconds) * 1e6, np.asarray(sizes) * product * 1e6
    ax.fill_between(sizes, matrix, loops, color=PINK, alpha=0.12, linewidth=0)
    ax.loglog(sizes, loops, "o-", color=PINK)
    ax.loglog(sizes, matrix, "--", color=INK)
    middle = len(sizes) // 2
    ax.text(sizes[0], loops[0] * 2, "one iteration of the loops", color=PINK, va="bottom", fontweight="bold")
    in_product = "the same sum inside a large matrix product"
    ax.text(sizes[middle - 1], matrix[middle - 1] / 3, in_product, color=INK, va="top")
    halfway = np.sqrt(loops[0] * matrix[0]) / 2
    ax.text(sizes[0] * 1.2, halfway, "overhead of\nPython and NumPy", color=PINK, va="center")
    for size, label in ((75, "75: the lecture's example"), (500, "500: LeNet-5")):
        height = float(np.interp(size, sizes, loops))
        ax.plot([size], [height], "o", color=INK, markersize=7, fillstyle="none", markeredgewidth=1.6)
        ax.text(size, height / 2, label, color=INK, fontsize=10, va="top", ha="center")
    ax.set(
        xlabel="numbers in the window: C·K·K",
        ylabel="microseconds",
        title="Time for one number of the output",
        ylim=(matrix[0] / 2, loops.max() * 8),
    )
    ax.grid(axis="y")
    return described(
        fig,
        "Time for one number of the output, in microseconds, against the numbers in the window, both on a log scale. "
        f"One iteration of the loops: {pairs(list(sizes), map(number, loops))}. "
        f"The same sum inside a large matrix product: {number(matrix[0])} for {sizes[0]} to {number(matrix[-1])} for "
        f"{sizes[-1]}. The difference is overhead of Python and NumPy.",
    )


def speed_plot(speeds: Mapping[str, Speed]) -> Figure:
    """Show the speeds that `utils.speed.convolution.compare_speed` returned, with the machine's limit as a line.

    Args:
        speeds: name → speed in GFLOP/s; "limit" must be among the names, those in WAYS may be missing.
    """
    limit = speeds["limit"].forward
    names = [name for name in WAYS if name in speeds]
    slowest = min(min(speeds[name].forward, speeds[name].backward) for name in names)
    fig, axes = plt.subplots(1, 2, figsize=(9.2, 3.2), sharey=True, sharex=True)
    for ax, direction in zip(axes, ("forward", "backward"), strict=True):
        for k, name in enumerate(reversed(names)):
            value = float(getattr(speeds[name], direction))
            ax.hlines(k, slowest / 4, value, color=GREY, linewidth=0.8)
            ax.plot(value, k, "o", color=WAYS[name][1], markersize=11)
            text = f"{value:.2f}" if value < 1 else f"{value:.0f}"
            ax.annotate(text, (value, k), xytext=(-9, 4), textcoords="offset points", ha="right", fontweight="bold")
        ax.axvline(limit, color=INK, linestyle="--", linewidth=1.6)
        ax.text(limit * 1.15, len(names) - 1, f"limit\n{limit:.0f}", ha="left", va="center", fontsize=10)
        ax.set(xscale="log", xlim=(slowest / 4, limit * 3), ylim=(-0.5, len(names) - 0.35), title=direction)
        ax.set_xlabel("GFLOP/s on one thread")
        ax.set_yticks(range(len(names)), [WAYS[name][0] for name in reversed(names)])
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="x")
    rows = (f"{WAYS[n][0]} {number(speeds[n].forward)} and {number(speeds[n].backward)}" for n in names)
    return described(
        fig,
        f"Speeds in GFLOP/s on one thread, forward and backward, on a log scale: {'; '.join(rows)}. "
        f"The limit, one matrix product: {number(limit)}.",
    )


def _frame(ax: Axes, left: float, top: float, width: float, height: float, colour: str) -> None:
    """A frame around cells of a number grid; the upper left corner of the grid is (0, 0)."""
    frame = Rectangle((left - 0.5, top - 0.5), width, height, fill=False, edgecolor=colour, linewidth=2.4)
    ax.add_patch(frame)
