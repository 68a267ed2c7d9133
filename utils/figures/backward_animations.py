"""Animations of a convolution's backward pass: scaled filters added up to dx, and the rotated filter sliding."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.animation import FuncAnimation
from matplotlib.artist import Artist
from numpy.typing import NDArray

from utils.figures.alternative import described, numbers
from utils.figures.animations import grid_panels, moving_frame, slide_filter
from utils.figures.convolution import number_grid
from utils.figures.plots import SIGNED, with_minus

Array = NDArray[Any]


def lay_filters(dout: Array, w: Array, shares: Array, stride: int = 1) -> FuncAnimation:
    """Animate the sum that gives dx: each element of dout, times the filter, is added where its window was.

    Args:
        dout: (H', W') upstream gradient, small whole numbers.
        w: (KH, KW) filter.
        shares: (H'·W', H, W), the dx of each element of dout alone, in reading order, as a backward pass computed it.
        stride: of the layer, which has no padding.

    Raises:
        ValueError: if there is not one share for each element of dout.
    """
    if len(shares) != dout.size:
        raise ValueError(f"dout has {dout.size} elements, which need as many shares, got {len(shares)}.")
    total = np.cumsum(shares, axis=0)
    titles = ("dout", " ", "dx so far")
    fig, (left, middle, right) = grid_panels([dout.shape, w.shape, shares.shape[1:]], titles, cell=0.36, gap=1.7)
    number_grid(left, dout.astype(float), SIGNED)
    show_product = number_grid(middle, w.astype(float), SIGNED, float(np.abs(w).max() * np.abs(dout).max()))
    show_total = number_grid(right, np.zeros(total.shape[1:]), SIGNED, float(np.abs(total).max()) or 1.0)
    cell = moving_frame(left, 1, 1)
    window = moving_frame(right, w.shape[1], w.shape[0])
    headline = fig.suptitle(" ", fontsize=11, y=0.98)

    def draw(step: int) -> list[Artist]:
        i, j = divmod(step, dout.shape[1])
        show_product(dout[i, j] * w)
        show_total(total[step])
        middle.set_title(with_minus(f"{dout[i, j]:g} × filter"), loc="center", fontsize=10)
        cell.set_xy((j - 0.5, i - 0.5))
        window.set_xy((j * stride - 0.5, i * stride - 0.5))
        headline.set_text(f"dout[{i}, {j}]: added where its window was")
        return []

    described(
        fig,
        f"Animation in {dout.size} steps: each element of dout, {numbers(dout)}, times the filter, {numbers(w)}, is "
        f"added to dx where its window was. At the end dx is {numbers(total[-1])}.",
    )
    return FuncAnimation(fig, draw, frames=dout.size, repeat=False)


def slide_turned(dout: Array, w: Array, dx: Array) -> FuncAnimation:
    """Animate dx as a convolution: the filter, rotated by 180°, slides over the zero-padded dout.

    Args:
        dout: (H', W') upstream gradient of a layer with stride 1 and no padding, whole numbers, not negative.
        w: (K, K) filter.
        dx: (H' + K − 1, W' + K − 1) as a backward pass computed it.
    """
    kernel = len(w)
    animation = slide_filter(dout, w[::-1, ::-1], dx, padding=kernel - 1)
    figure: Any = animation._fig  # type: ignore[attr-defined]
    titles = (f"dout, padding {kernel - 1}", "filter, rotated", "products", "dx")
    for ax, title in zip(figure.axes, titles, strict=True):
        ax.set_title(title, loc="center", fontsize=10)
    described(
        figure,
        f"Animation in {dx.size} steps: the filter, rotated by 180° to {numbers(w[::-1, ::-1])}, slides over dout, "
        f"{numbers(dout)}, with padding {kernel - 1}. The output is dx: {numbers(dx)}.",
    )
    return animation
