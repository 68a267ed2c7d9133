"""The dtype of the floats among the inputs, which the answer must have too, and how the inputs lie in memory."""

from __future__ import annotations

from itertools import cycle

import numpy as np

from autograder.guest.plain_data import PlainData, arrays_in, each_array, strided
from autograder.judging.close import TOLERANCE, Tolerance


def dtype_of(inputs: PlainData) -> str:
    """The dtype of the arrays of floats among the inputs; float64 if there are none."""
    return next((str(array.dtype) for _, array in arrays_in(inputs, "") if array.dtype.kind == "f"), "float64")


def tolerance_of(inputs: PlainData) -> Tolerance:
    """The tolerance that goes with the dtype of the inputs."""
    return TOLERANCE[dtype_of(inputs)]


def cast(value: PlainData, dtype: str) -> PlainData:
    """The value with its arrays of floats in another dtype."""
    return each_array(value, lambda array: array.astype(dtype) if array.dtype.kind == "f" else array)


def not_contiguous(value: PlainData) -> PlainData:
    """The value with no array that lies row by row in memory: in turn column by column, and with gaps.

    Two arrays of one shape have different layouts so, and an answer that reads them in the order of memory shows.
    """
    turns = cycle((True, False))

    def spread(array: np.ndarray) -> np.ndarray:
        columns = np.array(array, order="F")
        return columns if next(turns) and not columns.flags.c_contiguous else strided(array)

    return each_array(value, spread)
