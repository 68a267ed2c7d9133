"""01_backprop: mistakes of softmax_loss with axes, labels and limited scores."""

from __future__ import annotations

import numpy as np

from autograder.guest.plain_data import Inputs
from autograder.guest.response import Raised
from autograder.judging import oracle
from autograder.judging.clash import clashing
from autograder.judging.mistake import Mistake, Parts, WrongAnswer


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
