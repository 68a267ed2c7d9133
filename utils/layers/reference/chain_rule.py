"""Gradients by the chain rule: each step of a computation says how a gradient goes back through it.

There are few kinds of steps, and no derivative is written down. A sum of products is linear in each factor, so a
gradient goes back through the same sum with the factor and the result exchanged; a sum passes it to each of its terms.
A formula for single numbers is differentiated by the complex step: f(x + ih) = f(x) + ih f'(x) + …, in which nothing
cancels (Squire and Trapp, 1998). A maximum along an axis passes the gradient to where it was.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

import numpy as np

SMALL_STEP, STEP = 1e-20, 1e-60  # h of the complex step, in float32 and in float64; h² is lost beside any number
LARGE = 20_000  # products from which a matrix product pays
MEMORY = 1 << 30  # numbers in an intermediate result at most; more than any check needs
DOUBLE = {"float64": " (double)", "float32": " (float)"}  # what C and PyTorch call them
_serial = count()  # a later step has a larger number


class Traced:
    """An array of a computation, and where it came from."""

    def __init__(self, value: Any, *sources: tuple[Traced, Callable[[np.ndarray], np.ndarray]]) -> None:
        self.value = value_of(value)  # that of a leaf, and of one in another shape, shares memory with its source
        self.sources = sources  # what it was computed from, each with how a gradient goes back there
        self.serial = next(_serial)


Operand = Traced | np.ndarray  # an array is a constant


def gradients(function: Callable[..., Traced], arrays: Sequence[np.ndarray], dout: Any) -> list[np.ndarray]:
    """The gradient of sum(function(*arrays) · dout) with respect to every array."""
    leaves = [Traced(array) for array in arrays]
    return backward(function(*leaves), leaves, dout)


@np.errstate(all="ignore")  # a wrong answer may divide by zero
def backward(out: Traced, leaves: Sequence[Traced], dout: Any = 1.0) -> list[np.ndarray]:
    """The gradient of sum(out · dout) with respect to every leaf; zeros for one that out was not computed from.

    Raises:
        ValueError: if dout has another shape than out.
    """
    if np.shape(dout) != out.value.shape:
        raise ValueError(f"the upstream gradient has shape {np.shape(dout)}, the result {out.value.shape}.")
    arrived = {out.serial: np.asarray(dout, dtype=out.value.dtype)}
    for step in sorted(_steps(out), key=lambda step: step.serial, reverse=True):
        for source, back in step.sources:
            gradient, others = back(arrived[step.serial]), arrived.get(source.serial)
            arrived[source.serial] = gradient if others is None else others + gradient
    found = (arrived[leaf.serial] if leaf.serial in arrived else np.zeros_like(leaf.value) for leaf in leaves)
    return [np.array(gradient, order="C") for gradient in found]


def _steps(out: Traced) -> Iterator[Traced]:
    """Every step that out was computed by, once."""
    seen, waiting = set(), [out]
    while waiting:
        step = waiting.pop()
        if step.serial not in seen:
            seen.add(step.serial)
            yield step
            waiting += (source for source, _ in step.sources)


def value_of(operand: Any) -> np.ndarray:
    """The numbers of an operand, traced or not; what is no float is a float64."""
    array = operand.value if isinstance(operand, Traced) else np.asarray(operand)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def values_of(*operands: Operand) -> list[np.ndarray]:
    """The numbers of operands that are used together.

    Raises:
        TypeError: if their dtypes differ: the result would have the dtype of one and the precision of the other.
    """
    values = [value_of(operand) for operand in operands]
    if len({value.dtype for value in values}) > 1:
        names = ", ".join(f"{value.dtype}{DOUBLE.get(str(value.dtype), '')}" for value in values)
        raise TypeError(f"arrays of different data types meet: {names}. Make them alike with .astype.")
    return values


def contract(subscripts: str, *operands: Operand) -> Traced:
    """A sum of products, as in `np.einsum`; no operand has a letter twice, and "->" is written."""
    inputs, output = subscripts.split("->")
    letters, values = inputs.split(","), values_of(*operands)

    def back(k: int) -> Callable[[np.ndarray], np.ndarray]:
        others = [(letters[j], values[j]) for j in range(len(values)) if j != k]
        known = set(output).union(*(name for name, _ in others))
        if alone := [axis for axis, letter in enumerate(letters[k]) if letter not in known]:
            # summed over in this factor alone: every number there gets the same gradient
            ones = np.ones([values[k].shape[axis] for axis in alone], values[k].dtype)
            others.append(("".join(letters[k][axis] for axis in alone), ones))
        names = ",".join([output, *(name for name, _ in others)])
        return lambda dout: einsum(f"{names}->{letters[k]}", dout, *(value for _, value in others))

    sources = [(operand, back(k)) for k, operand in enumerate(operands) if isinstance(operand, Traced)]
    return Traced(np.asarray(einsum(subscripts, *values), order="C"), *sources)


@np.errstate(all="ignore")
def einsum(subscripts: str, *arrays: np.ndarray) -> np.ndarray:
    """As `np.einsum`, two arrays at a time, in an order that is looked for once for each shape."""
    operands = list(arrays)
    for positions, names, products in _plan(subscripts, *(np.shape(array) for array in arrays)):
        chosen = [operands.pop(position) for position in positions]
        # matrix products are faster only where they are large
        operands.append(np.einsum(names, *chosen, optimize=products > LARGE))
    return np.asarray(operands[0])


@functools.lru_cache(maxsize=4096)
def _plan(subscripts: str, *shapes: tuple[int, ...]) -> list[tuple[list[int], str, int]]:
    """For each step: positions of the arrays that it takes off the list, its subscripts, and how many products it adds.

    The result of a step is put at the end of the list.
    """
    inputs, output = subscripts.split("->")
    letters = inputs.split(",")
    empty = [np.broadcast_to(0.0, shape) for shape in shapes]
    size = {
        letter: length
        for name, shape in zip(letters, shapes, strict=True)
        for letter, length in zip(name, shape, strict=True)
    }
    plan = []
    for step in np.einsum_path(subscripts, *empty, optimize=("greedy", MEMORY))[0][1:]:
        positions = sorted(step, reverse=True)
        chosen = [letters.pop(position) for position in positions]
        needed = set(output).union(*letters) if letters else output
        kept = "".join(dict.fromkeys(letter for name in chosen for letter in name if letter in needed))
        kept = kept if letters else output
        letters.append(kept)
        products = math.prod(size[letter] for letter in set().union(*chosen))
        plan.append((positions, f"{','.join(chosen)}->{kept}", products))
    return plan


@np.errstate(all="ignore")
def elementwise(function: Callable[..., Any], *operands: Operand) -> Traced:
    """function(*operands), a formula for single numbers that NumPy computes for complex ones too.

    The operands broadcast. In the formula `.real` keeps a number and stops its gradient.
    """
    values = values_of(*operands)

    def back(k: int) -> Callable[[np.ndarray], np.ndarray]:
        def apply(dout: np.ndarray) -> np.ndarray:
            h = STEP if values[k].itemsize >= 8 else SMALL_STEP
            moved = [value + h * 1j if j == k else value for j, value in enumerate(values)]
            return _summed(dout * (np.imag(function(*moved)) / h), values[k].shape)

        return apply

    sources = [(operand, back(k)) for k, operand in enumerate(operands) if isinstance(operand, Traced)]
    return Traced(np.real(function(*values)), *sources)


@np.errstate(all="ignore")
def add(*operands: Operand) -> Traced:
    """The sum of the operands, which broadcast."""

    def back(shape: tuple[int, ...]) -> Callable[[np.ndarray], np.ndarray]:
        return lambda dout: _summed(dout, shape)

    sources = [(operand, back(operand.value.shape)) for operand in operands if isinstance(operand, Traced)]
    return Traced(functools.reduce(np.add, values_of(*operands)), *sources)


def _summed(gradient: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The gradient of an array that was broadcast from this shape."""
    more = gradient.ndim - len(shape)
    stretched = (axis for axis, length in enumerate(shape, more) if length == 1)
    return gradient.sum((*range(more), *stretched)).reshape(shape)


def reshape(x: Operand, *shape: int) -> Traced:
    """The same numbers in the same order, in another shape."""
    value = value_of(x)
    sources = [(x, lambda dout: dout.reshape(value.shape))] if isinstance(x, Traced) else []
    return Traced(value.reshape(shape), *sources)


def permute(x: Operand, *axes: int) -> Traced:
    """The axes of x in this order."""
    sources = [(x, lambda dout: dout.transpose(np.argsort(axes)))] if isinstance(x, Traced) else []
    return Traced(value_of(x).transpose(axes), *sources)


def largest(x: Operand, axis: int, places: np.ndarray) -> Traced:
    """The largest number of each group along one axis; of equal ones the first gets the gradient.

    places: (groups, members, length), 1 where a member of a group is a number of the axis, else 0.
    """
    members = np.take(value_of(x), places.argmax(-1), axis)  # (…, groups, members, …)
    first = np.expand_dims(members.argmax(axis + 1), axis + 1)

    def back(dout: np.ndarray) -> np.ndarray:
        numbers = np.arange(places.shape[1]).reshape(-1, *[1] * (dout.ndim - axis - 1))
        shares = np.moveaxis((numbers == first) * np.expand_dims(dout, axis + 1), (axis, axis + 1), (-2, -1))
        return np.moveaxis(np.tensordot(shares, places, 2), -1, axis)

    top = np.take_along_axis(members, first, axis + 1).squeeze(axis + 1)
    return Traced(top, *([(x, back)] if isinstance(x, Traced) else []))
