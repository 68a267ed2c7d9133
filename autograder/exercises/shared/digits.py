"""The course's digits, as inputs of a check and as its held-out test of a trained network."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from autograder.guest.plain_data import PlainData
from autograder.judging.case import Finding
from autograder.judging.compare import kind_of
from utils.data import Dataset, load


@cache
def digits() -> Dataset:
    """The digits of the course, read once: 1,400 to train on and 397 held out."""
    return load("digits")


def image_batch(n: int, use_digits: bool, rng: Any) -> tuple[np.ndarray, np.ndarray]:
    """x (n, 1, 28, 28) in [0, 1], float64, and y (n,): digits to train on, or random, so that no two pixels tie."""
    x, y = rng.uniform(0, 1, (n, 1, 28, 28)), rng.integers(0, 10, n)
    if use_digits:
        chosen = rng.permutation(len(digits().train_labels))[:n]
        x, y = digits().train_images[chosen].astype(np.float64), digits().train_labels[chosen]
    return x, y


def judge_accuracy(
    scores: PlainData, labels: np.ndarray, least: float, images: str = "held-out digits", advice: str = ""
) -> Iterator[Finding]:
    """Whether at least this share of images has the highest score at its label.

    Args:
        scores: of the student's network, to be (len(labels), 10); anything may have come.
        images: what the images are, for the sentence that says how many are right.
        advice: a sentence to add.
    """
    if not isinstance(scores, np.ndarray) or scores.shape != (len(labels), 10):
        text = f"scores must be an array of shape ({len(labels)}, 10); yours is {kind_of(scores)}."
    elif not np.isfinite(scores).all():
        text = "The scores are not finite: the steps were too large for the network, or had the wrong sign."
    elif (share := float(np.mean(scores.argmax(axis=1) == labels))) < least:
        text = f"{share:.1%} of {len(labels)} {images} are classified correctly; at least {least:.0%} are required."
    else:
        return
    yield Finding(f"{text} {advice}".strip())
