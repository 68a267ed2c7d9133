"""The work of a convolution in several implementations, to be timed next to the student's functions.

Loops over every window take minutes where other implementations take milliseconds. Only some of their iterations
("rounds") are run, and the time is extrapolated; `benchmarks/convolution.py` compares that with the complete loops.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from utils.speed.timing import PROCESSOR, Task, median_seconds
from utils.threads import one_thread

Array = np.ndarray
ROUNDS = 1000  # iterations of the loops over windows that are run


@dataclass(frozen=True)
class Speed:
    """Speed in GFLOP/s; a multiply-add is two floating-point operations."""

    forward: float
    backward: float


def forward_rounds(x: Array, w: Array, count: int = ROUNDS) -> Array:
    """The work of `count` iterations of the loops over windows: a window times a filter, summed by NumPy.

    Each iteration computes one number of the output, so the complete loops take N·F·H'·W' / count times as long.

    Args:
        x: (N, C, H, W), already padded.
        w: (F, C, KH, KW).

    Returns:
        (count,): the sums; not those of a convolution, as the window hardly moves.
    """
    n_filters, _, kernel_h, kernel_w = w.shape
    sums, bias = np.empty(count, x.dtype), w[:, 0, 0, 0]
    for k in range(count):
        top, left, f = k % 2, 0, k % n_filters
        sums[k] = np.sum(x[0, :, top : top + kernel_h, left : left + kernel_w] * w[f]) + bias[f]
    return sums


def backward_rounds(x: Array, w: Array, count: int = ROUNDS) -> Array:
    """The work of `count` iterations of both backward loops: a window times a number, and a filter times a number.

    Args:
        x: (N, C, H, W), already padded.
        w: (F, C, KH, KW).

    Returns:
        (F, C, KH, KW): the sums of the first loop, not those of a convolution.
    """
    n_filters, _, kernel_h, kernel_w = w.shape
    dw, dx, upstream = np.zeros_like(w), np.zeros_like(x[:1]), x[:, :, :1, :1]
    for start in range(0, count, n_filters):
        top = start % 2
        window = x[0, :, top : top + kernel_h, :kernel_w]
        for f in range(min(n_filters, count - start)):
            dw[f] += upstream[0, 0, 0, 0] * window
    for start in range(0, count, n_filters):
        top, left = start % 2, 0
        for f in range(min(n_filters, count - start)):
            dx[0, :, top : top + kernel_h, left : left + kernel_w] += upstream[0, 0, 0, 0] * w[f]
    return dw


def kernel_products(x: Array, w: Array, out: Array) -> Task:
    """The work of a loop over the KH·KW positions in the kernel, each with a matrix product (F, C) · (C, H'·W').

    Args:
        x: (N, C, H, W), already padded.
        w: (F, C, KH, KW).
        out: (N, F, H', W').
    """
    pixels, total = x[:, :, : out.shape[2], : out.shape[3]], np.zeros((*out.shape[:2], out[0, 0].size), out.dtype)

    def work() -> None:
        for _ in range(w[0, 0].size):
            np.add(total, w[:, :, 0, 0] @ pixels.reshape(*x.shape[:2], -1), out=total)

    return work


def kernel_products_back(x: Array, w: Array, dout: Array) -> Task:
    """The same for the backward pass: at each position in the kernel one product for dw and one for dx.

    Args:
        x: (N, C, H, W), already padded.
        w: (F, C, KH, KW).
        dout: (N, F, H', W').
    """
    pixels, dx = (array[:, :, : dout.shape[2], : dout.shape[3]] for array in (x, np.zeros_like(x)))
    flat = dout.reshape(*dout.shape[:2], -1)

    def work() -> None:
        for _ in range(w[0, 0].size):
            (flat @ pixels.reshape(*x.shape[:2], -1).swapaxes(1, 2)).sum(axis=0)
            np.add(dx, (w[:, :, 0, 0].T @ flat).reshape(pixels.shape), out=dx)

    return work


def pytorch_tasks(x: Array, w: Array, b: Array, dout: Array, padding: int) -> tuple[Task, Task] | None:
    """PyTorch's convolution on the CPU, forward and backward; None if PyTorch is not installed."""
    try:
        import torch
    except ImportError:
        return None
    conv2d = torch.nn.functional.conv2d
    leaves = tuple(torch.from_numpy(array).clone().requires_grad_() for array in (x, w, b))
    image, filters, bias = leaves
    out, upstream = conv2d(image, filters, bias, padding=padding), torch.from_numpy(dout)

    def forward() -> Any:
        with torch.no_grad():
            return conv2d(image, filters, bias, padding=padding)

    return forward, lambda: torch.autograd.grad(out, leaves, upstream, retain_graph=True)


def matrix_product(x: Array, w: Array, out: Array) -> Task:
    """A matrix product with as many multiply-adds as the convolution: (F, C·KH·KW) · (C·KH·KW, N·H'·W')."""
    left = np.ones((len(w), w[0].size), w.dtype)
    right = np.ones((w[0].size, out.shape[0] * out[0, 0].size), x.dtype)
    return lambda: left @ right


def compare_speed(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    x_shape: tuple[int, int, int, int] = (32, 20, 14, 14),
    w_shape: tuple[int, int, int, int] = (50, 20, 5, 5),
    padding: int = 2,
    repeats: int = 9,
) -> dict[str, Speed]:
    """Measure the speed of two functions next to that of other implementations, in float32 on one thread.

    The measurements take turns, in CPU time, so that they can be compared.

    Args:
        forward: (x, w, b, stride, padding) → (out, cache).
        backward: (dout, cache) → (dx, dw, db).
        x_shape: (N, C, H, W); by default 32 images as they enter LeNet-5's second convolution.
        w_shape: (F, C, KH, KW); by default those of LeNet-5's second convolution.
        padding: of the convolution, whose stride is 1.
        repeats: how often each implementation is timed.

    Returns:
        "loops" (over windows), "kernel" (loop over the kernel), "yours", "pytorch" (if it is installed) and "limit" (a
        matrix product) → speed.
    """
    rng = np.random.default_rng(0)
    x, w, b = (rng.standard_normal(shape, dtype=np.float32) for shape in (x_shape, w_shape, w_shape[:1]))
    out, cache = forward(x, w, b, 1, padding)
    dout = rng.standard_normal(out.shape, dtype=np.float32)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    tasks: dict[str, tuple[Task, Task]] = {
        "loops": (lambda: forward_rounds(padded, w), lambda: backward_rounds(padded, w)),
        "kernel": (kernel_products(padded, w, out), kernel_products_back(padded, w, dout)),
        "yours": (lambda: forward(x, w, b, 1, padding), lambda: backward(dout, cache)),
    }
    if (pytorch := pytorch_tasks(x, w, b, dout, padding)) is not None:
        tasks["pytorch"] = pytorch
    product = matrix_product(padded, w, out)
    tasks["limit"] = (product, product)
    with one_thread():
        seconds = [
            median_seconds({name: both[direction] for name, both in tasks.items()}, repeats, clock=PROCESSOR)
            for direction in (0, 1)
        ]
    flops = 2 * out.size * w[0].size
    speeds = {}
    for name in tasks:
        done = flops * (ROUNDS / out.size if name == "loops" else 1.0)
        # the backward pass has twice the work: one product for dw, one for dx
        done_backward = done if name == "limit" else 2 * done
        speeds[name] = Speed(done / seconds[0][name] / 1e9, done_backward / seconds[1][name] / 1e9)
    return speeds
