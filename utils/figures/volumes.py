"""Figures of a whole convolution layer: inputs, filters and outputs as blocks of channels × height × width."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from numpy.typing import ArrayLike

from utils.figures.alternative import described
from utils.figures.plots import AMBER, BLUE, GREEN, INK, ORANGE, PINK, SKY, shape_text

Shape = Sequence[int]

SLANT = np.array([0.62, 0.5])  # direction in which channels are drawn, for a depth of one; lengths are in pixels
FILTERS = (ORANGE, GREEN, PINK, AMBER, BLUE, SKY)  # colours


def stretched_or_kept() -> Figure:
    """Show what a fully-connected layer and a convolution do with the same 3×32×32 image."""
    fig, (top, bottom) = plt.subplots(2, 1, figsize=(8.6, 5.2), height_ratios=(1, 1.25))
    _block(top, (0, 0), (3, 32, 32), SKY, depth=4)
    _arrow(top, (44, 18), (56, 18), "flatten")
    _bar(top, 62, 18, 56, SKY, "3072 numbers")
    _arrow(top, (122, 18), (134, 18), "row of W\n3072 weights")
    top.plot(144, 18, "s", color=INK, markersize=9)
    top.text(148, 18, "one number: depends on the\nwhole image, has no position", va="center")
    top.set_title("Fully connected")

    window = (8, 16)
    _block(bottom, (0, 0), (3, 32, 32), SKY, depth=4)
    _block(bottom, window, (3, 5, 5), ORANGE, depth=4, alpha=0.95)
    _block(bottom, (62, 12), (3, 5, 5), ORANGE, depth=4, alpha=0.95)
    bottom.text(66, 3, "filter\n3×5×5", ha="center", va="center")
    _arrow(bottom, (44, 18), (56, 18), "slide")
    _arrow(bottom, (74, 18), (86, 18), "75 products\n+ bias")
    _block(bottom, (94, 3), (1, 28, 28), GREEN, depth=1.3)
    _block(bottom, (94 + 8, 3 + 16), (1, 1.6, 1.6), INK, depth=1.3, alpha=1)
    bottom.text(128, 18, "one number: depends on a 3×5×5\nchunk, keeps its position", va="center")
    bottom.text(109, -5, "1×28×28 map", ha="center", va="center")
    bottom.set_title("Convolution")
    for ax in (top, bottom):
        ax.text(16, -5, "3×32×32 image", ha="center", va="center")
        ax.set(xlim=(-3, 185), ylim=(-10, 38), aspect="equal")
        ax.axis("off")
    return described(
        fig,
        "A fully-connected layer and a convolution on the same 3×32×32 image. Fully connected: the image is "
        "flattened to 3072 numbers, whose product with a row of W is one number, which depends on the whole image "
        "and has no position. Convolution: a 3×5×5 filter slides over the image; 75 products and a bias give one "
        "number, which depends on a 3×5×5 chunk and keeps its position in a 1×28×28 map.",
    )


def layer_volumes(x_shape: Shape, w_shape: Shape, out_shape: Shape) -> Figure:
    """Draw a convolution layer to scale: the batch of inputs, the filters, the batch of outputs.

    Args:
        x_shape: (N, C, H, W).
        w_shape: (F, C, KH, KW).
        out_shape: (N, F, H', W'), of the array that `conv_forward` returned; it is drawn as given, right or wrong.
    """
    n, channels, height, width = x_shape
    n_filters, kernel_h, kernel_w = w_shape[0], *w_shape[2:]
    out_channels, out_height, out_width = out_shape[1:]
    unit = max(height, width, out_height, out_width) / 32
    gap = 5.0 * unit
    images = min(n, 3)
    x_depth, out_depth = _depth(channels, unit), _depth(out_channels, unit)
    pitch = height + gap + max(x_depth, out_depth) * SLANT[1]  # from one image of the batch to the next
    total = images * pitch - gap
    fig, ax = plt.subplots()

    for i in reversed(range(images)):
        _block(ax, (0, i * pitch), (channels, height, width), SKY, x_depth)
    # at this position the window is inside the input, and its output inside the output, whatever their sizes
    window = np.array([0.25 * width, 0.55 * height])
    _block(ax, window, (channels, kernel_h, kernel_w), ORANGE, x_depth, alpha=0.95)
    left = width + x_depth * SLANT[0] + 3 * gap
    _filters(ax, left, total, w_shape, x_depth)
    right = left + kernel_w + x_depth * SLANT[0] + 3 * gap
    colours = [FILTERS[f % len(FILTERS)] for f in range(out_channels)]
    for i in reversed(range(images)):
        _stack(ax, (right, i * pitch), (out_height, out_width), out_depth, colours)
    cell = window * np.array([out_width / width, out_height / height]) + (right, 0)
    _block(ax, cell, (out_channels, unit, unit), INK, out_depth, alpha=1)

    _arrow(ax, (left - 2.4 * gap, total / 2), (left - 0.8 * gap, total / 2), "")
    _arrow(ax, (right - 2.2 * gap, total / 2), (right - 0.6 * gap, total / 2), "")
    captions = (
        (width / 2, f"{shape_text(x_shape)}\ninput"),
        (left + kernel_w / 2, f"{shape_text(w_shape)}\nfilters, {n_filters} biases"),
        (right + out_width / 2, f"{shape_text(out_shape)}\noutput"),
    )
    for x, text in captions:
        ax.text(x, -2.5 * gap, text, ha="center", va="center")
    bottom, top = -4 * gap, total + max(x_depth, out_depth) * SLANT[1] + unit
    span = right + out_width + out_depth * SLANT[0] + 2 * gap
    ax.set(xlim=(-gap, span - gap), ylim=(bottom, top), aspect="equal")
    fig.set_size_inches(8.0, min(8.0 * (top - bottom) / span, 4.6))
    ax.axis("off")
    return described(
        fig,
        f"A convolution layer as blocks, to scale: an input of {shape_text(x_shape)}, {n_filters} filters, "
        f"{shape_text(w_shape)}, with {n_filters} biases, and an output of {shape_text(out_shape)}. Each map of the "
        "output has the colour of its filter; a dark column marks what the filters compute from one window.",
    )


def _filters(ax: Axes, left: float, total: float, w_shape: Shape, depth: float) -> None:
    """A column of filters, centred on a height of `total`; dots below it if there are more than are drawn."""
    n_filters, channels, kernel_h, kernel_w = w_shape
    pitch = 1.2 * (kernel_h + depth * SLANT[1])
    drawn = min(n_filters, 6, max(3, int(1.2 * total / pitch)))
    more = drawn < n_filters
    for f in range(drawn):
        corner = (left, total / 2 + (drawn / 2 - 1 - f + more / 2) * pitch)
        _block(ax, corner, (channels, kernel_h, kernel_w), FILTERS[f], depth, alpha=0.95)
    if more:
        middle, low = left + (kernel_w + depth * SLANT[0]) / 2, total / 2 + (0.3 - drawn / 2) * pitch
        ax.text(middle, low, "⋮", ha="center", va="top", fontsize=16)


def _depth(channels: int, unit: float) -> float:
    """Depth of a block in pixels: it grows with the channels, up to 24 units."""
    return unit * 24 * channels / (channels + 10)


def _block(
    ax: Axes,
    corner: ArrayLike,
    shape: Sequence[float],
    colour: str,
    depth: float,
    alpha: float = 0.45,
    line: float = 0.7,
) -> None:
    """A box of shape (channels, height, width), with its lower left front corner at `corner`."""
    channels, height, width = shape
    front, back = np.asarray(corner, dtype=float), depth * SLANT
    right, up = np.array([width, 0.0]), np.array([0.0, height])
    faces = (
        (front, front + right, front + right + up, front + up),
        (front + up, front + up + right, front + up + right + back, front + up + back),
        (front + right, front + right + back, front + right + up + back, front + right + up),
    )
    for face, shade in zip(faces, (1.0, 0.75, 0.55), strict=True):
        ax.add_patch(Polygon(face, facecolor="white", edgecolor="none"))
        ax.add_patch(Polygon(face, facecolor=colour, alpha=alpha * shade, edgecolor="none"))
        ax.add_patch(Polygon(face, fill=False, edgecolor=INK, linewidth=line))
    for c in range(1, int(channels) if channels <= 12 else 0):
        shift = back * c / channels
        edge = np.array([front + up + shift, front + up + right + shift, front + right + shift])
        ax.plot(edge[:, 0], edge[:, 1], color=INK, linewidth=0.5)


def _stack(ax: Axes, corner: ArrayLike, size: tuple[float, float], depth: float, colours: Sequence[str]) -> None:
    """Maps one behind another, each in the colour of its filter; size is (height, width)."""
    thickness = depth / len(colours)
    for f in reversed(range(len(colours))):
        line = 0.4 if len(colours) <= 12 else 0.15
        _block(ax, np.asarray(corner) + SLANT * thickness * f, (1, *size), colours[f], thickness, line=line)


def _bar(ax: Axes, x: float, y: float, length: float, colour: str, text: str) -> None:
    corners = ((x, y - 1.5), (x + length, y - 1.5), (x + length, y + 1.5), (x, y + 1.5))
    ax.add_patch(Polygon(corners, facecolor=colour, alpha=0.6, edgecolor=INK))
    ax.text(x + length / 2, y + 3, text, ha="center", va="bottom")


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], text: str) -> None:
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.4})
    ax.text((start[0] + end[0]) / 2, start[1] + 1.5, text, ha="center", va="bottom", fontsize=9)
