"""05_pooling: mistakes about the windows in a backward pass, the same for max and average pooling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.exercises.pooling.error_patterns import (
    PAIR,
    cannot_reshape,
    empty_window,
    fills,
    leaves_image,
    swapped,
)
from autograder.exercises.pooling.inputs import map_size, reached, resized
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Raised
from autograder.judging.clash import clashing, number_as_pair, outside, pair_refused
from autograder.judging.mistake import Mistake, OfShape, WrongAnswer
from utils.sizes import Pair, pair

Gradient = Callable[[np.ndarray, np.ndarray, Pair, Pair], np.ndarray]  # (dout, x, kernel, stride) -> dx

OVERLAP = (
    "Where windows overlap, the gradients must be added; yours overwrites that of another window: use `+=`, but note "
    "that `a[index] += v` with an array of indices counts a repeated index once."
)


def backward_mistakes(gradient: Gradient) -> tuple[Mistake, ...]:
    """The mistakes of a backward pass."""

    def dx(**changed: Any) -> WrongAnswer:
        """dx with another kernel and stride, each a function of the right ones; cut off where they leave the image."""

        def answer(q: Inputs, right: Any) -> dict[str, PlainData]:
            x, kernel, stride = q["cache"]
            kernel, stride = (changed[key](kernel, stride) for key in ("kernel", "stride"))
            sides = zip(x.shape[2:], q["dout"].shape[2:], pair(stride), pair(kernel), strict=True)
            high, wide = (max(size, (n - 1) * s + k) for size, n, s, k in sides)
            larger = resized(x, (high, wide), -np.inf)
            dout = resized(q["dout"], map_size(larger.shape, kernel, stride))
            return {"dx": gradient(dout, larger, kernel, stride)[..., : x.shape[2], : x.shape[3]]}

        return answer

    def from_far_end(q: Inputs) -> np.ndarray:
        """dx when the windows are counted from the far end."""
        return np.flip(gradient(np.flip(q["dout"], (2, 3)), np.flip(q["cache"][0], (2, 3)), *q["cache"][1:]), (2, 3))

    return (
        Mistake(
            "overlap-overwritten",
            OVERLAP,
            lambda q, right: {"dx": _assigned(q, gradient, whole_window=False)},
            lambda q, right: {"dx": _assigned(q, gradient, whole_window=True)},
            lambda q, right: {"dx": _assigned(q, gradient, whole_window=True, backwards=True)},
        ),
        Mistake(
            "overlap-averaged",
            "Where windows overlap, the gradients are averaged; they must be added.",
            lambda q, right: {"dx": right["dx"] / np.maximum(1, _covered(q).sum(0))},
        ),
        Mistake(
            "upstream-ignored",
            "The upstream gradient dout is not used: downstream = local gradient × dout.",
            lambda q, right: {"dx": gradient(np.ones_like(q["dout"]), *q["cache"])},
        ),
        Mistake(
            "upstream-summed",
            "Every window gets the sum of dout; window (i, j) gets dout[n, c, i, j].",
            lambda q, right: {"dx": gradient(np.full_like(q["dout"], q["dout"].sum()), *q["cache"])},
        ),
        Mistake(
            "stride-as-kernel",
            "The windows lie side by side, as if the stride were the kernel's size: window i begins at i·stride.",
            dx(kernel=lambda kernel, stride: kernel, stride=lambda kernel, stride: kernel),
            error=lambda q, raised: empty_window(raised) and leaves_image(*_windows(q), pair(q["cache"][1])),
        ),
        Mistake(
            "kernel-as-stride",
            "Each window is as large as the stride; it must extend from i·stride to i·stride + kernel.",
            dx(kernel=lambda kernel, stride: stride, stride=lambda kernel, stride: stride),
        ),
        Mistake(
            "stride-only-sizes",
            "The stride is not used to find the windows: window i starts at i·stride.",
            dx(kernel=lambda kernel, stride: kernel, stride=lambda kernel, stride: 1),
        ),
        Mistake(
            "cropped-at-front",
            "The windows are counted from the far end. The first must lie in the upper left corner, so that rows and "
            "columns left over are at the bottom and on the right.",
            lambda q, right: {"dx": from_far_end(q)},
        ),
        Mistake(
            "left-over-missing",
            "dx must have the shape of x: the rows and columns that no window reaches get the gradient 0.",
            lambda q, right: {"dx": OfShape(right["dx"][reached(q)].shape)},
            lambda q, right: {"dx": OfShape((*q["dout"].shape[:2], *_blocks(q)))},
        ),
        Mistake(
            "only-side-by-side",
            "Blocks side by side are right only where the stride is the kernel's size and the windows fill the image; "
            "elsewhere a different method is needed.",
            error=lambda q, raised: (
                not fills(*q["cache"]) and (cannot_reshape(raised) or _blocks(q) in {s[-2:] for s in clashing(raised)})
            ),
        ),
        Mistake(
            "width-from-height",
            "Rows and columns are mixed up: the window's height belongs to H and i, its width to W and j.",
            lambda q, right: {"dx": gradient(_narrowed(q["dout"]), *q["cache"])},
            error=lambda q, raised: _outside_off_square(q, raised),
        ),
        Mistake(
            "height-width-swapped",
            "Pairs are (height, width); yours are used as (width, height).",
            dx(kernel=lambda kernel, stride: swapped(kernel), stride=lambda kernel, stride: swapped(stride)),
            error=lambda q, raised: _outside_on_its_side(q, raised),
            convention="arguments",
        ),
        Mistake(
            "rows-columns-swapped",
            "Rows and columns are swapped: dout[n, c, i, j] belongs to the window at row i·stride and column j·stride.",
            lambda q, right: {"dx": gradient(q["dout"].swapaxes(2, 3), *q["cache"])},
        ),
        Mistake(
            "pair-not-accepted",
            PAIR,
            error=lambda q, raised: pair_refused(raised, *q["cache"][1:]),
            convention="arguments",
        ),
        Mistake(
            "cache-of-pairs-expected",
            "kernel and stride are taken apart as pairs; the cache holds them as they were passed, and an int stays an "
            "int.",
            error=lambda q, raised: number_as_pair(raised) and not all(isinstance(s, tuple) for s in q["cache"][1:]),
            convention="cache",
        ),
        Mistake(
            "first-image-only",
            "Only the first image of the batch gets a gradient.",
            lambda q, right: {"dx": np.where(np.arange(len(q["dout"]))[:, None, None, None] > 0, 0, right["dx"])},
        ),
        Mistake(
            "dx-averaged",
            "dx is divided by N; each image has its own gradient.",
            lambda q, right: {"dx": right["dx"] / len(q["dout"])},
        ),
    )


def _narrowed(dout: np.ndarray) -> np.ndarray:
    """dout with zeros in the columns beyond its height."""
    out = dout.copy()
    out[..., dout.shape[2] :] = 0
    return out


def _blocks(q: Inputs) -> tuple[int, int]:
    """(height, width) of all windows side by side."""
    high, wide = (n * k for n, k in zip(q["dout"].shape[2:], pair(q["cache"][1]), strict=True))
    return high, wide


def _windows(q: Inputs) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(H, W) and (H', W')."""
    return q["cache"][0].shape[2:], q["dout"].shape[2:]


def _outside_off_square(q: Inputs, raised: Raised) -> bool:
    """Whether dout is read, or a window begins, beyond its end when H' is taken for W'."""
    image, (high, wide) = _windows(q)
    empty = empty_window(raised) and leaves_image(image, (high, high), pair(q["cache"][2]))
    return empty or outside(raised) == (wide, 3, wide)


def _outside_on_its_side(q: Inputs, raised: Raised) -> bool:
    """Whether something lies outside the image, as it does when pairs are taken as (width, height)."""
    x, kernel, stride = q["cache"]
    (tall, broad), (rows, columns) = pair(swapped(kernel)), pair(swapped(stride))
    (high, wide), (h, w) = q["dout"].shape[2:], x.shape[2:]
    leaves = (high - 1) * rows + tall > h or (wide - 1) * columns + broad > w
    pairs = isinstance(kernel, tuple) or isinstance(stride, tuple)
    return pairs and leaves and (empty_window(raised) or outside(raised) is not None)


def _covered(q: Inputs) -> np.ndarray:
    """(H'·W', H, W): the mask of the pixels that each window covers."""
    x, kernel, stride = q["cache"]
    (high, wide), (down, along) = pair(kernel), pair(stride)
    rows, columns = (np.arange(size) for size in x.shape[2:])
    masks = []
    for i, j in np.ndindex(*q["dout"].shape[2:]):
        row = (rows >= i * down) & (rows < i * down + high)
        column = (columns >= j * along) & (columns < j * along + wide)
        masks.append(row[:, None] & column)
    return np.array(masks)


def each_window(q: Inputs, gradient: Gradient) -> np.ndarray:
    """(H'·W', N, C, H, W): what each window contributes to dx, row by row."""
    channels, high, wide = q["dout"].shape[1:]
    count = high * wide
    # all in one batch: a copy of the images for each window, with dout set to 0 for all other windows
    douts = np.eye(count).reshape(count, 1, 1, high, wide) * q["dout"]
    x, kernel, stride = q["cache"]
    copies = np.broadcast_to(x, (count, *x.shape)).reshape(-1, *x.shape[1:])
    return gradient(douts.reshape(-1, channels, high, wide), copies, kernel, stride).reshape(count, *x.shape)


def _assigned(q: Inputs, gradient: Gradient, whole_window: bool, backwards: bool = False) -> np.ndarray:
    """dx when each window overwrites earlier ones, in all of its pixels (`whole_window`) or those with a gradient."""
    parts = each_window(q, gradient)
    masks = _covered(q)[:, None, None] if whole_window else parts != 0
    dx = np.zeros(parts.shape[1:])
    for k in reversed(range(len(parts))) if backwards else range(len(parts)):
        dx = np.where(masks[k], parts[k], dx)
    return dx
