"""Figures of convolutions along one and three axes: a row of a photograph as a signal, the frames of a video."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from utils.figures.alternative import counted, described, number
from utils.figures.plots import BLUE, GREY, ORANGE, SIGNED, shape_text

Array = NDArray[Any]


def filtered_row(row: Array, mean: Array, change: Array, width: int) -> Figure:
    """Draw one row of a photograph, its brightness with a running mean, and where it changes.

    Args:
        row: (3, L) colours in [0, 1].
        mean: (L,), the mean over `width` positions, as a convolution computed it.
        change: (L,), how much brighter it is on the right of each position than on the left.
        width: of both filters.
    """
    length, part = row.shape[1], width // 3
    fig, axes = plt.subplots(3, 1, figsize=(8.4, 4.6), sharex=True, height_ratios=[0.5, 2, 1.4])
    axes[0].imshow(np.repeat(row.T[None], 18, axis=0), aspect="auto")
    axes[0].set(yticks=[], title="one row of the photograph, repeated 18 times so that it can be seen")
    axes[1].plot(row.mean(axis=0), color="silver", linewidth=1.2, label="brightness")
    axes[1].plot(mean, color=BLUE, label=f"mean over {width} positions")
    axes[1].legend(loc="upper center", ncols=2)
    axes[2].plot(change, color=ORANGE, label=f"{part} on the right − {part} on the left")
    axes[2].axhline(0, color=GREY, linewidth=0.8)
    axes[2].set(xlabel="position in the row")
    axes[2].legend(loc="upper center")
    inside = slice(width // 2, length - width // 2)  # at the ends the windows reach into the padding
    steepest = int(np.argmax(np.abs(change[inside]))) + width // 2
    return described(
        fig,
        f"One row of a photograph, {length} positions. Its brightness runs from {number(row.mean(axis=0).min(), 2)} "
        f"to {number(row.mean(axis=0).max(), 2)}; its mean over {width} positions from {number(mean.min(), 2)} to "
        f"{number(mean.max(), 2)}. The difference between the {part} positions on the right and the {part} on the "
        f"left is largest away from the ends at position {steepest}: {number(change[steepest], 2)}. At the two ends "
        f"it is {number(change[0], 2)} and {number(change[-1], 2)}, where the windows reach into the padding.",
    )


def frames_and_changes(video: Array, changes: Array) -> Figure:
    """Draw the frames of a video and, below, how each pixel changes from one to the next: brighter blue, darker red.

    Args:
        video: (D, H, W).
        changes: (D − 1, H, W), next frame minus this frame.
    """
    count = len(video)
    fig, axes = plt.subplots(2, count, figsize=(1.6 * count, 1.9))
    for ax in axes.flat:
        ax.axis("off")
    limit = float(np.abs(changes).max()) or 1.0
    for k, frame in enumerate(video):
        axes[0, k].imshow(frame, cmap="gray")
        axes[0, k].set_title(f"frame {k}", fontsize=10, loc="center")
    for k, change in enumerate(changes):
        axes[1, k].imshow(change, cmap=SIGNED, vmin=-limit, vmax=limit)
        axes[1, k].set_title(f"frame {k + 1} − {k}", fontsize=10, loc="center")
    changed = np.abs(changes) > 1e-6
    columns = np.nonzero(changed.any(axis=(0, 1)))[0]
    where = f"All of them are in columns {columns[0]} to {columns[-1]}." if columns.size else ""
    return described(
        fig,
        f"{counted(count, 'frame')} of {shape_text(video.shape[1:])} and, below, each frame minus the one before: "
        "what got brighter is blue, what got darker is red, what stands still is white. On average "
        f"{changed.mean():.0%} of the pixels change from one frame to the next.",
        where,
    )
