"""Digits somewhere in the picture: the data of notebook 10. Where a digit lies says nothing about which it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from utils.data import Dataset, load

SIDE = 20  # pixels of a digit, in a picture of 28


def scattered_digits(seed: int = 0, copies: int = 3, division: int | None = None) -> Dataset:
    """The 1797 digits, each shrunk to 20×20 and put at a random place of an empty 28×28 picture.

    Args:
        seed: of the places.
        copies: how often a digit to train on is there, each time at another place.
        division: None for the course's own 1400 to train on and 397 held out; a seed for another such division.

    Returns:
        Images in [0, 1], float32 (N, 1, 28, 28): 1400·copies to train on, 397 held out.
    """
    digits, rng = load("digits"), np.random.default_rng(seed)
    images = np.concatenate([digits.train_images, digits.test_images])
    labels = np.concatenate([digits.train_labels, digits.test_labels])
    count = len(digits.train_labels)
    order = np.arange(len(labels)) if division is None else np.random.default_rng(division).permutation(len(labels))
    train, test = np.tile(order[:count], copies), order[count:]
    small = _shrunk(images)
    return replace(
        digits,
        train_images=_placed(small[train], rng),
        train_labels=labels[train],
        test_images=_placed(small[test], rng),
        test_labels=labels[test],
    )


def _shrunk(images: NDArray[np.float32]) -> NDArray[np.float32]:
    small = torch.nn.functional.interpolate(torch.from_numpy(images), SIDE, mode="bilinear", antialias=True)
    return np.asarray(small.numpy())


def _placed(small: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    pictures = np.zeros((len(small), 1, 28, 28), np.float32)
    for picture, digit, (top, left) in zip(
        pictures, small, rng.integers(0, 28 - SIDE + 1, (len(small), 2)), strict=True
    ):
        picture[:, top : top + SIDE, left : left + SIDE] = digit
    return pictures
