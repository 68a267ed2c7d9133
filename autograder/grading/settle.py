"""Bring the gradebook up to date where no code has to run: due dates, extensions, penalties, group work."""

from __future__ import annotations

from collections.abc import Collection

from autograder.course import Course
from autograder.gradebook import Gradebook
from autograder.grading.groups import group_assignments, share
from autograder.grading.lateness import Deadlines, time_handed_in
from autograder.grading.record import one_transaction


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
