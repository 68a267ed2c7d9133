"""03_conv_backward: the gradients of a convolution with respect to its biases, filters and images."""

from __future__ import annotations

from autograder.exercises.conv_backward.all_gradients import ConvBackward
from autograder.exercises.conv_backward.bias_gradient import ConvBackwardBias
from autograder.exercises.conv_backward.input_gradient import ConvBackwardInput
from autograder.exercises.conv_backward.weight_gradient import ConvBackwardWeight
from autograder.judging.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (ConvBackwardBias(), ConvBackwardWeight(), ConvBackwardInput(), ConvBackward())
