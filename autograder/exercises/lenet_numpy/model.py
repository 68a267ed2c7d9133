"""07_lenet_numpy: LeNet-5 as a class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from autograder.exercises.lenet_numpy.networks import NetworkExercise
from autograder.exercises.lenet_numpy.reference import answer_of_variant, before_overwriting, network_answer
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.probes import Observed
from autograder.judging.case import Case, Finding
from autograder.judging.mistake import Mistake

LN_10 = float(np.log(10))  # the loss of ten equally likely classes
LOSS = {"calls": ("loss",)}
SCORES = {"calls": ("scores",)}


def summed(q: Inputs, right: Mapping[str, PlainData]) -> dict[str, PlainData]:
    """Loss and gradients as sums over the batch."""
    n = len(q["y"])
    return {"loss": right["loss"] * n, "grads": {key: grad * n for key, grad in right["grads"].items()}}


def decayed(q: Inputs, strength: float) -> dict[str, PlainData]:
    """Loss and gradients with half the squares of the weights, times a strength, added to the loss."""
    right, weights = network_answer(q), {key: value for key, value in q["params"].items() if value.ndim > 1}
    penalty = strength * sum(float((value**2).sum()) for value in weights.values()) / 2
    grads = {key: g + strength * weights.get(key, 0) for key, g in right["grads"].items()}
    return {"loss": right["loss"] + penalty, "grads": grads}


# mistakes that a network can make with batchnorm or without
SHARED_MISTAKES = (
    Mistake(
        "relu-before-softmax",
        "There is a ReLU after the last layer. Scores may be negative, and the softmax takes them as they are.",
        answer_of_variant(relu=(1, 2, 3, 4)),
    ),
    Mistake(
        "softmax-twice",
        "The scores went through a softmax before the loss, which has its own: leave the scores as they are.",
        answer_of_variant(softmax=True),
    ),
    Mistake(
        "loss-summed",
        "The loss is a sum over the batch. It must be the mean, so that one learning rate suits batches of any size.",
        summed,
    ),
    Mistake(
        "averaged-twice",
        "The loss's own gradient already has the factor 1/N; yours is divided by N once more.",
        lambda q, right: {"grads": {key: grad / len(q["y"]) for key, grad in right["grads"].items()}},
    ),
    Mistake(
        "flatten-order",
        "The 50×7×7 numbers are flattened in another order than (C, H, W), the order of NumPy and PyTorch. "
        "It costs no accuracy, but the rows of fc1.weight then mean something else than everywhere else.",
        *(answer_of_variant(flatten=order) for order in ("hwc", "whc", "wch", "hcw", "cwh")),
    ),
    Mistake(
        "relu-forgotten",
        "A ReLU is missing: there is one after conv1, one after conv2 and one after fc1.",
        *(answer_of_variant(relu=tuple({1, 2, 3} - {place})) for place in (1, 2, 3)),
        answer_of_variant(relu=()),
    ),
    Mistake(
        "relu-backward-forgotten",
        "The backward pass skips a ReLU: every ReLU of the forward pass needs its backward step.",
        *(answer_of_variant("grads", leaky=place) for place in ((1,), (2,), (3,), (1, 2, 3))),
    ),
    Mistake(
        "average-pooling",
        "The pooling takes means; LeNet-5 here takes the maximum of each 2×2 window.",
        answer_of_variant(pool="avg"),
    ),
    Mistake(
        "bias-unused",
        "A bias is not used: each convolution and each linear layer has one.",
        *(answer_of_variant(unused=(f"{layer}.bias",)) for layer in ("conv1", "conv2", "fc1", "fc2")),
        answer_of_variant(unused=tuple(f"{layer}.bias" for layer in ("conv1", "conv2", "fc1", "fc2"))),
    ),
    Mistake(
        "params-not-live",
        "The parameters were changed in place, but the network still uses the old ones: it keeps a copy. "
        "Read self.params in every call.",
        lambda q, right: network_answer(before_overwriting(q)),
    ),
    Mistake(
        "gradient-sign",
        "The gradients have the wrong sign.",
        lambda q, right: {"grads": {key: -grad for key, grad in right["grads"].items()}},
    ),
    Mistake(
        "only-the-last-layers",
        "The gradients of the convolutions are 0: the gradient does not get back through the flattening.",
        lambda q, right: {
            "grads": {key: grad * 0 if key[:2] in ("co", "bn") else grad for key, grad in right["grads"].items()}
        },
    ),
    # recognised by what was raised, or by what happened to the arrays
    Mistake(
        "padding-forgotten",
        "The numbers do not fit fc1: with padding 2 a 5×5 convolution keeps the size, so fc1 gets 50×7×7 = 2450 "
        "inputs.",
        error=lambda q, error: "2450" in error.message and any(n in error.message for n in ("800", "1250", "1800")),
    ),
    Mistake(
        "gradients-kept",
        "The gradients of an earlier call are included in the new ones: start from zero each time.",
        convention="memory",
    ),
    Mistake(
        "params-changed",
        "loss must not change the parameters: taking a step is the job of sgd_momentum_step.",
        convention="memory",
    ),
    Mistake("rng-ignored", "The weights must be drawn from the generator `rng` that is passed, and from nothing else."),
    Mistake(
        "networks-share",
        "Two networks share their parameters: make the dict in __init__, not in the body of the class.",
        convention="memory",
    ),
    Mistake(
        "weights-all-alike",
        "Weights that start equal compute the same, and a network needs them to differ: draw each number from rng.",
    ),
    Mistake("weights-transposed", "Weights have the shapes of the table: (F, C, K, K), and (inputs, outputs)."),
    Mistake("keys", "The keys of the dict are fixed, because other code looks them up."),
    Mistake("scores-change-x", "scores changes its input: work on a copy.", convention="memory"),
    Mistake("scores-change-params", "scores must leave the parameters as they are.", convention="memory"),
)


class LeNet5(NetworkExercise):
    name, points = "LeNet5", 25
    cases = (
        Case("params: keys, shapes, dtypes", {"probe": "parameters"}, dtype="float32", conventions=("dtype",)),
        Case("params when float64 is asked for", {"probe": "parameters"}, conventions=("dtype",)),
        Case("the weights come from rng", {"probe": "seeds"}, dtype="float32", conventions=("memory",)),
        Case("the first loss on digits is within 0.3 of ln 10", {**LOSS, "n": 40, "digits": True}, parts=("first",)),
        Case("scores of three images", SCORES, parts=("scores",), weight=3),
        Case("scores of a single image", {**SCORES, "n": 1}, parts=("scores",), weight=2),
        Case("the loss of a batch", LOSS, parts=("loss",), weight=2),
        Case("the gradients of a batch", LOSS, parts=("grads",), weight=5),
        Case(
            "a second batch: nothing is left of the first",
            {**LOSS, "n": 2, "second": True},
            parts=("loss", "grads"),
            hint="A cache that is kept from call to call still holds the images of the first.",
        ),
        Case(
            "params written in place take effect",
            {"calls": ("scores", "loss"), "overwrite": True},
            parts=("scores", "loss", "grads"),
            weight=3,
        ),
        Case(
            "float32 stays float32",
            {"calls": ("scores", "loss"), "n": 2},
            dtype="float32",
            conventions=("dtype",),
            weight=2,
        ),
        Case(
            "two calls: new gradients, nothing else changed",
            {"probe": "side_effects"},
            dtype="float32",
            conventions=("dtype", "memory"),
            weight=0,
        ),
        Case(
            "digits, other weights", {**LOSS, "n": 4, "digits": True, "overwrite": True}, hidden=True, parts=("loss",)
        ),
        Case(
            "another batch, other weights",
            {"calls": ("loss", "scores"), "n": 2, "overwrite": True},
            hidden=True,
            weight=2,
        ),
        Case("another seed's first loss", {**LOSS, "n": 40, "digits": True}, hidden=True, parts=("first",)),
    )
    mistakes = (
        *SHARED_MISTAKES,
        Mistake(
            "initial-scale",
            "The new network is far too sure of its answers: draw the weights with a smaller scale, above all those of "
            "fc2.",
        ),
        Mistake(
            "weight-decay-added",
            "The loss includes a penalty on the weights, which was not asked for.",
            lambda q, right: decayed(q, 1e-3),
        ),
    )

    def judge_numbers(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """As usual; in the part `first`, whether a new network's loss is about that of guessing."""
        if case.parts != ("first",):
            yield from super().judge_numbers(case, inputs, observed)
            return
        loss = observed["loss"]
        if not isinstance(loss, float):
            yield Finding(f"The loss must be a number; yours is a {type(loss).__name__}.")
        elif not abs(loss - LN_10) <= 0.3:
            right = network_answer(self.reported(case, inputs, observed))["loss"]
            mistakes = {1: ("initial-scale",), len(inputs["y"]): ("loss-summed",)}.get(round(loss / right, 3), ())
            text = f"The first loss is {loss:.3f}; guessing among ten equally likely classes gives ln 10 = 2.303."
            yield Finding(text, mistakes)
