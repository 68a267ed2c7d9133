"""02_convolution: wrong windows of a convolution, and what is added up over them in place of the right numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.exercises.shared.convolution import conv, map_size, of_map
from autograder.exercises.shared.short_windows import counted_twice, padded_on_one_axis, stepped
from autograder.guest.plain_data import Inputs
from autograder.guest.response import Raised
from autograder.judging.clash import clashing
from autograder.judging.mistake import Mistake, Parts
from utils.sizes import pair

Sides = tuple[int, int]


def geometry(q: Inputs) -> tuple[Sides, Sides, Sides, Sides]:
    """(KH, KW), stride, (H, W) and padding, as pairs."""
    (high, wide), (tall, broad) = q["w"].shape[2:], q["x"].shape[2:]
    return (high, wide), pair(q.get("stride", 1)), (tall, broad), pair(q.get("padding", 0))


def padded(q: Inputs, **options: Any) -> np.ndarray:
    """x with numbers around each image, as np.pad makes them with these options."""
    high, wide = pair(q.get("padding", 0))
    return np.pad(q["x"], ((0, 0), (0, 0), (high, high), (wide, wide)), **options)


def _not_zero(**options: Any) -> Callable[[Inputs, Parts], Parts]:
    """The output with other numbers than zeros around the image."""
    return lambda q, right: {"out": conv(q, x=padded(q, **options), padding=0)}


def padding_swapped_around(q: Inputs, right: Parts) -> Parts:
    """A wrong answer: the output where height and width of the padding are swapped, but not in the output's size."""
    high, wide = map_size(q)
    swapped = padded(q | {"padding": pair(q.get("padding", 0))[::-1]})
    out = conv(q, x=swapped, padding=0)[:, :, :high, :wide]
    if out.shape[2:] != (high, wide):
        raise ValueError("windows run over the edge")
    return {"out": out}


def _without_last(right: np.ndarray, *axes: int) -> np.ndarray:
    """The output with zeros in the last place along these axes."""
    out = right.copy()
    for axis in axes:
        if out.shape[axis] < 2:
            raise ValueError("nothing would be left")
        out.swapaxes(0, axis)[-1] = 0
    return out


def _stepped(q: Inputs, **changed: Any) -> np.ndarray:
    """The output where the stride is the step inside of each window; beyond the image are zeros."""
    (high, wide), (down, right), _, (above, beside) = geometry(q)
    x = np.pad(q["x"], ((0, 0), (0, 0), (above, above + down * high), (beside, beside + right * wide)))
    spread = np.zeros((*q["w"].shape[:2], (high - 1) * down + 1, (wide - 1) * right + 1))
    spread[:, :, ::down, ::right] = q["w"]
    rows, columns = map_size(q)
    return conv(q, x=x, w=spread, padding=0, **changed)[:, :, :rows, :columns]


def _bias_along_width(q: Inputs, right: np.ndarray) -> np.ndarray:
    """The output where b is added as NumPy broadcasts it: along the last axis."""
    if right.shape[-1] != len(q["b"]):
        raise ValueError("b does not fit")
    return right - q["b"][:, None, None] + q["b"]


def bias_does_not_fit(q: Inputs, raised: Raised) -> bool:
    """Whether b, of shape (F,), was added to maps as it is."""
    return any(first[-3:] == (len(q["b"]), *first[-2:]) and len(first) > 2 for first in _beside(raised, q["b"].shape))


def _beside(raised: Raised, one: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The shapes that could not be broadcast with this one."""
    shapes = clashing(raised)
    return (shape for shape in shapes if one in shapes and shape != one)


def _square_window(q: Inputs, raised: Raised) -> bool:
    """Whether a window has the filter's height, or its width, along both axes."""
    high, wide = q["w"].shape[2:]
    ends = {shape[-2:] for shape in clashing(raised) if len(shape) >= 2}
    return high != wide and (high, wide) in ends and bool(ends & {(high, high), (wide, wide)})


BIAS_ALONG_WIDTH = Mistake(
    "bias-along-the-width",
    "b is added along the last axis, the width: NumPy lines up the last axes. Give it axes for height and width, "
    "b[:, None, None].",
    lambda q, right: {"out": _bias_along_width(q, right["out"])},
    error=bias_does_not_fit,
)
WINDOW_MISTAKES = (
    Mistake(
        "padding-not-zero",
        "The numbers around the image are not zeros: pad with zeros, as np.pad does without another mode.",
        *(_not_zero(mode=mode) for mode in ("edge", "reflect", "symmetric", "wrap")),
        *(_not_zero(constant_values=value) for value in (1, -1)),
    ),
    Mistake(
        "padding-counted-twice",
        "The padding is counted twice: the size is computed from the padded image, and P is added to it again.",
        lambda q, right: of_map(q, *map_size(q, padding=tuple(2 * p for p in pair(q.get("padding", 0))))),
        error=lambda q, raised: counted_twice(raised, *geometry(q)),
    ),
    Mistake(
        "padded-on-one-axis",
        "The image is padded along one of its two axes only: there are P zeros above, below, left and right.",
        error=lambda q, raised: padded_on_one_axis(raised, *geometry(q)),
    ),
    Mistake(
        "stride-as-dilation",
        "The stride is used as a step inside of the window: window i is `i * S : i * S + K`, without a step.",
        lambda q, right: {"out": _stepped(q)},
        lambda q, right: {"out": _stepped(q, stride=1)},
        error=lambda q, raised: stepped(raised, *geometry(q)),
    ),
    Mistake(
        "kernel-as-square",
        "The height of the filter is used for the width of the window too, or its width for the height: it has KH rows "
        "and KW columns.",
        error=_square_window,
    ),
    Mistake(
        "last-place-left-out",
        "The last row or column of the output is left at zero: the loops end one place too early.",
        *(lambda q, right, axes=axes: {"out": _without_last(right["out"], *axes)} for axes in ((2, 3), (3,), (2,))),
    ),
    Mistake(
        "channels-averaged",
        "The products are averaged over the input channels; the output is their sum.",
        lambda q, right: {"out": conv(q, w=q["w"] / q["x"].shape[1])},
    ),
    Mistake(
        "channels-crossed",
        "Every channel of the image meets every channel of the filter; channel c of the image belongs to channel c of "
        "the filter. In einsum, both need the same letter.",
        lambda q, right: {"out": conv(q, x=q["x"].sum(1, keepdims=True), w=q["w"].sum(1, keepdims=True))},
    ),
    BIAS_ALONG_WIDTH,
)
