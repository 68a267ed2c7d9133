"""09_gpu: choose a device out of those that are there."""

from __future__ import annotations

from typing import Any

from autograder.guest.plain_data import Inputs
from autograder.guest.response import Raised, Response
from autograder.judging.case import Case, Finding, Sizes, one_of
from autograder.judging.exercise import Exercise, explain_error
from autograder.judging.mistake import Mistake

ORDER = ("cuda", "mps", "cpu")
ALL, CUDA, MPS, NONE = ("cuda", "mps"), ("cuda",), ("mps",), ()


class PickDevice(Exercise):
    name, points = "pick_device", 10
    responder = "timing"
    card_inputs = ("there", "preferred")
    returns = ("device",)
    cases = (
        Case("a machine with an NVIDIA GPU", {"there": CUDA}),
        Case("a Mac with an Apple GPU", {"there": MPS}),
        Case("a machine without a GPU", {"there": NONE}),
        Case("both kinds: cuda comes first", {"there": ALL}),
        Case("preferred='cpu' where there is a GPU", {"there": CUDA, "preferred": "cpu"}),
        Case("preferred='cuda' where there is one", {"there": CUDA, "preferred": "cuda"}),
        Case("preferred='cuda' where there is none", {"there": NONE, "preferred": "cuda"}, weight=2),
        Case("preferred='mps' where there is only cuda", {"there": CUDA, "preferred": "mps"}),
        Case("preferred='gpu', which is no device", {"there": CUDA, "preferred": "gpu"}),
        Case("another machine", {"there": one_of(ALL, CUDA, MPS, NONE)}, hidden=True),
        Case(
            "another wish",
            {"there": one_of(ALL, CUDA, MPS, NONE), "preferred": one_of("cuda", "mps", "cpu")},
            hidden=True,
        ),
    )
    mistakes = (
        Mistake(
            "is-available-not-called",
            "A GPU is found where there is none. `torch.cuda.is_available` without brackets is the function itself, "
            "and a function counts as true: call it, `torch.cuda.is_available()`.",
        ),
        Mistake(
            "falls-back-silently",
            "Somebody who asks for a device that is not there gets another one without a word, and wonders for hours "
            "why it is slow. Raise an error instead.",
        ),
        Mistake("preferred-ignored", "The device that was asked for is there, and another one was chosen."),
        Mistake(
            "not-checked", "The device that was asked for is returned although it is not there: ask PyTorch first."
        ),
        Mistake("mps-forgotten", "A Mac's GPU is overlooked: `torch.backends.mps.is_available()` tells."),
        Mistake("order", "Where both are there, cuda comes before mps."),
        Mistake(
            "another-gpu", "GPUs are counted from 0, and there may be only one: torch.device('cuda') is the first."
        ),
        Mistake("gpu-overlooked", "There is a GPU, and the CPU was chosen."),
        Mistake(
            "string-returned", "Return a device, `torch.device(name)`, not its name: later cells need `device.type`."
        ),
        Mistake(
            "unclear-error",
            "The error does not help. Name the device that was asked for and those that are there, such as "
            '"there is no cuda here, only: cpu".',
        ),
        Mistake("another-error", "A device that is not there is to raise RuntimeError, so that callers can tell."),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        # a number that nobody looks at, so that hidden questions differ from course to course
        asked: Inputs = {"there": list(sizes["there"]), "preferred": [], "seed": int(rng.integers(1000))}
        if "preferred" in sizes:
            asked["preferred"] = [sizes["preferred"]]
        return asked

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        return set()

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        there = [*inputs["there"], "cpu"]
        wanted = inputs["preferred"][0] if inputs["preferred"] else None
        error, found = response.error, response.answer
        refused = wanted is not None and wanted not in there
        if error is not None and "NotImplementedError" in error.bases:
            return [Finding(explain_error(error))]
        if error is not None and wanted is not None and refused:
            return self._judge_error(wanted, there, error)
        if error is not None:
            return [Finding(explain_error(error))]
        if not isinstance(found, dict):
            return [Finding("Nothing came back.")]
        kind, (says, _, number) = found["kind"], str(found["says"]).partition(":")
        if kind == "NoneType":
            return [
                Finding("pick_device returned nothing (None). Is there a `return` at its end?", ("returns-nothing",))
            ]
        if refused:
            text = f"There is no {wanted} on this machine, only {', '.join(there)}; yours gave {says} and no error."
            if not inputs["there"] and says == "cuda" != wanted:
                return [Finding(text, ("is-available-not-called",))]
            return [Finding(text, ("not-checked" if says == wanted else "falls-back-silently",))]
        right = wanted or next(name for name in ORDER if name in there)
        if says != right:
            asked = f", asked for {wanted}" if wanted else ""
            text = f"On a machine with {' and '.join(there)}{asked}: expected {right}, got {says}."
            return [Finding(text, self._named(right, says, wanted, there))]
        if number not in ("", "0"):
            text = f"This is GPU number {number}, counted from 0; the machine has one."
            return [Finding(text, ("another-gpu",))]
        if kind != "device":
            return [Finding(f"This is a {kind}: {says!r}; expected torch.device({right!r}).", ("string-returned",))]
        return []

    def _judge_error(self, wanted: str, there: list[str], error: Raised) -> list[Finding]:
        """What is wrong with an error that was due."""
        message = error.message
        if "RuntimeError" not in error.bases:
            return [Finding(f"Expected RuntimeError; yours raised {error.type}: {message}", ("another-error",))]
        others = [name for name in there if name in message.replace(wanted, "", 1)]
        # PyTorch's own message about a name that it does not know is as good as any
        if wanted in message and (others or wanted not in ORDER):
            return []
        return [Finding(f"The error says: {message or 'nothing'}", ("unclear-error",))]

    def _named(self, right: str, says: str, wanted: str | None, there: list[str]) -> tuple[str, ...]:
        if wanted is not None:
            return ("preferred-ignored",)
        if says not in there:
            return ("is-available-not-called",)
        if says == "mps":
            return ("order",)
        return ("mps-forgotten",) if right == "mps" else ("gpu-overlooked",)
