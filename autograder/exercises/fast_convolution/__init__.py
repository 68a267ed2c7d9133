"""04_fast_convolution: to come."""

from __future__ import annotations

from autograder.exercises.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
