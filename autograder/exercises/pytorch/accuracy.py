"""08_pytorch: the share of images that a model gets right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.exercises.pytorch.loops import SHARED_MISTAKES, LoopExercise, batches
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.exercise import Case, Finding
from autograder.judging.mistake import Mistake


def right_ones(q: Inputs) -> list[np.ndarray]:
    """For each batch, which images are right."""
    scores = q["x"].reshape(len(q["x"]), -1) @ q["w"].T + q["b"]
    return [(scores[part].argmax(1) == q["y"][part]) for part in batches(q)]


def share(q: Inputs) -> float:
    return float(np.concatenate(right_ones(q)).mean())


def value(number: Any) -> Any:
    """For a `Mistake`: the number that it returns."""
    return lambda q, right: {"value": float(number(q))}


class Evaluate(LoopExercise):
    name, points = "evaluate", 8
    returns = ("value",)
    needs = False
    cases = (
        Case("the share of 23 images, in batches of 8", {"n": 23, "batch": 8}, parts=("value",), weight=2),
        Case("a model that gets all right", {"n": 8, "hard": False}, parts=("value",)),
        Case("found in training mode: eval mode, and then training again", {"found": True}, parts=("calls",), weight=2),
        Case("found in eval mode: left in it", {"found": False}, parts=("calls",)),
        Case("no graph is recorded; recording goes on afterwards", {}, parts=("recording",)),
        Case("a device that is not the CPU", {"gpu": True}, parts=("value",), weight=2),
        Case("a loader that drops the last batch", {"n": 11, "drop_last": True}, parts=("value",)),
        Case("an error in the loader comes through", {"breaks": "loader"}),
        Case("an error in the model comes through", {"breaks": "model"}),
        Case("drawn sizes", {"n": range(13, 30), "batch": range(5, 8)}, hidden=True, parts=("value", "calls")),
        Case("drawn sizes, elsewhere", {"n": range(13, 30), "gpu": True}, hidden=True, parts=("value", "calls")),
    )
    mistakes = (
        *SHARED_MISTAKES,
        Mistake(
            "percent", "A fraction is asked for, from 0 to 1, and not a percentage.", value(lambda q: 100 * share(q))
        ),
        Mistake(
            "counted",
            "This is the number of images that are right; divide it by the number of images.",
            value(lambda q: np.concatenate(right_ones(q)).sum()),
        ),
        Mistake("errors-counted", "This is the share of errors.", value(lambda q: 1 - share(q))),
        Mistake(
            "mean-of-batches",
            "This is the mean of the batches' accuracies: the images of a small last batch count too much. Count "
            "images, and divide once.",
            value(lambda q: np.mean([batch.mean() for batch in right_ones(q)])),
        ),
        Mistake("last-batch-only", "Only the last batch is counted.", value(lambda q: right_ones(q)[-1].mean())),
        Mistake(
            "divided-by-the-dataset",
            "It is divided by the size of the data set, and the loader left some images out: count those that came.",
            value(lambda q: np.concatenate(right_ones(q)).sum() / len(q["y"])),
        ),
        Mistake(
            "divided-by-full-batches",
            "It is divided by batches times batch size; the last batch is smaller. Count the images that came.",
            value(lambda q: np.concatenate(right_ones(q)).sum() / (q["batch"] * len(right_ones(q)))),
            value(lambda q: np.concatenate(right_ones(q)).sum() / len(right_ones(q))),
        ),
        Mistake(
            "gradients-recorded",
            "Gradients are recorded though nobody will ask for them: it costs memory and time. with torch.no_grad():",
        ),
        Mistake(
            "recording-left-off",
            "After the call no gradients are recorded any more, so the next epoch fails: use `with torch.no_grad():`.",
        ),
        Mistake("model-changed", "evaluate must leave the weights as they are."),
    )

    def wrong(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        if not np.allclose(found["params"]["weight"], inputs["w"]):
            yield Finding("The weights are not what they were.", ("model-changed",))
        if "value" in case.parts:
            yield from self.judge_value(inputs, found, share(inputs), "The accuracy")
        if "calls" in case.parts:
            yield from self.judge_calls(inputs, found)
        if "recording" in case.parts and not found["recording"]:
            yield Finding("After the call PyTorch records no gradients any more.", ("recording-left-off",))
        elif "recording" in case.parts and any(recorded for _, recorded, _ in found["calls"]):
            yield Finding("The model was called with gradients recorded.", ("gradients-recorded",))
