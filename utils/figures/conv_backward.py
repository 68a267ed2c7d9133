"""Figures of a convolution's backward pass: outputs and inputs along one axis, matrices in a row, learned filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from utils.figures.alternative import course_of, described, listed, number, numbers, one_line, pairs
from utils.figures.convolution import number_grid
from utils.figures.plots import BLUE, GREEN, GREY, INK, MAGNITUDE, ORANGE, PINK, SIGNED, SKY, shape_text, with_minus

Array = NDArray[Any]
Box = tuple[int, int, int, int]  # row and column of the upper left cell, height, width

Panel = tuple[int, int, int, Literal["output", "input"], int]  # inputs, kernel, stride, row and index of a cell

WEIGHTS = (BLUE, ORANGE, GREEN, PINK)  # colours of weight 0, 1, …
BOXES = (ORANGE, GREEN, BLUE)
PALE_GREEN = "#9CD5C2"


def axis_links(panels: Sequence[Panel]) -> Figure:
    """Show along one axis which outputs depend on which inputs, and through which weight.

    Args:
        panels: (inputs, kernel, stride, "output" or "input", index); the links of this one cell are coloured.

    Raises:
        ValueError: for a kernel of more than four weights.
    """
    fig, axes = plt.subplots(1, len(panels), figsize=(3.3 * len(panels), 2.9), squeeze=False)
    for ax, panel in zip(axes[0], panels, strict=True):
        if panel[1] > len(WEIGHTS):
            raise ValueError(f"a kernel of {panel[1]} has more weights than there are colours ({len(WEIGHTS)}).")
        _draw_links(ax, *panel)
    return described(fig, "Which outputs depend on which inputs, along one axis.", *map(_links_in_words, panels))


def _draw_links(ax: Axes, inputs: int, kernel: int, stride: int, side: Literal["output", "input"], index: int) -> None:
    outputs = (inputs - kernel) // stride + 1
    # each output is above the middle of its window
    centres = [j * stride + (kernel - 1) / 2 for j in range(outputs)]
    # the labels are at the end where the links spread out, so that they do not overlap
    label_at = 0.38 if side == "output" else 0.62
    linked_inputs, linked_outputs = set(), set()
    for j in range(outputs):
        for p in range(kernel):
            i = j * stride + p
            if index != (j if side == "output" else i):
                ax.plot((i, centres[j]), (0.2, 1.8), color="#DDDDDD", zorder=1)
                continue
            linked_inputs.add(i)
            linked_outputs.add(j)
            ax.plot((i, centres[j]), (0.2, 1.8), color=WEIGHTS[p], linewidth=2.6, zorder=2)
            x, y = i + (centres[j] - i) * label_at, 0.2 + 1.6 * label_at
            label = ax.text(x, y, f"$w_{p}$", ha="center", va="center", color=WEIGHTS[p], fontsize=11, zorder=3)
            label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.8})
    for i in range(inputs):
        _axis_cell(ax, i, 0, f"$x_{i}$", SKY if i in linked_inputs else "white")
    for j in range(outputs):
        _axis_cell(ax, centres[j], 2, f"$o_{j}$", PALE_GREEN if j in linked_outputs else "white")
    ax.set(xlim=(-0.7, inputs - 0.3), ylim=(-0.55, 2.55), aspect="auto")
    ax.axis("off")


def _links_in_words(panel: Panel) -> str:
    """One panel of `axis_links` as a sentence."""
    inputs, kernel, stride, side, index = panel
    outputs = (inputs - kernel) // stride + 1
    setting = f"{inputs} inputs, kernel {kernel}, stride {stride}"
    if side == "output":
        return (
            f"{setting}: output {index} reaches "
            + listed(f"input {index * stride + p} through w{p}" for p in range(kernel))
            + "."
        )
    uses = ((j, index - j * stride) for j in range(outputs))
    return (
        f"{setting}: input {index} is used by "
        + listed(f"output {j} with w{p}" for j, p in uses if 0 <= p < kernel)
        + "."
    )


def number_row(
    matrices: Sequence[Array],
    titles: Sequence[str],
    signs: Sequence[str] = (),
    boxes: Mapping[int, Sequence[Box]] | None = None,
    cell: float = 0.4,
    digits: int = 0,
) -> Figure:
    """Draw matrices in a row, with cells of equal size, positive values in blue and negative ones in red.

    Args:
        matrices: each (H, W).
        titles: one for each.
        signs: drawn between neighbours, such as "×" or "="; there may be fewer.
        boxes: index of a matrix → rectangles to outline in it; box k has the same colour in every matrix.
        cell: side of a cell in inches.
        digits: number of decimals shown.
    """
    widths = [matrix.shape[1] for matrix in matrices]
    tallest = max(len(matrix) for matrix in matrices)
    lines = max(title.count("\n") for title in titles) + 1
    size = (cell * (sum(widths) + 1.5 * len(widths)), cell * (tallest + 0.4) + 0.25 * lines)
    fig, axes = plt.subplots(1, len(matrices), figsize=size, width_ratios=widths, squeeze=False)
    for k, (ax, matrix, title) in enumerate(zip(axes[0], matrices, titles, strict=True)):
        number_grid(ax, matrix.astype(float), SIGNED, digits=digits, size=22 * cell)
        ax.set_title(title, loc="center", fontsize=11)
        ax.set_anchor("C")
        if k < len(signs):
            x = ax.get_xlim()[1] + 0.75
            ax.text(x, (len(matrix) - 1) / 2, signs[k], fontsize=17, va="center", ha="center", clip_on=False)
        for n, (top, left, height, width) in enumerate((boxes or {}).get(k, ())):
            # each a little smaller than the one before, so that none hides another
            inset = 0.05 * n
            corner = (left - 0.5 + inset, top - 0.5 + inset)
            outline = Rectangle(corner, width - 2 * inset, height - 2 * inset, fill=False, linewidth=2.6, clip_on=False)
            outline.set(edgecolor=BOXES[n % len(BOXES)], zorder=4)
            ax.add_patch(outline)
    parts = (f"{one_line(title)}: {numbers(matrix)}" for title, matrix in zip(titles, matrices, strict=True))
    return described(
        fig,
        f"Matrices in a row, joined by {listed(signs)}." if signs else "Matrices in a row.",
        ". ".join(parts) + ".",
    )


def weight_views(x: Array, dout: Array, dw: Array) -> Figure:
    """Show for each weight of a small filter which pixels it was multiplied with, and its gradient.

    Args:
        x: (H, W) image.
        dout: (H', W') upstream gradient of a layer with stride 1 and no padding.
        dw: (KH, KW) with KH = H − H' + 1 and KW = W − W' + 1, as a backward pass computed it.

    Raises:
        ValueError: if the shapes are not those of one layer.
    """
    if tuple(a - b + 1 for a, b in zip(x.shape, dout.shape, strict=True)) != dw.shape:
        raise ValueError(f"an image {x.shape} and a gradient {dout.shape} have no filter of shape {dw.shape}.")
    widths = [dout.shape[1], *[x.shape[1]] * dw.size]
    fig, axes = plt.subplots(
        1, len(widths), figsize=(0.36 * (sum(widths) + 1.2 * len(widths)), 2.5), width_ratios=widths
    )
    number_grid(axes[0], dout.astype(float), SIGNED, size=9)
    axes[0].set_title("dout", loc="center", fontsize=11)
    height, width = dout.shape
    for ax, (p, q) in zip(axes[1:], np.ndindex(dw.shape), strict=True):
        number_grid(ax, x.astype(float), MAGNITUDE, 2.2 * float(np.abs(x).max()), size=9)
        seen = Rectangle((q - 0.5, p - 0.5), width, height, fill=False, edgecolor=ORANGE, linewidth=2.6, zorder=4)
        ax.add_patch(seen)
        ax.set_title(f"seen by w[{p}, {q}]", loc="center", fontsize=11)
        ax.set_xlabel(with_minus(f"dw[{p}, {q}] = {dw[p, q]:g}"))
    for ax in axes:
        ax.set_anchor("C")
    gradients = pairs([f"dw[{p}, {q}]" for p, q in np.ndindex(dw.shape)], map(number, dw.flat))
    return described(
        fig,
        f"The upstream gradient dout, {numbers(dout)}, and for each weight the block of {height}×{width} pixels of the "
        f"{shape_text(x.shape)} image that it was multiplied by. The image: {numbers(x)}. Gradients: {gradients}.",
    )


def window_counts(counts: Mapping[str, Array]) -> Figure:
    """Show how many windows contain each pixel: name → (H, W) whole numbers, one panel for each."""
    fig, axes = plt.subplots(1, len(counts), figsize=(2.5 * len(counts), 2.9), squeeze=False)
    most = max(float(matrix.max()) for matrix in counts.values())
    for ax, (name, matrix) in zip(axes[0], counts.items(), strict=True):
        number_grid(ax, matrix.astype(float), MAGNITUDE, most, size=9)
        ax.set_title(name, loc="center", fontsize=11)
    counted_windows = (f"{name}: {numbers(matrix)}" for name, matrix in counts.items())
    return described(fig, "How many windows contain each pixel.", ". ".join(counted_windows) + ".")


def filters_on_the_way(filters: Mapping[str, Array], losses: Sequence[float]) -> Figure:
    """Show a filter at several steps of its training, in one colour scale, next to the loss.

    Args:
        filters: title → (KH, KW).
        losses: of every step.
    """
    widths = [1.0] * len(filters) + [1.7]
    fig, axes = plt.subplots(1, len(widths), figsize=(1.75 * sum(widths), 2.5), width_ratios=widths)
    limit = max(float(np.abs(w).max()) for w in filters.values())
    for ax, (name, w) in zip(axes, filters.items(), strict=False):
        number_grid(ax, w, SIGNED, limit, digits=1, size=8)
        ax.set_title(name, loc="center", fontsize=11)
        ax.set_anchor("C")
    axes[-1].plot(range(len(losses)), losses, color=BLUE)
    axes[-1].set(yscale="log", xlabel="step", title="loss")
    axes[-1].grid(axis="y")
    steps = (f"{name}: {numbers(w, 2)}" for name, w in filters.items())
    return described(
        fig, f"A filter during its training. {'. '.join(steps)}. The loss in {len(losses)} steps: {course_of(losses)}."
    )


def _axis_cell(ax: Axes, x: float, y: float, text: str, colour: str) -> None:
    ax.add_patch(Rectangle((x - 0.36, y - 0.24), 0.72, 0.48, facecolor=colour, edgecolor=INK, linewidth=0.9, zorder=2))
    ax.text(
        x, y - 0.02, text, ha="center", va="center", fontsize=11, color=INK if colour != "white" else GREY, zorder=3
    )
