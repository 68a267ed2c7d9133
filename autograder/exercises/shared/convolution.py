"""02_convolution: what a question about a convolution is made of, its right answer, and the sizes of its maps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle
from autograder.judging.case import Sizes
from autograder.judging.mistake import OfShape
from autograder.judging.oracle import pair

CONV_CACHE = {"cache": ("x", "w", "b", "stride", "padding")}


def conv_arrays(sizes: Sizes, rng: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x (N, C, H, W), w (F, C, KH, KW), b (F,). ValueError if the kernel does not fit."""
    n, c, h, w, f = (sizes[key] for key in "nchwf")
    kernel, padding = pair(sizes["kernel"]), pair(sizes.get("padding", 0))
    if kernel[0] > h + 2 * padding[0] or kernel[1] > w + 2 * padding[1]:
        raise ValueError(f"kernel {kernel} does not fit image {(h, w)} with padding {padding}")
    return rng.standard_normal((n, c, h, w)), rng.standard_normal((f, c, *kernel)), rng.standard_normal(f)


def conv(q: Inputs, **changed: Any) -> np.ndarray:
    """The right output of a question, or that of a changed question."""
    return oracle.conv2d(**(q | changed))


def map_size(q: Inputs, **changed: Any) -> tuple[int, int]:
    """(H', W') before rounding down is decided: ceil where `up`, else floor."""
    asked = q | changed
    up = asked.pop("up", False)
    once = asked.pop("once", False)
    gap = asked.pop("gap", 0)
    sides = []
    for axis in (0, 1):
        stride, padding = pair(asked.get("stride", 1))[axis] + gap, pair(asked.get("padding", 0))[axis]
        room = (q["x"].shape[2 + axis] - q["w"].shape[2 + axis] + (1 if once else 2) * padding) / stride
        sides.append((math.ceil(room) if up else math.floor(room)) + 1)
    return sides[0], sides[1]


def of_map(q: Inputs, high: int, wide: int) -> dict[str, PlainData]:
    """Any output with maps of this size."""
    return {"out": OfShape((len(q["x"]), len(q["w"]), high, wide))}


def not_square(q: Inputs) -> bool:
    """Whether height and width differ anywhere."""
    return q["x"].shape[2] != q["x"].shape[3] or q["w"].shape[2] != q["w"].shape[3]
