"""06_batchnorm: batch normalization of rows and of images, forward and backward, and fused into a convolution."""

from __future__ import annotations

from autograder.exercises.batchnorm.backward import BatchnormBackward
from autograder.exercises.batchnorm.forward import BatchnormForward
from autograder.exercises.batchnorm.fusion import FuseConvBatchnorm
from autograder.exercises.batchnorm.spatial import SpatialBatchnormBackward, SpatialBatchnormForward
from autograder.judging.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (
    BatchnormForward(),
    BatchnormBackward(),
    SpatialBatchnormForward(),
    SpatialBatchnormBackward(),
    FuseConvBatchnorm(),
)
