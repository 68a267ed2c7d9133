"""10_design_your_own: a model of one's own within a budget."""

from __future__ import annotations

from autograder.exercises.design_your_own.model import BuildModel
from autograder.judging.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (BuildModel(),)
