"""conv_output_size, right and wrong."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import right, wrong


@right("the formula")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or stride < 1 or padding < 0:
        raise ValueError(f"kernel {kernel}, stride {stride} or padding {padding} is too small")
    if kernel > size + 2 * padding:
        raise ValueError(f"a kernel of {kernel} does not fit {size} + 2 * {padding}")
    return (size + 2 * padding - kernel) // stride + 1


@right("np.floor, made an int")
def conv_output_size(size, kernel, stride=1, padding=0):
    if min(kernel, stride) < 1:
        raise ValueError(f"kernel and stride must be at least 1, and are {kernel} and {stride}")
    if padding < 0:
        raise ValueError(f"negative padding: {padding}")
    out = int(np.floor((size + 2 * padding - kernel) / stride)) + 1
    if out < 1:
        raise ValueError("the padded input of " + str(size + 2 * padding) + " is smaller than the kernel")
    return out


@right("counts the places")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or padding < 0 or stride < 1:
        raise ValueError("bad size", size, kernel, stride, padding)
    places = 0
    start = -padding
    while start + kernel <= size + padding:
        places += 1
        start += stride
    if places == 0:
        raise ValueError(f"does not fit: size {size}, kernel {kernel}")
    return places


@right("length of a range")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel <= 0 or padding < 0 or stride <= 0:
        raise ValueError("kernel and stride from 1, padding from 0")
    starts = range(0, size + 2 * padding - kernel + 1, stride)
    if not starts:
        raise ValueError(f"no place for a kernel of {kernel} in {size + 2 * padding}")
    return len(starts)


@right("divmod")
def conv_output_size(size, kernel, stride=1, padding=0):
    last = size + 2 * padding - kernel
    if not (kernel >= 1 and stride >= 1 and padding >= 0 and last >= 0):
        raise ValueError(f"{size=} {kernel=} {stride=} {padding=}")
    steps, _left_over = divmod(last, stride)
    return steps + 1


@wrong("rounded-up")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or stride < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError(f"bad sizes: {size}, {kernel}, {stride}, {padding}")
    return int(np.ceil((size + 2 * padding - kernel) / stride)) + 1


@wrong("true-division")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or stride < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError(f"bad sizes: {size}, {kernel}, {stride}, {padding}")
    return (size + 2 * padding - kernel) / stride + 1


@wrong("padding-once")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or stride < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError(f"bad sizes: {size}, {kernel}, {stride}, {padding}")
    return (size + padding - kernel) // stride + 1


@wrong("one-not-added")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or stride < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError(f"bad sizes: {size}, {kernel}, {stride}, {padding}")
    return (size + 2 * padding - kernel) // stride


@wrong("one-added-before-dividing")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or stride < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError(f"bad sizes: {size}, {kernel}, {stride}, {padding}")
    return (size + 2 * padding - kernel + 1) // stride


@wrong("bad-size-accepted")
def conv_output_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


@wrong("fitting-size-refused", "remainder refused")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or stride < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError(f"bad sizes: {size}, {kernel}, {stride}, {padding}")
    if (size + 2 * padding - kernel) % stride:
        raise ValueError(f"the stride {stride} does not divide the image")
    return (size + 2 * padding - kernel) // stride + 1


@wrong("fitting-size-refused", "exact fit refused")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel >= size + 2 * padding or kernel < 1 or stride < 1 or padding < 0:
        raise ValueError(f"the kernel must be smaller than {size}")
    return (size + 2 * padding - kernel) // stride + 1


@wrong("fitting-size-refused", "fit without padding")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel > size or kernel < 1 or stride < 1 or padding < 0:
        raise ValueError(f"the kernel {kernel} is larger than the image")
    return (size + 2 * padding - kernel) // stride + 1


@wrong("refused-by-assert")
def conv_output_size(size, kernel, stride=1, padding=0):
    assert kernel >= 1 and stride >= 1 and padding >= 0, "bad sizes"
    assert kernel <= size + 2 * padding, "does not fit"
    return (size + 2 * padding - kernel) // stride + 1


@wrong("bad-size-accepted", "only the fit is looked at")
def conv_output_size(size, kernel, stride=1, padding=0):
    out = (size + 2 * padding - kernel) // stride + 1
    if out < 1:
        raise ValueError(f"output is empty for a kernel of {kernel}")
    return out


@wrong("bad-size-accepted", "the error is returned")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or stride < 1 or padding < 0 or kernel > size + 2 * padding:
        return ValueError("bad sizes")
    return (size + 2 * padding - kernel) // stride + 1


@wrong("stride-ignored")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or stride < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError(f"bad sizes: {size}, {kernel}, {stride}, {padding}")
    return size - kernel + 2 * padding + 1


@wrong("padding-ignored")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or stride < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError(f"bad sizes: {size}, {kernel}, {stride}, {padding}")
    return len(range(0, size - kernel + 1, stride))


@wrong("stride-as-gap")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or stride < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError(f"bad sizes: {size}, {kernel}, {stride}, {padding}")
    return (size + 2 * padding - kernel) // (stride + 1) + 1


@wrong("stride-not-checked")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError(f"bad sizes: {size}, {kernel}, {stride}, {padding}")
    return (size + 2 * padding - kernel) // stride + 1
