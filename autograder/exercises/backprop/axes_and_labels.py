"""01_backprop: mistakes with axes and labels, such as rows that are divided by the sums of other rows."""

from __future__ import annotations

import numpy as np

from autograder.guest.plain_data import Inputs
from autograder.guest.response import Raised
from autograder.judging import oracle
from autograder.judging.clash import clashing, cores
from autograder.judging.mistake import Mistake, NoAnswer, Parts, WrongAnswer


def hits(q: Inputs) -> np.ndarray:
    """(N, M): one-hot rows, 1 at the right class."""
    return np.eye(q["scores"].shape[1])[q["y"]]


def _hits_of_all(q: Inputs) -> np.ndarray:
    """(N, M): 1 in the columns of all labels, in every row."""
    hits = np.zeros_like(q["scores"])
    hits[:, q["y"]] = 1
    return hits


def _clipped(limit: float) -> WrongAnswer:
    """Loss and gradient of scores that are limited to this size."""

    def wrong(q: Inputs, right: Parts) -> Parts:
        return dict(
            zip(("loss", "dscores"), oracle.cross_entropy(np.clip(q["scores"], -limit, limit), q["y"]), strict=True)
        )

    return wrong


def _without_keepdims(q: Inputs, scores: np.ndarray) -> Parts:
    """Loss and gradient where row n is divided by the sum of each row in turn; only where N is M."""
    count, classes = scores.shape
    if count != classes:
        raise ValueError("the shapes do not fit")
    e = np.exp(scores)
    p = e / e.sum(axis=1)
    return {"loss": -float(np.log((p * hits(q)).sum(1)).mean()), "dscores": (p - hits(q)) / count}


def sums_do_not_fit(q: Inputs, raised: Raised) -> bool:
    """Whether one number for each row met the rows."""
    count, classes = q["scores"].shape
    return clashing(raised)[:2] == ((count, classes), (count,))


SOFTMAX_MISTAKES = (
    Mistake(
        "keepdims-forgotten",
        "One number for each row, (N,), meets the rows, (N, M): NumPy lines up the last axes. Keep the axis: "
        "keepdims=True.",
        lambda q, right: _without_keepdims(q, q["scores"] - q["scores"].max(axis=1, keepdims=True)),
        lambda q, right: _without_keepdims(q, q["scores"] - q["scores"].max(axis=1)),
        error=sums_do_not_fit,
    ),
    Mistake(
        "one-subtracted-in-every-row",
        "`[:, y]` picks the columns of all labels in every row, so 1 is subtracted in places that are not the row's "
        "own; `[np.arange(N), y]` picks one per row.",
        lambda q, right: {"dscores": right["dscores"] + (hits(q) - _hits_of_all(q)) / len(q["y"])},
    ),
    Mistake(
        "scores-clipped",
        "The scores are limited to a range, which makes large ones equal. Subtract the largest score of each row: "
        "nothing overflows then.",
        *(_clipped(limit) for limit in (20.0, 50.0, 100.0, 500.0, 700.0, 709.0)),
    ),
)
FLATTENED_WITH_THE_BATCH = Mistake(
    "flattened-with-the-batch",
    "All images are flattened into one row: the batch is an axis of its own, and x becomes (N, D).",
    # with more images an error is raised: numbers speak against it
    lambda q, right: {"out": right["out"][0] if len(q["x"]) == 1 else NoAnswer()},
    error=lambda q, raised: cores(raised) == {q["x"].size, len(q["w"])},
)
LEFT_OUT = "The numbers where x ≤ 0 are left out, as `[x > 0]` does; they must be 0, so that the shape stays."
RELU_MISTAKES = (
    Mistake(
        "doubled",
        "Positive numbers come out twice as large: (x + |x|) / 2 is max(0, x).",
        lambda q, right: {"out": 2 * right["out"]},
    ),
    Mistake(
        "largest-of-all",
        "np.max takes the largest number of an array; np.maximum(0, x) compares every number with 0.",
        lambda q, right: {"out": np.asarray(np.max(q["x"], 0))} if q["x"].ndim > 1 else {"out": float(np.max(q["x"]))},
        lambda q, right: {"out": float(np.max(q["x"]))},
    ),
    Mistake(
        "numbers-left-out",
        LEFT_OUT,
        lambda q, right: {"out": q["x"][q["x"] > 0]},
    ),
)
RELU_BACKWARD_MISTAKES = (
    Mistake(
        "numbers-left-out",
        LEFT_OUT,
        lambda q, right: {"dx": q["dout"][q["cache"] > 0]},
    ),
    Mistake(
        "negative-gradients-stopped",
        "The gradient passes only where dout is positive too; it passes wherever x is positive, whatever its sign.",
        lambda q, right: {"dx": np.maximum(q["dout"], 0) * (q["cache"] > 0)},
    ),
)
