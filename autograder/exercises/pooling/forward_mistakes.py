"""05_pooling: mistakes about the windows in a forward pass, the same for max and average pooling."""

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
from autograder.exercises.pooling.inputs import map_size, reached, resized, stride_of
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.clash import pair_refused
from autograder.judging.mistake import Mistake, OfShape, WrongAnswer
from utils.sizes import Pair, pair

Pool = Callable[[np.ndarray, Pair, Pair], np.ndarray]  # (x, kernel, stride) -> out


def forward_mistakes(pool: Pool, beyond: float) -> tuple[Mistake, ...]:
    """The mistakes of a forward pass; `beyond` is the number that a window outside the image reads there."""

    def out(**changed: Any) -> WrongAnswer:
        """The output with another kernel and stride, each a function of the right (kernel, stride)."""

        def answer(q: Inputs, right: Any) -> dict[str, PlainData]:
            kernel, stride = q["kernel"], stride_of(q)
            return {"out": pool(q["x"], *(changed[key](kernel, stride) for key in ("kernel", "stride")))}

        return answer

    def windows(q: Inputs, kernel: Pair, step: Pair) -> dict[str, PlainData]:
        """The output with the right number of windows, but of another size (`kernel`) or distance (`step`)."""
        counts = map_size(q["x"].shape, q["kernel"], stride_of(q))
        high, wide = ((n - 1) * s + k for n, s, k in zip(counts, pair(step), pair(kernel), strict=True))
        return {"out": pool(resized(q["x"], (high, wide), beyond), kernel, step)}

    def from_far_end(q: Inputs, *axes: int) -> np.ndarray:
        """The output when the windows are counted from the far end of these axes."""
        return np.flip(pool(np.flip(q["x"], axes), q["kernel"], stride_of(q)), axes)

    return (
        Mistake(
            "stride-as-kernel",
            "The windows lie side by side, as if the stride were the kernel's size: window i begins at i·stride.",
            out(kernel=lambda kernel, stride: kernel, stride=lambda kernel, stride: kernel),
            lambda q, right: windows(q, q["kernel"], q["kernel"]),
            error=lambda q, raised: empty_window(raised) and leaves_image(*_windows(q), pair(q["kernel"])),
        ),
        Mistake(
            "kernel-as-stride",
            "Each window is as large as the stride; it must extend from i·stride to i·stride + kernel.",
            out(kernel=lambda kernel, stride: stride, stride=lambda kernel, stride: stride),
            lambda q, right: windows(q, stride_of(q), stride_of(q)),
        ),
        Mistake(
            "stride-ignored",
            "The stride is not used: the output has the size it would have with stride 1.",
            out(kernel=lambda kernel, stride: kernel, stride=lambda kernel, stride: 1),
        ),
        Mistake(
            "stride-only-sizes",
            "The stride is used for the output size but not for where the windows begin: window i starts at i·stride.",
            lambda q, right: windows(q, q["kernel"], 1),
        ),
        Mistake(
            "window-off-by-one",
            "Each window is one too large or too small: a slice ends before its second number, so use start : start + "
            "K.",
            *(_windows_larger_by(more, windows) for more in (-1, 1)),
        ),
        Mistake(
            "stride-default-wrong",
            "If no stride is passed (None), it is the kernel's size, so that the windows lie side by side.",
            lambda q, right: {"out": pool(q["x"], q["kernel"], 1)} if q.get("stride") is None else {},
            lambda q, right: {"out": pool(q["x"], q["kernel"], 2)} if q.get("stride") is None else {},
            error=lambda q, raised: q.get("stride") is None and raised.type == "TypeError" and "None" in raised.message,
            convention="arguments",
        ),
        Mistake(
            "rounded-up",
            "The output is too large: a last window that does not fit is left out, so round down.",
            lambda q, right: {
                "out": OfShape((*q["x"].shape[:2], *map_size(q["x"].shape, q["kernel"], stride_of(q), True)))
            },
        ),
        Mistake(
            "cropped-at-front",
            "The windows are counted from the far end. The first must lie in the upper left corner, so that rows and "
            "columns left over are at the bottom and on the right.",
            lambda q, right: {"out": from_far_end(q, 2, 3)},
        ),
        Mistake(
            "only-side-by-side",
            "Reshaping into blocks works only where the windows lie side by side and fill the image. Cut off left-over "
            "rows and columns first; where the stride is not the kernel's size, a different method is needed.",
            error=lambda q, raised: not fills(q["x"], q["kernel"], stride_of(q)) and cannot_reshape(raised),
        ),
        Mistake(
            "width-from-height",
            "The output's width is computed from the height; W' comes from W and the window's width.",
            lambda q, right: {"out": OfShape((*q["x"].shape[:2], *(right["out"].shape[2],) * 2))},
            error=lambda q, raised: empty_window(raised) and leaves_image(*_square(q), pair(stride_of(q))),
        ),
        Mistake(
            "height-width-swapped",
            "Pairs are (height, width); yours are used as (width, height).",
            out(kernel=lambda kernel, stride: swapped(kernel), stride=lambda kernel, stride: swapped(stride)),
            error=lambda q, raised: empty_window(raised) and leaves_image(*_windows(q), pair(swapped(stride_of(q)))),
            convention="arguments",
        ),
        Mistake(
            "rows-columns-swapped",
            "Rows and columns are swapped: out[n, c, i, j] belongs to the window at row i·stride and column j·stride.",
            lambda q, right: {"out": pool(q["x"].swapaxes(2, 3), q["kernel"], stride_of(q))},
            lambda q, right: {"out": right["out"].swapaxes(2, 3)},
        ),
        Mistake(
            "one-side-for-both",
            "One number of a pair is used for both axes; a pair is (height, width).",
            out(kernel=lambda kernel, stride: pair(kernel)[0], stride=lambda kernel, stride: pair(stride)[0]),
            out(kernel=lambda kernel, stride: pair(kernel)[1], stride=lambda kernel, stride: pair(stride)[1]),
            convention="arguments",
        ),
        Mistake(
            "one-not-added",
            "The output is one too small: (size − kernel) // stride counts the steps, and there is one window more.",
            *(_smaller_by(*less) for less in ((1, 1), (1, 0), (0, 1))),
        ),
        Mistake(
            "pair-not-accepted",
            PAIR,
            error=lambda q, raised: pair_refused(raised, q["kernel"], q.get("stride")),
            convention="arguments",
        ),
        Mistake(
            "channels-mixed",
            "Each window includes all channels; each channel must be pooled separately, and out has C channels.",
            lambda q, right: {"out": pool(_joined(q["x"], beyond, (1,)), q["kernel"], stride_of(q)) + 0 * right["out"]},
            lambda q, right: {"out": pool(_joined(q["x"], beyond, (1,)), q["kernel"], stride_of(q))},
        ),
        Mistake(
            "images-mixed",
            "Each window includes all images and channels; reduce only the axes of the window, the last two.",
            lambda q, right: {
                "out": pool(_joined(q["x"], beyond, (0, 1)), q["kernel"], stride_of(q)) + 0 * right["out"]
            },
        ),
        Mistake(
            "first-image-only",
            "Only the first image of the batch is computed.",
            lambda q, right: {"out": np.where(np.arange(len(q["x"]))[:, None, None, None] > 0, 0, right["out"])},
        ),
        Mistake(
            "cache-holds-none",
            "The cache must hold the stride in use: if none was passed, that is the kernel's size, not None.",
            lambda q, right: {"cache": (q["x"], q["kernel"], q.get("stride"))},
            convention="cache",
        ),
        Mistake(
            "cache-holds-pairs",
            "The cache must hold kernel and stride as they were passed: an int stays an int.",
            lambda q, right: {"cache": (q["x"], pair(q["kernel"]), pair(stride_of(q)))},
            convention="cache",
        ),
        Mistake(
            "cache-order",
            "The cache is (x, kernel, stride), in this order.",
            lambda q, right: {"cache": (q["x"], stride_of(q), q["kernel"])},
            convention="cache",
        ),
        Mistake(
            "cache-holds-output",
            "The cache must hold x, not the output: the backward pass must know where in x the numbers came from.",
            lambda q, right: {"cache": (right["out"], q["kernel"], stride_of(q))},
            convention="cache",
        ),
        Mistake(
            "cache-holds-part-of-x",
            "The cache must hold x as it was passed, with the rows and columns that no window reaches.",
            lambda q, right: {"cache": (q["x"][reached({"cache": right["cache"]})], q["kernel"], stride_of(q))},
            convention="cache",
        ),
    )


def _windows_larger_by(more: int, windows: Callable[[Inputs, Pair, Pair], dict[str, PlainData]]) -> WrongAnswer:
    """The output with windows that are larger by `more`."""

    def answer(q: Inputs, right: Any) -> dict[str, PlainData]:
        high, wide = pair(q["kernel"])
        return windows(q, (high + more, wide + more), stride_of(q))

    return answer


def _smaller_by(rows: int, columns: int) -> WrongAnswer:
    """Any output with fewer rows and columns."""

    def answer(q: Inputs, right: Any) -> dict[str, PlainData]:
        *_, high, wide = right["out"].shape
        return {"out": OfShape((*q["x"].shape[:2], high - rows, wide - columns))}

    return answer


def _windows(q: Inputs) -> tuple[tuple[int, ...], tuple[int, int]]:
    """(H, W) and (H', W')."""
    return q["x"].shape[2:], map_size(q["x"].shape, q["kernel"], stride_of(q))


def _square(q: Inputs) -> tuple[tuple[int, ...], tuple[int, int]]:
    """(H, W), and (H', H') in the place of (H', W')."""
    image, (high, _) = _windows(q)
    return image, (high, high)


def _joined(x: np.ndarray, beyond: float, axes: tuple[int, ...]) -> np.ndarray:
    """The maximum of x over these axes, if `beyond` is that of max pooling, else the mean."""
    return x.max(axes, keepdims=True) if beyond == -np.inf else x.mean(axes, keepdims=True)
