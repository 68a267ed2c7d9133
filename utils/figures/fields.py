"""Figures of receptive fields: which cells an output depends on, how much, and how many layers that takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from utils.figures.alternative import described, listed, pairs
from utils.figures.plots import GREEN, GREY, INK, MAGNITUDE, ORANGE, SKY

Array = NDArray[Any]


def field_layers(networks: Sequence[Sequence[tuple[int, int]]]) -> Figure:
    """Show for each network which cells of every layer one output depends on, along one axis without padding.

    Args:
        networks: one panel each, as a list of (kernel, stride) with the layer after the input first.
    """
    fig, axes = plt.subplots(1, len(networks), figsize=(5.0 * len(networks), 3.4), squeeze=False)
    for ax, layers in zip(axes[0], networks, strict=True):
        _draw_field(ax, layers)
        ax.set_yticks(range(len(layers) + 1), ["input"] + [f"after layer {i + 1}" for i in range(len(layers))])
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        ax.set_title("(K, S) = " + ", ".join(str(layer) for layer in layers), loc="center", fontsize=11)
    stacks = (
        f"(K, S) = {', '.join(str(layer) for layer in layers)}: one output depends on "
        + listed(
            f"{high - low + 1} cells " + (f"after layer {row}" if row else "of the input")
            for row, (low, high) in reversed(list(enumerate(_spans(layers)))[:-1])
        )
        for layers in networks
    )
    return described(fig, f"Receptive fields along one axis, layer by layer. {'. '.join(stacks)}.")


def field_growth(weights: Sequence[Array], fields: Sequence[int]) -> Figure:
    """Show how much each input pixel contributes to one output, after one layer, two layers and so on.

    Args:
        weights: (K, K) each, K odd, not negative; their square roots are drawn, so that small ones are visible.
        fields: the width of the square to draw around the centre, for each.
    """
    side = max(len(w) for w in weights)
    fig, axes = plt.subplots(1, len(weights), figsize=(2.1 * len(weights), 2.4), squeeze=False)
    for depth, (ax, w, field) in enumerate(zip(axes[0], weights, fields, strict=True), start=1):
        ax.imshow(np.sqrt(np.pad(w, 1 + (side - len(w)) // 2)), cmap=MAGNITUDE)
        middle = (side + 1) / 2
        box = Rectangle((middle - field / 2,) * 2, field, field, fill=False, edgecolor=ORANGE, linewidth=2)
        ax.add_patch(box)
        ax.set_title(f"{depth} layer{'s' * (depth > 1)}: {field}×{field}", loc="center", fontsize=11)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(visible=True, color=GREY)
    sizes = (f"{depth} layer{'s' * (depth > 1)} {field}×{field}" for depth, field in enumerate(fields, start=1))
    return described(
        fig,
        f"How much each input pixel contributes to one output, with the receptive field framed: {listed(sizes)}.",
    )


def fields_against_depth(fields: Mapping[int, Sequence[int]], enough: Mapping[int, int | None], image: int) -> Figure:
    """Draw the receptive field of one output against the number of layers, on a log scale.

    Args:
        fields: stride → field after 0, 1, 2, … layers, in pixels.
        enough: stride → number of layers whose field is as wide as the image; None if no number was enough.
        image: width of the image, drawn as a line.
    """
    fig, ax = plt.subplots()
    for (stride, widths), marker in zip(fields.items(), ("o-", "s-", "^-"), strict=False):
        label = f"3×3, stride {stride}: {enough[stride]} layers to see {image} pixels"
        ax.plot(range(len(widths)), widths, marker, label=label)
    ax.axhline(image, color=GREY, linestyle=":", linewidth=1.5)
    ax.text(0, 1.07 * image, f"an image {image} pixels wide", va="bottom")
    ax.set(yscale="log", xlabel="layers", ylabel="receptive field (pixels)", title="Receptive field of one output")
    ax.legend(loc="lower right")
    curves = (
        f"3×3, stride {stride}: {pairs([f'after {k}:' for k in range(len(widths))], widths)} pixels; "
        f"{enough[stride]} layers see {image} pixels"
        for stride, widths in fields.items()
    )
    return described(fig, f"Receptive field of one output against the number of layers. {'. '.join(curves)}.")


def _draw_field(ax: Axes, layers: Sequence[tuple[int, int]]) -> None:
    """The cells of each layer as a row, input at the bottom, with lines from each seen cell to its window below."""
    spans = _spans(layers)
    # cell j of a row is drawn at start + j * step, in cells of the input
    start, step = [0.0], [1]
    for kernel, stride in layers:
        start.append(start[-1] + (kernel - 1) / 2 * step[-1])
        step.append(step[-1] * stride)
    for row, (low, high) in enumerate(spans):
        is_output = row == len(layers)
        colour = SKY if row == 0 else GREEN if is_output else ORANGE
        for j in range(low, high + 1) if is_output else range(low - 1, high + 2):
            seen = low <= j <= high
            box = Rectangle((start[row] + j * step[row] - 0.4, row - 0.18), 0.8, 0.36, linewidth=0.8)
            box.set(facecolor=colour if seen else "white", edgecolor=INK if seen else GREY, alpha=0.8)
            ax.add_patch(box)
        if not is_output:
            kernel, stride = layers[row]
            for j in range(spans[row + 1][0], spans[row + 1][1] + 1):
                for k in (0, kernel - 1):
                    x = (start[row + 1] + j * step[row + 1], start[row] + (j * stride + k) * step[row])
                    ax.plot(x, (row + 0.82, row + 0.18), color=GREY, linewidth=0.8, zorder=0)
        text = "one output" if is_output else f"{high - low + 1} seen"
        ax.text(spans[0][1] + 2.2, row, text, va="center", ha="left")
    ax.set(xlim=(-2, 1.45 * spans[0][1] + 4), ylim=(-0.5, len(layers) + 0.5), xticks=[])


def _spans(layers: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The first and the last cell of each row that output 0 depends on, input first."""
    spans = [(0, 0)]
    for kernel, stride in reversed(layers):
        low, high = spans[0]
        spans.insert(0, (low * stride, high * stride + kernel - 1))
    return spans
