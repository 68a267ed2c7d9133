"""Figures of batch normalization: which values share a mean, its graph, activations in a deep net, accuracies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from utils.figures.alternative import counted, described, listed, number, numbers, one_line
from utils.figures.graphs import Point, draw_circle, draw_wire
from utils.figures.plots import BLUE, GREEN, GREY, INK, MAGNITUDE, ORANGE, SIGNED

Array = NDArray[Any]
PALE = "#E6E9EC"
RADIUS = 0.46  # of a node of the graph


def shared_statistics(rows: int = 5, features: int = 4, images: int = 3, channels: int = 3, side: int = 4) -> Figure:
    """Show which values share one mean: a column of (N, D) on the left, one channel of (N, C, H, W) on the right.

    Args:
        rows, features: N and D.
        images, channels, side: N, C, and H = W.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), width_ratios=(1, 1.35))
    for n in range(rows):
        for d in range(features):
            _cell(left, d, n, BLUE if d == 1 else PALE)
    for n in range(images):
        for c in range(channels):
            for i in range(side):
                for j in range(side):
                    _cell(right, c * (side + 1) + j, n * (side + 1) + i, BLUE if c == 1 else PALE)
    height, width = images * (side + 1) - 1, channels * (side + 1) - 1
    left.set_title("fully connected: x is (N, D)", loc="center", pad=12)
    right.set_title("convolution: x is (N, C, H, W)", loc="center", pad=12)
    _labels(left, rows, features, f"D = {features} columns", f"N = {rows} rows")
    _labels(right, height, width, f"C = {channels} channels of {side}×{side}", f"N = {images} images")
    shared = "blue: {} values share\none mean and one variance"
    below: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": 10, "color": BLUE}
    left.text(features / 2, rows + 0.25, shared.format(f"N = {rows}"), **below)
    right.text(width / 2, height + 0.6, shared.format(f"N·H·W = {images * side * side}"), **below)
    return described(
        fig,
        f"Which values share one mean and one variance, in blue. Fully connected, x is (N, D): the N = {rows} values "
        f"of one of D = {features} columns. Convolution, x is (N, C, H, W): the N·H·W = {images * side * side} values "
        f"of one of C = {channels} channels, in all N = {images} images of {side}×{side}.",
    )


def batchnorm_graph() -> Figure:
    """Draw batch normalization as a graph, with values and shapes above the wires and gradients below them."""
    fig, ax = plt.subplots(figsize=(9.6, 2.8))
    nodes: dict[str, tuple[Point, str, bool]] = {  # name → (centre, sign, whether it is an input)
        "x": ((0, 0), "x", True),
        "mean": ((1.6, -2.8), "mean", False),
        "minus": ((3.2, 0), "−", False),
        "square": ((4.7, -2.8), "( )²", False),
        "average": ((6.6, -2.8), "mean", False),
        "root": ((8.5, -2.8), "√ +ε", False),
        "divide": ((10.0, 0), "÷", False),
        "gamma": ((11.6, -2.8), "γ", True),
        "times": ((12.6, 0), "×", False),
        "beta": ((14.2, -2.8), "β", True),
        "plus": ((15.2, 0), "+", False),
        "out": ((17.4, 0), "", False),
    }
    wires = [  # (from, to, value, gradient)
        ("x", "minus", "x  (N, D)", "dx, first path"),
        ("x", "mean", "", "dx, second path"),
        ("mean", "minus", "μ  (D,)", "dμ"),
        ("minus", "divide", "c = x − μ  (N, D)", "dc, first path"),
        ("minus", "square", "c", "dc, second path"),
        ("square", "average", "(N, D)", ""),
        ("average", "root", "v  (D,)", "dv"),
        ("root", "divide", "s  (D,)", "ds"),
        ("divide", "times", "x̂  (N, D)", "dx̂"),
        ("gamma", "times", "(D,)", "dγ"),
        ("times", "plus", "(N, D)", ""),
        ("beta", "plus", "(D,)", "dβ"),
        ("plus", "out", "out  (N, D)", "dout"),
    ]
    for start, end, value, gradient in wires:
        draw_wire(ax, nodes[start][0], nodes[end][0], value, gradient, RADIUS, size=9, slanted_at=0.5)
    for name, (centre, sign, is_input) in nodes.items():
        if name != "out":
            draw_circle(ax, centre, sign, is_input, RADIUS)
    ax.set(xlim=(-0.7, 17.6), ylim=(-3.6, 0.9), aspect="equal")
    ax.axis("off")
    return described(
        fig,
        "Graph of batch normalization. x (N, D) goes to a mean, μ (D,), and to c = x − μ (N, D). c goes to its "
        "square, the mean of which is v (D,), whose root after adding ε is s (D,), and to x̂ = c ÷ s (N, D). x̂ "
        "times γ (D,) plus β (D,) is out (N, D). Gradients go back along each wire: dout, dβ, dγ, dx̂, ds, dv, dc by "
        "two paths, dμ, and dx by two paths.",
    )


def columns_before_and_after(stages: Mapping[str, Array], names: Sequence[str]) -> Figure:
    """Draw histograms of a few columns at several stages, one panel for each stage, with the same axes.

    Args:
        stages: title → (N, D).
        names: of the D columns.
    """
    fig, axes = plt.subplots(1, len(stages), figsize=(9, 2.7), sharex=True, sharey=True)
    reach = max(float(np.abs(values).max()) for values in stages.values())
    edges = np.linspace(-reach, reach, 60)
    for ax, (title, values) in zip(np.atleast_1d(axes), stages.items(), strict=True):
        for column, name, colour in zip(values.T, names, (BLUE, ORANGE, GREEN), strict=False):
            ax.hist(column, edges, histtype="stepfilled", color=colour, alpha=0.55, label=name)
        ax.set(title=title, yticks=[], xlabel="value")
        ax.spines["left"].set_visible(False)
    np.atleast_1d(axes)[0].legend()
    stages_in_words = (
        f"{title}: "
        + "; ".join(
            f"{name} mean {number(round(column.mean(), 6), 2)}, standard deviation {number(column.std(), 2)}"
            for column, name in zip(values.T, names, strict=False)
        )
        + "."
        for title, values in stages.items()
    )
    return described(fig, "Histograms of columns.", *stages_in_words)


def spread_by_company(outputs: Mapping[int, Array], alone: float) -> Figure:
    """Show how a normalized value of one image varies with the rest of its batch, for several batch sizes.

    Args:
        outputs: batch size → (batches,) values of the image's first feature, in as many batches.
        alone: the value at test time, which does not depend on a batch.
    """
    fig, ax = plt.subplots(figsize=(7.0, 2.8))
    rng = np.random.default_rng(0)
    for column, values in enumerate(outputs.values()):
        ax.plot(column + rng.uniform(-0.28, 0.28, len(values)), values, "o", ms=2.5, color=BLUE, alpha=0.5, mew=0)
        text = f"±{np.std(values):.2f}"
        ax.text(column, 1.02, text, transform=ax.get_xaxis_transform(), ha="center", color=BLUE)
    ax.axhline(alone, color=ORANGE, label="at test time")
    ax.set(
        xticks=range(len(outputs)),
        xticklabels=[str(size) for size in outputs],
        xlabel="images in the batch",
        ylabel="normalized value",
    )
    ax.legend(loc="lower right")
    spreads = (f"±{np.std(values):.2f} with {counted(size, 'image')}" for size, values in outputs.items())
    return described(
        fig,
        "A normalized value of one image in batches with other images: standard deviations "
        + listed(spreads)
        + f" in the batch. At test time it is always {number(alone)}.",
    )


def channel_maps(image: Array, before: Array, after: Array) -> Figure:
    """Show the maps of one image before and after normalization, each row with one colour scale.

    Args:
        image: (H, W).
        before, after: (C, H', W'); positive values are blue, negative ones red.
    """
    channels = len(before)
    fig, axes = plt.subplots(2, channels + 1, figsize=(1.35 * (channels + 1), 3.2))
    axes[0, 0].imshow(image, cmap="gray")
    axes[0, 0].set_title("image", loc="center", fontsize=10)
    for ax in axes.flat:
        ax.axis("off")
    for row, (maps, name) in enumerate(((before, "before"), (after, "after"))):
        limit = float(np.quantile(np.abs(maps), 0.995)) or 1.0
        for ax, values in zip(axes[row, 1:], maps, strict=True):
            ax.imshow(values, cmap=SIGNED, vmin=-limit, vmax=limit)
        axes[row, 1].set_title(f"{name}: ±{limit:.2g}", loc="left", fontsize=10)
    ranges = (
        f"{name} from {number(maps.min(), 2)} to {number(maps.max(), 2)}"
        for maps, name in ((before, "before"), (after, "after"))
    )
    return described(
        fig,
        f"An image and its {channels} maps before and after normalization, positive values in blue, negative ones in "
        "red. "
        "Each row has one colour scale: " + listed(ranges) + ".",
    )


def through_the_layers(activations: Mapping[str, Sequence[Array]], shown: Sequence[int] = (0, 2, 4, 6, 9)) -> Figure:
    """Draw histograms of the inputs of a deep net's ReLUs: a row for each net, a column for some of its layers.

    Args:
        activations: name of the net → one (N, D) array for each layer; orange if the name contains "without".
        shown: indices of the layers to draw.
    """
    fig, axes = plt.subplots(
        len(activations), len(shown), figsize=(9, 1.55 * len(activations) + 0.3), sharex=True, squeeze=False
    )
    edges = np.linspace(-3, 3, 61)
    for row, (name, layers) in zip(axes, activations.items(), strict=True):
        for ax, k in zip(row, shown, strict=True):
            values = np.clip(layers[k], edges[0], edges[-1]).ravel()
            ax.hist(values, edges, histtype="stepfilled", color=ORANGE if "without" in name else BLUE)
            ax.set(yticks=[], xticks=(-2, 0, 2))
            ax.spines["left"].set_visible(False)
            deviation = f"σ {_two_digits(float(np.std(layers[k])))}"
            ax.text(0.5, 0.99, deviation, transform=ax.transAxes, ha="center", va="top", fontsize=9)
            ax.set_ylim(0, 1.3 * ax.get_ylim()[1])
        row[0].set_ylabel(name, rotation=0, ha="right", va="center")
    for ax, k in zip(axes[0], shown, strict=True):
        ax.set_title(f"layer {k + 1}", loc="center", fontsize=11)
    nets = (
        f"{one_line(name)}: {listed(_two_digits(float(np.std(stages[k]))) for k in shown)}."
        for name, stages in activations.items()
    )
    numbered = listed(k + 1 for k in shown)
    return described(fig, f"Histograms of the inputs of the ReLUs in layers {numbered}. Standard deviations:", *nets)


def accuracy_grid(grids: Mapping[str, ArrayLike], rates: Sequence[float], scales: Sequence[float]) -> Figure:
    """Draw test accuracy for each initial scale (rows) and learning rate (columns), one panel for each net.

    Args:
        grids: name of the net → (scales, rates) accuracies in percent.
        rates: learning rates.
        scales: factors of the initial weights.
    """
    fig, axes = plt.subplots(1, len(grids), figsize=(4.6 * len(grids), 3.3), sharey=True, squeeze=False)
    for ax, (name, values) in zip(axes[0], grids.items(), strict=True):
        percent = np.asarray(values, dtype=float)
        ax.imshow(percent, cmap=MAGNITUDE, vmin=0, vmax=115, aspect="auto")
        for i, j in np.ndindex(*percent.shape):
            text = f"{percent[i, j]:.0f}"
            ax.text(j, i, text, ha="center", va="center", color="white" if percent[i, j] > 70 else INK)
        ax.set(
            xticks=range(len(rates)),
            xticklabels=[f"{rate:g}" for rate in rates],
            yticks=range(len(scales)),
            yticklabels=[f"×{scale:g}" for scale in scales],
            xlabel="learning rate",
            title=name,
        )
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
    axes[0, 0].set_ylabel("initial weights")
    texts = (
        f"{name}: "
        + "; ".join(
            f"×{scale:g}: {numbers(np.round(row))}" for scale, row in zip(scales, np.asarray(values), strict=True)
        )
        + "."
        for name, values in grids.items()
    )
    rates_in_words = listed(f"{rate:g}" for rate in rates)
    return described(
        fig, f"Accuracy in percent for each scale of the initial weights, at learning rates {rates_in_words}.", *texts
    )


def accuracy_bars(values: Mapping[str, float], right: str) -> Figure:
    """Draw one bar for each way to evaluate the same weights, with a line at the accuracy of chance, 10 %.

    Args:
        values: name → accuracy in percent.
        right: name of the bar that is blue; the others are grey.
    """
    fig, ax = plt.subplots(figsize=(7.0, 0.42 * len(values) + 0.8))
    names = list(values)[::-1]
    ax.barh(names, [values[name] for name in names], color=[BLUE if name == right else GREY for name in names])
    for row, name in enumerate(names):
        # to the right of the line at 10, which would run through the number
        ax.text(max(values[name], 10) + 1, row, f"{values[name]:.1f}", va="center")
    ax.axvline(10, color=ORANGE, linewidth=1.2, zorder=0)
    ax.text(10.6, len(names) - 0.45, "chance", color=ORANGE, va="bottom", fontsize=9)
    ax.set(xlim=(0, 108), xlabel="accuracy on new images (%)")
    ax.tick_params(axis="y", length=0)
    bars = (f"{name} {value:.1f}" for name, value in values.items())
    return described(fig, f"Accuracy on new images in percent: {'; '.join(bars)}. Chance is 10.")


def _two_digits(value: float) -> str:
    """A number in two significant digits, without an exponent."""
    return f"{value:.0f}" if value >= 10 else np.format_float_positional(value, 2, fractional=False, trim="-")


def _cell(ax: Axes, x: float, y: float, colour: str) -> None:
    ax.add_patch(Rectangle((x, y), 1, 1, facecolor=colour, edgecolor="white", linewidth=1.5))


def _labels(ax: Axes, height: float, width: float, above: str, beside: str) -> None:
    ax.text(width / 2, -0.3, above, ha="center", va="bottom", fontsize=10)
    ax.text(-0.35, height / 2, beside, ha="right", va="center", rotation=90, fontsize=10)
    ax.set(xlim=(-1.2, width + 0.3), ylim=(height * 1.3, -0.12 * height), aspect="equal")
    ax.axis("off")
