"""Which mistake of a convolution cut a window short: the sizes in the error say where the first such window lay.

whole: (KH, KW). stride, padding: pairs. image: (H, W). counts: (H', W'), the windows along each axis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from autograder.guest.response import Raised
from autograder.judging.clash import cut_short

Sides = tuple[int, int]


def end_without_stride(raised: Raised, whole: Sides, stride: Sides, counts: Sides) -> bool:
    """A window from i·S to i + K has K − i·(S − 1) numbers."""
    return _is_first_cut(
        raised, whole, lambda axis: [whole[axis] - i * (stride[axis] - 1) for i in range(counts[axis])]
    )


def beyond_end(raised: Raised, whole: Sides, stride: Sides, image: Sequence[int], padding: Sides) -> bool:
    """One window more than fits begins in the image and ends beyond it."""
    sizes = _padded(image, padding)
    return _is_first_cut(raised, whole, lambda axis: _seen(sizes[axis], stride[axis], -(-sizes[axis] // stride[axis])))


def without_padding(raised: Raised, whole: Sides, stride: Sides, image: Sequence[int], padding: Sides) -> bool:
    """The windows of the padded image lie on the image itself: beyond its end, or from a negative row or column on."""
    counts = _counts(_padded(image, padding), whole, stride)

    def negative(axis: int) -> list[int]:
        starts = (i * stride[axis] - padding[axis] for i in range(counts[axis]))
        return [len(range(image[axis])[start : start + whole[axis]]) for start in starts]

    beyond = _is_first_cut(raised, whole, lambda axis: _seen(image[axis], stride[axis], counts[axis]))
    return padding != (0, 0) and (beyond or _is_first_cut(raised, whole, negative))


def other_side(raised: Raised, whole: Sides, stride: Sides, image: Sequence[int], padding: Sides) -> bool:
    """The image's height is taken for its width, or the other way round, so that windows run over its edge."""
    sizes = _padded(image, padding)
    counts = _counts(sizes, whole, stride)
    on_its_side = _is_first_cut(raised, whole, lambda axis: _seen(sizes[1 - axis], stride[axis], counts[axis]))
    both = [_is_first_cut(raised, whole, lambda a: _seen(sizes[a], stride[a], counts[side])) for side in (0, 1)]  # noqa: B023
    return image[0] != image[1] and (on_its_side or any(both))


def one_side(raised: Raised, whole: Sides, stride: Sides, image: Sequence[int], padding: Sides) -> bool:
    """The stride or the padding of one side is used for both, so that windows run over the edge."""
    counts = _counts(_padded(image, padding), whole, stride)
    for steps, zeros in product({stride, 2 * stride[:1], 2 * stride[1:]}, {padding, 2 * padding[:1], 2 * padding[1:]}):
        sizes = _padded(image, zeros)
        seen = [_seen(sizes[axis], steps[axis], counts[axis]) for axis in (0, 1)]
        if (steps, zeros) != (stride, padding) and _is_first_cut(raised, whole, seen.__getitem__):
            return True
    return False


def padded_on_one_axis(raised: Raised, whole: Sides, stride: Sides, image: Sequence[int], padding: Sides) -> bool:
    """The image is padded along one axis, and windows along the other one run over its edge."""
    counts = _counts(_padded(image, padding), whole, stride)
    for zeros in ((padding[0], 0), (0, padding[1])):
        sizes = _padded(image, zeros)
        seen = [_seen(sizes[axis], stride[axis], counts[axis]) for axis in (0, 1)]
        if zeros != padding and _is_first_cut(raised, whole, seen.__getitem__):
            return any(zeros)
    return False


def padding_swapped(raised: Raised, whole: Sides, stride: Sides, image: Sequence[int], padding: Sides) -> bool:
    """The zeros above and beside the image are swapped, and windows run over its edge."""
    counts = _counts(_padded(image, padding), whole, stride)
    sizes = _padded(image, padding[::-1])
    differ = padding[0] != padding[1]
    return differ and _is_first_cut(raised, whole, lambda axis: _seen(sizes[axis], stride[axis], counts[axis]))


def counted_twice(raised: Raised, whole: Sides, stride: Sides, image: Sequence[int], padding: Sides) -> bool:
    """The padding is counted twice in the number of windows, and once in the image."""
    sizes = _padded(image, padding)
    counts = _counts(_padded(sizes, padding), whole, stride)
    return any(padding) and _is_first_cut(raised, whole, lambda axis: _seen(sizes[axis], stride[axis], counts[axis]))


def stepped(raised: Raised, whole: Sides, stride: Sides, image: Sequence[int], padding: Sides) -> bool:
    """The stride is the step inside of a window too, which runs over the edge so."""
    sizes = _padded(image, padding)
    counts = _counts(sizes, whole, stride)

    def seen(axis: int) -> list[int]:
        return [-(-left // stride[axis]) for left in _seen(sizes[axis], stride[axis], counts[axis])]

    return max(stride) > 1 and _is_first_cut(raised, whole, seen)


def _padded(image: Sequence[int], padding: Sequence[int]) -> list[int]:
    return [size + 2 * p for size, p in zip(image, padding, strict=True)]


def _counts(sizes: Sequence[int], whole: Sides, stride: Sides) -> list[int]:
    return [(size - k) // s + 1 for size, k, s in zip(sizes, whole, stride, strict=True)]


def _seen(size: int, stride: int, count: int) -> list[int]:
    """How many numbers of an axis lie behind the start of each window."""
    return [size - i * stride for i in range(count)]


def _is_first_cut(raised: Raised, whole: Sides, seen: Callable[[int], Sequence[int]]) -> bool:
    """Whether the window that was cut short is the first one, in the order of two loops, that these sizes cut.

    seen: axis, 0 or 1 → how many numbers each window along it can have, if the whole one has that many.
    """
    rows, columns = ([min(k, max(0, n)) for n in seen(axis)] for axis, k in enumerate(whole))
    if (rows[:1], columns[:1]) != ([whole[0]], [whole[1]]):
        return cut_short(raised, whole) == (*rows[:1], *columns[:1])
    first = {(n, whole[1]) for n in [n for n in rows if n < whole[0]][:1]}
    first |= {(whole[0], n) for n in [n for n in columns if n < whole[1]][:1]}
    return cut_short(raised, whole) in first
