"""What is mutated: the right answers to an exercise, the solution's first, and how a source becomes functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from autograder.errors import CourseError
from autograder.exercises import EXERCISES, assignment_of
from autograder.gallery.registry import Answer, answers, called, right_answers
from autograder.guest.question import Functions
from autograder.judging.exercise import Exercise
from autograder.notebooks import nbgrader, read_notebook

SOLUTION = "solution"  # the style of the answer in the solution notebook


@dataclass(frozen=True)
class Subject:
    """One right answer."""

    key: str  # of its exercise, in EXERCISES
    exercise: Exercise
    assignment: str
    style: str  # how it is written
    source: str  # of its function or class
    define: Callable[[str], Functions]  # source of that function → all that the check takes


def subjects(key: str, root: Path) -> list[Subject]:
    """The right answers to an exercise: the solution's in the repository `root`, and the gallery's.

    Raises:
        CourseError: if there is no such solution.
    """
    solutions = {each: solution(each, root) for each in keys_beside(key)}
    return [subject_of(solutions[key], solutions), *(subject_of(answer) for answer in right_answers(key))]


def wrong_answers(key: str) -> list[Answer]:
    """The gallery's wrong answers to an exercise."""
    return [answer for answer in answers() if not answer.right and answer.exercise == key]


def subject_of(answer: Answer, others: Mapping[str, Answer] = MappingProxyType({})) -> Subject:
    """An answer as a subject. others: the right answers to the other exercises of its notebook, by key."""

    def define(source: str) -> Functions:
        return called(replace(answer, source=source), others)

    key = answer.exercise
    return Subject(key, EXERCISES[key], assignment_of(key), answer.label, answer.source, define)


def keys_beside(key: str) -> list[str]:
    """The keys of all exercises of the notebook that has this one."""
    return [each for each in EXERCISES if assignment_of(each) == assignment_of(key)]


@cache
def _cells(path: Path) -> dict[str, str]:
    """Grade id → source, of the solution cells of a notebook."""
    cells = read_notebook(path).cells
    return {nbgrader(cell)["grade_id"]: cell.source for cell in cells if nbgrader(cell).get("solution")}


def solution(key: str, root: Path) -> Answer:
    """The solution of an exercise, as an answer.

    Raises:
        CourseError: if the solution notebook is not there, or has no such cell.
    """
    assignment, name = assignment_of(key), EXERCISES[key].name
    path = root / "solutions" / assignment / f"{assignment}.ipynb"
    if not path.is_file():
        raise CourseError(f"there is no {path}: this command needs the course's repository, with solutions/")
    if name not in _cells(path):
        raise CourseError(f"{path} has no solution cell with grade id {name}")
    return Answer(key, SOLUTION, right=True, named=False, how="", source=_cells(path)[name])
