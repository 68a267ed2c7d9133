"""Animations of a convolution's backward pass: filters laid down and added up, and the turned filter sliding."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation
from matplotlib.artist import Artist
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from utils.figures.animations import slide_filter
from utils.figures.convolution import number_grid
from utils.figures.plots import ORANGE

Array = NDArray[Any]


def lay_filters(dout: Array, w: Array, shares: Array, stride: int = 1) -> FuncAnimation:
    """Animate how dx comes about: for each place of dout, its number times the filter is added where the window was.

    Args:
        dout: (H', W') upstream gradient, small whole numbers.
        w: (KH, KW) filter.
        shares: (H'·W', H, W) what each place, in reading order, sends back alone, as a backward pass computed it.
        stride: of the layer, which has no padding.

    Raises:
        ValueError: if there is not one share for each place.
    """
    if len(shares) != dout.size:
        raise ValueError(f"{dout.size} places of dout need as many shares, got {len(shares)}.")
    total = np.cumsum(shares, axis=0)
    shapes = (dout.shape, w.shape, shares.shape[1:])
    cell, gap, tall = 0.36, 1.7, shares.shape[1]
    width, height = sum(columns for _, columns in shapes) + 2 * gap + 1, tall + 2.4
    with plt.rc_context({"figure.constrained_layout.use": False}):
        fig = plt.figure(figsize=(cell * width, cell * height))
    axes, at = [], 0.5
    for rows, columns in shapes:
        bottom = 0.3 + (tall - rows) / 2
        axes.append(fig.add_axes((at / width, bottom / height, columns / width, rows / height)))
        at += columns + gap
    left, middle, right = axes
    number_grid(left, dout.astype(float), "RdBu")
    show_copy = number_grid(middle, w.astype(float), "RdBu", float(np.abs(w).max() * np.abs(dout).max()))
    show_total = number_grid(right, np.zeros(total.shape[1:]), "RdBu", float(np.abs(total).max()) or 1.0)
    left.set_title("dout", loc="center", fontsize=10)
    copy_title = middle.set_title(" ", loc="center", fontsize=10)
    right.set_title("dx so far", loc="center", fontsize=10)
    style: dict[str, Any] = {"fill": False, "edgecolor": ORANGE, "linewidth": 3, "clip_on": False, "zorder": 4}
    place = left.add_patch(Rectangle((0, 0), 1, 1, **style))
    window = right.add_patch(Rectangle((0, 0), w.shape[1], w.shape[0], **style))
    headline = fig.suptitle(" ", fontsize=11, y=0.98)

    def draw(step: int) -> list[Artist]:
        i, j = divmod(step, dout.shape[1])
        show_copy(dout[i, j] * w)
        show_total(total[step])
        copy_title.set_text(f"{dout[i, j]:g} × filter".replace("-", "−"))
        place.set_xy((j - 0.5, i - 0.5))
        window.set_xy((j * stride - 0.5, i * stride - 0.5))
        headline.set_text(f"place ({i}, {j}): added where its window was")
        return []

    return FuncAnimation(fig, draw, frames=dout.size, repeat=False)


def slide_turned(dout: Array, w: Array, dx: Array) -> FuncAnimation:
    """Animate dx as a convolution: the filter, turned by 180°, slides over dout in a ring of zeros.

    Args:
        dout: (H', W') upstream gradient of a layer with stride 1 and no padding, whole numbers from 0.
        w: (K, K) filter.
        dx: (H' + K − 1, W' + K − 1) as a backward pass computed it.
    """
    kernel = len(w)
    animation = slide_filter(dout, w[::-1, ::-1], dx, padding=kernel - 1)
    figure: Any = animation._fig  # type: ignore[attr-defined]
    titles = (f"dout, {kernel - 1} zeros around", "filter, turned", "products", "dx")
    for ax, title in zip(figure.axes, titles, strict=True):
        ax.set_title(title, loc="center", fontsize=10)
    return animation
