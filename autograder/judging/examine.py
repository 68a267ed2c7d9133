"""Run an exercise's cases, judge the answers, and look for the smallest example of what goes wrong."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Response
from autograder.guest.status import Status
from autograder.judging import oracle
from autograder.judging.behaviour import behaviour_of
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.compare import shape
from autograder.judging.conventions import ALLOWED_FOR, SHOWN_BY_NUMBERS, about_numbers
from autograder.judging.exercise import Exercise
from autograder.judging.naming import Evidence, names, same_error_same_mistake
from autograder.judging.seeds import SmallIntegers, generator
from autograder.judging.verdict import CaseResult, Example, Verdict

# (exercise, inputs) -> response: calls the student's functions, in another process when grading
Ask = Callable[[Exercise, Inputs], Response]
# (case, whether an earlier case failed) -> whether the case need not be asked
Skip = Callable[[Case, bool], bool]
Judged = tuple[Case, Inputs, Response, list[Finding]]  # a case, its inputs, the response, and what is wrong with it

# mistakes that can be made in any exercise: id -> sentence
GENERAL_MISTAKES = {
    "returns-nothing": "The function returns nothing: a `return` is missing.",
    "input-modified": "The function changes an array that was passed to it; the caller still needs that array.",
    "shares-memory": "The result is a view of another array: changing one would change the other.",
    "calls-disturb": "Two calls share memory, so a second call changes what the first one returned.",
    "dtype-lost": "The result has another dtype than the inputs: float32 in should give float32 out.",
    "not-repeatable": "Two calls with the same inputs return different answers.",
    "kept-from-before": "A second call with other numbers of the same sizes gives a wrong answer. Either something is "
    "kept from the first call, such as an array stored by its shape, or memory is read before it is written: np.empty "
    "holds whatever was there before.",
    "bad-size-accepted": "Sizes that do not fit must raise an error, not return a number.",
}
QUESTIONS_AT_MOST = 60  # in the search for a smaller example


def in_process(functions: Mapping[str, Callable[..., Any]]) -> Ask:
    """Call functions of this process, as in a student's own notebook."""
    return lambda exercise, inputs: exercise.respond(functions, inputs)


@oracle.one_thread()
def examine(
    exercise: Exercise,
    assignment: str,
    ask: Ask,
    hidden: bool = False,
    skip: Skip = lambda case, failed: False,
    patience: float = 0.0,
) -> Verdict:
    """The verdict on one exercise: the visible cases, and with `hidden` the hidden ones too.

    Args:
        skip: leaves out cases, for a caller that does not need the score.
        patience: seconds in which the smallest example is looked for with `hidden`; without, as long as it takes.
    """
    started = time.perf_counter()
    sentences = GENERAL_MISTAKES | {mistake.name: mistake.says for mistake in exercise.mistakes}
    verdict = Verdict(exercise.name, assignment, exercise.points, hidden, [], sentences)
    asked: list[Judged] = []
    for case in exercise.cases:
        if (case.hidden and not hidden) or skip(case, any(not result.passed for result in verdict.cases)):
            continue
        inputs = exercise.challenge(case, generator(assignment, exercise.name, case.name, case.hidden))
        response, findings = _judged(exercise, case, inputs, ask)
        verdict.figures |= exercise.figures(case, inputs, response)
        shown = inputs if exercise.card_inputs is None else [name for name in exercise.card_inputs if name in inputs]
        described = tuple((name, describe(inputs[name])) for name in shown)
        verdict.cases.append(_result(case, described, response, findings))
        asked.append((case, inputs, response, findings))
        if not case.hidden:
            verdict.printed = verdict.printed or response.printed
    verdict.cases = _named(exercise, verdict.cases, asked)
    if hidden and verdict.status is not Status.NOT_ATTEMPTED:
        failures = [(case, response, findings[0]) for case, _, response, findings in asked if findings]
        verdict.behaviour = behaviour_of(exercise, failures, [r for r in verdict.cases if not r.passed], len(asked))
    failure = next((result for result in verdict.cases if not result.passed and not result.hidden), None)
    if failure is not None and failure.status is Status.FAILED and (patience or not hidden):
        case = next(c for c in exercise.cases if c.name == failure.name)
        verdict.example = smallest_example(exercise, case, ask, failure, patience or math.inf)
    verdict.seconds = time.perf_counter() - started
    return verdict


def _named(exercise: Exercise, results: list[CaseResult], asked: list[Judged]) -> list[CaseResult]:
    """The results with the mistake that all cases together bear out best, where one fits."""
    if not any(finding.mistakes for *_, findings in asked for finding in findings[:1]):
        return results
    evidence = [_evidence(exercise, *judged) for judged in asked]
    errors = [response.error and (response.error.type, response.error.line_number) for _, _, response, _ in asked]
    chosen = names(same_error_same_mistake(evidence, errors))
    return [
        replace(result, mistake=name.mistake, sure=name.sure, why=name.why)
        for result, name in zip(results, chosen, strict=True)
    ]


def _evidence(exercise: Exercise, case: Case, inputs: Inputs, response: Response, findings: list[Finding]) -> Evidence:
    """What a case tells about the known mistakes. An error speaks against no predicted numbers: none came."""
    first = findings[0] if findings else Finding("")
    if findings and (response.error is not None or response.unanswered):
        silent = frozenset(exercise.contradicted(case, inputs)) - {*first.mistakes}
        return Evidence(False, first.mistakes, first.guesses, silent=silent)
    if ALLOWED_FOR.intersection(case.conventions):  # the numbers depend on how ties are broken, right or wrong
        return Evidence(not findings, first.mistakes, first.guesses)
    against = exercise.contradicted(case, inputs)
    if findings:  # of a broken convention nothing is known where the numbers are wrong
        against -= {*first.mistakes, *(mistake.name for mistake in exercise.mistakes if mistake.convention)}
    return Evidence(not findings, first.mistakes, first.guesses, frozenset(against) | first.against)


def _judged(exercise: Exercise, case: Case, inputs: Inputs, ask: Ask) -> tuple[Response, list[Finding]]:
    """The response to one case and what is wrong with it.

    An answer that needs a cache of another form breaks a convention; its numbers are those with that form.
    """
    response = ask(exercise, inputs)
    findings = exercise.judge(case, inputs, response)
    if response.error is None or "TypeError" not in response.error.bases:
        return response, findings
    for other_form in exercise.other_forms(inputs):
        second = ask(exercise, other_form)
        judged = exercise.judge(case, other_form, second)
        if not judged or judged[0].convention:
            about_cache = "cache" in case.conventions
            return (response, [replace(findings[0], convention="cache")]) if about_cache else (second, judged)
    return response, findings


def _result(
    case: Case, described: tuple[tuple[str, str], ...], response: Response, findings: list[Finding]
) -> CaseResult:
    """The result of one case; its mistake is chosen later, when all cases are known."""
    weight = case.weight if about_numbers(case.conventions) else 0.0
    if not findings:
        return CaseResult(case.name, case.hidden, weight, Status.PASSED)
    error, first = response.error, findings[0]
    convention = first.convention or next((name for name in case.conventions if name in SHOWN_BY_NUMBERS), "")
    status, message = Status.FAILED, first.text
    if error is not None and "NotImplementedError" in error.bases:
        status, message = Status.NOT_ATTEMPTED, error.message or "Not written yet."
    elif response.unanswered:
        status, message = response.unanswered, error.message if error else response.unanswered.value
    elif error is not None:
        status = Status.OUT_OF_MEMORY if "MemoryError" in error.bases else Status.RAISED
    return CaseResult(
        case.name,
        case.hidden,
        weight,
        status,
        message,
        hint=case.hint,
        mismatch=first.mismatch,
        inputs=described,
        convention=convention,
    )


def describe(value: PlainData) -> str:
    """A shape for an array, the value of anything small."""
    if isinstance(value, np.ndarray):
        return shape(value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {describe(item)}" for key, item in value.items())
    if isinstance(value, (tuple, list)) and any(isinstance(item, (np.ndarray, tuple, list)) for item in value):
        return f"({', '.join(describe(item) for item in value)})"
    return repr(value)


def smallest_example(
    exercise: Exercise, case: Case, ask: Ask, failure: CaseResult, patience: float = math.inf
) -> Example | None:
    """The failing case with the smallest sizes that still fail in the same way, filled with small whole numbers.

    One size at a time is set to its least value, or if that does not fail, reduced by one, until none can be reduced.
    The search ends after `patience` seconds, or where an answer does not come.
    """
    if not exercise.smallest or failure.mismatch is None:
        return None
    questions, ends = 0, time.perf_counter() + patience

    def attempt(sizes: Sizes) -> tuple[Inputs, Response] | None:
        """The inputs of these sizes and the response to them, if it is wrong in the same way."""
        nonlocal questions, ends
        questions += 1
        if time.perf_counter() > ends:
            return None
        try:
            inputs = exercise.challenge(case, SmallIntegers(0), sizes)
        except ValueError:
            return None
        response = ask(exercise, inputs)
        if response.unanswered:
            ends = -math.inf
            return None
        findings = exercise.judge(case, inputs, response)
        fails_alike = (
            bool(findings)
            and findings[0].mismatch is not None
            and (not failure.mistake or failure.mistake in findings[0].mistakes)
            and findings[0].mismatch.kind == failure.mismatch.kind  # type: ignore[union-attr]
        )
        return (inputs, response) if fails_alike else None

    sizes = case.draw(np.random.default_rng(0))
    best = attempt(sizes)
    shrinking = best is not None
    while shrinking and questions < QUESTIONS_AT_MOST:
        shrinking = False
        for key, least in exercise.smallest.items():
            for smaller in _smaller(sizes.get(key), least):
                if questions < QUESTIONS_AT_MOST and (failing := attempt(sizes | {key: smaller})):
                    best, sizes, shrinking = failing, sizes | {key: smaller}, True
                    break
    return _example(exercise, *best, failure.mismatch.part) if best else None


def _smaller(size: Any, least: int) -> list[Any]:
    """Sizes to try instead: the least value, then one less; for a pair, each of its two numbers in turn."""
    if isinstance(size, tuple):
        return [
            (*size[:k], smaller, *size[k + 1 :]) for k, entry in enumerate(size) for smaller in _smaller(entry, least)
        ]
    if not isinstance(size, int) or size <= least:
        return []
    return [least] if size == least + 1 else [least, size - 1]


def _example(exercise: Exercise, inputs: Inputs, response: Response, wrong: str) -> Example | None:
    """An answer as an example; `wrong` is the part in which it differs, or an item of one, as "w in cache"."""
    got = exercise.split(response.answer)
    if isinstance(got, str):
        return None
    got |= {name: response.inputs.get(name) for name in exercise.mutates}
    expected = exercise.reference(inputs)
    part = next((p for p in got if wrong == p or f"in {p}" in wrong), exercise.returns[0])
    return Example(
        tuple(line for name, value in inputs.items() for line in _by_field(name, value, exercise.fields)),
        f"{part} = {_written(expected[part])}",
        f"{part} = {_written(got[part])}",
    )


def _by_field(name: str, value: PlainData, fields: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """(name, text) of an input; of each item, if it is a tuple whose items have names, such as a cache."""
    if name in fields and isinstance(value, tuple):
        return [(f"{field} in {name}", _written(item)) for field, item in zip(fields[name], value, strict=True)]
    return [(name, _written(value))]


def _written(value: PlainData) -> str:
    """A small value in full, a large one by its shape."""
    if isinstance(value, np.ndarray):
        if value.size > 40:
            return f"array of shape {shape(value)}"
        with np.printoptions(precision=4, suppress=True, linewidth=90):
            return "\n".join(line for line in str(value).splitlines() if line.strip())
    return describe(value)
