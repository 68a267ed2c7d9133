"""What an attack is: a submission made to get points, secrets or trouble out of the grader, and what may come of it."""

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
BREACH = "it worked:"  # what an attack prints where it got what it must not get
COURSE = "@COURSE@"  # in an attack's source: the course directory, which an attacker may well know or guess

Edit = Callable[[NotebookNode], "NotebookNode | bytes"]


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    name: the student's; tries: what it tries, in a sentence; right: exercises with a right answer in it; cells:
    exercise → source in the place of its answer; first, last: source of a cell of its own, before all others and after
    them; edit: what else is done to the notebook, which may make it any bytes.

    What may come of it: exercises in `right` keep their points, all others get none; those in `may` are left open, and
    those in `partly` may get some of theirs. words: exercise → status, or several with | between; unreadable: the
    whole of it counts zero.
    """

    name: str
    tries: str
    right: tuple[str, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    first: str = ""
    last: str = ""
    edit: Edit | None = None
    may: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    unreadable: bool = False

    def submission(self, released: NotebookNode, course: str = "/course") -> bytes:
        """What is handed in, made from the released notebook; `course` is where the attacker believes it to be."""
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
        # as it is: nbformat would put cells with the same id right
        return edited if isinstance(edited, bytes) else json.dumps(edited).encode()


def own_cell(name: str, source: str) -> NotebookNode:
    """A cell of code that the student added."""
    return nbformat.v4.new_code_cell(source.strip("\n"), id=name)


def but(*names: str) -> tuple[str, ...]:
    """All exercises but these."""
    return tuple(name for name in EXERCISES if name not in names)


def right(exercise: str) -> str:
    """The source of a right answer."""
    return right_answers(exercise)[0].source
