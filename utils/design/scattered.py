"""The data of notebook 10: digits at random positions, so that the position says nothing about the class."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from utils.data import Dataset, load

SIDE = 20  # of a digit, in pixels; the image has 28


def scattered_digits(seed: int = 0, copies: int = 3, division: int | None = None, validation: int = 0) -> Dataset:
    """The 1797 digits, each reduced to 20×20 pixels and placed at a random position of an empty 28×28 image.

    Args:
        seed: of the positions.
        copies: number of copies of each training digit, at different positions.
        division: None for the split of `load("digits")`, or a seed for another random split of the same sizes.
        validation: how many of the 1400 training digits to hold out in place of the 397, to choose a design by. No copy
            of them is trained on, and the 397 digits are not used at all. 0 for none.

    Returns:
        Images in [0, 1], float32 (N, 1, 28, 28): (1400 - validation)·copies for training, 397 or `validation` for
        testing.

    Raises:
        ValueError: if validation is negative, or leaves no digit for training.
    """
    digits, rng = load("digits"), np.random.default_rng(seed)
    images = np.concatenate([digits.train_images, digits.test_images])
    labels = np.concatenate([digits.train_labels, digits.test_labels])
    count = len(digits.train_labels)
    order = np.arange(len(labels)) if division is None else np.random.default_rng(division).permutation(len(labels))
    if not 0 <= validation < count:
        raise ValueError(f"validation is {validation}: it must be at least 0 and below {count}, the training digits")
    if validation:
        order, count = order[:count], count - validation
    train, test = np.tile(order[:count], copies), order[count:]
    small = _reduce(images)
    return replace(
        digits,
        train_images=_place(small[train], rng),
        train_labels=labels[train],
        test_images=_place(small[test], rng),
        test_labels=labels[test],
    )


def _reduce(images: NDArray[np.float32]) -> NDArray[np.float32]:
    small = torch.nn.functional.interpolate(torch.from_numpy(images), SIDE, mode="bilinear", antialias=True)
    return np.asarray(small.numpy())


def _place(small: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    images = np.zeros((len(small), 1, 28, 28), np.float32)
    corners = rng.integers(0, 28 - SIDE + 1, (len(small), 2))
    for image, digit, (top, left) in zip(images, small, corners, strict=True):
        image[:, top : top + SIDE, left : left + SIDE] = digit
    return images
