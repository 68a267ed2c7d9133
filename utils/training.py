"""Watch a model while it trains: loss and accuracy as they come; and count what it gets right."""

from __future__ import annotations

import time
from typing import Any, Protocol

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import DisplayHandle, display
from matplotlib.figure import Figure
from numpy.typing import NDArray
from tqdm.auto import tqdm

from utils.figures.plots import BLUE, GREY, ORANGE

Array = NDArray[Any]
REDRAW = 1.0  # seconds between two drawings, at least


class Model(Protocol):
    """What the training loop of notebook 07 needs of a model."""

    params: dict[str, Array]

    def scores(self, x: Array) -> Array: ...

    def loss(self, x: Array, y: Array) -> tuple[float, dict[str, Array]]: ...


def predict(model: Model, images: Array, batch_size: int = 100) -> NDArray[np.int64]:
    """(N,): for each image the class with the highest score, a few images at a time so that memory stays small."""
    parts = [
        model.scores(images[start : start + batch_size]).argmax(axis=1) for start in range(0, len(images), batch_size)
    ]
    return np.concatenate(parts)


def accuracy(model: Model, images: Array, labels: Array) -> float:
    """The share of images whose highest score is that of their label, from 0 to 1."""
    return float(np.mean(predict(model, images) == labels))


class Shelf(dict[str, Any]):
    """Where one figure puts what a later one needs. What is not there yet is work that still waits."""

    def __missing__(self, name: str) -> Any:
        raise NotImplementedError(f"It needs {name} from an earlier cell.")


shelf = Shelf()


class Watched:
    """A model whose training can be watched: it passes every call on, and draws loss and accuracy as they come.

        with Watched(net, test_images, test_labels, steps=168, title="LeNet-5") as watched:
            train(watched, images, labels, …)

    Every `every` steps the held-out images are looked at. They are never trained on: only `scores` sees them.

    Args:
        model: with `params`, `scores(x)` and `loss(x, y)`, which is called once a step.
        images, labels: held out.
        steps: how many there will be, for the progress bar.
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
        self._drawn = 0.0

    @property
    def params(self) -> dict[str, Array]:
        return self.model.params

    def scores(self, x: Array) -> Array:
        return self.model.scores(x)

    def loss(self, x: Array, y: Array) -> tuple[float, dict[str, Array]]:
        if len(self.losses) % self.every == 0:
            self._look()
        answer = self.model.loss(x, y)
        self.losses.append(float(answer[0]))
        if self._bar is not None:
            self._bar.update()
        return answer

    def __enter__(self) -> Watched:
        self._bar = tqdm(total=self.steps, desc=self.title or "training", unit="step")
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()
        if error[0] is None:
            self._look(last=True)

    def _look(self, last: bool = False) -> None:
        """Note the accuracy now, and draw if the last drawing is old enough."""
        self.accuracies.append((len(self.losses), accuracy(self.model, self.images, self.labels)))
        now = time.monotonic()
        if now - self._drawn < REDRAW and not last:
            return
        self._drawn = now
        figure = self.draw()
        if self._handle is None:
            self._handle = display(figure, display_id=True)
        else:
            self._handle.update(figure)
        plt.close(figure)

    def draw(self) -> Figure:
        """The two curves so far."""
        figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.9))
        steps = np.arange(1, len(self.losses) + 1)
        left.plot(steps, self.losses, color=GREY, linewidth=0.8)
        if len(steps):
            left.plot(steps, smooth(self.losses), color=BLUE, label="mean of the last 10")
            left.legend(loc="upper right")
        left.axhline(np.log(10), color=GREY, linestyle=":", linewidth=1.5)
        left.set(title=f"{self.title}: loss of each batch", xlabel="step", xlim=(0, self.steps), ylim=(0, None))
        left.grid(axis="y")
        at, share = np.array(self.accuracies).T
        right.plot(at, 100 * share, "o-", color=ORANGE, markersize=3.5)
        lowest = 80 if share[-1] > 0.9 else 0  # where it matters, once the beginning is past
        right.set(title=f"new images: {100 * share[-1]:.1f} % right", xlabel="step")
        right.set(xlim=(0, self.steps), ylim=(lowest, 100.4))
        right.grid(axis="y")
        return figure


def smooth(values: list[float], width: int = 10) -> Array:
    """The mean of the last `width` values at each place; of fewer at the beginning."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - width, 0)
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts))
