"""07_lenet_numpy: LeNet-5 with batchnorm after its convolutions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.exercises.lenet_numpy.model import LOSS, SCORES, SHARED_MISTAKES
from autograder.exercises.lenet_numpy.networks import NetworkExercise
from autograder.exercises.lenet_numpy.reference import (
    answer_in_test_mode,
    answer_of_variant,
    network_answer,
    with_arrays,
    zeroed,
)
from autograder.exercises.shared.lenet import (
    MOMENTUM,
    NORM_SHAPES,
    RUNNING_SHAPES,
    SHAPES,
    WITH_NORM,
    Arrays,
    running_after,
)
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.probes import Observed
from autograder.judging.case import Case, Finding
from autograder.judging.dtypes import cast
from autograder.judging.mistake import Mistake


def after_loss(q: Inputs, old: float, new: float, unbiased: bool = False) -> Arrays:
    """The running statistics after one call of loss: old · running + new · batch."""
    return running_after(q["running"], network_answer(q)["moments"], old, new, unbiased)


class LeNet5BN(NetworkExercise):
    name, points = "LeNet5BN", 20
    returns = ("scores", "loss", "grads", "after")
    shapes = {"params": SHAPES | NORM_SHAPES, "running": RUNNING_SHAPES}
    variant = WITH_NORM
    cases = (
        Case(
            "params and running: keys, shapes, first values",
            {"probe": "parameters"},
            dtype="float32",
            conventions=("dtype",),
        ),
        Case(
            "params and running when float64 is asked for",
            {"probe": "parameters"},
            conventions=("dtype",),
            weight=0,
        ),
        Case("the weights come from rng", {"probe": "seeds"}, dtype="float32", conventions=("memory",)),
        Case("loss in training: statistics of the batch", LOSS, parts=("loss",), weight=2),
        Case("the gradients of a batch", LOSS, parts=("grads",), weight=3),
        Case("loss updates the running statistics", LOSS, parts=("after",), weight=2),
        Case("scores use the running statistics", {**SCORES, "overwrite": True}, parts=("scores",), weight=2),
        Case("scores of one image", {**SCORES, "n": 1, "overwrite": True}, parts=("scores",)),
        Case(
            "a second batch: nothing is left of the first",
            {**LOSS, "n": 2, "second": True},
            parts=("loss", "grads"),
            hint="A cache that is kept from call to call still holds the images of the first.",
        ),
        Case(
            "params and running written in place take effect",
            {"calls": ("scores", "loss"), "overwrite": True},
            weight=2,
        ),
        Case(
            "float32 stays float32",
            {"calls": ("loss",), "n": 4},
            dtype="float32",
            parts=("loss", "grads", "after"),
            conventions=("dtype",),
        ),
        Case(
            "two calls: new gradients, nothing else changed",
            {"probe": "side_effects"},
            dtype="float32",
            conventions=("dtype", "memory"),
            weight=0,
        ),
        Case("another batch, other weights", {"calls": ("scores", "loss"), "n": 2, "overwrite": True}, hidden=True),
        Case("digits", {**LOSS, "n": 5, "digits": True, "overwrite": True}, hidden=True, parts=("loss", "after")),
    )
    mistakes = (
        Mistake(
            "batch-statistics-in-scores",
            "scores normalises with the batch's own statistics. It is the test mode: use the running ones "
            "(training=False), so that an image's scores do not depend on the other images of its batch.",
            lambda q, right: {"scores": network_answer(q | {"calls": ()})["scores"]},
        ),
        Mistake(
            "running-statistics-in-loss",
            "loss normalises with the running statistics. It is the training mode: use the batch's own.",
            lambda q, right: {part: answer_in_test_mode(q, backward=q["backward"])[part] for part in ("loss", "grads")},
        ),
        Mistake(
            "running-not-updated",
            "loss does not update the running statistics.",
            lambda q, right: {"after": q["running"]},
        ),
        Mistake(
            "momentum-not-passed",
            "The running statistics moved by a hundredth, the default of notebook 06, which is too slow for so few "
            "steps: pass momentum=0.1.",
            lambda q, right: {"after": after_loss(q, 0.99, 0.01)},
        ),
        Mistake(
            "momentum-the-wrong-way-round",
            "Momentum 0.1 keeps 0.9 of the running value and takes 0.1 of the batch's; yours is the other way round.",
            lambda q, right: {"after": after_loss(q, MOMENTUM, 1 - MOMENTUM)},
        ),
        Mistake(
            "running-overwritten",
            "The running statistics are those of the last batch; they should move a tenth of the way towards them.",
            lambda q, right: {"after": after_loss(q, 0, 1)},
        ),
        Mistake(
            "unbiased-variance",
            "The running variance is the unbiased one, as in PyTorch; here it is the biased one, 1/N.",
            lambda q, right: {"after": after_loss(q, 1 - MOMENTUM, MOMENTUM, unbiased=True)},
        ),
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
            "one-norm-missing",
            "A batchnorm is missing: there is one after conv1 and one after conv2.",
            *(answer_of_variant(norm=(place,)) for place in (1, 2)),
        ),
        Mistake(
            "norms-missing",
            "The network has no batchnorm.",
            answer_of_variant(norm=()),
        ),
        Mistake(
            "gamma-beta-unused",
            "The scale and shift of batchnorm (bn1.weight, bn1.bias, …) are not used.",
            lambda q, right: {part: network_answer(_without_affine(q))[part] for part in ("scores", "loss")},
        ),
        Mistake(
            "statistics-taken-for-constants",
            "The gradients treat the batch's mean and variance as constants; they depend on the batch too.",
            lambda q, right: {"grads": network_answer(q, flow=False)["grads"]},
        ),
        Mistake(
            "norm-backward-forgotten",
            "The gradients of bn1 or bn2 are 0, or under each other's keys.",
            lambda q, right: {"grads": right["grads"] | {k: 0 * right["grads"][k] for k in NORM_SHAPES}},
            lambda q, right: {"grads": right["grads"] | _weight_and_bias_swapped(right["grads"])},
        ),
        *SHARED_MISTAKES,
        Mistake("no-running", "A network with batchnorm keeps running statistics: a dict .running besides .params."),
        Mistake(
            "scores-change-running",
            "scores must not change the running statistics: it is the test mode.",
            convention="memory",
        ),
        Mistake(
            "first-values",
            "Batchnorm starts with weight (γ) 1, bias (β) 0, running_mean 0 and running_var 1.",
        ),
    )

    def right(self, q: Inputs) -> dict[str, PlainData]:
        """loss and its gradients in training mode, scores in test mode, the running statistics after the loss."""
        return super().right(q) | {"after": cast(after_loss(q, 1 - MOMENTUM, MOMENTUM), str(q["x"].dtype))}

    def judge_parameters(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """As usual, and the first values of batchnorm."""
        yield from super().judge_parameters(case, inputs, observed)
        for name in ("params", "running"):
            for key, (_, _, least, greatest, _) in (observed[name] or {}).items():
                first = 1.0 if key in ("bn1.weight", "bn2.weight") or key.endswith("running_var") else 0.0
                if "bn" in key and not least == greatest == first:
                    yield Finding(f"{name}[{key!r}] must start as {first:g} everywhere.", ("first-values",))


def _without_affine(q: Inputs) -> Inputs:
    """The question with a scale of 1 and a shift of 0 in every batchnorm."""
    unshifted = zeroed(q, "bn1.bias", "bn2.bias")
    ones = {key: np.ones_like(q["params"][key]) for key in ("bn1.weight", "bn2.weight")}
    return with_arrays(unshifted, params=unshifted["params"] | ones)


def _weight_and_bias_swapped(grads: Arrays) -> Arrays:
    return {
        f"bn{k}.{one}": grads[f"bn{k}.{two}"] for k in (1, 2) for one, two in (("weight", "bias"), ("bias", "weight"))
    }
