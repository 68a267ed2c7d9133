"""05_pooling: mistakes about windows in a forward pass, the same for every kind of pooling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.exercises.pooling.error_patterns import (
    PAIR,
    cannot_reshape,
    empty_window,
    fills,
    no_pair,
    overlapping,
    swapped,
)
from autograder.exercises.pooling.inputs import map_size, placed, seen, stride_of
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.mistake import Mistake, OfShape
from autograder.judging.oracle import Pair, pair

Pool = Callable[[np.ndarray, Pair, Pair], np.ndarray]  # (x, kernel, stride) -> out


def forward_mistakes(pool: Pool, beyond: float) -> tuple[Mistake, ...]:
    """Mistakes of a forward pass; `beyond` is what a window that sticks out would find there."""

    def out(**changed: Any) -> Callable[[Inputs, Any], dict[str, PlainData]]:
        """The output with other sizes: each a function of (kernel, stride)."""

        def answer(q: Inputs, right: Any) -> dict[str, PlainData]:
            kernel, stride = q["kernel"], stride_of(q)
            return {"out": pool(q["x"], *(changed[key](kernel, stride) for key in ("kernel", "stride")))}

        return answer

    def places(q: Inputs, kernel: Pair, step: Pair) -> dict[str, PlainData]:
        """As many windows as is right, but of another size or at another distance, whatever they find there."""
        size = map_size(q["x"].shape, q["kernel"], stride_of(q))
        room = [(n - 1) * s + k for n, s, k in zip(size, pair(step), pair(kernel), strict=True)]
        return {"out": pool(placed(q["x"], (room[0], room[1]), beyond), kernel, step)}

    def turned(q: Inputs, *axes: int) -> np.ndarray:
        return np.flip(pool(np.flip(q["x"], axes), q["kernel"], stride_of(q)), axes)

    return (
        Mistake(
            "stride-as-kernel",
            "The windows lie side by side, as if the stride were the kernel's size: window i begins at i·stride.",
            out(kernel=lambda kernel, stride: kernel, stride=lambda kernel, stride: kernel),
            lambda q, right: places(q, q["kernel"], q["kernel"]),
            error=lambda q, raised: overlapping(q["kernel"], stride_of(q)) and empty_window(raised),
        ),
        Mistake(
            "kernel-as-stride",
            "A window is as large as the stride; it reaches from i·stride to i·stride + kernel.",
            out(kernel=lambda kernel, stride: stride, stride=lambda kernel, stride: stride),
            lambda q, right: places(q, stride_of(q), stride_of(q)),
        ),
        Mistake(
            "stride-ignored",
            "The stride is not used: the output has the size it would have with stride 1.",
            out(kernel=lambda kernel, stride: kernel, stride=lambda kernel, stride: 1),
        ),
        Mistake(
            "stride-only-sizes",
            "The stride sets the size of the output but not where the windows begin: window i starts at i·stride.",
            lambda q, right: places(q, q["kernel"], 1),
        ),
        Mistake(
            "window-off-by-one",
            "A window is one too large or too small: a slice stops before its second number, start : start + K.",
            *(_places_of_window(places, more) for more in (-1, 1)),
        ),
        Mistake(
            "stride-default-wrong",
            "Without a stride (None) the step is the kernel's size, so that the windows lie side by side.",
            lambda q, right: {"out": pool(q["x"], q["kernel"], 1)} if q.get("stride") is None else {},
            lambda q, right: {"out": pool(q["x"], q["kernel"], 2)} if q.get("stride") is None else {},
            error=lambda q, raised: q.get("stride") is None and raised.type == "TypeError" and "None" in raised.message,
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
            "The windows are counted from the far end. The first lies in the upper left corner; what is left over is "
            "at the bottom and at the right.",
            lambda q, right: {"out": turned(q, 2, 3)},
        ),
        Mistake(
            "only-side-by-side",
            "Reshaping into blocks works only where the windows lie side by side and fill the image. Cut off the rows "
            "and columns left over first; where the stride is not the kernel's size, another way is needed.",
            error=lambda q, raised: not fills(q["x"], q["kernel"], stride_of(q)) and cannot_reshape(raised),
        ),
        Mistake(
            "width-from-height",
            "The output's width is computed from the height; W' comes from W and the window's width.",
            lambda q, right: {"out": OfShape((*q["x"].shape[:2], *(right["out"].shape[2],) * 2))},
            error=lambda q, raised: _narrow(q) and empty_window(raised),
        ),
        Mistake(
            "height-width-swapped",
            "Pairs are (height, width); yours are used the other way round.",
            out(kernel=lambda kernel, stride: swapped(kernel), stride=lambda kernel, stride: swapped(stride)),
            error=lambda q, raised: isinstance(stride_of(q), tuple) and empty_window(raised),
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
        ),
        Mistake(
            "one-not-added",
            "The output is one too small: (size − kernel) // stride counts the steps, and there is one place more.",
            lambda q, right: {"out": OfShape((*q["x"].shape[:2], *(n - 1 for n in right["out"].shape[2:])))},
        ),
        Mistake("pair-not-accepted", PAIR, error=lambda q, raised: no_pair(raised, q["kernel"], q.get("stride"))),
        Mistake(
            "channels-mixed",
            "A window takes in all channels; each channel of each image is pooled on its own, and out has C of them.",
            lambda q, right: {"out": pool(_joined(q["x"], beyond, (1,)), q["kernel"], stride_of(q)) + 0 * right["out"]},
            lambda q, right: {"out": pool(_joined(q["x"], beyond, (1,)), q["kernel"], stride_of(q))},
        ),
        Mistake(
            "images-mixed",
            "A window takes in all images and channels at once; give the axes of the window, the last two.",
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
            "The cache must hold the stride in use: where none was given, that is the kernel's size, not None.",
            lambda q, right: {"cache": (q["x"], q["kernel"], q.get("stride"))},
        ),
        Mistake(
            "cache-holds-pairs",
            "The cache must hold kernel and stride as they were passed: a whole number stays one.",
            lambda q, right: {"cache": (q["x"], pair(q["kernel"]), pair(stride_of(q)))},
        ),
        Mistake(
            "cache-order",
            "The cache is (x, kernel, stride), in this order.",
            lambda q, right: {"cache": (q["x"], stride_of(q), q["kernel"])},
        ),
        Mistake(
            "cache-holds-output",
            "The cache must hold x, not the output: going back, one must find where in x the numbers came from.",
            lambda q, right: {"cache": (right["out"], q["kernel"], stride_of(q))},
        ),
        Mistake(
            "cache-holds-part-of-x",
            "The cache must hold x as it was given, with the rows and columns that no window reaches.",
            lambda q, right: {"cache": (q["x"][seen({"cache": right["cache"]})], q["kernel"], stride_of(q))},
        ),
    )


def _places_of_window(places: Callable[[Inputs, Pair, Pair], dict[str, PlainData]], more: int) -> Any:
    """The output with windows larger by `more`."""

    def answer(q: Inputs, right: Any) -> dict[str, PlainData]:
        high, wide = pair(q["kernel"])
        return places(q, (high + more, wide + more), stride_of(q))

    return answer


def _narrow(q: Inputs) -> bool:
    """Whether the output is higher than wide."""
    high, wide = map_size(q["x"].shape, q["kernel"], stride_of(q))
    return high > wide


def _joined(x: np.ndarray, beyond: float, axes: tuple[int, ...]) -> np.ndarray:
    """x pooled over other axes as well: their largest number, or their mean."""
    return x.max(axes, keepdims=True) if beyond == -np.inf else x.mean(axes, keepdims=True)
