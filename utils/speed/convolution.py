"""How fast a convolution is, in several ways: the work of each, to be timed beside a function of one's own.

Loops over every window take minutes where others take milliseconds, so of these only some rounds are done, and
counted up. `benchmarks/convolution.py` says how close that comes to the loops themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from utils.speed.timing import PROCESSOR, Task, median_seconds
from utils.threads import one_thread

Array = np.ndarray
ROUNDS = 1000  # of the loops over windows


@dataclass(frozen=True)
class Speed:
    """Billions of floating-point operations a second, forward and backward; a multiply-add is two."""

    forward: float
    backward: float


def forward_rounds(x: Array, w: Array, count: int = ROUNDS) -> Array:
    """The work of `count` rounds of a convolution's innermost loop: a window times a filter, summed by NumPy.

    One round makes one number of the output, so all the loops take (N·F·H'·W' / count) times as long.

    Args:
        x: (N, C, H, W), padded already if there is padding.
        w: (F, C, KH, KW).
    """
    n_filters, _, kernel_h, kernel_w = w.shape
    sums, bias = np.empty(count, x.dtype), w[:, 0, 0, 0]
    for k in range(count):
        top, left, f = k % 2, 0, k % n_filters
        sums[k] = np.sum(x[0, :, top : top + kernel_h, left : left + kernel_w] * w[f]) + bias[f]
    return sums


def backward_rounds(x: Array, w: Array, count: int = ROUNDS) -> Array:
    """The work of `count` rounds of the two loops back: a window times a number, and a filter times a number.

    Args:
        x: (N, C, H, W), padded already if there is padding.
        w: (F, C, KH, KW).
    """
    n_filters, _, kernel_h, kernel_w = w.shape
    to_filters, to_image, upstream = np.zeros_like(w), np.zeros_like(x[:1]), x[:, :, :1, :1]
    for start in range(0, count, n_filters):
        top = start % 2
        window = x[0, :, top : top + kernel_h, :kernel_w]
        for f in range(min(n_filters, count - start)):
            to_filters[f] += upstream[0, 0, 0, 0] * window
    for start in range(0, count, n_filters):
        top, left = start % 2, 0
        for f in range(min(n_filters, count - start)):
            share = upstream[0, 0, 0, 0] * w[f]
            to_image[0, :, top : top + kernel_h, left : left + kernel_w] += share
    return to_filters


def kernel_products(x: Array, w: Array, out: Array) -> Task:
    """The work of a loop over the K·K places of the kernel: at each a matrix product of one weight a channel.

    Args:
        x: (N, C, H, W), padded already if there is padding; w: (F, C, KH, KW); out: (N, F, H', W').
    """
    seen, total = x[:, :, : out.shape[2], : out.shape[3]], np.zeros((*out.shape[:2], out[0, 0].size), out.dtype)

    def work() -> None:
        for _ in range(w[0, 0].size):
            np.add(total, w[:, :, 0, 0] @ seen.reshape(*x.shape[:2], -1), out=total)

    return work


def kernel_products_back(x: Array, w: Array, dout: Array) -> Task:
    """The same on the way back: at each place of the kernel a product for its weights and one for the image."""
    seen, back = (array[:, :, : dout.shape[2], : dout.shape[3]] for array in (x, np.zeros_like(x)))
    flat = dout.reshape(*dout.shape[:2], -1)

    def work() -> None:
        for _ in range(w[0, 0].size):
            (flat @ seen.reshape(*x.shape[:2], -1).swapaxes(1, 2)).sum(axis=0)
            np.add(back, (w[:, :, 0, 0].T @ flat).reshape(seen.shape), out=back)

    return work


def pytorch_tasks(x: Array, w: Array, b: Array, dout: Array, padding: int) -> tuple[Task, Task] | None:
    """PyTorch's convolution on the processor, forward and backward; None where PyTorch is missing."""
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
    """One matrix product with as many multiply-adds as the convolution has: (F, C·KH·KW) times (C·KH·KW, N·H'·W')."""
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
    """Speeds of a convolution's loops, of loops over the kernel, of two functions, of PyTorch and of a matrix product.

    All in float32, by turns and on one thread, in processor time, so that they can be compared.

    Args:
        forward: (x, w, b, stride, padding) → (out, cache).
        backward: (dout, cache) → (dx, dw, db).
        x_shape: (N, C, H, W); w_shape: (F, C, KH, KW). The defaults are LeNet-5's second convolution, 32 images.
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
            median_seconds({name: pair[way] for name, pair in tasks.items()}, repeats, clock=PROCESSOR)
            for way in (0, 1)
        ]
    flops = 2 * out.size * w[0].size
    speeds = {}
    for name in tasks:
        share = ROUNDS / out.size if name == "loops" else 1.0
        # backward has twice the work: one product for the filters, one for the images
        back = 1 if name == "limit" else 2
        speeds[name] = Speed(share * flops / seconds[0][name] / 1e9, back * share * flops / seconds[1][name] / 1e9)
    return speeds
