"""What is left to do after grading: answers that wait for a mark, penalties to compute; read without nbgrader."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.course import Course
from autograder.roster.stored import EXTENSIONS

Waiting = dict[str, dict[str, int]]  # assignment → exercise → answers that a person has yet to mark
UNMARKED = """
    SELECT assignment.name, submitted_assignment.student_id, base_cell.name FROM grade
    JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    JOIN assignment ON assignment.id = submitted_assignment.assignment_id
    JOIN base_cell ON base_cell.id = grade.cell_id
    LEFT JOIN grade_cells ON grade_cells.id = base_cell.id
    WHERE grade.needs_manual_grade AND grade.manual_score IS NULL
    AND (grade_cells.cell_type IS NULL OR grade_cells.cell_type <> 'code')
"""
DUE = "SELECT duedate FROM assignment WHERE name = :assignment AND duedate IS NOT NULL"


def waiting(course: Course, assignments: Sequence[str], students: Sequence[str] | None = None) -> Waiting:
    """How many answers a person has yet to mark, and where; assignments with none are left out.

    An answer of a group counts once.
    """
    copies = {(name, member) for name in assignments for member in represented(course, name, course.students(name))}
    counts: Waiting = {}
    for assignment, student, exercise in course.query(UNMARKED):
        wanted = assignment in assignments and (students is None or student in students)
        if wanted and (assignment, student) not in copies:
            of_one = counts.setdefault(assignment, {})
            of_one[exercise] = of_one.get(exercise, 0) + 1
    return counts


def represented(course: Course, assignment: str, students: Sequence[str]) -> dict[str, tuple[str, str]]:
    """As `groups.represented`, which is loaded where the course has group work."""
    if not course.config.Autograder.get("group_work"):
        return {}
    from autograder.grading import groups

    return groups.represented(course, assignment, students)


def settle_if_needed(course: Course, assignment: str, students: Sequence[str]) -> list[str]:
    """As `settle.settle`, which is loaded where the course has due dates, extensions or group work.

    Returns:
        The members of these students' groups who have the result of one of them.
    """
    settings = course.config.Autograder
    chosen = settings.get("due") or settings.get("group_work") or (course.root / EXTENSIONS).is_file()
    if not chosen and not course.query(DUE, assignment=assignment):
        return []
    from autograder.grading.settle import settle

    members = settle(course, [assignment])
    groups = represented(course, assignment, course.students(assignment))
    return [member for member in members if groups[member][0] in students]
