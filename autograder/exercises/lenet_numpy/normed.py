"""07_lenet_numpy: LeNet-5 with batchnorm after its convolutions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.exercises.lenet_numpy.model import LOSS, SCORES, SHARED_MISTAKES, told, without
from autograder.exercises.lenet_numpy.networks import Arrays, NetworkExercise, at_test, changed, lenet
from autograder.exercises.shared.lenet import MOMENTUM, NORM_SHAPES, RUNNING_SHAPES, SHAPES, LeNetVariant
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.dtypes import cast
from autograder.judging.exercise import Case, Finding
from autograder.judging.mistake import Mistake


def running(q: Inputs, kept: float, taken: float, unbiased: bool = False) -> Arrays:
    """The running statistics after one batch: kept · old + taken · batch."""
    moments = lenet(q)["moments"]
    after = {}
    for key, old in q["running"].items():
        count = moments[f"{key[:3]}.count"]
        stretch = count / (count - 1) if unbiased and key.endswith("var") else 1.0
        after[key] = kept * old + taken * stretch * moments[key]
    return after


class LeNet5BN(NetworkExercise):
    name, points = "LeNet5BN", 20
    returns = ("scores", "loss", "grads", "after")
    shapes = {"params": SHAPES | NORM_SHAPES, "running": RUNNING_SHAPES}
    way = LeNetVariant(norm=(1, 2))
    cases = (
        Case("params and running: keys, shapes, first values", {"probe": "kept"}, dtype="float32"),
        Case("the weights come from rng", {"probe": "seeds"}, dtype="float32"),
        Case("loss in training: statistics of the batch", LOSS, parts=("loss",), weight=2),
        Case("the gradients of a batch", LOSS, parts=("grads",), weight=3),
        Case("loss updates the running statistics", LOSS, parts=("after",), weight=2),
        Case("scores use the running statistics", {**SCORES, "written": True}, parts=("scores",), weight=2),
        Case("scores of one image", {**SCORES, "n": 1, "written": True}, parts=("scores",)),
        Case(
            "params and running written in place take effect",
            {"steps": ("scores", "loss"), "written": True},
            weight=2,
        ),
        Case("float32 stays float32", {"steps": ("loss",), "n": 4}, dtype="float32", parts=("loss", "grads", "after")),
        Case("two calls: new gradients, nothing else changed", {"probe": "side_effects"}, dtype="float32", weight=3),
        Case("another batch, other weights", {"steps": ("scores", "loss"), "n": 2, "written": True}, hidden=True),
        Case("digits", {**LOSS, "n": 5, "digits": True, "written": True}, hidden=True, parts=("loss", "after")),
    )
    mistakes = (
        Mistake(
            "batch-statistics-in-scores",
            "scores normalises with the batch's own statistics; it is the test mode: use the running ones "
            "(training=False), so that an image's scores do not depend on its company.",
            lambda q, right: {"scores": lenet(q | {"steps": ()})["scores"]},
        ),
        Mistake(
            "running-statistics-in-loss",
            "loss normalises with the running statistics; it is the training mode: use the batch's own.",
            lambda q, right: {part: at_test(q, backward=q["backward"])[part] for part in ("loss", "grads")},
        ),
        Mistake(
            "running-not-updated",
            "loss leaves the running statistics as they were.",
            lambda q, right: {"after": q["running"]},
        ),
        Mistake(
            "momentum-not-passed",
            "The running statistics moved by a hundredth, the default of notebook 06. In few steps they hardly arrive: "
            "pass momentum=0.1.",
            lambda q, right: {"after": running(q, 0.99, 0.01)},
        ),
        Mistake(
            "momentum-the-wrong-way-round",
            "Momentum 0.1 keeps 0.9 of the running value and takes 0.1 of the batch's; yours is the other way round.",
            lambda q, right: {"after": running(q, MOMENTUM, 1 - MOMENTUM)},
        ),
        Mistake(
            "running-overwritten",
            "The running statistics are those of the last batch; they move by a tenth towards it.",
            lambda q, right: {"after": running(q, 0, 1)},
        ),
        Mistake(
            "unbiased-variance",
            "The running variance is the unbiased one, PyTorch's; here it is the biased 1/N for the running value too.",
            lambda q, right: {"after": running(q, 1 - MOMENTUM, MOMENTUM, unbiased=True)},
        ),
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
            "one-norm-missing",
            "A batchnorm is missing: there is one after conv1 and one after conv2.",
            *(told(norm=(place,)) for place in (1, 2)),
        ),
        Mistake(
            "norms-missing",
            "There is no batchnorm in it.",
            told(norm=()),
        ),
        Mistake(
            "gamma-beta-unused",
            "The scale and shift of batchnorm (bn1.weight, bn1.bias, …) are not used.",
            lambda q, right: {part: _plain_norm(q)[part] for part in ("scores", "loss")},
        ),
        Mistake(
            "statistics-taken-for-constants",
            "The gradients do not go through the batch's mean and variance, as if these were constants.",
            lambda q, right: {"grads": lenet(q, flow=False)["grads"]},
        ),
        Mistake(
            "norm-backward-forgotten",
            "The gradients of bn1 or bn2 are 0, or stand under each other's keys.",
            lambda q, right: {"grads": right["grads"] | {k: 0 * right["grads"][k] for k in NORM_SHAPES}},
            lambda q, right: {"grads": right["grads"] | _weight_and_bias_swapped(right["grads"])},
        ),
        *SHARED_MISTAKES,
        Mistake("no-running", "A network with batchnorm keeps running statistics: a dict .running beside .params."),
        Mistake("scores-change-running", "scores must leave the running statistics alone: it is the test mode."),
        Mistake(
            "first-values",
            "Batchnorm begins by changing nothing: weight (γ) 1, bias (β) 0, running_mean 0, running_var 1.",
        ),
    )

    def right(self, q: Inputs) -> dict[str, PlainData]:
        """loss and its gradients in training mode, scores in test mode, the running statistics after the loss."""
        return super().right(q) | {"after": cast(running(q, 1 - MOMENTUM, MOMENTUM), str(q["x"].dtype))}

    def judge_kept(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        yield from super().judge_kept(case, inputs, found)
        for name in ("params", "running"):
            for key, (_, _, least, greatest) in (found[name] or {}).items():
                wanted = 1.0 if key in ("bn1.weight", "bn2.weight") or key.endswith("running_var") else 0.0
                if "bn" in key and not least == greatest == wanted:
                    yield Finding(f"{name}[{key!r}] begins as {wanted:g} everywhere.", ("first-values",))


def _plain_norm(q: Inputs) -> dict[str, PlainData]:
    ones = {key: np.ones_like(q["params"][key]) for key in ("bn1.weight", "bn2.weight")}
    plain = without(q, "bn1.bias", "bn2.bias")
    plain = changed(plain, params=plain["params"] | ones)
    return {part: lenet(plain)[part] for part in ("scores", "loss")}


def _weight_and_bias_swapped(grads: Arrays) -> Arrays:
    return {
        f"bn{k}.{one}": grads[f"bn{k}.{two}"] for k in (1, 2) for one, two in (("weight", "bias"), ("bias", "weight"))
    }
