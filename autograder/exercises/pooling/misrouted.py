"""05_pooling: dx of a max pooling whose gradient goes to wrong numbers."""

from __future__ import annotations

import numpy as np

from autograder.exercises.pooling.backward_mistakes import each_window
from autograder.exercises.pooling.error_patterns import swapped
from autograder.exercises.pooling.inputs import reached
from autograder.guest.plain_data import Inputs
from autograder.judging import oracle
from utils.sizes import pair


def area(q: Inputs) -> int:
    """How many numbers a window has."""
    high, wide = pair(q["cache"][1])
    return high * wide


def rounded(q: Inputs) -> np.ndarray:
    """x rounded to about the tolerance of `np.isclose`."""
    return np.round(q["cache"][0], 5)


def last_tie(q: Inputs) -> np.ndarray:
    """To the last of the numbers that tie: the first one after flipping everything."""
    x, kernel, stride = q["cache"]
    dx = np.zeros(x.shape)
    axes = (2, 3)
    dx[reached(q)] = np.flip(
        oracle.max_pool2d_gradient(np.flip(q["dout"], axes), np.flip(x[reached(q)], axes), kernel, stride), axes
    )
    return dx


def by_columns(q: Inputs) -> np.ndarray:
    """To the first of the numbers that tie, going column by column."""
    x, kernel, stride = q["cache"]
    dout, turned = q["dout"].swapaxes(2, 3), x.swapaxes(2, 3)
    return oracle.max_pool2d_gradient(dout, turned, swapped(kernel), swapped(stride)).swapaxes(2, 3)


def in_the_corner(q: Inputs) -> np.ndarray:
    """To the right position in the window, but always in the first window."""
    x, kernel, stride = q["cache"]
    (high, wide), (down, along) = pair(kernel), pair(stride)
    dx = np.zeros(x.shape)
    columns = q["dout"].shape[3]
    for k, part in enumerate(each_window(q, oracle.max_pool2d_gradient)):
        i, j = divmod(k, columns)
        dx[..., :high, :wide] += part[..., i * down : i * down + high, j * along : j * along + wide]
    return dx


def place_transposed(q: Inputs) -> np.ndarray:
    """To row v, column u of the window where row u, column v is right. Raises ValueError if it is not square."""
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


def split_by_height(q: Inputs) -> np.ndarray:
    """To the place that divmod(index, KH) gives, where divmod(index, KW) is right."""
    x, kernel, stride = q["cache"]
    (high, wide), (down, along) = pair(kernel), pair(stride)
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(q["dout"].shape):
        window = x[n, c, i * down : i * down + high, j * along : j * along + wide]
        row, column = divmod(int(window.argmax()), high)
        dx[n, c, i * down + row, j * along + column] += q["dout"][n, c, i, j]
    return dx


def over_channels(q: Inputs, summed: bool) -> np.ndarray:
    """Only to the channel with the largest number; with `summed`, it gets the gradients of all channels."""
    out = oracle.max_pool2d(*q["cache"])
    dout = q["dout"].sum(1, keepdims=True) if summed else q["dout"]
    return oracle.max_pool2d_gradient(np.where(out == out.max(1, keepdims=True), dout, 0), *q["cache"])
