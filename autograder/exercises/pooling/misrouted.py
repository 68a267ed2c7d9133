"""05_pooling: other ways that a gradient could take through a max pooling, each of them wrong."""

from __future__ import annotations

import numpy as np

from autograder.exercises.pooling.backward_mistakes import each_window
from autograder.exercises.pooling.error_patterns import swapped
from autograder.exercises.pooling.inputs import seen
from autograder.guest.plain_data import Inputs
from autograder.judging import oracle
from autograder.judging.oracle import pair


def area(q: Inputs) -> int:
    """Numbers in a window."""
    high, wide = pair(q["cache"][1])
    return high * wide


def rounded(q: Inputs) -> np.ndarray:
    """x to as many digits as `np.isclose` looks at."""
    return np.round(q["cache"][0], 5)


def last_tie(q: Inputs) -> np.ndarray:
    """To the last of those that tie: the first, when everything is turned round."""
    x, kernel, stride = q["cache"]
    dx = np.zeros(x.shape)
    axes = (2, 3)
    dx[seen(q)] = np.flip(
        oracle.max_pool2d_gradient(np.flip(q["dout"], axes), np.flip(x[seen(q)], axes), kernel, stride), axes
    )
    return dx


def by_columns(q: Inputs) -> np.ndarray:
    """To the first of those that tie, column by column."""
    x, kernel, stride = q["cache"]
    dout, turned = q["dout"].swapaxes(2, 3), x.swapaxes(2, 3)
    return oracle.max_pool2d_gradient(dout, turned, swapped(kernel), swapped(stride)).swapaxes(2, 3)


def in_the_corner(q: Inputs) -> np.ndarray:
    """To the right place of the window, but always of the first window."""
    x, kernel, stride = q["cache"]
    (high, wide), (down, along) = pair(kernel), pair(stride)
    dx = np.zeros(x.shape)
    columns = q["dout"].shape[3]
    for k, part in enumerate(each_window(q, oracle.max_pool2d_gradient)):
        i, j = divmod(k, columns)
        dx[..., :high, :wide] += part[..., i * down : i * down + high, j * along : j * along + wide]
    return dx


def place_transposed(q: Inputs) -> np.ndarray:
    """To row v, column u of the window where row u, column v is right; only a square window has both."""
    x, kernel, stride = q["cache"]
    (side, wide), (down, along) = pair(kernel), pair(stride)
    if side != wide:
        raise ValueError("the window is not square")
    dx = np.zeros(x.shape)
    columns = q["dout"].shape[3]
    for k, part in enumerate(each_window(q, oracle.max_pool2d_gradient)):
        i, j = divmod(k, columns)
        window = (..., slice(i * down, i * down + side), slice(j * along, j * along + side))
        dx[window] += part[window].swapaxes(2, 3)
    return dx


def over_channels(q: Inputs, summed: bool) -> np.ndarray:
    """To the channel with the largest number alone; `summed`: and with what all channels should have got."""
    out = oracle.max_pool2d(*q["cache"])
    dout = q["dout"].sum(1, keepdims=True) if summed else q["dout"]
    return oracle.max_pool2d_gradient(np.where(out == out.max(1, keepdims=True), dout, 0), *q["cache"])
