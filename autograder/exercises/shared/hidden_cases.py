"""Hidden cases of a convolution, for its forward and its backward pass."""

from __future__ import annotations

from autograder.judging.case import Case, one_of

DRAWN_PAIRS = Case(
    "drawn pairs",
    {
        "n": 2,
        "c": range(1, 4),
        "h": range(6, 9),
        "w": range(9, 12),
        "f": range(2, 5),
        "kernel": one_of((1, 4), (4, 1), (2, 5)),
        "stride": one_of((1, 2), (2, 1), (3, 1)),
        "padding": one_of((1, 0), (0, 2), (2, 1)),
    },
    hidden=True,
    weight=2,
    hint="Kernel, stride and padding that differ between height and width.",
    conventions=("arguments",),
)
DRAWN_VIEWS = Case(
    "drawn sizes, float32, arrays that are not contiguous",
    {
        "n": 2,
        "c": range(3, 6),
        "h": range(5, 9),
        "w": range(5, 9),
        "f": range(2, 5),
        "kernel": one_of(1, 5),
        "stride": 2,
        "padding": 2,
    },
    hidden=True,
    dtype="float32",
    strided=True,
)
