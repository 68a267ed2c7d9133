"""Random inputs of an exercise's contract: other sizes, dtypes and numbers than those that its check asks."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs
from autograder.judging.case import Case, OneOf, Sizes
from autograder.judging.conventions import COST
from autograder.judging.exercise import Exercise
from autograder.judging.known import content

LARGEST = 12  # of a length that is drawn, unless all cases have a larger one
CHANGED, OPTIONAL = 0.4, 0.2  # probability that a size is drawn anew; that an optional one is added or left out
WHOLE = 0.25  # probability of small whole numbers, among which there are equal ones


class FewNumbers:
    """A generator that draws from -3 … 3 without 0 in place of the normal distribution, so that numbers are equal."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def standard_normal(self, size: tuple[int, ...] | int = ()) -> np.ndarray:
        return self._rng.choice(np.array([-3, -2, -1, 1, 2, 3]), size).astype(float)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rng, name)


def random_inputs(exercise: Exercise, seed: int) -> Iterator[tuple[Case, Inputs | None]]:
    """Inputs like those of the exercise's cases, each with a case that looks at every convention; never twice the same.

    None where the sizes that were drawn do not fit together, or the inputs were drawn before.
    """
    rng = np.random.default_rng(seed)
    bases = [case for case in exercise.cases if not case.costly and "speed" not in case.conventions]
    conventions = tuple(name for name in COST if name != "speed" and exercise.looks_at(name))
    pool, seen = _pool(exercise), set[Hashable]()
    while bases:
        base = bases[int(rng.integers(len(bases)))]
        sizes = _varied(base.draw(rng), pool, rng)
        dtype = bases[int(rng.integers(len(bases)))].dtype
        case = replace(
            base,
            name="random",
            hidden=True,
            sizes=sizes,
            dtype=dtype,
            strided=rng.random() < 0.3,
            conventions=conventions,
        )
        numbers = FewNumbers(rng) if rng.random() < WHOLE else rng
        inputs = None
        with contextlib.suppress(Exception):  # from an exercise that cannot make inputs of these sizes
            inputs = exercise.challenge(case, numbers, sizes)
        if inputs is not None and content(inputs) in seen:
            inputs = None
        seen.add(content(inputs))
        yield case, inputs


def _pool(exercise: Exercise) -> dict[str, list[Any]]:
    """Size → every value that some case has for it."""
    pool: dict[str, list[Any]] = {}
    for case in exercise.cases:
        for key, value in case.sizes.items():
            options = (
                list(value) if isinstance(value, range) else value.options if isinstance(value, OneOf) else [value]
            )
            pool.setdefault(key, []).extend(options)
    return pool


def _varied(sizes: Sizes, pool: dict[str, list[Any]], rng: np.random.Generator) -> Sizes:
    """The sizes with some of them drawn anew, and options added or left out."""
    varied = {}
    for key, value in sizes.items():
        if not isinstance(value, str) and rng.random() < CHANGED:
            value = _drawn(pool[key], rng)
        varied[key] = value
    numeric = {key for key, values in pool.items() if all(isinstance(value, (int, tuple)) for value in values)}
    for key in sorted(numeric):
        if rng.random() < OPTIONAL:
            if key in varied:
                del varied[key]  # where it is not optional, no inputs can be made
            else:
                varied[key] = _drawn(pool[key], rng)
    return varied


def _drawn(values: list[Any], rng: np.random.Generator) -> Any:
    """A value like one of these: a number in their range, a tuple of such numbers, or for anything else one of them."""
    value = values[int(rng.integers(len(values)))]
    numbers = [n for each in values for n in (each if isinstance(each, tuple) else (each,)) if type(n) is int]
    least, most = min(numbers, default=0), max(numbers, default=0)
    most = min(most, max(LARGEST, least)) + 1

    def number() -> int:
        return int(rng.integers(least, most + 1))

    if type(value) is int:
        return number()
    if isinstance(value, tuple) and value and all(type(n) is int for n in value):
        if math.prod(value) > LARGEST**4:
            return value
        return tuple(number() for _ in value)
    return value
