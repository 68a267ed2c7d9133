"""The float dtype of the inputs: all of their arrays have the same one, and the answer must have it too."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

import numpy as np

from autograder.guest.plain_data import PlainData, arrays_in, strided
from autograder.judging.compare import TOLERANCE, Tolerance


def dtype_of(inputs: PlainData) -> str:
    """The dtype of the arrays of floats among the inputs; float64 if there are none."""
    return next((str(array.dtype) for _, array in arrays_in(inputs, "") if array.dtype.kind == "f"), "float64")


def tolerance_of(inputs: PlainData) -> Tolerance:
    """The tolerance that goes with the dtype of the inputs."""
    return TOLERANCE[dtype_of(inputs)]


def cast(value: PlainData, dtype: str) -> PlainData:
    """The value with its arrays of floats in another dtype."""
    return _each_array(value, lambda array: array.astype(dtype) if array.dtype.kind == "f" else array)


def not_contiguous(value: PlainData) -> PlainData:
    """The value with no array that lies row by row in memory: in turn column by column, and with gaps.

    Two arrays of one shape have different layouts so, and an answer that reads them in the order of memory shows.
    """
    turns = cycle((True, False))

    def spread(array: np.ndarray) -> np.ndarray:
        columns = np.array(array, order="F")
        return columns if next(turns) and not columns.flags.c_contiguous else strided(array)

    return _each_array(value, spread)


def _each_array(value: PlainData, change: Callable[[np.ndarray], np.ndarray]) -> PlainData:
    """The value with each of its arrays changed, in order."""
    if isinstance(value, np.ndarray):
        return change(value)
    if isinstance(value, (tuple, list)):
        return type(value)(_each_array(item, change) for item in value)
    if isinstance(value, dict):
        return {key: _each_array(item, change) for key, item in value.items()}
    return value
