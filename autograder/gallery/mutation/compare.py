"""Whether a mutant that passes its check can be told apart from the right answer that it was made from."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from autograder.gallery.mutation.inputs import random_inputs
from autograder.guest.plain_data import Inputs
from autograder.guest.question import Functions
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding
from autograder.judging.compare import same
from autograder.judging.dtypes import tolerance_of
from autograder.judging.examine import describe
from autograder.judging.exercise import Exercise

INPUTS = 48  # on which a mutant is compared with the right answer
TRIES = 20  # for each of them, before no more are drawn
SECONDS = 5.0  # of processor time, after which no further input is asked
ROUNDING = 100.0  # times the tolerance of a check, by which numbers of random size may differ through rounding
SEED = 20_000  # of the inputs; the checks draw theirs by a digest of names


@dataclass(frozen=True)
class Comparison:
    """What came of comparing a mutant with the right answer."""

    inputs: int  # on which both were asked
    broken: str = ""  # the input and what is wrong with the mutant's answer; empty if nothing is
    freedom: str = ""  # an input on which the answers differ in a way that the contract allows; empty if none does


def compare(
    exercise: Exercise, mutant: Functions, original: Functions, before_each: Callable[[str], None]
) -> Comparison:
    """Ask both the same random inputs, until the mutant's answer to one is wrong.

    before_each: called with the description of each input, since an answer to it may never come.
    """
    asked, freedom, started = 0, "", time.process_time()
    for case, inputs in valid_inputs(exercise):
        if time.process_time() - started > SECONDS:
            break
        shown = described(inputs)
        before_each(shown)
        right = exercise.respond(original, inputs)
        if exercise.judge(case, inputs, right):
            continue  # this style is not right here, or chance decides
        asked += 1
        response = exercise.respond(mutant, inputs)
        findings = exercise.judge(case, inputs, response)
        if findings and not _is_rounding(findings[0], inputs, right, response):
            return Comparison(asked, f"{shown}: {findings[0].text}")
        if not freedom and (findings or not _alike(inputs, right, response)):
            freedom = shown
    return Comparison(asked, freedom=freedom)


@cache
def valid_inputs(exercise: Exercise) -> tuple[tuple[Case, Inputs], ...]:
    """Random inputs that are questions of the exercise, as far as its reference can tell."""
    drawn = itertools.islice(random_inputs(exercise, SEED), TRIES * INPUTS)
    valid = ((case, inputs) for case, inputs in drawn if inputs is not None and _has_answer(exercise, inputs))
    return tuple(itertools.islice(valid, INPUTS))


def _has_answer(exercise: Exercise, inputs: Inputs) -> bool:
    """Whether the reference can answer, with arrays that are not empty. Where behaviour is observed, it cannot tell."""
    try:
        answers = exercise.reference(inputs).values()
    except NotImplementedError:
        return True
    except Exception:
        return False
    return all(answer.size for answer in answers if isinstance(answer, np.ndarray))


def _is_rounding(finding: Finding, inputs: Inputs, right: Response, response: Response) -> bool:
    """Whether numbers are wrong by no more than rounding, which grows where large numbers leave a small difference."""
    only_values = finding.mismatch is not None and finding.mismatch.kind == "value" and not finding.convention
    return only_values and _alike(inputs, right, response, ROUNDING)


def _alike(inputs: Inputs, right: Response, response: Response, factor: float = 1.0) -> bool:
    """Whether two responses agree closely: values, inputs afterwards, and errors. factor: times the tolerance."""
    if (right.error is None) != (response.error is None):
        return False
    if right.error is not None and response.error is not None:
        return right.error.type == response.error.type
    tolerance = tolerance_of(inputs).times(factor)
    return same(right.answer, response.answer, tolerance) and same(right.inputs, response.inputs, tolerance)


def described(inputs: Inputs) -> str:
    """The inputs of one call, by shape or value."""
    return ", ".join(f"{name} {describe(value)}" for name, value in inputs.items()) or "no input"
