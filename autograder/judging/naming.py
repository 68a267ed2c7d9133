"""Which known mistake to name, and how surely: the evidence of all cases is weighed, not that of the first alone.

A mistake predicts the answer to every case for which its wrong answers are defined. A case speaks for it if the answer
is the predicted one, and against it if another answer came, right or wrong. Where a mistake may lead to several wrong
answers, each of these forms is weighed by itself too, and the best of them counts. A card says that this is what is
wrong if a case speaks for the mistake by its numbers or by what was observed, and none speaks against it. It says that
this may be wrong if more cases speak for it than against it.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from autograder.judging.mistake import Form, Hypothesis, mistake_of

SHAPES_PER_CASE_AGAINST = 2  # to show a guess by shapes and errors, more of them than this must speak for it


@dataclass(frozen=True)
class Evidence:
    """What one case tells about the known mistakes, by their ids."""

    passed: bool  # whether the case did
    fits: tuple[str, ...] = ()  # that lead to this answer, in the order of the exercise
    guesses: frozenset[str] = frozenset()  # of these, the ones that fit, but by nothing that is theirs alone
    against: frozenset[Hypothesis] = frozenset()  # that would have led to another answer; forms of them, too
    silent: frozenset[Hypothesis] = frozenset()  # that would have led to an answer, where an error came instead
    forms: frozenset[Form] = frozenset()  # of those that fit, the forms that do
    wrong_numbers: bool = True  # where it failed: whether numbers came, and they are wrong

    def speaks_for(self, hypothesis: Hypothesis) -> bool:
        """Whether it fits the answer; a form fits an error, too, that its mistake leads to."""
        if isinstance(hypothesis, Form):
            return hypothesis in self.forms or hypothesis.mistake in self.guesses
        return hypothesis in self.fits


@dataclass(frozen=True)
class Name:
    """The mistake that is named for one case."""

    mistake: str = ""  # its id; empty if none is
    sure: bool = False  # whether all cases bear it out
    why: str = ""  # what speaks for a guess


def names(evidence: Sequence[Evidence]) -> list[Name]:
    """The mistake to name for each case: of those that fit its answer, the one that all cases support best."""
    known = {name for case in evidence for name in case.fits}
    forms = {form for case in evidence for form in case.forms}
    support = {name: Support.best(name, forms, evidence) for name in known}
    explained = {name for name in known if support[name].uncontradicted}
    support = {name: replace(support[name], unexplained=_unexplained(name, evidence, explained)) for name in known}
    chosen = []
    for case in evidence:
        likely = [name for name in case.fits if support[name].outweighs]
        best = min(likely, key=lambda name: support[name].rank, default="")
        chosen.append(Name(best, support[best].sure, support[best].why) if best else Name())
    return chosen


def _unexplained(name: str, evidence: Sequence[Evidence], others: Collection[str]) -> int:
    """In how many cases numbers are wrong, although a mistake would not show, and none of the others fits either."""
    failed = (case for case in evidence if not case.passed and case.wrong_numbers)
    named = {name, *others}
    return sum(not named.intersection(case.fits) and name not in case.against | case.silent for case in failed)


def same_error_same_mistake(evidence: Sequence[Evidence], errors: Sequence[Hashable]) -> list[Evidence]:
    """The evidence, with what follows from equal errors: the same line fails for the same reason in every case.

    A mistake that could raise the error in some of these cases only is not the reason: the others speak against it.

    errors: one of each case; equal where the same line of code raised the same type of error, None where none did.
    """
    could: dict[Hashable, set[str]] = {}
    for case, error in zip(evidence, errors, strict=True):
        could.setdefault(error, set()).update(case.guesses)
    return [
        case if error is None or case.passed else replace(case, against=case.against | (could[error] - {*case.fits}))
        for case, error in zip(evidence, errors, strict=True)
    ]


@dataclass(frozen=True)
class Support:
    """How many cases speak for a mistake, and against it."""

    numbers: int  # whose numbers, or what was observed, are those of the mistake
    guesses: int  # whose shape or error alone is
    passed: int  # that would fail with it
    other: int  # that fail, but with other numbers
    silent: int = 0  # that raise an error, where it would have led to an answer
    unexplained: int = 0  # whose numbers are wrong, although it would not show, and no other known mistake explains it

    @classmethod
    def of(cls, hypothesis: Hypothesis, evidence: Sequence[Evidence]) -> Support:
        name = mistake_of(hypothesis)
        fitting = [case for case in evidence if case.speaks_for(hypothesis)]
        against = [case.passed for case in evidence if hypothesis in case.against]
        guesses = sum(name in case.guesses for case in fitting)
        silent = sum(hypothesis in case.silent for case in evidence)
        return cls(len(fitting) - guesses, guesses, sum(against), len(against) - sum(against), silent)

    @classmethod
    def best(cls, name: str, forms: Iterable[Form], evidence: Sequence[Evidence]) -> Support:
        """That of the mistake as a whole, or of one of these forms of it."""
        hypotheses: list[Hypothesis] = [name, *(form for form in forms if form.mistake == name)]
        return min((cls.of(each, evidence) for each in hypotheses), key=lambda support: support.rank)

    @property
    def uncontradicted(self) -> bool:
        """Whether its numbers came, and nothing speaks against it."""
        return self.numbers > self.silent and not self.passed and not self.other

    @property
    def sure(self) -> bool:
        """Whether it is what is wrong: nothing speaks against it, and not most of what fails has another reason."""
        return self.uncontradicted and self.numbers + self.guesses >= self.unexplained

    @property
    def outweighs(self) -> bool:
        """Whether more speaks for it than against it, and not most of what fails has another reason.

        Other mistakes may lead to the same shapes and errors: these alone must be many more.
        """
        fits, against = self.numbers + self.guesses, self.passed + self.other + self.silent
        return fits >= self.unexplained and fits > (1 if self.numbers else SHAPES_PER_CASE_AGAINST) * against

    @property
    def rank(self) -> tuple[int, int, bool, int]:
        """The better supported, the smaller: what explains all that fails comes before what is sure of a part."""
        return self.passed + self.other, self.unexplained, not self.sure, -(self.numbers + self.guesses)

    @property
    def why(self) -> str:
        """What speaks for it, if it is a guess."""
        fits = self.numbers + self.guesses
        if self.uncontradicted:
            return ""
        if not self.numbers:
            return "It fits what happened; other mistakes may lead to the same."
        if self.other or not self.passed:
            failed = fits + self.other + self.silent
            return f"The numbers fit in {fits} of the {failed} failed cases in which it would show."
        return f"The numbers fit in every case that fails, but it would show in {self.passed} more, which pass."
