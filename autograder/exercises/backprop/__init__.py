"""01_backprop: the parts of a fully-connected network, forward and backward."""

from __future__ import annotations

from autograder.exercises.backprop.linear import LinearBackward, LinearForward
from autograder.exercises.backprop.loss import SoftmaxLoss
from autograder.exercises.backprop.numerical import NumericalGradient
from autograder.exercises.backprop.relu import ReluBackward, ReluForward
from autograder.exercises.backprop.two_layers import TwoLayerLoss
from autograder.judging.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (
    LinearForward(),
    LinearBackward(),
    ReluForward(),
    ReluBackward(),
    SoftmaxLoss(),
    NumericalGradient(),
    TwoLayerLoss(),
)
