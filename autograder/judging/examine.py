"""Run an exercise's cases and judge the answers; an error of the course's own is no verdict on an answer."""

from __future__ import annotations

import contextlib
import io
import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from autograder.errors import AutograderError
from autograder.guest.plain_data import Inputs
from autograder.guest.raised import of_the_course
from autograder.guest.response import Response
from autograder.guest.status import Status
from autograder.judging import oracle
from autograder.judging.behaviour import behaviour_of
from autograder.judging.case import Case, Finding
from autograder.judging.conventions import ALLOWED_FOR, SHOWN_BY_NUMBERS, about_numbers
from autograder.judging.error_sentence import explain_error
from autograder.judging.exercise import Exercise
from autograder.judging.general import KEPT, SENTENCES
from autograder.judging.made_of import made_of
from autograder.judging.mistake import mistake_of
from autograder.judging.naming import Evidence, names, same_error_same_mistake
from autograder.judging.observed import ObservedExercise
from autograder.judging.seeds import generator
from autograder.judging.smallest import Ask, number_of, smallest_example
from autograder.judging.verdict import CaseResult, Verdict
from autograder.judging.written import describe, written

# (case, whether an earlier case failed) -> whether the case need not be asked
Skip = Callable[[Case, bool], bool]
Judged = tuple[Case, Inputs, Response, list[Finding]]  # a case, its inputs, the response, and what is wrong with it

# the hint of a case whose arrays are not contiguous, where the numbers are wrong
LAYOUT = (
    "The arrays of this case do not lie row by row in memory: rely on their indices, not on their layout. To try it, "
    "make such an array of yours: np.asfortranarray(x), or every second column of a larger one."
)
SECOND_CALL = " It happened in a second call, with other numbers of the same sizes."


def in_process(functions: Mapping[str, Callable[..., Any]]) -> Ask:
    """Call functions of this process, as in a student's own notebook."""
    return lambda exercise, inputs: exercise.respond(functions, inputs)


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Drop what judging writes to stderr, as NumPy's warnings of a known wrong answer that divides by zero.

    nbgrader gives no points for a check whose cell wrote there. What the student's own code writes is in the response.
    """
    with contextlib.redirect_stderr(io.StringIO()):
        yield


@oracle.one_thread()
@_unheard()
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
    sentences = SENTENCES | {mistake.name: mistake.says for mistake in exercise.mistakes}
    verdict = Verdict(exercise.name, assignment, exercise.points, hidden, [], sentences)
    asked: list[Judged] = []
    for case in exercise.cases:
        if (case.hidden and not hidden) or skip(case, any(not result.passed for result in verdict.cases)):
            continue
        try:
            inputs = exercise.challenge(case, generator(assignment, exercise.name, case.name, case.hidden))
        except Exception as error:
            inputs, response, findings = {}, Response(), [_of_ours(error)]
        else:
            response, findings = _judged(exercise, case, inputs, ask)
        if not any(finding.ours for finding in findings):
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
    if (patience or not hidden) and not isinstance(exercise, ObservedExercise):
        _follow_by_hand(exercise, verdict, asked, ask, patience or math.inf)
    verdict.seconds = time.perf_counter() - started
    return verdict


def _follow_by_hand(exercise: Exercise, verdict: Verdict, asked: list[Judged], ask: Ask, patience: float) -> None:
    """Add to the verdict what the first wrong number is made of, and the smallest example of what goes wrong."""
    failures = (k for k, result in enumerate(verdict.cases) if result.status is Status.FAILED and not result.hidden)
    first = next(failures, None)
    if first is None or verdict.cases[first] is not verdict.first_failure:
        return
    (case, inputs, _, _), failure = asked[first], verdict.cases[first]
    try:
        verdict.example = smallest_example(exercise, case, ask, failure, patience)
        mismatch = failure.mismatch
        if mismatch is not None and mismatch.first is not None:
            pieces = made_of(number_of(exercise, mismatch.part, mismatch.first), inputs, exercise.fields)
            shown = tuple((name, "" if values is None else written(values)) for name, values in pieces)
            verdict.cases[first] = replace(failure, made_of=shown)
    except AutograderError:
        raise
    except Exception:  # the verdict stands without it
        logging.getLogger(__name__).debug("the smallest example of %s", exercise.name, exc_info=True)


def _named(exercise: Exercise, results: list[CaseResult], asked: list[Judged]) -> list[CaseResult]:
    """The results with the mistake that all cases together bear out best, where one fits."""
    if not any(finding.mistakes for *_, findings in asked for finding in findings[:1]):
        return results
    evidence = [_evidence(exercise, *judged) for judged in asked]
    errors = [
        None if response.error is None or response.error.ours else (response.error.type, response.error.line_number)
        for _, _, response, _ in asked
    ]
    chosen = names(same_error_same_mistake(evidence, errors))
    return [
        replace(result, mistake=name.mistake, sure=name.sure, why=name.why)
        for result, name in zip(results, chosen, strict=True)
    ]


def _evidence(exercise: Exercise, case: Case, inputs: Inputs, response: Response, findings: list[Finding]) -> Evidence:
    """What a case tells about the known mistakes. An error speaks against no predicted numbers: none came."""
    first = findings[0] if findings else Finding("")
    if first.ours:
        return Evidence(False)
    against = exercise.contradicted(case, inputs) - first.forms
    if findings and (response.error is not None or response.unanswered):
        silent = frozenset(each for each in against if mistake_of(each) not in first.mistakes)
        return Evidence(False, first.mistakes, first.guesses, silent=silent, wrong_numbers=False)
    wrong_numbers = bool(findings) and not first.convention and not isinstance(exercise, ObservedExercise)
    if ALLOWED_FOR.intersection(case.conventions):  # the numbers depend on how ties are broken, right or wrong
        return Evidence(not findings, first.mistakes, first.guesses, wrong_numbers=wrong_numbers)
    if not findings and exercise.repeats_call(inputs) and not isinstance(exercise, ObservedExercise):
        against.update(KEPT)  # a second call was right
    if findings:  # of a broken convention nothing is known where the numbers are wrong
        conventions = {mistake.name for mistake in exercise.mistakes if mistake.convention}
        against = {each for each in against if mistake_of(each) not in conventions} - {*first.mistakes}
    return Evidence(
        not findings,
        first.mistakes,
        first.guesses,
        frozenset(against) | first.against,
        forms=first.forms,
        wrong_numbers=wrong_numbers,
    )


def _judged(exercise: Exercise, case: Case, inputs: Inputs, ask: Ask) -> tuple[Response, list[Finding]]:
    """The response to one case and what is wrong with it.

    An answer that needs a cache of another form breaks a convention; its numbers are those with that form.
    """
    response = ask(exercise, inputs)
    findings = _findings(exercise, case, inputs, response)
    if response.error is None or "TypeError" not in response.error.bases:
        return response, findings
    for other_form in exercise.other_forms(inputs):
        second = ask(exercise, other_form)
        judged = _findings(exercise, case, other_form, second)
        if not judged or judged[0].convention:
            about_cache = "cache" in case.conventions
            return (response, [replace(findings[0], convention="cache")]) if about_cache else (second, judged)
    return response, findings


def _findings(exercise: Exercise, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
    """What is wrong with a response; where the course's own code failed, that alone."""
    if response.error is not None and response.error.ours:
        return [Finding(explain_error(response.error), ours=True)]
    try:
        findings = exercise.judge(case, inputs, response)
    except Exception as error:
        return [_of_ours(error)]
    if response.error is not None and response.answer is not None and findings:
        return [replace(findings[0], text=findings[0].text + SECOND_CALL), *findings[1:]]
    return findings


def _of_ours(error: Exception) -> Finding:
    """The finding that the course's own code failed."""
    logging.getLogger(__name__).debug("a check failed by itself", exc_info=error)
    return Finding(explain_error(of_the_course(error)), ours=True)


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
    if first.ours:
        status = Status.TO_BE_MARKED
    elif error is not None and error.not_written:
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
        hint=case.hint or (LAYOUT if case.strided and not first.convention else ""),
        mismatch=first.mismatch,
        inputs=described,
        convention=convention,
    )
