"""Figures of a convolution's backward pass: who reads what along one axis, rows of matrices, what each weight saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from utils.figures.convolution import number_grid
from utils.figures.plots import BLUE, GREEN, GREY, INK, ORANGE, PINK, SKY

Array = NDArray[Any]
Box = tuple[int, int, int, int]  # row and column of the upper left cell, height, width

WEIGHTS = (BLUE, ORANGE, GREEN, PINK)  # the colour of weight 0, 1, …
BOXES = (ORANGE, GREEN, BLUE)


def axis_links(panels: Sequence[tuple[int, int, int, str, int]]) -> Figure:
    """Show along one axis which outputs read which inputs, and through which weight.

    Args:
        panels: each (inputs, kernel, stride, "output" or "input", index): the links of this cell stand out.

    Raises:
        ValueError: for a kernel of more than four weights.
    """
    fig, axes = plt.subplots(1, len(panels), figsize=(3.3 * len(panels), 2.9), squeeze=False)
    for ax, (inputs, kernel, stride, side, index) in zip(axes[0], panels, strict=True):
        if kernel > len(WEIGHTS):
            raise ValueError(f"a kernel of {kernel} has more weights than there are colours ({len(WEIGHTS)}).")
        outputs = (inputs - kernel) // stride + 1
        # every output stands above the middle of its window
        place = [j * stride + (kernel - 1) / 2 for j in range(outputs)]
        lit_in, lit_out = set(), set()
        for j in range(outputs):
            for p in range(kernel):
                i = j * stride + p
                lit = index == (j if side == "output" else i)
                style: dict[str, Any] = {"color": WEIGHTS[p], "linewidth": 2.6} if lit else {"color": "#DDDDDD"}
                ax.plot((i, place[j]), (0.2, 1.8), zorder=2 if lit else 1, **style)
                if lit:
                    lit_in.add(i)
                    lit_out.add(j)
                    near = 0.62 if side == "output" else 0.38  # labels apart, towards the end where the links part
                    near = 1 - near
                    at = (i + (place[j] - i) * near, 0.2 + 1.6 * near)
                    label = ax.text(*at, f"$w_{p}$", ha="center", va="center", color=WEIGHTS[p], fontsize=11, zorder=3)
                    label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.8})
        for i in range(inputs):
            _axis_cell(ax, i, 0, f"$x_{i}$", SKY if i in lit_in else "white")
        for j in range(outputs):
            _axis_cell(ax, place[j], 2, f"$o_{j}$", "#9CD5C2" if j in lit_out else "white")
        ax.set(xlim=(-0.7, inputs - 0.3), ylim=(-0.55, 2.55), aspect="auto")
        ax.axis("off")
    return fig


def number_row(
    matrices: Sequence[Array],
    titles: Sequence[str],
    signs: Sequence[str] = (),
    boxes: Mapping[int, Sequence[Box]] | None = None,
    cell: float = 0.4,
    digits: int = 0,
) -> Figure:
    """Draw matrices in a row, cells of one size, white at 0, blue above and red below.

    Args:
        matrices: each (H, W).
        titles: one for each.
        signs: what stands between neighbours, such as "×" or "="; fewer may be given.
        boxes: matrix number → rectangles to outline in it; box k has the same colour in every matrix.
        cell: side of a cell in inches.
        digits: decimals shown.
    """
    widths = [matrix.shape[1] for matrix in matrices]
    tall = max(len(matrix) for matrix in matrices)
    lines = max(title.count("\n") for title in titles) + 1
    size = (cell * (sum(widths) + 1.5 * len(widths)), cell * (tall + 0.4) + 0.25 * lines)
    fig, axes = plt.subplots(1, len(matrices), figsize=size, width_ratios=widths, squeeze=False)
    for k, (ax, matrix, title) in enumerate(zip(axes[0], matrices, titles, strict=True)):
        number_grid(ax, matrix.astype(float), "RdBu", digits=digits, size=22 * cell)
        ax.set_title(title, loc="center", fontsize=11)
        ax.set_anchor("C")
        if k < len(signs):
            at = ax.get_xlim()[1] + 0.75
            ax.text(at, (len(matrix) - 1) / 2, signs[k], fontsize=17, va="center", ha="center", clip_on=False)
        for n, (top, left, height, width) in enumerate((boxes or {}).get(k, ())):
            # a little inside one another, so that none hides another
            inset = 0.05 * n
            corner = (left - 0.5 + inset, top - 0.5 + inset)
            outline = Rectangle(corner, width - 2 * inset, height - 2 * inset, fill=False, linewidth=2.6, clip_on=False)
            outline.set(edgecolor=BOXES[n % len(BOXES)], zorder=4)
            ax.add_patch(outline)
    return fig


def weight_views(x: Array, dout: Array, dw: Array) -> Figure:
    """Show for every weight of a small filter the pixels that it met, and the number that they give with dout.

    Args:
        x: (H, W) image.
        dout: (H', W') upstream gradient of a layer with stride 1 and no padding.
        dw: (KH, KW), KH = H − H' + 1 and KW likewise: the numbers to write, as a backward pass computed them.

    Raises:
        ValueError: if the three shapes do not belong together.
    """
    if tuple(a - b + 1 for a, b in zip(x.shape, dout.shape, strict=True)) != dw.shape:
        raise ValueError(f"an image {x.shape} and a gradient {dout.shape} have no filter of shape {dw.shape}.")
    places = list(np.ndindex(dw.shape))
    widths = [dout.shape[1], *[x.shape[1]] * len(places)]
    fig, axes = plt.subplots(
        1, len(widths), figsize=(0.36 * (sum(widths) + 1.2 * len(widths)), 2.5), width_ratios=widths
    )
    number_grid(axes[0], dout.astype(float), "RdBu", size=9)
    axes[0].set_title("dout", loc="center", fontsize=11)
    high, wide = dout.shape
    for ax, (p, q) in zip(axes[1:], places, strict=True):
        number_grid(ax, x.astype(float), "Blues", 2.2 * float(np.abs(x).max()), size=9)
        ax.add_patch(Rectangle((q - 0.5, p - 0.5), wide, high, fill=False, edgecolor=ORANGE, linewidth=2.6, zorder=4))
        ax.set_title(f"weight ({p}, {q}) met", loc="center", fontsize=11)
        ax.set_xlabel(f"dw[{p}, {q}] = {dw[p, q]:g}".replace("-", "−"))
    for ax in axes:
        ax.set_anchor("C")
    return fig


def window_counts(counts: Mapping[str, Array]) -> Figure:
    """Show how many windows read each pixel, one panel a name; (H, W) whole numbers each."""
    fig, axes = plt.subplots(1, len(counts), figsize=(2.5 * len(counts), 2.9), squeeze=False)
    most = max(float(matrix.max()) for matrix in counts.values())
    for ax, (name, matrix) in zip(axes[0], counts.items(), strict=True):
        number_grid(ax, matrix.astype(float), "Blues", most, size=9)
        ax.set_title(name, loc="center", fontsize=11)
    return fig


def filters_on_the_way(filters: Mapping[str, Array], losses: Sequence[float]) -> Figure:
    """Show filters as they are learnt, in one colour scale, and the loss beside them; (KH, KW) each."""
    widths = [1.0] * len(filters) + [1.7]
    fig, axes = plt.subplots(1, len(widths), figsize=(1.75 * sum(widths), 2.5), width_ratios=widths)
    limit = max(float(np.abs(w).max()) for w in filters.values())
    for ax, (name, w) in zip(axes, filters.items(), strict=False):
        number_grid(ax, w, "RdBu", limit, digits=1, size=8)
        ax.set_title(name, loc="center", fontsize=11)
        ax.set_anchor("C")
    axes[-1].plot(range(len(losses)), losses, color=BLUE)
    axes[-1].set(yscale="log", xlabel="step", title="loss")
    axes[-1].grid(axis="y")
    return fig


def _axis_cell(ax: Axes, x: float, y: float, text: str, colour: str) -> None:
    ax.add_patch(Rectangle((x - 0.36, y - 0.24), 0.72, 0.48, facecolor=colour, edgecolor=INK, linewidth=0.9, zorder=2))
    ax.text(
        x, y - 0.02, text, ha="center", va="center", fontsize=11, color=INK if colour != "white" else GREY, zorder=3
    )
