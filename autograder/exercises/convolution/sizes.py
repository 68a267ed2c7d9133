"""02_convolution: the output size and the cost of a convolution."""

from __future__ import annotations

import math
import re
from typing import Any

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding, MustRaise, Sizes, one_of
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake


def steps(q: Inputs) -> float:
    """(W − K + 2P) / S, before it is rounded."""
    return float((q["size"] - q["kernel"] + 2 * q.get("padding", 0)) / q.get("stride", 1))


class ConvOutputSize(Exercise):
    name, points = "conv_output_size", 8
    returns = ("size",)
    smallest = {"padding": 0, "stride": 1, "kernel": 1, "size": 1}
    keywords = ("stride", "padding")
    cases = (
        Case("32 wide, kernel 5: the lecture's 28", {"size": 32, "kernel": 5}, conventions=("dtype",)),
        Case("7 wide, kernel 3, stride 2: the lecture's 3", {"size": 7, "kernel": 3, "stride": 2}),
        Case("32 wide, kernel 5, padding 2: the same size again", {"size": 32, "kernel": 5, "padding": 2}),
        Case("a stride that does not divide", {"size": 8, "kernel": 3, "stride": 2, "padding": 0}),
        Case("stride and padding together", {"size": 10, "kernel": 4, "stride": 3, "padding": 1}),
        Case("the kernel just fits", {"size": 3, "kernel": 5, "stride": 2, "padding": 1}),
        Case("a kernel of 1", {"size": 5, "kernel": 1}, weight=0.5),
        Case(
            "a kernel larger than the padded input",
            {"size": 3, "kernel": 6, "padding": 1},
            weight=0.5,
            conventions=("errors",),
        ),
        Case("a kernel one larger than the input, no padding", {"size": 5, "kernel": 6}, weight=0.25),
        Case("a kernel one larger than the padded input", {"size": 3, "kernel": 8, "padding": 2}, weight=0.25),
        Case("a kernel one larger than the input, stride 2", {"size": 3, "kernel": 4, "stride": 2}, weight=0.25),
        Case("stride 0", {"size": 5, "kernel": 3, "stride": 0}, weight=0.5),
        Case("kernel 0", {"size": 5, "kernel": 0}, weight=0.5),
        Case("padding −1", {"size": 9, "kernel": 3, "padding": -1}, weight=0.5),
        Case(
            "drawn sizes",
            {"size": range(9, 60), "kernel": range(2, 8), "stride": range(2, 5), "padding": range(1, 4)},
            hidden=True,
        ),
        Case(
            "more drawn sizes",
            {"size": range(40, 300), "kernel": range(1, 12), "stride": range(3, 7), "padding": range(2, 6)},
            hidden=True,
        ),
    )
    mistakes = (
        Mistake(
            "rounded-up",
            "The size is rounded up; a last window that does not fit is left out, so round down with `//`.",
            lambda q, right: {"size": math.ceil(steps(q)) + 1},
        ),
        Mistake(
            "true-division",
            "`/` gives a float; a size is an int, rounded down with `//`.",
            lambda q, right: {"size": steps(q) + 1},
            convention="dtype",
        ),
        Mistake(
            "padding-once",
            "The padding is added once; there are P zeros on both sides, so the input grows by 2P.",
            lambda q, right: {"size": int((q["size"] - q["kernel"] + q.get("padding", 0)) // q.get("stride", 1)) + 1},
        ),
        Mistake(
            "padding-ignored",
            "The padding is not used.",
            lambda q, right: {"size": (q["size"] - q["kernel"]) // q.get("stride", 1) + 1},
        ),
        Mistake(
            "one-not-added",
            "The + 1 is missing: there is also a window at step 0.",
            lambda q, right: {"size": math.floor(steps(q))},
        ),
        Mistake(
            "one-added-before-dividing",
            "The + 1 is inside the division; it must come after it.",
            lambda q, right: {"size": int((steps(q) * q.get("stride", 1) + 1) // q.get("stride", 1))},
        ),
        Mistake(
            "stride-as-gap",
            "The stride is used as the number of pixels skipped; it is the distance from one window to the next.",
            lambda q, right: {"size": int(steps(q) * q.get("stride", 1)) // (q.get("stride", 1) + 1) + 1},
        ),
        Mistake(
            "stride-ignored",
            "The stride is not used.",
            lambda q, right: {"size": int(steps(q) * q.get("stride", 1)) + 1},
        ),
        Mistake(
            "without-brackets",
            "`//` comes before `+` and `−`: put the whole of W − K + 2P into brackets before you divide.",
            lambda q, right: {"size": q["size"] - q["kernel"] + 2 * q.get("padding", 0) // q.get("stride", 1) + 1},
            lambda q, right: {"size": q["size"] + 2 * q.get("padding", 0) - q["kernel"] // q.get("stride", 1) + 1},
        ),
        Mistake(
            "stride-not-checked",
            "Stride 0 must raise ValueError with the sizes in its message; yours divided by it.",
            error=lambda q, raised: raised.type == "ZeroDivisionError",
        ),
        Mistake(
            "fitting-size-refused",
            "These sizes fit and must give a number. Raise an error only if the kernel is larger than the padded "
            "input.",
            error=lambda q, raised: raised.type == "ValueError",
        ),
        Mistake(
            "refused-by-assert",
            "`assert` is for errors in the program itself; for a bad argument, raise ValueError.",
            error=lambda q, raised: raised.type == "AssertionError",
        ),
        Mistake(
            "message-without-sizes",
            "The message of the ValueError must name the sizes, so that whoever reads it sees which one is wrong: "
            'f"a kernel of {kernel} …".',
            convention="errors",
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return dict(sizes)

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        stride, padding = q.get("stride", 1), q.get("padding", 0)
        if stride < 1 or padding < 0 or q["kernel"] < 1 or q["kernel"] > q["size"] + 2 * padding:
            return {"size": MustRaise("ValueError")}
        return {"size": math.floor(steps(q)) + 1}

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """As usual; where the message of an error counts, it must name a size."""
        findings = super().judge(case, inputs, response)
        if findings or response.error is None or "errors" not in case.conventions:
            return findings
        if re.search(r"\d", response.error.message):
            return []
        text = f"A ValueError is right here, but its message names no size: {response.error.message!r}."
        return [Finding(text, ("message-without-sizes",), convention="errors")]


def cost(q: Inputs) -> dict[str, Any]:
    """The right answer to conv_cost."""
    channels, *image = q["in_shape"]
    stride, padding = q.get("stride", 1), q.get("padding", 0)
    high, wide = (math.floor((n - q["kernel"] + 2 * padding) / stride) + 1 for n in image)
    weights = channels * q["kernel"] ** 2
    filters = q["out_channels"]
    return {
        "out_shape": (filters, high, wide),
        "params": filters * (weights + 1),
        "macs": filters * high * wide * weights,
    }


class ConvCost(Exercise):
    name, points = "conv_cost", 10
    smallest = {"padding": 0, "stride": 1, "kernel": 1, "in_shape": 1, "out_channels": 1}
    returns = ("out_shape", "params", "macs")
    fields = {"out_shape": ("F", "H'", "W'")}
    keywords = ("stride", "padding")
    cases = (
        Case(
            "the lecture's example: 3×32×32, ten 5×5 filters, stride 1, padding 2",
            {"in_shape": (3, 32, 32), "out_channels": 10, "kernel": 5, "stride": 1, "padding": 2},
            weight=2,
        ),
        Case(
            "out_shape of an image that is not square, stride 2",
            {"in_shape": (2, 11, 8), "out_channels": 4, "kernel": 3, "stride": 2},
            parts=("out_shape",),
            conventions=("dtype",),
        ),
        Case("parameters", {"in_shape": (6, 9, 9), "out_channels": 7, "kernel": 3}, parts=("params",)),
        Case("stride and padding left out", {"in_shape": (2, 6, 9), "out_channels": 4, "kernel": 3}),
        Case(
            "multiply-adds",
            {"in_shape": (6, 10, 9), "out_channels": 7, "kernel": 3, "stride": 2, "padding": 1},
            parts=("macs",),
        ),
        Case(
            "drawn sizes",
            {
                "in_shape": one_of((3, 20, 31), (5, 17, 12), (8, 9, 22)),
                "out_channels": range(2, 40),
                "kernel": range(2, 7),
                "stride": range(2, 4),
                "padding": range(1, 3),
            },
            hidden=True,
            weight=2,
        ),
    )
    mistakes = (
        Mistake(
            "biases-not-counted",
            "The biases are parameters too: one for each filter.",
            lambda q, right: {"params": right["params"] - q["out_channels"]},
        ),
        Mistake(
            "one-bias-for-all",
            "Every filter has its own bias; yours counts one for all filters.",
            lambda q, right: {"params": right["params"] - q["out_channels"] + 1},
        ),
        Mistake(
            "one-channel-filters",
            "A filter spans all input channels: it has C·K·K weights, not K·K.",
            lambda q, right: {"params": q["out_channels"] * (q["kernel"] ** 2 + 1)},
        ),
        Mistake(
            "macs-count-biases",
            "Biases do not count as multiply-adds: an output number is a dot product over C·K·K numbers.",
            lambda q, right: {"macs": right["macs"] + math.prod(right["out_shape"])},
        ),
        Mistake(
            "macs-at-input-size",
            "There is one dot product for every output position; yours counts the positions in the input.",
            lambda q, right: {
                "macs": right["params"] * math.prod(q["in_shape"][1:])
                - q["out_channels"] * math.prod(q["in_shape"][1:])
            },
        ),
        Mistake(
            "macs-of-one-channel",
            "Every dot product runs over all input channels: C·K·K multiply-adds, not K·K.",
            lambda q, right: {"macs": right["macs"] // q["in_shape"][0]},
        ),
        Mistake(
            "macs-of-one-filter",
            "Every filter makes a map: count the dot products of all filters.",
            lambda q, right: {"macs": right["macs"] // q["out_channels"]},
        ),
        Mistake(
            "multiplications-and-additions",
            "A multiplication with its addition counts as one multiply-add; yours counts two.",
            lambda q, right: {"macs": 2 * right["macs"]},
        ),
        Mistake(
            "width-from-height",
            "The output's width is computed from the input's height; it comes from the input's width.",
            lambda q, right: {"out_shape": (*right["out_shape"][:2], right["out_shape"][1])},
        ),
        Mistake(
            "channels-last",
            "The channels come first: the shape is (channels, height, width).",
            lambda q, right: {"out_shape": (*right["out_shape"][1:], right["out_shape"][0])},
        ),
        Mistake(
            "stride-ignored",
            "The stride is not used: the output has the size it would have with stride 1.",
            lambda q, right: {key: cost(q | {"stride": 1})[key] for key in ("out_shape", "macs")},
        ),
        Mistake(
            "padding-ignored",
            "The padding is not used: the output has the size it would have without padding.",
            lambda q, right: {key: cost(q | {"padding": 0})[key] for key in ("out_shape", "macs")},
        ),
        Mistake(
            "kernel-not-squared",
            "A filter has K·K weights for each channel, in K rows of K; yours counts K.",
            lambda q, right: {
                "params": q["out_channels"] * (q["in_shape"][0] * q["kernel"] + 1),
                "macs": right["macs"] // q["kernel"],
            },
        ),
        Mistake(
            "floats",
            "Sizes and counts are ints: divide with `//`.",
            lambda q, right: {"out_shape": (right["out_shape"][0], *(float(n) for n in right["out_shape"][1:]))},
            convention="dtype",
        ),
        Mistake(
            "padding-once",
            "The padding is added once; there are P zeros on both sides, so the input grows by 2P.",
            lambda q, right: {"out_shape": cost(_padded_once(q))["out_shape"]},
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        if sizes["kernel"] > min(sizes["in_shape"][1:]) + 2 * sizes.get("padding", 0):
            raise ValueError(f"a kernel of {sizes['kernel']} does not fit an image {sizes['in_shape']}")
        return dict(sizes)

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return cost(q)


def _padded_once(q: Inputs) -> Inputs:
    """Inputs without padding that give the output size of padding on one side only."""
    channels, *image = q["in_shape"]
    return q | {"in_shape": (channels, *(n + q.get("padding", 0) for n in image)), "padding": 0}
