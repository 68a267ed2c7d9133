"""What one student put into one notebook: answers of the gallery, in a style, with some of them wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.demo.words import GOOD
from autograder.exercises import ASSIGNMENTS, key_of
from autograder.gallery.registry import Answer, find, right_answers


@dataclass(frozen=True)
class Work:
    """What one student put into one notebook.

    style: words looked for among the right answers of each exercise, the plainest answer where none has them;
    but: exercise → another answer of the gallery, right or wrong, by its label;
    only: the exercises that were done at all; None means all;
    written: how well the questions are answered in words; empty for not at all.
    """

    style: tuple[str, ...] = ()
    but: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] | None = None
    written: str = GOOD

    def answers(self, assignment: str) -> list[Answer]:
        """The answers in the notebook, in its order."""
        names = [exercise.name for exercise in ASSIGNMENTS[assignment]]
        return [self._answer(name, assignment) for name in names if self.only is None or name in self.only]

    def _answer(self, name: str, assignment: str) -> Answer:
        exercise = key_of(name, assignment)
        if name in self.but:
            return find(exercise, self.but[name])
        there = right_answers(exercise)
        return next((a for word in self.style for a in there if word in a.says), there[0])


NOTHING = Work(only=(), written="")
