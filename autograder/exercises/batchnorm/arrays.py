"""06_batchnorm: the arrays that its questions are made of, and what normalizing them in another way would give."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.batchnorm import ARRAYS
from autograder.guest.response import Raised
from autograder.judging import oracle
from autograder.judging.case import Sizes
from autograder.judging.mistake import NotFinite

OPTIONS = ("training", "momentum", "eps")
EPS, MOMENTUM = 1e-5, 0.01  # the defaults in the signature


def batchnorm_arrays(sizes: Sizes, rng: Any) -> Inputs:
    """x (N, D) or (N, C, H, W), the other four (C,), and the options that the sizes name.

    With `plain`, gamma is 1 and beta 0; with `flat`, the numbers of the first channel are all the same.
    """
    shape = (sizes["n"], sizes["d"]) if "d" in sizes else tuple(sizes[key] for key in "nchw")
    channels, per_channel = shape[1], (-1, *[1] * (len(shape) - 2))
    spread, middle = 1 + np.abs(rng.standard_normal(channels)), rng.standard_normal(channels)
    x = rng.standard_normal(shape) * spread.reshape(per_channel) + middle.reshape(per_channel)
    if sizes.get("flat"):
        x[:, 0] = middle[0]
    plain = sizes.get("plain", False)
    arrays = {
        "x": x,
        "gamma": np.ones(channels) if plain else rng.standard_normal(channels),
        "beta": np.zeros(channels) if plain else rng.standard_normal(channels),
        "running_mean": rng.standard_normal(channels),
        "running_var": 0.5 + np.abs(rng.standard_normal(channels)),
    }
    return arrays | {key: sizes[key] for key in OPTIONS if key in sizes}


def both_arrays(sizes: Sizes, rng: Any) -> Inputs:
    """dout like x, the arguments of the forward function, and next_batch like x if the sizes ask for it."""
    arrays = batchnorm_arrays(sizes, rng)
    dout = rng.standard_normal(arrays["x"].shape)
    following = {"next_batch": rng.standard_normal(arrays["x"].shape)} if sizes.get("next") else {}
    return {"dout": dout, **arrays, **following}


def in_training(q: Inputs) -> bool:
    """Whether the question is asked in training, which is the default."""
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
    """out as it would be with another mean, another variance (C,), or another gamma, beta or eps."""
    right_mean, right_var = used_moments(q)
    asked = {name: q[name] for name in ARRAYS} | {"eps": q.get("eps", EPS)} | changed
    asked["running_mean"] = right_mean if mean is None else mean + 0 * right_mean
    asked["running_var"] = right_var if var is None else var + 0 * right_var
    return oracle.batchnorm(**asked, training=False)[0]


def grouped(q: Inputs, *shape: int) -> np.ndarray:
    """out as it would be if x were first given this shape, whose axis 1 numbers what shares one mean."""
    x = q["x"].reshape(shape)
    ones = np.ones(x.shape[1])
    normal = oracle.batchnorm(x, ones, 0 * ones, 0 * ones, ones, eps=q.get("eps", EPS))[0]
    return with_moments(q | {"x": normal.reshape(q["x"].shape)}, mean=0, var=1, eps=0.0)


def finite(values: np.ndarray) -> PlainData:
    """The numbers, or that some of them are not finite."""
    return values if np.all(np.isfinite(values)) else NotFinite()


def do_not_broadcast(raised: Raised) -> bool:
    """Whether arrays of shapes that do not go together met."""
    return raised.type == "ValueError" and any(word in raised.message for word in ("broadcast", "shape", "subscript"))
