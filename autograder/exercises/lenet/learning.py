"""What a LeNet-5 learns in the student's training loop: how it is trained, and how well it must do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.answer import Inputs, Tree, fresh, plain
from autograder.compare import kind_of
from autograder.exercises.exercise import Case, Finding, Functions
from autograder.exercises.lenet.budget import HELD_OUT, OVERFIT
from autograder.exercises.lenet.descent import stepped
from autograder.exercises.lenet.networks import digits
from autograder.exercises.lenet.recorder import marked_images, record
from autograder.exercises.lenet.schedule import foreign_images, judge_batches

FIRST_PUT_RIGHT = "If the check of LeNet5 still fails, put that right first."


def first_try() -> Inputs:
    """A small question whose outcome is the same for every order: whoever gets it wrong would train in vain."""
    count, batch, epochs = 7, 3, 2
    asked: Inputs = {"images": marked_images(count, np.random.default_rng(0)), "labels": np.arange(count) % 3}
    asked |= {"epochs": epochs, "batch_size": batch, "lr": 0.05, "seed": 0}
    steps = [[[0], [0], None]] * (epochs * -(-count // batch))
    return asked | {"params": stepped(asked | {"steps": steps})}


def _ready(student: Functions, asked: Inputs) -> bool:
    """Whether the loop takes the right steps with the right images."""
    given = fresh({name: value for name, value in asked.items() if name != "params"})
    found = record(student, given, 0, one_goal=True)
    ends = np.allclose(found["params"], asked["params"], rtol=1e-5)
    return ends and foreign_images(found) is None and not list(judge_batches(asked, found))


def learn(student: Functions, inputs: Inputs) -> dict[str, Tree]:
    """Train the student's LeNet-5 and look at images with it, if the loop is ready for it."""
    if "first_try" in inputs and not _ready(student, inputs["first_try"]):
        return {"scores": None, "histories": []}
    rng = np.random.default_rng(inputs["seed"])
    model = student["LeNet5"](rng, inputs["images"].dtype.type)
    images, labels = fresh(inputs["images"]), fresh(inputs["labels"])
    histories = [
        plain(student["train"](model, images, labels, epochs, inputs["batch_size"], lr, rng))
        for epochs, lr in inputs["schedule"]
    ]
    return {"scores": plain(model.scores(fresh(inputs["look_at"]))), "histories": histories}


def judge_accuracy(case: Case, inputs: Inputs, found: dict[str, Tree]) -> Iterator[Finding]:
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
