"""Grade an assignment with nbgrader's own executor, a student at a time. Every submission gets a result."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI

from autograder.course import WAITS, Course
from autograder.errors import CourseError, Unreadable
from autograder.grading.zero import ZERO, record_zero
from autograder.nbgrader_log import cause, everything
from autograder.notebooks import read_notebook


def students_to_grade(course: Course, assignment: str, student: str | None = None) -> list[str]:
    """Who handed the assignment in; or `student` alone.

    Raises:
        CourseError: if the assignment, its gradebook entry, the student or any submission is missing.
    """
    course.require_assignment(assignment)
    course.require_gradebook(assignment)
    there = course.students(assignment)
    folder = course.directory.submitted_directory
    if student is not None and student not in there:
        raise CourseError(f"{student} has not handed in {assignment}: there is no {folder}/{student}/{assignment}/")
    if not there:
        raise CourseError(f"nobody has handed in {assignment}: put notebooks into {folder}/STUDENT/{assignment}/")
    return there if student is None else [student]


def grade(course: Course, assignment: str, students: Sequence[str], force: bool = False) -> Iterator[tuple[str, bool]]:
    """Grade one student after another; yield each with whether there was anything to do.

    A submission whose grading was finished is kept, unless it was handed in again since, or `force`.
    """
    api = NbGraderAPI(config=course.config)
    recorded = course.with_gradebook(lambda gradebook: _recorded(gradebook, assignment))
    for student in students:
        if not force and student in recorded and finished(course, assignment, student):
            yield student, False
            continue
        try:
            read_notebook(course.submitted(assignment, student))
        except Unreadable as error:
            status, why = _absent(course, assignment, student) or ("unreadable", str(error))
            record_zero(course, assignment, student, status, why)
        else:
            _autograde(api, course, assignment, student)
        yield student, True


def finished(course: Course, assignment: str, student: str) -> bool:
    """Whether the graded notebook is whole and newer than what was handed in.

    nbgrader first writes the notebook without outputs and then again with them: one without is half-way.
    """
    done, source = course.autograded(assignment, student), course.submitted(assignment, student)
    try:
        notebook = read_notebook(done)
    except Unreadable:
        return False
    if source.exists() and source.stat().st_mtime > done.stat().st_mtime:
        return False
    return ZERO in notebook.metadata or any(cell.get("execution_count") for cell in notebook.cells)


def _recorded(gradebook: Gradebook, assignment: str) -> set[str]:
    return {submission.student.id for submission in gradebook.assignment_submissions(assignment)}


def _absent(course: Course, assignment: str, student: str) -> tuple[str, str] | None:
    path = course.submitted(assignment, student)
    if path.exists():
        return None
    others = sorted(other.name for other in path.parent.glob("*.ipynb"))
    return "missing", f"there is no {path.name} in it; " + (
        f"found {', '.join(others)}" if others else "no notebook at all"
    )


def _autograde(api: NbGraderAPI, course: Course, assignment: str, student: str) -> None:
    """Run nbgrader's autograde; where it fails, record zero with the reason."""
    for wait in (*WAITS, None):
        result = api.autograde(assignment, student, force=True, create=True)
        if result["success"]:
            return
        if result["error"].rstrip().endswith("KeyboardInterrupt"):  # nbgrader catches even that
            raise KeyboardInterrupt
        if "locked" not in result.get("log", "") or wait is None:
            break
        time.sleep(wait)
    text = everything(result)
    if "sqlalchemy.exc" in text or "error accessing the nbgrader database" in text:
        course.with_gradebook(lambda gradebook: gradebook.find_assignment(assignment))
        raise CourseError(f"the gradebook could not be written while {student} was graded; run the same command again")
    record_zero(course, assignment, student, *_failure(result))


def _failure(result: Mapping[str, str]) -> tuple[str, str]:
    """Status and reason of a submission on which nbgrader gave up."""
    text = everything(result)
    if "DeadKernelError" in text:
        return "crashed", "the kernel died while the notebook ran, so nothing of it could be graded"
    if "UnresponsiveKernelError" in text:
        return "timed out", "the kernel did not answer any more and had to be stopped"
    if "nbgrader metadata" in text or "nbgrader cell" in text or "Duplicate grade id" in text:
        return "unreadable", (
            "a graded cell is there twice, or the marks of graded cells are damaged: "
            "take the released notebook again and copy the answers into it"
        )
    return "could not be graded", cause(result)
