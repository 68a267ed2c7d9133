"""The verdict of a check: one result per case, the score, and the mistakes that were recognised; also as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograder.guest.status import Status
from autograder.judging.conventions import kept_share
from utils.accuracy import percent

if TYPE_CHECKING:
    from autograder.judging.behaviour import Behaviour
    from autograder.judging.compare import Mismatch


# of an error of the course's own
NOT_YOURS = "This is not your mistake, and it costs no points. Please report it with this card."
SURE, GUESS = "What is wrong", "What may be wrong"  # in front of a mistake's sentence


def figure(name: str, value: float) -> str:
    """A figure for people: an accuracy in percent, a count with commas."""
    return percent(value) if name == "accuracy" else f"{value:,.0f}"


@dataclass(frozen=True)
class Example:
    """The smallest case that still goes wrong, as text."""

    inputs: tuple[tuple[str, str], ...]  # (name, value) of each
    expected: str  # the right value of the part that is wrong
    got: str  # the student's value of that part
    first: str = ""  # the first wrong element and the numbers that it is made of, where there are several


@dataclass(frozen=True)
class CaseResult:
    """The result of one case."""

    name: str  # of the case
    hidden: bool  # whether the case is
    weight: float  # of the case; 0 if it is not about the numbers
    status: Status
    message: str = ""  # what is wrong, in a sentence
    mistake: str = ""  # id of the known mistake that was recognised; empty if none was
    sure: bool = False  # whether all cases bear it out; else it is a guess
    why: str = ""  # what speaks for a guess
    hint: str = ""  # of the case
    mismatch: Mismatch | None = None  # the first difference, if the answer was compared with the reference
    inputs: tuple[tuple[str, str], ...] = ()  # (name, shape or value) of each input that a card shows
    made_of: tuple[tuple[str, str], ...] = ()  # (name, values) of what the first wrong element is made of, where known
    convention: str = ""  # the broken one, if that is why the case failed

    @property
    def passed(self) -> bool:
        return self.status is Status.PASSED

    @property
    def judged(self) -> bool:
        """Whether there is a verdict on the case; where the check itself failed, a person has to look."""
        return self.status is not Status.TO_BE_MARKED

    @property
    def public_message(self) -> str:
        """The message without anything that would reveal the inputs of a hidden case, which an error might quote."""
        if not self.hidden or self.passed:
            return self.message
        if self.status is Status.TO_BE_MARKED:
            return f"The check itself failed on this case. {NOT_YOURS}"
        if self.status is Status.FAILED:
            return self.hint
        if self.status is Status.RAISED:
            return "Your code raised an error on this case."
        return f"{self.status} on this case"

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "hidden": self.hidden,
            "weight": self.weight,
            "passed": self.passed,
            "status": self.status.value,
            "message": self.public_message,
            "mistake": self.mistake or None,
            "convention": self.convention or None,
        }


@dataclass(frozen=True)
class NamedMistake:
    """A known mistake that was recognised."""

    name: str  # its id
    says: str  # its sentence for the student
    sure: bool = True  # whether every case bears it out; else it is a guess

    @property
    def in_words(self) -> str:
        """Its sentence; for a guess with what says so."""
        return ("" if self.sure else f"{GUESS}: ") + (self.says or self.name.replace("-", " "))


@dataclass
class Verdict:
    """The outcome of one check."""

    exercise: str  # its name
    assignment: str  # as "02_convolution"
    points: float  # for all cases together
    hidden: bool  # whether the hidden cases were asked too
    cases: list[CaseResult]  # in the order of the exercise
    sentences: dict[str, str] = field(default_factory=dict)  # mistake id → sentence, for all that can be named
    example: Example | None = None  # the smallest one that goes wrong, if it was looked for
    printed: str = ""  # what the student's code printed in the first visible case in which it printed anything
    seconds: float = 0.0  # that the check took
    figures: dict[str, float] = field(default_factory=dict)  # for a leaderboard, by name
    sources: dict[str, str] = field(default_factory=dict)  # function → sha256 of the source that was judged
    # of a wrong answer without a name, when grading; it tells of hidden cases, so it is not in `to_dict`
    behaviour: Behaviour | None = None

    @property
    def score(self) -> float:
        """The points earned by right numbers, less what broken conventions cost, rounded to 1/100 of a point.

        Cases in which the check itself failed do not count.
        """
        return round(self.points * kept_share(case for case in self.cases if case.judged), 2)

    @property
    def passed(self) -> bool:
        return all(case.passed for case in self.cases)

    @property
    def status(self) -> Status:
        """Of the check as a whole: the status that all cases that did not pass have in common, else failed.

        A person has to look where the check itself failed in a case.
        """
        if self.passed:
            return Status.PASSED
        if not all(case.judged for case in self.cases):
            return Status.TO_BE_MARKED
        others = {case.status for case in self.cases if not case.passed}
        return others.pop() if len(others) == 1 else Status.FAILED

    @property
    def mistakes(self) -> list[NamedMistake]:
        """The known mistakes that were recognised, the most frequent first; a guess only if nothing is sure."""
        sure = Counter(case.mistake for case in self.cases if case.mistake and case.sure)
        guess = [self.named.mistake] if self.named and not sure else []
        names = guess or [name for name, _ in sure.most_common()]
        return [NamedMistake(name, self.sentences.get(name, ""), name in sure) for name in names]

    @property
    def named(self) -> CaseResult | None:
        """The result whose mistake a card shows: of a visible case before a hidden one, a sure one before a guess."""
        results = [case for case in self.cases if case.mistake]
        return min(results, key=lambda case: (case.hidden, not case.sure), default=None)

    @property
    def first_failure(self) -> CaseResult | None:
        """The first case that did not pass; one in which the check itself failed only if there is no other."""
        failures = [case for case in self.cases if not case.passed]
        return next((case for case in failures if case.judged), failures[0] if failures else None)

    def to_dict(self) -> dict[str, Any]:
        return {
            "exercise": self.exercise,
            "assignment": self.assignment,
            "points": self.points,
            "score": self.score,
            "hidden": self.hidden,
            "status": self.status.value,
            "cases": [case.to_dict() for case in self.cases],
            "mistakes": [{"name": m.name, "says": m.says, "sure": m.sure} for m in self.mistakes],
            "figures": self.figures,
            "sources": self.sources,
        }
