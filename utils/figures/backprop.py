"""Figures of notebook 01: an image flattened, ReLU and its gradient, softmax in three steps."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from utils.figures.alternative import described, listed, number, numbers
from utils.figures.plots import BLUE, GREY, ORANGE, shape_text

Array = NDArray[Any]


def flattened_image(image: Array, row: int = 20, column: int = 14) -> Figure:
    """Show a colour image, its three channels, and the vector that they become, with one pixel followed.

    Args:
        image: (3, H, W) in [0, 1].
        row, column: of the pixel that is marked.
    """
    _, height, width = image.shape
    grid = [["image", "red", "green", "blue"], ["flattened"] * 4]
    fig, axes = plt.subplot_mosaic(grid, figsize=(9.2, 3.9), height_ratios=[3, 1])
    for name, picture in zip(grid[0], [image.transpose(1, 2, 0), *image], strict=True):
        axes[name].imshow(picture, cmap="gray", vmin=0, vmax=1)
        for thickness, colour in ((5, "white"), (2, ORANGE)):
            axes[name].plot(column, row, "o", ms=10, mew=thickness, mec=colour, fillstyle="none")
        axes[name].set_title(f"{name}, {shape_text(picture.shape)}", loc="center")
        axes[name].axis("off")
    axes["image"].set_title(f"image, {shape_text(image.shape)}", loc="center")
    strip = axes["flattened"]
    strip.imshow(image.reshape(1, -1), cmap="gray", vmin=0, vmax=1, aspect="auto")
    positions = [(channel * height + row) * width + column for channel in range(3)]
    strip.plot(positions, [-0.75] * 3, "v", color=ORANGE, markersize=9, clip_on=False)
    for channel in (1, 2):
        strip.axvline(channel * height * width - 0.5, color=BLUE, linewidth=2)
    last = image.size - 1
    strip.set(yticks=[], xticks=[0, *positions, last], xlabel=f"position in the vector of {image.size} values")
    strip.spines["left"].set_visible(False)
    return described(
        fig,
        f"An image of {shape_text(image.shape)}, its red, green and blue channels, and the vector of {image.size} "
        f"values that they become, one channel after the other. The three values of the pixel in row {row} and column "
        f"{column} are at positions {listed(positions)}.",
    )


def relu_and_gradient(x: Array, out: Array, dx: Array) -> Figure:
    """Draw ReLU and its gradient for an upstream gradient of 1.

    Args:
        x: (n,), ascending, with 0 among its values.
        out, dx: (n,), as a forward and a backward pass computed them.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 2.6))
    left.plot(x, out, color=BLUE)
    left.set(title="relu_forward", xlabel="x", ylabel="out")
    for side in (x < 0, x > 0):
        right.plot(x[side], dx[side], color=ORANGE)
    at_zero = float(dx[np.argmin(np.abs(x))])
    right.plot(0, at_zero, "o", color=ORANGE)
    right.plot(0, 1, "o", color=ORANGE, fillstyle="none")
    right.set(title="relu_backward, upstream gradient 1", xlabel="x", ylabel="dx")
    return described(
        fig,
        f"Left, relu_forward: out is {number(out[0])} at x = {number(x[0])} and {number(out[-1])} at x = "
        f"{number(x[-1])}. Right, relu_backward for an upstream gradient of 1: dx is {number(dx[0])} at x = "
        f"{number(x[0])}, {number(at_zero)} at exactly 0 and {number(dx[-1])} at x = {number(x[-1])}.",
    )


def softmax_bars(scores: Array, probabilities: Array, gradient: Array, correct: int, loss: float) -> Figure:
    """Draw the scores of one image, its probabilities and the gradient of the loss as bars.

    Args:
        scores, probabilities, gradient: (M,).
        correct: the correct class; its bars are orange.
        loss: of this image.
    """
    fig, panels = plt.subplots(1, 3, figsize=(9, 2.6), sharex=True)
    titles = ("scores", f"probabilities: loss {loss:.2f}", "gradient of the loss")
    classes = range(len(scores))
    for panel, heights, title in zip(panels, (scores, probabilities, gradient), titles, strict=True):
        panel.bar(classes, heights, color=[ORANGE if label == correct else BLUE for label in classes])
        panel.axhline(0, color=GREY, linewidth=1)
        panel.set(title=title, xlabel=f"class ({correct} is correct)", xticks=classes)
    return described(
        fig,
        f"Bars for {len(scores)} classes, of which {correct} is correct. Scores: {numbers(scores)}. Probabilities: "
        f"{numbers(probabilities, 2)}; the loss is {loss:.2f}. Gradient of the loss: {numbers(gradient, 2)}.",
    )
