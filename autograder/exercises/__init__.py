"""Every exercise of the course, by assignment and by name."""

from __future__ import annotations

from autograder.exercises import (
    backprop,
    batchnorm,
    conv_backward,
    convolution,
    fast_convolution,
    gpu,
    pooling,
    pytorch,
)
from autograder.exercises import (
    design_your_own as design,
)
from autograder.exercises import (
    lenet_numpy as lenet,
)
from autograder.judging.exercise import Exercise

ASSIGNMENTS: dict[str, tuple[Exercise, ...]] = {
    "01_backprop": backprop.EXERCISES,
    "02_convolution": convolution.EXERCISES,
    "03_conv_backward": conv_backward.EXERCISES,
    "04_fast_convolution": fast_convolution.EXERCISES,
    "05_pooling": pooling.EXERCISES,
    "06_batchnorm": batchnorm.EXERCISES,
    "07_lenet_numpy": lenet.EXERCISES,
    "08_pytorch": pytorch.EXERCISES,
    "09_gpu": gpu.EXERCISES,
    "10_design_your_own": design.EXERCISES,
}
# The key of an exercise is its name, or, where an earlier assignment has an exercise of that name, both: as
# "08_pytorch/LeNet5". In a notebook (cell ids, `check.LeNet5`) the bare name is always used.
EXERCISES: dict[str, Exercise] = {}
_ASSIGNMENT_OF: dict[str, str] = {}
for _assignment, _group in ASSIGNMENTS.items():
    for _exercise in _group:
        _key = f"{_assignment}/{_exercise.name}" if _exercise.name in EXERCISES else _exercise.name
        EXERCISES[_key], _ASSIGNMENT_OF[_key] = _exercise, _assignment


def assignment_of(key: str) -> str:
    """The assignment of the exercise with this key."""
    return _ASSIGNMENT_OF[key]


def key_of(name: str, assignment: str = "") -> str:
    """The key of an assignment's exercise; without an assignment, of the first exercise with this name."""
    return f"{assignment}/{name}" if f"{assignment}/{name}" in EXERCISES else name


def keys_of(name: str) -> list[str]:
    """The keys of all exercises with this name, the latest assignment's first."""
    return [key for key in reversed(EXERCISES) if EXERCISES[key].name == name]
