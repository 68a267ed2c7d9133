"""Sizes given as one int for both axes or as (height, width): kernels, strides and paddings."""

from __future__ import annotations

import numpy as np

Pair = int | tuple[int, int]


def pair(size: Pair) -> tuple[int, int]:
    """(height, width) of a size that may be one int for both; Python ints, also from NumPy's.

    Raises:
        ValueError: if it has neither one number nor two.
    """
    height, width = np.broadcast_to(size, 2).tolist()
    return height, width
