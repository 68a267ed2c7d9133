"""What the grader measures of a recording itself: its cost, its scores without training, what it learns."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.guest.plain_data import PlainData
from utils.data import Dataset
from utils.design.budget import BATCH, MOST_MULTIPLY_ADDS

LEAST = 0.97  # accuracy on held-out digits for full marks, set by benchmarks/design_thresholds.py
HALF_WAY = 0.9
MOST_UNTRAINED = 0.5  # accuracy that a model without training may have by luck
MOST_SECONDS = 100.0  # of processor time for one training; the course's designs take five
DIVISIONS = 1 << 30  # how many ways there are to divide the digits


@dataclass(frozen=True)
class Measurement:
    """The cost of a recording, and what it does without training; only what could be measured is set."""

    refusal: str = ""  # why it cannot be run; empty if it can
    parameters: int = 0
    multiply_adds: int = 0  # for one image, in evaluation mode
    training_multiply_adds: int = 0  # the same in training mode
    accuracy: float = 0.0  # share of 100 digits, before any training
    independent: bool = True  # whether an image's scores do not depend on the other images of its batch
    probabilities: bool = False  # whether scores are positive and add up to 1, and a softmax or exp is executed
    from_images: bool = True  # whether scores depend on the numbers in the images
    linear: bool = False  # whether scores are a linear function of the images, plus a constant
    shares_weights: bool = True  # whether a weight is used at more than one position of an image, as in a convolution


@dataclass(frozen=True)
class Training:
    """What a recording has learned in the course's training, or why it has not."""

    accuracy: float = 0.0  # share of the held-out digits
    independent: bool = True  # as in Measurement, after the training
    stopped: bool = False  # it took more than MOST_SECONDS
    error: str = ""  # why it could not be trained


class TimeLimit:
    """Ends a training, by TimeoutError, when it has used MOST_SECONDS of processor time."""

    def __init__(self) -> None:
        self.until = time.thread_time() + MOST_SECONDS

    def __call__(self, loss: float) -> None:
        if time.thread_time() > self.until:
            raise TimeoutError


@cache
def scattered(division: int | None = None) -> Dataset:
    """The digits of this notebook; a division holds out other ones, at other places in their images."""
    from utils.design.scattered import scattered_digits

    return scattered_digits(seed=division or 0, division=division)


def measure(recording: PlainData) -> Measurement:
    """Count a recording, and run it on its first weights. Cached: several cases are about the same recording."""
    return _measure(_Hashable(recording))


def cut_off(recording: PlainData) -> list[str]:
    """Names of the parameters that get no gradient because forward cuts it, by detach or no_grad; none if unknown."""
    from utils.design.measure import Design

    try:
        return Design(recording).cut_off(scattered().train_images[:BATCH])
    except Exception:  # what is not a recording may raise anything
        return []


def train(recording: PlainData, divisions: Sequence[int | None], seed: int) -> Training:
    """The course's training, once for each division, always from the first weights: the mean accuracy."""
    trainings, hashable = [], _Hashable(recording)
    for division in divisions:
        trainings.append(_train(hashable, division, seed))
        if trainings[-1].stopped or trainings[-1].error:
            return trainings[-1]
    accuracy = float(np.mean([training.accuracy for training in trainings]))
    return Training(accuracy, all(training.independent for training in trainings))


class _Hashable:
    """A recording as a cache key, equal to any with the same content."""

    def __init__(self, recording: PlainData) -> None:
        self.recording = recording
        from autograder.guest import wire  # imports safetensors, which comes with PyTorch's extra

        self._digest = hashlib.sha256(b"".join(wire.encode(recording))).digest()

    def __hash__(self) -> int:
        return hash(self._digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashable) and other._digest == self._digest


@lru_cache(maxsize=64)
def _measure(hashable: _Hashable) -> Measurement:
    from utils.design.measure import Design, Refused

    try:
        design = Design(hashable.recording)
        cost, training_cost = design.cost, design.cost_in_training
        values: dict[str, Any] = {"parameters": cost.parameters, "multiply_adds": cost.multiply_adds}
        values["training_multiply_adds"] = training_cost.multiply_adds
        values["from_images"], values["shares_weights"] = design.flow.from_images, design.flow.shares_weights
        if max(cost.multiply_adds, training_cost.multiply_adds) > MOST_MULTIPLY_ADDS:
            return Measurement(**values)
        images, labels = scattered().test_images[:100], scattered().test_labels[:100]
        scores = design.scores(images)
        if scores.shape != (100, 10):
            return Measurement(refusal=f"its scores have shape {scores.shape} for 100 images", **values)
        # the same 25 images in another batch
        others = design.scores(np.concatenate([images[:25], scattered().train_images[:75] ** 2]))[:25]
        steps = [str(step[0]) for step in hashable.recording["judging"]["steps"]]
        sums_to_one = np.allclose(scores.sum(axis=1), 1, atol=1e-3) and bool((scores >= 0).all())
        probabilities = sums_to_one and any("softmax" in step or step.startswith("exp") for step in steps)
        middle = design.scores((images[:50] + images[50:]) / 2)
        values["linear"] = _same_scores(middle, np.asarray((scores[:50] + scores[50:]) / 2, np.float32))
        values["accuracy"] = float(np.mean(scores.argmax(axis=1) == labels))
        values["independent"] = _same_scores(others, scores[:25])
        return Measurement(probabilities=probabilities, **values)
    except Refused as refused:
        return Measurement(refusal=str(refused))
    except Exception as error:  # what is not a recording may raise anything
        return Measurement(refusal=f"the recording cannot be run: {type(error).__name__}: {str(error)[:200]}")


@lru_cache(maxsize=64)
def _train(hashable: _Hashable, division: int | None, seed: int) -> Training:
    from utils.design.measure import Design

    data, design = scattered(division), Design(hashable.recording)
    try:
        design.train(data.train_images, data.train_labels, seed, watch=TimeLimit())
        scores = design.scores(data.test_images)
        reversed_scores = design.scores(data.test_images[::-1])[::-1]
    except TimeoutError:
        return Training(stopped=True)
    except Exception as error:  # what is not a recording may raise anything
        return Training(error=f"{type(error).__name__}: {str(error).partition(' Hint:')[0][:300]}")
    if not np.isfinite(scores).all():
        return Training(error="after the training the scores are not finite")
    accuracy = float(np.mean(scores.argmax(axis=1) == data.test_labels))
    return Training(accuracy, _same_scores(scores, reversed_scores))


def _same_scores(scores: NDArray[np.float32], others: NDArray[np.float32]) -> bool:
    """Whether two arrays of scores are equal up to rounding, which differs little between batches of one size."""
    return bool(np.allclose(scores, others, atol=1e-5 * float(np.abs(scores).max()), rtol=0))
