"""What the grader makes of a recording by itself: its cost, its scores before training, what it learns."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.guest import wire
from autograder.guest.plain_data import PlainData
from utils.data import Dataset
from utils.design.budget import MOST_MULTIPLY_ADDS

LEAST = 0.97  # share of new digits for full marks, set by benchmarks/design_thresholds.py
HALF_WAY = 0.9
FRESH = 0.5  # of the images, that a model without training may get right by luck
MOST_SECONDS = 100.0  # of the processor for one training; the course's designs take five
DRAWN = 1 << 30  # seeds of divisions


@dataclass(frozen=True)
class Looked:
    """A recording that was counted: why it cannot be run, or its cost, and what it does without training."""

    refused: str = ""
    parameters: int = 0
    multiply_adds: int = 0
    in_training: int = 0
    before: float = 0.0
    alone: bool = True
    probabilities: bool = False


class Patience:
    """Watches a training, and ends it when it has had MOST_SECONDS of the processor."""

    def __init__(self) -> None:
        self.until = time.thread_time() + MOST_SECONDS

    def __call__(self, loss: float) -> None:
        if time.thread_time() > self.until:
            raise TimeoutError


@dataclass(frozen=True)
class Trained:
    """The share of held-out digits that are right, whether their order makes no difference; or why there is none."""

    accuracy: float = 0.0
    alone: bool = True
    stopped: bool = False
    error: str = ""


@cache
def pictures(division: int | None = None) -> Dataset:
    """The digits of this notebook; hidden cases divide them in another way, and put them in other places."""
    from utils.design.scattered import scattered_digits

    return scattered_digits(seed=division or 0, division=division)


def look(recording: PlainData) -> Looked:
    """Count a recording, and look at its first scores. Cases ask about the same one again, so it is kept."""
    return _look(_Keyed(recording))


def trained(recording: PlainData, divisions: Sequence[int | None], seed: int) -> Trained:
    """What it does after the course's training: the mean over the divisions, each from its first weights anew."""
    found, keyed = [], _Keyed(recording)
    for division in divisions:
        found.append(_trained(keyed, division, seed))
        if found[-1].stopped or found[-1].error:
            return found[-1]
    return Trained(float(np.mean([one.accuracy for one in found])), all(one.alone for one in found))


class _Keyed:
    """A recording that is equal to one with the same content."""

    def __init__(self, recording: PlainData) -> None:
        self.recording = recording
        self._key = hashlib.sha256(b"".join(wire.encode(recording))).digest()

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and other._key == self._key


@lru_cache(maxsize=64)
def _look(keyed: _Keyed) -> Looked:
    from utils.design.measure import Design, Refused

    try:
        design = Design(keyed.recording)
        cost, in_training = design.cost, design.cost_in_training
        counted: dict[str, Any] = {"parameters": cost.parameters, "multiply_adds": cost.multiply_adds}
        counted["in_training"] = in_training.multiply_adds
        if max(cost.multiply_adds, in_training.multiply_adds) > MOST_MULTIPLY_ADDS:
            return Looked(**counted)
        images, labels = pictures().test_images[:100], pictures().test_labels[:100]
        first = design.scores(images)
        if first.shape != (100, 10):
            return Looked(refused=f"its scores have shape {first.shape} for 100 images", **counted)
        # the same 25 images among others
        among = design.scores(np.concatenate([images[:25], pictures().train_images[:75] ** 2]))[:25]
        sums = np.allclose(first.sum(axis=1), 1, atol=1e-3) and bool((first >= 0).all())
        counted["before"] = float(np.mean(first.argmax(axis=1) == labels))
        counted["alone"] = _alike(among, first[:25])
        return Looked(probabilities=sums, **counted)
    except Refused as refused:
        return Looked(refused=str(refused))
    except Exception as error:  # of a recording that is none, anything may come
        return Looked(refused=f"the recording cannot be run: {type(error).__name__}: {str(error)[:200]}")


@lru_cache(maxsize=64)
def _trained(keyed: _Keyed, division: int | None, seed: int) -> Trained:
    from utils.design.measure import Design

    data, design = pictures(division), Design(keyed.recording)
    try:
        design.train(data.train_images, data.train_labels, seed, watch=Patience())
        scores = design.scores(data.test_images)
        backward = design.scores(data.test_images[::-1])[::-1]
    except TimeoutError:
        return Trained(stopped=True)
    except Exception as error:  # of a recording that is none, anything may come
        return Trained(error=f"{type(error).__name__}: {str(error)[:200]}")
    if not np.isfinite(scores).all():
        return Trained(error="the scores are infinite or no numbers at its end")
    return Trained(float(np.mean(scores.argmax(axis=1) == data.test_labels)), _alike(scores, backward))


def _alike(scores: NDArray[np.float32], others: NDArray[np.float32]) -> bool:
    """Whether two arrays of scores are the same up to rounding, which batches of one size hardly change."""
    return bool(np.allclose(scores, others, atol=1e-5 * float(np.abs(scores).max()), rtol=0))
