"""04_fast_convolution: the forward and backward pass again, with the same numbers, and fast."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autograder.exercises.conv_backward.all_gradients import ConvBackward
from autograder.exercises.convolution.forward import ConvForward
from autograder.exercises.fast_convolution.geometry import SLICE_END, apart, overlaid, slice_end, unfold
from autograder.exercises.fast_convolution.speed import OUT_SHAPE, SPEED_CASE, TOO_SLOW, Timed
from autograder.exercises.shared.conv_gradients import dx, unpacked
from autograder.exercises.shared.convolution import conv
from autograder.guest.plain_data import Inputs
from autograder.judging import oracle
from autograder.judging.case import Case
from autograder.judging.mistake import Mistake, OfShape
from autograder.judging.oracle import pair
from utils.speed.convolution import backward_rounds, forward_rounds
from utils.speed.timing import Task

# a reshape of an array whose numbers lie side by side is a view, through which the array can be changed; and sizes that
# came before find answers that were kept by shape
AGAIN = "the same sizes again with other numbers, side by side in memory"


def again(cases: tuple[Case, ...]) -> Case:
    """The case that checks the conventions, asked once more with contiguous arrays."""
    ruled = next(case for case in cases if case.conventions)
    return replace(ruled, name=AGAIN, strided=False)


# mistakes of the loops forward that are made, or told, otherwise here
TOLD_OTHERWISE = ("window-end-without-stride", "padding-in-every-axis", "reshaped-without-moving-axes")
# mistakes of the loops backward that are made with matrix products too
MADE_HERE_TOO = (
    "gradients-in-another-order",
    "stride-and-padding-swapped",
    "pair-not-accepted",
    "db-averaged",
    "db-averaged-over-places",
    "db-divided-by-n",
    "db-not-summed-over-all",
    "db-wrong-axes",
    "dw-averaged",
    "dw-batch-shuffled",
    "dw-divided-by-n",
    "dw-first-image-only",
    "dw-kernel-transposed",
    "dw-last-image-only",
    "dw-reshaped-without-moving-axes",
    "dw-reversed",
    "dw-stride-ignored",
    "dw-upstream-ignored",
    "dx-batch-shuffled",
    "dx-divided-by-n",
    "dx-end-of-image-left-out",
    "dx-filters-not-summed",
    "dx-first-image-only",
    "dx-kernel-not-turned",
    "dx-last-image-only",
    "dx-nothing-left-without-padding",
    "dx-overlap-averaged",
    "dx-padding-cut-from-one-side",
    "dx-padding-not-cut",
    "dx-reshaped-without-moving-axes",
    "dx-stride-ignored",
)
SCRAMBLED_COLUMNS = (
    "The windows are reshaped to columns as they are, so numbers meet the wrong weights: first bring the axes into the "
    "order N, C, KH, KW, H', W' (transpose), then reshape."
)
NOT_MOVED = (
    "The product is reshaped to (N, F, H', W') although its axes lie in another order: reshape it to what it is, then "
    "move the axes (transpose)."
)
SCRAMBLED_FILTERS = "The filters are reshaped to a matrix the wrong way: w.reshape(F, C·KH·KW) keeps a filter in a row."


def padded(x: np.ndarray, padding: Any) -> np.ndarray:
    """x (N, C, H, W) with zeros around."""
    high, wide = pair(padding)
    return np.pad(x, ((0, 0), (0, 0), (high, high), (wide, wide)))


def filters_scrambled(w: np.ndarray) -> np.ndarray:
    """The filters that come of w.reshape(−1, F).T in place of w.reshape(F, −1)."""
    return w.reshape(-1, len(w)).T.reshape(w.shape)


def column_image(x: np.ndarray, w: np.ndarray, stride: Any, padding: Any, *order: int) -> np.ndarray:
    """The columns of x as an image (N, C·KH·KW, H', W'), with the six axes of the windows in another order.

    A convolution is a 1×1 convolution of it, with the filters as `pointwise` gives them.
    """
    geometry = {"kernel": w.shape[2:], "stride": stride, "padding": padding}
    windows = apart(unfold(x, **geometry), x.shape, **geometry)
    return windows.transpose(order).reshape(len(x), w[0].size, *windows.shape[4:])


def pointwise(w: np.ndarray) -> np.ndarray:
    """w (F, C, KH, KW) → (F, C·KH·KW, 1, 1)."""
    return w.reshape(len(w), -1, 1, 1)


def _moved(right: np.ndarray, *order: int) -> np.ndarray:
    """The output reshaped to (N, F, H', W') from a product whose axes lie in another order."""
    return right.transpose(order).reshape(right.shape)


def _product(q: Inputs, *order: int) -> np.ndarray:
    image = column_image(q["x"], q["w"], q.get("stride", 1), q.get("padding", 0), *order)
    return oracle.conv2d(image, pointwise(q["w"]), q["b"])


class ConvForwardFast(Timed, ConvForward):
    name, points = "conv_forward_fast", 20
    cases = (*ConvForward.cases, again(ConvForward.cases), SPEED_CASE)  # type: ignore[assignment]
    mistakes = (  # type: ignore[assignment]
        TOO_SLOW,
        *(mistake for mistake in ConvForward.mistakes if mistake.name not in TOLD_OTHERWISE),
        Mistake(
            "columns-scrambled",
            SCRAMBLED_COLUMNS,
            lambda q, right: {"out": _product(q, 0, 1, 4, 5, 2, 3)},
            lambda q, right: {"out": _product(q, 0, 4, 5, 1, 2, 3)},
        ),
        Mistake(
            "rows-by-kernel-first",
            "The rows of the columns follow another order than the weights: both run over C, then KH, then KW.",
            lambda q, right: {"out": _product(q, 0, 2, 3, 1, 4, 5)},
        ),
        Mistake(
            "filters-scrambled",
            SCRAMBLED_FILTERS,
            lambda q, right: {"out": conv(q, w=filters_scrambled(q["w"]))},
        ),
        Mistake(
            "reshaped-without-moving-axes",
            NOT_MOVED,
            lambda q, right: {"out": _moved(right["out"], 0, 2, 3, 1)},
            lambda q, right: {"out": _moved(right["out"], 1, 0, 2, 3)},
            lambda q, right: {"out": _moved(right["out"], 1, 2, 3, 0)},
        ),
        Mistake(
            "last-kernel-place-only",
            "Only the last place of the kernel is in the result: in the loop over the kernel add (`+=`), not assign.",
            lambda q, right: {"out": conv(q, w=_last_place(q["w"]))},
        ),
        Mistake(
            "maps-left-flat",
            "The places of each map are still in one row of L numbers: reshape to (N, F, H', W').",
            lambda q, right: {"out": OfShape((*right["out"].shape[:2], right["out"][0, 0].size))},
        ),
        Mistake(
            "height-and-width-swapped",
            "The places are reshaped to (W', H'): H' comes first.",
            lambda q, right: {"out": right["out"].reshape(*right["out"].shape[:2], *right["out"].shape[:1:-1])},
        ),
        Mistake(
            "filters-first",
            "The output has its filters first: it must be (N, F, H', W').",
            lambda q, right: {"out": right["out"].swapaxes(0, 1)},
        ),
        Mistake(
            "cache-holds-columns",
            "The cache must hold x as it was given, not its columns: conv_backward_fast makes them again.",
            lambda q, right: {"cache": (_columns_of(q), *right["cache"][1:])},
        ),
        Mistake(
            "bias-along-places",
            "b is added along the places; it has one number for each row of the product: b[:, None].",
            error=lambda q, raised: "broadcast" in raised.message and f"({len(q['b'])},)" in raised.message,
        ),
        Mistake(
            "slice-end-without-stride",
            SLICE_END,
            error=slice_end,
        ),
    )

    def is_timed(self, inputs: Inputs) -> bool:
        return bool(inputs["x"].shape == (4, 3, 12, 12))

    def loops(self, inputs: Inputs) -> Task:
        x = padded(inputs["x"], inputs["padding"])
        return lambda: forward_rounds(x, inputs["w"])


def _last_place(w: np.ndarray) -> np.ndarray:
    kept = np.zeros_like(w)
    kept[:, :, -1, -1] = w[:, :, -1, -1]
    return kept


def _columns_of(q: Inputs) -> np.ndarray:
    return unfold(q["x"], q["w"].shape[2:], q["stride"], q["padding"])


def _scrambled_dw(q: Inputs, *order: int) -> np.ndarray:
    a = unpacked(q)
    image = column_image(a["x"], a["w"], a["stride"], a["padding"], *order)
    return oracle.conv2d_gradients(a["dout"], image, pointwise(a["w"]))[1].reshape(a["w"].shape)


def _overlaid_dx(q: Inputs) -> np.ndarray:
    a = unpacked(q)
    image = column_image(a["x"], a["w"], a["stride"], a["padding"], 0, 1, 2, 3, 4, 5)
    back = oracle.conv2d_gradients(a["dout"], image, pointwise(a["w"]))[0]
    return overlaid(back.reshape(*back.shape[:2], -1), a["x"].shape, a["w"].shape[2:], a["stride"], a["padding"])


class ConvBackwardFast(Timed, ConvBackward):
    name, points = "conv_backward_fast", 20
    cases = (*ConvBackward.cases, again(ConvBackward.cases), SPEED_CASE)  # type: ignore[assignment]
    mistakes = (
        TOO_SLOW,
        *(mistake for mistake in ConvBackward.mistakes if mistake.name in MADE_HERE_TOO),
        Mistake(
            "columns-scrambled",
            SCRAMBLED_COLUMNS,
            lambda q, right: {"dw": _scrambled_dw(q, 0, 1, 4, 5, 2, 3)},
            lambda q, right: {"dw": _scrambled_dw(q, 0, 4, 5, 1, 2, 3)},
        ),
        Mistake(
            "filters-scrambled",
            SCRAMBLED_FILTERS,
            lambda q, right: {"dx": dx(q, w=filters_scrambled(unpacked(q)["w"]))},
        ),
        Mistake(
            "dx-columns-overlap-assigned",
            "Where windows overlap, the last number overwrites the others; what comes back must add up: `+=` on "
            "slices, np.add.at with arrays of indices.",
            lambda q, right: {"dx": _overlaid_dx(q)},
        ),
        Mistake(
            "dw-left-flat",
            "dw is still a matrix (F, C·KH·KW): give it the shape of w.",
            lambda q, right: {"dw": OfShape((len(right["dw"]), right["dw"][0].size))},
        ),
        Mistake(
            "dw-not-summed-over-images",
            "dw still has an axis for the images: every image adds its share, so sum over it.",
            lambda q, right: {"dw": OfShape((len(right["dx"]), *right["dw"].shape))},
        ),
        Mistake(
            "dx-left-as-columns",
            "dx is still made of columns (N, C·KH·KW, L): col2im lays them back and adds.",
            lambda q, right: {"dx": OfShape((len(right["dx"]), right["dw"][0].size, q["dout"][0, 0].size))},
        ),
        Mistake(
            "product-does-not-fit",
            "The matrices of a product do not fit. Write the shapes down: dw (F, C·KH·KW) = dout (F, L) times columns "
            "(C·KH·KW, L) transposed; dcols (C·KH·KW, L) = filters (F, C·KH·KW) transposed times dout.",
            error=lambda q, raised: raised.type == "ValueError" and "matmul" in raised.message,
        ),
        Mistake(
            "slice-end-without-stride",
            SLICE_END,
            error=slice_end,
        ),
    )

    def is_timed(self, inputs: Inputs) -> bool:
        return bool(inputs["dout"].shape == OUT_SHAPE)

    def loops(self, inputs: Inputs) -> Task:
        x, w, _, _, padding = inputs["cache"]
        image = padded(x, padding)
        return lambda: backward_rounds(image, w)
