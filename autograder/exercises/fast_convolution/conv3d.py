"""04_fast_convolution: the convolution of films and volumes, along three axes."""

from __future__ import annotations

import numpy as np

from autograder.exercises.fast_convolution.conv_nd import CACHE_TOO, MISTAKES, OneOutput, convolved, of_sides, sides
from autograder.guest.plain_data import Inputs
from autograder.judging.case import CONVENTIONS_NAME, Case, one_of
from autograder.judging.mistake import Mistake


def _one_slice(q: Inputs, index: int) -> np.ndarray:
    """The output when all slices of the filter but one are zero."""
    w = np.zeros_like(q["w"])
    w[:, :, index] = q["w"][:, :, index]
    return convolved(q, w=w)


class Conv3dForward(OneOutput):
    name, points = "conv3d_forward", 5
    axes = {"out": "N F D' H' W'"}
    letters = "dhw"
    smallest = {"n": 1, "c": 1, "f": 1, "padding": 0, "stride": 1, "kernel": 1, "d": 1, "h": 1, "w": 1}
    cases = (
        Case("one channel, a kernel of 2×2×2", {"n": 1, "c": 1, "d": 3, "h": 3, "w": 3, "f": 1, "kernel": 2}),
        Case(
            "a batch, two channels, sides that differ",
            {"n": 2, "c": 2, "d": 3, "h": 4, "w": 5, "f": 3, "kernel": (2, 3, 1), "stride": 1, "padding": 0},
        ),
        Case(
            "padding 3 on all three axes",
            {"n": 1, "c": 2, "d": 2, "h": 3, "w": 4, "f": 2, "kernel": 2, "stride": 1, "padding": 3},
        ),
        Case(
            "stride 2 on all three axes",
            {"n": 2, "c": 1, "d": 5, "h": 6, "w": 7, "f": 2, "kernel": (2, 3, 3), "stride": 2, "padding": 0},
        ),
        Case(
            "float32 stays float32",
            {"n": 2, "c": 2, "d": 4, "h": 3, "w": 5, "f": 2, "kernel": 3, "stride": 2, "padding": 1},
            dtype="float32",
            conventions=("dtype",),
        ),
        Case(
            CONVENTIONS_NAME,
            {"n": 2, "c": 2, "d": 3, "h": 4, "w": 3, "f": 2, "kernel": 2, "stride": 1, "padding": 0},
            strided=True,
            conventions=("memory", "cache"),
        ),
        Case(
            "drawn sizes",
            {
                "n": 2,
                "c": range(2, 4),
                "d": range(5, 7),
                "h": range(6, 9),
                "w": range(4, 6),
                "f": range(2, 4),
                "kernel": one_of((2, 3, 4), (4, 2, 3), (3, 4, 2)),
                "stride": 2,
                "padding": 1,
            },
            hidden=True,
            weight=2,
            hint="A kernel whose three sides differ, stride and padding at once.",
        ),
    )
    mistakes = (
        *MISTAKES,
        Mistake(
            "padding-counted-twice",
            "Some axes are padded twice: by hand, and again by the function that is called with padding.",
            lambda q, right: of_sides(q, sides(q, padding=2 * q.get("padding", 0))),
            lambda q, right: of_sides(q, (sides(q)[0], *sides(q, padding=2 * q.get("padding", 0))[1:])),
        ),
        Mistake(
            "last-slice-only",
            "Only the last slice of the filter is in the result: the sum over its depth is overwritten, not added to.",
            lambda q, right: {"out": _one_slice(q, -1)},
        ),
        Mistake(
            "first-slice-only",
            "Only the first slice of the filter is used; the sum must run over all KD slices.",
            lambda q, right: {"out": _one_slice(q, 0)},
        ),
        Mistake(
            "bias-once-per-slice",
            "The bias is added once for every slice of the filter; add it once for every output number.",
            lambda q, right: {"out": convolved(q, b=q["b"] * q["w"].shape[2])},
        ),
        Mistake(
            "depth-flipped",
            "The filter is flipped along the depth.",
            lambda q, right: {"out": convolved(q, w=q["w"][:, :, ::-1])},
        ),
        Mistake(
            "depth-not-strided",
            "The stride is not used along the depth: it applies to all three axes.",
            lambda q, right: of_sides(q, (sides(q, stride=1)[0], *sides(q)[1:])),
        ),
        Mistake(
            "depth-not-padded",
            "The depth is not padded: there must be P slices of zeros before the first and after the last.",
            lambda q, right: of_sides(q, (sides(q, padding=0)[0], *sides(q)[1:])),
        ),
        Mistake(
            "only-depth-strided",
            "The stride is used along the depth only: it applies to all three axes.",
            lambda q, right: of_sides(q, (sides(q)[0], *sides(q, stride=1)[1:])),
        ),
        Mistake(
            "only-depth-padded",
            "Only the depth is padded: there must be P zeros at both ends of all three axes.",
            lambda q, right: of_sides(q, (sides(q)[0], *sides(q, padding=0)[1:])),
        ),
        Mistake(
            "depth-left-first",
            "The output's axes are in another order: it must be (N, F, D', H', W').",
            lambda q, right: {"out": right["out"].transpose(2, 0, 1, 3, 4)},
            lambda q, right: {"out": right["out"].transpose(0, 2, 1, 3, 4)},
            lambda q, right: {"out": right["out"].transpose(0, 1, 3, 4, 2)},
        ),
        Mistake(
            "channels-and-depth-mixed",
            "Channels and depth are joined into one axis in different orders in x and w, so numbers are multiplied by "
            "the wrong weights.",
            lambda q, right: {"out": _joined_otherwise(q)},
        ),
        Mistake(
            "frames-by-reshape",
            "x is reshaped into frames without moving its channels, so frames and channels are mixed: transpose first.",
            lambda q, right: {"out": convolved(q, x=_frames_mixed(q["x"]))},
        ),
        CACHE_TOO,
    )


def _frames_mixed(x: np.ndarray) -> np.ndarray:
    """x when it is reshaped from (N, C, D, H, W) to (N, D, C, H, W) without moving axes."""
    n, c, d, h, w = x.shape
    return x.reshape(n, d, c, h, w).swapaxes(1, 2)


def _joined_otherwise(q: Inputs) -> np.ndarray:
    """The output when the filter's channels and slices are swapped in memory but not in its shape."""
    w = q["w"]
    return convolved(q, w=w.swapaxes(1, 2).reshape(w.shape))
