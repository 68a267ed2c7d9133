"""The speed of an answer: how many times faster than the course's loops it is, both measured in one run.

The loops themselves are the solutions of 02 and 03, which students must not get; so `utils.speed.convolution`, which
does the work of some rounds of these loops, is measured in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData, fresh
from autograder.guest.question import Functions
from autograder.guest.response import Response, capture
from autograder.guest.student_call import call_student
from autograder.judging.case import Case, Finding
from autograder.judging.compare import same
from autograder.judging.exercise import AskTimed, Exercise
from autograder.judging.mistake import Form, Hypothesis, Mistake
from utils.speed.convolution import ROUNDS
from utils.speed.timing import PROCESSOR, Task, one_thread, seconds_of

WANTED = 20.0  # times faster than the loops
SIZES = {"n": 4, "c": 3, "h": 12, "w": 12, "f": 20, "kernel": 3, "stride": 1, "padding": 1}
OUT_SHAPE = (4, 20, 12, 12)
SPEED_CASE = Case(
    "at least 20× faster than the loops: 4 images of 3×12×12, 20 filters of 3×3, padding 1, float32, one thread",
    SIZES,
    dtype="float32",
    conventions=("speed",),
    hint="No Python loop over images, filters or windows: at most one over the positions in the kernel.",
)
TOO_SLOW = Mistake(
    "too-slow",
    "The numbers are right, but computing them takes too long. Look for a Python loop over windows or single numbers, "
    "here or in a function of yours that is called here, such as im2col or col2im. Let one matrix product (or an "
    "einsum) compute many windows at once, and loop at most over the positions in the kernel.",
    convention="speed",
)
REPEATS = 5  # measurements of each in one attempt, taken in turns; the fastest of each counts
ATTEMPTS = 3  # before an answer fails, because the machine may be busy
NEAR = 0.7  # of WANTED: an answer slower than that gets no second attempt
HOPELESS = 0.25  # of WANTED: an answer slower than that does not even get all measurements of the first


class Timed(Exercise):
    """An exercise of which one case, SPEED_CASE, is about speed."""

    timed = True

    def is_timed(self, inputs: Inputs) -> bool:
        """Whether these are the inputs of the case about speed."""
        raise NotImplementedError

    def loops(self, inputs: Inputs) -> Task:
        """A task that does the work of ROUNDS rounds of the course's loops with these inputs."""
        raise NotImplementedError

    def respond(self, student: Functions, inputs: Inputs) -> Response:
        """As usual; in the case about speed, measure first and add the ratio to the response's notes."""
        if not self.is_timed(inputs):
            return super().respond(student, inputs)

        def seconds(question: Inputs) -> float:
            keywords = {name: value for name, value in question.items() if name in self.keywords}
            arguments = [value for name, value in question.items() if name not in self.keywords]
            return seconds_of(lambda: call_student(student[self.name], *arguments, **keywords), PROCESSOR)

        attempt = Response()
        with capture(attempt):
            ratio = times_faster(seconds, inputs, self.loops(inputs))
        if attempt.error is not None:
            return attempt
        response = super().respond(student, inputs)
        response.notes = (note(ratio),)
        return response

    def ask_remotely(self, ask: AskTimed, inputs: Inputs) -> Response:
        """As `respond`, with the time that `ask` measures. The time of a wrong answer does not count."""
        if not self.is_timed(inputs):
            return super().ask_remotely(ask, inputs)
        failed: list[Response] = []

        def seconds(question: Inputs) -> float:
            response, taken = ask(question)
            right = self.reference(question)
            got = self.split(response.answer)
            if response.error is not None or isinstance(got, str):
                failed.append(response)
            elif all(same(right[part], got[part], self.tolerance(question)) for part in self.checked_parts(SPEED_CASE)):
                return taken
            return np.inf

        ratio = times_faster(seconds, inputs, self.loops(inputs))
        response = failed[0] if failed else ask(inputs)[0]
        response.notes = (note(ratio),)
        return response

    def repeats_call(self, inputs: Inputs) -> bool:
        """Not in the case about speed, which calls the function with other inputs of the same sizes anyway."""
        return not self.is_timed(inputs)

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """As usual; in the case about speed, the ratio counts if the numbers are right."""
        findings = super().judge(case, inputs, response)
        if findings or not self.is_timed(inputs):
            return findings
        ratio = noted(response.notes)
        if ratio is None:
            return [Finding("The numbers are right, but the speed was not measured: run the check again.")]
        if ratio >= WANTED:
            return []
        text = f"Right, but only {ratio:.1f} times as fast as the course's loops at this size; {WANTED:g} are required."
        return [Finding(text, (TOO_SLOW.name,), convention="speed")]

    def fitting(self, case: Case, inputs: Inputs, got: Mapping[str, PlainData]) -> dict[Form, bool]:
        """None in the case about speed: its inputs are large, and the small cases reveal the same mistakes."""
        return {} if self.is_timed(inputs) else super().fitting(case, inputs, got)

    def contradicted(self, case: Case, inputs: Inputs) -> set[Hypothesis]:
        """None in the case about speed, as in `fitting`."""
        return set() if self.is_timed(inputs) else super().contradicted(case, inputs)


def times_faster(seconds: Callable[[Inputs], float], inputs: Inputs, loops: Task) -> float:
    """How many times faster than `loops` an answer is, by the fastest of several measurements of each.

    `seconds` measures one answer. It is processor time, to which a busy machine adds nothing. Each measurement has
    other numbers, so that nothing is gained by storing an answer.
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
    """The same numbers in another order: each array rolled by `by` along its first axis."""
    if isinstance(value, np.ndarray):
        return np.roll(value, by, axis=0)
    if isinstance(value, (tuple, list)):
        return type(value)(turned(item, by) for item in value)
    if isinstance(value, dict):
        return {name: turned(item, by) for name, item in value.items()}
    return value


def note(ratio: float) -> str:
    """A ratio as a note of a response."""
    return f"times faster: {ratio:.6g}"


def noted(notes: tuple[str, ...]) -> float | None:
    """The ratio among the notes of a response; None if it was not measured."""
    ratios = [float(text.removeprefix("times faster: ")) for text in notes if text.startswith("times faster: ")]
    return ratios[0] if ratios else None
