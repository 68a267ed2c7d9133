"""Exercises judged by what a model, a training loop, a timer or a checkpoint did, not by arrays that it returned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.probes import Observed
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding
from autograder.judging.close import Tolerance
from autograder.judging.conventions import BROKEN_BY
from autograder.judging.error_sentence import explain_error
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Hypothesis, fits


class ObservedExercise(Exercise):
    """An exercise whose responder runs a probe; its answer is what the probe observed, a dict.

    For each aspect of a case, `judge` calls a method that the subclass defines:

        def judge_ASPECT(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]

    It yields what is wrong with the numbers although a convention is broken too, since a case that does not look at a
    convention leaves out what is found about it.

    The aspect is the probe in `inputs["probe"]`. Where the inputs name none, each of the case's `parts` is one, or by
    default each of `returns`.
    """

    problems: ClassVar[Mapping[str, str]] = {"returned-nothing": "returns-nothing"}  # kind of WrongInterface -> mistake

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """What is wrong with what was observed; with the conventions that are broken, if nothing else is wrong."""
        findings = self._findings(case, inputs, response)
        broken = [self.convention_of(finding) for finding in findings]
        if not set(broken) <= set(case.conventions):
            broken = [""] * len(findings)  # something else is wrong too
        return [replace(finding, convention=name) for finding, name in zip(findings, broken, strict=True)]

    def convention_of(self, finding: Finding) -> str:
        """The convention that a finding is about: the one that it says, or that its first mistake breaks; or none."""
        conventions = BROKEN_BY | {mistake.name: mistake.convention for mistake in self.mistakes if mistake.convention}
        return finding.convention or next((conventions.get(name, "") for name in finding.mistakes[:1]), "")

    def _findings(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """An error, a problem with the interface, or what the aspects yield."""
        error, observed = response.error, response.answer
        if self.must_raise(inputs) and not (error and error.not_written):
            findings = self._looked_at(case, self.judge_raised(inputs, response))
            first = self.named_by(inputs, error)[:1] if error else ()
            return [each if each.mistakes else _guess(each, first) for each in findings]
        if error is not None:
            return [_guess(Finding(explain_error(error)), self.named_by(inputs, error)[:1])]
        if not isinstance(observed, dict) or not observed:
            return [Finding("Nothing came back.")]
        if "problem" in observed:
            mistake = self.problems.get(str(observed.get("kind", "")))
            return [Finding(str(observed["problem"]), (mistake,) if mistake else ())]
        aspects = (inputs["probe"],) if "probe" in inputs else case.parts or self.returns
        return self._looked_at(case, self.judge_aspects(aspects, case, inputs, observed))

    def _looked_at(self, case: Case, findings: Iterable[Finding]) -> list[Finding]:
        """The findings without those about a convention that other cases look at, and this one does not."""
        left_to_others = {name for each in self.cases for name in each.conventions} - {*case.conventions}
        return [finding for finding in findings if self.convention_of(finding) not in left_to_others]

    def judge_aspects(
        self, aspects: Sequence[str], case: Case, inputs: Inputs, observed: Observed
    ) -> Iterator[Finding]:
        """The findings on each of these aspects, in order."""
        for aspect in aspects:
            yield from getattr(self, f"judge_{aspect}")(case, inputs, observed)

    def must_raise(self, inputs: Inputs) -> bool:
        """Whether the right response to this question is an error."""
        return False

    def judge_raised(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        """What is wrong with the response to a question that must raise: no error, or another one."""
        raise NotImplementedError

    def contradicted(self, case: Case, inputs: Inputs) -> set[Hypothesis]:
        """None: what would have been observed of another mistake is not known beforehand."""
        return set()

    def matching_mistakes(
        self,
        inputs: Inputs,
        expected: Mapping[str, PlainData],
        observed: Mapping[str, PlainData],
        parts: tuple[str, ...],
        tolerance: Tolerance,
    ) -> Iterator[str]:
        """Ids of the mistakes whose answers are those observed in these parts; each is computed only when it is needed.

        inputs: with whatever the mistakes need of what was observed, such as the student's own parameters.
        """
        for mistake in self.mistakes:
            for wrong in mistake.wrong_answers(inputs, expected, parts):
                if all(fits(value, observed.get(part), tolerance) for part, value in wrong.items()):
                    yield mistake.name


def _guess(finding: Finding, mistakes: tuple[str, ...]) -> Finding:
    """The finding with mistakes that may have led to its error."""
    return replace(finding, mistakes=mistakes, guesses=frozenset(mistakes))
