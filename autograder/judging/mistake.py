"""A known mistake: the sentence that a student needs, and the wrong answers or the error that reveal it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Raised
from autograder.judging.close import TOLERANCE, Tolerance
from autograder.judging.compare import same
from autograder.judging.dtypes import cast, dtype_of

Parts = Mapping[str, Any]  # part of an answer → its value, or what stands for values
# (inputs, part → right value) -> part → wrong value, or what stands for it; exercises call the inputs q, for question
WrongAnswer = Callable[[Inputs, Parts], Parts]
# (inputs, what was raised) -> whether the mistake raises it
ErrorTest = Callable[[Inputs, Raised], bool]


class Several:
    """In a wrong answer: what stands for several values."""

    by_numbers = True  # whether it says more than a shape, or that numbers are not finite

    def fits(self, got: PlainData) -> bool:
        """Whether a value is one of them."""
        raise NotImplementedError


@dataclass(frozen=True)
class OfShape(Several):
    """In a wrong answer: any array of this shape, whatever its numbers. Raises ValueError if there is no such array."""

    shape: tuple[int, ...]
    by_numbers = False

    def __post_init__(self) -> None:
        if min(self.shape, default=0) < 0:
            raise ValueError(f"no array has the shape {self.shape}")

    def fits(self, got: PlainData) -> bool:
        return isinstance(got, np.ndarray) and got.shape == self.shape


@dataclass(frozen=True)
class NotFinite(Several):
    """In a wrong answer: numbers with inf or nan among them."""

    by_numbers = False

    def fits(self, got: PlainData) -> bool:
        return isinstance(got, (float, np.ndarray)) and not np.all(np.isfinite(got))


class NoAnswer(Several):
    """In a wrong answer: nothing, since an error is raised. Every answer that comes speaks against the mistake."""

    def fits(self, got: PlainData) -> bool:
        return False


@dataclass(frozen=True)
class Form:
    """One of the wrong answers that a mistake may lead to."""

    mistake: str  # its id
    number: int  # of the wrong answer, from 0


Hypothesis = str | Form  # a mistake by its id, or one form of it


def mistake_of(hypothesis: Hypothesis) -> str:
    """The id of the mistake."""
    return hypothesis.mistake if isinstance(hypothesis, Form) else hypothesis


def also_where(answer: WrongAnswer, *conditions: Callable[[Inputs], bool]) -> tuple[WrongAnswer, ...]:
    """A wrong answer to all questions; and for each condition, to those alone whose inputs meet it."""

    def where(condition: Callable[[Inputs], bool]) -> WrongAnswer:
        return lambda q, right: answer(q, right) if condition(q) else {}

    return answer, *map(where, conditions)


class Mistake:
    """A known mistake. It is recognised by any one of its wrong answers, or by the error that it raises.

    Mistake("averaged", "db is averaged; …", lambda q, right: {"db": right["db"] / len(q["dout"])})
    """

    def __init__(
        self,
        name: str,
        says: str,
        *answers: WrongAnswer,
        error: ErrorTest = lambda inputs, raised: False,
        convention: str = "",
    ) -> None:
        self.name = name  # its id, in kebab-case
        self.says = says  # what is wrong and what to look at, for the student
        self.answers = answers  # the wrong answers that it may lead to
        self.error = error  # whether it leads to this error
        self.convention = convention  # the one that it breaks, if it is no mistake in the numbers

    def renamed(self, name: str) -> Mistake:
        """The same mistake under another id."""
        return Mistake(name, self.says, *self.answers, error=self.error, convention=self.convention)

    def wrong_answers(self, inputs: Inputs, right: Parts, parts: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The wrong answers to one question, reduced to `parts`; without those that are right in all of them."""
        return (wrong for _, wrong in self.forms(inputs, right, parts))

    def forms(self, inputs: Inputs, right: Parts, parts: Sequence[str]) -> Iterator[tuple[Form, dict[str, Any]]]:
        """As `wrong_answers`, each with which of them it is."""
        for number, answer in enumerate(self.answers):
            if wrong := _wrong_parts(answer, inputs, right, parts):
                yield Form(self.name, number), wrong


def _wrong_parts(answer: WrongAnswer, inputs: Inputs, right: Parts, parts: Sequence[str]) -> dict[str, Any]:
    """What `answer` gives in these parts; empty if that is right, or if it is not defined for these inputs."""
    dtype = dtype_of(inputs)
    with contextlib.suppress(Exception):  # a wrong answer need not be defined for every geometry
        wrong = {part: cast(value, dtype) for part, value in answer(inputs, right).items() if part in parts}
        if any(not fits(value, right[part], TOLERANCE[dtype]) for part, value in wrong.items()):
            return wrong
    return {}


def by_numbers(wanted: Any) -> bool:
    """Whether a value of a wrong answer says more than a shape, or that numbers are not finite."""
    if isinstance(wanted, Several):
        return wanted.by_numbers
    floats = isinstance(wanted, float) or (isinstance(wanted, np.ndarray) and wanted.dtype.kind == "f")
    return not floats or np.size(wanted) == 0 or bool(np.isfinite(wanted).any())


def fits(wanted: Any, got: PlainData, tolerance: Tolerance) -> bool:
    """Whether a value is the one that a wrong answer has in its place."""
    return wanted.fits(got) if isinstance(wanted, Several) else same(wanted, got, tolerance)
