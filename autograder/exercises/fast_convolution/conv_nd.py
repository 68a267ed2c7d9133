"""04_fast_convolution: what convolutions along one axis and along three have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Raised
from autograder.judging import oracle
from autograder.judging.case import Attempt, Finding, Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, OfShape


def convolved(q: Inputs, **changed: Any) -> np.ndarray:
    """The right output along one or three axes, or that for inputs of which some are changed."""
    inputs = {"stride": 1, "padding": 0} | q | changed
    return oracle.conv(**inputs)


def sides(q: Inputs, up: bool = False, once: bool = False, **changed: Any) -> tuple[int, ...]:
    """The output's length along each axis, for these inputs, of which some may be changed.

    For wrong lengths, `up` rounds up, and `once` counts the padding of one end only.
    """
    inputs = {"stride": 1, "padding": 0} | q | changed
    stride = inputs["stride"]
    lengths = []
    for size, kernel in zip(q["x"].shape[2:], q["w"].shape[2:], strict=True):
        span = size - kernel + (1 if once else 2) * inputs["padding"]
        lengths.append((-(-span // stride) if up else span // stride) + 1)
    return tuple(lengths)


def of_sides(q: Inputs, lengths: tuple[int, ...]) -> dict[str, PlainData]:
    """The output, whatever its numbers, with these lengths."""
    return {"out": OfShape((len(q["x"]), len(q["w"]), *lengths))}


def dense_corner(q: Inputs) -> np.ndarray:
    """The output with stride 1, cut to the right lengths."""
    corner = tuple(slice(0, length) for length in sides(q))
    return convolved(q, stride=1)[(slice(None), slice(None), *corner)]


def takes_four_axes(raised: Raised) -> bool:
    """Whether the error is that of code for four axes: a shape that does not unpack, or an axis that is missing."""
    words = ("expected 4", "axis 3 is out of bounds", "axes don't match array")
    return raised.type in ("ValueError", "AxisError") and any(word in raised.message for word in words)


MISTAKES = (
    Mistake("bias-forgotten", "The bias b[f] is not added.", lambda q, right: {"out": convolved(q, b=0 * q["b"])}),
    Mistake(
        "kernel-flipped",
        "The kernel is flipped. These networks use the filter as it is (cross-correlation).",
        lambda q, right: {"out": convolved(q, w=np.flip(q["w"], tuple(range(2, q["w"].ndim))))},
    ),
    Mistake(
        "first-channel-only",
        "Only the first input channel is used; a filter spans all C channels and sums over them.",
        lambda q, right: {"out": convolved(q, x=q["x"][:, :1], w=q["w"][:, :1])},
    ),
    Mistake(
        "last-channel-only",
        "Only the last input channel is in the result: the sum over channels is overwritten, not added to.",
        lambda q, right: {"out": convolved(q, x=q["x"][:, -1:], w=q["w"][:, -1:])},
    ),
    Mistake(
        "bias-once-per-channel",
        "The bias is added once for every input channel; add it once for every output number.",
        lambda q, right: {"out": convolved(q, b=q["b"] * q["x"].shape[1])},
    ),
    Mistake(
        "stride-only-sizes",
        "The stride is used for the output size but not for where the windows begin: window i starts at i·stride.",
        lambda q, right: {"out": dense_corner(q)},
    ),
    Mistake(
        "stride-ignored",
        "The stride is not used: the output has the size it would have with stride 1.",
        lambda q, right: of_sides(q, sides(q, stride=1)),
    ),
    Mistake(
        "padding-ignored",
        "The padding is not used: the output has the size it would have without padding.",
        lambda q, right: of_sides(q, sides(q, padding=0)),
    ),
    Mistake(
        "padding-once",
        "The input is padded at one end only, or P is counted once: there are P zeros at each end of an axis.",
        lambda q, right: of_sides(q, sides(q, once=True)),
    ),
    Mistake(
        "rounded-up",
        "The output is too large: a last window that does not fit is left out, so round down.",
        lambda q, right: of_sides(q, sides(q, up=True)),
    ),
    Mistake(
        "channels-left-last",
        "The output has its channels last: they must be its second axis.",
        lambda q, right: {"out": np.moveaxis(right["out"], 1, -1)},
    ),
    Mistake(
        "still-four-axes",
        "x and w do not have four axes here: conv_forward_fast needs four of each; then give the output its own again.",
        error=lambda q, raised: takes_four_axes(raised),
    ),
)


class OneOutput(Exercise):
    """A convolution along any number of axes that returns out alone, without a cache."""

    returns = ("out",)
    keywords = ("stride", "padding")
    letters: str  # keys of the lengths of x in the sizes of a case, one letter per axis

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        n, c, f, kernel, padding = (sizes.get(key, 0) for key in ("n", "c", "f", "kernel", "padding"))
        lengths = [sizes[letter] for letter in self.letters]
        kernels = list(kernel) if isinstance(kernel, tuple) else [kernel] * len(lengths)
        if any(k > length + 2 * padding for k, length in zip(kernels, lengths, strict=True)):
            raise ValueError(f"kernel {kernels} does not fit {lengths} with padding {padding}")
        return {
            "x": rng.standard_normal((n, c, *lengths)),
            "w": rng.standard_normal((f, c, *kernels)),
            "b": rng.standard_normal(f),
        } | {key: sizes[key] for key in ("stride", "padding") if key in sizes}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"out": convolved(q)}

    def split_leniently(self, answer: PlainData) -> dict[str, PlainData] | str:
        """As `split`, but of (array, …) the array will do."""
        return self.split(answer[0] if _with_more(answer) else answer)

    def _broken_conventions(self, attempt: Attempt) -> Iterator[Finding]:
        answer = attempt.response.answer
        if "cache" in attempt.case.conventions and _with_more(answer):
            text = f"{self.name} must return only out; yours returned {len(answer)} values."
            yield Finding(text, ("cache-too",), convention="cache")
        yield from super()._broken_conventions(attempt)


def _with_more(answer: PlainData) -> bool:
    """Whether an answer is a tuple that begins with an array."""
    return isinstance(answer, tuple) and bool(answer) and isinstance(answer[0], np.ndarray)


CACHE_TOO = Mistake(
    "cache-too", "conv_forward_fast returns (out, cache); this function must return only out.", convention="cache"
)
