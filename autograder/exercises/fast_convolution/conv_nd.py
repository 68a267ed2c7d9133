"""04_fast_convolution: what convolutions along one axis and along three have in common."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Raised, Response
from autograder.judging import oracle
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, OfShape


def convolved(q: Inputs, **changed: Any) -> np.ndarray:
    """The right output of a question with one or three axes, or that of a changed question."""
    asked = {"stride": 1, "padding": 0} | q | changed
    functional = oracle.torch().nn.functional
    conv = functional.conv1d if asked["x"].ndim == 3 else functional.conv3d
    x, w, b = (oracle.tensor(asked[name]) for name in "xwb")
    return np.asarray(conv(x, w, b, stride=asked["stride"], padding=asked["padding"]).numpy())


def sides(q: Inputs, **changed: Any) -> tuple[int, ...]:
    """The output's length along each axis: rounded up with `up`, with padding counted once with `once`."""
    asked = {"stride": 1, "padding": 0, "up": False, "once": False} | q | changed
    ends = 1 if asked["once"] else 2
    lengths = []
    for size, kernel in zip(q["x"].shape[2:], q["w"].shape[2:], strict=True):
        room = size - kernel + ends * asked["padding"]
        lengths.append((-(-room // asked["stride"]) if asked["up"] else room // asked["stride"]) + 1)
    return tuple(lengths)


def of_sides(q: Inputs, lengths: tuple[int, ...]) -> dict[str, PlainData]:
    """Any output of these lengths."""
    return {"out": OfShape((len(q["x"]), len(q["w"]), *lengths))}


def dense_corner(q: Inputs) -> np.ndarray:
    """The first numbers of the output with stride 1."""
    corner = tuple(slice(0, length) for length in sides(q))
    return convolved(q, stride=1)[(slice(None), slice(None), *corner)]


def takes_four_axes(raised: Raised) -> bool:
    """Whether arrays were split into four axes, or windows into two sides."""
    return raised.type == "ValueError" and ("unpack" in raised.message or "axis" in raised.message)


MISTAKES = (
    Mistake("bias-forgotten", "The bias b[f] is not added.", lambda q, right: {"out": convolved(q, b=0 * q["b"])}),
    Mistake(
        "kernel-flipped",
        "The kernel is flipped. In these networks a filter is laid on as it is (cross-correlation).",
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
        "The stride sets the size of the output but not where the windows begin: window i starts at i·stride.",
        lambda q, right: {"out": dense_corner(q)},
    ),
    Mistake(
        "stride-ignored",
        "The stride is not used: the output has the size it would have with stride 1.",
        lambda q, right: of_sides(q, sides(q, stride=1)),
    ),
    Mistake(
        "padding-ignored",
        "The padding is not used: the output has the size it would have without.",
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
        "The output has its channels last: they are its second axis.",
        lambda q, right: {"out": np.moveaxis(right["out"], 1, -1)},
    ),
    Mistake(
        "still-four-axes",
        "x has not four axes here: give it those that conv_forward_fast needs, and take them away afterwards.",
        error=lambda q, raised: takes_four_axes(raised),
    ),
)


class OneOutput(Exercise):
    """A convolution that returns out alone, whatever the number of its axes."""

    returns = ("out",)
    keywords = ("stride", "padding")
    letters: str  # of the axes, as sizes have them

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

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """As usual, but a cache returned beside the output has a name."""
        answer = response.answer
        if isinstance(answer, tuple) and answer and isinstance(answer[0], np.ndarray):
            return [Finding(f"{self.name} returns out alone; yours returned {len(answer)} things.", ("cache-too",))]
        return super().judge(case, inputs, response)


CACHE_TOO = Mistake("cache-too", "conv_forward_fast returns (out, cache); here only out is asked for.")
