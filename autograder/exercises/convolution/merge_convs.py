"""02_convolution: two convolutions merged into one."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Raised
from autograder.judging import oracle
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes
from autograder.judging.clash import clashing
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, OfShape


def merged(w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
    """The right answer: w1 (M, C, K1, K1), w2 (F, M, K2, K2) → (F, C, K1 + K2 − 1, K1 + K2 − 1)."""
    return oracle.merge(w1, w2)


def _correlated(q: Inputs) -> np.ndarray:
    """The kernels correlated instead of convolved: one of them is rotated by 180°."""
    return merged(q["w1"], q["w2"][:, :, ::-1, ::-1])


class MergeConvs(Exercise):
    name, points = "merge_convs", 14
    returns = ("w",)
    axes = {"w": "F C KH KW"}
    smallest = {"c": 1, "m": 1, "f": 1, "k1": 1, "k2": 1}
    cases = (
        Case("one channel, 2×2 then 2×2", {"c": 1, "m": 1, "f": 1, "k1": 2, "k2": 2}),
        Case("one channel, 3×3 then 2×2", {"c": 1, "m": 1, "f": 1, "k1": 3, "k2": 2}),
        Case("channels: 2 → 6 → 4, 2×2 then 3×3", {"c": 2, "m": 6, "f": 4, "k1": 2, "k2": 3}),
        Case("1×1 then 3×3", {"c": 3, "m": 2, "f": 2, "k1": 1, "k2": 3}),
        Case(
            "float32 stays float32",
            {"c": 2, "m": 2, "f": 3, "k1": 3, "k2": 2},
            dtype="float32",
            conventions=("dtype", "memory"),
        ),
        Case(CONVENTIONS_NAME, {"c": 2, "m": 2, "f": 2, "k1": 2, "k2": 3}, strided=True, conventions=("memory",)),
        Case(
            "drawn sizes",
            {"c": range(2, 5), "m": range(2, 5), "f": range(2, 5), "k1": range(2, 6), "k2": range(2, 5)},
            hidden=True,
            weight=2,
        ),
    )
    mistakes = (
        Mistake(
            "kernels-correlated",
            "One kernel is flipped: moving by one pixel in w2 moves w1 in the same direction, so their offsets are "
            "added.",
            lambda q, right: {"w": _correlated(q)},
            lambda q, right: {"w": _correlated(q)[:, :, ::-1, ::-1]},
        ),
        Mistake(
            "kernel-reversed",
            "The merged kernel is rotated by 180°.",
            lambda q, right: {"w": merged(q["w1"], q["w2"])[:, :, ::-1, ::-1]},
        ),
        Mistake(
            "kernel-transposed",
            "Rows and columns of w1 or of w2 are swapped.",
            lambda q, right: {"w": merged(q["w1"], q["w2"].swapaxes(2, 3))},
            lambda q, right: {"w": merged(q["w1"].swapaxes(2, 3), q["w2"])},
        ),
        Mistake(
            "channels-crossed",
            "Every middle channel of w1 meets every one of w2; channel m belongs to channel m. In einsum, both need "
            "the same letter.",
            lambda q, right: {"w": merged(q["w1"].sum(0, keepdims=True), q["w2"].sum(1, keepdims=True))},
        ),
        Mistake(
            "sides-multiplied",
            "The merged kernel is K1 + K2 − 1 wide, not K1 · K2: copies of w1 are one pixel apart, and overlap.",
            lambda q, right: {"w": _of_width(q, q["w1"].shape[2] * q["w2"].shape[2])},
        ),
        Mistake(
            "order-swapped",
            "The layers are in the wrong order: w1 comes first, so its output channels are the input channels of w2.",
            lambda q, right: {"w": merged(q["w2"], q["w1"])},
            error=lambda q, raised: _channels_do_not_fit(q, raised),
        ),
        Mistake(
            "middle-channels-not-summed",
            "Only the last middle channel is in the result: sum over all M middle channels.",
            lambda q, right: {"w": merged(q["w1"][-1:], q["w2"][:, -1:])},
        ),
        Mistake(
            "first-middle-channel-only",
            "Only the first middle channel is in the result: sum over all M middle channels.",
            lambda q, right: {"w": merged(q["w1"][:1], q["w2"][:, :1])},
        ),
        Mistake(
            "channels-averaged",
            "The middle channels are averaged; they must be summed.",
            lambda q, right: {"w": right["w"] / len(q["w1"])},
        ),
        Mistake(
            "overlap-assigned",
            "Where shifted copies of w1 overlap they must be added; yours overwrite each other.",
            lambda q, right: {"w": _overwritten(q)},
        ),
        Mistake(
            "size-without-minus-one",
            "The merged kernel is K1 + K2 − 1 wide, not K1 + K2.",
            lambda q, right: {"w": _of_width(q, q["w1"].shape[2] + q["w2"].shape[2])},
        ),
        Mistake(
            "elementwise-product",
            "Multiplying the kernels element by element does not merge the layers: the merged kernel is K1 + K2 − 1 "
            "wide.",
            lambda q, right: {"w": _of_width(q, max(q["w1"].shape[2], q["w2"].shape[2]))},
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        c, m, f, k1, k2 = (sizes[key] for key in ("c", "m", "f", "k1", "k2"))
        return {"w1": rng.standard_normal((m, c, k1, k1)), "w2": rng.standard_normal((f, m, k2, k2))}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"w": merged(q["w1"], q["w2"])}


def _channels_do_not_fit(q: Inputs, raised: Raised) -> bool:
    """Whether the filters could not be combined, where the channels do not fit the other way round."""
    (_, channels), (filters, _) = q["w1"].shape[:2], q["w2"].shape[:2]
    return channels != filters and {q["w1"].shape[:2], q["w2"].shape[:2]} <= {s[:2] for s in clashing(raised)}


def _of_width(q: Inputs, width: int) -> OfShape:
    """Any square kernels of this width."""
    return OfShape((q["w2"].shape[0], q["w1"].shape[1], width, width))


def _overwritten(q: Inputs) -> np.ndarray:
    """The merged kernel when shifted copies of w1 are assigned, row by row, and not added."""
    w1, w2 = q["w1"], q["w2"]
    out = np.zeros_like(merged(w1, w2))
    size = w1.shape[2]
    for i in range(w2.shape[2]):
        for j in range(w2.shape[3]):
            out[:, :, i : i + size, j : j + size] = np.einsum("fm,mcij->fcij", w2[:, :, i, j], w1)
    return out
