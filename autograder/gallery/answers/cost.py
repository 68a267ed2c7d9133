"""conv_cost, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF005

import numpy as np

from autograder.gallery.registry import right, wrong


@right("from conv_output_size")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    HO = conv_output_size(H, kernel, stride, padding)
    WO = conv_output_size(W, kernel, stride, padding)
    params = out_channels * (C * kernel * kernel + 1)
    macs = out_channels * HO * WO * C * kernel * kernel
    return (out_channels, HO, WO), params, macs


@right("written out")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    sizes = tuple((n + 2 * padding - kernel) // stride + 1 for n in in_shape[1:])
    weights = out_channels * in_shape[0] * kernel**2
    return (out_channels, *sizes), weights + out_channels, weights * sizes[0] * sizes[1]


@right("np.prod, made ints")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    out_shape = (out_channels,) + tuple(conv_output_size(n, kernel, stride, padding) for n in in_shape[1:])
    filter_shape = (in_shape[0], kernel, kernel)
    params = int(np.prod(filter_shape)) * out_channels + out_channels
    macs = int(np.prod(out_shape)) * int(np.prod(filter_shape))
    return out_shape, params, macs


@right("counted with loops")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    rows = len(range(0, H + 2 * padding - kernel + 1, stride))
    columns = len(range(0, W + 2 * padding - kernel + 1, stride))
    params = macs = 0
    for _filter in range(out_channels):
        params += 1
        for _channel in range(C):
            params += kernel * kernel
            macs += rows * columns * kernel * kernel
    return (out_channels, rows, columns), params, macs


@wrong("biases-not-counted")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h, w = (conv_output_size(n, kernel, stride, padding) for n in (H, W))
    params = C * kernel * kernel * out_channels
    return (out_channels, h, w), params, params * h * w


@wrong("macs-count-biases")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h, w = (conv_output_size(n, kernel, stride, padding) for n in (H, W))
    params = (C * kernel * kernel + 1) * out_channels
    return (out_channels, h, w), params, params * h * w


@wrong("macs-at-input-size")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h = conv_output_size(H, kernel, stride, padding)
    w = conv_output_size(W, kernel, stride, padding)
    weights = out_channels * C * kernel**2
    return (out_channels, h, w), weights + out_channels, weights * H * W


@wrong("one-channel-filters")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h, w = (conv_output_size(n, kernel, stride, padding) for n in (H, W))
    params = out_channels * (kernel * kernel + 1)
    macs = C * kernel * kernel * out_channels * h * w
    return (out_channels, h, w), params, macs


@wrong("macs-of-one-channel")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h, w = (conv_output_size(n, kernel, stride, padding) for n in (H, W))
    params = out_channels * (C * kernel * kernel + 1)
    return (out_channels, h, w), params, out_channels * h * w * kernel * kernel


@wrong("multiplications-and-additions")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h, w = (conv_output_size(n, kernel, stride, padding) for n in (H, W))
    multiplications = additions = out_channels * h * w * C * kernel**2
    return (out_channels, h, w), out_channels * (C * kernel**2 + 1), multiplications + additions


@wrong("channels-last")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h, w = (conv_output_size(n, kernel, stride, padding) for n in (H, W))
    weights = out_channels * C * kernel**2
    return (h, w, out_channels), weights + out_channels, weights * h * w


@wrong("width-from-height")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    size = conv_output_size(in_shape[1], kernel, stride, padding)
    weights = out_channels * in_shape[0] * kernel**2
    return (out_channels, size, size), weights + out_channels, weights * size**2


@wrong("kernel-not-squared")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h, w = (conv_output_size(n, kernel, stride, padding) for n in (H, W))
    return (out_channels, h, w), out_channels * (C * kernel + 1), out_channels * C * kernel * h * w


@wrong("one-bias-for-all")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h, w = (conv_output_size(n, kernel, stride, padding) for n in (H, W))
    weights = out_channels * C * kernel**2
    return (out_channels, h, w), weights + 1, weights * h * w


@wrong("stride-ignored")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h, w = (conv_output_size(n, kernel, padding=padding) for n in (H, W))
    weights = out_channels * C * kernel**2
    return (out_channels, h, w), weights + out_channels, weights * h * w


@wrong("floats")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h = np.floor((H + 2 * padding - kernel) / stride + 1)
    w = np.floor((W + 2 * padding - kernel) / stride + 1)
    weights = out_channels * C * kernel**2
    return (out_channels, h, w), weights + out_channels, weights * h * w


@wrong("padding-ignored")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h, w = ((n - kernel) // stride + 1 for n in (H, W))
    weights = out_channels * C * kernel**2
    return (out_channels, h, w), weights + out_channels, weights * h * w


@wrong("macs-of-one-filter")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h, w = (conv_output_size(n, kernel, stride, padding) for n in (H, W))
    one_filter = C * kernel**2
    return (out_channels, h, w), out_channels * (one_filter + 1), h * w * one_filter


@wrong("padding-once")
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    h, w = ((n + padding - kernel) // stride + 1 for n in in_shape[1:])
    weights = out_channels * in_shape[0] * kernel**2
    return (out_channels, h, w), weights + out_channels, weights * h * w
