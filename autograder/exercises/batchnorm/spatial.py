"""06_batchnorm: batch normalization of images, with statistics per channel, forward and backward."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autograder.exercises.batchnorm.arrays import (
    CLEARER,
    EPS,
    MOMENTUM,
    OPTIONS,
    batch_moments,
    batchnorm_arrays,
    both_arrays,
    columns_first,
    count,
    grouped,
    in_training,
    used_moments,
    with_moments,
)
from autograder.exercises.batchnorm.backward_mistakes import (
    CACHE,
    FACTORS_AND_SUMS,
    THROUGH_STATISTICS,
    UNSUMMED,
    gradients,
    means_over,
    unsummed,
    weighted,
)
from autograder.exercises.batchnorm.forward import FAR_FROM_ZERO
from autograder.exercises.batchnorm.forward_and_backward import ForwardAndBackward, forward_arguments
from autograder.exercises.batchnorm.forward_mistakes import KEEPING, STATISTICS, batchnorm, each, normalized, only
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.batchnorm import RUNNING
from autograder.judging import oracle
from autograder.judging.case import CONVENTIONS_NAME, Case, Sizes, one_of
from autograder.judging.clash import clashing
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake


def mixed(q: Inputs) -> dict[str, np.ndarray]:
    """The answer when x (N, C, H, W) is reshaped to rows of C numbers without moving the channels last."""
    answer = batchnorm(q, x=q["x"].reshape(-1, q["x"].shape[1]))
    return answer | {"out": answer["out"].reshape(q["x"].shape)}


def along_width(q: Inputs) -> np.ndarray:
    """out when gamma and beta run along the width. Raises ValueError if they do not fit it."""
    return np.asarray(q["gamma"] * normalized(q) + q["beta"])


def all_along_width(q: Inputs) -> np.ndarray:
    """out when the mean and the variance run along the width too. Raises ValueError if they do not fit it."""
    mean, var = used_moments(q)
    return np.asarray(q["gamma"] * ((q["x"] - mean) / np.sqrt(var + q.get("eps", EPS))) + q["beta"])


def within_images(q: Inputs) -> np.ndarray:
    """The mean over the images of each channel's variance within an image, (C,)."""
    n, c, h, w = q["x"].shape
    _, var = oracle.moments(q["x"].reshape(1, n * c, h, w))
    return np.asarray(var.reshape(n, c).mean(axis=0))


class SpatialBatchnormForward(Exercise):
    name, points = "spatial_batchnorm_forward", 10
    returns = ("out", "cache")
    mutates = RUNNING
    axes = {"out": "N C H W", "running_mean": "C", "running_var": "C"}
    keywords = OPTIONS
    smallest, clearer = {"n": 1, "c": 1, "h": 1, "w": 1}, CLEARER
    cases = (
        Case(
            "one image, two channels, gamma 1, beta 0",
            {"n": 1, "c": 2, "h": 3, "w": 2, "plain": True},
            parts=("out",),
            conventions=("memory",),  # the rows of one image alone can be a view of it
        ),
        Case("a batch of images that are not square", {"n": 3, "c": 2, "h": 3, "w": 4}, parts=("out",)),
        Case("running_mean and running_var, one number a channel", {"n": 3, "c": 2, "h": 3, "w": 4}, parts=RUNNING),
        Case("as many channels as columns", {"n": 2, "c": 3, "h": 2, "w": 3}, parts=("out",)),
        Case("momentum 0.3, eps 0.5", {"n": 2, "c": 3, "h": 4, "w": 2, "momentum": 0.3, "eps": 0.5}),
        Case("test time", {"n": 2, "c": 3, "h": 2, "w": 4, "training": False}),
        Case("one channel, one column", {"n": 2, "c": 1, "h": 3, "w": 1}, weight=0.5),
        Case(
            "the first batch: running_mean is 0, running_var 1",
            {"n": 2, "c": 3, "h": 2, "w": 4, "fresh": True},
            parts=RUNNING,
        ),
        replace(FAR_FROM_ZERO, sizes={"n": 2, "c": 3, "h": 4, "w": 2, "far": 512}),
        Case("one image of one pixel, in training", {"n": 1, "c": 3, "h": 1, "w": 1}),
        Case(
            "float32 stays float32",
            {"n": 2, "c": 3, "h": 4, "w": 3, "momentum": 0.2},
            dtype="float32",
            conventions=("dtype",),
        ),
        Case(
            CONVENTIONS_NAME,
            {"n": 2, "c": 3, "h": 3, "w": 2, "momentum": 0.25},
            strided=True,
            conventions=("memory", "cache"),
        ),
        Case(
            "drawn sizes, other momentum and eps",
            {
                "n": range(2, 5),
                "c": range(2, 6),
                "h": range(2, 5),
                "w": range(5, 8),
                "momentum": one_of(0.05, 0.1, 0.9),
                "eps": one_of(1e-3, 0.2),
            },
            hidden=True,
            weight=2,
            hint="In training, with images that are not square; momentum and eps are passed.",
        ),
        Case(
            "drawn sizes, test time",
            {"n": range(1, 4), "c": range(2, 6), "h": range(3, 6), "w": range(1, 4), "training": False, "eps": 0.1},
            hidden=True,
            hint="At test time, the running values are used and are not changed.",
        ),
        Case(
            "drawn sizes, float32, arrays that are not contiguous",
            {"n": range(2, 5), "c": range(2, 5), "h": range(4, 7), "w": range(2, 4), "momentum": 0.5},
            hidden=True,
            dtype="float32",
            strided=True,
            hint="Inputs may be views: change the running arrays in place, through the views that are passed.",
        ),
    )
    mistakes = (
        *STATISTICS,
        *KEEPING,
        Mistake(
            "reshaped-without-moving-axes",
            "x is reshaped to rows of C numbers without moving the channels last, so a column mixes channels.",
            lambda q, right: {"out": mixed(q)["out"]},
            *each(lambda q, right: mixed(q)),
        ),
        Mistake(
            "reshaped-back-without-moving-axes",
            "The rows are right, but they are reshaped to (N, C, H, W) directly: reshape them to (N, H, W, C) first, "
            "then move the channels.",
            lambda q, right: {"out": right["out"].transpose(0, 2, 3, 1).reshape(right["out"].shape)},
        ),
        Mistake(
            "height-and-width-swapped",
            "Height and width change places on the way to rows of C numbers or back: undo the same order of axes.",
            lambda q, right: {"out": columns_first(right["out"])},
        ),
        Mistake(
            "channels-left-last",
            "The output has its channels last: it must be (N, C, H, W).",
            lambda q, right: {"out": right["out"].transpose(0, 2, 3, 1)},
        ),
        Mistake(
            "statistics-per-image",
            "Each image is normalized separately; a channel has one mean, over all N images and their H·W pixels.",
            lambda q, right: only(in_training(q), {"out": grouped(q, 1, q["x"].shape[0] * q["x"].shape[1], -1)}),
            lambda q, right: only(in_training(q), {"out": grouped(q, 1, q["x"].shape[0], -1)}),
        ),
        Mistake(
            "variance-within-images",
            "The variances of the images are averaged, which ignores how the images differ from one another: take one "
            "variance over all N·H·W numbers of a channel.",
            lambda q, right: only(in_training(q), {"out": with_moments(q, var=within_images(q))}),
            lambda q, right: only(
                in_training(q),
                {
                    "running_var": right["running_var"]
                    + q.get("momentum", MOMENTUM) * (within_images(q) - batch_moments(q)[1])
                },
            ),
        ),
        Mistake(
            "statistics-per-pixel",
            "Each pixel has its own mean; a channel has one, over all N images and their H·W pixels.",
            lambda q, right: only(in_training(q), {"out": grouped(q, q["x"].shape[0], -1)}),
        ),
        Mistake(
            "gamma-along-width",
            "gamma and beta are broadcast along the width of the image; they belong to the channels: give them the "
            "shape (1, C, 1, 1).",
            lambda q, right: {"out": along_width(q)},
            lambda q, right: {"out": all_along_width(q)},
            error=lambda q, raised: (q["x"].shape[1],) in clashing(raised) and q["x"].shape in clashing(raised),
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return batchnorm_arrays(sizes, rng)

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {**batchnorm(q), "cache": None}


def mixed_gradients(q: Inputs) -> np.ndarray:
    """dx when dout, but not x, is reshaped to rows of C numbers without moving the channels last."""
    n, c, h, w = q["x"].shape
    return gradients(q, dout=q["dout"].reshape(n, h, w, c).transpose(0, 3, 1, 2))["dx"]


def reshaped_only(values: np.ndarray) -> np.ndarray:
    """An array (N, C, H, W) when it is moved to (N, H, W, C) and then reshaped to (N, C, H, W)."""
    return values.transpose(0, 2, 3, 1).reshape(values.shape)


class SpatialBatchnormBackward(ForwardAndBackward):
    name, points = "spatial_batchnorm_backward", 10
    forward = "spatial_batchnorm_forward"
    arguments = ("spatial_batchnorm_forward", "spatial_batchnorm_backward")
    axes = {"dx": "N C H W", "dgamma": "C", "dbeta": "C"}
    smallest, clearer = {"n": 1, "c": 1, "h": 1, "w": 1}, CLEARER
    cases = (
        Case("dbeta and dgamma", {"n": 2, "c": 3, "h": 2, "w": 4}, parts=("dbeta", "dgamma")),
        Case("dx of one image", {"n": 1, "c": 2, "h": 3, "w": 2}, parts=("dx",)),
        Case("dx of a batch of images that are not square", {"n": 3, "c": 2, "h": 3, "w": 4}, parts=("dx",)),
        Case("one channel, one column", {"n": 2, "c": 1, "h": 3, "w": 1}, weight=0.5),
        Case("as many channels as columns, eps 0.5", {"n": 2, "c": 3, "h": 2, "w": 3, "eps": 0.5}),
        Case("test time", {"n": 2, "c": 3, "h": 2, "w": 4, "training": False, "eps": 0.1}),
        Case(
            "test time, another batch in training before the backward pass",
            {"n": 2, "c": 3, "h": 2, "w": 2, "training": False, "momentum": 0.5, "next": True},
        ),
        Case("float32 stays float32", {"n": 2, "c": 3, "h": 4, "w": 3}, dtype="float32", conventions=("dtype",)),
        Case(CONVENTIONS_NAME, {"n": 2, "c": 3, "h": 3, "w": 2}, strided=True, conventions=("memory",)),
        Case(
            "drawn sizes, another eps",
            {"n": range(2, 5), "c": range(2, 6), "h": range(2, 5), "w": range(5, 8), "eps": one_of(1e-3, 0.2)},
            hidden=True,
            weight=2,
            hint="In training, with images that are not square; eps is passed.",
        ),
        Case(
            "drawn sizes, test time",
            {"n": range(1, 4), "c": range(2, 6), "h": range(3, 6), "w": range(2, 4), "training": False, "eps": 0.1},
            hidden=True,
            hint="At test time, mean and variance are constants.",
        ),
        Case(
            "drawn sizes, float32, arrays that are not contiguous",
            {"n": range(2, 5), "c": range(2, 5), "h": range(4, 7), "w": range(2, 4), "momentum": 0.5, "next": True},
            hidden=True,
            dtype="float32",
            strided=True,
            hint="Inputs may be views, and other calls may come between your forward and your backward call.",
        ),
    )
    mistakes = (
        *CACHE,
        *THROUGH_STATISTICS,
        *FACTORS_AND_SUMS,
        unsummed(*UNSUMMED, lambda q: q["x"].shape[1:], lambda q: q["x"].shape[:2]),
        Mistake(
            "means-over-other-axes",
            "In dx the means run over the images alone, or over the pixels of one image; they run over all N·H·W.",
            *(lambda q, right, axes=axes: means_over(q, axes) for axes in ((0,), (2, 3))),
        ),
        Mistake(
            "divided-by-images",
            "In dx the sums are divided by the number of images; divide by N·H·W: so many numbers share a mean.",
            *weighted(lambda q: (count(q) / len(q["x"]), count(q) / len(q["x"]))),
        ),
        Mistake(
            "reshaped-without-moving-axes",
            "An array is reshaped between (N, C, H, W) and rows of C numbers without moving the channels: dout at the "
            "start, or dx at the end.",
            lambda q, right: {"dx": reshaped_only(right["dx"])},
            lambda q, right: {"dx": mixed_gradients(q)},
            lambda q, right: {"dx": reshaped_only(mixed_gradients(q))},
            lambda q, right: {"dbeta": q["dout"].reshape(-1, q["x"].shape[1]).sum(axis=0)},
        ),
        Mistake(
            "channels-left-last",
            "dx has its channels last: it must be (N, C, H, W).",
            lambda q, right: {"dx": right["dx"].transpose(0, 2, 3, 1)},
        ),
        Mistake(
            "gamma-along-width",
            "Arrays of shape (C,) are broadcast along the width of (N, C, H, W): give them the shape (1, C, 1, 1).",
            error=lambda q, raised: (q["x"].shape[1],) in clashing(raised) and q["x"].shape in clashing(raised),
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return both_arrays(sizes, rng)

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return dict(gradients(q))

    def right_out(self, inputs: Inputs) -> Any:
        return batchnorm(forward_arguments(inputs))["out"].astype(inputs["x"].dtype)
