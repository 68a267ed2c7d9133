"""Fill names, e-mails and ids of an exported roster into the gradebook, and keep the file in the course."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.files import replace_file
from autograder.grading.record import one_transaction
from autograder.roster.stored import CHOSEN, id_columns, known_students, roster_path
from autograder.roster.students import LONGEST_ID, Roster, Student, read_students, system_of
from autograder.roster.table import read_table

FIELDS = {"first": "first_name", "last": "last_name", "email": "email", "lms_id": "lms_user_id"}


@dataclass(frozen=True)
class Filled:
    """What a roster changed."""

    roster: Roster
    kept: Path  # the course's copy of the file
    new: list[str]  # students whom the gradebook did not have
    changed: list[str]  # students whose name, e-mail or id is another now
    strangers: list[str]  # students of the course who are not in the roster


def fill(course: Course, path: Path, id_column: str | None = None) -> Filled:
    """Read a roster, write its students into the gradebook, and keep a copy in roster/.

    A value that the roster leaves blank stays as it was; nobody is removed.

    Raises:
        CourseError: if the file is no roster; nothing was changed then.
    """
    course.require_gradebook()
    table, known = read_table(path), known_students(course)
    chosen, system = id_columns(course), system_of(table)
    before = chosen.get(system, "")
    roster = read_students(table, known, id_column or (before if table.column(before) is not None else None))
    content = path.read_bytes()

    def write(gradebook: Gradebook) -> tuple[list[str], list[str]]:
        with one_transaction(gradebook):
            present = {student.id: student for student in gradebook.students}
            new, changed = [], []
            for student in roster.students:
                fields = _fields(student)
                old = present.get(student.id)
                if old is None:
                    gradebook.add_student(student.id, **fields)
                    new.append(student.id)
                elif any((getattr(old, name) or "") != value for name, value in fields.items()):
                    for name, value in fields.items():
                        setattr(old, name, value)
                    changed.append(student.id)
            return new, changed

    new, changed = course.with_gradebook(write)
    kept = roster_path(course, roster.system)
    kept.parent.mkdir(exist_ok=True)
    replace_file(kept.with_name(CHOSEN), json.dumps(chosen | {system.value: roster.id_column}).encode())
    replace_file(kept, content)
    strangers = sorted(known.keys() - {student.id for student in roster.students})
    return Filled(roster, kept, new, changed, strangers)


def _fields(student: Student) -> dict[str, str]:
    """The gradebook's fields that a roster has a value for."""
    values = {name: getattr(student, field)[:LONGEST_ID] for field, name in FIELDS.items()}
    return {name: value for name, value in values.items() if value}
