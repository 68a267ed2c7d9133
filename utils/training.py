"""Follow a model's training: loss and accuracy drawn while it runs, and accuracy on held-out images."""

from __future__ import annotations

import time
from typing import Any, Protocol

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import DisplayHandle, display
from matplotlib.figure import Figure
from numpy.typing import NDArray
from tqdm.auto import tqdm

from utils.figures.alternative import course_of, described, number
from utils.figures.plots import BLUE, GREY, ORANGE

Array = NDArray[Any]
REDRAW_SECONDS = 1.0  # at least this long between two drawings


class Model(Protocol):
    """What the training loop of notebook 07 needs of a model."""

    params: dict[str, Array]  # name → parameter, updated in place

    def scores(self, x: Array) -> Array:
        """x (N, 1, 28, 28) → scores (N, 10)."""

    def loss(self, x: Array, y: Array) -> tuple[float, dict[str, Array]]:
        """x (N, 1, 28, 28), labels y (N,) → the loss and the gradient of each parameter."""


def predict(model: Model, images: Array, batch_size: int = 100) -> NDArray[np.int64]:
    """(N,) int64: the class with the highest score for each image; in batches, to need little memory."""
    starts = range(0, len(images), batch_size)
    return np.concatenate([model.scores(images[start : start + batch_size]).argmax(axis=1) for start in starts])


def accuracy(model: Model, images: Array, labels: Array) -> float:
    """The fraction of images, from 0 to 1, whose highest score is that of their label."""
    return float(np.mean(predict(model, images) == labels))


class Shelf(dict[str, Any]):
    """Results that one figure stores for a later one; a missing name means that the earlier cell has not run yet."""

    def __missing__(self, name: str) -> Any:
        raise NotImplementedError(f"It needs {name} from an earlier cell.")


shelf = Shelf()


class Watched:
    """A model that passes every call on to another one, and draws its loss and accuracy during training.

        with Watched(net, test_images, test_labels, steps=168, title="LeNet-5") as watched:
            train(watched, images, labels, …)

    The held-out images are never trained on: they are only passed to `scores`.

    Args:
        model: with `params`, `scores(x)` and `loss(x, y)`, which must be called once in each step.
        images, labels: held out, (N, 1, 28, 28) and (N,).
        steps: number of steps of the training, for the progress bar.
        every: number of steps between two evaluations on the held-out images.
        title: above the figure and beside the progress bar.

    Attributes:
        losses: the loss of each step so far.
        accuracies: (number of steps before, accuracy) for each evaluation.
    """

    def __init__(
        self,
        model: Model,
        images: Array,
        labels: Array,
        steps: int,
        every: int = 14,
        title: str = "",
    ) -> None:
        self.model, self.images, self.labels = model, images, labels
        self.steps, self.every, self.title = steps, every, title
        self.losses: list[float] = []
        self.accuracies: list[tuple[int, float]] = []
        self._handle: DisplayHandle | None = None
        self._bar: Any = None
        self._last_drawn = 0.0  # by time.monotonic

    @property
    def params(self) -> dict[str, Array]:
        return self.model.params

    def scores(self, x: Array) -> Array:
        return self.model.scores(x)

    def loss(self, x: Array, y: Array) -> tuple[float, dict[str, Array]]:
        if len(self.losses) % self.every == 0:
            self._evaluate()
        loss, grads = self.model.loss(x, y)
        self.losses.append(float(loss))
        if self._bar is not None:
            self._bar.update()
        return loss, grads

    def __enter__(self) -> Watched:
        self._bar = tqdm(total=self.steps, desc=self.title or "training", unit="step")
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()
        if error[0] is None:
            self._evaluate(last=True)

    def _evaluate(self, last: bool = False) -> None:
        """Record the accuracy, and draw unless the last drawing is very recent."""
        self.accuracies.append((len(self.losses), accuracy(self.model, self.images, self.labels)))
        now = time.monotonic()
        if now - self._last_drawn < REDRAW_SECONDS and not last:
            return
        self._last_drawn = now
        figure = self.draw()
        if self._handle is None:
            self._handle = display(figure, display_id=True)
        else:
            self._handle.update(figure)
        plt.close(figure)

    def draw(self) -> Figure:
        """Loss and accuracy so far, in two panels."""
        figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.9))
        steps = np.arange(1, len(self.losses) + 1)
        left.plot(steps, self.losses, color=GREY, linewidth=0.8)
        if len(steps):
            left.plot(steps, moving_average(self.losses), color=BLUE, label="mean of the last 10")
            left.legend(loc="upper right")
        left.axhline(np.log(10), color=GREY, linestyle=":", linewidth=1.5)
        left.set(title=f"{self.title}: loss of each batch", xlabel="step", xlim=(0, self.steps), ylim=(0, None))
        left.grid(axis="y")
        evaluated_at, shares = np.array(self.accuracies).T
        right.plot(evaluated_at, 100 * shares, "o-", color=ORANGE, markersize=3.5)
        lowest = 80 if shares[-1] > 0.9 else 0  # enlarge the part that matters once the first steps are over
        right.set(title=f"new images: {100 * shares[-1]:.1f} % correct", xlabel="step")
        right.set(xlim=(0, self.steps), ylim=(lowest, 100.4))
        right.grid(axis="y")
        return described(
            figure,
            f"{self.title}, {len(self.losses)} of {self.steps} steps. Loss of each batch: {course_of(self.losses)}; "
            f"ln 10 = 2.303 is marked. Correct on new images: {number(100 * shares[0])} % at first, "
            f"{100 * shares[-1]:.1f} % now.",
        )


def moving_average(values: list[float], width: int = 10) -> Array:
    """(len(values),): at each position the mean of the last `width` values, or of all so far at the beginning."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - width, 0)
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts))
