"""Every exercise of the course, by assignment and by name. Those of an assignment are imported when they are used."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cached_property

from autograder.judging.exercise import Exercise

NAMES = (
    "01_backprop",
    "02_convolution",
    "03_conv_backward",
    "04_fast_convolution",
    "05_pooling",
    "06_batchnorm",
    "07_lenet_numpy",
    "08_pytorch",
    "09_gpu",
    "10_design_your_own",
)


class _Assignments(Mapping[str, tuple[Exercise, ...]]):
    """Assignment → its exercises. A grader needs those of one assignment, and all take half a second to import."""

    def __getitem__(self, assignment: str) -> tuple[Exercise, ...]:
        if assignment not in NAMES:
            raise KeyError(assignment)
        exercises: tuple[Exercise, ...] = importlib.import_module(
            f"{__name__}.{assignment.partition('_')[2]}"  # 02_convolution's are in exercises/convolution
        ).EXERCISES
        return exercises

    def __contains__(self, assignment: object) -> bool:
        return assignment in NAMES

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


class _Exercises(Mapping[str, Exercise]):
    """Key → exercise, in the order of the course.

    The key of an exercise is its name, or, where an earlier assignment has an exercise of that name, both: as
    "08_pytorch/LeNet5". In a notebook (cell ids, `check.LeNet5`) the bare name is always used.
    """

    @cached_property
    def by_key(self) -> dict[str, tuple[Exercise, str]]:
        """Key → the exercise and its assignment."""
        by_key: dict[str, tuple[Exercise, str]] = {}
        for assignment, group in _Assignments().items():
            for exercise in group:
                key = f"{assignment}/{exercise.name}" if exercise.name in by_key else exercise.name
                by_key[key] = exercise, assignment
        return by_key

    def __getitem__(self, key: str) -> Exercise:
        return self.by_key[key][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_key)

    def __len__(self) -> int:
        return len(self.by_key)


ASSIGNMENTS: Mapping[str, tuple[Exercise, ...]] = _Assignments()
EXERCISES = _Exercises()


def assignment_of(key: str) -> str:
    """The assignment of the exercise with this key."""
    return EXERCISES.by_key[key][1]


def key_of(name: str, assignment: str = "") -> str:
    """The key of an assignment's exercise; without an assignment, of the first exercise with this name."""
    return f"{assignment}/{name}" if f"{assignment}/{name}" in EXERCISES else name


def keys_of(name: str) -> list[str]:
    """The keys of all exercises with this name, the latest assignment's first."""
    return [key for key in reversed(list(EXERCISES)) if EXERCISES[key].name == name]
