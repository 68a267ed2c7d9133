"""The float dtype of the inputs: all of their arrays have the same one, and the answer must have it too."""

from __future__ import annotations

import numpy as np

from autograder.guest.plain_data import PlainData, arrays_in, strided
from autograder.judging.compare import TOLERANCE, Tolerance


def dtype_of(inputs: PlainData) -> str:
    """The dtype of the arrays of floats among the inputs; float64 if there are none."""
    return next((str(array.dtype) for _, array in arrays_in(inputs, "") if array.dtype.kind == "f"), "float64")


def tolerance_of(inputs: PlainData) -> Tolerance:
    """The tolerance that goes with the dtype of the inputs."""
    return TOLERANCE[dtype_of(inputs)]


def cast(value: PlainData, dtype: str, spaced: bool = False) -> PlainData:
    """The value with its arrays of floats in another dtype; with `spaced`, no array is contiguous in memory."""
    if isinstance(value, np.ndarray):
        changed = value.astype(dtype) if value.dtype.kind == "f" else value
        return strided(changed) if spaced else changed
    if isinstance(value, (tuple, list)):
        return type(value)(cast(item, dtype, spaced) for item in value)
    if isinstance(value, dict):
        return {key: cast(item, dtype, spaced) for key, item in value.items()}
    return value
