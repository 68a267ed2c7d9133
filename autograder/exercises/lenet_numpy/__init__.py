"""07_lenet_numpy: LeNet-5, its table of costs, its training, and LeNet-5 with batchnorm."""

from __future__ import annotations

from autograder.exercises.lenet_numpy.model import LeNet5
from autograder.exercises.lenet_numpy.normed import LeNet5BN
from autograder.exercises.lenet_numpy.step import SgdMomentumStep
from autograder.exercises.lenet_numpy.table import LenetTable
from autograder.exercises.lenet_numpy.training import Train
from autograder.judging.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (LenetTable(), LeNet5(), SgdMomentumStep(), Train(), LeNet5BN())
