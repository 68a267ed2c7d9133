"""08_pytorch: LeNet-5 as an nn.Module, and the mistakes that it shares with the one with batchnorm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.exercises.pytorch.modules import ModuleExercise
from autograder.exercises.shared.lenet import RIGHT, WITH_NORM, answer
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.case import Case
from autograder.judging.mistake import Mistake


def answer_of_variant(*parts: str, **changes: Any) -> Callable[[Inputs, Any], dict[str, PlainData]]:
    """For a `Mistake`: the answer of a network with these changes to its variant; in these parts, or in both."""

    def wrong(q: Inputs, right: Mapping[str, PlainData]) -> dict[str, PlainData]:
        statistics = "batch" if q["training"] else "running"
        variant = replace(WITH_NORM if q["running"] else RIGHT, **{"statistics": statistics, **changes})
        answered = answer(q["params"], q["x"], q["y"], variant, q["running"], q["grads"])
        return {part: answered[part] for part in (parts or right) if part in right and part in answered}

    return wrong


def log_softmax(q: Inputs, right: Mapping[str, PlainData]) -> dict[str, PlainData]:
    """The logarithms of the probabilities instead of the scores."""
    scores = right["scores"].astype(np.float64)
    return {"scores": scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))}


def raised_with(*words: str) -> Callable[[Inputs, Any], bool]:
    """Whether an error's message contains one of these."""
    return lambda inputs, error: any(word in error.message for word in words)


SHARED_MISTAKES = (
    Mistake("no-module", "The class must inherit from nn.Module: `class LeNet5(nn.Module)`."),
    Mistake(
        "init-not-called",
        "`super().__init__()` is missing: nn.Module must be set up before it can take layers.",
        error=raised_with("before Module.__init__() call", "has no attribute '_modules'"),
    ),
    Mistake(
        "not-registered",
        "The parameters of a layer are missing. It must be an attribute, self.conv1 = …: model.parameters() does not "
        "find what is in a list or made in forward, so no optimizer trains it.",
    ),
    Mistake("more-than-asked", "There is a layer with weights that LeNet-5 does not have."),
    Mistake("other-sizes", "A layer has another size than in the table of 07."),
    Mistake("no-bias", "Each convolution and each linear layer has a bias."),
    Mistake("frozen", "Parameters that require no gradient are not trained."),
    Mistake(
        "networks-share",
        "The layers are made in the body of the class, once for all networks; make them in __init__.",
        convention="memory",
    ),
    Mistake("seed-ignored", "The first weights must be drawn from PyTorch's generator: leave that to the layers."),
    Mistake("not-float32", "PyTorch's layers compute in float32 by default: leave it at that.", convention="dtype"),
    Mistake(
        "relu-forgotten",
        "A ReLU is missing: there is one after conv1, one after conv2 and one after fc1.",
        answer_of_variant(relu=(2, 3)),
        *(answer_of_variant(relu=places) for places in ((1, 3), (1, 2), (), (3,), (1,))),
    ),
    Mistake(
        "relu-before-softmax",
        "There is a ReLU after the last layer. Scores may be negative, and cross_entropy takes them as they are.",
        answer_of_variant(relu=(1, 2, 3, 4)),
    ),
    Mistake(
        "softmax-in-forward",
        "The scores went through a softmax. F.cross_entropy has its own; a second one makes the gradient small.",
        answer_of_variant(softmax=True),
        log_softmax,
    ),
    Mistake(
        "average-pooling", "The pooling takes means; LeNet-5 here takes the maximum.", answer_of_variant(pool="avg")
    ),
    Mistake(
        "flatten-order",
        "The 50×7×7 numbers are flattened in another order than (C, H, W), so the weights of 07 would not work.",
        *(answer_of_variant(flatten=order) for order in ("hwc", "whc", "cwh")),
    ),
    Mistake(
        "detached",
        "Some layers get no gradient: the graph is cut, by .detach(), .data, torch.no_grad or NumPy.",
        lambda q, right: {"grads": {k: g * (0 if k[:2] in ("co", "bn") else 1) for k, g in right["grads"].items()}},
        error=raised_with("does not require grad"),
    ),
    Mistake(
        "view-needs-one-piece",
        "`.view` needs a contiguous tensor, and with channels_last it is not: use .flatten(1) or .reshape.",
        error=raised_with("view size is not compatible"),
    ),
    Mistake(
        "batch-size-fixed",
        "The number of images is hard-coded: take it from x, or let .flatten(1) keep it.",
        error=lambda q, error: "shape '[" in error.message and "is invalid" in error.message,
    ),
    Mistake(
        "padding-forgotten",
        "The numbers do not fit fc1: with padding 2 a 5×5 convolution keeps the size, so fc1 gets 50×7×7 = 2450 "
        "inputs.",
        error=lambda q, error: "cannot be multiplied" in error.message and "2450" in error.message,
    ),
    Mistake(
        "left-on-the-cpu",
        "A tensor stays on the CPU when the network is moved to another device: make it on the device of x, or "
        "register it as a buffer.",
        error=raised_with(
            "Expected all tensors to be on the same device",
            "Cannot copy out of meta tensor",
            "on device meta",
            "can't convert meta",
            "Tensor on device",
            "is not on the expected device",
            "numpy() is not",
        ),
        convention="device",
    ),
    Mistake("dropout", "This LeNet-5 has no dropout."),
    Mistake(
        "mode-set",
        "forward must not set the mode: the code that trains or evaluates the network does.",
        convention="memory",
    ),
)


class LeNet5(ModuleExercise):
    name, points = "LeNet5", 12
    cases = (
        Case(
            "layers, shapes, 1,256,080 parameters",
            {"probe": "layers"},
            dtype="float32",
            conventions=("dtype", "memory"),
        ),
        Case("scores of three images", {}, parts=("scores",), weight=2),
        Case("a single image, float32", {"n": 1}, dtype="float32", parts=("scores",)),
        Case("the gradients of a batch", {"grads": True, "training": True}, weight=2),
        Case("channels_last", {"channels_last": True}, dtype="float32", parts=("scores",)),
        Case(
            "nothing else happens; it goes where it is moved",
            {"probe": "side_effects"},
            dtype="float32",
            conventions=("device", "memory"),
        ),
        Case("digits, other weights", {"digits": True, "n": 4}, hidden=True, parts=("scores",)),
        Case("another batch, other weights", {"n": 2, "grads": True}, hidden=True),
    )
    mistakes = SHARED_MISTAKES
