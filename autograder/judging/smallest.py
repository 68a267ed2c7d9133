"""The smallest case in which an answer is still wrong in the same way, small enough to be followed by hand."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData, arrays_in
from autograder.guest.response import Response
from autograder.judging.case import Case, Sizes
from autograder.judging.compare import Mismatch
from autograder.judging.exercise import Exercise
from autograder.judging.made_of import made_of
from autograder.judging.part import by_field, part_of
from autograder.judging.seeds import SmallNumbers
from autograder.judging.verdict import CaseResult, Example
from autograder.judging.written import NUMBERS_AT_MOST, beside, indexed, nearly_equal, written

# (exercise, inputs) -> response: calls the student's functions, in another process when grading
Ask = Callable[[Exercise, Inputs], Response]

QUESTIONS_AT_MOST = 60  # in the search for a smaller example
WITHOUT_NUMBERS = ("dtype", "missing")  # kinds of mismatch where the numbers are right or not there


@dataclass(frozen=True)
class _Wrong:
    """A case in which the answer is wrong in the same way."""

    sizes: Sizes
    inputs: Inputs
    response: Response
    mismatch: Mismatch


@runtime_checkable
class OwnExample(Protocol):
    """An exercise whose smallest case cannot be found by making a case smaller."""

    def own_example(self, case: Case, response: Response) -> Example | None:
        """What shows by hand what is wrong with the response to this case; None if nothing does."""


class _Search:
    """Asks for answers to cases of other sizes.

    Args:
        failure: the result of `case`, with which the wrong answers have to agree.
        patience: seconds after which nothing more is asked.
    """

    def __init__(self, exercise: Exercise, case: Case, ask: Ask, failure: CaseResult, patience: float) -> None:
        self.exercise, self.case, self.ask, self.failure = exercise, case, ask, failure
        self.questions, self.ends = 0, time.perf_counter() + patience
        self.sign = 0  # of the numbers; 0 for both

    def over(self) -> bool:
        """Whether nothing more may be asked."""
        return self.questions >= QUESTIONS_AT_MOST or time.perf_counter() > self.ends

    def attempt(self, sizes: Sizes, inputs: Inputs | None = None) -> _Wrong | None:
        """The answer to a case of these sizes, or to these inputs, if it is wrong in the same way."""
        if self.over():
            return None
        self.questions += 1
        if inputs is None:
            try:
                inputs = self.exercise.challenge(self.case, SmallNumbers(self.sign), sizes)
            except ValueError:  # the sizes do not fit together
                return None
        response = self.ask(self.exercise, inputs)
        if response.unanswered:
            self.ends = -math.inf
            return None
        if response.error is not None and response.error.ours:
            return None
        findings = self.exercise.judge(self.case, inputs, response)
        first = findings[0] if findings else None
        if first is None or first.mismatch is None or self.failure.mismatch is None:
            return None
        if self.failure.mistake and self.failure.mistake not in first.mistakes:
            return None
        alike = first.mismatch.kind == self.failure.mismatch.kind
        return _Wrong(sizes, inputs, response, first.mismatch) if alike else None


def smallest_example(
    exercise: Exercise, case: Case, ask: Ask, failure: CaseResult, patience: float = math.inf
) -> Example | None:
    """The failing case with the smallest sizes that still fail in the same way, filled with small whole numbers.

    First come the inputs that the exercise has for this case by hand. Else one size at a time is set to its least
    value, or if that does not fail, reduced by less, until none can be reduced. The search ends after `patience`
    seconds, or where an answer does not come.
    """
    if failure.mismatch is None or failure.mismatch.kind in WITHOUT_NUMBERS:
        return None
    if isinstance(exercise, OwnExample):
        return exercise.own_example(case, ask(exercise, exercise.challenge(case, SmallNumbers())))
    search = _Search(exercise, case, ask, failure, patience)
    for inputs in exercise.by_hand(case):
        if wrong := search.attempt({}, inputs):
            return _example(exercise, wrong)
    if not exercise.smallest:
        return None
    sizes = case.draw(np.random.default_rng(0))
    best = search.attempt(sizes) or search.attempt({**sizes, **exercise.clearer})
    for search.sign in (-1, 1) if best is None else ():
        if best := search.attempt(sizes):
            break
    shrinking = best is not None
    while best is not None and shrinking and not search.over():
        shrinking = False
        for smaller in _smaller_sizes(exercise, best.sizes):
            if wrong := search.attempt(smaller):
                best, shrinking = wrong, True
                break
    return _example(exercise, _clearer(search, best)) if best else None


def _clearer(search: _Search, found: _Wrong) -> _Wrong:
    """The same case with another eps or momentum, where its numbers differ from the right ones in late digits alone."""
    if nearly_equal(*_sides(search.exercise, found)):
        for name, value in search.exercise.clearer.items():
            other = search.attempt(found.sizes | {name: value})
            if other and not nearly_equal(*_sides(search.exercise, other)):
                return other
    return found


def _smaller_sizes(exercise: Exercise, sizes: Sizes) -> Iterator[Sizes]:
    for key, least in exercise.smallest.items():
        for smaller in _smaller(sizes.get(key), least):
            yield sizes | {key: smaller}


def _smaller(size: Any, least: int) -> list[Any]:
    """Sizes to try instead, the least first; for a pair, each of its numbers in turn; for a list, shorter ones too."""
    if isinstance(size, list):
        shorter = [size[:k] + size[k + 1 :] for k in range(len(size))]
        return shorter + [
            [*size[:k], each, *size[k + 1 :]] for k, one in enumerate(size) for each in _smaller(one, least)
        ]
    if isinstance(size, tuple):
        return [
            (*size[:k], smaller, *size[k + 1 :]) for k, entry in enumerate(size) for smaller in _smaller(entry, least)
        ]
    if not isinstance(size, int) or size <= least:
        return []
    # two less, because some mistakes show at even sizes alone
    return sorted({least, *(n for n in (size // 2, size - 2, size - 1) if n > least)})


def _example(exercise: Exercise, wrong: _Wrong) -> Example | None:
    """An answer as an example of the part in which it is wrong."""
    fields, part = exercise.fields, wrong.mismatch.part
    right, yours = _sides(exercise, wrong)
    if right is None:
        return None
    arrays = [array for value in (wrong.inputs, right, yours) for _, array in arrays_in(value, "")]
    if any(array.size > NUMBERS_AT_MOST for array in arrays):
        return None  # nobody follows that by hand
    first, second = beside(right, yours, fields.get(part, ()))
    names = wrong.inputs if exercise.card_inputs is None else exercise.card_inputs
    shown = {name: value for name, value in wrong.inputs.items() if name in names}
    return Example(
        tuple((name, written(value)) for name, value in by_field(shown, fields)),
        f"{part} = {first}",
        f"{part} = {second}",
        _first(exercise, wrong, right, yours),
    )


def _sides(exercise: Exercise, wrong: _Wrong) -> tuple[PlainData, PlainData]:
    """The right value of the part that is wrong, and the student's."""
    got = exercise.split_leniently(wrong.response.answer)
    if isinstance(got, str):
        return None, None
    got |= {name: wrong.response.inputs.get(name) for name in exercise.mutates}
    part, fields = wrong.mismatch.part, exercise.fields
    return part_of(exercise.reference(wrong.inputs), part, fields), part_of(got, part, fields)


def _first(exercise: Exercise, wrong: _Wrong, right: PlainData, yours: PlainData) -> str:
    """The first wrong element and where in the inputs the numbers are that it is made of; empty if there is one."""
    index = wrong.mismatch.first
    if index is None or not isinstance(right, np.ndarray) or not isinstance(yours, np.ndarray) or right.size < 2:
        return ""
    pieces = made_of(number_of(exercise, wrong.mismatch.part, index), wrong.inputs, exercise.fields, 0)
    names = ", ".join(name for name, _ in pieces)
    first, second = beside(right[index], yours[index])
    text = f"{indexed(wrong.mismatch.part, index)}: expected {first}, yours {second}"
    return f"{text}; made of {names}" if names else text


def number_of(exercise: Exercise, part: str, index: tuple[int, ...]) -> Callable[[Inputs], Any]:
    """What gives one number of the right answer."""
    return lambda inputs: part_of(exercise.expected(inputs), part, exercise.fields)[index]
