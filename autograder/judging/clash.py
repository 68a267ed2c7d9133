"""What the messages of NumPy and PyTorch say about shapes: all that a mistake leaves behind where it raises an error.

"Some shapes do not fit" fits too many mistakes. So a mistake that is known by its error asks for the very shapes to
which it leads.
"""

from __future__ import annotations

import re

from autograder.guest.response import Raised

Shape = tuple[int, ...]

SHAPE = re.compile(r"\((\d+(?:,\s?\d+)*,?)\)")  # (3,), (2, 3)
REMAPPED = re.compile(r"->\([^)]*\)|\[original->remapped\]")  # of einsum: what stands before the arrow counts
CORES = re.compile(r"size (\d+) is different from (\d+)|(\d+) \(dim \d+\) != (\d+) \(dim \d+\)")
TENSORS = re.compile(r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)")
RESHAPE = re.compile(r"cannot reshape array of size \d+ into shape \(([\d, ]+)\)")
OUTSIDE = re.compile(r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)")


def clashing(raised: Raised) -> tuple[Shape, ...]:
    """The shapes that could not be broadcast or multiplied, in the order of the message; none for other errors."""
    if raised.type != "ValueError" or not any(word in raised.message for word in ("broadcast", "aligned")):
        return ()
    text = REMAPPED.sub("", raised.message)
    return tuple(tuple(int(n) for n in shape.split(",") if n.strip()) for shape in SHAPE.findall(text))


def reshaped(raised: Raised) -> Shape:
    """The shape that an array could not be reshaped to; empty for other errors."""
    match = RESHAPE.search(raised.message)
    return tuple(int(n) for n in match[1].split(",") if n.strip()) if match else ()


def cores(raised: Raised) -> set[int]:
    """The two sizes that differ where a matrix product, or two tensors, do not fit together; empty for other errors."""
    match = CORES.search(raised.message) or TENSORS.search(raised.message)
    return {int(size) for size in match.groups() if size} if match else set()


def outside(raised: Raised) -> tuple[int, int, int] | None:
    """(index, axis, size of the axis) where an index lies outside its array; None for other errors."""
    match = OUTSIDE.search(raised.message) if raised.type == "IndexError" else None
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def cut_short(raised: Raised, whole: tuple[int, int]) -> tuple[int, int] | None:
    """(rows, columns) of a window that ended too early, where it met one of the `whole` size; None for other errors."""
    ends = {shape[-2:] for shape in clashing(raised) if len(shape) >= 2}
    short = {end for end in ends - {whole} if end[0] <= whole[0] and end[1] <= whole[1]}
    return (*short.pop(),) if whole in ends and len(short) == 1 else None  # type: ignore[return-value]


def pair_refused(raised: Raised, *sizes: object) -> bool:
    """Whether one of these sizes is a pair, and the error is that of using a tuple where a number should be."""
    words = ("tuple", "slice indices", "sequence", "inhomogeneous")
    misused = bool({"TypeError", "ValueError"}.intersection(raised.bases)) and any(w in raised.message for w in words)
    return misused and any(isinstance(size, tuple) for size in sizes)


def number_as_pair(raised: Raised) -> bool:
    """Whether a number was taken apart as if it were a tuple."""
    words = ("unpack", "subscriptable", "iterable", "has no len")
    return raised.type == "TypeError" and any(word in raised.message for word in words)
