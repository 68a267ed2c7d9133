"""A case, which is one question of a check, and a finding, which is one thing wrong with the answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Response
from autograder.judging.compare import Mismatch
from autograder.judging.mistake import Form

Sizes = dict[str, Any]  # what the inputs of a case are made from, by name: lengths of axes, options, kinds of numbers

# the name of the case that checks the conventions on arrays that are not contiguous
CONVENTIONS_NAME = "inputs left alone, results in new arrays, same answer twice"


@dataclass(frozen=True)
class OneOf:
    """A size that is drawn from a list."""

    options: tuple[Any, ...]


def one_of(*options: Any) -> OneOf:
    """`one_of(1, 3)`: a size drawn from these."""
    return OneOf(options)


@dataclass(frozen=True)
class Case:
    """One row of a check: a question, and what counts in the answer."""

    name: str  # shown to students; it is part of the random seed, so a case under a new name has new numbers
    sizes: Sizes = field(default_factory=dict)  # a `range` or `one_of(…)` among them is drawn, anew for each course
    hidden: bool = False  # asked only when grading, with numbers that students have not seen
    weight: float = 1.0  # its share of what right numbers earn, relative to the other cases about numbers
    dtype: str = "float64"  # of every array of floats in the inputs
    strided: bool = False  # whether the inputs are arrays that are not contiguous
    parts: tuple[str, ...] = ()  # the parts of the answer that count here; default: all of the exercise's
    costly: bool = False  # whether answering takes seconds, because a network is trained
    conventions: tuple[str, ...] = ()  # those that count here, of judging.conventions; default: the numbers alone
    hint: str = ""  # shown when the case fails

    def draw(self, rng: np.random.Generator) -> Sizes:
        """The sizes, with a value drawn for each `range` and each `one_of(…)`."""
        drawn = {}
        for key, value in self.sizes.items():
            if isinstance(value, range):
                value = int(rng.integers(value.start, value.stop))
            elif isinstance(value, OneOf):
                value = value.options[int(rng.integers(len(value.options)))]
            drawn[key] = value
        return drawn


@dataclass(frozen=True)
class MustRaise:
    """Stands for an answer that has to be an exception."""

    type: str  # name of the exception's class


@dataclass(frozen=True)
class Attempt:
    """One answer that is judged."""

    case: Case
    inputs: Inputs
    response: Response
    expected: Mapping[str, PlainData]  # part → right value
    got: Mapping[str, PlainData]  # part → value


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with an answer."""

    text: str  # the sentence for the student
    mistakes: tuple[str, ...] = ()  # ids of the known mistakes that lead to this answer, in the order of the exercise
    mismatch: Mismatch | None = None  # which numbers differ, if the answer was compared with the reference
    convention: str = ""  # the one that is broken, if the numbers are right
    against: frozenset[str] = frozenset()  # mistakes that would have led to other numbers than these wrong ones
    guesses: frozenset[str] = frozenset()  # of `mistakes`, the ones that fit, but by nothing that is theirs alone
    forms: frozenset[Form] = frozenset()  # the wrong answers of `mistakes` that this one is
    ours: bool = False  # whether it is an error of the course's own, which says nothing about the answer
