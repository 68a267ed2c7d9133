"""Record a result: the gradebook in one transaction, then the graded notebook in place of the old one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import nbformat

from autograder.course import Course
from autograder.errors import Unreadable
from autograder.files import read_bytes, replace_file
from autograder.gradebook import Gradebook, MissingEntry, compute_checksum
from autograder.grading.beside import NBGRADERS, may_be_shown, write_files
from autograder.grading.lateness import STAMP, Deadlines, time_handed_in, time_in
from autograder.grading.task import Graded
from autograder.guest.status import Status
from autograder.notebooks import nbgrader, short_name

LONGEST_SECRET = 1_000  # bytes


def record(course: Course, graded: Graded, deadlines: Deadlines | None = None) -> dict[str, float]:
    """Write one submission's scores and its graded notebook. If killed half-way, it leaves the old result or the new.

    Args:
        deadlines: the course's, where they have been read already.

    Returns:
        Exercise → the score that it had before, empty for a submission that was not graded before.

    Raises:
        CourseError: if the gradebook cannot be written; the graded notebook is then left as it was.
    """
    deadlines = deadlines or Deadlines(course)

    def write(gradebook: Gradebook) -> dict[str, float]:
        with one_transaction(gradebook):
            before = _scores(gradebook, graded)
            _write_scores(course, gradebook, graded, deadlines)
            return before

    before = course.with_gradebook(write)
    was_graded = course.autograded(graded.assignment, graded.student).is_file()
    _write_files(course, graded)
    return before if was_graded else {}


@contextlib.contextmanager
def one_transaction(gradebook: Gradebook) -> Iterator[None]:
    """Commit all changes made inside at once, at the end; nbgrader by itself commits after every row."""
    session = gradebook.db
    commit, session.commit = session.commit, session.flush
    try:
        yield
        commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.commit = commit


def _scores(gradebook: Gradebook, graded: Graded) -> dict[str, float]:
    """Exercise → score, as the gradebook has it now."""
    try:
        submission = gradebook.find_submission(graded.assignment, graded.student)
    except MissingEntry:
        return {}
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    return {short_name(grade.name): float(grade.score or 0) for grade in grades}


def _write_scores(course: Course, gradebook: Gradebook, graded: Graded, deadlines: Deadlines) -> None:
    gradebook.update_or_create_student(graded.student)
    timestamp = time_handed_in(course, graded.assignment, graded.student)
    handed_in = {"timestamp": timestamp} if timestamp else {}
    submission = gradebook.update_or_create_submission(graded.assignment, graded.student, **handed_in)
    empty = _left_empty(graded)
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            grade.auto_score = graded.scores.get(grade.name, 0.0)
            by_hand = grade.manual_score is not None or grade.auto_score is None
            grade.needs_manual_grade = by_hand and graded.status == Status.GRADED
        for comment in notebook.comments:
            comment.auto_comment = "No response." if comment.name in empty else None
    gradebook.db.flush()
    gradebook.db.expire_all()  # so that the penalty is of the new score
    deadlines.settle(submission)


def _left_empty(graded: Graded) -> set[str]:
    """Grade ids of the answers that are as released, by nbgrader's own checksum."""
    cells = nbformat.v4.reads(graded.notebook.decode()).cells  # not validated: a worker has just written it
    marked = [cell for cell in cells if nbgrader(cell).get("solution") and nbgrader(cell).get("checksum")]
    return {nbgrader(cell)["grade_id"] for cell in marked if nbgrader(cell)["checksum"] == compute_checksum(cell)}


def _write_files(course: Course, graded: Graded) -> None:
    """Write the graded notebook and what lies beside it, each file whole or not at all.

    nbgrader's own files go along, as it carries them itself: without them no feedback can be released.
    """
    path = course.autograded(graded.assignment, graded.student)
    path.parent.mkdir(parents=True, exist_ok=True)
    submitted = course.submitted(graded.assignment, graded.student).parent
    for name in NBGRADERS:
        if name == STAMP and not time_in(submitted / name):
            continue
        with contextlib.suppress(Unreadable):
            replace_file(path.with_name(name), read_bytes(submitted / name, LONGEST_SECRET))
    write_files(path.parent, {name: content for name, content in graded.files.items() if may_be_shown(name)})
    replace_file(path, graded.notebook)
