"""02_convolution: the sizes, the cost and the forward pass of a convolution, and what stacking does."""

from __future__ import annotations

from autograder.exercises.convolution.forward import ConvForward
from autograder.exercises.convolution.hand_filters import HandFilters
from autograder.exercises.convolution.merge_convs import MergeConvs
from autograder.exercises.convolution.pointwise import Conv1x1Forward
from autograder.exercises.convolution.receptive_field import ReceptiveField
from autograder.exercises.convolution.sizes import ConvCost, ConvOutputSize
from autograder.judging.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (
    ConvOutputSize(),
    ConvCost(),
    ConvForward(),
    HandFilters(),
    Conv1x1Forward(),
    MergeConvs(),
    ReceptiveField(),
)
