"""Conventions: what is asked of an answer beside right numbers, and what it costs to break one.

The numbers of an exercise earn a share of its points: that of the cases, by weight, in which they are right. A broken
convention takes away a fixed part of what they earn, however many cases show it. So a wrong method earns nothing, and
nobody earns more than by the numbers that are right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

# convention → the part of what the numbers earn that it costs to break it
COST = {
    "arguments": 0.1,  # an int or a pair, an argument that is left out
    "cache": 0.1,  # whether a cache is returned, and what is in it
    "device": 0.1,  # network and data where the caller wants them, and results where they are expected
    "dtype": 0.1,  # float32 in, float32 out; a size is an int, a loss a float
    "errors": 0.1,  # errors come through; what cannot or must not be done raises one that helps
    "formats": 0.1,  # on a GPU: channels_last, autocast, and torch.compile if it is asked for
    "memory": 0.1,  # inputs and modes left alone, results in arrays of their own, calls that do not disturb each other
    "speed": 1 / 3,
    "ties": 0.1,  # which of several equal numbers gets the gradient
    "traffic": 0.1,  # on a GPU: nothing copied or read back in every step
    "zeros": 0.1,  # the gradient at a point where there is none
}
# breaking one of these gives other numbers or none, so a case about it says nothing else
SHOWN_BY_NUMBERS = frozenset({"arguments", "device", "formats", "ties", "traffic", "zeros"})
# of these, the ones that other cases allow for: numbers that follow from breaking one are right there
ALLOWED_FOR = frozenset({"ties", "zeros"})
# mistakes that can be made in any exercise → the convention that they break
BROKEN_BY = {
    "calls-disturb": "memory",
    "dtype-lost": "dtype",
    "input-modified": "memory",
    "not-repeatable": "memory",
    "shares-memory": "memory",
}


class Judged(Protocol):
    """What the score needs of the result of a case."""

    @property
    def weight(self) -> float: ...

    @property
    def passed(self) -> bool: ...

    @property
    def convention(self) -> str: ...


def about_numbers(conventions: Sequence[str]) -> bool:
    """Whether a case that looks at these conventions shows whether the numbers are right."""
    return not SHOWN_BY_NUMBERS.intersection(conventions)


def right_share(cases: Iterable[Judged]) -> float:
    """The share of the cases, by weight, in which the numbers are right; a broken convention does not count here.

    It is 0 where no case has a weight.
    """
    cases = list(cases)
    right = sum(case.weight for case in cases if case.passed or case.convention)
    return right / (sum(case.weight for case in cases) or 1.0)


def kept_share(cases: Iterable[Judged]) -> float:
    """The share of the points that is earned: that of the right numbers, less what the broken conventions cost."""
    cases = list(cases)
    broken = {case.convention for case in cases if not case.passed and case.convention}
    return right_share(cases) * (1 - sum(COST[convention] for convention in broken))
