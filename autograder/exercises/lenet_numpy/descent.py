"""What the parameters and losses of a RecordingModel must be after the steps that it recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.guest.fakes.recording_model import START, targets
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle


def stepped(
    q: Inputs,
    lr: float | None = None,
    momentum: float = 0.9,
    *,
    accumulated: bool = False,
    delayed: bool = False,
    restarted: bool = False,
    start: np.ndarray | None = None,
    factor: Callable[[int], float] = lambda n: 1.0,
) -> np.ndarray:
    """The parameters (4,) after the recorded steps; the defaults are right.

    Args:
        q: the question's inputs and the recorded `steps`.
        accumulated: gradients of earlier steps are added to each one.
        delayed: a step uses the gradient of the step before.
        restarted: the velocity starts from 0 in every epoch.
        start: the parameters before the first step, if not those of a new RecordingModel.
        factor: of the gradient of a batch, by its size.
    """
    matrix = oracle.descent_matrix(q["lr"] if lr is None else lr, momentum)
    epoch = -(-len(q["labels"]) // q["batch_size"])
    params, before = np.array(START if start is None else start, dtype=np.float64), np.zeros(len(START))
    velocity = np.zeros_like(params)
    for k, step in enumerate(q["steps"]):
        grad = (params - targets(step["images"], step["labels"])).mean(0) * factor(len(step["images"]))
        if accumulated:
            grad = grad + before
        if restarted and k % epoch == 0:
            velocity = np.zeros_like(params)
        params, velocity = oracle.descended(matrix, 1, params, velocity, before if delayed and k else grad)
        before = grad
    return params


def with_lr(lr: float) -> Callable[[Inputs, Any], dict[str, PlainData]]:
    """For a `Mistake`: the answer with this learning rate in place of the one that was passed."""
    return lambda q, right: {"params": stepped(q, lr=lr)}


def losses(q: Inputs) -> list[float]:
    """The loss that the RecordingModel returned at each step."""
    return [
        float(0.5 * ((step["params"] - targets(step["images"], step["labels"])) ** 2).sum(1).mean())
        for step in q["steps"]
    ]


def losses_by_epoch(q: Inputs) -> np.ndarray:
    """(epochs, steps): the losses; ValueError if they do not divide."""
    return np.array(losses(q)).reshape(q["epochs"], -1)
