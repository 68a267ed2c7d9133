"""Figures of a convolution layer seen from outside: blocks of channels × height × width, filters, maps."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from numpy.typing import ArrayLike

from utils.figures.plots import AMBER, BLUE, GREEN, INK, ORANGE, PINK, SKY

Shape = Sequence[int]

# channels go back and up to the right; the unit everywhere is one pixel
SLANT = np.array([0.62, 0.5])
FILTERS = (ORANGE, GREEN, PINK, AMBER, BLUE, SKY)


def stretched_or_kept() -> Figure:
    """Show what a fully-connected layer and a convolution do with the same 3×32×32 image."""
    fig, (top, bottom) = plt.subplots(2, 1, figsize=(8.6, 5.2), height_ratios=(1, 1.25))
    _block(top, (0, 0), (3, 32, 32), SKY, depth=4)
    _arrow(top, (44, 18), (56, 18), "stretch")
    _bar(top, 62, 18, 56, SKY, "3072 numbers")
    _arrow(top, (122, 18), (134, 18), "row of W\n3072 weights")
    _number(top, 144, 18, "one number: sees all of the\nimage, has no place in it")
    top.set_title("Fully connected")

    start = (8, 16)
    _block(bottom, (0, 0), (3, 32, 32), SKY, depth=4)
    _block(bottom, start, (3, 5, 5), ORANGE, depth=4, alpha=0.95)
    _block(bottom, (62, 12), (3, 5, 5), ORANGE, depth=4, alpha=0.95)
    bottom.text(66, 3, "filter\n3×5×5", ha="center", va="center")
    _arrow(bottom, (44, 18), (56, 18), "slide")
    _arrow(bottom, (74, 18), (86, 18), "75 products\n+ bias")
    _block(bottom, (94, 3), (1, 28, 28), GREEN, depth=1.3)
    _block(bottom, (94 + 8, 3 + 16), (1, 1.6, 1.6), INK, depth=1.3, alpha=1)
    bottom.text(128, 18, "one number: sees a 3×5×5\nchunk, and keeps its place", va="center")
    bottom.text(109, -5, "1×28×28 map", ha="center", va="center")
    bottom.set_title("Convolution")
    for ax in (top, bottom):
        ax.text(16, -5, "3×32×32 image", ha="center", va="center")
        ax.set(xlim=(-3, 185), ylim=(-10, 38), aspect="equal")
        ax.axis("off")
    return fig


def layer_volumes(x_shape: Shape, w_shape: Shape, out_shape: Shape) -> Figure:
    """Draw a convolution layer to scale: batch of inputs, bank of filters, batch of outputs.

    Args:
        x_shape: (N, C, H, W).
        w_shape: (F, C, KH, KW).
        out_shape: (N, F, H', W'), as a `conv_forward` returned it: the figure draws what it is told.
    """
    n, _, height, width = x_shape
    n_filters, channels, kernel_h, kernel_w = w_shape
    unit = max(height, width, *out_shape[2:]) / 32
    shown = min(n, 3)
    fig, ax = plt.subplots()
    gap = 5.0 * unit

    x_depth, out_depth = _depth(channels, unit), _depth(out_shape[1], unit)
    back = np.array([0.0, height + gap + max(x_depth, out_depth) * SLANT[1]])
    for i in reversed(range(shown)):
        _block(ax, i * back, (channels, height, width), SKY, x_depth)
    # the window stands where both pictures have an inside; its output is the matching column
    at = np.array([0.25 * width, 0.55 * height])
    _block(ax, at, (channels, kernel_h, kernel_w), ORANGE, x_depth, alpha=0.95)

    left = width + x_depth * SLANT[0] + 3 * gap
    total = shown * back[1] - gap
    tall = kernel_h + x_depth * SLANT[1]
    pitch = 1.2 * tall
    bank = min(n_filters, 6, max(3, int(1.2 * total / pitch)))
    dots = bank < n_filters
    for f in range(bank):
        place = (left, total / 2 + (bank / 2 - 1 - f + dots / 2) * pitch)
        _block(ax, place, (channels, kernel_h, kernel_w), FILTERS[f], x_depth, alpha=0.95)
    if dots:
        low = total / 2 + (0.3 - bank / 2) * pitch
        ax.text(left + (kernel_w + x_depth * SLANT[0]) / 2, low, "⋮", ha="center", va="top", fontsize=16)

    right = left + kernel_w + x_depth * SLANT[0] + 3 * gap
    out_height, out_width = out_shape[2:]
    colours = [FILTERS[f % len(FILTERS)] for f in range(out_shape[1])]
    for i in reversed(range(shown)):
        _stack(ax, i * back + (right, 0), (out_height, out_width), out_depth, colours)
    scale = np.array([out_width / width, out_height / height])
    cell = at * scale + (right, 0)
    _block(ax, cell, (out_shape[1], unit, unit), INK, out_depth, alpha=1)

    middle = total / 2
    _arrow(ax, (left - 2.4 * gap, middle), (left - 0.8 * gap, middle), "")
    _arrow(ax, (right - 2.2 * gap, middle), (right - 0.6 * gap, middle), "")
    bottom = -2.5 * gap
    captions = (
        (width / 2, "×".join(map(str, x_shape)) + "\ninput"),
        (left + kernel_w / 2, "×".join(map(str, w_shape)) + f"\nfilters, {n_filters} biases"),
        (right + out_width / 2, "×".join(map(str, out_shape)) + "\noutput"),
    )
    for x, text in captions:
        ax.text(x, bottom, text, ha="center", va="center")
    span = right + out_width + out_depth * SLANT[0] + 2 * gap
    tall = total + max(x_depth, out_depth) * SLANT[1] + unit - (bottom - 1.5 * gap)
    ax.set(xlim=(-gap, span - gap), ylim=(bottom - 1.5 * gap, bottom - 1.5 * gap + tall), aspect="equal")
    fig.set_size_inches(8.0, min(8.0 * tall / span, 4.6))
    ax.axis("off")
    return fig


def _depth(channels: int, unit: float) -> float:
    """How deep a block is drawn, in pixels: more for more channels, but never deeper than it is wide."""
    return unit * 24 * channels / (channels + 10)


def _block(
    ax: Axes,
    at: ArrayLike,
    shape: Sequence[float],
    colour: str,
    depth: float,
    alpha: float = 0.45,
    line: float = 0.7,
) -> None:
    """A box with its lower left front corner at `at`; shape is (channels, height, width)."""
    channels, height, width = shape
    corner, back = np.asarray(at, dtype=float), depth * SLANT
    right, up = np.array([width, 0.0]), np.array([0.0, height])
    faces = (
        (corner, corner + right, corner + right + up, corner + up),
        (corner + up, corner + up + right, corner + up + right + back, corner + up + back),
        (corner + right, corner + right + back, corner + right + up + back, corner + right + up),
    )
    for face, shade in zip(faces, (1.0, 0.75, 0.55), strict=True):
        ax.add_patch(Polygon(face, facecolor="white", edgecolor="none"))
        ax.add_patch(Polygon(face, facecolor=colour, alpha=alpha * shade, edgecolor="none"))
        ax.add_patch(Polygon(face, fill=False, edgecolor=INK, linewidth=line))
    for c in range(1, int(channels) if channels <= 12 else 0):
        shift = back * c / channels
        edge = np.array([corner + up + shift, corner + up + right + shift, corner + right + shift])
        ax.plot(edge[:, 0], edge[:, 1], color=INK, linewidth=0.5)


def _stack(ax: Axes, at: ArrayLike, size: tuple[float, float], depth: float, colours: Sequence[str]) -> None:
    """Maps one behind another, each in the colour of its filter."""
    slice_ = depth / len(colours)
    for f in reversed(range(len(colours))):
        corner = np.asarray(at) + SLANT * slice_ * f
        _block(ax, corner, (1, *size), colours[f], slice_, line=0.4 if len(colours) <= 12 else 0.15)


def _bar(ax: Axes, x: float, y: float, length: float, colour: str, text: str) -> None:
    corners = ((x, y - 1.5), (x + length, y - 1.5), (x + length, y + 1.5), (x, y + 1.5))
    ax.add_patch(Polygon(corners, facecolor=colour, alpha=0.6, edgecolor=INK))
    ax.text(x + length / 2, y + 3, text, ha="center", va="bottom")


def _number(ax: Axes, x: float, y: float, text: str) -> None:
    ax.plot(x, y, "s", color=INK, markersize=9)
    ax.text(x + 4, y, text, va="center")


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], text: str) -> None:
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.4})
    ax.text((start[0] + end[0]) / 2, start[1] + 1.5, text, ha="center", va="bottom", fontsize=9)
