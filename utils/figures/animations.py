"""Animations for the notebooks: a filter sliding over an image."""

from __future__ import annotations

import base64
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

from utils.figures.convolution import number_grid
from utils.figures.plots import INK, ORANGE


def slide_filter(
    x: NDArray[Any], w: NDArray[Any], out: NDArray[Any], stride: int = 1, padding: int = 0
) -> FuncAnimation:
    """Animate one filter on one channel: the window, its products with the filter, the output filling up.

    Args:
        x: (H, W) input, small whole numbers.
        w: (KH, KW) filter.
        out: (H', W') numbers to write into the output, as a `conv_forward` computed them.

    Raises:
        ValueError: if `out` has more places than the window finds on the padded input.
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
    fig, (left, beside, middle, right) = _panels([padded.shape, w.shape, w.shape, out.shape])
    number_grid(left, padded, "Blues", limit)
    number_grid(beside, w, "RdBu")
    show_products = number_grid(middle, np.zeros(w.shape), "RdBu", limit * float(np.abs(w).max()))
    show_output = number_grid(right, np.full(out.shape, np.nan), "RdBu", float(np.abs(out).max()) or 1.0)
    titles = (
        f"input {x.shape[0]}×{x.shape[1]}" + (f", padding {padding}" if padding else ""),
        f"filter {kernel_h}×{kernel_w}",
        "products",
        f"output {rows}×{columns}",
    )
    for ax, title in zip((left, beside, middle, right), titles, strict=True):
        ax.set_title(title, loc="center", fontsize=10)
    headline = fig.suptitle(" ", fontsize=11, y=0.98)
    window = Rectangle((0, 0), kernel_w, kernel_h, fill=False, edgecolor=ORANGE, linewidth=3, clip_on=False)
    place = Rectangle((0, 0), 1, 1, fill=False, edgecolor=ORANGE, linewidth=3, clip_on=False)
    if padding:
        height, width = x.shape
        ring = Rectangle((padding - 0.5, padding - 0.5), width, height, fill=False, edgecolor=INK, linewidth=1.6)
        left.add_patch(ring)
    left.add_patch(window)
    right.add_patch(place)

    def draw(step: int) -> list[Artist]:
        i, j = divmod(step, columns)
        top, edge = i * stride, j * stride
        show_products(padded[top : top + kernel_h, edge : edge + kernel_w] * w)
        show_output(np.where(np.arange(out.size).reshape(out.shape) <= step, out.astype(float), np.nan))
        window.set_xy((edge - 0.5, top - 0.5))
        place.set_xy((j - 0.5, i - 0.5))
        headline.set_text(f"row {i}, column {j}: the products add up to {out[i, j]:g}".replace("-", "−"))
        return []

    return FuncAnimation(fig, draw, frames=out.size, repeat=False)


def play(animation: FuncAnimation, dpi: int = 100) -> HTML:
    """An animation as a player with buttons for a notebook: pictures inside the page, no film encoder needed."""
    figure: Any = animation._fig  # type: ignore[attr-defined]
    # every frame is saved: drawing it for a screen as well would double the time
    figure.canvas.draw_idle = lambda: None
    writer = HTMLWriter(fps=2, embed_frames=True, default_mode="once")
    with (
        TemporaryDirectory() as folder,
        tqdm(desc="drawing frames", leave=False) as bar,
        # a figure without a layout engine is given the default one after each saved frame, unless there is none
        plt.rc_context({"figure.constrained_layout.use": False}),
    ):

        def advance(frame: int, count: int | None) -> None:
            bar.total = count
            bar.update()

        path = Path(folder) / "player.html"
        animation.save(str(path), writer=writer, dpi=dpi, progress_callback=advance)
        page = path.read_text()
    plt.close(figure)
    return HTML(re.sub(r"(?<=data:image/png;base64,)[^\"]+", _with_fewer_colours, page))


def _with_fewer_colours(picture: re.Match[str]) -> str:
    """A frame in a palette of 64 colours, which is plenty for a drawing and a quarter of the size."""
    # matplotlib breaks the text of a picture into lines that end with a backslash
    frame = Image.open(BytesIO(base64.b64decode(picture[0].replace("\\\n", ""))))
    smaller = BytesIO()
    frame.convert("RGB").quantize(64).save(smaller, "PNG", optimize=True)
    return base64.b64encode(smaller.getvalue()).decode("ascii")


def _panels(shapes: Sequence[tuple[int, ...]], cell: float = 0.3, gap: float = 1.6) -> tuple[Figure, list[Axes]]:
    """A figure with axes side by side for matrices of these shapes, all cells of one size (in inches)."""
    tall = max(rows for rows, _ in shapes)
    width = sum(columns for _, columns in shapes) + gap * (len(shapes) - 1) + 1.0
    height = tall + 2.6
    with plt.rc_context({"figure.constrained_layout.use": False}):
        fig = plt.figure(figsize=(cell * width, cell * height))
    axes, at = [], 0.5
    for rows, columns in shapes:
        bottom = 0.4 + (tall - rows) / 2
        axes.append(fig.add_axes((at / width, bottom / height, columns / width, rows / height)))
        at += columns + gap
    return fig, axes
