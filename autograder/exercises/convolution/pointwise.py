"""02_convolution: the convolution with 1×1 kernels, which is a linear layer at every pixel."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.convolution.window_mistakes import BIAS_ALONG_WIDTH
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake


def pixelwise(q: Inputs, **changed: Any) -> np.ndarray:
    """The right output, with w (F, C), or that for inputs of which some are changed."""
    inputs = q | changed
    return oracle.conv2d(inputs["x"], inputs["w"][:, :, None, None], inputs["b"])


def _reshaped_only(q: Inputs) -> np.ndarray:
    """The output when x (N, C, H, W) is reshaped to (N·H·W, C) without moving the channels last."""
    n, c, h, w = q["x"].shape
    rows = oracle.linear(q["x"].reshape(n * h * w, c), q["w"].T, q["b"])
    return rows.reshape(n, h, w, -1).transpose(0, 3, 1, 2)


class Conv1x1Forward(Exercise):
    name, points = "conv1x1_forward", 10
    returns = ("out",)
    axes = {"out": "N F H W"}
    smallest = {"n": 1, "c": 1, "f": 1, "h": 1, "w": 1}
    cases = (
        Case("one pixel", {"n": 1, "c": 3, "h": 1, "w": 1, "f": 2}),
        Case("an image that is not square", {"n": 1, "c": 3, "h": 3, "w": 4, "f": 2}),
        Case("a batch, as many filters as channels", {"n": 2, "c": 4, "h": 3, "w": 5, "f": 4}),
        Case(
            "float32 stays float32",
            {"n": 2, "c": 5, "h": 4, "w": 3, "f": 6},
            dtype="float32",
            conventions=("dtype", "memory"),
        ),
        Case(CONVENTIONS_NAME, {"n": 2, "c": 3, "h": 4, "w": 3, "f": 3}, strided=True, conventions=("memory",)),
        Case(
            "drawn sizes",
            {"n": range(2, 5), "c": range(2, 8), "h": range(2, 6), "w": range(6, 9), "f": range(2, 8)},
            hidden=True,
        ),
    )
    mistakes = (
        Mistake("bias-forgotten", "The bias b[f] is not added.", lambda q, right: {"out": pixelwise(q, b=0 * q["b"])}),
        Mistake(
            "weights-transposed",
            "w is used transposed: row f of w (F, C) holds the weights of output channel f.",
            lambda q, right: {"out": pixelwise(q, w=q["w"].T)},
        ),
        Mistake(
            "reshaped-without-moving-axes",
            "A reshape moves no axes: move the channels last before making rows, and F back to axis 1 afterwards.",
            lambda q, right: {"out": _reshaped_only(q)},
            lambda q, right: {"out": right["out"].transpose(0, 2, 3, 1).reshape(right["out"].shape)},
            lambda q, right: {"out": right["out"].swapaxes(0, 1).reshape(right["out"].shape)},
        ),
        BIAS_ALONG_WIDTH,
        Mistake(
            "bias-once-per-channel",
            "The bias is added once for every input channel; add it once for every output number.",
            lambda q, right: {"out": pixelwise(q, b=q["b"] * q["x"].shape[1])},
        ),
        Mistake(
            "channels-averaged",
            "The products are averaged over the channels; the output is their sum.",
            lambda q, right: {"out": pixelwise(q, w=q["w"] / q["x"].shape[1])},
        ),
        Mistake(
            "channels-left-last",
            "The output has its channels last: move F back to axis 1.",
            lambda q, right: {"out": right["out"].transpose(0, 2, 3, 1)},
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        n, c, h, w, f = (sizes[key] for key in "nchwf")
        return {
            "x": rng.standard_normal((n, c, h, w)),
            "w": rng.standard_normal((f, c)),
            "b": rng.standard_normal(f),
        }

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"out": pixelwise(q)}
