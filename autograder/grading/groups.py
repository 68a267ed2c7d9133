"""Group work: one member's hand-in counts for all members, and its result is copied to each of them.

The rosters' column `group` says who works together, c.Autograder.group_work in which assignments. Of several hand-ins
of a group the latest counts; one without a known time comes before all that have one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

import nbformat

from autograder.course import CONFIG, Course
from autograder.errors import CourseError, Unreadable
from autograder.files import replace_file
from autograder.gradebook import Gradebook, MissingEntry, SubmittedAssignment
from autograder.grading.beside import files_beside, may_be_shown, write_files
from autograder.grading.lateness import STAMP, Deadlines, stamp_text, time_handed_in
from autograder.grading.note import FIELD
from autograder.grading.record import one_transaction
from autograder.notebooks import read_notebook
from autograder.roster.stored import stored_rosters


def group_assignments(course: Course) -> list[str]:
    """The assignments that groups work on: c.Autograder.group_work."""
    names = course.config.Autograder.get("group_work", [])
    names = [names] if isinstance(names, str) else list(names)
    if unknown := sorted(set(names) - set(course.assignments())):
        raise CourseError(f"c.Autograder.group_work in {CONFIG} names {unknown[0]}, which is no assignment")
    return names


def groups_of(course: Course) -> dict[str, list[str]]:
    """Group → its members' ids, in order; groups of one are left out."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for roster in stored_rosters(course).values():
        for student in roster.students:
            if student.group:
                groups[student.group].add(student.id)
    return {name: sorted(members) for name, members in groups.items() if len(members) > 1}


def represented(course: Course, assignment: str, handed_in: Collection[str]) -> dict[str, tuple[str, str]]:
    """Member → (the member whose hand-in counts for them, the group), for those whose own does not count."""
    if assignment not in group_assignments(course):
        return {}
    found: dict[str, tuple[str, str]] = {}
    for group, members in groups_of(course).items():
        candidates = [member for member in members if member in handed_in]
        if candidates:
            latest = max(candidates, key=lambda member: time_handed_in(course, assignment, member) or datetime.min)
            found |= {member: (latest, group) for member in members if member != latest}
    return found


def share(course: Course, assignment: str) -> list[str]:
    """Copy each group's result to its other members, marks of written answers included; returns who got one.

    A mark that a person gave in a member's copy counts for all, unless the original has one.
    """
    handed_in = course.students(assignment)
    stand_ins = represented(course, assignment, handed_in)
    if not stand_ins:
        return []
    deadlines, got = Deadlines(course), []
    for member, (source, group) in sorted(stand_ins.items()):
        notebook = _copy_of(course, assignment, source, group, member in handed_in)
        if notebook is None:
            continue
        theirs = course.autograded(assignment, member)
        is_copy = theirs.is_file() and theirs.read_bytes() == notebook

        def write(gradebook: Gradebook, pair: tuple[str, str] = (source, member), both: bool = is_copy) -> bool:
            with one_transaction(gradebook):
                return _copy_scores(gradebook, assignment, *pair, deadlines, both)

        if course.with_gradebook(write):
            got.append(member)
            if not is_copy:
                _copy_files(course, assignment, source, member, notebook)
    return got


def _copy_of(course: Course, assignment: str, source: str, group: str, has_own: bool) -> bytes | None:
    """The graded notebook of `source` as another member gets it, with a remark whose it is; None if there is none."""
    try:
        notebook = read_notebook(course.autograded(assignment, source))
    except Unreadable:
        return None
    remark = f"handed in by {source} for group {group}"
    if has_own:
        remark += "; this member's own hand-in is not the latest and does not count"
    note = notebook.metadata.setdefault(FIELD, {})
    note["why"] = "; ".join(filter(None, (str(note.get("why", "")), remark)))
    content: str = nbformat.writes(notebook)
    return content.encode()


def _copy_scores(
    gradebook: Gradebook, assignment: str, source: str, member: str, deadlines: Deadlines, both: bool
) -> bool:
    """Copy scores and comments; if `both`, marks that only the copy has go to the original first."""
    try:
        original = gradebook.find_submission(assignment, source)
    except MissingEntry:
        return False
    gradebook.update_or_create_student(member)
    copy = gradebook.update_or_create_submission(assignment, member, timestamp=original.timestamp)
    for own, other in _pairs(original, copy, "grades"):
        if both and own.manual_score is None and other.manual_score is not None:
            own.manual_score, own.extra_credit = other.manual_score, other.extra_credit
            own.needs_manual_grade = other.needs_manual_grade
        for field in ("auto_score", "manual_score", "extra_credit", "needs_manual_grade"):
            setattr(other, field, getattr(own, field))
    for own, other in _pairs(original, copy, "comments"):
        if both and own.manual_comment is None:
            own.manual_comment = other.manual_comment
        other.auto_comment, other.manual_comment = own.auto_comment, own.manual_comment
    gradebook.db.flush()
    gradebook.db.expire_all()  # so that the penalties are of the new scores
    deadlines.settle(original)
    deadlines.settle(copy)
    return True


def _pairs(original: SubmittedAssignment, copy: SubmittedAssignment, rows: str) -> list[tuple[Any, Any]]:
    """The rows of both submissions that are about the same cell."""

    def by_cell(submission: SubmittedAssignment) -> dict[tuple[str, str], Any]:
        return {(notebook.name, row.name): row for notebook in submission.notebooks for row in getattr(notebook, rows)}

    theirs = by_cell(copy)
    return [(row, theirs[cell]) for cell, row in by_cell(original).items() if cell in theirs]


def _copy_files(course: Course, assignment: str, source: str, member: str, notebook: bytes) -> None:
    """Write the copied notebook and what lies beside the original, each file whole or not at all."""
    original, path = course.autograded(assignment, source), course.autograded(assignment, member)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = files_beside(original)[0]
    write_files(path.parent, {name: content for name, content in beside.items() if may_be_shown(name)})
    if time := time_handed_in(course, assignment, source):
        replace_file(path.with_name(STAMP), stamp_text(time).encode())
    replace_file(path, notebook)
