"""The float dtype of a question: all its arrays have the same one, and so must the answer."""

from __future__ import annotations

import numpy as np

from autograder.guest.plain_data import PlainData, arrays_in, strided
from autograder.judging.compare import TOLERANCE, Tolerance


def dtype_of(inputs: PlainData) -> str:
    """The float dtype of a question; float64 if it has no array of floats."""
    return next((str(array.dtype) for _, array in arrays_in(inputs, "") if array.dtype.kind == "f"), "float64")


def tolerance_of(inputs: PlainData) -> Tolerance:
    """The tolerance that goes with the dtype of a question."""
    return TOLERANCE[dtype_of(inputs)]


def cast(value: PlainData, dtype: str, apart: bool = False) -> PlainData:
    """Arrays of floats in another dtype, their elements apart in memory if asked."""
    if isinstance(value, np.ndarray):
        changed = value.astype(dtype) if value.dtype.kind == "f" else value
        return strided(changed) if apart else changed
    if isinstance(value, (tuple, list)):
        return type(value)(cast(item, dtype, apart) for item in value)
    if isinstance(value, dict):
        return {key: cast(item, dtype, apart) for key, item in value.items()}
    return value
