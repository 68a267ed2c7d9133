"""Forward convolution in several notebooks: its inputs, the right output, and the sizes of its maps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle
from autograder.judging.case import Sizes
from autograder.judging.mistake import OfShape
from utils.sizes import pair

CONV_CACHE = {"cache": ("x", "w", "b", "stride", "padding")}
# of pair-not-accepted, where all three are passed
ONE_NUMBER_NEEDED = (
    "A pair (height, width) is used where one number is needed: kernel, stride and padding may each be an int or a "
    "pair, so make two numbers of each first."
)


def conv_arrays(sizes: Sizes, rng: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x (N, C, H, W), w (F, C, KH, KW), b (F,). Raises ValueError if the kernel does not fit."""
    n, c, h, w, f = (sizes[key] for key in "nchwf")
    kernel, padding = pair(sizes["kernel"]), pair(sizes.get("padding", 0))
    if kernel[0] > h + 2 * padding[0] or kernel[1] > w + 2 * padding[1]:
        raise ValueError(f"kernel {kernel} does not fit image {(h, w)} with padding {padding}")
    return rng.standard_normal((n, c, h, w)), rng.standard_normal((f, c, *kernel)), rng.standard_normal(f)


def conv(q: Inputs, **changed: Any) -> np.ndarray:
    """The right output, or that for inputs of which some are changed."""
    return oracle.conv2d(**(q | changed))


def map_size(q: Inputs, up: bool = False, once: bool = False, gap: int = 0, **changed: Any) -> tuple[int, int]:
    """(H', W') for these inputs, of which some may be changed.

    For wrong sizes, `up` rounds up, `once` counts the padding of one side only, and `gap` is added to the stride.
    """
    inputs = q | changed
    sides = []
    for axis in (0, 1):
        stride, padding = pair(inputs.get("stride", 1))[axis] + gap, pair(inputs.get("padding", 0))[axis]
        steps = (q["x"].shape[2 + axis] - q["w"].shape[2 + axis] + (1 if once else 2) * padding) / stride
        sides.append((math.ceil(steps) if up else math.floor(steps)) + 1)
    return sides[0], sides[1]


def of_map(q: Inputs, high: int, wide: int) -> dict[str, PlainData]:
    """The output, whatever its numbers, with maps of this size."""
    return {"out": OfShape((len(q["x"]), len(q["w"]), high, wide))}
