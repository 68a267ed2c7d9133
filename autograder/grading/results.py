"""The results of grading: scores from the gradebook, verdicts and reasons from the graded notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from nbformat import NotebookNode
from sqlalchemy.orm import joinedload, selectinload

from autograder.course import Course
from autograder.errors import Unreadable
from autograder.files import read_bytes
from autograder.gradebook import Assignment, Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from autograder.grading.note import Note, note_of
from autograder.guest.status import Status
from autograder.judging.behaviour import Behaviour
from autograder.notebooks import graded_cells, nbgrader, parse_notebook, read_notebook, short_name
from autograder.outcome import SAME, Outcome, outcome

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
    # exercise → what a wrong answer without a name did; it tells of hidden cases, so for instructors alone
    behaviours: Mapping[str, Behaviour] = field(default_factory=dict, repr=False)

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
        """All of it but the behaviours."""
        data = asdict(replace(self, behaviours={}))
        del data["behaviours"]
        return data | {"to_be_marked": self.to_be_marked}


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
        points = float(gradebook.find_assignment(assignment).max_score or 0)
        wanted = [s for s in _submissions(gradebook, assignment) if students is None or s.student.id in students]
        return [_submission(course, assignment, submission, order, points) for submission in wanted]

    return sorted(course.with_gradebook(read), key=lambda result: result.student)


def _submissions(gradebook: Gradebook, assignment: str) -> list[SubmittedAssignment]:
    """The submissions of an assignment, with their grades; in a few queries, where nbgrader takes several for each."""
    grades = selectinload(SubmittedAssignment.notebooks).selectinload(SubmittedNotebook.grades)
    query = gradebook.db.query(SubmittedAssignment).join(Assignment).join(Student)
    options = joinedload(SubmittedAssignment.student), grades
    return list(query.filter(Assignment.name == assignment).options(*options).all())


class _GradedNotebook:
    """A student's notebook as graded. Its cells are read only where the note does not say enough."""

    def __init__(self, course: Course, assignment: str, student: str) -> None:
        path = course.autograded(assignment, student)
        self._content, self._name = b"", path.name
        try:
            self._content = read_bytes(path)
            self.note = note_of(self._content, path.name)
        except Unreadable:
            again = f"run `autograder grade {assignment} --student {student}`"
            self.note, self._content = Note(Status.NOT_GRADED, again), b""

    @cached_property
    def cells(self) -> dict[str, NotebookNode]:
        """The graded cells, by grade id; none if the notebook cannot be read."""
        try:
            notebook = parse_notebook(self._content, self._name)
        except Unreadable:
            return {}
        return {str(nbgrader(cell)["grade_id"]): cell for cell in graded_cells(notebook)}


def _submission(
    course: Course, assignment: str, submission: SubmittedAssignment, order: dict[str, int], points: float
) -> SubmissionResult:
    student = submission.student.id
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    grades.sort(key=lambda grade: order.get(short_name(grade.name), len(order)))
    graded = _GradedNotebook(course, assignment, student)
    note = graded.note
    outcomes = [_exercise(grade, graded) for grade in grades]
    if note.status == Status.GRADED and note.why and outcomes:  # a table of exercises shows the remark once
        outcomes[0] = replace(outcomes[0], why="; ".join(filter(None, (outcomes[0].why, note.why))))
    warnings = (note.why, UNSAFE if note.unsafe and note.status == Status.GRADED else "")
    earned = sum(float(grade.score or 0) for grade in grades)
    penalty = sum(float(notebook.late_submission_penalty or 0) for notebook in submission.notebooks)
    names = (submission.student.first_name, submission.student.last_name)
    behaviours = {outcome.exercise: note.behaviour(outcome.exercise) for outcome in outcomes if outcome.lost}
    return SubmissionResult(
        student,
        assignment,
        note.status,
        max(earned - penalty, 0.0),
        points,
        "; ".join(filter(None, warnings)),
        tuple(outcomes),
        name=" ".join(filter(None, names)),
        penalty=min(penalty, earned),
        seconds_late=float(submission.total_seconds_late),
        behaviours={name: behaviour for name, behaviour in behaviours.items() if behaviour},
    )


def _exercise(grade: Grade, graded: _GradedNotebook) -> Outcome:
    """The outcome of one exercise: the points from the gradebook, the rest from the note."""
    note = graded.note
    name, score, points = short_name(grade.name), float(grade.score or 0), float(grade.cell.max_score or 0)
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
    cell = graded.cells.get(grade.name)
    if cell is None:
        return Outcome(name, Status.MISSING, score, points, "its check cell is missing from the notebook")
    shown = outcome(cell)  # stock nbgrader ran the check in the student's kernel, and left its outputs alone
    if shown.status == Status.PASSED and score < points - SAME:
        return Outcome(name, Status.FAILED, score, points, "the check passed, but its cell wrote to stderr")
    return replace(shown, score=score, points=points)
