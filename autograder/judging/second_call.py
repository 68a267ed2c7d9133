"""What a second call shows: whether the same inputs give the same answer, and others of the same sizes theirs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autograder.guest.plain_data import Inputs, perturbed
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding
from autograder.judging.compare import same
from autograder.judging.general import KEPT
from autograder.judging.known import known

if TYPE_CHECKING:
    from autograder.judging.exercise import Exercise

TEXT = "Right at first, but not when called again with other numbers of the same sizes: "


def wrong_when_called_again(exercise: Exercise, case: Case, first: Inputs, response: Response) -> Iterator[Finding]:
    """What is wrong with the answer to the call with perturbed inputs, when the first answer was right.

    Something is kept from the first call for certain if the numbers are those of inputs of both calls. Else it may be:
    an answer that is wrong for some numbers only looks the same, but not in every case.
    """
    inputs, tolerance = perturbed(first), exercise.tolerance(first)
    answer, inputs_after = response.other or (None, {})
    got = exercise.split_leniently(answer)
    if isinstance(got, str):
        yield Finding(TEXT + got, KEPT, guesses=frozenset(KEPT))
        return
    got |= {name: inputs_after.get(name) for name in exercise.mutates}
    right = known(exercise, exercise.checked_parts(case), inputs).right
    parts = [part for part in exercise.checked_parts(case) if right[part] is not None]
    mismatches = exercise.wrong_values(parts, inputs, right, got)
    # a known mistake that shows only with these numbers is left to the case that is meant for it
    if not mismatches or exercise.recognise(case, inputs, got):
        return
    mixtures = _mixtures(exercise, first, inputs)
    kept = any(all(same(answer[part], got[part], tolerance) for part in parts) for answer in mixtures)
    for mismatch in mismatches:
        yield Finding(TEXT + mismatch.text, KEPT, guesses=frozenset(() if kept else KEPT))


def repeatable(exercise: Exercise, inputs: Inputs, response: Response) -> bool:
    """Whether the same inputs gave the same answer a second time, if they were asked a second time."""
    if not exercise.repeats_call(inputs) or response.again is None:
        return True
    return same(response.answer, response.again, exercise.tolerance(inputs))


def _mixtures(exercise: Exercise, first: Inputs, second: Inputs) -> Iterator[dict[str, object]]:
    """The answers to a second call if an input of the first is kept, or all of them are."""
    for inputs in _with_one_kept(first, second):
        with contextlib.suppress(Exception):  # inputs of two calls need not go together
            yield exercise.reference(inputs)


def _with_one_kept(first: Inputs, second: Inputs) -> Iterator[Inputs]:
    for name, value in first.items():
        if isinstance(value, tuple):
            for k, item in enumerate(value):
                yield second | {name: (*second[name][:k], item, *second[name][k + 1 :])}
        else:
            yield second | {name: value}
    yield first
