"""03_conv_backward: what the three gradients of a convolution are asked about, whichever function is asked."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.shared.convolution import conv_arrays
from autograder.guest.plain_data import Inputs
from autograder.guest.response import Raised
from autograder.judging import oracle
from autograder.judging.case import Sizes
from autograder.judging.oracle import pair

SMALLEST = {"n": 1, "c": 1, "f": 1, "padding": 0, "stride": 1, "kernel": 1, "h": 1, "w": 1}


def drawn(sizes: Sizes, rng: Any) -> Inputs:
    """dout (N, F, H', W'), x (N, C, H, W), w (F, C, KH, KW), b (F,), and stride and padding where they are given.

    ValueError if the kernel does not fit.
    """
    x, w, b = conv_arrays(sizes, rng)
    geometry: Inputs = {key: sizes[key] for key in ("stride", "padding") if key in sizes}
    dout = rng.standard_normal(oracle.conv2d(x, w, b, **geometry).shape) * sizes.get("scale", 1.0)
    return {"dout": dout, "x": x, "w": w, "b": b, **geometry}


def asked(q: Inputs, **changed: Any) -> dict[str, Any]:
    """The same five things of any question: dout, x, w, stride, padding; zeros stand for an x or w not given."""
    found = dict(q)
    if "cache" in q:
        found |= dict(zip(("x", "w", "b", "stride", "padding"), q["cache"], strict=True))
    if "x" not in found:
        found["x"] = np.zeros(q["x_shape"])
    if "w" not in found:
        found["w"] = np.zeros((q["dout"].shape[1], found["x"].shape[1], *pair(q["kernel"])))
    geometry = {key: pair(found.get(key, default)) for key, default in (("stride", 1), ("padding", 0))}
    return {key: found[key] for key in ("dout", "x", "w")} | geometry | changed


def dx(q: Inputs, **changed: Any) -> np.ndarray:
    """The right dx of a question, or that of a changed question."""
    return oracle.conv2d_gradients(**asked(q, **changed))[0]


def dw(q: Inputs, **changed: Any) -> np.ndarray:
    """The right dw of a question, or that of a changed question."""
    return oracle.conv2d_gradients(**asked(q, **changed))[1]


def windows_at(q: Inputs, stride: tuple[int, int]) -> dict[str, Any]:
    """What changes if window (i, j) begins at these multiples of i and j: use with `dx` or `dw`."""
    a = asked(q)
    high, wide = (a["x"].shape[k] + 2 * a["padding"][k - 2] - a["w"].shape[k] + 1 for k in (2, 3))
    dense = np.zeros((*a["dout"].shape[:2], high, wide))
    rows, columns = (s * np.arange(n) for s, n in zip(stride, a["dout"].shape[2:], strict=True))
    # windows at one place, as with stride 0, add up
    np.add.at(dense, (slice(None), slice(None), rows[:, None], columns), a["dout"])  # type: ignore[arg-type]
    return {"dout": dense, "stride": (1, 1)}


def of_one_side(q: Inputs, key: str, side: int) -> tuple[int, int]:
    """The stride or padding of the height (side 0) or of the width (side 1), for both."""
    value = asked(q)[key][side]
    return value, value


def padded_at(q: Inputs, top: int, left: int) -> dict[str, Any]:
    """What changes if the images lie in the padded ones at this row and column: use with `dw`, or with `cut_at`."""
    a = asked(q)
    (high, wide), (tall, broad) = a["padding"], a["x"].shape[2:]
    x = np.zeros((*a["x"].shape[:2], tall + 2 * high, broad + 2 * wide))
    x[:, :, top : top + tall, left : left + broad] = a["x"]
    return {"x": x, "padding": (0, 0)}


def cut_at(q: Inputs, top: int, left: int) -> np.ndarray:
    """dx cut out of the padded one at this row and column."""
    high, wide = asked(q)["x"].shape[2:]
    return dx(q, **padded_at(q, 0, 0))[:, :, top : top + high, left : left + wide]


def swapped(q: Inputs) -> dict[str, Any]:
    """What changes if stride and padding are taken for each other: use with `dx` or `dw`."""
    a = asked(q)
    other = {key: a[key] for key in ("dout", "x", "w")} | {"padding": a["stride"]}
    return windows_at(other, a["padding"]) | {"padding": a["stride"]}


def only(array: np.ndarray, index: int, axis: int = 0) -> np.ndarray:
    """The array with zeros everywhere but at one index of an axis."""
    kept = np.zeros(array.shape)
    place = (slice(None),) * axis + (index,)
    kept[place] = array[place]
    return kept


def reshaped_only(dout: np.ndarray) -> np.ndarray:
    """What comes of reshaping (N, F, H', W') to F rows without moving F to the front first."""
    n, f, *places = dout.shape
    return dout.reshape(f, n, *places).swapaxes(0, 1)


def strided(q: Inputs) -> bool:
    return bool(asked(q)["stride"] != (1, 1))


def padded(q: Inputs) -> bool:
    return bool(asked(q)["padding"] != (0, 0))


def paired(q: Inputs) -> bool:
    """Whether stride or padding came as a pair."""
    given = q["cache"][3:] if "cache" in q else (q.get("stride"), q.get("padding"))
    return any(isinstance(value, tuple) for value in given)


def sizes_clash(raised: Raised) -> bool:
    """Whether two arrays did not fit together."""
    clash = ("broadcast", "shape", "not aligned", "dimension", "size")
    told = raised.type in ("ValueError", "IndexError") and any(word in raised.message for word in clash)
    return told and "inhomogeneous" not in raised.message  # that is a pair where a number should be


def multiplied_matrices(raised: Raised) -> bool:
    """Whether it was a matrix product that did not fit."""
    return raised.type == "ValueError" and ("matmul" in raised.message or "not aligned" in raised.message)


def pair_refused(q: Inputs, raised: Raised) -> bool:
    """Whether a pair was taken for a number."""
    return paired(q) and (raised.type == "TypeError" or "inhomogeneous" in raised.message)


def one_side_raised(q: Inputs, raised: Raised) -> bool:
    """Whether arrays did not fit together, in a question where height and width differ in stride or padding."""
    return sizes_clash(raised) and any(asked(q)[key][0] != asked(q)[key][1] for key in ("stride", "padding"))
