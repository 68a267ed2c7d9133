"""Animations: a filter sliding over an image, and a player for the notebook."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML
from matplotlib.animation import FuncAnimation, HTMLWriter
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from PIL import Image
from tqdm.auto import tqdm

from utils.figures.alternative import alternative_text, described, numbers
from utils.figures.convolution import number_grid
from utils.figures.plots import INK, MAGNITUDE, ORANGE, SIGNED, shape_text, with_minus


def slide_filter(
    x: NDArray[Any], w: NDArray[Any], out: NDArray[Any], stride: int = 1, padding: int = 0
) -> FuncAnimation:
    """Animate one filter on one channel: the window, its products with the filter, the output so far.

    Args:
        x: (H, W) input, small whole numbers, not negative.
        w: (KH, KW) filter.
        out: (H', W') output to fill in, as a `conv_forward` computed it.
        stride, padding: of the layer, equal for both axes.

    Raises:
        ValueError: if `out` is larger than the number of window positions on the padded input.
    """
    padded = np.pad(x, padding)
    kernel_h, kernel_w = w.shape
    rows, columns = out.shape
    if (rows - 1) * stride + kernel_h > padded.shape[0] or (columns - 1) * stride + kernel_w > padded.shape[1]:
        raise ValueError(
            f"an output of {rows}×{columns} does not fit: a {kernel_h}×{kernel_w} window with stride {stride} "
            f"leaves the padded {padded.shape[0]}×{padded.shape[1]} input."
        )
    limit = float(np.abs(x).max()) or 1.0
    titles = (
        f"input {shape_text(x.shape)}" + (f", padding {padding}" if padding else ""),
        f"filter {shape_text(w.shape)}",
        "products",
        f"output {shape_text(out.shape)}",
    )
    fig, axes = grid_panels([padded.shape, w.shape, w.shape, out.shape], titles)
    number_grid(axes[0], padded, MAGNITUDE, limit)
    number_grid(axes[1], w, SIGNED)
    show_products = number_grid(axes[2], np.zeros(w.shape), SIGNED, limit * float(np.abs(w).max()))
    show_output = number_grid(axes[3], np.full(out.shape, np.nan), SIGNED, float(np.abs(out).max()) or 1.0)
    headline = fig.suptitle(" ", fontsize=11, y=0.98)
    if padding:
        height, width = x.shape
        border = Rectangle((padding - 0.5, padding - 0.5), width, height, fill=False, edgecolor=INK, linewidth=1.6)
        axes[0].add_patch(border)
    window = moving_frame(axes[0], kernel_w, kernel_h)
    cell = moving_frame(axes[3], 1, 1)

    def draw(step: int) -> list[Artist]:
        i, j = divmod(step, columns)
        top, left = i * stride, j * stride
        show_products(padded[top : top + kernel_h, left : left + kernel_w] * w)
        show_output(np.where(np.arange(out.size).reshape(out.shape) <= step, out.astype(float), np.nan))
        window.set_xy((left - 0.5, top - 0.5))
        cell.set_xy((j - 0.5, i - 0.5))
        headline.set_text(with_minus(f"row {i}, column {j}: the products add up to {out[i, j]:g}"))
        return []

    described(
        fig,
        f"Animation in {out.size} steps: the filter, {numbers(w)}, slides over the {shape_text(x.shape)} input, "
        f"{numbers(x)}, with padding {padding} and stride {stride}. At each step its products with the window are "
        f"added up to one number of the output, {shape_text(out.shape)}: {numbers(out)}.",
    )
    return FuncAnimation(fig, draw, frames=out.size, repeat=False)


def grid_panels(
    shapes: Sequence[tuple[int, ...]], titles: Sequence[str], cell: float = 0.3, gap: float = 1.6
) -> tuple[Figure, list[Axes]]:
    """A figure with axes side by side for matrices of these shapes, with cells of equal size.

    It has no layout engine, so that nothing moves from frame to frame.

    Args:
        shapes, titles: (rows, columns) and title of each matrix.
        cell: side of a cell in inches.
        gap: between two matrices, in cells.
    """
    tallest = max(rows for rows, _ in shapes)
    width = sum(columns for _, columns in shapes) + gap * (len(shapes) - 1) + 1.0
    height = tallest + 2.6
    with plt.rc_context({"figure.constrained_layout.use": False}):
        fig = plt.figure(figsize=(cell * width, cell * height))
    axes, left = [], 0.5
    for (rows, columns), title in zip(shapes, titles, strict=True):
        bottom = 0.4 + (tallest - rows) / 2
        axes.append(fig.add_axes((left / width, bottom / height, columns / width, rows / height)))
        axes[-1].set_title(title, loc="center", fontsize=10)
        left += columns + gap
    return fig, axes


def moving_frame(ax: Axes, width: int, height: int) -> Rectangle:
    """An orange frame around cells of a number grid, to be moved with `set_xy`."""
    frame = Rectangle((-0.5, -0.5), width, height, fill=False, edgecolor=ORANGE, linewidth=3, clip_on=False, zorder=4)
    ax.add_patch(frame)
    return frame


def play(animation: FuncAnimation, dpi: int = 100) -> HTML:
    """An animation as an HTML player with buttons and its figure's alternative text; needs no video encoder."""
    figure: Any = animation._fig  # type: ignore[attr-defined]
    # frames are drawn when they are saved; drawing them for a screen as well would double the time
    figure.canvas.draw_idle = lambda: None
    writer = HTMLWriter(fps=2, embed_frames=True, default_mode="once")
    with (
        TemporaryDirectory() as folder,
        tqdm(desc="drawing frames", leave=False) as bar,
        # after each saved frame matplotlib would give the figure the default layout engine and move its axes
        plt.rc_context({"figure.constrained_layout.use": False}),
    ):

        def advance(frame: int, count: int | None) -> None:
            bar.total = count
            bar.update()

        path = Path(folder) / "player.html"
        animation.save(str(path), writer=writer, dpi=dpi, progress_callback=advance)
        page = path.read_text()
    plt.close(figure)
    page = page.replace("<img ", f'<img alt="{html.escape(alternative_text(figure))}" ', 1)
    return HTML(re.sub(r"(?<=data:image/png;base64,)[^\"]+", _with_fewer_colours, page))


def _with_fewer_colours(picture: re.Match[str]) -> str:
    """A base64 PNG in a palette of 64 colours: enough for a drawing, and a quarter of the size."""
    # matplotlib breaks the base64 text into lines that end with a backslash
    frame = Image.open(BytesIO(base64.b64decode(picture[0].replace("\\\n", ""))))
    smaller = BytesIO()
    frame.convert("RGB").quantize(64).save(smaller, "PNG", optimize=True)
    return base64.b64encode(smaller.getvalue()).decode("ascii")
