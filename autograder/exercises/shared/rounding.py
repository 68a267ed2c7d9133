"""What rounding does to the gradients of a whole network, and how much of it a check allows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autograder.guest.plain_data import PlainData
from autograder.judging.close import Tolerance
from autograder.judging.compare import Mismatch
from autograder.judging.dtypes import tolerance_of

BEFORE_NORM = ("conv1.bias", "conv2.bias")  # batchnorm subtracts these again, so their gradient is 0
SHARE = 0.05  # of the length of a float32 gradient, that a ReLU or maximum decided by rounding may change


def network_tolerance(x: np.ndarray) -> Tolerance:
    """The tolerance for images of this dtype: a whole network in float32 rounds more often than one layer."""
    return tolerance_of(x).times(10 if x.dtype == np.float32 else 1)


def zeroed_before_norm(grads: PlainData, dtype: np.dtype) -> PlainData:
    """The gradients by key, those of a bias before batchnorm set to 0 where they are nothing but rounding."""
    if not isinstance(grads, dict):
        return grads
    least = 1e-9 if dtype == np.float64 else 1e-4
    size = max((float(np.abs(g).max()) for g in grads.values() if isinstance(g, np.ndarray) and g.size), default=1.0)
    biases = {key: grads.get(key) for key in BEFORE_NORM}
    return grads | {key: g * (np.abs(g) > least * size) for key, g in biases.items() if isinstance(g, np.ndarray)}


def is_rounding(mismatch: Mismatch, expected: Mapping[str, np.ndarray], grads: PlainData) -> bool:
    """Whether a mismatch of float32 gradients may come from a ReLU or maximum that rounding decided the other way.

    expected, grads: the right gradients by key, and the student's.
    """
    key = mismatch.part.removeprefix("grads['").removesuffix("']")
    if mismatch.kind != "value" or key not in expected or expected[key].dtype != np.float32:
        return False
    right, got = expected[key].astype(np.float64), grads[key].astype(np.float64)
    return float(np.linalg.norm(got - right)) <= SHARE * float(np.linalg.norm(right))
