"""Find an exercise by what a student calls it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from autograder import exercises
from autograder.errors import CourseError
from autograder.judging.exercise import Exercise


@dataclass(frozen=True)
class Named:
    """One exercise of one assignment."""

    assignment: str  # as "02_convolution"
    exercise: Exercise

    @property
    def name(self) -> str:
        return self.exercise.name

    @property
    def key(self) -> str:
        """Of the exercise in the state file, as "02_convolution/conv_forward"."""
        return f"{self.assignment}/{self.name}"


def every_exercise() -> Iterator[Named]:
    """All exercises, in the order of the course."""
    for assignment, group in exercises.ASSIGNMENTS.items():
        yield from (Named(assignment, exercise) for exercise in group)


def find_exercise(wanted: str, assignment: str = "") -> Named:
    """The exercise that is called `wanted`: by its name, or by both names as "08_pytorch/LeNet5".

    Args:
        assignment: preferred, where several have an exercise of that name.

    Raises:
        CourseError: if there is none, or more than one.
    """
    wanted = wanted.strip().removeprefix("check.").removeprefix("check_").removesuffix("()")
    matches = [named for named in every_exercise() if wanted in (named.name, named.key)]
    preferred = [named for named in matches if named.assignment == assignment]
    if len(matches) > 1 and not preferred:
        keys = " and ".join(named.key for named in matches)
        raise CourseError(f"there are {len(matches)} exercises called {wanted}: say which, {keys}")
    if not matches:
        names = [named.name for named in every_exercise()]
        similar = difflib.get_close_matches(wanted, names, 1)
        advice = f"; did you mean {similar[0]}?" if similar else "; `autograder progress` lists them"
        raise CourseError(f"there is no exercise called {wanted}{advice}")
    return (preferred or matches)[0]


def require_assignment(name: str) -> str:
    """The assignment of this name; its number alone will do.

    Raises:
        CourseError: if there is none.
    """
    matches = [known for known in exercises.ASSIGNMENTS if name in (known, known.partition("_")[0])]
    if not matches:
        raise CourseError(f"there is no notebook called {name}: the course has {', '.join(exercises.ASSIGNMENTS)}")
    return matches[0]
