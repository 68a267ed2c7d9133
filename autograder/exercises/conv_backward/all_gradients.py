"""03_conv_backward: the three gradients of a convolution together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from autograder.exercises.conv_backward import bias_gradient, input_gradient, weight_gradient
from autograder.exercises.shared.conv_gradients import SMALLEST, drawn, dw, dx, passes_int, swapped
from autograder.exercises.shared.convolution import CONV_CACHE
from autograder.exercises.shared.fixed_cases import FIXED
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes, one_of
from autograder.judging.clash import number_as_pair
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, OfShape
from utils.sizes import pair


def named_after(part: str, mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """The mistakes of one of the three parts, with the part at the beginning of their ids."""
    for mistake in mistakes:
        prefixed = mistake.name.startswith(f"{part}-")
        yield mistake if prefixed else mistake.renamed(f"{part}-{mistake.name}")


class ConvBackward(Exercise):
    name, points = "conv_backward", 15
    returns = ("dx", "dw", "db")
    axes = {"dx": "N C H W", "dw": "F C KH KW", "db": "F"}
    fields = CONV_CACHE
    smallest = SMALLEST
    cases = (
        Case("db", {"n": 2, "c": 1, "h": 4, "w": 4, "f": 2, "kernel": 2}, parts=("db",)),
        Case("dw", {"n": 2, "c": 2, "h": 4, "w": 5, "f": 3, "kernel": 3}, parts=("dw",)),
        Case("dx", {"n": 2, "c": 2, "h": 4, "w": 5, "f": 3, "kernel": 3}, parts=("dx",)),
        Case(
            "image and kernel that are not square, padding wider than the kernel reaches",
            {"n": 2, "c": 3, "h": 5, "w": 7, "f": 4, "kernel": (1, 2), "padding": 2},
        ),
        Case("stride 2", {"n": 2, "c": 2, "h": 7, "w": 5, "f": 2, "kernel": 3, "stride": 2}),
        Case(
            "stride (2, 3), padding (0, 1): pairs out of the cache",
            {"n": 2, "c": 2, "h": 8, "w": 7, "f": 3, "kernel": (3, 2), "stride": (2, 3), "padding": (0, 1)},
            conventions=("arguments",),
        ),
        Case(
            "stride and padding in the cache as they were passed: ints",
            {"n": 2, "c": 2, "h": 5, "w": 6, "f": 2, "kernel": 2, "stride": 2, "padding": 1},
            conventions=("cache",),
        ),
        Case(
            "stride (1, 2), padding 1 in the cache as they were passed: a pair and an int",
            {"n": 1, "c": 2, "h": 4, "w": 5, "f": 2, "kernel": 2, "stride": (1, 2), "padding": 1},
            conventions=("arguments", "cache"),
        ),
        Case(
            "float32 stays float32",
            {"n": 2, "c": 2, "h": 6, "w": 5, "f": 3, "kernel": 3, "stride": 2, "padding": 1},
            dtype="float32",
            conventions=("dtype", "memory"),  # on contiguous arrays, because a reshape of those is a view
        ),
        Case(
            CONVENTIONS_NAME + "; cache left alone",
            {"n": 2, "c": 2, "h": 6, "w": 5, "f": 3, "kernel": 3, "stride": 2, "padding": 1},
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
            hint="Images that are not square, overlapping windows, a stride that does not divide the sizes, padding; "
            "small gradients.",
        ),
        Case(
            "drawn pairs, float32, arrays that are not contiguous",
            {
                "n": 2,
                "c": range(2, 4),
                "h": range(6, 9),
                "w": range(9, 12),
                "f": range(2, 5),
                "kernel": one_of((1, 4), (4, 1), (2, 5)),
                "stride": one_of((1, 2), (2, 1), (3, 1)),
                "padding": one_of((1, 0), (0, 2), (2, 1)),
            },
            hidden=True,
            dtype="float32",
            strided=True,
            hint="Kernel, stride and padding that differ between height and width.",
            conventions=("arguments",),
        ),
    )
    mistakes = (
        Mistake(
            "gradients-in-another-order",
            "The gradients are in another order: they must be dx, dw, db.",
            lambda q, right: {"dx": OfShape(right["dw"].shape), "dw": OfShape(right["dx"].shape)},
            lambda q, right: {"dx": OfShape(right["db"].shape), "db": OfShape(right["dx"].shape)},
            lambda q, right: {"dw": OfShape(right["db"].shape), "db": OfShape(right["dw"].shape)},
        ),
        Mistake(
            "stride-and-padding-swapped",
            "Stride and padding are swapped: the cache is (x, w, b, stride, padding).",
            lambda q, right: {"dw": dw(q, **swapped(q))},
            lambda q, right: {"dx": dx(q, **swapped(q))},
        ),
        Mistake(
            "cache-of-pairs-expected",
            "stride and padding are taken apart as pairs; the cache holds them as they were passed, and an int stays "
            "an int.",
            error=lambda q, raised: passes_int(q) and number_as_pair(raised),
            convention="cache",
        ),
        *named_after("db", bias_gradient.MISTAKES),
        *named_after("dw", weight_gradient.MISTAKES),
        *named_after("dx", input_gradient.MISTAKES),
        *weight_gradient.RAISED,
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        a = drawn(sizes, rng)
        return {"dout": a["dout"], "cache": (a["x"], a["w"], a["b"], a.get("stride", 1), a.get("padding", 0))}

    def other_forms(self, q: Inputs) -> Iterator[Inputs]:
        x, w, b, stride, padding = q["cache"]
        yield q | {"cache": (x, w, b, pair(stride), pair(padding))}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"dx": dx(q), "dw": dw(q), "db": bias_gradient.summed(q["dout"], 0, 2, 3)}
