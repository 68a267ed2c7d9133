"""Group the wrong answers without a name by what they did: equal wrong numbers, or one error, are one mistake."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import Course
from autograder.errors import Unreadable
from autograder.exercises import key_of
from autograder.files import read_bytes
from autograder.grading.results import SubmissionResult
from autograder.judging.behaviour import Behaviour
from autograder.notebooks import nbgrader

LONGEST = 6_000  # characters of an answer's source that is shown
TO_BE_NAMED = "to-be-named"  # the id of the mistake, until somebody names it


@dataclass
class Group:
    """Students whose answers to an exercise are wrong in the same way, which no known mistake explains."""

    assignment: str
    exercise: str
    behaviour: Behaviour  # of the first of them
    students: list[str] = field(default_factory=list)  # ids
    source: str = ""  # of the first one's answer; empty if it cannot be read
    gallery: str = ""  # the same as a wrong answer of the gallery; empty if it is no Python


def groups_of(course: Course, assignment: str, results: Sequence[SubmissionResult]) -> list[Group]:
    """The groups of an assignment, the largest first."""
    groups: dict[str, list[Group]] = {}
    for result in results:
        for exercise, behaviour in result.behaviours.items():
            known = groups.setdefault(exercise, [])
            group = next((group for group in known if group.behaviour.alike(behaviour)), None)
            if group is None:
                group = Group(assignment, exercise, behaviour)
                known.append(group)
            group.students.append(result.student)
    every = [group for known in groups.values() for group in known]
    every.sort(key=lambda group: -len(group.students))
    for number, group in enumerate(every, start=1):
        group.source = _source(course.autograded(assignment, group.students[0]), group.exercise)
        group.gallery = gallery_entry(group, f"{TO_BE_NAMED}-{number}")
    return every


def _source(path: Path, exercise: str) -> str:
    """The source of a student's answer, out of the graded notebook."""
    try:
        cells = json.loads(read_bytes(path))["cells"]
        source = next(cell["source"] for cell in cells if nbgrader(cell).get("grade_id") == exercise)
    except (Unreadable, ValueError, LookupError, TypeError, AttributeError, RecursionError, StopIteration):
        return ""
    return ("".join(source) if isinstance(source, list) else str(source))[:LONGEST]


def gallery_entry(group: Group, mistake: str) -> str:
    """The answer as the gallery holds it: the function or class alone, without its decorators, under `wrong`."""
    try:
        body = ast.parse(group.source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    definitions = (ast.FunctionDef, ast.ClassDef)
    named = [node for node in body if isinstance(node, definitions) and node.name == group.exercise]
    if not named:
        return ""
    lines = group.source.splitlines()[named[-1].lineno - 1 : named[-1].end_lineno]
    where = f', assignment="{group.assignment}"' if key_of(group.exercise, group.assignment) != group.exercise else ""
    return "\n".join([f'@wrong("{mistake}", named=False{where})', *lines]) + "\n"
