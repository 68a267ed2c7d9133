"""Figures of a trained network: the costs of its layers, its weights and maps as images, its errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from utils.figures.alternative import counted, described, one_line
from utils.figures.plots import BLUE, GREEN, GREY, INK, ORANGE, SIGNED, figure_of, shape_text

Array = NDArray[Any]
# of the student's lenet_table: layer, output size, weight size, parameters, multiply-adds
Row = tuple[str, tuple[int, ...], tuple[int, ...] | None, int, int]


def print_table(rows: Sequence[Row]) -> None:
    """Print a network's layers as in the lecture, with their costs and the totals."""
    print(f"{'layer':9} {'output size':>12} {'weight size':>14} {'parameters':>12} {'multiply-adds':>14}")
    for name, output, weight, params, macs in rows:
        sizes = f"{shape_text(output):>12} {shape_text(weight or ()):>14}"
        print(f"{name:9} {sizes} {_or_blank(params):>12} {_or_blank(macs):>14}")
    totals = sum(row[3] for row in rows), sum(row[4] for row in rows)
    print(f"{'total':9} {'':>12} {'':>14} {totals[0]:>12,} {totals[1]:>14,}")


def _or_blank(number: int) -> str:
    return f"{number:,}" if number else ""


def layer_bars(rows: Sequence[Row]) -> Figure:
    """Draw the size of the output, the parameters and the multiply-adds of each layer as bars."""
    figure, axes = plt.subplots(1, 3, figsize=(10.5, 3.7), sharey=True)
    positions = np.arange(len(rows))
    columns = (
        ("numbers in the output", [int(np.prod(row[1])) for row in rows], BLUE),
        ("parameters", [row[3] for row in rows], ORANGE),
        ("multiply-adds per image", [row[4] for row in rows], GREEN),
    )
    for ax, (title, values, colour) in zip(axes, columns, strict=True):
        ax.barh(positions, values, color=colour, height=0.7)
        for y, value in zip(positions, values, strict=True):
            if value:
                ax.text(value, y, f" {value:,}", va="center", fontsize=9)
        ax.set(title=title, xlim=(0, 1.45 * max(values)), xticks=[])
        ax.spines["bottom"].set_visible(False)
    axes[0].set_yticks(positions, [f"{row[0]}  {shape_text(row[1])}" for row in rows])
    axes[0].invert_yaxis()
    layers = (
        f"{row[0]} {shape_text(row[1])}: {int(np.prod(row[1])):,} numbers in the output"
        + (f", {row[3]:,} parameters, {row[4]:,} multiply-adds" if row[3] else "")
        for row in rows
    )
    return described(figure, f"The costs of each layer for one image. {'; '.join(layers)}.")


def valley_paths(paths: Mapping[str, Array], height: Callable[[Array, Array], Array]) -> Figure:
    """Draw the paths of gradient descents on the contour lines of a function of two variables.

    Args:
        paths: name → (steps, 2) points, one panel for each.
        height: the function, from arrays of both coordinates to an array.
    """
    figure, axes = plt.subplots(1, len(paths), figsize=(4.6 * len(paths), 2.6), sharex=True, sharey=True, squeeze=False)
    grid = np.meshgrid(np.linspace(-11, 3, 120), np.linspace(-2.4, 2.4, 80))
    for ax, (name, path) in zip(axes[0], paths.items(), strict=True):
        ax.contour(*grid, height(*grid), levels=np.geomspace(0.05, 40, 9), colors=GREY, linewidths=0.7)
        ax.plot(path[:, 0], path[:, 1], "o-", color=ORANGE, markersize=3, linewidth=1.2)
        ax.plot(0, 0, "*", color=INK, markersize=11)
        end = float(height(*path[-1]))
        ax.set(title=f"{name}: height {end:.2g} at the end", xticks=[], yticks=[])
    ends = (
        f"{name}: height {float(height(*path[-1])):.2g} after {len(path) - 1} steps" for name, path in paths.items()
    )
    return described(figure, f"Paths of gradient descent on the contour lines of a function. {'; '.join(ends)}.")


def weight_grid(
    figure: Figure | SubFigure, weights: Array, columns: int, titles: Sequence[object] | None = None, title: str = ""
) -> None:
    """Draw weights as images, positive ones blue and negative ones red, with one scale for all.

    Args:
        figure: to draw into; may be part of a larger one.
        weights: (n, H, W).
        columns: images in a row.
        titles: one for each image.
        title: above all of them.
    """
    rows = -(-len(weights) // columns)
    limit = float(np.quantile(np.abs(weights), 0.995)) or 1.0
    axes = figure.subplots(rows, columns, squeeze=False)
    for k, ax in enumerate(axes.flat):
        ax.axis("off")
        if k < len(weights):
            ax.imshow(weights[k], cmap=SIGNED, vmin=-limit, vmax=limit)
            if titles is not None:
                ax.set_title(str(titles[k]), fontsize=9, loc="center", pad=2)
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontsize=11)


def three_kinds(linear: Array, two_layer: Array, convolution: Array) -> Figure:
    """Draw the weights of three models as images: linear (10, 28, 28), two-layer (n, 28, 28), convolution (n, 5, 5)."""
    figure = plt.figure(figsize=(9.6, 6.1))
    parts = figure.subfigures(3, 1, height_ratios=[1.25, 2.2, 1.75])
    weight_grid(parts[0], linear, 10, range(10), "linear: one template per class")
    weight_grid(parts[1], two_layer, 10, title="two layers: a bank of templates as large as the image")
    weight_grid(parts[2], convolution, 10, title="convolution: small templates, applied at every position")
    return described(
        figure,
        "Weights as images, positive ones in blue, negative ones in red. "
        f"Linear: {counted(len(linear), 'template')} of {shape_text(linear.shape[1:])}, one per class. "
        f"Two layers: {counted(len(two_layer), 'template')} of {shape_text(two_layer.shape[1:])}. "
        f"Convolution: {counted(len(convolution), 'filter')} of {shape_text(convolution.shape[1:])}.",
    )


def network_maps(image: Array, stages: Mapping[str, Array], shown: int = 10) -> Figure:
    """Draw an image and, in a row for each stage of a network, some of its maps, each with its own scale.

    Positive values are blue, negative ones red, 0 is white.

    Args:
        image: (H, W).
        stages: name → (C, H, W).
        shown: number of maps to draw of each stage.
    """
    rows = {"input": image[None], **stages}
    figure, axes = plt.subplots(len(rows), shown + 1, figsize=(10.2, 0.93 * len(rows)), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for row, (name, maps) in zip(axes, rows.items(), strict=True):
        row[0].text(1, 0.5, f"{name}\n{shape_text(maps.shape)}", ha="right", va="center", fontsize=9)
        for ax, picture in zip(row[1:], maps, strict=False):
            limit = float(np.abs(picture).max()) or 1.0
            style = {"cmap": "gray"} if name == "input" else {"cmap": SIGNED, "vmin": -limit, "vmax": limit}
            ax.imshow(picture, **style)
    return described(
        figure,
        f"An image of {shape_text(image.shape)} and, for each stage of the network, the first {shown} of its maps. "
        "Positive values are blue, negative ones red, 0 is white. "
        + "; ".join(
            f"{name}, {shape_text(maps.shape)}: {np.mean(maps == 0):.0%} zeros" for name, maps in stages.items()
        )
        + ".",
    )


def compare_runs(runs: Mapping[str, Sequence[float]], ylabel: str) -> Figure:
    """Draw a dot for each run, and a line at the mean of each kind of run.

    Args:
        runs: name → results; the runs of different kinds should use the same seeds, in the same order.
        ylabel: what the results are.
    """
    figure, ax = plt.subplots(figsize=(1.9 * len(runs) + 1.2, 3.1))
    for k, values in enumerate(runs.values()):
        spread = np.linspace(-0.14, 0.14, len(values)) if len(values) > 1 else np.zeros(1)
        ax.plot([k - 0.25, k + 0.25], [np.mean(values)] * 2, color=INK, linewidth=2, zorder=1)
        ax.plot(k + spread, values, "o", color=(BLUE, ORANGE, GREEN)[k % 3], markersize=7, zorder=2)
        ax.text(k + 0.29, float(np.mean(values)), f"{np.mean(values):.1f}", va="center", fontsize=10)
    ax.set(ylabel=ylabel, xlim=(-0.5, len(runs) - 0.4))
    ax.set_xticks(range(len(runs)), list(runs))
    ax.grid(axis="y")
    kinds = (
        f"{one_line(name)}: mean {np.mean(values):.1f}, {counted(len(values), 'run')} from {min(values):.1f} to "
        f"{max(values):.1f}"
        for name, values in runs.items()
    )
    return described(figure, f"{ylabel}, a dot for each run. {'; '.join(kinds)}.")


def confusion_matrix(labels: Array, predictions: Array, classes: Sequence[str], ax: Axes | None = None) -> Figure:
    """Draw how often images of each class (rows) were classified as each class (columns); zeros are left blank.

    Args:
        labels, predictions: (N,) int64 class indices.
        classes: names of the classes.
        ax: axes to draw on; by default those of a new figure.
    """
    counts = np.zeros((len(classes), len(classes)), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    errors = counts * (1 - np.eye(len(classes), dtype=int))
    if ax is None:
        _, ax = plt.subplots(figsize=(4.8, 4.4))
    ax.imshow(np.where(np.eye(len(classes)), 0.06, np.nan), cmap="Greys", vmin=0, vmax=1)
    ax.imshow(np.ma.masked_equal(errors, 0), cmap="Oranges", vmin=-1, vmax=max(3, 1.6 * errors.max()))
    for i, j in np.argwhere(counts):
        style: dict[str, Any] = {"color": GREY} if i == j else {"color": INK, "fontweight": "bold"}
        ax.text(j, i, counts[i, j], ha="center", va="center", **style)
    ax.set(xlabel="predicted class", ylabel="true class", title=f"{errors.sum()} of {counts.sum()} wrong")
    ax.set_xticks(range(len(classes)), classes)
    ax.set_yticks(range(len(classes)), classes)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    wrong = (f"{classes[i]} read as {classes[j]}: {errors[i, j]}" for i, j in np.argwhere(errors))
    return described(
        figure_of(ax),
        f"Confusion matrix, true class against predicted class: {errors.sum()} of {counts.sum()} wrong. "
        + (f"{'; '.join(wrong)}." if errors.any() else ""),
    )
