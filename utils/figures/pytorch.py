"""Figures of notebook 08: numbers in memory, the same network twice, epochs, running statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from utils.figures.plots import BLUE, GREEN, GREY, INK, ORANGE

Array = NDArray[Any]
CHANNELS = ("#D55E00", "#009E73", "#0072B2")  # red, green, blue, as far as every eye can tell them


def memory_orders(high: int = 2, wide: int = 3) -> Figure:
    """A small colour image, and its numbers in memory: channels last, as in files, and channels first."""
    figure, axes = plt.subplots(2, 1, figsize=(9.2, 2.3))
    pixels = [(i, j) for i in range(high) for j in range(wide)]
    orders = {
        "(N, H, W, C): a pixel's three numbers side by side": [(p, c) for p in pixels for c in range(3)],
        "(N, C, H, W): one channel after the other": [(p, c) for c in range(3) for p in pixels],
    }
    for ax, (title, cells) in zip(axes, orders.items(), strict=True):
        for k, ((i, j), channel) in enumerate(cells):
            ax.add_patch(Rectangle((k, 0), 0.94, 1, color=CHANNELS[channel], alpha=0.85))
            ax.text(k + 0.47, 0.5, f"{'RGB'[channel]}\n{i},{j}", ha="center", va="center", color="white", fontsize=9)
        ax.set(title=title, xlim=(-0.1, len(cells)), ylim=(-0.05, 1.05))
        ax.axis("off")
    return figure


def same_network(ours: Array, theirs: Array, differences: Mapping[str, float]) -> Figure:
    """Scores (N, 10) of two networks against each other, and how much the gradient of each weight differs.

    differences: name → largest difference of a gradient, as a share of its largest number.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4), width_ratios=(1, 1.5))
    lowest, highest = float(ours.min()), float(ours.max())
    left.plot([lowest, highest], [lowest, highest], color=GREY, linewidth=1)
    left.plot(ours.ravel(), theirs.ravel(), "o", color=BLUE, markersize=4, alpha=0.7)
    largest = float(np.abs(ours - theirs).max())
    left.set(title=f"scores differ by at most {largest:.0e}", xlabel="NumPy", ylabel="PyTorch")
    places = np.arange(len(differences))
    floor = 1e-10
    right.barh(places, [max(value, floor) for value in differences.values()], color=ORANGE, height=0.65)
    right.axvline(1e-5, color=INK, linestyle=":", linewidth=1.3)
    right.set_yticks(places, list(differences))
    right.invert_yaxis()
    right.set(xscale="log", xlim=(1e-9, 1e-3), title="gradients: largest difference over largest number")
    return figure


def epoch_curves(losses: Sequence[float], accuracies: Sequence[float], title: str = "") -> Figure:
    """Loss and share of new images that are right, after each epoch."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.9))
    epochs = np.arange(1, len(losses) + 1)
    left.plot(epochs, losses, "o-", color=BLUE)
    left.set(title=f"{title}: mean loss", xlabel="epoch", ylim=(0, None), xticks=epochs)
    right.plot(epochs, 100 * np.array(accuracies), "o-", color=ORANGE)
    right.set(title=f"new images: {100 * accuracies[-1]:.1f} % right", xlabel="epoch", xticks=epochs)
    for ax in (left, right):
        ax.grid(axis="y")
    return figure


def running_variances(batch_sizes: Sequence[int], biased: Sequence[float], unbiased: Sequence[float]) -> Figure:
    """What two ways of estimating settle on, for several batch sizes; the true variance is 1."""
    figure, ax = plt.subplots(figsize=(6.4, 3.2))
    places = np.arange(len(batch_sizes))
    ax.axhline(1, color=INK, linestyle=":", linewidth=1.3)
    ax.plot(places, biased, "o-", color=BLUE, label="1/N, as in 06")
    ax.plot(places, unbiased, "s--", color=GREEN, label="1/(N − 1), as in PyTorch")
    ax.set(xlabel="numbers a channel has in a batch", ylabel="running variance", ylim=(0, 1.25))
    ax.set_xticks(places, [str(size) for size in batch_sizes])
    ax.legend(loc="lower right")
    ax.grid(axis="y")
    return figure
