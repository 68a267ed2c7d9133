"""07_lenet_numpy: LeNet-5 as a class."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from autograder.exercises.lenet_numpy.networks import LN_10, NetworkExercise, before_writing, changed, lenet
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.exercise import Case, Finding
from autograder.judging.mistake import Mistake

LOSS = {"steps": ("loss",)}
SCORES = {"steps": ("scores",)}


def without(q: Inputs, *keys: str) -> Inputs:
    """The question with some parameters 0."""
    return changed(q, params=q["params"] | {key: np.zeros_like(q["params"][key]) for key in keys})


def told(*parts: str, silenced: tuple[str, ...] = (), **way: Any) -> Callable[[Inputs, Any], dict[str, PlainData]]:
    """What a network computed in this way answers, for a `Mistake`; in these parts, by default in all."""

    def wrong(q: Inputs, right: Any) -> dict[str, PlainData]:
        answered = lenet(without(q, *silenced) if silenced else q, **way)
        return {part: value for part, value in answered.items() if part in (parts or answered)}

    return wrong


def summed(q: Inputs, right: Mapping[str, PlainData]) -> dict[str, PlainData]:
    """Loss and gradients as sums over the batch."""
    n = len(q["y"])
    return {"loss": right["loss"] * n, "grads": {key: grad * n for key, grad in right["grads"].items()}}


def decayed(q: Inputs, strength: float) -> dict[str, PlainData]:
    """Loss and gradients with half the squares of the weights added to the loss."""
    right, weights = lenet(q), {key: value for key, value in q["params"].items() if value.ndim > 1}
    more = strength * sum(float((value**2).sum()) for value in weights.values()) / 2
    grads = {key: g + strength * weights.get(key, 0) for key, g in right["grads"].items()}
    return {"loss": right["loss"] + more, "grads": grads}


# mistakes that a network can make with batchnorm or without
SHARED_MISTAKES = (
    Mistake(
        "relu-before-softmax",
        "There is a ReLU after the last layer: scores may be negative, and the softmax takes them as they are.",
        told(relu=(1, 2, 3, 4)),
    ),
    Mistake(
        "softmax-twice",
        "The scores went through a softmax before the loss, which has one of its own: leave the scores as they are.",
        told(softmax=True),
    ),
    Mistake(
        "loss-summed",
        "The loss is a sum over the batch; it is the mean, so that a learning rate suits batches of any size.",
        summed,
    ),
    Mistake(
        "averaged-twice",
        "The loss's own gradient has the factor 1/N already; yours is divided by N once more.",
        lambda q, right: {"grads": {key: grad / len(q["y"]) for key, grad in right["grads"].items()}},
    ),
    Mistake(
        "flatten-order",
        "The 50×7×7 numbers are flattened in another order than (C, H, W), in which NumPy and PyTorch read them. "
        "It costs no accuracy, but the rows of fc1.weight then mean something else than everywhere else.",
        *(told(flatten=order) for order in ("hwc", "whc", "wch", "hcw", "cwh")),
    ),
    Mistake(
        "relu-forgotten",
        "A ReLU is missing: there is one after conv1, one after conv2 and one after fc1.",
        *(told(relu=tuple({1, 2, 3} - {place})) for place in (1, 2, 3)),
        told(relu=()),
    ),
    Mistake(
        "relu-backward-forgotten",
        "The gradient did not go back through a ReLU: each one that is passed forward is passed back.",
        *(told("grads", leaky=place) for place in ((1,), (2,), (3,), (1, 2, 3))),
    ),
    Mistake(
        "average-pooling",
        "The pooling takes means; LeNet-5 here takes the maximum of each 2×2 window.",
        told(pool="avg"),
    ),
    Mistake(
        "bias-unused",
        "A bias is not used: each convolution and each linear layer has one.",
        *(told(silenced=(f"{layer}.bias",)) for layer in ("conv1", "conv2", "fc1", "fc2")),
        told(silenced=tuple(f"{layer}.bias" for layer in ("conv1", "conv2", "fc1", "fc2"))),
    ),
    Mistake(
        "params-not-live",
        "The parameters were changed in place, and the network goes on with the old ones: it keeps a copy. "
        "Read self.params in every call.",
        lambda q, right: lenet(before_writing(q)),
    ),
    Mistake(
        "gradient-sign",
        "The gradients point the wrong way.",
        lambda q, right: {"grads": {key: -grad for key, grad in right["grads"].items()}},
    ),
    Mistake(
        "only-the-last-layers",
        "The gradients of the convolutions are 0: nothing came back through the flattening.",
        lambda q, right: {
            "grads": {key: grad * 0 if key[:2] in ("co", "bn") else grad for key, grad in right["grads"].items()}
        },
    ),
    # recognised by what was raised, or by what happened to the arrays
    Mistake(
        "padding-forgotten",
        "The numbers do not fit fc1: with padding 2 a 5×5 convolution keeps the size, and 50×7×7 = 2450 arrive.",
        error=lambda q, raised: "2450" in raised.message and any(n in raised.message for n in ("800", "1250", "1800")),
    ),
    Mistake(
        "gradients-kept", "Gradients of an earlier call are still in the new ones: start from nothing in each call."
    ),
    Mistake("params-changed", "loss must leave the parameters as they are; the step is sgd_momentum_step's work."),
    Mistake("rng-ignored", "The weights must come out of the generator `rng` that is handed over, and nothing else."),
    Mistake(
        "networks-share",
        "Two networks share their parameters: make the dict in __init__, not in the body of the class.",
    ),
    Mistake("weights-all-alike", "Weights that begin alike get the same gradient and stay alike: draw them from rng."),
    Mistake("weights-transposed", "Weights have the shapes of the table: (F, C, K, K), and (inputs, outputs)."),
    Mistake("keys", "The keys of the dict are fixed, so that other code finds its way."),
    Mistake("scores-change-x", "scores works on its input: work on a copy."),
    Mistake("scores-change-params", "scores must leave the parameters as they are."),
)


class LeNet5(NetworkExercise):
    name, points = "LeNet5", 25
    cases = (
        Case("params: keys, shapes, dtypes", {"probe": "kept"}, dtype="float32"),
        Case("params when float64 is asked for", {"probe": "kept"}),
        Case("the weights come from rng", {"probe": "seeds"}, dtype="float32"),
        Case("the first loss on digits is within 0.3 of ln 10", {**LOSS, "n": 40, "digits": True}, parts=("first",)),
        Case("scores of three images", SCORES, parts=("scores",), weight=2),
        Case("scores of a single image", {**SCORES, "n": 1}, parts=("scores",)),
        Case("the loss of a batch", LOSS, parts=("loss",)),
        Case("the gradients of a batch", LOSS, parts=("grads",), weight=3),
        Case(
            "params written in place take effect",
            {"steps": ("scores", "loss"), "written": True},
            parts=("scores", "loss", "grads"),
            weight=2,
        ),
        Case("float32 stays float32", {"steps": ("scores", "loss"), "n": 2}, dtype="float32"),
        Case("two calls: new gradients, nothing else changed", {"probe": "side_effects"}, dtype="float32", weight=3),
        Case("digits, other weights", {**LOSS, "n": 4, "digits": True, "written": True}, hidden=True, parts=("loss",)),
        Case("another batch, other weights", {"steps": ("loss", "scores"), "n": 2, "written": True}, hidden=True),
        Case("another seed's first loss", {**LOSS, "n": 40, "digits": True}, hidden=True, parts=("first",)),
    )
    mistakes = (
        *SHARED_MISTAKES,
        Mistake(
            "initial-scale",
            "The new network has strong opinions before it has seen anything: draw the weights with a smaller scale, "
            "above all those of fc2.",
        ),
        Mistake(
            "weight-decay-added",
            "The loss has a penalty on the weights in it, which was not asked for.",
            lambda q, right: decayed(q, 1e-3),
        ),
    )

    def judge_numbers(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        """As usual; `first` asks whether a new network's loss is about that of guessing."""
        if case.parts != ("first",):
            yield from super().judge_numbers(case, inputs, found)
            return
        loss = found["loss"]
        if not isinstance(loss, float):
            yield Finding(f"The loss must be a number; yours is a {type(loss).__name__}.")
        elif not abs(loss - LN_10) <= 0.3:
            right = lenet(self.reported(case, inputs, found))["loss"]
            names = {1: ("initial-scale",), len(inputs["y"]): ("loss-summed",)}.get(round(loss / right, 3), ())
            yield Finding(f"The first loss is {loss:.3f}; ten classes guessed alike give ln 10 = 2.303.", names)
