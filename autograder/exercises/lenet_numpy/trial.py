"""A short trial of a student's loop: a network is trained with it only if it takes the right steps."""

from __future__ import annotations

import numpy as np

from autograder.exercises.lenet_numpy.descent import stepped
from autograder.exercises.shared.schedule import foreign_images, judge_batches
from autograder.guest.fakes.recording_model import marked_images
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.compare import same

# what the right steps come to, as all images have the target of image 0 with label 0
STEPS = [{"images": [0], "labels": [0]}] * 6


def trial_inputs() -> Inputs:
    """The inputs of a small question whose right answer is the same for every order of the images."""
    inputs: Inputs = {"images": marked_images(7, np.random.default_rng(0)), "labels": np.arange(7) % 3}
    return inputs | {"epochs": 2, "batch_size": 3, "lr": 0.05, "seed": 0, "same_target": True}


def passes_trial(observed: PlainData) -> bool:
    """Whether the loop took the right steps with the right images."""
    if not isinstance(observed, dict):
        return False
    inputs = trial_inputs()
    right_steps = same(stepped(inputs | {"steps": STEPS}), observed["params"])
    return right_steps and foreign_images(observed) is None and not list(judge_batches(inputs, observed))
