"""01_backprop: the softmax loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.backprop.softmax_mistakes import SOFTMAX_MISTAKES, hits
from autograder.exercises.shared.orders import returned_in_another_order
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, NotFinite, WrongAnswer
from autograder.judging.seeds import by_hand


def softmax_loss(q: Inputs) -> dict[str, PlainData]:
    """The right loss and dscores."""
    return dict(zip(("loss", "dscores"), oracle.cross_entropy(q["scores"], q["y"]), strict=True))


def probabilities(q: Inputs) -> np.ndarray:
    """(N, M): the softmax of each row, from the right gradient."""
    return softmax_loss(q)["dscores"] * len(q["y"]) + hits(q)


def overflows(q: Inputs) -> bool:
    """Whether exp of a score overflows."""
    return bool(np.abs(q["scores"]).max() >= 700)


def losses(q: Inputs) -> np.ndarray:
    """(N,): the loss of each image."""
    return -(oracle.log_softmax(q["scores"]) * hits(q)).sum(1)


def clipped_by(least: float) -> WrongAnswer:
    """The loss with a small number added inside the logarithm."""
    return lambda q, right: {"loss": -float(np.log((probabilities(q) * hits(q)).sum(1) + least).mean())}


def limited_to(most: float) -> WrongAnswer:
    """The loss with no image's above this."""
    return lambda q, right: {"loss": float(np.minimum(losses(q), most).mean())}


class SoftmaxLoss(Exercise):
    name, points = "softmax_loss", 20
    returns = ("loss", "dscores")
    axes = {"dscores": "N M"}
    smallest = {"n": 1, "m": 2}
    cases = (
        Case("loss of one image, three classes", {"n": 1, "m": 3}, parts=("loss",)),
        Case("loss of a batch", {"n": 4, "m": 5}, parts=("loss",)),
        Case("dscores of a batch", {"n": 4, "m": 5}, parts=("dscores",)),
        Case("as many images as classes", {"n": 4, "m": 4}),
        Case(
            "scores of ±10 000",
            {"n": 3, "m": 4, "size": 1e4},
            hint="exp(10 000) is infinite. Subtracting one number from all scores of a row does not change the "
            "softmax. The loss of an image may be 20 000 here: it must be as large as it is.",
        ),
        Case(
            "scores near −10 000 in one row, near +10 000 in the other",
            {"n": 2, "m": 3, "apart": 1e4},
            hint="Subtract the largest score of each row, not the largest of all.",
        ),
        Case("one image: dscores is still a matrix", {"n": 1, "m": 3}, parts=("dscores",), weight=0.5),
        Case("float32 stays float32", {"n": 3, "m": 6}, dtype="float32", conventions=("dtype", "memory")),
        Case(CONVENTIONS_NAME, {"n": 3, "m": 4}, strided=True, conventions=("memory",)),
        Case("other sizes", {"n": range(2, 7), "m": range(2, 9)}, hidden=True),
        Case("other large scores", {"n": range(2, 7), "m": range(3, 9), "size": 1e4}, hidden=True),
        Case("other sizes, float32", {"n": range(2, 7), "m": range(3, 9)}, hidden=True, dtype="float32"),
    )
    mistakes = (
        Mistake(
            "loss-summed",
            "The loss is summed over the batch; it must be the mean.",
            lambda q, right: {"loss": right["loss"] * len(q["y"])},
        ),
        Mistake(
            "gradient-not-averaged",
            "The loss is a mean over N images, so dscores needs a factor 1/N too.",
            lambda q, right: {"dscores": right["dscores"] * len(q["y"])},
        ),
        Mistake(
            "averaged-twice",
            "dscores is divided by N twice.",
            lambda q, right: {"dscores": right["dscores"] / len(q["y"])},
        ),
        Mistake(
            "one-not-subtracted",
            "dscores is the softmax alone: 1 must be subtracted at the right class of each row.",
            lambda q, right: {"dscores": probabilities(q) / len(q["y"])},
            lambda q, right: {"dscores": probabilities(q)},
        ),
        Mistake(
            "one-subtracted-after-the-mean",
            "1 is subtracted after dividing by N; subtract it first, or subtract 1/N.",
            lambda q, right: {"dscores": probabilities(q) / len(q["y"]) - hits(q)},
        ),
        Mistake(
            "gradient-sign",
            "dscores has the wrong sign: it is softmax minus one-hot.",
            lambda q, right: {"dscores": -right["dscores"]},
        ),
        Mistake(
            "loss-sign",
            "The loss is the negative logarithm; the minus sign is missing.",
            lambda q, right: {"loss": -right["loss"]},
        ),
        Mistake(
            "softmax-over-the-batch",
            "The softmax runs over the batch (axis 0); it must run over the classes of one image (axis 1).",
            lambda q, right: {"loss": _over_the_batch(q)},
        ),
        Mistake(
            "probability-not-logarithm",
            "The loss is minus the logarithm of the right class's probability; yours is minus the probability itself.",
            lambda q, right: {"loss": -float((probabilities(q) * hits(q)).sum(1).mean())},
        ),
        Mistake(
            "loss-over-all-classes",
            "Only the right class of each image counts in the loss; yours takes the mean over all classes too.",
            lambda q, right: {"loss": right["loss"] / q["scores"].shape[1]},
        ),
        Mistake(
            "log-base",
            "The logarithm must be the natural one.",
            lambda q, right: {"loss": right["loss"] / np.log(2)},
        ),
        Mistake(
            "overflow",
            "exp of a large score is infinite, and the exps of a row far below 0 are all 0. Subtract the largest score "
            "of each row first: the softmax stays the same.",
            lambda q, right: {"loss": NotFinite(), "dscores": NotFinite()} if overflows(q) else {},
        ),
        Mistake(
            "log-of-zero",
            "The loss is not finite where scores lie far apart: a softmax that underflows to 0 has no logarithm. Use "
            "score − max − log Σ exp, not log(softmax).",
            lambda q, right: {"loss": NotFinite(), "dscores": right["dscores"]} if overflows(q) else {},
        ),
        Mistake(
            "logarithm-clipped",
            "A small number inside the logarithm limits the loss and hides how wrong a score is. "
            "Use score − max − log Σ exp, not log(softmax).",
            *(clipped_by(least) for least in (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)),
        ),
        Mistake(
            "loss-limited",
            "An image's loss never gets above a certain number, as where the logarithm is limited to −100. That hides "
            "how wrong a score is. score − max − log Σ exp is finite for all scores here: set no limit.",
            *(limited_to(most) for most in (20.0, 50.0, 100.0, 200.0, 500.0, 700.0, 1000.0)),
        ),
        Mistake(
            "gradient-before-loss",
            "The logarithm is taken of a number that is not positive: subtract 1 from the probabilities after "
            "computing the loss, or from a copy.",
            lambda q, right: {"loss": NotFinite()},
        ),
        Mistake(
            "every-label-for-every-image",
            "`[:, y]` picks the labels of all images for each image; `[np.arange(N), y]` picks one per row.",
            lambda q, right: {"loss": -float(oracle.log_softmax(q["scores"])[:, q["y"]].mean())},
        ),
        *SOFTMAX_MISTAKES,
        returned_in_another_order("loss", "dscores"),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        n, m = sizes["n"], sizes["m"]
        scores = rng.standard_normal((n, m)) * (1 if by_hand(rng) else 2)
        if size := sizes.get("size"):
            scores = np.sign(scores) * size + np.round(scores)  # whole numbers: exact in float32 too
        if apart := sizes.get("apart"):
            scores += apart * np.where(np.arange(n) % 2, 1, -1)[:, None]
        return {"scores": scores, "y": rng.integers(0, m, n)}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return softmax_loss(q)


def _over_the_batch(q: Inputs) -> float:
    """The loss with the softmax taken along axis 0."""
    logs = oracle.log_softmax(q["scores"].T).T
    return -float((logs * hits(q)).sum(1).mean())
