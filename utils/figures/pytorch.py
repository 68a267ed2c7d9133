"""Figures of notebook 08: memory layouts, two implementations compared, training by epoch, running statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from utils.figures.alternative import described, listed, numbers, pairs
from utils.figures.plots import BLUE, GREEN, GREY, INK, ORANGE

Array = NDArray[Any]
CHANNELS = (ORANGE, GREEN, BLUE)  # for red, green, blue: distinguishable with every kind of colour vision


def memory_orders(height: int = 2, width: int = 3) -> Figure:
    """Show the order of a small colour image's values in memory: channels last, as in files, and channels first."""
    figure, axes = plt.subplots(2, 1, figsize=(9.2, 2.3))
    pixels = [(i, j) for i in range(height) for j in range(width)]
    orders = {
        "(N, H, W, C): the three values of a pixel side by side": [(p, c) for p in pixels for c in range(3)],
        "(N, C, H, W): one channel after the other": [(p, c) for c in range(3) for p in pixels],
    }
    for ax, (title, cells) in zip(axes, orders.items(), strict=True):
        for k, ((i, j), channel) in enumerate(cells):
            ax.add_patch(Rectangle((k, 0), 0.94, 1, color=CHANNELS[channel], alpha=0.85))
            ax.text(k + 0.47, 0.5, f"{'RGB'[channel]}\n{i},{j}", ha="center", va="center", color="white", fontsize=9)
        ax.set(title=title, xlim=(-0.1, len(cells)), ylim=(-0.05, 1.05))
        ax.axis("off")
    orders_in_words = (
        f"{title}: " + " ".join(f"{'RGB'[c]}{i},{j}" for (i, j), c in cells) + "." for title, cells in orders.items()
    )
    return described(
        figure, f"The order in memory of the values of a {height}×{width} image with three channels.", *orders_in_words
    )


def same_network(ours: Array, theirs: Array, differences: Mapping[str, float]) -> Figure:
    """Plot the scores of two networks against each other, and how much the gradient of each parameter differs.

    Args:
        ours, theirs: scores (N, 10), in NumPy and in PyTorch.
        differences: name of a parameter → largest difference of its gradients, relative to its largest gradient.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4), width_ratios=(1, 1.5))
    lowest, highest = float(ours.min()), float(ours.max())
    left.plot([lowest, highest], [lowest, highest], color=GREY, linewidth=1)
    left.plot(ours.ravel(), theirs.ravel(), "o", color=BLUE, markersize=4, alpha=0.7)
    largest = float(np.abs(ours - theirs).max())
    left.set(title=f"scores differ by at most {largest:.0e}", xlabel="NumPy", ylabel="PyTorch")
    positions = np.arange(len(differences))
    floor = 1e-10  # a bar on a log scale cannot show 0
    right.barh(positions, [max(value, floor) for value in differences.values()], color=ORANGE, height=0.65)
    right.axvline(1e-5, color=INK, linestyle=":", linewidth=1.3)
    right.set_yticks(positions, list(differences))
    right.invert_yaxis()
    right.set(xscale="log", xlim=(1e-9, 1e-3), title="gradients: largest difference / largest value")
    relative = pairs(list(differences), (f"{value:.0e}" for value in differences.values()))
    return described(
        figure,
        f"Left: {ours.size} scores in PyTorch against those in NumPy, with the diagonal; they differ by at most "
        f"{largest:.0e}. Right: the largest difference of each gradient, relative to its largest value, on a log "
        f"scale with a line at 1e-05: {relative}.",
    )


def epoch_curves(losses: Sequence[float], accuracies: Sequence[float], title: str = "") -> Figure:
    """Draw the mean loss of each epoch, and the accuracy on held-out images after it.

    Args:
        losses: of each epoch.
        accuracies: fractions from 0 to 1, after each epoch.
        title: name of the network.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.9))
    epochs = np.arange(1, len(losses) + 1)
    left.plot(epochs, losses, "o-", color=BLUE)
    left.set(title=f"{title}: mean loss", xlabel="epoch", ylim=(0, None), xticks=epochs)
    right.plot(epochs, 100 * np.array(accuracies), "o-", color=ORANGE)
    right.set(title=f"new images: {100 * accuracies[-1]:.1f} % correct", xlabel="epoch", xticks=epochs)
    for ax in (left, right):
        ax.grid(axis="y")
    return described(
        figure,
        f"{title}, epoch by epoch. Mean loss: {numbers(losses)}. Correct on new images, in percent: "
        f"{', '.join(f'{100 * share:.1f}' for share in accuracies)}.",
    )


def running_variances(batch_sizes: Sequence[int], biased: Sequence[float], unbiased: Sequence[float]) -> Figure:
    """Draw the limits of the running variance with the biased and the unbiased estimate; the true variance is 1.

    Args:
        batch_sizes: values per channel in a batch.
        biased, unbiased: running variance for each batch size.
    """
    figure, ax = plt.subplots(figsize=(6.4, 3.2))
    positions = np.arange(len(batch_sizes))
    ax.axhline(1, color=INK, linestyle=":", linewidth=1.3)
    ax.plot(positions, biased, "o-", color=BLUE, label="1/N, as in 06")
    ax.plot(positions, unbiased, "s--", color=GREEN, label="1/(N − 1), as in PyTorch")
    ax.set(xlabel="values per channel in a batch", ylabel="running variance", ylim=(0, 1.25))
    ax.set_xticks(positions, [str(size) for size in batch_sizes])
    ax.legend(loc="lower right")
    ax.grid(axis="y")
    return described(
        figure,
        f"Running variance, whose true value is 1, for batches of {listed(batch_sizes)} values per channel. "
        f"With 1/N, as in 06: {numbers(biased, 2)}. With 1/(N − 1), as in PyTorch: {numbers(unbiased, 2)}.",
    )
