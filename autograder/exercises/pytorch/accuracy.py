"""08_pytorch: the share of images that a model classifies correctly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograder.exercises.pytorch.loops import SHARED_CASES, SHARED_MISTAKES, LoopExercise, batches
from autograder.guest.plain_data import Inputs
from autograder.guest.responders.probes import Observed
from autograder.judging.case import Case, Finding
from autograder.judging.mistake import Mistake


def correct(q: Inputs) -> list[np.ndarray]:
    """For each batch, which images are classified correctly."""
    scores = q["x"].reshape(len(q["x"]), -1) @ q["w"].T + q["b"]
    return [scores[batch].argmax(1) == q["y"][batch] for batch in batches(q)]


def accuracy(q: Inputs) -> float:
    return float(np.concatenate(correct(q)).mean())


def returning(number: Callable[[Inputs], Any]) -> Any:
    """For a `Mistake`: the number that is returned."""
    return lambda q, right: {"value": float(number(q))}


class Evaluate(LoopExercise):
    name, points = "evaluate", 8
    returns = ("value",)
    needs = False
    cases = (
        Case(
            "the share of 23 images, in batches of 8",
            {"n": 23, "batch": 8},
            parts=("value",),
            conventions=("dtype",),
            weight=4,
        ),
        Case("a model that gets all right", {"n": 8, "hard": False}, parts=("value",)),
        Case(
            "found in training mode: eval mode, and then training again",
            {"training": True},
            parts=("calls",),
            conventions=("memory",),
            weight=2,
        ),
        Case(
            "found in eval mode: left in it",
            {"training": False},
            parts=("calls",),
            conventions=("memory",),
            weight=0,
        ),
        Case(
            "no graph is recorded; recording goes on afterwards",
            {},
            parts=("recording",),
            conventions=("memory",),
            weight=0,
        ),
        Case(
            "called where no gradients are recorded: left so",
            {"recording": False},
            parts=("recording",),
            conventions=("memory",),
            weight=0,
        ),
        Case("a device that is not the CPU", {"gpu": True}, parts=("value",), conventions=("device",)),
        *SHARED_CASES,
        Case(
            "drawn sizes",
            {"n": range(13, 30), "batch": range(5, 8)},
            hidden=True,
            parts=("value", "calls"),
            conventions=("memory",),
            weight=2,
        ),
        Case(
            "drawn sizes, elsewhere",
            {"n": range(13, 30), "gpu": True},
            hidden=True,
            parts=("value",),
            conventions=("device",),
        ),
    )
    mistakes = (
        *SHARED_MISTAKES,
        Mistake(
            "percent", "This is a percentage; return a fraction, from 0 to 1.", returning(lambda q: 100 * accuracy(q))
        ),
        Mistake(
            "counted",
            "This is the number of correct images; divide it by the number of images.",
            returning(lambda q: np.concatenate(correct(q)).sum()),
        ),
        Mistake("errors-counted", "This is the share of errors.", returning(lambda q: 1 - accuracy(q))),
        Mistake(
            "mean-of-batches",
            "This is the mean of the batches' accuracies, in which the images of a small last batch count too much. "
            "Count the correct images, and divide once.",
            returning(lambda q: np.mean([batch.mean() for batch in correct(q)])),
        ),
        Mistake(
            "last-batch-only",
            "Only the images of the last batch are counted.",
            returning(lambda q: correct(q)[-1].mean()),
        ),
        Mistake(
            "divided-by-the-dataset",
            "It is divided by the size of the data set, but the loader left some images out: divide by those it gave.",
            returning(lambda q: np.concatenate(correct(q)).sum() / len(q["y"])),
        ),
        Mistake(
            "divided-by-full-batches",
            "It is divided by batches times batch size, but the last batch is smaller: count the images.",
            returning(lambda q: np.concatenate(correct(q)).sum() / (q["batch"] * len(correct(q)))),
            returning(lambda q: np.concatenate(correct(q)).sum() / len(correct(q))),
        ),
        Mistake(
            "gradients-recorded",
            "Gradients are recorded, which costs memory and time, and none are needed: use `with torch.no_grad():`.",
            convention="memory",
        ),
        Mistake(
            "recording-left-off",
            "After the call PyTorch no longer records gradients, so the next epoch fails: use `with torch.no_grad():`.",
            convention="memory",
        ),
        Mistake(
            "recording-switched-on",
            "After the call PyTorch records gradients, although it did not before: use `with torch.no_grad():`, which "
            "puts back what was there.",
            convention="memory",
        ),
        Mistake(
            "parameters-frozen",
            "The parameters are frozen after the call (requires_grad is off), so the next epoch trains nothing: leave "
            "them alone, and use `with torch.no_grad():`.",
            convention="memory",
        ),
        Mistake("model-changed", "evaluate must leave the weights as they are.", convention="memory"),
    )

    def judge_aspects(
        self, aspects: Sequence[str], case: Case, inputs: Inputs, observed: Observed
    ) -> Iterator[Finding]:
        """As usual; in every case, the weights must be as they were."""
        if not np.allclose(observed["params"]["weight"], inputs["w"]):
            yield Finding("The weights were changed.", ("model-changed",))
        yield from super().judge_aspects(aspects, case, inputs, observed)

    def judge_value(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        yield from self.judge_number(inputs, observed, accuracy(inputs), "The accuracy")

    def numbers_of_two_calls(self, inputs: Inputs, others: Inputs, observed: Observed) -> tuple[float, float]:
        return accuracy(inputs), accuracy(inputs | others)

    def judge_recording(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """Whether gradients were recorded during the call, and are afterwards."""
        if observed["frozen"]:
            yield Finding("The parameters record no gradients after the call.", ("parameters-frozen",))
        elif observed["recording"] and not inputs["recording"]:
            text = "PyTorch recorded no gradients before the call, and records them afterwards."
            yield Finding(text, ("recording-switched-on",))
        elif inputs["recording"] and not observed["recording"]:
            yield Finding("After the call PyTorch no longer records gradients.", ("recording-left-off",))
        elif any(call["gradients"] for call in observed["calls"]):
            yield Finding("The model was called with gradients recorded.", ("gradients-recorded",))
