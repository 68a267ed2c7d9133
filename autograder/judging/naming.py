"""Which known mistake to name, and how surely: the evidence of all cases is weighed, not that of the first alone.

A mistake predicts the answer to every case for which its wrong answers are defined. A case speaks for it if the answer
is the predicted one, and against it if another answer came, right or wrong. "This is" the mistake if a case speaks for
it by its numbers or by what was observed, and none speaks against it. With less, "this may be" the mistake; with as
many cases against it as for it, it is not named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """What one case tells about the known mistakes, by their ids."""

    fits: tuple[str, ...] = ()  # that lead to this answer, in the order of the exercise
    guesses: frozenset[str] = frozenset()  # of these, the ones that fit by a shape or an error alone
    against: frozenset[str] = frozenset()  # that would have led to another answer


@dataclass(frozen=True)
class Name:
    """The mistake that is named for one case."""

    mistake: str = ""  # its id; empty if none is
    sure: bool = False  # whether no case speaks against it, and one at least by more than a shape or an error
    why: str = ""  # what speaks for a guess, in a few words


def names(evidence: Sequence[Evidence]) -> list[Name]:
    """The mistake to name for each case: of those that fit its answer, the one that all cases support best."""
    known = {name for case in evidence for name in case.fits}
    support = {name: Support.of(name, evidence) for name in known}
    chosen = []
    for case in evidence:
        likely = [name for name in case.fits if support[name].outweighs]
        best = min(likely, key=lambda name: support[name].rank, default="")
        chosen.append(Name(best, support[best].sure, support[best].why) if best else Name())
    return chosen


@dataclass(frozen=True)
class Support:
    """How many cases speak for a mistake, and against it."""

    numbers: int  # whose numbers, or what was observed, are those of the mistake
    guesses: int  # whose shape or error alone is
    against: int

    @classmethod
    def of(cls, name: str, evidence: Sequence[Evidence]) -> Support:
        fitting = [case for case in evidence if name in case.fits]
        guesses = sum(name in case.guesses for case in fitting)
        return cls(len(fitting) - guesses, guesses, sum(name in case.against for case in evidence))

    @property
    def sure(self) -> bool:
        return self.numbers > 0 and not self.against

    @property
    def outweighs(self) -> bool:
        """Whether more speaks for the mistake than against it."""
        return self.numbers + self.guesses > self.against

    @property
    def rank(self) -> tuple[int, bool, int]:
        """The better supported, the smaller."""
        return self.against, not self.numbers, -(self.numbers + self.guesses)

    @property
    def why(self) -> str:
        """What speaks for it, if it is a guess."""
        if self.sure:
            return ""
        cases = self.numbers + self.guesses
        if not self.numbers:
            return "the error or the shape of the result fits; the numbers could not be compared"
        return f"the numbers fit in {cases} of {cases + self.against} cases"
