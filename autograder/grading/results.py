"""The results of grading: scores from the gradebook, verdicts and reasons from the graded notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Grade, Gradebook, SubmittedAssignment

from autograder.course import Course
from autograder.errors import Unreadable
from autograder.grading.note import Note, read_note
from autograder.guest.status import Status
from autograder.notebook_check import SAME, Outcome, outcome
from autograder.notebooks import graded_cells, nbgrader, read_notebook, short_name

UNSAFE = "graded without the sandbox (--unsafe): these points can be forged"


@dataclass(frozen=True)
class SubmissionResult:
    """The result of one student's assignment."""

    student: str
    assignment: str
    status: Status  # GRADED, or why the submission as a whole was not
    score: float  # what was earned, less the penalty; answers that wait for a person count nothing yet
    points: float  # the most that it can score
    why: str  # the reason for the status, or a warning; empty as a rule
    exercises: tuple[Outcome, ...]  # in the order of the notebook
    name: str = ""  # the student's, as the gradebook has it; empty if it has none
    penalty: float = 0.0  # points taken off for lateness
    seconds_late: float = 0.0  # after the student's own due date, extension included

    @property
    def to_be_marked(self) -> int:
        """How many answers a person has yet to mark; the score is provisional while there are any."""
        return sum(exercise.status == Status.TO_BE_MARKED for exercise in self.exercises)

    @property
    def marked_points(self) -> float:
        """The most that the answers marked so far can score: what a share is taken of."""
        waiting = (exercise.points for exercise in self.exercises if exercise.status == Status.TO_BE_MARKED)
        return self.points - sum(waiting)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"to_be_marked": self.to_be_marked}


def graded_names(course: Course, assignment: str) -> list[str]:
    """The exercises of an assignment, in the order of its notebook."""
    for path in (course.release(assignment), course.source(assignment)):
        try:
            cells = read_notebook(path).cells
        except Unreadable:
            continue
        marks = [nbgrader(cell) for cell in cells]
        return [short_name(mark["grade_id"]) for mark in marks if mark.get("grade") or mark.get("task")]
    return []


def read_results(course: Course, assignment: str, students: Sequence[str] | None = None) -> list[SubmissionResult]:
    """The results of an assignment, by student; students without a graded submission are left out."""
    order = {name: position for position, name in enumerate(graded_names(course, assignment))}

    def read(gradebook: Gradebook) -> list[SubmissionResult]:
        submissions = gradebook.assignment_submissions(assignment)
        wanted = [s for s in submissions if students is None or s.student.id in students]
        return [_submission(course, assignment, submission, order) for submission in wanted]

    return sorted(course.with_gradebook(read), key=lambda result: result.student)


def _submission(
    course: Course, assignment: str, submission: SubmittedAssignment, order: dict[str, int]
) -> SubmissionResult:
    student = submission.student.id
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    grades.sort(key=lambda grade: order.get(short_name(grade.name), len(order)))
    note, cells = _notebook(course, assignment, student)
    outcomes = [_exercise(grade, cells.get(grade.name), note) for grade in grades]
    if note.status == Status.GRADED and note.why and outcomes:  # a table of exercises shows the remark once
        outcomes[0] = replace(outcomes[0], why="; ".join(filter(None, (outcomes[0].why, note.why))))
    warnings = (note.why, UNSAFE if note.unsafe and note.status == Status.GRADED else "")
    earned, penalty = float(submission.score or 0), float(submission.late_submission_penalty or 0)
    names = (submission.student.first_name, submission.student.last_name)
    return SubmissionResult(
        student,
        assignment,
        note.status,
        max(earned - penalty, 0.0),
        float(submission.max_score or 0),
        "; ".join(filter(None, warnings)),
        tuple(outcomes),
        name=" ".join(filter(None, names)),
        penalty=min(penalty, earned),
        seconds_late=float(submission.total_seconds_late),
    )


def _notebook(course: Course, assignment: str, student: str) -> tuple[Note, dict[str, NotebookNode]]:
    """The note in a student's graded notebook, and the graded cells by grade id."""
    try:
        notebook = read_notebook(course.autograded(assignment, student))
    except Unreadable:
        return Note(Status.NOT_GRADED, f"run `autograder grade {assignment} --student {student}`"), {}
    return read_note(notebook), {str(nbgrader(cell)["grade_id"]): cell for cell in graded_cells(notebook)}


def _exercise(grade: Grade, cell: NotebookNode | None, note: Note) -> Outcome:
    """The outcome of one exercise: the points from the gradebook, the rest from the note."""
    name, score, points = short_name(grade.name), float(grade.score or 0), float(grade.max_score or 0)
    if grade.manual_score is not None:
        again = "; look again, it was graded anew since" if grade.needs_manual_grade else ""
        return Outcome(name, Status.MARKED, score, points, f"marked by a person{again}")
    if note.status != Status.GRADED:
        return Outcome(name, note.status, score, points, note.why)
    if getattr(grade.cell, "cell_type", "task") != "code":
        if grade.needs_manual_grade or grade.auto_score is None:
            return Outcome(name, Status.TO_BE_MARKED, score, points, "a person has to mark this answer")
        return Outcome(name, Status.NOT_ATTEMPTED, score, points, "no answer was written")
    if verdict := note.verdict(name):
        return Outcome(name, verdict.status, score, points, verdict.message, verdict.mistakes, verdict.figures)
    if cell is None:
        return Outcome(name, Status.MISSING, score, points, "its check cell is missing from the notebook")
    shown = outcome(cell)  # stock nbgrader ran the check in the student's kernel, and left its outputs alone
    if shown.status == Status.PASSED and score < points - SAME:
        return Outcome(name, Status.FAILED, score, points, "the check passed, but its cell wrote to stderr")
    return replace(shown, score=score, points=points)
