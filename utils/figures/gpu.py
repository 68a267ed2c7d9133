"""Figures of notebook 09: the queue of a GPU, learning rates, speeds on a log scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch.optim.optimizer import register_optimizer_step_pre_hook

from utils.figures.alternative import counted, course_of, described, listed
from utils.figures.plots import AMBER, BLUE, GREY, INK, ORANGE, SKY, show_curves

# calls on the CPU as (text, start, end), and the work on the GPU that they queue as (start, end); the unit is arbitrary
LAUNCHES = (("fn()", 0.0, 1.0), ("fn()", 1.3, 2.3), ("fn()", 2.6, 3.6))
WORK = ((0.6, 4.6), (4.6, 8.6), (8.6, 12.6))
QUEUED, DONE = 3.9, 12.7  # when the clock is read, not synchronized and synchronized


def queue_picture() -> Figure:
    """Show when to read the clock: a call on the CPU only queues work, which the GPU does later."""
    figure, axes = plt.subplots(2, 1, figsize=(9, 3.6), sharex=True)
    _timeline(axes[0], stop=QUEUED)
    axes[0].set_title("not synchronized: the clock is read when the work has been queued")
    _timeline(axes[1], stop=DONE)
    axes[1].plot([3.7, 12.6], [1.32, 1.32], ":", color=INK, linewidth=1.5)
    axes[1].text(8.1, 1.36, "synchronize(): wait", ha="center", va="bottom", fontsize=9)
    axes[1].set_title("synchronized: the clock is read when the work is done")
    axes[1].set_xlabel("time")
    calls, work_ends = LAUNCHES[-1][2], WORK[-1][1]
    return described(
        figure,
        f"Two timelines of the CPU and the GPU, in arbitrary units. The CPU makes {len(LAUNCHES)} short calls, which "
        f"end at {calls}; the GPU does their work one after the other until {work_ends}. Not synchronized, the clock "
        f"stops at {QUEUED}, when the work has only been queued. Synchronized, the CPU waits in synchronize(), and "
        f"the clock stops at {DONE}, when the work is done.",
    )


def _timeline(ax: Axes, stop: float) -> None:
    """One row for the GPU and one for the CPU, and an arrow over the measured time, which ends at `stop`."""
    for name, start, end in LAUNCHES:
        ax.barh(1, end - start, left=start, height=0.5, color=BLUE)
        ax.text((start + end) / 2, 1, name, ha="center", va="center", fontsize=8, color="white")
    for k, (start, end) in enumerate(WORK):
        ax.barh(0, end - start, left=start, height=0.5, color=SKY if k % 2 else AMBER)
        ax.text((start + end) / 2, 0, f"work of call {k + 1}", ha="center", va="center", fontsize=8)
    for time, name in ((-0.1, "start"), (stop, "stop")):
        ax.axvline(time, color=ORANGE, linewidth=1.5)
        ax.text(time, 1.75, name, ha="center", va="bottom", fontsize=9, color=ORANGE)
    ax.annotate("", (stop, -0.55), (-0.1, -0.55), arrowprops={"arrowstyle": "<->", "color": ORANGE})
    ax.set(yticks=[0, 1], yticklabels=["GPU", "CPU"], xticks=[], ylim=(-0.85, 2.1), xlim=(-0.6, 13.4))
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(left=False)


def batch_sizes(seconds: Mapping[int, float], device: str) -> Figure:
    """Draw images per second against the batch size.

    Args:
        seconds: batch size → seconds of one call.
        device: its name, for the title.
    """
    sizes = np.array(list(seconds))
    figure, ax = plt.subplots(figsize=(6, 3.2))
    ax.loglog(sizes, sizes / np.array(list(seconds.values())), "o-", color=BLUE)
    ax.set(xlabel="images in a batch", ylabel="images per second", title=f"LeNet-5 forward, {device}")
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.minorticks_off()
    ax.grid(axis="y")
    speeds = (f"{three_digits(size / taken)} with {counted(size, 'image')}" for size, taken in seconds.items())
    return described(
        figure,
        f"Images per second of LeNet-5's forward pass on {device}, both on a log scale: {listed(speeds)} in a batch.",
    )


@contextmanager
def watched_rates() -> Iterator[list[float]]:
    """A list to which the learning rate of every optimizer step in the block is appended."""
    rates: list[float] = []

    def append_rate(optimizer: Any, *_: Any) -> None:
        rates.append(float(optimizer.param_groups[0]["lr"]))

    hook = register_optimizer_step_pre_hook(append_rate)
    try:
        yield rates
    finally:
        hook.remove()


def training_curves(history: Sequence[float], rates: Sequence[float]) -> Figure:
    """Draw the learning rate and the loss of every step, in two panels."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.9))
    show_curves({"rate": rates}, ylabel="learning rate", title="one cycle", ax=left)
    left.set_ylim(0, None)
    show_curves({"loss": history}, title="loss of each batch", ax=right)
    right.axhline(np.log(10), color=GREY, linestyle=":", linewidth=1.5)
    right.set_ylim(0, None)
    return described(
        figure,
        f"Left: the learning rate of each of {len(rates)} steps, {course_of(rates)}. "
        f"Right: the loss of each batch, {course_of(history)}; ln 10 = 2.303 is marked.",
    )


def speed_ladder(images_per_second: Mapping[str, float], title: str = "training LeNet-5") -> Figure:
    """Draw one bar for each implementation on a log scale, with its speed and its speedup over the first.

    Args:
        images_per_second: name → speed, slowest first; names that contain "NumPy" are grey.
        title: of the figure.
    """
    names, speeds = list(images_per_second), np.array(list(images_per_second.values()))
    figure, ax = plt.subplots(figsize=(9, 0.7 + 0.42 * len(names)))
    colours = [GREY if "NumPy" in name else BLUE for name in names]
    ax.barh(range(len(names)), speeds, color=colours, height=0.65)
    for k, speed in enumerate(speeds):
        text = f" {three_digits(speed)}" + (f"   {three_digits(speed / speeds[0])}×" if k else "")
        ax.text(speed, k, text, va="center", fontsize=10)
    ax.set(xscale="log", xlabel="images per second", title=title, xlim=(speeds.min() / 3, speeds.max() * 25))
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.grid(axis="x")
    ax.set_axisbelow(True)
    faster = (f", {three_digits(speed / speeds[0])} times the first" if k else "" for k, speed in enumerate(speeds))
    rows = (f"{name}: {three_digits(speed)}{more}" for name, speed, more in zip(names, speeds, faster, strict=True))
    return described(figure, f"{title}, images per second on a log scale. {'; '.join(rows)}.")


def three_digits(value: float) -> str:
    """A positive number in three significant digits: 1234567 → 1,230,000; 0.01234 → 0.0123."""
    if value < 100:
        return f"{value:.3g}"
    digits = int(np.floor(np.log10(value))) - 2
    return f"{round(value / 10**digits) * 10**digits:,}"
