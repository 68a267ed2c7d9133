"""08_pytorch: the same network in PyTorch, with the same weights, and what a training loop must keep to."""

from __future__ import annotations

from autograder.exercises.pytorch.accuracy import Evaluate
from autograder.exercises.pytorch.function import Conv2dFunction
from autograder.exercises.pytorch.images import ToNchw
from autograder.exercises.pytorch.layers import ConvLayers
from autograder.exercises.pytorch.model import LeNet5
from autograder.exercises.pytorch.normed import LeNet5BN
from autograder.exercises.pytorch.training import TrainOneEpoch
from autograder.exercises.pytorch.weights import LoadNumpyWeights
from autograder.judging.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (
    ToNchw(),
    ConvLayers(),
    Conv2dFunction(),
    LeNet5(),
    LoadNumpyWeights(),
    TrainOneEpoch(),
    Evaluate(),
    LeNet5BN(),
)
