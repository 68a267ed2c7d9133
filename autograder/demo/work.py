"""What one student did in one notebook: answers from the gallery, in a style, some of them wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.demo.words import GOOD
from autograder.exercises import ASSIGNMENTS, key_of
from autograder.gallery.registry import Answer, find, right_answers


@dataclass(frozen=True)
class Work:
    """What one student did in one notebook."""

    style: tuple[str, ...] = ()  # words in the names of the right answers to choose; the plainest where none matches
    but: Mapping[str, str] = field(default_factory=dict)  # exercise → label of another answer, right or wrong
    only: tuple[str, ...] | None = None  # the exercises that were attempted; None for all
    written: str = GOOD  # how good the written answers are; empty for none

    def answers(self, assignment: str) -> list[Answer]:
        """The answers in the notebook, in its order."""
        names = [exercise.name for exercise in ASSIGNMENTS[assignment]]
        return [self._answer(name, assignment) for name in names if self.only is None or name in self.only]

    def _answer(self, name: str, assignment: str) -> Answer:
        exercise = key_of(name, assignment)
        if name in self.but:
            return find(exercise, self.but[name])
        answers = right_answers(exercise)
        return next((answer for word in self.style for answer in answers if word in answer.says), answers[0])


NOTHING = Work(only=(), written="")
