"""What a wrong answer did that no known mistake explains, so that the same answer of other students is recognised.

All students of a course get the same questions, so equal wrong numbers are one mistake. Numbers are kept and compared
with a tolerance: a digest of rounded numbers would part two answers that differ in their last digits.

What is kept says something about hidden cases. It is for instructors alone, and no card or verdict shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from autograder.guest.plain_data import PlainData
from autograder.guest.response import Response
from autograder.guest.status import Status
from autograder.judging.case import Case, Finding
from autograder.judging.compare import kind_of, shape
from autograder.judging.exercise import Exercise
from autograder.judging.observed import ObservedExercise

SUMS = 4  # numbers that stand for an array: sums of its numbers, each with signs of its own
LARGEST = 1_000_000  # numbers of an array that are looked at
PARTS_AT_MOST = 40  # of one answer
LONGEST = 500  # characters of a text that is kept
DIGITS = 9  # of a number that is kept
# how far two sums may be apart, as a part of the array's norm; a number in a text, as a part of itself
WITHIN = {"float32": 1e-4, "float16": 1e-2, "text": 1e-4}
CLOSE = 1e-7  # for everything else
NUMBER = re.compile(r"0x[0-9a-fA-F]+|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")

Failure = tuple[Case, Response, Finding]  # a case, the response to it, and the first thing that is wrong


@dataclass(frozen=True)
class Sample:
    """Numbers that stand for a part of an answer, or for a sentence about it."""

    kind: str  # dtype of the numbers, "text" for those in a sentence
    form: str  # what must be equal: the name, dtype and shape of an array, a sentence without its numbers
    size: float = 0.0  # that distances are relative to; 0 for the numbers themselves
    numbers: tuple[float, ...] = ()

    def alike(self, other: Sample) -> bool:
        """Whether both come from the same numbers, up to rounding."""
        if (self.kind, self.form, len(self.numbers)) != (other.kind, other.form, len(other.numbers)):
            return False
        within, size = WITHIN.get(self.kind, CLOSE), max(self.size, other.size)
        pairs = zip((self.size, *self.numbers), (other.size, *other.numbers), strict=True)
        return all(abs(a - b) <= within * (size or max(abs(a), abs(b))) for a, b in pairs)


@dataclass(frozen=True)
class Behaviour:
    """What a wrong answer without a name did."""

    status: Status  # of the first case that it did not pass and no mistake explains
    case: str  # that case's name
    message: str  # what was wrong there, in full
    failed: int  # cases that it did not pass
    cases: int  # that it was asked
    raised: str = ""  # where an error was raised: its class, its message without numbers, and the student's line
    samples: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)  # case with wrong numbers → its parts

    def alike(self, other: Behaviour) -> bool:
        """Whether another student's answer to the same exercise is wrong in the same way."""
        if (self.status, self.raised, self.samples.keys()) != (other.status, other.raised, other.samples.keys()):
            return False
        return all(
            len(parts) == len(other.samples[case])
            and all(a.alike(b) for a, b in zip(parts, other.samples[case], strict=True))
            for case, parts in self.samples.items()
        )

    def to_dict(self) -> dict[str, Any]:
        samples = {
            case: [[part.kind, part.form, part.size, *part.numbers] for part in parts]
            for case, parts in self.samples.items()
        }
        return {
            "status": self.status.value,
            "case": self.case,
            "message": self.message,
            "failed": self.failed,
            "cases": self.cases,
            "raised": self.raised,
            "samples": samples,
        }

    @classmethod
    def from_dict(cls, data: Any) -> Behaviour | None:
        """The behaviour that `to_dict` wrote down; None for anything else."""
        try:
            samples = {
                str(case): tuple(
                    Sample(str(kind), str(form), float(size), tuple(map(float, numbers)))
                    for kind, form, size, *numbers in parts
                )
                for case, parts in data["samples"].items()
            }
            case, message, raised = (str(data[name]) for name in ("case", "message", "raised"))
            return cls(Status(data["status"]), case, message, int(data["failed"]), int(data["cases"]), raised, samples)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None


class Result(Protocol):
    """What is needed of the result of a case, a `CaseResult`."""

    @property
    def status(self) -> Status: ...

    @property
    def mistake(self) -> str: ...

    @property
    def convention(self) -> str: ...


def behaviour_of(
    exercise: Exercise, failures: Sequence[Failure], results: Sequence[Result], cases: int
) -> Behaviour | None:
    """What an answer did in the cases that it did not pass; None if known mistakes explain most of them.

    Broken conventions count only where nothing else is wrong.

    Args:
        exercise: that was answered.
        failures, results: of the cases that it did not pass, in order.
        cases: how many it was asked.
    """
    pairs = list(zip(failures, results, strict=True))
    pairs = [pair for pair in pairs if not pair[1].convention] or pairs
    nameless = [pair for pair in pairs if not pair[1].mistake]
    if not nameless or 2 * len(nameless) < len(pairs):
        return None
    (case, response, first), result = nameless[0]
    raised, samples = "", {}
    if result.status is Status.RAISED:
        raised = _raised(response)
    elif result.status is Status.FAILED:
        samples = {
            case.name: tuple(_samples(exercise, case, response, finding))
            for (case, response, finding), each in pairs
            if each.status is Status.FAILED
        }
    return Behaviour(result.status, case.name, first.text[:LONGEST], len(failures), cases, raised, samples)


def _raised(response: Response) -> str:
    """An error without what differs from case to case; the sentence of the host, where there was no response at all."""
    error = response.error
    if error is None:
        return ""
    message = _without_numbers(error.message)
    return " · ".join(filter(None, (error.type, message, " ".join(error.line.split()))))[:LONGEST]


def _samples(exercise: Exercise, case: Case, response: Response, finding: Finding) -> Iterator[Sample]:
    """The sentence about a wrong answer, and the parts of the answer that count.

    An observation holds much that varies without being wrong, so there the numbers are those of the sentence, if it
    compares any.
    """
    observed = isinstance(exercise, ObservedExercise)
    numbers = _numbers_in(finding.text) if observed and finding.mismatch is not None else ()
    yield Sample("text", _without_numbers(finding.text)[:LONGEST], 0.0, numbers)
    if not observed:
        parts = list(_parts(_counting(exercise, case, response)))
        yield from parts[:PARTS_AT_MOST]


def _counting(exercise: Exercise, case: Case, response: Response) -> dict[str, PlainData]:
    """part → value, of the numbers of an answer that count; all of the answer if it has no such parts.

    The cache is left out: it is a convention, and what is wrong with it is in the sentence.
    """
    response = exercise.as_judged(response.inputs, response)
    got = exercise.split_leniently(response.answer)
    if isinstance(got, str):
        return {"answer": response.answer}
    got |= {name: response.inputs.get(name) for name in exercise.mutates}
    return {part: got[part] for part in exercise.checked_parts(case) if part in got and part != "cache"}


def _parts(value: PlainData, name: str = "") -> Iterator[Sample]:
    """A sample of each array and number in a value, and the kind of everything else."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _parts(item, f"{name}.{key}")
    elif isinstance(value, (tuple, list)):
        yield Sample("", f"{name} {type(value).__name__} of {len(value)}")
        for k, item in enumerate(value):
            yield from _parts(item, f"{name}[{k}]")
    elif isinstance(value, np.ndarray):
        yield _of_array(value, f"{name} {shape(value)}")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield _of_array(np.array(value), name)
    else:
        yield Sample("", f"{name} {kind_of(value)}"[:LONGEST])


def _of_array(array: np.ndarray, form: str) -> Sample:
    """An array's norm, and sums of its numbers with random signs: two arrays with the same ones are equal."""
    step = max(1, -(-array.size // LARGEST))
    with np.errstate(all="ignore"):
        flat = array.ravel()[::step].astype(np.float64)
        finite = np.isfinite(flat)
        flat = np.where(finite, flat, 0.0)
        bits = np.random.PCG64(0).random_raw(flat.size)  # the same in every version of NumPy
        signs = [1.0 - 2.0 * (bits >> np.uint64(k) & np.uint64(1)) for k in range(SUMS)]
        sums = [float(np.dot(flat, each)) for each in signs]
        size = float(np.sqrt(np.dot(flat, flat)))
    if not finite.all():
        form += f", {np.count_nonzero(~finite)} not finite"
    if not np.isfinite([size, *sums]).all():
        return Sample(str(array.dtype), f"{form}, too large")
    return Sample(str(array.dtype), form, _short(size), tuple(map(_short, sums)))


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _without_numbers(text: str) -> str:
    return " ".join(NUMBER.sub("#", text).split())


def _numbers_in(text: str) -> tuple[float, ...]:
    return tuple(float(number) for number in NUMBER.findall(text) if not number.startswith("0x"))
