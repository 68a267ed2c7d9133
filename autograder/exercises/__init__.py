"""Every exercise of the course, by assignment and by name."""

from __future__ import annotations

from autograder.exercises import backprop, batchnorm, conv_backward, convolution, fast_convolution, gpu, lenet, pooling
from autograder.exercises.exercise import Exercise

ASSIGNMENTS: dict[str, tuple[Exercise, ...]] = {
    "01_backprop": backprop.EXERCISES,
    "02_convolution": convolution.EXERCISES,
    "03_conv_backward": conv_backward.EXERCISES,
    "04_fast_convolution": fast_convolution.EXERCISES,
    "05_pooling": pooling.EXERCISES,
    "06_batchnorm": batchnorm.EXERCISES,
    "07_lenet_numpy": lenet.EXERCISES,
    "09_gpu": gpu.EXERCISES,
}
EXERCISES: dict[str, Exercise] = {exercise.name: exercise for group in ASSIGNMENTS.values() for exercise in group}


def assignment_of(name: str) -> str:
    """The assignment that an exercise belongs to."""
    return next(assignment for assignment, group in ASSIGNMENTS.items() if EXERCISES[name] in group)
