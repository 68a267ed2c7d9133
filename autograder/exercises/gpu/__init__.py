"""09_gpu: devices, honest timing, a fast training loop, checkpoints."""

from __future__ import annotations

from autograder.exercises.gpu.checkpoints import LoadCheckpoint, SaveCheckpoint
from autograder.exercises.gpu.devices import PickDevice
from autograder.exercises.gpu.fast_training import TrainFast
from autograder.exercises.gpu.stopwatch import TimeIt
from autograder.judging.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (PickDevice(), TimeIt(), TrainFast(), SaveCheckpoint(), LoadCheckpoint())
