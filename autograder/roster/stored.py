"""The rosters that a course keeps in its folder roster/, one for each system, as they were exported."""

from __future__ import annotations

import json
from pathlib import Path

from autograder.course import Course
from autograder.errors import CourseError
from autograder.roster.students import Roster, Student, System, read_students
from autograder.roster.table import read_table

FOLDER = "roster"
EXTENSIONS = f"{FOLDER}/extensions.csv"  # of due dates, for single students
STUDENTS = "SELECT id, first_name, last_name, email, lms_user_id FROM student"
CHOSEN = "id-columns.json"  # which column of each roster names the folders in submitted/


def roster_path(course: Course, system: System) -> Path:
    """Where a system's roster is kept."""
    return course.root / FOLDER / f"{system}.csv"


def id_columns(course: Course) -> dict[str, str]:
    """System → the column of its roster that names the folders, as `autograder roster` chose it."""
    try:
        chosen = json.loads((course.root / FOLDER / CHOSEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return chosen if isinstance(chosen, dict) else {}


def known_students(course: Course) -> dict[str, Student]:
    """Every student of the gradebook and of submitted/, by id, with the names that the gradebook has."""
    rows = [[value or "" for value in row] for row in course.query(STUDENTS)]
    students = {row[0]: Student(row[0], row[1], row[2], row[3], row[4]) for row in rows}
    return {name: Student(name) for name in course.students()} | students


def stored_rosters(course: Course) -> dict[System, Roster]:
    """The rosters in roster/, by system; empty if there are none."""
    paths = {system: roster_path(course, system) for system in System}
    paths = {system: path for system, path in paths.items() if path.is_file()}
    if not paths:
        return {}
    known, chosen = known_students(course), id_columns(course)
    return {system: read_students(read_table(path), known, chosen.get(system)) for system, path in paths.items()}


def students_of(course: Course) -> dict[str, Student]:
    """Everybody whom the course knows, by id: the rosters, and the gradebook for what they do not say."""
    students = known_students(course)
    for roster in stored_rosters(course).values():
        for new in roster.students:
            old = students.get(new.id, Student(new.id))
            first, last = (new.first, new.last) if new.name else (old.first, old.last)
            email, lms_id, group = new.email or old.email, new.lms_id or old.lms_id, new.group or old.group
            students[new.id] = Student(new.id, first, last, email, lms_id, group)
    return students


def require_roster(course: Course, system: System) -> Roster:
    """The roster of a system.

    Raises:
        CourseError: if the course has none.
    """
    roster = stored_rosters(course).get(system)
    if roster is None:
        export = f"export the gradebook from {system.title()} and run `autograder roster FILE.csv`"
        raise CourseError(f"there is no {FOLDER}/{system}.csv: {export}")
    return roster
