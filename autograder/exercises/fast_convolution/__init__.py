"""04_fast_convolution: the convolution as a matrix product, and convolutions along one and three axes."""

from __future__ import annotations

from autograder.exercises.fast_convolution.col2im import Col2im
from autograder.exercises.fast_convolution.conv1d import Conv1dForward
from autograder.exercises.fast_convolution.conv3d import Conv3dForward
from autograder.exercises.fast_convolution.fast import ConvBackwardFast, ConvForwardFast
from autograder.exercises.fast_convolution.im2col import Im2col
from autograder.judging.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (
    Im2col(),
    Col2im(),
    ConvForwardFast(),
    ConvBackwardFast(),
    Conv1dForward(),
    Conv3dForward(),
)
