"""08_pytorch: LeNet-5 with nn.BatchNorm2d."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.exercises.pytorch.model import SHARED_MISTAKES, told
from autograder.exercises.pytorch.modules import Arrays, ModuleExercise
from autograder.exercises.shared.lenet import MOMENTUM, NORM_SHAPES, SHAPES, LeNetVariant, answer
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.dtypes import cast
from autograder.judging.exercise import Case
from autograder.judging.mistake import Mistake


def running(q: Inputs, moments: Mapping[str, Any], momentum: float = MOMENTUM, unbiased: bool = True) -> Arrays:
    """The running statistics after one batch, as nn.BatchNorm2d keeps them."""
    after = {}
    for key, old in q["running"].items():
        count = moments[f"{key[:3]}.count"]
        stretch = count / (count - 1) if unbiased and key.endswith("var") else 1.0
        after[key] = (1 - momentum) * old + momentum * stretch * moments[key]
    return after


def with_momentum(momentum: float) -> Any:
    """What comes of another momentum, for a `Mistake`."""

    def wrong(q: Inputs, right: Mapping[str, PlainData]) -> dict[str, PlainData]:
        if "after" not in right:
            return {}
        return {
            "after": running(
                q, answer(q["params"], q["x"], q["y"], LeNetVariant(norm=(1, 2)), None, False)["moments"], momentum
            )
        }

    return wrong


TRAINING = {"training": True, "n": 4}


class LeNet5BN(ModuleExercise):
    name, points = "LeNet5BN", 8
    returns = ("scores", "grads", "after")
    shapes = SHAPES | NORM_SHAPES
    way = LeNetVariant(norm=(1, 2))
    cases = (
        Case("layers, shapes, 1,256,220 parameters", {"probe": "parts"}, dtype="float32"),
        Case("training: statistics of the batch", TRAINING, parts=("scores",), weight=2),
        Case("training: the running statistics move", TRAINING, parts=("after",)),
        Case("training: the gradients", {**TRAINING, "grads": True}, parts=("grads",), weight=2),
        Case("eval: the running statistics are used, and stay", {}, parts=("scores", "after"), weight=2),
        Case("eval: a single image", {"n": 1}, parts=("scores",)),
        Case("channels_last", {"channels_last": True}, dtype="float32", parts=("scores",)),
        Case("nothing else happens; it goes where it is moved", {"probe": "side_effects"}, dtype="float32"),
        Case("digits", {**TRAINING, "digits": True, "n": 6}, hidden=True, parts=("scores", "after")),
    )
    mistakes = (
        Mistake(
            "norm-after-relu",
            "Batchnorm stands after the ReLU; it belongs between the convolution and the ReLU.",
            told(order="relu norm pool"),
        ),
        Mistake(
            "norm-after-pooling",
            "Batchnorm stands after the pooling; it belongs between the convolution and the ReLU.",
            told(order="relu pool norm"),
        ),
        Mistake(
            "norm-not-used",
            "A batchnorm is there, and forward does not use it.",
            *(told(norm=norm) for norm in ((1,), (2,), ())),
        ),
        Mistake(
            "always-in-training-mode",
            "In eval mode the statistics of the batch are used; they should be the running ones.",
            told("scores", statistics="batch"),
        ),
        Mistake(
            "never-in-training-mode",
            "In training mode the running statistics are used; they should be those of the batch.",
            told("scores", "grads", statistics="running"),
        ),
        Mistake(
            "other-momentum",
            "In nn.BatchNorm2d momentum is the share of the new batch, 0.1 unless you say otherwise: leave it.",
            *(with_momentum(momentum) for momentum in (0.9, 0.01, 0.99)),
        ),
        Mistake(
            "running-not-updated",
            "In training mode the running statistics stay as they were.",
            lambda q, right: {"after": q["running"]} if q["training"] else {},
        ),
        *SHARED_MISTAKES,
    )

    def right(self, q: Inputs) -> dict[str, PlainData]:
        """As usual, and the running statistics after the call."""
        after = running(q, self.told(q | {"grads": False})["moments"]) if q["training"] else q["running"]
        return super().right(q) | {"after": cast({k: np.asarray(v) for k, v in after.items()}, str(q["x"].dtype))}
