"""Fixed cases of a convolution, forward, backward and as columns, that sizes drawn at random seldom ask for."""

from __future__ import annotations

from autograder.judging.case import Case, Sizes

_MIXED = "Each of kernel, stride and padding may be an int while another is a pair (height, width)."
_KEPT = (
    "The images have the same size in several cases: nothing computed for one kernel, stride or padding may be kept."
)

_IMAGE: Sizes = {"n": 1, "c": 2, "h": 5, "w": 7, "f": 2}
_PAIRS = (
    Case(
        "kernel (2, 3), stride (2, 1), padding 1: a pair and an int; one channel",
        _IMAGE | {"c": 1, "kernel": (2, 3), "stride": (2, 1), "padding": 1},
        hint=_MIXED,
        conventions=("arguments",),
    ),
    Case(
        "kernel (3, 2), stride (1, 2), padding 1",
        _IMAGE | {"kernel": (3, 2), "stride": (1, 2), "padding": 1},
        hint=_MIXED,
        conventions=("arguments",),
    ),
    # with a kernel of 1 a product with its size is no larger than a sum; with one filter np.squeeze takes an axis more
    Case(
        "a kernel of 1×1, stride (1, 1), padding 0: a pair and an int",
        _IMAGE | {"f": 1, "kernel": 1, "stride": (1, 1), "padding": 0},
        hint=_MIXED,
        conventions=("arguments",),
    ),
)
# Cases that differ in one number from the first of its kind, which reveals what is kept from call to call without it.
# Where the kernel or the stride differs, there are as many windows as in the first: what is kept by their count is
# revealed too. Where the padding differs, every row and column that is too much or too few shows, as the stride is 1.
_ONE_NUMBER_APART = tuple(
    Case(
        f"kernel {sizes['kernel']}, stride {sizes['stride']}, padding {sizes['padding']}, on {sizes['h']}×{sizes['w']}",
        sizes,
        hint=_KEPT,
        conventions=("arguments",),
    )
    for sizes in (
        *(
            _IMAGE | {"h": 6, "w": 5, "padding": 0, "kernel": kernel, "stride": stride}
            for kernel, stride in (((3, 2), 3), ((1, 2), 3), ((3, 1), 3), ((3, 2), (2, 3)), ((3, 2), (3, 2)))
        ),
        *(_IMAGE | {"kernel": 3, "stride": 1, "padding": padding} for padding in (1, (2, 1), (1, 2))),
    )
)
SIDES_DIFFER = (*_PAIRS, *_ONE_NUMBER_APART)
# with these sizes, no smaller number of them in place of the padding at one end leaves room for every window
WIDE_PADDING = Case(
    "padding 8, wider than the image; kernel 2, stride 4",
    {"n": 1, "c": 2, "h": 2, "w": 6, "f": 3, "kernel": 2, "stride": 4, "padding": 8},
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
