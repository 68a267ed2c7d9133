"""A second call of a student's loop with the same model: nothing of the first call may be left but the parameters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.exercises.lenet_numpy.descent import stepped
from autograder.guest.plain_data import Inputs
from autograder.guest.responders.probes import Observed
from autograder.judging.case import Finding
from autograder.judging.close import Tolerance
from autograder.judging.compare import differences, same
from autograder.judging.mistake import Mistake

VELOCITY_KEPT = Mistake(
    "velocity-kept",
    "A second call of train with the same model begins with the velocity that the first call left. Make the velocity "
    "in each call, with zeros, and keep it in a variable of the function, not on the model.",
    convention="memory",
)


def judge_second_call(inputs: Inputs, observed: Observed, tolerance: Tolerance) -> Iterator[Finding]:
    """What is wrong with the second call: its images, parameters or history. Nothing if the first is wrong already."""
    first, again = observed["steps"], observed["again"]
    steps = again["steps"]
    runs = (first, observed["same_seed"], steps, observed["other_seed"])
    before, before_too, images, other = ([step["images"] for step in run] for run in runs)
    if before != before_too or not same(stepped(inputs | {"steps": first}), observed["params"], tolerance):
        return
    right = stepped(inputs | {"steps": steps}, start=again["start"])
    if images != other:
        text = "A second call with the same model used the images in another order than a call with a new model."
        text = f"{text} Both had a generator of the same seed, and rng alone must decide the order."
        yield Finding(text, convention="memory")
    elif mismatch := next(iter(differences("params", right, again["params"], tolerance=tolerance)), None):
        kept = stepped(inputs | {"steps": [*first, *steps]})
        mistakes = (VELOCITY_KEPT.name,) if same(kept, again["params"], tolerance) else ()
        text = f"After the {len(steps)} steps of a second call with the same model: {mismatch.text}"
        yield Finding(text, mistakes, mismatch, "memory")
    elif np.shape(again["history"]) != np.shape(observed["history"]):
        lengths = [
            len(each) if isinstance(each, (list, tuple, np.ndarray)) else 0
            for each in (observed["history"], again["history"])
        ]
        text = (
            f"The history of the first call has {lengths[0]} numbers; that of a second call with the same model has "
            f"{lengths[1]}. Make the list in each call, in a variable of the function."
        )
        yield Finding(text, convention="memory")
