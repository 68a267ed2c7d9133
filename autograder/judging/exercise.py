"""An exercise: how its inputs are made, what the right answer is, and how a student's answer is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData, identical
from autograder.guest.question import Functions, Question
from autograder.guest.responders import gather
from autograder.guest.response import Raised, Response
from autograder.judging.case import Attempt, Case, Finding, MustRaise, Sizes
from autograder.judging.close import Tolerance
from autograder.judging.compare import Mismatch, differences, kind_of, same
from autograder.judging.conventions import ALLOWED_FOR
from autograder.judging.dtypes import cast, dtype_of, not_contiguous, tolerance_of
from autograder.judging.error_sentence import explain_error
from autograder.judging.general import MODIFIED, NOT_REPEATABLE, by_error, by_kind
from autograder.judging.known import known
from autograder.judging.mistake import Form, Hypothesis, Mistake
from autograder.judging.second_call import repeatable, wrong_when_called_again

# asks one question in another process -> the response, and the processor time that the answer took there, in seconds
AskTimed = Callable[[Inputs], tuple[Response, float]]
Parts = Mapping[str, PlainData]  # part of an answer → its value

DISTURBED = "The numbers are right at first, but a second call changes what the first one returned."


class Exercise:
    """One exercise. A subclass defines at least how inputs are made (`inputs`) and the right answer (`expected`).

    An answer has parts: the values that the function returns, and the inputs that it changes in place.
    """

    name: ClassVar[str]  # of the student's function, and the grade id of its cell
    points: ClassVar[int]  # for all cases together
    arguments: ClassVar[tuple[str, ...]] = ()  # names of the functions that the check takes; default: its own alone
    returns: ClassVar[tuple[str, ...]]  # names of the parts that the function returns, in order
    parts: ClassVar[tuple[str, ...]] = ()  # the parts that count in every case; default: all but the cache
    mutates: ClassVar[tuple[str, ...]] = ()  # inputs that the function changes in place: parts of the answer too
    fields: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # part or input that is a tuple → names of its items
    axes: ClassVar[Mapping[str, str]] = {}  # part that is an array → its axes, as "N C H W"
    keywords: ClassVar[tuple[str, ...]] = ()  # arguments that are passed by keyword
    tolerance_factor: ClassVar[float] = 1.0  # times the usual tolerance
    cases: ClassVar[tuple[Case, ...]]  # the rows of the check, in the order in which they are shown
    mistakes: ClassVar[tuple[Mistake, ...]] = ()  # the known ones; where several fit an answer, the first comes first
    smallest: ClassVar[Mapping[str, int]] = {}  # size that a smaller example may reduce → its least value
    clearer: ClassVar[Mapping[str, Any]] = {}  # size → a value with which numbers of a smaller example differ more
    timed: ClassVar[bool] = False  # whether ask_remotely needs to know how long a question took
    seconds: ClassVar[float | None] = None  # wall time of one question in the sandbox; None: Limits.question
    card_inputs: ClassVar[tuple[str, ...] | None] = None  # inputs that a card shows; None for all of them
    responder: ClassVar[str] = ""  # module of guest.responders that calls the function; empty for a plain call

    def inputs(self, sizes: Sizes, rng: np.random.Generator) -> Inputs:
        """The arguments of one call, in order, in float64. Raises ValueError if the sizes do not fit together."""
        raise NotImplementedError

    def expected(self, inputs: Inputs) -> dict[str, PlainData]:
        """part → right value, for everything in `returns` and `mutates`, in any float dtype."""
        raise NotImplementedError

    @property
    def functions(self) -> tuple[str, ...]:
        """Names of the student's functions that the check takes, in the order of its arguments."""
        return self.arguments or (self.name,)

    def meant_for(self, functions: Sequence[Any]) -> bool:
        """Whether these are answers to this exercise, and not to one of the same name in another assignment."""
        return True

    def challenge(self, case: Case, rng: Any, sizes: Sizes | None = None) -> Inputs:
        """The inputs of one case, in its dtype and memory layout; of the case's own sizes, unless others are passed."""
        inputs: Inputs = cast(self.inputs(case.draw(rng) if sizes is None else sizes, rng), case.dtype)
        return not_contiguous(inputs) if case.strided else inputs

    def by_hand(self, case: Case) -> Iterator[Inputs]:
        """Inputs of the smallest size to show for this case, the first choice first; default: those of `smallest`."""
        return iter(())

    def respond(self, student: Functions, inputs: Inputs) -> Response:
        """Call the student's functions. Nothing else of an exercise runs in the process of the student's code."""
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
        )

    def ask_remotely(self, ask: AskTimed, inputs: Inputs) -> Response:
        """Ask in another process. Usually one question; an exercise about speed asks several and compares times."""
        return ask(inputs)[0]

    def repeats_call(self, inputs: Inputs) -> bool:
        """Whether the function is called a second time with these inputs, with others in between."""
        return True

    def other_forms(self, inputs: Inputs) -> Iterator[Inputs]:
        """The same question with a cache in forms that some functions need, against the convention; default: none."""
        return iter(())

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """What is wrong with an answer to one case, the most helpful finding first; empty if it is right."""
        expected = known(self, self.checked_parts(case), inputs).right
        first = next(iter(expected.values()))
        if isinstance(first, MustRaise):
            return list(self._error_missing(first.type, inputs, response))
        if response.error is not None:
            return [self.raised(inputs, response.error)]
        got = self.split_leniently(response.answer)
        if isinstance(got, str):
            return [Finding(got, ("returns-nothing",) if response.answer is None else ())]
        got |= {name: response.inputs.get(name) for name in self.mutates}
        attempt = Attempt(case, inputs, response, self._accepted(case, inputs, expected, got), got)
        findings = list(self._wrong_numbers(attempt)) or list(self._broken_conventions(attempt))
        if not findings and self.repeats_call(inputs):
            findings = list(wrong_when_called_again(self, case, inputs, response))
        return findings

    def figures(self, case: Case, inputs: Inputs, response: Response) -> dict[str, float]:
        """Numbers for a leaderboard, by name, from the answer to one case, whether it passed or failed."""
        return {}

    def checked_parts(self, case: Case) -> tuple[str, ...]:
        """The parts of the answer that count in a case: the numbers, and the cache if the case looks at it."""
        usual = self.parts or tuple(part for part in (*self.returns, *self.mutates) if part != "cache")
        cache = ("cache",) if "cache" in case.conventions and "cache" in self.returns else ()
        return (*(case.parts or usual), *cache)

    def looks_at(self, convention: str) -> bool:
        """Whether some case looks at a convention, so that the others need not."""
        return any(convention in case.conventions for case in self.cases)

    def tolerance(self, inputs: Inputs) -> Tolerance:
        """How far an answer may be from the reference."""
        return tolerance_of(inputs).times(self.tolerance_factor)

    def reference(self, inputs: Inputs) -> dict[str, PlainData]:
        """part → right value, the arrays in the dtype of the inputs."""
        return {part: cast(value, dtype_of(inputs)) for part, value in self.expected(inputs).items()}

    def split(self, answer: PlainData) -> dict[str, PlainData] | str:
        """part → value, or a sentence for the student if the function did not return these parts."""
        if not self.returns:
            return {}
        if answer is None:
            return f"{self.name} returned nothing (None). Is there a `return` at its end?"
        if len(self.returns) == 1:
            return {self.returns[0]: answer}
        if not isinstance(answer, (tuple, list)) or len(answer) != len(self.returns):
            return f"{self.name} must return ({', '.join(self.returns)}); yours returned {kind_of(answer)}."
        return dict(zip(self.returns, answer, strict=True))

    def as_judged(self, inputs: Inputs, response: Response) -> Response:
        """The response with its answer in the form that `split` takes."""
        return response

    def split_leniently(self, answer: PlainData) -> dict[str, PlainData] | str:
        """As `split`, but the array alone will do where (array, cache) is expected, if some case looks at the cache."""
        if isinstance(answer, np.ndarray) and self.returns[1:] == ("cache",) and self.looks_at("cache"):
            return {self.returns[0]: answer, "cache": None}
        return self.split(answer)

    def recognise(self, case: Case, inputs: Inputs, got: Mapping[str, PlainData]) -> tuple[str, ...]:
        """Ids of the known mistakes that lead to this answer, in the order of `mistakes`; got: part → value."""
        return tuple(dict.fromkeys(form.mistake for form in self.fitting(case, inputs, got)))

    def fitting(self, case: Case, inputs: Inputs, got: Mapping[str, PlainData]) -> dict[Form, bool]:
        """The wrong answers of known mistakes that this answer is → whether by numbers; as `Known.fitting`."""
        return known(self, self.checked_parts(case), inputs).fitting(got, self.tolerance(inputs))

    def raised(self, inputs: Inputs, error: Raised) -> Finding:
        """The finding about an error; the exercise's mistakes that it may come from are guesses."""
        mistakes = self.named_by(inputs, error)
        return Finding(explain_error(error), mistakes or by_error(error), guesses=frozenset(mistakes))

    def named_by(self, inputs: Inputs, error: Raised) -> tuple[str, ...]:
        """Ids of the known mistakes that raise this error, in the order of `mistakes`."""
        return tuple(dict.fromkeys(mistake.name for mistake in self.mistakes if mistake.error(inputs, error)))

    def contradicted(self, case: Case, inputs: Inputs) -> set[Hypothesis]:
        """The mistakes that lead to a wrong answer to this case, and their forms: any other answer contradicts them."""
        answers = known(self, self.checked_parts(case), inputs)
        if any(isinstance(value, MustRaise) for value in answers.right.values()):
            return set()
        unseen = {mistake.name for mistake in self.mistakes if mistake.convention not in ("", *case.conventions)}
        allowed = self._excused(case)
        excused = [wrong for form, wrong in answers.wrong if form.mistake in allowed]
        wrong = [(form, answer) for form, answer in answers.wrong if form.mistake not in unseen]
        forms = [form for form, answer in wrong if not any(same(each, answer) for each in excused)]
        return {*forms, *(form.mistake for form in forms)}

    def _mismatches(self, parts: Iterable[str], inputs: Inputs, expected: Parts, got: Parts) -> Iterator[Mismatch]:
        """The differences between these parts of an answer and the right ones."""
        for part in parts:
            yield from differences(part, expected[part], got[part], self.axes, self.fields, self.tolerance(inputs))

    def wrong_values(self, parts: Iterable[str], inputs: Inputs, expected: Parts, got: Parts) -> list[Mismatch]:
        """As `_mismatches`, without those of the dtype if some case looks at that."""
        mismatches = self._mismatches(parts, inputs, expected, got)
        return [mismatch for mismatch in mismatches if mismatch.kind != "dtype" or not self.looks_at("dtype")]

    def _excused(self, case: Case) -> set[str]:
        """Ids of the mistakes that break a convention which other cases look at, and that this one allows for."""
        allowed = ALLOWED_FOR - {*case.conventions}
        return {each.name for each in self.mistakes if each.convention in allowed and self.looks_at(each.convention)}

    def _numbers(self, case: Case) -> list[str]:
        """The parts of the answer that count in a case, without the cache."""
        return [part for part in self.checked_parts(case) if part != "cache"]

    def _wrong_numbers(self, attempt: Attempt) -> Iterator[Finding]:
        """What is wrong with the numbers, whatever their dtype if some case looks at that."""
        case, inputs, got = attempt.case, attempt.inputs, attempt.got
        mismatches = self.wrong_values(self._numbers(case), inputs, attempt.expected, got)
        if not mismatches:
            return
        # a modified input may be the whole reason for wrong numbers
        modified = self._modified_inputs(inputs, attempt.response)
        fitting = {} if modified else self.fitting(case, inputs, got)
        names = MODIFIED if modified else tuple(dict.fromkeys(form.mistake for form in fitting))
        guesses = {form.mistake for form in fitting} - {form.mistake for form, numbers in fitting.items() if numbers}
        if not names and not repeatable(self, inputs, attempt.response):
            names = NOT_REPEATABLE
        for mismatch in mismatches:
            known_by = names or by_kind(mismatch)
            yield Finding(mismatch.text, known_by, mismatch, guesses=frozenset(guesses), forms=frozenset(fitting))

    def _accepted(self, case: Case, inputs: Inputs, right: Parts, got: Parts) -> Parts:
        """The answer to compare with: the right one, or what follows from a broken convention of other cases."""
        excused, tolerance = self._excused(case), self.tolerance(inputs)
        parts, numbers = self.checked_parts(case), self._numbers(case)
        if not excused or all(same(right[part], got[part], tolerance) for part in numbers):
            return right
        wrong = known(self, parts, inputs).wrong
        answers = ({**right, **values} for form, values in wrong if form.mistake in excused)
        fitting = (answer for answer in answers if all(same(answer[part], got[part], tolerance) for part in numbers))
        return next(fitting, right)

    def _error_missing(self, wanted: str, inputs: Inputs, response: Response) -> Iterator[Finding]:
        """What is wrong with the response to sizes that do not fit: `wanted` is the error that must be raised."""
        if response.error is None:
            sizes = ", ".join(f"{name} {value}" for name, value in inputs.items())
            text = f"{sizes}: this cannot be computed and must raise {wanted}; yours returned "
            yield Finding(f"{text}{kind_of(response.answer)}.", ("bad-size-accepted",))
        elif wanted not in response.error.bases:
            text = f"A bad size must raise {wanted}; yours raised {response.error.type}: {response.error.message}"
            yield replace(self.raised(inputs, response.error), text=text)

    def _modified_inputs(self, inputs: Inputs, response: Response) -> list[str]:
        """Names of the inputs that the call changed and should not have changed."""
        may_not = [name for name in inputs if name in response.inputs and name not in self.mutates]
        return [name for name in may_not if not identical(inputs[name], response.inputs[name])]

    def _broken_conventions(self, attempt: Attempt) -> Iterator[Finding]:
        """The conventions of a case that are broken, when the numbers are right."""
        case, inputs, got = attempt.case, attempt.inputs, attempt.got
        if "dtype" in case.conventions:
            wrong = self._mismatches(self._numbers(case), inputs, attempt.expected, got)
            for mismatch in (each for each in wrong if each.kind == "dtype"):
                names = self.recognise(case, inputs, got) or by_kind(mismatch)
                yield Finding(mismatch.text, names, mismatch, "dtype")
        if "cache" in case.conventions and isinstance(problem := self.split(attempt.response.answer), str):
            alone = isinstance(attempt.response.answer, np.ndarray)
            yield Finding(problem, ("cache-forgotten",) if alone else (), convention="cache")
        elif attempt.expected.get("cache") is not None and "cache" in case.conventions:
            modified = self._modified_inputs(inputs, attempt.response)
            for mismatch in self._mismatches(["cache"], inputs, attempt.expected, got):
                names = MODIFIED if modified else self.recognise(case, inputs, got)
                names = names or by_kind(mismatch)
                yield Finding(mismatch.text, names, mismatch, "memory" if modified else "cache")
        if "memory" in case.conventions:
            for finding in self._memory_misused(inputs, attempt.response):
                yield replace(finding, convention="memory")

    def how_to_copy(self, response: Response) -> str:
        """What to do if a result is a view."""
        return "return a new array (`.copy()`)"

    def _memory_misused(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        for name in self._modified_inputs(inputs, response):
            yield Finding(f"The numbers are right, but {self.name} changed its input {name}: work on a copy.", MODIFIED)
        for result, owner in response.shared:
            text = f"The numbers are right, but {result} shares memory with {owner}: {self.how_to_copy(response)}."
            yield Finding(text, ("shares-memory",))
        if not identical(response.answer, response.later):
            yield Finding(DISTURBED, ("calls-disturb",))
        if not same(response.answer, response.again, self.tolerance(inputs)):
            yield Finding("Two calls with the same inputs returned different answers.", ("not-repeatable",))
