"""03_conv_backward: the cases that the gradients of filters and of images have in common."""

from __future__ import annotations

from autograder.exercises.shared.fixed_cases import FIXED
from autograder.exercises.shared.hidden_cases import DRAWN_PAIRS, DRAWN_VIEWS
from autograder.judging.case import CONVENTIONS_NAME, Case, one_of

# shapes first, then padding, then stride: the order in which people write these functions
GEOMETRIES = (
    Case("image and kernel that are not square", {"n": 2, "c": 3, "h": 5, "w": 7, "f": 4, "kernel": (2, 3)}),
    Case("padding 1", {"n": 2, "c": 2, "h": 4, "w": 5, "f": 3, "kernel": 3, "padding": 1}),
    Case(
        "padding 2, wider than the kernel reaches",
        {"n": 1, "c": 2, "h": 3, "w": 4, "f": 2, "kernel": (1, 2), "padding": 2},
    ),
    Case("stride 2, windows overlap", {"n": 2, "c": 2, "h": 7, "w": 5, "f": 3, "kernel": 3, "stride": 2}),
    Case(
        "stride 3 and padding 1, which leave a row and a column at the end unseen",
        {"n": 2, "c": 3, "h": 7, "w": 8, "f": 3, "kernel": 2, "stride": 3, "padding": 1},
    ),
    Case(
        "stride (2, 3), padding (0, 1): pairs",
        {"n": 2, "c": 2, "h": 8, "w": 7, "f": 3, "kernel": (3, 2), "stride": (2, 3), "padding": (0, 1)},
        conventions=("arguments",),
    ),
    Case(
        "float32 stays float32",
        {"n": 2, "c": 2, "h": 6, "w": 5, "f": 3, "kernel": 3, "stride": 2, "padding": 0},
        dtype="float32",
        conventions=("dtype", "memory"),  # on contiguous arrays, because a reshape of those is a view
    ),
    # the sizes of the case before, to reveal what is kept by shape from an earlier call; padding would copy x
    Case(
        CONVENTIONS_NAME,
        {"n": 2, "c": 2, "h": 6, "w": 5, "f": 3, "kernel": 3, "stride": 2, "padding": 0},
        strided=True,
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
            "f": range(2, 5),
            "kernel": one_of(4, 5),
            "stride": 3,
            "padding": range(1, 3),
            "scale": 1e-5,  # real gradients are small
        },
        hidden=True,
        weight=2,
        hint="Images that are not square, overlapping windows, a stride that does not divide the sizes, padding; small "
        "gradients.",
    ),
    DRAWN_PAIRS,
    DRAWN_VIEWS,
)
