"""06_batchnorm: ask a student's forward and backward together, since what the cache holds is for the student to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from autograder.answer import Inputs, Response, fresh, listening, others, plain, shared_memory
from autograder.compare import differences, kind_of, same
from autograder.exercises.batchnorm.arrays import ARRAYS, RUNNING
from autograder.exercises.exercise import Case, Exercise, Finding, Functions, explain_error, identical

FORWARD, NO_PAIR = "in the forward", "forward without a pair"  # notes in a response
GRADIENTS = ("dx", "dgamma", "dbeta")

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
    forward: ClassVar[str]  # name of the forward function

    def right_out(self, inputs: Inputs) -> Any:
        """The right output of the forward function."""
        raise NotImplementedError

    def respond(self, student: Functions, inputs: Inputs) -> Response:
        """Forward, perhaps another batch, then backward; with a second backward and another question after it."""
        response = Response()
        with listening(response):
            self._ask(student, inputs, response)
        return response

    def _ask(self, student: Functions, inputs: Inputs, response: Response) -> None:
        backward = student[self.name]
        given = fresh(inputs)
        pair = self._forward(student, given, response)
        if pair is None:
            return
        out, cache = pair
        response.inputs = {"out": plain(out)}
        # a cache may hold the arguments themselves; what the forward function did to them is not the backward's fault
        untouched = [name for name in given if name not in RUNNING and identical(inputs[name], plain(given[name]))]
        if "next_batch" in given:
            self._forward(student, given | {"x": given["next_batch"], "training": True}, response)
        value = backward(given["dout"], cache)
        response.answer = plain(value)
        response.inputs |= {name: plain(given[name]) for name in untouched}
        if isinstance(value, tuple) and len(value) == len(GRADIENTS):
            response.shared = tuple(shared_memory((*value, cache), given, (*GRADIENTS, "cache")))
        other = others(inputs)
        another = self._forward(student, other, response)
        if another is None:
            return
        response.other = plain(backward(other["dout"], another[1])), {}
        response.later = plain(value)
        response.again = plain(backward(fresh(inputs)["dout"], cache))

    def _forward(self, student: Functions, given: Mapping[str, Any], response: Response) -> Any:
        """(out, cache) of the student's forward function; None, and a note, if that is not what it returns."""
        function: Callable[..., Any] = student[self.forward]
        options = {name: given[name] for name in ("training", "momentum", "eps") if name in given}
        response.notes = (FORWARD,)
        pair = function(*(given[name] for name in ARRAYS), **options)
        response.notes = ()
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            response.notes, response.answer = (NO_PAIR,), plain(pair)
            return None
        return pair

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

    def _broken_rules(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        if not same(response.answer, response.again, self.tolerance(inputs)):
            text = f"The numbers are right, but {self.name} called again with the same cache gives others."
            yield Finding(text, ("cache-changed",))
        yield from super()._broken_rules(inputs, response)


def without_next(inputs: Inputs, *more: str) -> Inputs:
    """The arguments of the forward function alone."""
    apart: Sequence[str] = ("dout", "next_batch", *more)
    return {name: value for name, value in inputs.items() if name not in apart}
