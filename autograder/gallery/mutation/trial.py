"""One trial: what becomes of a mutant when its check judges it, and when it is compared with the right answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from autograder.gallery.mutation.compare import compare
from autograder.gallery.mutation.subject import Subject
from autograder.guest.question import Functions
from autograder.judging.card import explanation
from autograder.judging.case import Case, OneOf
from autograder.judging.examine import Skip, examine, in_process
from autograder.judging.exercise import Exercise
from autograder.judging.verdict import GUESS, SURE, Verdict


class Outcome(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"  # a case fails, or the code does not run, or does not end
    EQUIVALENT = "equivalent"  # all cases pass, and no random input tells it apart from the right answer
    ALLOWED = "allowed"  # all cases pass, and it differs in a way that the contract allows
    SURVIVOR = "survivor"  # all cases pass, and its answer to some random input is wrong


@dataclass(frozen=True)
class Named:
    """What the card says about a killed mutant."""

    mistake: str = ""  # id of the mistake that it names; empty if it names none
    sure: bool = False  # whether it says so surely; else as a guess
    sentence: str = ""  # about the mistake
    happened: str = ""  # what it says of the first case that failed


@dataclass(frozen=True)
class Result:
    """The result of one trial."""

    outcome: Outcome
    case: str = ""  # that killed it
    status: str = ""  # of that case, or how the process ended
    drawn: bool = False  # whether no case killed it but those whose sizes depend on the course's secret
    inputs: int = 0  # random ones, on which it was compared with the right answer
    apart: str = ""  # the random input that tells it apart, and what is wrong or different
    named: Named | None = None  # what the card says, if that was looked at
    seconds: float = 0.0  # of processor time

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it, without what is empty."""
        values = asdict(self) | {"outcome": self.outcome.value, "seconds": round(self.seconds, 3)}
        return {name: value for name, value in values.items() if value not in ("", None, False, 0)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Result:
        """The result that `to_dict` was called on."""
        named = Named(**data["named"]) if "named" in data else None
        known = {name: data[name] for name in cls.__annotations__ if name in data}
        return cls(**known | {"outcome": Outcome(data["outcome"]), "named": named})


@dataclass(frozen=True)
class Reached:
    """How far a trial has come."""

    case: str = ""  # that is asked next
    passed: bool = False  # whether all cases have passed
    shown: str = ""  # the random input that is asked next


# called as a trial goes on, since what follows may never end; whether its processor time is limited
Report = Callable[[Reached, bool], None]


def trial(
    subject: Subject, source: str, order: Sequence[str], look_at_name: bool, trains: bool, report: Report
) -> Result:
    """Judge a mutant with the hidden cases; if all pass, compare it with the right answer.

    Args:
        order: names of cases, those that killed most before first.
        look_at_name: whether to ask every case of a killed mutant, for the mistake that the card names.
        trains: whether cases that train a network are asked, if all others pass. Those compare the steps of training.
    """
    try:
        mutant = subject.define(source)
    except Exception as error:
        return Result(Outcome.KILLED, "the cell itself", f"raised {type(error).__name__}")

    def verdict(functions: Functions, skip: Skip) -> Verdict:
        def skip_or_report(case: Case, failed: bool) -> bool:
            if skip(case, failed):
                return True
            # a limit makes the processor's clock coarse, by which speed is measured
            report(Reached(case.name), not case.costly and "speed" not in case.conventions)
            return False

        return examine(subject.exercise, subject.assignment, in_process(functions), True, skip_or_report)

    def after_failure(case: Case, failed: bool) -> bool:
        return failed or (case.costly and not trains)

    with reordered(subject.exercise, order):
        judged = verdict(mutant, after_failure)
    if judged.passed:  # once more, in the order of the check: functions may keep something from call to call
        judged = verdict(subject.define(source), after_failure)
    failure = judged.first_failure
    if failure is None:
        return _compared(subject, source, report)
    if not failure.judged:  # an error of the check's own
        return Result(Outcome.SURVIVOR, failure.name, failure.status.value, apart=failure.message)
    named = None
    if look_at_name:
        named = _named(verdict(subject.define(source), lambda case, failed: case.costly))
    case = next(case for case in subject.exercise.cases if case.name == failure.name)
    return Result(Outcome.KILLED, failure.name, failure.status.value, is_drawn(case), named=named)


def _compared(subject: Subject, source: str, report: Report) -> Result:
    """The result of a mutant that passes all cases."""

    def before_each(shown: str) -> None:
        report(Reached(passed=True, shown=shown), True)

    comparison = compare(subject.exercise, subject.define(source), subject.define(subject.source), before_each)
    if comparison.broken:
        return Result(Outcome.SURVIVOR, inputs=comparison.inputs, apart=comparison.broken)
    outcome = Outcome.ALLOWED if comparison.freedom else Outcome.EQUIVALENT
    return Result(outcome, inputs=comparison.inputs, apart=comparison.freedom)


def _named(verdict: Verdict) -> Named:
    """What the card of a verdict says."""
    lines = explanation(verdict)
    sentence = next((text for label, text in lines if label.startswith((SURE, GUESS))), "")
    happened = next((text for label, text in lines if label.startswith("What happened")), "")
    if not sentence or verdict.named is None:
        return Named(happened=happened)
    return Named(verdict.named.mistake, verdict.named.sure, sentence, happened)


def is_drawn(case: Case) -> bool:
    """Whether the sizes of a case depend on the course's secret."""
    return case.hidden and any(isinstance(value, (range, OneOf)) for value in case.sizes.values())


@contextmanager
def reordered(exercise: Exercise, order: Sequence[str]) -> Iterator[None]:
    """Inside, the exercise has its cases in this order, then the others; drawn sizes and slow cases come last.

    It stays the same object, so that the answers that it knows already are found.
    """
    place, cases = {name: k for k, name in enumerate(order)}, exercise.cases

    def rank(case: Case) -> tuple[bool, bool, bool, int]:
        slow = case.costly or "speed" in case.conventions
        return case.costly, slow, is_drawn(case), place.get(case.name, len(place))

    exercise.cases = tuple(sorted(cases, key=rank))  # type: ignore[misc]
    try:
        yield
    finally:
        exercise.cases = cases  # type: ignore[misc]
