"""05_pooling: max pooling and average pooling, forward and backward."""

from __future__ import annotations

from autograder.exercises.pooling.average import AvgPoolBackward, AvgPoolForward
from autograder.exercises.pooling.maximum_backward import MaxPoolBackward
from autograder.exercises.pooling.maximum_forward import MaxPoolForward
from autograder.judging.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (
    MaxPoolForward(),
    MaxPoolBackward(),
    AvgPoolForward(),
    AvgPoolBackward(),
)
