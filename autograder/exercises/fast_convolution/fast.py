"""04_fast_convolution: the forward and backward pass of 02 and 03 as matrix products, judged for speed too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autograder.exercises.conv_backward.all_gradients import ConvBackward
from autograder.exercises.convolution.forward import ConvForward
from autograder.exercises.fast_convolution.geometry import SLICE_END, overlaid, slice_end, split_axes, unfold
from autograder.exercises.fast_convolution.speed import OUT_SHAPE, SPEED_CASE, TOO_SLOW, Timed
from autograder.exercises.shared.conv_gradients import dx, only, unpacked
from autograder.exercises.shared.convolution import conv, map_size
from autograder.guest.plain_data import Inputs
from autograder.judging import oracle
from autograder.judging.case import Case
from autograder.judging.clash import clashing, cores
from autograder.judging.mistake import Mistake, OfShape
from utils.sizes import pair
from utils.speed.convolution import backward_rounds, forward_rounds
from utils.speed.timing import Task

# a reshape of a contiguous array is a view, through which an input can be modified; the sizes of an earlier case reveal
# results that are kept by shape
AGAIN = "the same sizes again with other numbers, side by side in memory"

# images may be taken a few at a time, and 9 is no multiple of what anybody takes; L = F = 4
NINE_IMAGES = Case(
    "nine images, as many places as filters",
    {"n": 9, "c": 2, "h": 4, "w": 4, "f": 4, "kernel": 3, "stride": 1, "padding": 0},
    hint="Code that takes some images at a time must come to the last one, and b belongs to the filters.",
)


def again(cases: tuple[Case, ...]) -> Case:
    """The case that checks the conventions, once more with contiguous arrays."""
    conventions = next(case for case in cases if "memory" in case.conventions)
    return replace(conventions, name=AGAIN, strided=False, conventions=("memory",))


# mistakes of the forward loops that are made here in another way, or need another sentence
DIFFERENT_HERE = (
    *("window-end-without-stride", "padding-in-every-axis", "reshaped-without-moving-axes"),
    *("kernel-as-square", "last-place-left-out", "stride-as-dilation"),
    *("padded-on-one-axis", "padding-counted-twice"),
)
# mistakes of the backward loops that are made with matrix products too
MADE_HERE_TOO = (
    "gradients-in-another-order",
    "stride-and-padding-swapped",
    "cache-of-pairs-expected",
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
    "The windows are reshaped to columns without moving the axes, so numbers are multiplied by the wrong weights: "
    "first transpose to the order N, C, KH, KW, H', W', then reshape."
)
NOT_MOVED = (
    "The product is reshaped to (N, F, H', W') although its axes are in another order: reshape it to the axes that it "
    "has, then transpose."
)
SCRAMBLED_FILTERS = "The filters are reshaped to a wrong matrix: w.reshape(F, C·KH·KW) keeps each filter in one row."


def padded(x: np.ndarray, padding: Any) -> np.ndarray:
    """x (N, C, H, W) with zeros around each image."""
    high, wide = pair(padding)
    return np.pad(x, ((0, 0), (0, 0), (high, high), (wide, wide)))


def filters_scrambled(w: np.ndarray) -> np.ndarray:
    """The filters when w.reshape(−1, F).T is used in place of w.reshape(F, −1)."""
    return w.reshape(-1, len(w)).T.reshape(w.shape)


def column_image(x: np.ndarray, w: np.ndarray, stride: Any, padding: Any, *order: int) -> np.ndarray:
    """The columns of x as an image (N, C·KH·KW, H', W'), with the six axes of the windows in another order.

    A convolution of x is a 1×1 convolution of this image, with the filters as `pointwise` gives them.
    """
    geometry = {"kernel": w.shape[2:], "stride": stride, "padding": padding}
    windows = split_axes(unfold(x, **geometry), x.shape, **geometry)
    return windows.transpose(order).reshape(len(x), w[0].size, *windows.shape[4:])


def pointwise(w: np.ndarray) -> np.ndarray:
    """w (F, C, KH, KW) → (F, C·KH·KW, 1, 1)."""
    return w.reshape(len(w), -1, 1, 1)


def _moved(right: np.ndarray, *order: int) -> np.ndarray:
    """The output when a product whose axes are in another order is reshaped to (N, F, H', W')."""
    return right.transpose(order).reshape(right.shape)


def _product(q: Inputs, *order: int) -> np.ndarray:
    """The output when the windows' axes are in this order before they are reshaped to columns."""
    image = column_image(q["x"], q["w"], q.get("stride", 1), q.get("padding", 0), *order)
    return oracle.conv2d(image, pointwise(q["w"]), q["b"])


def _bias_along_places(q: Inputs, right: np.ndarray) -> np.ndarray:
    """The output where b is added along the places; only where there are as many as filters."""
    without = right - q["b"][:, None, None]
    return (without.reshape(*right.shape[:2], len(q["b"])) + q["b"]).reshape(right.shape)


class ConvForwardFast(Timed, ConvForward):
    name, points = "conv_forward_fast", 20
    cases = (*ConvForward.cases, again(ConvForward.cases), NINE_IMAGES, SPEED_CASE)
    mistakes = (  # type: ignore[assignment]
        TOO_SLOW,
        *(mistake for mistake in ConvForward.mistakes if mistake.name not in DIFFERENT_HERE),
        Mistake(
            "columns-scrambled",
            SCRAMBLED_COLUMNS,
            lambda q, right: {"out": _product(q, 0, 1, 4, 5, 2, 3)},
            lambda q, right: {"out": _product(q, 0, 4, 5, 1, 2, 3)},
        ),
        Mistake(
            "rows-by-kernel-first",
            "The rows of the columns are in another order than the weights: both must be ordered by C, then KH, then "
            "KW.",
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
            "Only the last position of the kernel is in the result: in the loop over the kernel, add (`+=`), do not "
            "assign.",
            lambda q, right: {"out": conv(q, w=_last_position(q["w"]))},
        ),
        Mistake(
            "maps-left-flat",
            "Each map is still one row of L numbers: reshape to (N, F, H', W').",
            lambda q, right: {"out": OfShape((*right["out"].shape[:2], right["out"][0, 0].size))},
        ),
        Mistake(
            "height-and-width-swapped",
            "The maps are reshaped to (W', H'): H' comes first.",
            lambda q, right: {"out": right["out"].reshape(*right["out"].shape[:2], *right["out"].shape[:1:-1])},
        ),
        Mistake(
            "filters-first",
            "The output has its filters first: it must be (N, F, H', W').",
            lambda q, right: {"out": right["out"].swapaxes(0, 1)},
        ),
        Mistake(
            "cache-holds-columns",
            "The cache must hold x as it was passed, not its columns: conv_backward_fast computes them again.",
            lambda q, right: {"cache": (_columns_of(q), *right["cache"][1:])},
            convention="cache",
        ),
        Mistake(
            "bias-along-places",
            "b is added along the positions; it has one number for each row of the product: b[:, None].",
            lambda q, right: {"out": _bias_along_places(q, right["out"])},
            error=lambda q, raised: q["b"].shape in clashing(raised),
        ),
        Mistake(
            "slice-end-without-stride",
            SLICE_END,
            error=lambda q, raised: slice_end(raised, map_size(q), q.get("stride", 1)),
        ),
    )

    def is_timed(self, inputs: Inputs) -> bool:
        return bool(inputs["x"].shape == (4, 3, 12, 12))

    def loops(self, inputs: Inputs) -> Task:
        x = padded(inputs["x"], inputs["padding"])
        return lambda: forward_rounds(x, inputs["w"])


def _last_position(w: np.ndarray) -> np.ndarray:
    """w with zeros everywhere except at the last position of each kernel."""
    return only(only(w, -1, axis=2), -1, axis=3)


def _columns_of(q: Inputs) -> np.ndarray:
    return unfold(q["x"], q["w"].shape[2:], q["stride"], q["padding"])


def _scrambled_dw(q: Inputs, *order: int) -> np.ndarray:
    """dw when the windows' axes are in this order before they are reshaped to columns."""
    a = unpacked(q)
    image = column_image(a["x"], a["w"], a["stride"], a["padding"], *order)
    return oracle.conv2d_gradients(a["dout"], image, pointwise(a["w"]))[1].reshape(a["w"].shape)


def _overlaid_dx(q: Inputs) -> np.ndarray:
    """dx when overlapping windows overwrite each other, kernel position by kernel position."""
    a = unpacked(q)
    image = column_image(a["x"], a["w"], a["stride"], a["padding"], 0, 1, 2, 3, 4, 5)
    back = oracle.conv2d_gradients(a["dout"], image, pointwise(a["w"]))[0]
    return overlaid(back.reshape(*back.shape[:2], -1), a["x"].shape, a["w"].shape[2:], a["stride"], a["padding"])


class ConvBackwardFast(Timed, ConvBackward):
    name, points = "conv_backward_fast", 20
    cases = (*ConvBackward.cases, again(ConvBackward.cases), NINE_IMAGES, SPEED_CASE)
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
            "Where windows overlap, the last number overwrites the others; they must be added: `+=` with slices, "
            "np.add.at with arrays of indices.",
            lambda q, right: {"dx": _overlaid_dx(q)},
        ),
        Mistake(
            "dw-left-flat",
            "dw is still a matrix (F, C·KH·KW): reshape it to the shape of w.",
            lambda q, right: {"dw": OfShape((len(right["dw"]), right["dw"][0].size))},
        ),
        Mistake(
            "dw-not-summed-over-images",
            "dw still has an axis for the images: every image contributes to it, so sum over that axis.",
            lambda q, right: {"dw": OfShape((len(right["dx"]), *right["dw"].shape))},
        ),
        Mistake(
            "dx-left-as-columns",
            "dx still consists of columns (N, C·KH·KW, L): col2im adds them back into images.",
            lambda q, right: {"dx": OfShape((len(right["dx"]), right["dw"][0].size, q["dout"][0, 0].size))},
        ),
        Mistake(
            "product-does-not-fit",
            "The shapes of a matrix product do not fit. Write them down: dw (F, C·KH·KW) = dout (F, L) times columns "
            "(C·KH·KW, L) transposed; dcols (C·KH·KW, L) = filters (F, C·KH·KW) transposed times dout.",
            error=lambda q, raised: bool(cores(raised)),
        ),
        Mistake(
            "slice-end-without-stride",
            SLICE_END,
            error=lambda q, raised: slice_end(raised, q["dout"].shape[2:], q["cache"][3]),
        ),
    )

    def is_timed(self, inputs: Inputs) -> bool:
        return bool(inputs["dout"].shape == OUT_SHAPE)

    def loops(self, inputs: Inputs) -> Task:
        x, w, _, _, padding = inputs["cache"]
        image = padded(x, padding)
        return lambda: backward_rounds(image, w)
