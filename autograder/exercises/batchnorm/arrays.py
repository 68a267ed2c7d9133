"""06_batchnorm: its inputs, and the outputs of wrong normalizations."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs
from autograder.guest.responders.batchnorm import ARRAYS
from autograder.judging import oracle
from autograder.judging.case import Sizes
from autograder.judging.seeds import SmallNumbers, by_hand

OPTIONS = ("training", "momentum", "eps")  # arguments with a default
EPS, MOMENTUM = 1e-5, 0.01  # the defaults
CLEARER = {"eps": 0.5, "momentum": 0.5}  # with which mistakes about them change the first digits


def batchnorm_arrays(sizes: Sizes, rng: Any) -> Inputs:
    """x (N, D) or (N, C, H, W), the other four arrays (D,) or (C,), and the options that the sizes have.

    With `plain`, gamma is 1 and beta 0; with `flat`, all numbers of the first channel are equal; `far` is added to x;
    with `fresh`, running_mean is 0 and running_var 1.
    """
    shape = (sizes["n"], sizes["d"]) if "d" in sizes else tuple(sizes[key] for key in "nchw")
    channels, per_channel = shape[1], (-1, *[1] * (len(shape) - 2))
    deviation, mean = 1 + np.abs(rng.standard_normal(channels)), rng.standard_normal(channels)
    x = rng.standard_normal(shape) * deviation.reshape(per_channel) + mean.reshape(per_channel)
    if by_hand(rng):
        if x.size == 2 * channels:
            raise ValueError("two numbers are normalized to 1 and −1, whatever they are")
        rng = SmallNumbers()
        x = rng.standard_normal(shape)
    if sizes.get("flat"):
        x[:, 0] = mean[0]
    if far := sizes.get("far"):
        x = far + np.round(64 * x) / 64  # sums and means of a power of two of these are exact in float32
    plain, fresh = sizes.get("plain", False), sizes.get("fresh", False)
    arrays = {
        "x": x,
        "gamma": np.ones(channels) if plain else rng.standard_normal(channels),
        "beta": np.zeros(channels) if plain else rng.standard_normal(channels),
        "running_mean": rng.standard_normal(channels),
        "running_var": variances(channels, rng),
    }
    if fresh:
        arrays |= {"running_mean": np.zeros(channels), "running_var": np.ones(channels)}
    return arrays | {key: sizes[key] for key in OPTIONS if key in sizes}


def variances(count: int, rng: Any) -> np.ndarray:
    """Positive numbers; by hand, squares of small numbers above 1."""
    numbers = np.abs(rng.standard_normal(count))
    return np.asarray((numbers % 3 + 2) ** 2 if by_hand(rng) else 0.5 + numbers)


def both_arrays(sizes: Sizes, rng: Any) -> Inputs:
    """dout like x, the arguments of the forward function, and next_batch like x if the sizes have `next`."""
    arrays = batchnorm_arrays(sizes, rng)
    dout = rng.standard_normal(arrays["x"].shape)
    next_batch = {"next_batch": rng.standard_normal(arrays["x"].shape)} if sizes.get("next") else {}
    return {"dout": dout, **arrays, **next_batch}


def in_training(q: Inputs) -> bool:
    """Whether the inputs are for training, which is the default."""
    return bool(q.get("training", True))


def count(q: Inputs) -> int:
    """How many numbers of x share one mean: N, or N·H·W."""
    return int(q["x"].size // q["x"].shape[1])


def batch_moments(q: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """The mean and the biased variance of each channel of this batch, both (C,)."""
    _, mean, var = oracle.batchnorm(**({name: q[name] for name in ARRAYS} | {"momentum": 1.0}))
    return mean, var


def used_moments(q: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """The mean and variance that the right answer normalizes with."""
    return batch_moments(q) if in_training(q) else (q["running_mean"], q["running_var"])


def with_moments(q: Inputs, mean: Any = None, var: Any = None, **changed: Any) -> np.ndarray:
    """out for another mean, another variance (numbers or (C,)), or with other inputs changed."""
    right_mean, right_var = used_moments(q)
    arguments = {name: q[name] for name in ARRAYS} | {"eps": q.get("eps", EPS)} | changed
    arguments["running_mean"] = right_mean if mean is None else mean + 0 * right_mean
    arguments["running_var"] = right_var if var is None else var + 0 * right_var
    return oracle.batchnorm(**arguments, training=False)[0]


def grouped(q: Inputs, *shape: int) -> np.ndarray:
    """out when the moments are those of x in this shape, for each index of its axis 1."""
    x = q["x"].reshape(shape)
    ones = np.ones(x.shape[1])
    x_hat = oracle.batchnorm(x, ones, 0 * ones, 0 * ones, ones, eps=q.get("eps", EPS))[0]
    return with_moments(q | {"x": x_hat.reshape(q["x"].shape)}, mean=0, var=1, eps=0.0)


def columns_first(values: np.ndarray) -> np.ndarray:
    """An array (N, C, H, W) when its rows are made column by column, and are put back row by row."""
    n, c, h, w = values.shape
    return values.transpose(0, 3, 2, 1).reshape(n, h, w, c).transpose(0, 3, 1, 2)
