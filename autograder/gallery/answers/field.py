"""receptive_field, right and wrong."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import right, wrong


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


@wrong("input-modified", "layers used up")
def receptive_field(layers):
    field = 1
    while layers:
        kernel, stride = layers.pop()
        field = (field - 1) * stride + kernel
    return field


@wrong("name-unknown", "none for no layers")
def receptive_field(layers):
    for i, (kernel, stride) in enumerate(layers):
        if i == 0:
            field, jump = kernel, stride
        else:
            field += (kernel - 1) * jump
            jump *= stride
    return field


@wrong("area")
def receptive_field(layers):
    side, jump = 1, 1
    for kernel, stride in layers:
        side += (kernel - 1) * jump
        jump *= stride
    return side * side


@wrong("sum-of-kernels")
def receptive_field(layers):
    return sum(kernel for kernel, stride in layers)
