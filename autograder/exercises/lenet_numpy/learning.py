"""What a LeNet-5 learns in the student's training loop: how it is trained, and how well it must do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.exercises.lenet_numpy.budget import HELD_OUT, OVERFIT
from autograder.exercises.lenet_numpy.descent import stepped
from autograder.exercises.lenet_numpy.networks import digits
from autograder.exercises.shared.schedule import foreign_images, judge_batches
from autograder.guest.fakes.recording_model import marked_images
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.compare import kind_of, same
from autograder.judging.exercise import Case, Finding

FIRST_STEPS = {"steps": [[[0], [0], None]] * 6}  # of the first try: all images have the goal of image 0
FIRST_PUT_RIGHT = "If the check of LeNet5 still fails, put that right first."


def first_try() -> Inputs:
    """A small question whose outcome is the same for every order: whoever gets it wrong would train in vain."""
    asked: Inputs = {"images": marked_images(7, np.random.default_rng(0)), "labels": np.arange(7) % 3}
    return asked | {"epochs": 2, "batch_size": 3, "lr": 0.05, "seed": 0, "one_goal": True}


def ready(asked: Inputs, found: PlainData) -> bool:
    """Whether the loop that answered the first try takes the right steps with the right images."""
    if not isinstance(found, dict):
        return False
    ends = same(stepped(asked | FIRST_STEPS), found["params"])
    return ends and foreign_images(found) is None and not list(judge_batches(asked, found))


def judge_accuracy(case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
    """The share of images whose highest score is that of their class. The held-out labels are known here alone."""
    overfit = case.parts == ("overfit",)
    labels = inputs["labels"] if overfit else digits().test_labels
    least, scores = (OVERFIT if overfit else HELD_OUT).least, found["scores"]
    if not found["histories"]:
        yield Finding("No network was trained: the loop does not take the right steps yet (see the cases above).")
    elif not isinstance(scores, np.ndarray) or scores.shape != (len(labels), 10):
        yield Finding(
            f"scores must be an array of shape ({len(labels)}, 10); yours is {kind_of(scores)}. {FIRST_PUT_RIGHT}"
        )
    elif not np.isfinite(scores).all():
        text = "The scores are not finite: the steps were too large for the net, or went the wrong way."
        yield Finding(f"{text} {FIRST_PUT_RIGHT}")
    elif (share := accuracy(scores, labels)) < least:
        which = "of the 50 digits it was trained on" if overfit else f"of {len(labels)} digits it had not seen"
        yield Finding(f"{share:.1%} {which} are right; at least {least:.0%} must be. {FIRST_PUT_RIGHT}")


def accuracy(scores: np.ndarray, labels: np.ndarray) -> float:
    """The share of rows with the highest score at the label."""
    return float(np.mean(scores.argmax(axis=1) == labels))
