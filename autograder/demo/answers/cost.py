"""conv_cost and receptive_field, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821, RUF005

import numpy as np

from autograder.demo.gallery import right, wrong


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


@wrong("kernel-not-squared", named=False)
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


@wrong("stride-ignored", named=False)
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h, w = (conv_output_size(n, kernel, padding=padding) for n in (H, W))
    weights = out_channels * C * kernel**2
    return (out_channels, h, w), weights + out_channels, weights * h * w


@wrong("floats", named=False)
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h = np.floor((H + 2 * padding - kernel) / stride + 1)
    w = np.floor((W + 2 * padding - kernel) / stride + 1)
    weights = out_channels * C * kernel**2
    return (out_channels, h, w), weights + out_channels, weights * h * w


@wrong("padding-ignored", named=False)
def conv_cost(in_shape, out_channels, kernel, stride=1, padding=0):
    C, H, W = in_shape
    h, w = ((n - kernel) // stride + 1 for n in (H, W))
    weights = out_channels * C * kernel**2
    return (out_channels, h, w), weights + out_channels, weights * h * w


@right("forward, with the jump between neighbours")
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride
    return field


@right("backward from one output")
def receptive_field(layers):
    field = 1
    for kernel, stride in reversed(layers):
        field = (field - 1) * stride + kernel
    return field


@right("recursion")
def receptive_field(layers):
    if len(layers) == 0:
        return 1
    (kernel, stride), *rest = layers
    return (receptive_field(rest) - 1) * stride + kernel


@right("a sum over layers")
def receptive_field(layers):
    strides = [s for _, s in layers]
    return 1 + sum((k - 1) * int(np.prod(strides[:i])) for i, (k, _) in enumerate(layers))


@right("first and last input of output 0")
def receptive_field(layers):
    first = last = 0
    for kernel, stride in list(layers)[::-1]:
        first = first * stride
        last = last * stride + kernel - 1
    return last - first + 1


@wrong("strides-ignored")
def receptive_field(layers):
    return 1 + sum(kernel - 1 for kernel, _ in layers)


@wrong("product-of-kernels")
def receptive_field(layers):
    field = 1
    for kernel, _stride in layers:
        field *= kernel
    return field


@wrong("starts-at-zero")
def receptive_field(layers):
    field, jump = 0, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride
    return field


@wrong("own-stride-too-early")
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        jump *= stride
        field += (kernel - 1) * jump
    return field


@wrong("kernel-times-stride")
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += kernel * jump
        jump *= stride
    return field


@wrong("layers-in-reverse")
def receptive_field(layers):
    field = 1
    for kernel, stride in layers:
        field = (field - 1) * stride + kernel
    return field


@wrong("last-stride-only")
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump = stride
    return field


@wrong("first-kernel-for-all", named=False)
def receptive_field(layers):
    if not layers:
        return 1
    return 1 + len(layers) * (layers[0][0] - 1)


@wrong("layers-used-up", named=False)
def receptive_field(layers):
    field = 1
    while layers:
        kernel, stride = layers.pop()
        field = (field - 1) * stride + kernel
    return field


@wrong("none-for-no-layers", named=False)
def receptive_field(layers):
    for i, (kernel, stride) in enumerate(layers):
        if i == 0:
            field, jump = kernel, stride
        else:
            field += (kernel - 1) * jump
            jump *= stride
    return field
