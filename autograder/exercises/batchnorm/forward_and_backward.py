"""06_batchnorm: judge a backward function with the cache of the student's own forward function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from autograder.guest.plain_data import Inputs
from autograder.guest.question import Question
from autograder.guest.responders.batchnorm import FORWARD, GRADIENTS, NO_PAIR
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding
from autograder.judging.compare import differences, kind_of, same
from autograder.judging.error_sentence import explain_error
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Form

# id of a mistake that involves the forward function → its sentence
SAYS = {
    "forward-wrong": "The forward function is wrong here, not the backward one: it is called first, and its output is "
    "wrong. Pass its check first.",
    "cache-changed": "The backward function changes an array in the cache; work on new arrays.",
    "cache-holds-running": "The cache holds the running arrays themselves, which the next batch in training changes in "
    "place: store copies of what the backward pass needs.",
    "cache-of-another-call": "The backward function uses something that the latest forward call stored outside the "
    "cache; it must take everything from the cache that it is passed.",
}


class ForwardAndBackward(Exercise):
    """A backward function, called with the cache of the student's own forward function, which may hold anything.

    If the inputs have `next_batch`, the forward function is called with it in between, with the same running arrays.
    The response's `inputs` hold the arguments after the calls, without the running arrays and without those that the
    forward function has changed, and the output of the forward function as `out`.
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
        """As usual, but a wrong forward function is reported in place of the wrong gradients that it causes."""
        if NO_PAIR in response.notes:
            got = kind_of(response.answer)
            return [Finding(f"{self.forward} must return (out, cache); yours returned {got}.", ("forward-wrong",))]
        if response.error is not None and FORWARD in response.notes:
            missing = response.error.not_written
            text = f"{self.forward} is called first. {explain_error(response.error)}"
            return [Finding(text, () if missing else ("forward-wrong",))]
        findings = super().judge(case, inputs, response)
        if not findings or "out" not in response.inputs:
            return findings
        mismatches = differences(
            "out", self.right_out(inputs), response.inputs["out"], {"out": self.axes["dx"]}, {}, self.tolerance(inputs)
        )
        text = f"These gradients need your {self.forward}, which is wrong here: "
        wrong = [mismatch for mismatch in mismatches if mismatch.kind != "dtype"]
        return [Finding(text + mismatch.text, ("forward-wrong",)) for mismatch in wrong] or findings

    def fitting(self, case: Case, inputs: Inputs, got: Mapping[str, Any]) -> dict[Form, bool]:
        """As usual, but where a mistake with the cache explains the numbers, only such mistakes."""
        forms = super().fitting(case, inputs, got)
        return {form: numbers for form, numbers in forms.items() if form.mistake.startswith("cache-")} or forms

    def _memory_misused(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        if not same(response.answer, response.again, self.tolerance(inputs)):
            text = f"The numbers are right, but {self.name} returns others for the same cache the second time."
            yield Finding(text, ("cache-changed",))
        yield from super()._memory_misused(inputs, response)


def forward_arguments(inputs: Inputs, *without: str) -> Inputs:
    """The arguments of the forward function among the inputs, without those named."""
    others = ("dout", "next_batch", *without)
    return {name: value for name, value in inputs.items() if name not in others}
