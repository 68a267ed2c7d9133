"""Figures about a trained network: its layers in numbers, its weights as pictures, its maps, what it confuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from utils.figures.plots import BLUE, GREEN, GREY, INK, ORANGE

Array = NDArray[Any]
Row = tuple[str, tuple[int, ...], tuple[int, ...] | None, int, int]


def print_table(rows: Sequence[Row]) -> None:
    """A network's table, as in the lecture, with its costs and their sums."""
    print(f"{'layer':9} {'output size':>12} {'weight size':>14} {'parameters':>12} {'multiply-adds':>14}")
    for name, output, weight, params, macs in rows:
        sizes = "×".join(map(str, output)), "×".join(map(str, weight or ()))
        print(f"{name:9} {sizes[0]:>12} {sizes[1]:>14} {_grouped(params):>12} {_grouped(macs):>14}")
    totals = sum(row[3] for row in rows), sum(row[4] for row in rows)
    print(f"{'in all':9} {'':>12} {'':>14} {totals[0]:>12,} {totals[1]:>14,}")


def _grouped(number: int) -> str:
    return f"{number:,}" if number else ""


def layer_bars(rows: Sequence[Row]) -> Figure:
    """How many numbers each layer gives, how many weights it has, and how much work it is."""
    figure, axes = plt.subplots(1, 3, figsize=(10.5, 3.7), sharey=True)
    places = np.arange(len(rows))
    columns = (
        ("numbers it gives", [int(np.prod(row[1])) for row in rows], BLUE),
        ("parameters", [row[3] for row in rows], ORANGE),
        ("multiply-adds for one image", [row[4] for row in rows], GREEN),
    )
    for ax, (title, values, colour) in zip(axes, columns, strict=True):
        ax.barh(places, values, color=colour, height=0.7)
        for place, value in zip(places, values, strict=True):
            if value:
                ax.text(value, place, f" {value:,}", va="center", fontsize=9)
        ax.set(title=title, xlim=(0, 1.45 * max(values)), xticks=[])
        ax.spines["bottom"].set_visible(False)
    names = [f"{row[0]}  {'×'.join(map(str, row[1]))}" for row in rows]
    axes[0].set_yticks(places, names)
    axes[0].invert_yaxis()
    return figure


def valley_paths(paths: Mapping[str, Array], height: Callable[[Array, Array], Array]) -> Figure:
    """Descents (steps, 2) on a surface over the plane, each in a panel of its own, from the same start."""
    figure, axes = plt.subplots(1, len(paths), figsize=(4.6 * len(paths), 2.6), sharex=True, sharey=True, squeeze=False)
    grid = np.meshgrid(np.linspace(-11, 3, 120), np.linspace(-2.4, 2.4, 80))
    for ax, (name, path) in zip(axes[0], paths.items(), strict=True):
        ax.contour(*grid, height(*grid), levels=np.geomspace(0.05, 40, 9), colors=GREY, linewidths=0.7)
        ax.plot(path[:, 0], path[:, 1], "o-", color=ORANGE, markersize=3, linewidth=1.2)
        ax.plot(0, 0, "*", color=INK, markersize=11)
        left = float(height(*path[-1]))
        ax.set(title=f"{name}: {left:.2g} left", xticks=[], yticks=[])
    return figure


def weight_grid(
    figure: Figure | SubFigure, weights: Array, columns: int, titles: Sequence[object] | None = None, title: str = ""
) -> None:
    """Draw weights into a figure or a part of one."""
    rows = -(-len(weights) // columns)
    limit = float(np.quantile(np.abs(weights), 0.995)) or 1.0
    norm = TwoSlopeNorm(0, -limit, limit)
    axes = figure.subplots(rows, columns, squeeze=False)
    for k, ax in enumerate(axes.flat):
        ax.axis("off")
        if k < len(weights):
            ax.imshow(weights[k], cmap="RdBu_r", norm=norm)
            if titles is not None:
                ax.set_title(str(titles[k]), fontsize=9, loc="center", pad=2)
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontsize=11)


def three_kinds(linear: Array, two_layer: Array, convolution: Array) -> Figure:
    """Templates of three models: (10, 28, 28), (n, 28, 28) and (n, 5, 5), one part of the figure each."""
    figure = plt.figure(figsize=(9.6, 6.1))
    parts = figure.subfigures(3, 1, height_ratios=[1.25, 2.2, 1.75])
    weight_grid(parts[0], linear, 10, range(10), "linear: one template for each class")
    weight_grid(parts[1], two_layer, 10, title="two layers: a bank of templates as large as the image")
    weight_grid(parts[2], convolution, 10, title="convolution: small templates, used at every place")
    return figure


def network_maps(image: Array, stages: Mapping[str, Array], shown: int = 10) -> Figure:
    """An image (H, W), and below it for each stage some of its maps (C, H, W), each as bright as its own largest."""
    rows = {"input": image[None], **stages}
    figure, axes = plt.subplots(len(rows), shown + 1, figsize=(10.2, 0.93 * len(rows)), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for row, (name, maps) in zip(axes, rows.items(), strict=True):
        row[0].text(1, 0.5, f"{name}\n{'×'.join(map(str, maps.shape))}", ha="right", va="center", fontsize=9)
        for ax, picture in zip(row[1:], maps, strict=False):
            ax.imshow(picture, cmap="gray" if name == "input" else "viridis")
    return figure


def compare_runs(runs: Mapping[str, Sequence[float]], ylabel: str) -> Figure:
    """A dot for every run of each way, and a bar at their mean; runs in the same place have the same seed."""
    figure, ax = plt.subplots(figsize=(1.9 * len(runs) + 1.2, 3.1))
    for k, values in enumerate(runs.values()):
        spread = np.linspace(-0.14, 0.14, len(values)) if len(values) > 1 else np.zeros(1)
        ax.plot([k - 0.25, k + 0.25], [np.mean(values)] * 2, color=INK, linewidth=2, zorder=1)
        ax.plot(k + spread, values, "o", color=(BLUE, ORANGE, GREEN)[k % 3], markersize=7, zorder=2)
        ax.text(k + 0.29, float(np.mean(values)), f"{np.mean(values):.1f}", va="center", fontsize=10)
    ax.set(ylabel=ylabel, xlim=(-0.5, len(runs) - 0.4))
    ax.set_xticks(range(len(runs)), list(runs))
    ax.grid(axis="y")
    return figure


def confusion_matrix(labels: Array, predictions: Array, classes: Sequence[str], ax: Axes | None = None) -> Figure:
    """How often images of each class (rows) were taken for each class (columns); errors stand out, zeros stay empty."""
    counts = np.zeros((len(classes), len(classes)), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    errors = counts * (1 - np.eye(len(classes), dtype=int))
    if ax is None:
        _, ax = plt.subplots(figsize=(4.8, 4.4))
    ax.imshow(np.where(np.eye(len(classes)), 0.06, np.nan), cmap="Greys", vmin=0, vmax=1)
    ax.imshow(np.ma.masked_equal(errors, 0), cmap="Oranges", vmin=-1, vmax=max(3, 1.6 * errors.max()))
    for i, j in np.argwhere(counts):
        right = i == j
        ax.text(
            j,
            i,
            counts[i, j],
            ha="center",
            va="center",
            color=GREY if right else INK,
            fontweight=None if right else "bold",
        )
    ax.set(xlabel="taken for", ylabel="is", title=f"{errors.sum()} of {counts.sum()} wrong")
    ax.set_xticks(range(len(classes)), classes)
    ax.set_yticks(range(len(classes)), classes)
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    figure = ax.get_figure()
    assert isinstance(figure, Figure)
    return figure
