"""How many times faster than the course's loops an answer is, measured beside it in one run.

The loops are the answers to 02 and 03, so they are not here:
`utils.speed.convolution` does the work of some of their rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData, fresh
from autograder.guest.question import Functions
from autograder.guest.response import Response, capture
from autograder.judging.case import Case, Finding
from autograder.judging.compare import same
from autograder.judging.exercise import AskTimed, Exercise
from autograder.judging.mistake import Mistake
from utils.speed.convolution import ROUNDS
from utils.speed.timing import PROCESSOR, Task, one_thread, seconds_of

WANTED = 20.0  # times faster than the loops
SIZES = {"n": 4, "c": 3, "h": 12, "w": 12, "f": 20, "kernel": 3, "stride": 1, "padding": 1}
OUT_SHAPE = (4, 20, 12, 12)
SPEED_CASE = Case(
    "at least 20× faster than the loops: 4 images of 3×12×12, 20 filters of 3×3, padding 1, float32, one thread",
    SIZES,
    dtype="float32",
    weight=14,  # half of all: the same numbers have been graded before
    hint="No Python loop over images, filters or places of the window: at most one over the places of the kernel.",
)
TOO_SLOW = Mistake(
    "too-slow",
    "The numbers are right, but Python still makes a step for every window. Let one matrix product (or an einsum) do "
    "the sums of many windows at once, and loop over the places of the kernel at most.",
)
REPEATS = 5  # measurements of each, by turns; the best of each counts
ATTEMPTS = 3  # on a busy machine, measure again before failing
NEAR, HOPELESS = 0.7, 0.25  # of what is wanted: below, no need to measure again, or to measure five times at all


class Timed(Exercise):
    """An exercise with a question about speed: the one whose upstream gradient or output has OUT_SHAPE."""

    timed = True

    def is_timed(self, inputs: Inputs) -> bool:
        """Whether this is the question about speed."""
        raise NotImplementedError

    def loops(self, inputs: Inputs) -> Task:
        """ROUNDS rounds of what the course's loops do for a question."""
        raise NotImplementedError

    def respond(self, student: Functions, inputs: Inputs) -> Response:
        """Ask; where speed is the question, measure first and note the ratio."""
        if not self.is_timed(inputs):
            return super().respond(student, inputs)

        def seconds(question: Inputs) -> float:
            named = {name: value for name, value in question.items() if name in self.keywords}
            given = [value for name, value in question.items() if name not in self.keywords]
            return seconds_of(lambda: student[self.name](*given, **named), PROCESSOR)

        timed = Response()
        with capture(timed):
            ratio = times_faster(seconds, inputs, self.loops(inputs))
        if timed.error is not None:
            return timed
        response = super().respond(student, inputs)
        response.notes = (note(ratio),)
        return response

    def ask_remotely(self, ask: AskTimed, inputs: Inputs) -> Response:
        """As `respond`, with the time taken by the one who asks. A wrong answer's time counts for nothing."""
        if not self.is_timed(inputs):
            return super().ask_remotely(ask, inputs)
        lost: list[Response] = []

        def seconds(question: Inputs) -> float:
            response, taken = ask(question)
            right = self.reference(question)
            got = self.split(response.answer)
            if response.error is not None or isinstance(got, str):
                lost.append(response)
            elif all(same(right[part], got[part], self.tolerance(question)) for part in self.checked_parts(SPEED_CASE)):
                return taken
            return np.inf

        ratio = times_faster(seconds, inputs, self.loops(inputs))
        response = lost[0] if lost else ask(inputs)[0]
        response.notes = (note(ratio),)
        return response

    def repeats_call(self, inputs: Inputs) -> bool:
        """Not on the large question: its answer comes after those to others of the same sizes."""
        return not self.is_timed(inputs)

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """As usual; where the numbers are right and speed is the question, the ratio counts."""
        findings = super().judge(case, inputs, response)
        if findings or not self.is_timed(inputs):
            return findings
        ratio = noted(response.notes)
        if ratio is None:
            return [Finding("The numbers are right, but how fast they came was not measured: run the check again.")]
        if ratio >= WANTED:
            return []
        text = (
            f"Right, but {ratio:.1f} times as fast as the course's loops on this size, where {WANTED:g} are asked for."
        )
        return [Finding(text, (TOO_SLOW.name,))]

    def recognise(self, case: Case, inputs: Inputs, got: Mapping[str, PlainData]) -> tuple[str, ...]:
        """As usual; the large question would take long and tells no more than the small ones."""
        return () if self.is_timed(inputs) else super().recognise(case, inputs, got)

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        """As usual, and not on the large question."""
        return set() if self.is_timed(inputs) else super().contradicted(case, inputs)


def times_faster(seconds: Callable[[Inputs], float], inputs: Inputs, loops: Task) -> float:
    """How many times faster than the loops questions like this are answered: processor time, best of several.

    Processor time, since a busy machine adds nothing to it. Every question has other numbers, so that nothing is gained
    by remembering an answer.
    """
    with one_thread():
        fastest, slowest = np.inf, np.inf
        for turn in range(ATTEMPTS * REPEATS):
            slowest = min(slowest, seconds_of(loops, PROCESSOR) * np.prod(OUT_SHAPE) / ROUNDS)
            fastest = min(fastest, seconds(turned(fresh(inputs), turn)))
            ratio = float(slowest / max(fastest, 1e-9))
            hopeless = turn >= 1 and ratio < HOPELESS * WANTED
            decided = (turn + 1) % REPEATS == 0 and not NEAR * WANTED < ratio < WANTED
            if hopeless or decided:
                break
    return ratio


def turned(value: PlainData, by: int) -> PlainData:
    """The same numbers in another order: each array turned along its first axis."""
    if isinstance(value, np.ndarray):
        return np.roll(value, by, axis=0)
    if isinstance(value, (tuple, list)):
        return type(value)(turned(item, by) for item in value)
    if isinstance(value, dict):
        return {name: turned(item, by) for name, item in value.items()}
    return value


def note(ratio: float) -> str:
    """A ratio as it crosses from where the student's code runs to where it is judged."""
    return f"times faster: {ratio:.6g}"


def noted(notes: tuple[str, ...]) -> float | None:
    """The ratio among the notes of a response, if it was measured."""
    found = [float(text.removeprefix("times faster: ")) for text in notes if text.startswith("times faster: ")]
    return found[0] if found else None
