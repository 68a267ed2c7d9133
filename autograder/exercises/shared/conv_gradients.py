"""The gradients of a convolution in several notebooks: their inputs, the right gradients, and common wrong ones."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from autograder.exercises.shared.convolution import conv_arrays
from autograder.guest.plain_data import Inputs
from autograder.guest.response import Raised
from autograder.judging import oracle
from autograder.judging.case import Sizes
from autograder.judging.clash import clashing, cores
from utils.sizes import pair

SMALLEST = {"n": 1, "c": 1, "f": 1, "padding": 0, "stride": 1, "kernel": 1, "h": 1, "w": 1}


def drawn(sizes: Sizes, rng: Any) -> Inputs:
    """dout (N, F, H', W'), x (N, C, H, W), w (F, C, KH, KW), b (F,), and stride and padding if the sizes have them.

    Raises ValueError if the kernel does not fit.
    """
    x, w, b = conv_arrays(sizes, rng)
    geometry: Inputs = {key: sizes[key] for key in ("stride", "padding") if key in sizes}
    dout = rng.standard_normal(oracle.conv2d(x, w, b, **geometry).shape) * sizes.get("scale", 1.0)
    return {"dout": dout, "x": x, "w": w, "b": b, **geometry}


def unpacked(q: Inputs, **changed: Any) -> dict[str, Any]:
    """dout, x, w, stride and padding of any backward function's inputs, of which some may be changed.

    Stride and padding are pairs. An x or w that is not among the inputs is all zeros.
    """
    arguments = dict(q)
    if "cache" in q:
        arguments |= dict(zip(("x", "w", "b", "stride", "padding"), q["cache"], strict=True))
    if "x" not in arguments:
        arguments["x"] = np.zeros(q["x_shape"])
    if "w" not in arguments:
        arguments["w"] = np.zeros((q["dout"].shape[1], arguments["x"].shape[1], *pair(q["kernel"])))
    geometry = {key: pair(arguments.get(key, default)) for key, default in (("stride", 1), ("padding", 0))}
    return {key: arguments[key] for key in ("dout", "x", "w")} | geometry | changed


def dx(q: Inputs, **changed: Any) -> np.ndarray:
    """The right dx, or that for inputs of which some are changed."""
    return oracle.conv2d_gradients(**unpacked(q, **changed))[0]


def dw(q: Inputs, **changed: Any) -> np.ndarray:
    """The right dw, or that for inputs of which some are changed."""
    return oracle.conv2d_gradients(**unpacked(q, **changed))[1]


def windows_at(q: Inputs, stride: tuple[int, int]) -> dict[str, Any]:
    """The changes, for `dx` or `dw`, that make window (i, j) begin at these multiples of i and j."""
    a = unpacked(q)
    high, wide = (a["x"].shape[k] + 2 * a["padding"][k - 2] - a["w"].shape[k] + 1 for k in (2, 3))
    dense = np.zeros((*a["dout"].shape[:2], high, wide))
    rows, columns = (s * np.arange(n) for s, n in zip(stride, a["dout"].shape[2:], strict=True))
    # windows at the same position, as with stride 0, add up
    np.add.at(dense, (slice(None), slice(None), rows[:, None], columns), a["dout"])  # type: ignore[arg-type]
    return {"dout": dense, "stride": (1, 1)}


def of_one_side(q: Inputs, key: str, side: int) -> tuple[int, int]:
    """The stride or padding (`key`) of the height (side 0) or of the width (side 1), used for both."""
    value = unpacked(q)[key][side]
    return value, value


def padded_at(q: Inputs, top: int, left: int) -> dict[str, Any]:
    """The changes, for `dw`, that put the images at this row and column of the padded images."""
    a = unpacked(q)
    (high, wide), (tall, broad) = a["padding"], a["x"].shape[2:]
    x = np.zeros((*a["x"].shape[:2], tall + 2 * high, broad + 2 * wide))
    x[:, :, top : top + tall, left : left + broad] = a["x"]
    return {"x": x, "padding": (0, 0)}


def cut_at(q: Inputs, top: int, left: int) -> np.ndarray:
    """dx when it is cut out of the padded one from this row and column on."""
    high, wide = unpacked(q)["x"].shape[2:]
    return dx(q, **padded_at(q, 0, 0))[:, :, top : top + high, left : left + wide]


def swapped(q: Inputs) -> dict[str, Any]:
    """The changes, for `dx` or `dw`, that use the stride as the padding and the padding as the stride."""
    a = unpacked(q)
    other = {key: a[key] for key in ("dout", "x", "w")} | {"padding": a["stride"]}
    return windows_at(other, a["padding"]) | {"padding": a["stride"]}


def only(array: np.ndarray, index: int, axis: int = 0) -> np.ndarray:
    """The array with zeros everywhere except at one index of one axis."""
    result = np.zeros(array.shape)
    position = (slice(None),) * axis + (index,)
    result[position] = array[position]
    return result


def reshaped_only(dout: np.ndarray) -> np.ndarray:
    """dout (N, F, H', W') when it is reshaped to F rows without moving F to the front first."""
    n, f, *sides = dout.shape
    return dout.reshape(f, n, *sides).swapaxes(0, 1)


def as_passed(q: Inputs) -> tuple[Any, ...]:
    """Stride and padding of any backward function's inputs, in the form in which they are passed."""
    return tuple(q["cache"][3:]) if "cache" in q else (q.get("stride"), q.get("padding"))


def passes_int(q: Inputs) -> bool:
    """Whether stride or padding is passed as an int."""
    return any(isinstance(value, int) for value in as_passed(q))


def geometry(q: Inputs) -> tuple[Any, Any, Any, Any]:
    """(KH, KW), stride, (H, W) and padding of any backward function's inputs, as pairs."""
    a = unpacked(q)
    return a["w"].shape[2:], a["stride"], a["x"].shape[2:], a["padding"]


def multiplied_matrices(q: Inputs, raised: Raised) -> bool:
    """Whether one number of dout, or a map of it, and a window were put into a matrix product."""
    a = unpacked(q)
    a_number = "matmul" in raised.message and "does not have enough dimensions" in raised.message
    does_not_fit = a_number or 1 in cores(raised) or cores(raised) == {a["w"].shape[3], a["dout"].shape[2]}
    of_the_map = (a["w"].shape[2], a["dout"].shape[3])  # the size of the product, where there is one
    return does_not_fit or {of_the_map, a["w"].shape[2:]} == {shape[-2:] for shape in clashing(raised)}


def swapped_kernel(q: Inputs, raised: Raised) -> bool:
    """Whether dout met as many windows as a kernel has that is turned on its side."""
    (high, wide), stride, image, padding = geometry(q)
    sides = zip(image, padding, (wide, high), stride, strict=True)
    counts = tuple((size + 2 * p - k) // s + 1 for size, p, k, s in sides)
    ends, right = {shape[-2:] for shape in clashing(raised)}, q["dout"].shape[2:]
    turned = {*product(*zip(right, counts, strict=True))} - {right}  # in one axis, or in both
    return high != wide and right in ends and not turned.isdisjoint(ends)
