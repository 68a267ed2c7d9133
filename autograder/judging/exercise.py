"""What an exercise is: the questions it asks, how an answer is judged, and which mistakes are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData, identical, perturbed
from autograder.guest.question import Functions, Question
from autograder.guest.responders import gather
from autograder.guest.response import Raised, Response
from autograder.judging.compare import Mismatch, Tolerance, differences, kind_of, same
from autograder.judging.dtypes import cast, dtype_of, tolerance_of
from autograder.judging.known import known
from autograder.judging.mistake import Mistake, fits

Sizes = dict[str, Any]
AskTimed = Callable[[Inputs], tuple[Response, float]]  # the response, and seconds of processor time it took there

RULES_NAME = "inputs left alone, results in new arrays, same answer twice"  # the case that looks at the rules
OWN_NAME = {"dtype": ("dtype-lost",)}  # kinds of mismatch that are a mistake by themselves
KEPT = ("kept-from-before",)


@dataclass(frozen=True)
class OneOf:
    """A size that a hidden case draws from a list."""

    options: tuple[Any, ...]


def one_of(*options: Any) -> OneOf:
    """`one_of(1, 3)`: a size drawn from these."""
    return OneOf(options)


@dataclass(frozen=True)
class Case:
    """One question: a name that students read, the sizes its inputs are made from, and what is looked at.

    Sizes may be a `range` or `one_of(…)`, drawn anew for each course in hidden cases.
    """

    name: str
    sizes: Sizes = field(default_factory=dict)
    hidden: bool = False
    weight: float = 1.0
    dtype: str = "float64"
    strided: bool = False  # hand over arrays that are not contiguous
    parts: tuple[str, ...] = ()  # parts of the answer that count here; default: all of the exercise's
    costly: bool = False  # trains a network, which takes seconds
    rules: bool = False  # the rules of the house count too: inputs left alone, no shared memory, same answer twice
    hint: str = ""

    def draw(self, rng: np.random.Generator) -> Sizes:
        """The sizes of this case, with those that are left open drawn."""
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
    """Stands for an answer that has to be an exception of this type."""

    type: str


@dataclass(frozen=True)
class Finding:
    """Something wrong with one answer: the sentence, ids of mistakes that answer the same, where the numbers differ."""

    text: str
    mistakes: tuple[str, ...] = ()
    mismatch: Mismatch | None = None


class Exercise:
    """One question to a student's function. A subclass says how inputs are made and what the reference answers."""

    name: ClassVar[str]  # of the function, and of its cell
    points: ClassVar[int]
    arguments: ClassVar[tuple[str, ...]] = ()  # names of the student's functions the check takes; default: its own
    returns: ClassVar[tuple[str, ...]]  # what the function returns, in order
    parts: ClassVar[tuple[str, ...]] = ()  # the parts that every case looks at; default: all but the cache
    mutates: ClassVar[tuple[str, ...]] = ()  # inputs that the function changes in place: parts of the answer too
    fields: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # what a tuple among them holds
    axes: ClassVar[Mapping[str, str]] = {}  # the axes of the arrays among them
    keywords: ClassVar[tuple[str, ...]] = ()  # arguments passed by keyword
    tolerance_factor: ClassVar[float] = 1.0  # times the usual tolerance
    cases: ClassVar[tuple[Case, ...]]
    mistakes: ClassVar[tuple[Mistake, ...]] = ()
    smallest: ClassVar[Mapping[str, int]] = {}  # sizes that the search for a smaller example may shrink, and how far
    timed: ClassVar[bool] = False  # whether ask_remotely wants to know how long a question took
    seconds: ClassVar[float | None] = None  # wall time of one question in the sandbox; None: Limits.question
    card_inputs: ClassVar[tuple[str, ...] | None] = None  # inputs that a card tells; None for all of them
    writes_files: ClassVar[bool] = False  # whether the function's job is to write files
    responder: ClassVar[str] = ""  # the module of autograder.guest.responders that asks it in a way of its own

    def inputs(self, sizes: Sizes, rng: np.random.Generator) -> Inputs:
        """The arguments of one call, in order, in float64. ValueError if the sizes do not fit together."""
        raise NotImplementedError

    def expected(self, inputs: Inputs) -> dict[str, PlainData]:
        """part → reference answer, for everything in `returns` and `mutates`; dtypes are put right afterwards."""
        raise NotImplementedError

    @property
    def functions(self) -> tuple[str, ...]:
        """Names of the student's functions, as the check takes them."""
        return self.arguments or (self.name,)

    def meant_for(self, functions: Sequence[Any]) -> bool:
        """Whether these are answers to this exercise: asked where an earlier assignment has one of the same name."""
        return True

    def challenge(self, case: Case, rng: Any, sizes: Sizes | None = None) -> Inputs:
        """The inputs of one case, in its dtype and layout."""
        made = self.inputs(case.draw(rng) if sizes is None else sizes, rng)
        return {name: cast(value, case.dtype, case.strided) for name, value in made.items()}

    def respond(self, student: Functions, inputs: Inputs) -> Response:
        """Ask the student's functions. This, and nothing else of an exercise, runs beside the student's code."""
        return gather(self.question(inputs), student)

    def question(self, inputs: Inputs) -> Question:
        """What `responders.gather` needs to call the student's functions, here or in another process."""
        return Question(
            exercise=self.name,
            inputs=inputs,
            functions=self.functions,
            keywords=self.keywords,
            returns=self.returns,
            repeat=self.repeats_call(inputs),
            responder=self.responder,
            writes_files=self.writes_files,
        )

    def ask_remotely(self, ask: AskTimed, inputs: Inputs) -> Response:
        """Ask in another process, whose processor time is taken from here; one question as a rule."""
        return ask(inputs)[0]

    def repeats_call(self, inputs: Inputs) -> bool:
        """Whether this question is asked again, and others in between."""
        return True

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """What is wrong with an answer to one case, the most telling first; empty if nothing is."""
        expected = known(self, self.looked_at(case), inputs).right
        first = next(iter(expected.values()))
        if isinstance(first, MustRaise):
            return list(self._not_refused(first.type, inputs, response))
        if response.error is not None:
            return [Finding(explain_error(response.error), self.named_by(inputs, response.error))]
        got = self.split(response.answer)
        if isinstance(got, str):
            return [Finding(got, ("returns-nothing",) if response.answer is None else ())]
        got |= {name: response.inputs.get(name) for name in self.mutates}
        tolerance = self.tolerance(inputs)
        mismatches = [
            mismatch
            for part in self.looked_at(case)
            for mismatch in differences(part, expected[part], got[part], self.axes, self.fields, tolerance)
        ]
        names: tuple[str, ...] = ()
        if mismatches:
            # whoever changes an input may get wrong numbers from just that
            spoilt = any(self._modified(inputs, response))
            names = ("input-modified",) if spoilt else self.recognise(case, inputs, got)
        findings = [Finding(found.text, names or OWN_NAME.get(found.kind, ()), found) for found in mismatches]
        if not findings and case.rules:
            findings = list(self._broken_rules(inputs, response))
        if not findings and self.repeats_call(inputs):
            findings = list(self._other_answer(case, perturbed(inputs), response))
        return findings

    def figures(self, case: Case, inputs: Inputs, response: Response) -> dict[str, float]:
        """Numbers by name that a leaderboard ranks, from an answer to a case that passed or failed."""
        return {}

    def looked_at(self, case: Case) -> tuple[str, ...]:
        """The parts of the answer that count in a case."""
        return case.parts or self.parts or tuple(part for part in (*self.returns, *self.mutates) if part != "cache")

    def tolerance(self, inputs: Inputs) -> Tolerance:
        """How far from the reference an answer to this question may be."""
        return tolerance_of(inputs).times(self.tolerance_factor)

    def reference(self, inputs: Inputs) -> dict[str, PlainData]:
        """The reference answer, its arrays in the dtype of the question."""
        return {part: cast(value, dtype_of(inputs)) for part, value in self.expected(inputs).items()}

    def split(self, answer: PlainData) -> dict[str, PlainData] | str:
        """part → value, or a sentence if the answer is not made of the parts that were asked for."""
        name = self.name
        if not self.returns:
            return {}
        if answer is None:
            return f"{name} returned nothing (None). Is there a `return` at its end?"
        if len(self.returns) == 1:
            return {self.returns[0]: answer}
        if not isinstance(answer, (tuple, list)) or len(answer) != len(self.returns):
            return f"{name} must return ({', '.join(self.returns)}); yours returned {kind_of(answer)}."
        return dict(zip(self.returns, answer, strict=True))

    def recognise(self, case: Case, inputs: Inputs, got: Mapping[str, PlainData]) -> tuple[str, ...]:
        """Ids of the known mistakes that answer just what was got."""
        tolerance = self.tolerance(inputs)
        names = (
            name
            for name, wrong in known(self, self.looked_at(case), inputs).wrong
            if all(fits(value, got[part], tolerance) for part, value in wrong.items())
        )
        return tuple(dict.fromkeys(names))

    def named_by(self, inputs: Inputs, error: Raised) -> tuple[str, ...]:
        """Ids of the known mistakes that raise this."""
        return tuple(dict.fromkeys(mistake.name for mistake in self.mistakes if mistake.error(inputs, error)))

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        """Ids of the mistakes that would have got this case wrong: whoever passed it has not made them."""
        about = known(self, self.looked_at(case), inputs)
        if any(isinstance(value, MustRaise) for value in about.right.values()):
            return set()
        return {name for name, _ in about.wrong}

    def _other_answer(self, case: Case, inputs: Inputs, response: Response) -> Iterator[Finding]:
        """What is wrong with the answer to the question in between, when the first one was right."""
        answer, after = response.other or (None, {})
        got = self.split(answer)
        text = "Right at first, but not when called again with other numbers of the same sizes: "
        if isinstance(got, str):
            yield Finding(text + got, KEPT)
            return
        got |= {name: after.get(name) for name in self.mutates}
        right = known(self, self.looked_at(case), inputs).right
        wrong = [
            found
            for part in self.looked_at(case)
            for found in differences(part, right[part], got[part], self.axes, self.fields, self.tolerance(inputs))
        ]
        # a known mistake made on these numbers alone is for a case that asks for it
        if wrong and not self.recognise(case, inputs, got):
            yield from (Finding(text + found.text, KEPT) for found in wrong)

    def _not_refused(self, wanted: str, inputs: Inputs, response: Response) -> Iterator[Finding]:
        if response.error is None:
            asked = ", ".join(f"{k} {v}" for k, v in inputs.items())
            text = (
                f"{asked}: this cannot be computed and must raise {wanted}; yours returned {kind_of(response.answer)}."
            )
            yield Finding(text, ("bad-size-accepted",))
        elif wanted not in response.error.bases:
            text = f"A bad size must raise {wanted}; yours raised {response.error.type}: {response.error.message}"
            yield Finding(text, self.named_by(inputs, response.error))

    def _modified(self, inputs: Inputs, response: Response) -> Iterator[str]:
        """Names of the inputs that the call changed and should not have."""
        for name, given in inputs.items():
            touched = name in response.inputs and not identical(given, response.inputs[name])
            if touched and name not in self.mutates:
                yield name

    def _broken_rules(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        for name in self._modified(inputs, response):
            text = f"The numbers are right, but {self.name} changed its input {name}: work on a copy."
            yield Finding(text, ("input-modified",))
        for result, owner in response.shared:
            text = f"The numbers are right, but {result} shares memory with {owner}: return a new array (`.copy()`)."
            yield Finding(text, ("shares-memory",))
        if not identical(response.answer, response.later):
            text = "The numbers are right at first, but a second call changes what the first one returned."
            yield Finding(text, ("calls-disturb",))
        if not same(response.answer, response.again, self.tolerance(inputs)):
            yield Finding("The same question, asked twice, got two different answers.", ("not-repeatable",))


def explain_error(error: Raised) -> str:
    """One sentence for an exception in the student's code, with the student's line."""
    at = f" in line {error.line_number}: `{error.line}`" if error.line else ""
    message = " ".join(error.message.split())
    return f"Your code raised {error.type}{f' ({message})' if message else ''}{at}."
