"""08_pytorch: LeNet-5 with nn.BatchNorm2d."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.exercises.pytorch.model import SHARED_MISTAKES, answer_of_variant
from autograder.exercises.pytorch.modules import ModuleExercise
from autograder.exercises.shared.lenet import NORM_SHAPES, SHAPES, WITH_NORM, answer, running_after
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.case import Case
from autograder.judging.dtypes import cast
from autograder.judging.mistake import Mistake


def with_momentum(momentum: float) -> Any:
    """For a `Mistake`: the running statistics with another momentum."""

    def wrong(q: Inputs, right: Mapping[str, PlainData]) -> dict[str, PlainData]:
        if "after" not in right:
            return {}
        moments = answer(q["params"], q["x"], q["y"], WITH_NORM, None, False)["moments"]
        return {"after": running_after(q["running"], moments, 1 - momentum, momentum, unbiased=True)}

    return wrong


TRAINING = {"training": True, "n": 4}


class LeNet5BN(ModuleExercise):
    name, points = "LeNet5BN", 8
    returns = ("scores", "grads", "after")
    shapes = SHAPES | NORM_SHAPES
    variant = WITH_NORM
    cases = (
        Case(
            "layers, shapes, 1,256,220 parameters",
            {"probe": "layers"},
            dtype="float32",
            conventions=("dtype", "memory"),
        ),
        Case("training: statistics of the batch", TRAINING, parts=("scores",), weight=2),
        Case("training: the running statistics move", TRAINING, parts=("after",)),
        Case("training: the gradients", {**TRAINING, "grads": True}, parts=("grads",), weight=2),
        Case("eval: the running statistics are used, and stay", {}, parts=("scores", "after"), weight=2),
        Case("eval: a single image", {"n": 1}, parts=("scores",)),
        Case("channels_last", {"channels_last": True}, dtype="float32", parts=("scores",)),
        Case(
            "nothing else happens; it goes where it is moved",
            {"probe": "side_effects"},
            dtype="float32",
            conventions=("device", "memory"),
        ),
        Case("digits", {**TRAINING, "digits": True, "n": 6}, hidden=True, parts=("scores", "after")),
    )
    mistakes = (
        Mistake(
            "norm-after-relu",
            "Batchnorm comes after the ReLU; it belongs between the convolution and the ReLU.",
            answer_of_variant(order="relu norm pool"),
        ),
        Mistake(
            "norm-after-pooling",
            "Batchnorm comes after the pooling; it belongs between the convolution and the ReLU.",
            answer_of_variant(order="relu pool norm"),
        ),
        Mistake(
            "norm-not-used",
            "forward does not use one of the batchnorms.",
            *(answer_of_variant(norm=norm) for norm in ((1,), (2,), ())),
        ),
        Mistake(
            "always-in-training-mode",
            "In eval mode the statistics of the batch are used; they should be the running ones.",
            answer_of_variant("scores", statistics="batch"),
        ),
        Mistake(
            "never-in-training-mode",
            "In training mode the running statistics are used; they should be those of the batch.",
            answer_of_variant("scores", "grads", statistics="running"),
        ),
        Mistake(
            "other-momentum",
            "In nn.BatchNorm2d momentum is the share of the new batch, 0.1 by default: leave it at that.",
            *(with_momentum(momentum) for momentum in (0.9, 0.01, 0.99)),
        ),
        Mistake(
            "running-not-updated",
            "In training mode the running statistics are not updated.",
            lambda q, right: {"after": q["running"]} if q["training"] else {},
        ),
        *SHARED_MISTAKES,
    )

    def right(self, q: Inputs) -> dict[str, PlainData]:
        """As usual, and the running statistics after the call."""
        after = q["running"]
        if q["training"]:
            after = running_after(after, self.answer(q | {"grads": False})["moments"], unbiased=True)
        return super().right(q) | {"after": cast({k: np.asarray(v) for k, v in after.items()}, str(q["x"].dtype))}
