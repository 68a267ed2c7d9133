"""Figures of a convolution on numbers and images: one dot product, window positions, maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from utils.figures.alternative import counted, described, listed, number, numbers
from utils.figures.plots import GREEN, GREY, INK, MAGNITUDE, ORANGE, SIGNED, SKY, shape_text, with_minus

Array = NDArray[Any]


def number_grid(
    ax: Axes, values: Array, cmap: str = MAGNITUDE, limit: float | None = None, digits: int = 0, size: float = 9
) -> Callable[[Array], None]:
    """Draw a matrix as coloured cells with its numbers in them.

    Args:
        values: (H, W); NaN is drawn as an empty cell.
        cmap: SIGNED is centred on 0, any other colour map starts at 0.
        limit: value with the strongest colour; by default the largest magnitude.
        digits: number of decimals shown.
        size: of the font, in points.

    Returns:
        A function that replaces the values by others of the same shape.
    """
    limit = limit or float(np.nanmax(np.abs(values), initial=1e-12))
    low = -limit if cmap == SIGNED else 0.0
    image = ax.imshow(values, cmap=cmap, vmin=low, vmax=limit)
    texts = [ax.text(j, i, "", ha="center", va="center", fontsize=size) for i, j in np.ndindex(values.shape)]

    def show(values: Array) -> None:
        image.set_data(values)
        for text, value in zip(texts, values.flat, strict=True):
            # adding 0.0 turns −0.0, the result of rounding, into 0.0
            number = with_minus(f"{np.round(value, digits) + 0.0:.{digits}f}")
            text.set(text="" if np.isnan(value) else number, color="white" if abs(value) > 0.6 * limit else INK)

    show(values)
    rows, columns = values.shape
    lines: dict[str, Any] = {"color": GREY, "linewidth": 0.6, "clip_on": False}
    ax.hlines(np.arange(rows + 1) - 0.5, -0.5, columns - 0.5, **lines)
    ax.vlines(np.arange(columns + 1) - 0.5, -0.5, rows - 0.5, **lines)
    ax.set(xticks=[], yticks=[], xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    ax.spines[:].set_visible(False)
    return show


def one_number(chunk: Array, filter_: Array, bias: float) -> Figure:
    """Show how one number of the output is computed from a filter and a chunk of the input.

    Args:
        chunk, filter_: (C, K, K); each channel is one row of the figure.
        bias: added once, to the sum over all channels.
    """
    products = chunk * filter_
    channels, height, width = chunk.shape
    fig, axes = plt.subplots(channels, 3, figsize=(8.6, 2.2 * channels), squeeze=False)
    shown = ((chunk, MAGNITUDE, 2), (filter_, SIGNED, 1), (products, SIGNED, 2))
    for c in range(channels):
        for ax, (values, cmap, digits) in zip(axes[c], shown, strict=True):
            number_grid(ax, values[c], cmap, float(np.abs(values).max()), digits, size=8)
        axes[c, 0].set_ylabel(f"channel {c}")
        for ax, sign in zip(axes[c], ("×", "=", ""), strict=True):
            ax.text(1.1, 0.5, sign, transform=ax.transAxes, fontsize=20, va="center", ha="center")
        subtotal = with_minus(f"sum {products[c].sum():+.2f}")
        axes[c, 2].text(1.1, 0.5, subtotal, transform=axes[c, 2].transAxes, fontsize=12, va="center")
    for ax, name in zip(axes[0], ("chunk of the input", "filter", "products"), strict=True):
        ax.set_title(f"{name}\n{channels}×{height}×{width}", loc="center", fontsize=11)
    sign = "−" if bias < 0 else "+"
    total = with_minus(f"{products.sum():.2f} {sign} {abs(bias):.2f} (bias, once) = {products.sum() + bias:.2f}")
    fig.suptitle(f"{products.size} products, one number: {total}", fontsize=13, x=0.5)
    sums = (f"channel {c} {number(products[c].sum())}" for c in range(channels))
    return described(
        fig,
        f"A chunk of the input, {channels}×{height}×{width}, times a filter of the same shape gives {products.size} "
        f"products. Their sums: {listed(sums)}. One number: {total}.",
    )


def window_places(cases: Sequence[tuple[int, int, int, int]]) -> Figure:
    """Show the positions of a window on a square input, above the output that they give.

    Args:
        cases: (size, kernel, stride, padding) of each column of the figure.
    """
    fig, axes = plt.subplots(2, len(cases), figsize=(2.5 * len(cases), 5.0), squeeze=False)
    reach = max(size + 2 * padding for size, _, _, padding in cases) / 2 + 0.2
    for (top, bottom), (size, kernel, stride, padding) in zip(axes.T, cases, strict=True):
        positions = range(-padding, size + padding - kernel + 1, stride)
        _draw_input(top, size, padding, reached=positions[-1] + kernel)
        for i in positions:
            for j in positions:
                top.plot(j + kernel / 2, i + kernel / 2, "o", color=ORANGE, markersize=4)
        top.add_patch(Rectangle((positions[0],) * 2, kernel, kernel, facecolor=ORANGE, alpha=0.25))
        count = len(positions)
        for i in range(count):
            for j in range(count):
                _cell(bottom, i, j, GREEN, 0.35)
        # the first window and its output with solid lines, the last ones with dashed lines
        for index, style in ((0, "-"), (count - 1, "--")):
            frame: dict[str, Any] = {"fill": False, "edgecolor": ORANGE, "linewidth": 2.2, "linestyle": style}
            top.add_patch(Rectangle((positions[index],) * 2, kernel, kernel, **frame))
            bottom.add_patch(Rectangle((index, index), 1, 1, **frame))
        top.set_title(f"K = {kernel}, S = {stride}, P = {padding}", loc="center", fontsize=11)
        bottom.set_title(f"output {count}×{count}", loc="center", fontsize=11)
        for ax, middle in ((top, size / 2), (bottom, count / 2)):
            # the same scale in every panel, so that sizes can be compared
            ax.set(xlim=(middle - reach, middle + reach), ylim=(middle + reach, middle - reach), aspect="equal")
            ax.axis("off")
    settings = (
        f"{size}×{size} input with K = {kernel}, S = {stride}, P = {padding}: output {places}×{places}"
        for size, kernel, stride, padding in cases
        if (places := len(range(-padding, size + padding - kernel + 1, stride)))
    )
    return described(fig, f"Positions of a window on a square input. {'. '.join(settings)}.")


def filter_maps(images: Array, w: Array, maps: Array, titles: Sequence[str], columns: int | None = None) -> Figure:
    """Show images next to the maps that a bank of one-channel filters computes from them.

    The maps of a filter whose weights sum to 0 are drawn with positive values in blue and negative ones in red, all
    others in grey. The largest half percent of the values share the last colour, so that a few do not fade the rest.

    Args:
        images: (N, H, W).
        w: (F, 1, KH, KW), each drawn small in the corner of its first map.
        maps: (N, F, H', W').
        titles: F names.
        columns: panels in a row; by default 1 + F, one row for each image.

    Raises:
        ValueError: if the maps are not one for each image and filter.
    """
    n_images, n_filters = maps.shape[:2]
    if (n_images, n_filters) != (len(images), len(w)):
        raise ValueError(f"maps of {len(images)} images and {len(w)} filters cannot have shape {maps.shape}.")
    columns = columns or 1 + n_filters
    rows = -(-n_images * (1 + n_filters) // columns)
    panel_height = 8.4 / columns * images.shape[1] / images.shape[2]
    title_rows = rows if n_images == 1 else 1
    fig, axes = plt.subplots(rows, columns, figsize=(8.4, rows * panel_height + 0.35 * title_rows))
    panels = iter(axes.flat)
    for n in range(n_images):
        ax = next(panels)
        _draw_grey(ax, images[n])
        if n == 0:
            ax.set_title("input", loc="center", fontsize=11)
        for f in range(n_filters):
            ax = next(panels)
            if abs(float(w[f].sum())) < 1e-6:
                limit = float(np.quantile(np.abs(maps[n, f]), 0.995)) or 1.0
                ax.imshow(maps[n, f], cmap=SIGNED, vmin=-limit, vmax=limit)
            else:
                _draw_grey(ax, maps[n, f])
            if n == 0:
                ax.set_title(titles[f], loc="center", fontsize=11)
                _draw_filter_corner(ax, w[f, 0])
    for ax in axes.flat:
        ax.axis("off")
    ranges = (
        f"{title}: from {number(maps[:, f].min(), 2)} to {number(maps[:, f].max(), 2)}"
        for f, title in enumerate(titles)
    )
    return described(
        fig,
        f"{counted(n_images, 'image')} of {shape_text(images.shape[1:])} and, for each, the maps of "
        f"{shape_text(maps.shape[2:])} of {counted(n_filters, 'filter')}. {'; '.join(ranges)}. In maps of filters "
        "whose weights sum to 0, positive values are blue and negative ones red; other maps are grey.",
    )


def merged_filters(w1: Array, w2: Array, merged: Array) -> Figure:
    """Show two one-channel filters and the single filter that computes the same as both in turn.

    Args:
        w1, w2, merged: (K1, K1), (K2, K2), (K1 + K2 − 1, K1 + K2 − 1).
    """
    widths = [w1.shape[1], w2.shape[1], merged.shape[1]]
    fig, axes = plt.subplots(1, 3, figsize=(0.62 * sum(widths) + 1.6, 0.62 * max(widths) + 0.6), width_ratios=widths)
    names = ("first", "second", "merged")
    for ax, values, name, sign in zip(axes, (w1, w2, merged), names, ("→", "=", ""), strict=True):
        number_grid(ax, values, SIGNED, digits=2, size=8)
        ax.set_title(f"{name}\n{shape_text(values.shape)}", loc="center", fontsize=11)
        ax.set_anchor("C")
        ax.text(1.14, 0.5, sign, transform=ax.transAxes, fontsize=18, va="center", ha="center")
    return described(
        fig,
        f"The first filter, {numbers(w1, 2)}, followed by the second, {numbers(w2, 2)}, is the merged filter of "
        f"{shape_text(merged.shape)}: {numbers(merged, 2)}.",
    )


def _cell(ax: Axes, i: int, j: int, colour: str, alpha: float, hatch: str | None = None) -> None:
    ax.add_patch(Rectangle((j, i), 1, 1, facecolor=colour, alpha=alpha, edgecolor="none"))
    ax.add_patch(Rectangle((j, i), 1, 1, fill=False, edgecolor=GREY, linewidth=0.6, hatch=hatch))


def _draw_input(ax: Axes, size: int, padding: int, reached: int) -> None:
    """Cells of the padded input; rows and columns from `reached` on, which no window covers, are hatched."""
    for i in range(-padding, size + padding):
        for j in range(-padding, size + padding):
            inside = 0 <= i < size and 0 <= j < size
            missed = i >= reached or j >= reached
            _cell(ax, i, j, SKY if inside else "white", 0.35, hatch="////" if missed else None)
            if not inside:
                ax.text(j + 0.5, i + 0.5, "0", ha="center", va="center", color=GREY, fontsize=8)


def _draw_grey(ax: Axes, image: Array) -> None:
    low, high = np.quantile(image, (0.005, 0.995))
    ax.imshow(image, cmap="gray", vmin=low, vmax=high)


def _draw_filter_corner(ax: Axes, w: Array) -> None:
    """A small picture of the filter in the lower right corner of its map."""
    corner = ax.inset_axes((0.79, 0.02, 0.19, 0.19), anchor="SE")
    limit = float(np.abs(w).max()) or 1.0
    corner.imshow(w, cmap=SIGNED, vmin=-limit, vmax=limit)
    corner.set_xticks(np.arange(1, w.shape[1]) - 0.5, labels=[])
    corner.set_yticks(np.arange(1, w.shape[0]) - 0.5, labels=[])
    corner.tick_params(length=0)
    corner.grid(color="white", linewidth=1.0)
    corner.spines[:].set(visible=True, color=INK, linewidth=1.0)
