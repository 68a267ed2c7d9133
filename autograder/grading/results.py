"""What grading found: scores from the gradebook, reasons from the graded notebooks. Nothing else is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Grade, Gradebook, SubmittedAssignment

from autograder.course import Course
from autograder.errors import Unreadable
from autograder.grading.submission import MARK
from autograder.guest.status import Status
from autograder.notebook_check import SAME, Outcome, outcome
from autograder.notebooks import graded_cells, nbgrader, read_notebook

UNSAFE = "graded without walls (--unsafe): these points can be forged"


@dataclass(frozen=True)
class SubmissionResult:
    """One student's assignment. status: graded, or why the whole of it has no score of its own."""

    student: str
    assignment: str
    status: Status
    score: float
    points: float
    why: str
    exercises: tuple[Outcome, ...]

    @property
    def to_be_marked(self) -> bool:
        return any(exercise.status == Status.TO_BE_MARKED for exercise in self.exercises)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def graded_names(course: Course, assignment: str) -> list[str]:
    """The exercises of an assignment, in the order of its notebook."""
    for path in (course.release(assignment), course.source(assignment)):
        try:
            cells = read_notebook(path).cells
        except Unreadable:
            continue
        marks = [nbgrader(cell) for cell in cells]
        return [_short(mark["grade_id"]) for mark in marks if mark.get("grade") or mark.get("task")]
    return []


def read_results(course: Course, assignment: str, students: Sequence[str] | None = None) -> list[SubmissionResult]:
    """The results of an assignment, by student; students without a graded submission are left out."""
    order = {name: place for place, name in enumerate(graded_names(course, assignment))}

    def read(gradebook: Gradebook) -> list[SubmissionResult]:
        submissions = gradebook.assignment_submissions(assignment)
        wanted = [s for s in submissions if students is None or s.student.id in students]
        return [_submission(course, assignment, submission, order) for submission in wanted]

    found = [result for result in course.with_gradebook(read) if result is not None]
    return sorted(found, key=lambda result: result.student)


def _submission(
    course: Course, assignment: str, submission: SubmittedAssignment, order: dict[str, int]
) -> SubmissionResult:
    student = submission.student.id
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    grades.sort(key=lambda grade: order.get(_short(grade.name), len(order)))
    status, why, cells = _notebook(course, assignment, student)
    exercises = tuple(_exercise(grade, cells.get(grade.name), status, why) for grade in grades)
    return SubmissionResult(
        student,
        assignment,
        status,
        float(submission.score or 0),
        float(submission.max_score or 0),
        why,
        exercises,
    )


def _notebook(course: Course, assignment: str, student: str) -> tuple[Status, str, dict[str, NotebookNode]]:
    """Status, reason and graded cells by grade id, of a student's graded notebook."""
    try:
        notebook = read_notebook(course.autograded(assignment, student))
    except Unreadable:
        return Status.NOT_GRADED, f"run `autograder grade {assignment} --student {student}`", {}
    note = notebook.metadata.get(MARK, {})
    status = Status(note.get("status", Status.GRADED))
    if status != Status.GRADED:
        return status, str(note.get("why")), {}
    why = UNSAFE if note.get("unsafe") else ""
    return Status.GRADED, why, {str(nbgrader(cell)["grade_id"]): cell for cell in graded_cells(notebook)}


def _exercise(grade: Grade, cell: NotebookNode | None, status: Status, why: str) -> Outcome:
    name, score, points = _short(grade.name), float(grade.score or 0), float(grade.max_score or 0)
    if grade.manual_score is not None:
        again = "; look again, it was graded anew since" if grade.needs_manual_grade else ""
        return Outcome(name, Status.MARKED, score, points, f"marked by a person{again}")
    if status != Status.GRADED:
        return Outcome(name, status, score, points, why)
    if getattr(grade.cell, "cell_type", "task") != "code":
        if grade.needs_manual_grade or grade.auto_score is None:
            return Outcome(name, Status.TO_BE_MARKED, score, points, "a person has to mark this answer")
        return Outcome(name, Status.NOT_ATTEMPTED, score, points, "no answer was written")
    if cell is None:
        return Outcome(name, Status.MISSING, score, points, "its check cell is missing from the notebook")
    found = outcome(cell)
    if found.status == Status.PASSED and score < points - SAME:
        return Outcome(name, Status.FAILED, score, points, "the check passed, but its cell wrote to stderr")
    return replace(found, score=score, points=points)


def _short(grade_id: str) -> str:
    return str(grade_id).removeprefix("check_")
