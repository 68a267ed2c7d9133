"""Figures of a convolution on numbers and images: one dot product, places of a window, maps, receptive fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from utils.figures.plots import GREEN, GREY, INK, ORANGE, SKY

Array = NDArray[Any]


def number_grid(
    ax: Axes, values: Array, cmap: str = "Blues", limit: float | None = None, digits: int = 0, size: float = 9
) -> Callable[[Array], None]:
    """Draw a matrix as coloured cells with its numbers in them; returns a function that draws other values there.

    Args:
        values: (H, W); NaN is drawn as an empty cell.
        cmap: a diverging map ("RdBu") is centred on 0, any other starts at 0.
        limit: value of the strongest colour; by default the largest magnitude.
        digits: decimals shown.
    """
    limit = limit or float(np.nanmax(np.abs(values), initial=1e-12))
    low = -limit if cmap == "RdBu" else 0.0
    image = ax.imshow(values, cmap=cmap, vmin=low, vmax=limit)
    texts = [ax.text(j, i, "", ha="center", va="center", fontsize=size) for i, j in np.ndindex(values.shape)]

    def show(values: Array) -> None:
        image.set_data(values)
        for text, value in zip(texts, values.flat, strict=True):
            # adding 0.0 turns a rounded −0.0 into 0.0
            number = f"{np.round(value, digits) + 0.0:.{digits}f}".replace("-", "−")
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
    """Show how a filter and a chunk of the same shape give one number.

    Args:
        chunk, filter_: (C, K, K); a row of the figure for each channel.
        bias: added once, to the sum over every channel.
    """
    products = chunk * filter_
    channels, height, width = chunk.shape
    fig, axes = plt.subplots(channels, 3, figsize=(8.6, 2.2 * channels), squeeze=False)
    shown = ((chunk, "Blues", 2), (filter_, "RdBu", 1), (products, "RdBu", 2))
    for c in range(channels):
        for ax, (values, cmap, digits) in zip(axes[c], shown, strict=True):
            number_grid(ax, values[c], cmap, float(np.abs(values).max()), digits, size=8)
        axes[c, 0].set_ylabel(f"channel {c}")
        for ax, sign in zip(axes[c], ("×", "=", ""), strict=True):
            ax.text(1.1, 0.5, sign, transform=ax.transAxes, fontsize=20, va="center", ha="center")
        subtotal = f"sum {products[c].sum():+.2f}".replace("-", "−")
        axes[c, 2].text(1.1, 0.5, subtotal, transform=axes[c, 2].transAxes, fontsize=12, va="center")
    for ax, name in zip(axes[0], ("chunk of the input", "filter", "products"), strict=True):
        ax.set_title(f"{name}\n{channels}×{height}×{width}", loc="center", fontsize=11)
    sign = "−" if bias < 0 else "+"
    total = f"{products.sum():.2f} {sign} {abs(bias):.2f} (bias, once) = {products.sum() + bias:.2f}".replace("-", "−")
    fig.suptitle(f"{products.size} products, one number: {total}", fontsize=13, x=0.5)
    return fig


def window_places(cases: Sequence[tuple[int, int, int, int]]) -> Figure:
    """Show where a window stops on a square input, and the output that this gives.

    Args:
        cases: one column each, as (size, kernel, stride, padding).
    """
    fig, axes = plt.subplots(2, len(cases), figsize=(2.5 * len(cases), 5.0), squeeze=False)
    reach = max(size + 2 * padding for size, _, _, padding in cases) / 2 + 0.2
    for (top, bottom), (size, kernel, stride, padding) in zip(axes.T, cases, strict=True):
        places = range(-padding, size + padding - kernel + 1, stride)
        seen = places[-1] + kernel
        _draw_input(top, size, padding, seen)
        for i in places:
            for j in places:
                top.plot(j + kernel / 2, i + kernel / 2, "o", color=ORANGE, markersize=4)
        for at, style in ((places[0], "-"), (places[-1], "--")):
            box = Rectangle((at, at), kernel, kernel, fill=False, edgecolor=ORANGE, linewidth=2.2, linestyle=style)
            top.add_patch(box)
        top.add_patch(Rectangle((places[0],) * 2, kernel, kernel, facecolor=ORANGE, alpha=0.25))
        count = len(places)
        for i in range(count):
            for j in range(count):
                _cell(bottom, i, j, GREEN, 0.35)
        for at, style in ((0, "-"), (count - 1, "--")):
            bottom.add_patch(Rectangle((at, at), 1, 1, fill=False, edgecolor=ORANGE, linewidth=2.2, linestyle=style))
        top.set_title(f"K = {kernel}, S = {stride}, P = {padding}", loc="center", fontsize=11)
        bottom.set_title(f"output {count}×{count}", loc="center", fontsize=11)
        for ax, middle in ((top, size / 2), (bottom, count / 2)):
            # one scale in every panel, so that sizes can be compared by eye
            ax.set(xlim=(middle - reach, middle + reach), ylim=(middle + reach, middle - reach), aspect="equal")
            ax.axis("off")
    return fig


def filter_maps(images: Array, w: Array, maps: Array, titles: Sequence[str], columns: int | None = None) -> Figure:
    """Show images beside the maps that a bank of one-channel filters makes of them.

    A filter whose weights sum to 0 answers with signs: its maps are drawn white at 0, blue above, red below. The
    half percent of strongest values is drawn in the last colour, so that a few of them do not pale the rest.

    Args:
        images: (N, H, W).
        w: (F, 1, KH, KW), shown small in the corner of its first map.
        maps: (N, F, H', W').
        titles: F names.
        columns: panels in a row; by default 1 + F, one row for each image.
    """
    n_images, n_filters = maps.shape[:2]
    if (n_images, n_filters) != (len(images), len(w)):
        raise ValueError(f"maps of {len(images)} images and {len(w)} filters cannot have shape {maps.shape}.")
    columns = columns or 1 + n_filters
    rows = -(-n_images * (1 + n_filters) // columns)
    wide = 8.4 / columns
    shape = images.shape[1] / images.shape[2]
    fig, axes = plt.subplots(rows, columns, figsize=(8.4, rows * wide * shape + 0.35 * (rows if n_images == 1 else 1)))
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
                ax.imshow(maps[n, f], cmap="RdBu", vmin=-limit, vmax=limit)
            else:
                _draw_grey(ax, maps[n, f])
            if n == 0:
                ax.set_title(titles[f], loc="center", fontsize=11)
                _draw_filter_corner(ax, w[f, 0])
    for ax in axes.flat:
        ax.axis("off")
    return fig


def merged_filters(w1: Array, w2: Array, merged: Array) -> Figure:
    """Show two one-channel filters and the one that does the work of both.

    Args:
        w1, w2, merged: (K1, K1), (K2, K2), (K1 + K2 − 1, K1 + K2 − 1).
    """
    widths = [w1.shape[1], w2.shape[1], merged.shape[1]]
    fig, axes = plt.subplots(1, 3, figsize=(0.62 * sum(widths) + 1.6, 0.62 * max(widths) + 0.6), width_ratios=widths)
    names = ("first", "then", "both in one")
    for ax, values, name, sign in zip(axes, (w1, w2, merged), names, ("→", "=", ""), strict=True):
        number_grid(ax, values, "RdBu", digits=2, size=8)
        ax.set_title(f"{name}\n{values.shape[0]}×{values.shape[1]}", loc="center", fontsize=11)
        ax.set_anchor("C")
        ax.text(1.14, 0.5, sign, transform=ax.transAxes, fontsize=18, va="center", ha="center")
    return fig


def field_layers(networks: Sequence[Sequence[tuple[int, int]]]) -> Figure:
    """Show, side by side, what one output of each network sees in every layer before it (one axis, no padding).

    Args:
        networks: each a list of (kernel, stride), input first.
    """
    fig, axes = plt.subplots(1, len(networks), figsize=(5.0 * len(networks), 3.4), squeeze=False)
    for ax, layers in zip(axes[0], networks, strict=True):
        spans = _spans(layers)
        # where cell j of each row stands, measured in cells of the input: start + j * step
        start, step = [0.0], [1]
        for kernel, stride in layers:
            start.append(start[-1] + (kernel - 1) / 2 * step[-1])
            step.append(step[-1] * stride)
        for row, (low, high) in enumerate(spans):
            for j in range(low - 1, high + 2):
                seen = low <= j <= high
                colour = (SKY, ORANGE, GREEN)[0 if row == 0 else 2 if row == len(layers) else 1]
                box = Rectangle((start[row] + j * step[row] - 0.4, row - 0.18), 0.8, 0.36, linewidth=0.8)
                box.set(facecolor=colour if seen else "white", edgecolor=INK if seen else GREY, alpha=0.8)
                if seen or 0 < row < len(layers) or row == 0:
                    ax.add_patch(box)
            if row < len(layers):
                kernel, stride = layers[row]
                above = spans[row + 1]
                for j in range(above[0], above[1] + 1):
                    for k in (0, kernel - 1):
                        x = (start[row + 1] + j * step[row + 1], start[row] + (j * stride + k) * step[row])
                        ax.plot(x, (row + 0.82, row + 0.18), color=GREY, linewidth=0.8, zorder=0)
            text = f"{high - low + 1} seen" if row < len(layers) else "one output"
            ax.text(spans[0][1] + 2.2, row, text, va="center", ha="left")
        names = ["input"] + [f"after layer {i + 1}" for i in range(len(layers))]
        ax.set_yticks(range(len(layers) + 1), names)
        ax.set(xlim=(-2, 1.45 * spans[0][1] + 4), ylim=(-0.5, len(layers) + 0.5), xticks=[])
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        ax.set_title("(K, S) = " + ", ".join(str(layer) for layer in layers), loc="center", fontsize=11)
    return fig


def field_growth(weights: Sequence[Array], fields: Sequence[int]) -> Figure:
    """Show how much every input pixel counts for one output, after one layer, two layers and so on.

    Args:
        weights: (K, K) each, odd sizes, all not negative; drawn by their square root, so that faint ones are seen.
        fields: for each the width of the square drawn around the middle.
    """
    side = max(len(w) for w in weights)
    fig, axes = plt.subplots(1, len(weights), figsize=(2.1 * len(weights), 2.4), squeeze=False)
    for depth, (ax, w, field) in enumerate(zip(axes[0], weights, fields, strict=True), start=1):
        ax.imshow(np.sqrt(np.pad(w, 1 + (side - len(w)) // 2)), cmap="Blues")
        middle = (side + 1) / 2
        box = Rectangle((middle - field / 2,) * 2, field, field, fill=False, edgecolor=ORANGE, linewidth=2)
        ax.add_patch(box)
        ax.set_title(f"{depth} layer{'s' * (depth > 1)}: {field}×{field}", loc="center", fontsize=11)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(visible=True, color=GREY)
    return fig


def _spans(layers: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """First and last cell of each row that output 0 sees, input first."""
    spans = [(0, 0)]
    for kernel, stride in reversed(layers):
        low, high = spans[0]
        spans.insert(0, (low * stride, high * stride + kernel - 1))
    return spans


def _cell(ax: Axes, i: int, j: int, colour: str, alpha: float, hatch: str | None = None) -> None:
    ax.add_patch(Rectangle((j, i), 1, 1, facecolor=colour, alpha=alpha, edgecolor="none"))
    ax.add_patch(Rectangle((j, i), 1, 1, fill=False, edgecolor=GREY, linewidth=0.6, hatch=hatch))


def _draw_input(ax: Axes, size: int, padding: int, seen: int) -> None:
    """Cells of the input with its ring of zeros; rows and columns that no window reaches are hatched."""
    for i in range(-padding, size + padding):
        for j in range(-padding, size + padding):
            inside = 0 <= i < size and 0 <= j < size
            missed = i >= seen or j >= seen
            _cell(ax, i, j, SKY if inside else "white", 0.35, hatch="////" if missed else None)
            if not inside:
                ax.text(j + 0.5, i + 0.5, "0", ha="center", va="center", color=GREY, fontsize=8)


def _draw_grey(ax: Axes, image: Array) -> None:
    low, high = np.quantile(image, (0.005, 0.995))
    ax.imshow(image, cmap="gray", vmin=low, vmax=high)


def _draw_filter_corner(ax: Axes, w: Array) -> None:
    """The filter itself, small, in the lower right corner of its map."""
    corner = ax.inset_axes((0.79, 0.02, 0.19, 0.19), anchor="SE")
    limit = float(np.abs(w).max()) or 1.0
    corner.imshow(w, cmap="RdBu", vmin=-limit, vmax=limit)
    corner.set_xticks(np.arange(1, w.shape[1]) - 0.5, labels=[])
    corner.set_yticks(np.arange(1, w.shape[0]) - 0.5, labels=[])
    corner.tick_params(length=0)
    corner.grid(color="white", linewidth=1.0)
    corner.spines[:].set(visible=True, color=INK, linewidth=1.0)
