"""Bring the students' feedback pages up to date, with nbgrader's generate_feedback."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from nbgrader.apps import NbGraderAPI

from autograder.authoring.nbgrader_log import cause
from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.results import SubmissionResult


def update_feedback(course: Course, results: Sequence[SubmissionResult], done: Callable[[int, int], None]) -> None:
    """Make each page that is missing or older than the graded notebook or the gradebook.

    done: called with (pages made, pages to make) at the start and after each page.

    Raises:
        CourseError: if nbgrader fails to make a page.
    """
    stale = [result for result in results if _stale(course, result)]
    api = NbGraderAPI(config=course.config)
    done(0, len(stale))
    for count, result in enumerate(stale, start=1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # nbconvert cannot show the verdict's JSON, and shows its card
            made = api.generate_feedback(result.assignment, result.student, force=True)
        if not made["success"]:
            page = f"{result.student}'s {result.assignment}"
            raise CourseError(f"no feedback could be made for {page}: {cause(made)}; --no-feedback leaves it out")
        done(count, len(stale))


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
    gradebook = Path(course.directory.db_url.removeprefix("sqlite:///"))
    if not gradebook.is_file():
        return True  # a server does not say when the gradebook changed
    return page.stat().st_mtime < max(graded.stat().st_mtime, gradebook.stat().st_mtime)
