"""04_fast_convolution: the convolution of signals, along one axis."""

from __future__ import annotations

import numpy as np

from autograder.exercises.fast_convolution.conv_nd import CACHE_TOO, MISTAKES, OneOutput, convolved
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.case import CONVENTIONS_NAME, Case, one_of
from autograder.judging.mistake import Mistake, OfShape


def _dummy_axis_padded(q: Inputs) -> dict[str, PlainData]:
    """The first row of a map whose height of 1 was padded too: its windows saw only zeros."""
    shape = convolved(q).shape
    return {"out": np.broadcast_to(q["b"][:, None], shape)} if q.get("padding", 0) else {}


def _padded_axis(q: Inputs) -> int:
    """How long the added axis is in the output, if it is padded and strided like the other one."""
    return int(2 * q.get("padding", 0) // q.get("stride", 1)) + 1


class Conv1dForward(OneOutput):
    name, points = "conv1d_forward", 5
    axes = {"out": "N F L'"}
    letters = "l"
    smallest = {"n": 1, "c": 1, "f": 1, "padding": 0, "stride": 1, "kernel": 1, "l": 1}
    cases = (
        Case("one channel, a kernel of 3", {"n": 1, "c": 1, "l": 6, "f": 1, "kernel": 3}),
        Case("a batch, three channels", {"n": 2, "c": 3, "l": 5, "f": 4, "kernel": 2, "stride": 1, "padding": 0}),
        Case(
            "padding 5, longer than the signal",
            {"n": 2, "c": 2, "l": 4, "f": 3, "kernel": 3, "stride": 1, "padding": 5},
        ),
        Case(
            "stride 2, which does not divide the length",
            {"n": 2, "c": 2, "l": 8, "f": 2, "kernel": 3, "stride": 2, "padding": 0},
        ),
        Case(
            "float32 stays float32",
            {"n": 2, "c": 2, "l": 7, "f": 3, "kernel": 4, "stride": 3, "padding": 1},
            dtype="float32",
            conventions=("dtype",),
        ),
        Case(
            CONVENTIONS_NAME,
            {"n": 2, "c": 2, "l": 6, "f": 2, "kernel": 3, "stride": 2, "padding": 0},
            strided=True,
            conventions=("memory", "cache"),
        ),
        Case(
            "drawn sizes",
            {
                "n": range(2, 4),
                "c": range(2, 5),
                "l": range(8, 14),
                "f": range(2, 5),
                "kernel": range(3, 6),
                "stride": one_of(2, 3),
                "padding": range(1, 3),
            },
            hidden=True,
            weight=2,
            hint="Stride and padding at once, batch and channels above 1.",
        ),
    )
    mistakes = (
        *MISTAKES,
        Mistake(
            "dummy-axis-padded",
            "The axis of length 1 is padded too, and the first row, which saw only zeros, is returned: pad (0, P).",
            lambda q, right: _dummy_axis_padded(q),
        ),
        Mistake(
            "dummy-axis-kept",
            "The added axis is still there: out must be (N, F, L').",
            lambda q, right: {"out": OfShape((*right["out"].shape[:2], 1, right["out"].shape[2]))},
            lambda q, right: {"out": OfShape((*right["out"].shape[:2], _padded_axis(q), right["out"].shape[2]))},
        ),
        CACHE_TOO,
    )
