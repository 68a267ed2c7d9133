"""08_pytorch: what train_one_epoch and evaluate have in common: a loader, and a model that notes its mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Raised, Response
from autograder.judging.compare import NEARLY, close, kind_of
from autograder.judging.exercise import Case, Exercise, Finding, Sizes, explain_error
from autograder.judging.fitting import fitting
from autograder.judging.mistake import Mistake

SWALLOWED = {"loader": "OSError", "model": "RuntimeError"}  # what is raised, and must come through


def batches(q: Inputs) -> Iterator[slice]:
    """Where the batches of the loader lie."""
    count = len(q["y"]) // q["batch"] * q["batch"] if q["drop_last"] else len(q["y"])
    for start in range(0, count, q["batch"]):
        yield slice(start, min(start + q["batch"], count))


def two_devices(inputs: Inputs, error: Raised) -> bool:
    return "two devices" in error.message


SHARED_MISTAKES = (
    Mistake(
        "left-on-the-cpu",
        "Images and labels come out of the loader on the CPU, and the model is on `device`: move both, x.to(device) "
        "and y.to(device). (The check pretends that there is a GPU.)",
        error=two_devices,
    ),
    Mistake(
        "gpu-tensor-to-numpy",
        "A tensor on a GPU has no NumPy array: .item() gives one number, .cpu() brings more of them back.",
        error=lambda inputs, error: "device type tensor to numpy" in error.message,
    ),
    Mistake("mode-not-set", "Set the mode that is needed here: the caller may have left the model in the other."),
    Mistake(
        "mode-not-given-back",
        "Afterwards the model is in another mode than before: note model.training, and set it again at the end.",
    ),
    Mistake(
        "errors-swallowed",
        "An error in the loader or in the model was caught and nothing said: half of the data would be missing, and "
        "nobody would know. Leave out the `except`.",
    ),
    Mistake("no-number", "A float is asked for. A tensor would keep its graph, or the GPU, waiting: .item()."),
    Mistake(
        "batches-left-out",
        "Not every batch of the loader was used.",
    ),
    Mistake("seen-twice", "A batch went through the model more than once."),
)


class LoopExercise(Exercise):
    """A function of a model and a loader. `found` is the mode in which it finds the model."""

    responder = "loops"
    card_inputs = ("x", "y", "batch", "drop_last", "optimizer", "lr")
    needs: ClassVar[bool]  # the mode in which the model must be called: training or not
    optimizer: ClassVar[bool] = False

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        n, classes, pixels = sizes.get("n", 10), 4, 6
        w, b = rng.standard_normal((classes, pixels)), rng.standard_normal(classes)
        asked: Inputs = {"x": rng.standard_normal((n, 1, 2, 3)), "w": w, "b": b}
        # two of three are right, or all: among few right ones, different counts would give the same share
        asked["y"] = (asked["x"].reshape(n, -1) @ w.T + b).argmax(1)
        if sizes.get("hard", True):
            asked["y"][1::3] = (asked["y"][1::3] + 1) % classes
        asked |= {"batch": sizes.get("batch", 4), "drop_last": sizes.get("drop_last", False)}
        asked |= {"found": sizes.get("found", not self.needs), "gpu": sizes.get("gpu", False)}
        asked |= {"breaks": sizes.get("breaks", "")}
        return asked

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        return set()

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        error = response.error
        if breaks := inputs.get("breaks", ""):
            return list(self._judge_error(breaks, response))
        if error is not None:
            return [Finding(explain_error(error), self.named_by(inputs, error)[:1])]
        found = response.answer
        if not isinstance(found, dict):
            return [Finding("Nothing came back.")]
        return list(self.wrong(case, inputs, found))

    def _judge_error(self, breaks: str, response: Response) -> Iterator[Finding]:
        error, wanted = response.error, SWALLOWED[breaks]
        if error is None:
            text = f"The {breaks} raised {wanted} at its second batch, and {self.name} went on as if nothing had been."
            yield Finding(text, ("errors-swallowed",))
        elif wanted not in error.bases or not ("broken" in error.message or "cannot be read" in error.message):
            missing = "NotImplementedError" in error.bases
            yield Finding(explain_error(error), () if missing else ("errors-swallowed",))

    def judge_calls(self, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        """How the model was called, and how it was left."""
        calls = found["calls"]
        if not calls:
            yield Finding("The model was never called.", ("batches-left-out",))
            return
        wanted = [part.stop - part.start for part in batches(inputs)]
        sizes = [size for _, _, size in calls]
        if any(training is not self.needs for training, _, _ in calls):
            was, needed = ("training", "eval") if not self.needs else ("eval", "training")
            yield Finding(f"The model was called in {was} mode; here it must be in {needed} mode.", ("mode-not-set",))
        elif found["mode"] is not inputs["found"]:
            before = "training" if inputs["found"] else "eval"
            yield Finding(f"The model was in {before} mode before the call, and is not now.", ("mode-not-given-back",))
        elif sizes != wanted:
            named = "batches-left-out" if len(sizes) < len(wanted) else "seen-twice"
            text = f"The loader has batches of {_listed(wanted)}; the model was called with {_listed(sizes)}."
            yield Finding(text, (named,))

    def judge_value(self, inputs: Inputs, found: dict[str, PlainData], right: float, what: str) -> Iterator[Finding]:
        """The number returned."""
        value = found["value"]
        if found["tensor"]:
            yield Finding(f"{what} must be a float; yours is a tensor.", ("no-number",))
        elif value is None:
            yield Finding(f"{self.name} returned nothing (None).", ("returns-nothing",))
        elif type(value) not in (float, int):
            yield Finding(f"{what} must be a float; yours is {kind_of(value)}.", ("no-number",))
        elif not close(np.array(right), np.array(float(value)), NEARLY):
            named = self.recognised(inputs, {"value": right}, {"value": float(value)})
            yield Finding(f"{what} should be {right:.6g}; yours is {value:.6g}.", named)

    def recognised(self, inputs: Inputs, right: dict[str, PlainData], got: dict[str, PlainData]) -> tuple[str, ...]:
        """Ids of the mistakes that give just what was got."""
        return tuple(dict.fromkeys(fitting(self.mistakes, inputs, right, got, tuple(right), NEARLY)))[:1]

    def wrong(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        raise NotImplementedError


def _listed(sizes: list[int]) -> str:
    return ", ".join(map(str, sizes[:8])) + (", …" if len(sizes) > 8 else "") + " images"
