"""04_fast_convolution: the cases that im2col and col2im have in common."""

from __future__ import annotations

from autograder.exercises.shared.fixed_cases import FIXED
from autograder.judging.case import CONVENTIONS_NAME, Case, one_of

NEW_ARRAY = "a kernel of 1×1: still a new array"

COLUMN_CASES = (
    Case("one channel, a kernel of 2×2: four rows", {"n": 1, "c": 1, "h": 3, "w": 3, "kernel": 2}),
    Case("two images of two channels", {"n": 2, "c": 2, "h": 3, "w": 4, "kernel": 2, "stride": 1, "padding": 0}),
    Case(
        "image and kernel that are not square",
        {"n": 1, "c": 2, "h": 4, "w": 6, "kernel": (3, 2), "stride": 1, "padding": 0},
    ),
    Case("padding 2, a kernel of 3×3", {"n": 2, "c": 1, "h": 3, "w": 4, "kernel": 3, "stride": 1, "padding": 2}),
    Case(
        "stride 2, which does not divide the width",
        {"n": 1, "c": 2, "h": 5, "w": 6, "kernel": 3, "stride": 2, "padding": 0},
    ),
    Case(
        "stride (2, 3), padding (0, 1): pairs",
        {"n": 2, "c": 2, "h": 6, "w": 7, "kernel": (3, 2), "stride": (2, 3), "padding": (0, 1)},
        conventions=("arguments",),
    ),
    Case(
        "float32 stays float32",
        {"n": 2, "c": 2, "h": 5, "w": 4, "kernel": 3, "stride": 2, "padding": 1},
        dtype="float32",
        conventions=("dtype",),
    ),
    Case(NEW_ARRAY, {"n": 2, "c": 2, "h": 3, "w": 4, "kernel": 1, "stride": 1, "padding": 0}, conventions=("memory",)),
    Case(
        CONVENTIONS_NAME,
        {"n": 2, "c": 2, "h": 5, "w": 4, "kernel": 2, "stride": 1, "padding": 0},
        strided=True,
        conventions=("memory",),
    ),
    Case(
        "the same sizes again with other numbers, side by side in memory",
        {"n": 2, "c": 2, "h": 5, "w": 4, "kernel": 2, "stride": 1, "padding": 0},
        conventions=("memory",),
    ),
    *FIXED,
    Case(
        "drawn sizes, stride and padding that differ",
        {
            "n": range(2, 4),
            "c": range(2, 5),
            "h": range(8, 12),
            "w": range(5, 8),
            "kernel": one_of(3, 4, 5),
            "stride": one_of(2, 3),
            "padding": range(1, 3),
        },
        hidden=True,
        weight=2,
        hint="Images that are not square, a stride that does not divide the sizes, and padding, all at once.",
    ),
    Case(
        "drawn pairs",
        {
            "n": range(2, 4),
            "c": range(2, 4),
            "h": range(6, 9),
            "w": range(9, 12),
            "kernel": one_of((2, 4), (4, 2), (3, 5)),
            "stride": one_of((1, 2), (2, 1), (3, 1)),
            "padding": one_of((1, 0), (0, 2), (2, 1)),
        },
        hidden=True,
        weight=2,
        hint="Kernel, stride and padding that differ between height and width.",
        conventions=("arguments",),
    ),
    Case(
        "drawn sizes, float32, arrays that are not contiguous",
        {
            "n": 2,
            "c": range(3, 6),
            "h": range(5, 9),
            "w": range(5, 9),
            "kernel": one_of(2, 5),
            "stride": 1,
            "padding": 2,
        },
        hidden=True,
        dtype="float32",
        strided=True,
    ),
)
