"""Fixed cases of a convolution, forward, backward and as columns, that sizes drawn at random seldom ask for."""

from __future__ import annotations

from autograder.judging.case import Case

_IMAGE = {"n": 1, "c": 2, "h": 5, "w": 7, "f": 2}
_MIXED = "Each of kernel, stride and padding may be an int while another is a pair (height, width)."
_KEPT = (
    "The images have the same size in several cases: nothing computed for one kernel, stride or padding may be kept."
)

# each differs from the one before in one argument, which reveals what is kept from call to call without it
SIDES_DIFFER = (
    Case(
        "stride 1, padding (2, 1): an int and a pair",
        _IMAGE | {"kernel": 3, "stride": 1, "padding": (2, 1)},
        hint=_MIXED,
        conventions=("arguments",),
    ),
    Case(
        "stride 1, padding (1, 2), the images as large as before",
        _IMAGE | {"kernel": 3, "stride": 1, "padding": (1, 2)},
        hint=_KEPT,
        conventions=("arguments",),
    ),
    Case(
        "stride (2, 1), padding 1: a pair and an int",
        _IMAGE | {"kernel": 3, "stride": (2, 1), "padding": 1},
        hint=_MIXED,
        conventions=("arguments",),
    ),
    Case(
        "kernel (3, 2), stride (2, 1), padding 1, the images as large as before",
        _IMAGE | {"kernel": (3, 2), "stride": (2, 1), "padding": 1},
        hint=_KEPT,
        conventions=("arguments",),
    ),
    Case(
        "kernel (3, 2), stride (1, 2), padding 1, the images as large as before",
        _IMAGE | {"kernel": (3, 2), "stride": (1, 2), "padding": 1},
        hint=_KEPT,
        conventions=("arguments",),
    ),
)
WIDE_PADDING = Case(
    "padding 4, kernel 2, stride 2",
    {"n": 1, "c": 2, "h": 6, "w": 4, "f": 3, "kernel": 2, "stride": 2, "padding": 4},
    weight=0.5,
    hint="There are P zeros on both sides: 2·P, which is neither 2 + P nor P².",
)
ALL_EQUAL = Case(
    "as many images as channels, filters and rows in the kernel",
    {"n": 3, "c": 3, "h": 5, "w": 5, "f": 3, "kernel": 3, "stride": 1, "padding": 0},
    weight=0.5,
    hint="No axis can be recognised by its length here.",
)
FIXED = (*SIDES_DIFFER, WIDE_PADDING, ALL_EQUAL)
