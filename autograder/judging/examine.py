"""Ask every case of an exercise, judge the answers, and look for the smallest example of what goes wrong."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Response
from autograder.judging import oracle
from autograder.judging.compare import shape
from autograder.judging.exercise import Case, Exercise, Finding, Sizes
from autograder.judging.seeds import SmallIntegers, generator
from autograder.judging.verdict import CaseResult, Example, Verdict

# how an exercise is asked: (exercise, inputs) -> response; when grading, the question crosses to another process
Ask = Callable[[Exercise, Inputs], Response]
# whether a case need not be asked, given that one before it failed or that none did
Skip = Callable[[Case, bool], bool]

# the rules of the house, as mistakes with a name of their own
RULES = {
    "returns-nothing": "The function returns nothing: a `return` is missing.",
    "input-modified": "The function changes an array it was given; the caller still needs that array.",
    "shares-memory": "The result is a view of another array: changing one would change the other.",
    "calls-disturb": "Two calls share memory, so a second call changes what the first one returned.",
    "dtype-lost": "The result has another dtype than the arrays given: float32 in should give float32 out.",
    "not-repeatable": "The same question gets different answers.",
    "kept-from-before": "A second call with other numbers of the same sizes goes wrong. Mostly something is kept from "
    "the call before, such as an array stored by its shape: every call must work with the numbers that it is given.",
    "bad-size-accepted": "Sizes that do not fit must raise an error, not give a number.",
}
ASKED_AT_MOST = 60  # questions in the search for a smaller example


def in_process(functions: Mapping[str, Callable[..., Any]]) -> Ask:
    """Ask functions that live in this process, as a notebook at home does."""
    return lambda exercise, inputs: exercise.respond(functions, inputs)


@oracle.one_thread()
def examine(
    exercise: Exercise, assignment: str, ask: Ask, hidden: bool = False, skip: Skip = lambda case, failed: False
) -> Verdict:
    """The verdict on one exercise: the visible cases, and with `hidden` the hidden ones too.

    `skip` is for whoever wants to know less than a score, such as whether an answer gets full marks.
    """
    started = time.perf_counter()
    sentences = RULES | {mistake.name: mistake.says for mistake in exercise.mistakes}
    verdict = Verdict(exercise.name, assignment, exercise.points, hidden, [], sentences)
    candidates: list[tuple[str, ...]] = []
    passed: list[tuple[Case, Inputs]] = []
    for case in exercise.cases:
        if (case.hidden and not hidden) or skip(case, any(not result.passed for result in verdict.cases)):
            continue
        inputs = exercise.challenge(case, generator(assignment, exercise.name, case.name, case.hidden))
        response = ask(exercise, inputs)
        findings = exercise.judge(case, inputs, response)
        verdict.figures |= exercise.figures(case, inputs, response)
        shown = (
            inputs.keys() if exercise.card_inputs is None else [name for name in exercise.card_inputs if name in inputs]
        )
        asked = tuple((name, describe(inputs[name])) for name in shown)
        verdict.cases.append(_result(case, asked, response, findings))
        candidates.append(findings[0].mistakes if findings else ())
        if not findings:
            passed.append((case, inputs))
        if not case.hidden:
            verdict.printed = verdict.printed or response.printed
    contradicted = Counter(
        name for case, inputs in passed if any(candidates) for name in exercise.contradicted(case, inputs)
    )
    named = likeliest(candidates, contradicted)
    verdict.cases = [replace(result, mistake=name) for result, name in zip(verdict.cases, named, strict=True)]
    failure = next((r for r in verdict.cases if not r.passed and not r.hidden), None)
    if failure is not None and failure.status == "failed" and not hidden:
        case = next(c for c in exercise.cases if c.name == failure.name)
        verdict.example = smallest_example(exercise, case, ask, failure)
    verdict.seconds = time.perf_counter() - started
    return verdict


def likeliest(candidates: list[tuple[str, ...]], contradicted: Counter[str]) -> list[str]:
    """One mistake for each case out of those that fit it: the one that passed cases speak least against, then the
    one that fits the most cases. Different mistakes may give the same numbers on one small question.
    """
    fits = Counter(name for names in candidates for name in names)
    return [min(names, key=lambda name: (contradicted[name], -fits[name]), default="") for names in candidates]


def _result(case: Case, asked: tuple[tuple[str, str], ...], response: Response, findings: list[Finding]) -> CaseResult:
    if not findings:
        return CaseResult(case.name, case.hidden, case.weight, "passed")
    error, first = response.error, findings[0]
    status, message = "failed", first.text
    if error is not None and "NotImplementedError" in error.bases:
        status, message = "not attempted", error.message or "Not written yet."
    elif response.unanswered:
        status, message = response.unanswered, error.message if error else response.unanswered
    elif error is not None:
        status = "out of memory" if "MemoryError" in error.bases else "raised"
    return CaseResult(case.name, case.hidden, case.weight, status, message, "", case.hint, first.mismatch, asked)


def describe(value: PlainData) -> str:
    """A shape for an array, the value of anything small."""
    if isinstance(value, np.ndarray):
        return shape(value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {describe(item)}" for key, item in value.items())
    if isinstance(value, (tuple, list)) and any(isinstance(item, (np.ndarray, tuple, list)) for item in value):
        return f"({', '.join(describe(item) for item in value)})"
    return repr(value)


def smallest_example(exercise: Exercise, case: Case, ask: Ask, failure: CaseResult) -> Example | None:
    """Shrink the sizes of a failing case while it still goes wrong in the same way, with small whole numbers inside.

    One size at a time goes to its least value, else down by one, until nothing gets smaller.
    """
    if not exercise.smallest or failure.mismatch is None:
        return None
    asked = 0

    def attempt(sizes: Sizes) -> tuple[Inputs, Response] | None:
        nonlocal asked
        asked += 1
        try:
            inputs = exercise.challenge(case, SmallIntegers(0), sizes)
        except ValueError:
            return None
        response = ask(exercise, inputs)
        findings = exercise.judge(case, inputs, response)
        alike = (
            bool(findings)
            and findings[0].mismatch is not None
            and (not failure.mistake or failure.mistake in findings[0].mistakes)
            and findings[0].mismatch.kind == failure.mismatch.kind  # type: ignore[union-attr]
        )
        return (inputs, response) if alike else None

    sizes = case.draw(np.random.default_rng(0))
    best = attempt(sizes)
    shrinking = best is not None
    while shrinking and asked < ASKED_AT_MOST:
        shrinking = False
        for key, least in exercise.smallest.items():
            for smaller in _smaller(sizes.get(key), least):
                if asked < ASKED_AT_MOST and (found := attempt(sizes | {key: smaller})):
                    best, sizes, shrinking = found, sizes | {key: smaller}, True
                    break
    return _example(exercise, *best, failure.mismatch.part) if best else None


def _smaller(size: Any, least: int) -> list[Any]:
    """Sizes to try instead: the least, then one less; a pair tries each of its two."""
    if isinstance(size, tuple):
        return [
            (*size[:k], smaller, *size[k + 1 :]) for k, entry in enumerate(size) for smaller in _smaller(entry, least)
        ]
    if not isinstance(size, int) or size <= least:
        return []
    return [least] if size == least + 1 else [least, size - 1]


def _example(exercise: Exercise, inputs: Inputs, response: Response, wrong: str) -> Example | None:
    got = exercise.split(response.answer)
    if isinstance(got, str):
        return None
    got |= {name: response.inputs.get(name) for name in exercise.mutates}
    expected = exercise.reference(inputs)
    part = next((p for p in got if wrong == p or f"in {p}" in wrong), exercise.returns[0])
    return Example(
        tuple(shown for name, value in inputs.items() for shown in _by_field(name, value, exercise.fields)),
        f"{part} = {_written(expected[part])}",
        f"{part} = {_written(got[part])}",
    )


def _by_field(name: str, value: PlainData, fields: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """A tuple whose fields have names is shown field by field: a cache holds what an example is about."""
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
