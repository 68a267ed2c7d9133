"""09_gpu: choose a device out of those that are available."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.guest.plain_data import Inputs
from autograder.guest.responders.probes import Observed
from autograder.guest.response import Raised, Response
from autograder.judging.case import Case, Finding, Sizes, one_of
from autograder.judging.mistake import Mistake
from autograder.judging.observed import ObservedExercise

ORDER = ("cuda", "mps", "cpu")
ALL, CUDA, MPS, NONE = ("cuda", "mps"), ("cuda",), ("mps",), ()


class PickDevice(ObservedExercise):
    name, points = "pick_device", 10
    responder = "timing"
    card_inputs = ("devices", "preferred")
    returns = ("device",)
    cases = (
        Case("a machine with an NVIDIA GPU", {"devices": CUDA}, conventions=("dtype",), weight=3),
        Case("a Mac with an Apple GPU", {"devices": MPS}, weight=2),
        Case("a machine without a GPU", {"devices": NONE}, conventions=("dtype",), weight=2),
        Case("both kinds: cuda comes first", {"devices": ALL}, weight=3),
        Case("preferred='cpu' where there is a GPU", {"devices": CUDA, "preferred": "cpu"}, weight=2),
        Case(
            "preferred='cuda' where there is one",
            {"devices": CUDA, "preferred": "cuda"},
            conventions=("dtype",),
            weight=2,
        ),
        Case("preferred='cpu' where there is no GPU", {"devices": NONE, "preferred": "cpu"}),
        Case("preferred='mps' where there is one", {"devices": MPS, "preferred": "mps"}),
        Case("preferred='cuda' where there is none", {"devices": NONE, "preferred": "cuda"}, conventions=("errors",)),
        Case("preferred='mps' where there is only cuda", {"devices": CUDA, "preferred": "mps"}),
        Case("preferred='cuda' on a Mac", {"devices": MPS, "preferred": "cuda"}, conventions=("errors",), weight=0),
        Case("preferred='mps' on no Mac", {"devices": CUDA, "preferred": "mps"}, conventions=("errors",), weight=0),
        Case("preferred='mps' without a GPU", {"devices": NONE, "preferred": "mps"}, conventions=("errors",), weight=0),
        Case("preferred='gpu', which is no device", {"devices": CUDA, "preferred": "gpu"}),
        Case("another machine", {"devices": one_of(ALL, CUDA, MPS, NONE)}, hidden=True, weight=2),
        Case(
            "another wish",
            {"devices": one_of(ALL, CUDA, MPS, NONE), "preferred": one_of("cuda", "mps", "cpu")},
            hidden=True,
        ),
    )
    mistakes = (
        Mistake(
            "is-available-not-called",
            "A GPU was chosen on a machine without one. `torch.cuda.is_available` without parentheses is the function "
            "itself, which counts as true: call it, `torch.cuda.is_available()`.",
        ),
        Mistake(
            "falls-back-silently",
            "A caller who asks for a device that is not available gets another one without a warning, and has to find "
            "out why it is slow. Raise an error instead.",
        ),
        Mistake("preferred-ignored", "The preferred device is available, but another one was chosen."),
        Mistake("not-checked", "The preferred device is returned although it is not available: ask PyTorch first."),
        Mistake("mps-forgotten", "A Mac's GPU is overlooked: check `torch.backends.mps.is_available()`."),
        Mistake("order", "Where both are available, cuda comes before mps."),
        Mistake(
            "another-gpu", "GPUs are counted from 0, and there may be only one: torch.device('cuda') is the first."
        ),
        Mistake("gpu-overlooked", "A GPU is available, but the CPU was chosen."),
        Mistake(
            "string-returned",
            "Return a device, `torch.device(name)`, not its name: later cells need `device.type`.",
            convention="dtype",
        ),
        Mistake(
            "unclear-error",
            "The error message does not help. Name the device that was asked for and those that are available, such as "
            '"cuda is not available here, only: cpu".',
            convention="errors",
        ),
        Mistake(
            "another-error",
            "A device that is not available must raise RuntimeError, which callers can catch.",
            convention="errors",
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """devices: those that are available besides the CPU; preferred: [the argument], or nothing."""
        # the seed is not used; it makes hidden questions differ from course to course
        inputs: Inputs = {"devices": list(sizes["devices"]), "preferred": [], "seed": int(rng.integers(1000))}
        if "preferred" in sizes:
            inputs["preferred"] = [sizes["preferred"]]
        return inputs

    def must_raise(self, inputs: Inputs) -> bool:
        return any(name not in _available(inputs) for name in inputs["preferred"])

    def judge_raised(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        """An error that names the device that is not available, and those that are."""
        error, observed, preferred = response.error, response.answer, inputs["preferred"][0]
        if error is not None:
            yield from self._judge_error(preferred, _available(inputs), error)
        elif not isinstance(observed, dict):
            yield Finding("Nothing came back.")
        elif observed["type"] == "NoneType":
            yield _returned_nothing()
        else:
            name, _ = _name_and_index(observed)
            available = ", ".join(_available(inputs))
            if not inputs["devices"] and name == "cuda" != preferred:
                mistake = "is-available-not-called"
            else:
                mistake = "not-checked" if name == preferred else "falls-back-silently"
            text = f"This machine has no {preferred}, only {available}; yours returned {name} and raised no error."
            yield Finding(text, (mistake,))

    def _judge_error(self, preferred: str, available: list[str], error: Raised) -> Iterator[Finding]:
        message = error.message
        names_others = all(name in message for name in available)
        # PyTorch's own message about a name that it does not know is as good as any
        clear = preferred in message and (names_others or preferred not in ORDER)
        if "RuntimeError" not in error.bases:
            text = f"Expected RuntimeError; yours raised {error.type}: {message}"
            yield Finding(text, ("another-error",))
            if not clear:
                yield Finding("This error does not come from a check of what is available.")
        elif not clear:
            yield Finding(f"The error says: {message or 'nothing'}", ("unclear-error",))

    def judge_device(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The device that was returned, on a machine where one can be chosen."""
        available, preferred = _available(inputs), next(iter(inputs["preferred"]), None)
        kind, (name, index) = observed["type"], _name_and_index(observed)
        right = preferred or next(each for each in ORDER if each in available)
        if kind == "NoneType":
            yield _returned_nothing()
        elif name != right:
            wish = f" and preferred={preferred!r}" if preferred else ""
            text = f"On a machine with {' and '.join(available)}{wish}: expected {right}, got {name}."
            yield Finding(text, (_wrong_choice(right, name, preferred, available),))
        elif index not in ("", "0"):
            yield Finding(f"This is GPU number {index}, counted from 0; the machine has one.", ("another-gpu",))
        elif kind != "device":
            yield Finding(f"This is a {kind}: {name!r}; expected torch.device({right!r}).", ("string-returned",))


def _available(inputs: Inputs) -> list[str]:
    return [*inputs["devices"], "cpu"]


def _name_and_index(observed: Observed) -> tuple[str, str]:
    """The two parts of "cuda:0"; the second is empty for "cuda"."""
    name, _, index = str(observed["text"]).partition(":")
    return name, index


def _returned_nothing() -> Finding:
    text = "pick_device returned nothing (None). Is there a `return` at its end?"
    return Finding(text, ("returns-nothing",))


def _wrong_choice(right: str, name: str, preferred: str | None, available: list[str]) -> str:
    """The mistake of choosing a device that is not the right one."""
    if preferred is not None:
        return "preferred-ignored"
    if name not in available:
        return "is-available-not-called"
    if name == "mps":
        return "order"
    return "mps-forgotten" if right == "mps" else "gpu-overlooked"
