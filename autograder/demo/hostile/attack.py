"""What an attack is: a submission that tries to gain points, read secrets or do damage, and what it may achieve."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from autograder.exercises import ASSIGNMENTS
from autograder.gallery.registry import right_answers
from autograder.notebooks import nbgrader

ASSIGNMENT = "01_backprop"
EXERCISES = tuple(exercise.name for exercise in ASSIGNMENTS[ASSIGNMENT])
BREACH = "it worked:"  # what an attack prints where it did what must be impossible
COURSE = "@COURSE@"  # in an attack's source: the course directory, which an attacker may know or guess

Edit = Callable[[NotebookNode], "NotebookNode | bytes"]


@dataclass(frozen=True)
class Attack:
    """One hostile submission, and the result that it must have.

    Exercises in `right` must get all their points and all others none, except those in `may` and `partly`.
    """

    name: str  # the student's
    tries: str  # what it tries to do, as a sentence without a subject
    right: tuple[str, ...] = ()  # exercises with a right answer
    cells: Mapping[str, str] = field(default_factory=dict)  # exercise → source that replaces its answer
    first: str = ""  # source of an extra cell before all others
    last: str = ""  # source of an extra cell after all others
    edit: Edit | None = None  # what else is done to the notebook; it may return any bytes
    may: tuple[str, ...] = ()  # exercises that may get any number of points
    partly: tuple[str, ...] = ()  # exercises that may get some of their points, but not all
    words: Mapping[str, str] = field(default_factory=dict)  # exercise → its status, or several separated by |
    unreadable: bool = False  # whether the whole submission counts zero as unreadable

    def submission(self, released: NotebookNode, course: str = "/course") -> bytes:
        """The bytes that are handed in. `course` is where the attacker expects the course directory."""
        notebook = copy.deepcopy(released)
        answers = {name: right_answers(name)[0].source for name in self.right} | dict(self.cells)
        for cell in notebook.cells:
            if (name := nbgrader(cell).get("grade_id")) in answers and cell.cell_type == "code":
                cell.source = answers[name].replace(COURSE, course).rstrip("\n")
        if self.first:
            notebook.cells.insert(0, own_cell("first", self.first.replace(COURSE, course)))
        if self.last:
            notebook.cells.append(own_cell("last", self.last.replace(COURSE, course)))
        edited = self.edit(notebook) if self.edit else notebook
        # not nbformat.writes, which would repair cells with the same id
        return edited if isinstance(edited, bytes) else json.dumps(edited).encode()


def own_cell(name: str, source: str) -> NotebookNode:
    """A code cell that the student added."""
    return nbformat.v4.new_code_cell(source.strip("\n"), id=name)


def but(*names: str) -> tuple[str, ...]:
    """All exercises but these."""
    return tuple(name for name in EXERCISES if name not in names)


def right(exercise: str) -> str:
    """The source of a right answer."""
    return right_answers(exercise)[0].source
