"""Bring the gradebook up to date where no code has to run: due dates, extensions, penalties, group work, what waits."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from nbgrader.api import Grade, Gradebook

from autograder.course import Course
from autograder.grading.groups import group_assignments, represented, share
from autograder.grading.lateness import Deadlines, time_handed_in
from autograder.grading.record import one_transaction

Waiting = dict[str, dict[str, int]]  # assignment → exercise → answers that a person has yet to mark


def settle(course: Course, assignments: Collection[str] | None = None) -> list[str]:
    """Bring due dates, extensions, times of handing in, group results and penalties up to date.

    Args:
        assignments: which; None for all that the gradebook has.

    Returns:
        The students who have the result of another member of their group.

    Raises:
        CourseError: if a setting or the file of extensions is wrong; nothing was changed then.
    """
    deadlines = Deadlines(course)
    in_groups = group_assignments(course)

    def write(gradebook: Gradebook) -> list[str]:
        every = [one for one in gradebook.assignments if assignments is None or one.name in assignments]
        with one_transaction(gradebook):
            deadlines.write_due_dates(gradebook)
            for assignment in every:
                submissions = gradebook.assignment_submissions(assignment.name)
                if assignment.duedate is None and not any(one.late_submission_penalty for one in submissions):
                    continue
                for submission in submissions:
                    if time := time_handed_in(course, assignment.name, submission.student_id):
                        submission.timestamp = time
                    deadlines.settle(submission)
        return [assignment.name for assignment in every]

    names = course.with_gradebook(write)
    return [student for name in names if name in in_groups for student in share(course, name)]


def graded_assignments(course: Course) -> list[str]:
    """The assignments of the gradebook that somebody has handed in, in order."""
    names = course.with_gradebook(lambda gradebook: [one.name for one in gradebook.assignments if one.num_submissions])
    return sorted(names)


def waiting(course: Course, assignments: Sequence[str], students: Sequence[str] | None = None) -> Waiting:
    """How many answers a person has yet to mark, and where; assignments with none are left out.

    An answer of a group counts once.
    """
    copies = {(name, member) for name in assignments for member in represented(course, name, course.students(name))}

    def read(gradebook: Gradebook) -> Waiting:
        counts: Waiting = {}
        unmarked = gradebook.db.query(Grade).filter(Grade.needs_manual_grade, Grade.manual_score.is_(None))
        for grade in unmarked:
            written = getattr(grade.cell, "cell_type", "task") != "code"
            assignment, student = grade.assignment.name, grade.student.id
            wanted = assignment in assignments and (students is None or student in students)
            if written and wanted and (assignment, student) not in copies:
                of_one = counts.setdefault(assignment, {})
                of_one[grade.name] = of_one.get(grade.name, 0) + 1
        return counts

    return course.with_gradebook(read)
