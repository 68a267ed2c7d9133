"""Bring the students' feedback pages up to date, with nbgrader's generate_feedback."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress

from nbgrader.apps import NbGraderAPI

from autograder.authoring.nbgrader_log import LONGEST, cause
from autograder.course import Course
from autograder.files import replace_file
from autograder.grading.results import SubmissionResult
from autograder.report.exporter import page_without_notebook

NOT_MADE = "<!doctype html><!-- to be made again -->"  # the start of a page in place of one that could not be made


def update_feedback(course: Course, results: Sequence[SubmissionResult], done: Callable[[int, int], None]) -> list[str]:
    """Make each page that is missing or older than the graded notebook or the gradebook.

    A page that nbgrader fails to make says so, and why; those of the others are made.

    done: called with (pages made, pages to make) at the start and after each page.

    Returns:
        A line for each page that could not be made: whose, and why.
    """
    stale = [result for result in results if _stale(course, result)]
    api, problems = NbGraderAPI(config=course.config), list[str]()
    done(0, len(stale))
    for count, result in enumerate(stale, start=1):
        if why := _failure(api, result):
            problems.append(f"no feedback could be made for {result.student}'s {result.assignment}: {why}")
            _write_reason(course, result, why)
        done(count, len(stale))
    return problems


def _failure(api: NbGraderAPI, result: SubmissionResult) -> str:
    """Make one page; why it could not be made, empty if it was."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # nbconvert cannot show the verdict's JSON, and shows its card
            made = api.generate_feedback(result.assignment, result.student, force=True)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:LONGEST]
    return "" if made["success"] else cause(made)


def _write_reason(course: Course, result: SubmissionResult, why: str) -> None:
    """A page in place of the one that could not be made: the scores are known, the notebook cannot be shown."""
    page = course.feedback(result.assignment, result.student)
    with suppress(OSError):
        page.parent.mkdir(parents=True, exist_ok=True)
        text = page_without_notebook(result, why.replace(str(course.root), "…"))
        replace_file(page, f"{NOT_MADE}{text}".encode())


def _stale(course: Course, result: SubmissionResult) -> bool:
    """Whether a result's feedback page has to be made."""
    graded, page = (
        course.autograded(result.assignment, result.student),
        course.feedback(result.assignment, result.student),
    )
    if not graded.is_file():
        return False
    if not page.is_file():
        return True
    with page.open("rb") as file:
        if file.read(len(NOT_MADE)) == NOT_MADE.encode():
            return True
    gradebook = course.gradebook_file
    if gradebook is None or not gradebook.is_file():
        return True  # a server does not say when the gradebook changed
    return page.stat().st_mtime < max(graded.stat().st_mtime, gradebook.stat().st_mtime)
