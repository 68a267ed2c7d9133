"""08_pytorch: what train_one_epoch and evaluate have in common: their inputs, mistakes, and how they are judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.probes import Observed
from autograder.guest.response import Raised, Response
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.close import NEARLY, all_close, close
from autograder.judging.compare import kind_of
from autograder.judging.error_sentence import explain_error
from autograder.judging.mistake import Mistake
from autograder.judging.observed import ObservedExercise

BROKEN = {"loader": "OSError", "model": "RuntimeError"}  # what is broken on purpose -> the error that must come through


def batches(q: Inputs) -> Iterator[slice]:
    """The indices of each batch of the loader."""
    count = len(q["y"]) // q["batch"] * q["batch"] if q["drop_last"] else len(q["y"])
    for start in range(0, count, q["batch"]):
        yield slice(start, min(start + q["batch"], count))


def batch_sizes(q: Inputs) -> list[int]:
    """The number of samples in each batch of the loader."""
    return [batch.stop - batch.start for batch in batches(q)]


def two_devices(inputs: Inputs, error: Raised) -> bool:
    return "two devices" in error.message and not model_moved(inputs, error)


def model_moved(inputs: Inputs, error: Raised) -> bool:
    return "two devices" in error.message and bool(re.search(r"\bmodel\.(cpu|cuda|to)\(", error.line))


SHARED_MISTAKES = (
    Mistake(
        "left-on-the-cpu",
        "Images and labels come out of the loader on the CPU, and the model is on `device`: move both, x.to(device) "
        "and y.to(device). (The check uses a fake GPU.)",
        error=two_devices,
        convention="device",
    ),
    Mistake(
        "model-moved",
        "The model is moved to another device. The optimizer and the caller have its parameters on `device`: leave it "
        "where it is.",
        error=model_moved,
        convention="device",
    ),
    Mistake(
        "gpu-tensor-to-numpy",
        "A tensor on a GPU cannot become a NumPy array: .item() gives a single number, .cpu() copies the tensor back.",
        error=lambda inputs, error: "device type tensor to numpy" in error.message,
        convention="device",
    ),
    Mistake(
        "mode-not-set",
        "The model must be in the mode that is needed here in every batch: set it before the loop, and put it back "
        "after it.",
    ),
    Mistake(
        "mode-not-given-back",
        "The model is in another mode afterwards than before: store model.training first, and restore it at the end.",
        convention="memory",
    ),
    Mistake(
        "errors-swallowed",
        "An error in the loader or in the model was caught and ignored: part of the data would be missing, and "
        "nobody would know. Remove the `except`.",
        convention="errors",
    ),
    Mistake(
        "no-number",
        "Return a float, with .item(): a tensor keeps its graph and its memory on the GPU alive.",
        convention="dtype",
    ),
    Mistake(
        "batches-left-out",
        "Not every batch of the loader was used.",
    ),
    Mistake("seen-twice", "A batch went through the model more than once."),
    Mistake(
        "left-from-another-call",
        "Something of the first call is left where a second one finds it, such as a sum or a count on the model: begin "
        "each in the function, in a variable of its own.",
        convention="memory",
    ),
)

# what both loops are asked, whatever they do with a batch
SHARED_CASES = (
    Case("a loader that drops the last batch", {"n": 11, "drop_last": True}, parts=("value",)),
    Case(
        "a second call with the same model",
        {"n": 10, "again": True},
        parts=("again",),
        conventions=("memory",),
        weight=0,
    ),
    Case("an error in the loader comes through", {"breaks": "loader"}, conventions=("errors",), weight=0),
    Case("an error in the model comes through", {"breaks": "model"}, conventions=("errors",), weight=0),
)


class LoopExercise(ObservedExercise):
    """A function of a model and a loader, run with a LinearSpy."""

    responder = "loops"
    card_inputs = ("x", "y", "batch", "drop_last", "optimizer", "lr")
    needs: ClassVar[bool]  # the mode in which the model must be called: training or not

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """Images x (n, 1, 2, 3) with labels y, the weights of a linear model, and how the function is called.

        training: the mode of the model before the call; gpu: run on a fake GPU; breaks: "loader" or "model", if one of
        them raises an error; recording: whether PyTorch records gradients where the function is called; again: call it
        twice.
        """
        n, classes, pixels = sizes.get("n", 10), 4, 6
        w, b = rng.standard_normal((classes, pixels)), rng.standard_normal(classes)
        inputs: Inputs = {"x": rng.standard_normal((n, 1, 2, 3)), "w": w, "b": b}
        # two of three are right, or all: if few were, different counts would give the same share
        inputs["y"] = (inputs["x"].reshape(n, -1) @ w.T + b).argmax(1)
        if sizes.get("hard", True):
            inputs["y"][1::3] = (inputs["y"][1::3] + 1) % classes
        inputs |= {"batch": sizes.get("batch", 4), "drop_last": sizes.get("drop_last", False)}
        inputs |= {"training": sizes.get("training", not self.needs), "gpu": sizes.get("gpu", False)}
        inputs |= {"breaks": sizes.get("breaks", ""), "recording": sizes.get("recording", True)}
        return inputs | {"again": sizes.get("again", False)}

    def must_raise(self, inputs: Inputs) -> bool:
        return bool(inputs.get("breaks"))

    def judge_raised(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        """Whether the error of the loader or the model came through."""
        broken, error = inputs["breaks"], response.error
        expected = BROKEN[broken]
        if error is None:
            text = f"The {broken} raised {expected} at its second batch, and {self.name} did not pass it on."
            yield Finding(text, ("errors-swallowed",))
        elif expected not in error.bases or not ("broken" in error.message or "cannot be read" in error.message):
            yield Finding(
                f"The {broken} raised {expected}, and another error came out: {explain_error(error)}",
                convention="errors",
            )

    def judge_calls(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """How the model was called, and the mode that it was left in."""
        calls = observed["calls"]
        if not calls:
            yield Finding("The model was never called.", ("batches-left-out",))
            return
        expected, sizes = batch_sizes(inputs), [call["images"] for call in calls]
        if wrong := sum(call["training"] is not self.needs for call in calls):
            was, needed = ("training", "eval") if not self.needs else ("eval", "training")
            text = f"In {wrong} of {len(calls)} calls the model was in {was} mode; here it must be in {needed} mode."
            yield Finding(text, ("mode-not-set",))
        elif observed["training"] is not inputs["training"]:
            before = "training" if inputs["training"] else "eval"
            yield Finding(f"The model was in {before} mode before the call, and is not now.", ("mode-not-given-back",))
        if sizes != expected:
            mistake = "batches-left-out" if len(sizes) < len(expected) else "seen-twice"
            text = f"The loader has batches of {_listed(expected)}; the model was called with {_listed(sizes)}."
            yield Finding(text, (mistake,))

    def judge_again(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """What a second call with the same model returned, if the first returned the right number."""
        size = inputs["batch"]
        right, then = self.numbers_of_two_calls(inputs, {"x": inputs["x"][:size], "y": inputs["y"][:size]}, observed)
        if _is_number(observed["value"], right) and not _is_number(observed["again"], then):
            again = observed["again"]
            got = f"{float(again):.6g}" if np.size(again) == 1 and again is not None else kind_of(again)
            text = f"A second call with the same model, and a loader of the first {size} images, should return "
            text = f"{text}{then:.6g}; yours returned {got}."
            yield Finding(text, ("left-from-another-call",))

    def numbers_of_two_calls(self, inputs: Inputs, others: Inputs, observed: Observed) -> tuple[float, float]:
        """The right number of a call, and of another one after it, with other images."""
        raise NotImplementedError

    def judge_number(self, inputs: Inputs, observed: Observed, right: float, what: str) -> Iterator[Finding]:
        """The number that was returned."""
        value = observed["value"]
        if observed["tensor"]:
            yield Finding(f"{what} must be a float; yours is a tensor.", ("no-number",))
            value = value.item() if isinstance(value, np.ndarray) and value.size == 1 else value
        if value is None:
            yield Finding(f"{self.name} returned nothing (None).", ("returns-nothing",))
        elif type(value) not in (float, int):
            yield Finding(f"{what} must be a float; yours is {kind_of(value)}.", ("no-number",))
            yield Finding(f"{what} should be {right:.6g}.")  # what is no number is not right in another type either
        elif not close(np.array(right), np.array(float(value)), NEARLY):
            numbers = {"value": right}, {"value": float(value)}
            mistakes, others = self.recognised(inputs, *numbers), self.contradicted_by(inputs, *numbers)
            yield Finding(f"{what} should be {right:.6g}; yours is {value:.6g}.", mistakes, against=others)

    def recognised(self, inputs: Inputs, right: dict[str, PlainData], got: dict[str, PlainData]) -> tuple[str, ...]:
        """The first mistake that gives what was got, if there is one."""
        return tuple(islice(self.matching_mistakes(inputs, right, got, tuple(right), NEARLY), 1))

    def contradicted_by(self, inputs: Inputs, right: dict[str, PlainData], got: dict[str, PlainData]) -> frozenset[str]:
        """The mistakes that give something else than what was got."""
        predicted = {mistake.name for mistake in self.mistakes if any(mistake.wrong_answers(inputs, right, [*right]))}
        return frozenset(predicted - {*self.matching_mistakes(inputs, right, got, tuple(right), NEARLY)})


def _is_number(value: PlainData, right: float) -> bool:
    """Whether a value is this number; an array of one number will do."""
    number = isinstance(value, (int, float, np.ndarray)) and np.size(value) == 1
    return number and all_close(np.array(right), np.array(float(value)), NEARLY)


def _listed(sizes: list[int]) -> str:
    return ", ".join(map(str, sizes[:8])) + (", …" if len(sizes) > 8 else "") + " images"
