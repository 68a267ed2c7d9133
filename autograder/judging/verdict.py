"""What a check found: one result a case, the score, and the mistakes by name; as plain text and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from autograder.judging.compare import Mismatch

MIME = "application/vnd.autograder.verdict+json"


def figure(name: str, value: float) -> str:
    """A figure as people read it: a share in percent, a count with commas."""
    return f"{value:.1%}" if name == "accuracy" else f"{value:,.0f}"


@dataclass(frozen=True)
class Example:
    """The smallest case that still goes wrong: the inputs, what is expected and what came, each as text."""

    inputs: tuple[tuple[str, str], ...]
    expected: str
    got: str


@dataclass(frozen=True)
class CaseResult:
    """What came of one case. status: passed, failed, raised or not attempted; mistake: the id of a known one."""

    name: str
    hidden: bool
    weight: float
    status: str
    message: str = ""
    mistake: str = ""
    hint: str = ""
    mismatch: Mismatch | None = None
    inputs: tuple[tuple[str, str], ...] = ()  # (name, shape or value) of what was asked

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def told(self) -> str:
        """What may be said of the case: of a hidden one never what it asked (an error could repeat it)."""
        if not self.hidden or self.passed:
            return self.message
        if self.status == "failed":
            return self.hint
        return "Your code raised an error on this case." if self.status == "raised" else f"{self.status} on this case"

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "hidden": self.hidden,
            "weight": self.weight,
            "passed": self.passed,
            "status": self.status,
            "message": self.told,
            "mistake": self.mistake or None,
        }


@dataclass(frozen=True)
class NamedMistake:
    """A known mistake that was recognised: its id and its sentence."""

    name: str
    says: str


@dataclass
class Verdict:
    """The outcome of one check."""

    exercise: str
    assignment: str
    points: float
    hidden: bool
    cases: list[CaseResult]
    sentences: dict[str, str] = field(default_factory=dict)  # mistake id → sentence
    example: Example | None = None
    printed: str = ""
    seconds: float = 0.0
    figures: dict[str, float] = field(default_factory=dict)  # for a leaderboard, by name
    sources: dict[str, str] = field(default_factory=dict)  # function → sha256 of the source that was judged

    @property
    def score(self) -> float:
        """Points: the share of the weight of the cases that passed."""
        total = sum(case.weight for case in self.cases)
        share = sum(case.weight for case in self.cases if case.passed) / total
        return round(self.points * share, 2)

    @property
    def passed(self) -> bool:
        return all(case.passed for case in self.cases)

    @property
    def status(self) -> str:
        """passed, failed, raised or not attempted, of the check as a whole."""
        if self.passed:
            return "passed"
        bad = {case.status for case in self.cases if not case.passed}
        return bad.pop() if len(bad) == 1 else "failed"

    @property
    def mistakes(self) -> list[NamedMistake]:
        """Known mistakes that were recognised, the most frequent first."""
        counts = Counter(case.mistake for case in self.cases if case.mistake)
        return [NamedMistake(name, self.sentences.get(name, "")) for name, _ in counts.most_common()]

    @property
    def first_failure(self) -> CaseResult | None:
        return next((case for case in self.cases if not case.passed), None)

    def to_dict(self) -> dict[str, Any]:
        return {
            "exercise": self.exercise,
            "assignment": self.assignment,
            "points": self.points,
            "score": self.score,
            "hidden": self.hidden,
            "status": self.status,
            "cases": [case.to_dict() for case in self.cases],
            "mistakes": [{"name": m.name, "says": m.says} for m in self.mistakes],
            "figures": self.figures,
            "sources": self.sources,
        }
