"""06_batchnorm: ask a student's forward and backward together, since what the cache holds is for the student to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from autograder.guest.plain_data import Inputs
from autograder.guest.question import Question
from autograder.guest.responders.batchnorm import FORWARD, GRADIENTS, NO_PAIR
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding
from autograder.judging.compare import differences, kind_of, same
from autograder.judging.exercise import Exercise, explain_error

SAYS = {
    "forward-wrong": "The forward function is what is wrong here, not the backward one: it is called first, and what "
    "it returns is not right. Pass its check, then come back.",
    "cache-changed": "The backward function changes an array that is in the cache; work on new arrays.",
    "cache-holds-running": "The cache holds the running arrays themselves, and they move in place with the next batch "
    "in training: keep what the way back needs in arrays of its own.",
    "cache-of-another-call": "The way back uses what the latest forward call left behind; everything that it needs "
    "must be in the cache that it is given.",
}


class ForwardAndBackward(Exercise):
    """A backward function that is asked with the cache of the student's own forward function.

    If the inputs hold `next_batch`, it is trained on between the two, with the same running arrays. The response's
    `inputs` hold the arguments as they were afterwards, without the running arrays and what the forward function has
    changed; and under `out` what it returned.
    """

    returns = GRADIENTS
    responder = "batchnorm"
    forward: ClassVar[str]  # name of the forward function

    def right_out(self, inputs: Inputs) -> Any:
        """The right output of the forward function."""
        raise NotImplementedError

    def question(self, inputs: Inputs) -> Question:
        return replace(super().question(inputs), uses={"forward": self.forward})

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """As usual; where gradients are wrong because the forward function is, that is what is said."""
        if NO_PAIR in response.notes:
            got = kind_of(response.answer)
            return [Finding(f"{self.forward} must return (out, cache); yours returned {got}.", ("forward-wrong",))]
        if response.error is not None and FORWARD in response.notes:
            missing = "NotImplementedError" in response.error.bases
            text = f"{self.forward} is called first. {explain_error(response.error)}"
            return [Finding(text, () if missing else ("forward-wrong",))]
        findings = super().judge(case, inputs, response)
        if not findings or "out" not in response.inputs:
            return findings
        wrong = differences(
            "out", self.right_out(inputs), response.inputs["out"], {"out": self.axes["dx"]}, {}, self.tolerance(inputs)
        )
        return [
            Finding(f"These gradients need your {self.forward}, which is wrong here: {found.text}", ("forward-wrong",))
            for found in wrong
            if found.kind != "dtype"
        ] or findings

    def recognise(self, case: Case, inputs: Inputs, got: Mapping[str, Any]) -> tuple[str, ...]:
        """A mistake with the cache that explains the numbers comes before any other."""
        names = super().recognise(case, inputs, got)
        cache = tuple(name for name in names if name.startswith("cache-"))
        return cache or names

    def _broken_conventions(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        if not same(response.answer, response.again, self.tolerance(inputs)):
            text = f"The numbers are right, but {self.name} called again with the same cache gives others."
            yield Finding(text, ("cache-changed",))
        yield from super()._broken_conventions(inputs, response)


def without_next(inputs: Inputs, *more: str) -> Inputs:
    """The arguments of the forward function alone."""
    apart: Sequence[str] = ("dout", "next_batch", *more)
    return {name: value for name, value in inputs.items() if name not in apart}
