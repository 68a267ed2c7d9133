"""Write the report: bring the students' feedback up to date, then write the page and two CSV files."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.results import SubmissionResult, graded_names, read_results
from autograder.report.feedback import update_feedback
from autograder.report.page import Section, render

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes text that starts with one of these for a formula


def write_report(
    course: Course,
    assignments: Sequence[str] | None,
    folder: Path,
    feedback: Callable[[int, int], None] | None = None,
    warn: Callable[[str], None] = lambda line: None,
) -> dict[str, Path]:
    """Write index.html, scores.csv and details.csv into `folder`; returns {"page" | "scores" | "details": path}.

    Args:
        assignments: which; None for all that have been graded.
        feedback: called with (pages made, pages to make) as feedback is brought up to date; None leaves it as it is.
        warn: called with a line for each page that could not be made.

    Raises:
        CourseError: if nothing has been graded, or an assignment is unknown.
    """
    for assignment in assignments or ():
        course.require_assignment(assignment)
    course.require_gradebook(*(assignments or ()))
    results = {name: read_results(course, name) for name in assignments or course.with_gradebook(_names)}
    results = {name: group for name, group in results.items() if group}
    if not results:
        wanted = " or ".join(assignments or ()) or "ASSIGNMENT"
        raise CourseError(f"nothing to report yet: run `autograder grade {wanted}` first")
    if feedback is not None:
        every = [result for group in results.values() for result in group]
        for problem in update_feedback(course, every, feedback):
            warn(problem)
    sections = [
        Section(name, graded_names(course, name), group, [_link(course, folder, result) for result in group])
        for name, group in results.items()
    ]
    page, scores, details = folder / "index.html", folder / "scores.csv", folder / "details.csv"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        page.write_text(render(course.directory.course_id, sections), encoding="utf-8")
        _write_csv(scores, scores_rows(sections))
        _write_csv(details, detail_rows(sections))
    except OSError as error:
        raise CourseError(f"the report cannot be written to {folder}: {error.strerror}") from error
    return {"page": page, "scores": scores, "details": details}


def scores_rows(sections: Sequence[Section]) -> list[list[object]]:
    """A header, then one row per student: the total, and each assignment's score with those of its exercises."""
    header: list[object] = ["student", "total"]
    for section in sections:
        header += [section.assignment, *(f"{section.assignment}: {name}" for name in section.exercises)]
    rows: list[list[object]] = [header]
    for student in sorted({result.student for section in sections for result in section.results}):
        total, columns = 0.0, []
        for section in sections:
            result = next((result for result in section.results if result.student == student), None)
            scores = {outcome.exercise: outcome.score for outcome in result.exercises} if result else {}
            total += result.score if result else 0
            columns += [result.score if result else "", *(scores.get(name, "") for name in section.exercises)]
        rows.append([student, total, *columns])
    return rows


def detail_rows(sections: Sequence[Section]) -> list[list[object]]:
    """A header, then one row per exercise of each student, with the reason for lost points."""
    rows: list[list[object]] = [["student", "assignment", "exercise", "score", "points", "status", "why", "mistakes"]]
    for section in sections:
        for result in section.results:
            for outcome in result.exercises:
                mistakes = "; ".join(mistake.name for mistake in outcome.mistakes)
                exercise = [result.student, result.assignment, outcome.exercise]
                rows.append([*exercise, outcome.score, outcome.points, outcome.status, outcome.why, mistakes])
    return rows


def _write_csv(path: Path, rows: Sequence[Sequence[object]]) -> None:
    # the byte order mark of utf-8-sig makes spreadsheets read the file as UTF-8
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([[_safe(value) for value in row] for row in rows])


def _safe(value: object) -> object:
    """The value with a quote before what a spreadsheet would take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _names(gradebook: object) -> list[str]:
    return sorted(assignment.name for assignment in gradebook.assignments)  # type: ignore[attr-defined]


def _link(course: Course, folder: Path, result: SubmissionResult) -> str:
    """The relative address of a student's feedback page, else of the graded notebook; empty if neither exists."""
    for path in (
        course.feedback(result.assignment, result.student),
        course.autograded(result.assignment, result.student),
    ):
        if path.is_file():
            return quote(Path(os.path.relpath(path, folder.resolve())).as_posix())
    return ""
