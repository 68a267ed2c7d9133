"""A fake model that records what `train` shows it, in place of a network."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.guest.plain_data import PlainData

LEVELS = 256  # an image's number is written into its first pixel as number / LEVELS
START = (1.0, -1.0, 0.5, 2.0)  # the parameters before the first step

Step = dict[str, Any]  # images: their numbers; labels; params: the parameters before the step, where they are recorded


def marked_images(count: int, rng: Any) -> np.ndarray:
    """(count, 1, 28, 28) in [0, 1], each with its number in the first pixel."""
    images: np.ndarray = rng.uniform(0, 1, (count, 1, 28, 28))
    images[:, 0, 0, 0] = np.arange(count) / LEVELS
    images[:, 0, 0, 1] = 0.5  # tells a marked image from any other
    return images


def numbers_in(images: np.ndarray) -> list[int]:
    """The number of each image; −1 for one that is not marked."""
    if images.ndim != 4 or images.shape[1:] != (1, 28, 28):
        return [-1] * len(images)
    numbers = images[:, 0, 0, 0].astype(np.float64) * LEVELS
    marked = (np.abs(numbers - np.round(numbers)) < 1e-6) & (images[:, 0, 0, 1] == 0.5)
    return [round(float(number)) if is_marked else -1 for number, is_marked in zip(numbers, marked, strict=True)]


def targets(images: list[int], labels: list[int]) -> np.ndarray:
    """(N, 4): the parameters at which the loss of each image, by its number, with its label is 0."""
    k, label = np.array(images, dtype=float)[:, None], np.array(labels, dtype=float)[:, None]
    return np.sin(1.7 * k + np.arange(len(START))) * 3 + 0.5 * label


class RecordingModel:
    """Test double for a network in `train`. The loss is the mean of half the squared distance to each image's target.

    same_target: all images have the target of image 0 with label 0, so that the parameters end up the same whatever
    the order of the images.
    """

    def __init__(self, same_target: bool = False) -> None:
        self.same_target = same_target
        self.params = {"first.weight": np.array(START[:-1])[:, None], "first.bias": np.array(START[-1:])}
        self.calls: list[Step] = []  # one for each call of loss

    def row(self) -> np.ndarray:
        """The parameters in one row."""
        return np.concatenate([np.ravel(self.params[key]) for key in ("first.weight", "first.bias")])

    def scores(self, x: np.ndarray) -> np.ndarray:
        return np.tile(np.linspace(0, 1, 10), (len(x), 1))

    def loss(self, x: np.ndarray, y: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        """The loss and its gradients, by key of `params`."""
        images, labels, params = numbers_in(np.asarray(x)), [int(k) for k in np.ravel(y)], self.row()
        self.calls.append({"images": images, "labels": labels, "params": params})
        if len(labels) != len(images) or not images:
            raise ValueError(f"loss got {len(images)} images and {len(labels)} labels.")
        zeros = [0] * len(images)
        distances = params - (targets(zeros, zeros) if self.same_target else targets(images, labels))
        gradient = distances.mean(axis=0)
        grads = {"first.weight": gradient[:-1, None].copy(), "first.bias": gradient[-1:].copy()}
        return float(0.5 * (distances**2).sum(axis=1).mean()), grads

    def observations(self) -> dict[str, PlainData]:
        """steps: the calls of loss after which the parameters changed; params: the parameters at the end."""
        after = [call["params"] for call in self.calls[1:]] + [self.row()]
        steps = [call for call, then in zip(self.calls, after, strict=True) if not np.array_equal(call["params"], then)]
        # where nothing ever changes, every call counts
        return {"steps": steps or self.calls, "params": self.row()}
