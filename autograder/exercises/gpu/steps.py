"""What is wrong with the steps of a training on a GPU or a CPU, by what was recorded of each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.guest.responders.probes import Observed
from autograder.judging.case import Finding

# kind of gradient (see SpyNetwork) -> what to say of step k, and the mistake
WRONG_GRADIENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "accumulated": ("The gradient of step {k} is the sum of all so far.", ("gradients-kept",)),
    "missing": ("At step {k} the gradients were 0 or None.", ("zeroed-before-the-step",)),
    "doubled": ("Before step {k} `backward` was called twice.", ("backward-twice",)),
    "repeated": ("Step {k} was taken with the gradient of the step before.", ("step-taken-twice",)),
    "other": ("The gradient of step {k} is not that of its batch.", ()),
}


def nothing_learned(observed: Observed) -> Finding:
    if observed["changed"]:
        return Finding("The parameters changed, but not by an optimizer of torch.optim: use one, such as SGD.")
    if any(step["gradient"] == "missing" for step in observed["optimizer_steps"]):
        return Finding("At each step the gradients were 0 or None.", ("zeroed-before-the-step",))
    return Finding("The network's parameters are unchanged.", ("nothing-learned",))


def evaluating(modes: list[bool], epochs: int) -> str:
    """A sentence on the steps that were taken in evaluation mode. modes: of each step, True for training."""
    wrong = [k for k, mode in enumerate(modes) if not mode]
    if len(wrong) == len(modes):
        return "The network was in evaluation mode in every step of the training."
    each = -(-len(modes) // epochs)
    whole = [e for e in range(epochs) if not any(modes[e * each : (e + 1) * each])]
    text = f"The network was in evaluation mode in {len(wrong)} of {len(modes)} steps; the first is step {wrong[0]}."
    if len(whole) == 1 and len(wrong) == len(modes[whole[0] * each : (whole[0] + 1) * each]):
        text = f"{text} They are those of epoch {whole[0]} of {epochs}, counted from 0."
    return text


def judge_second_call(observed: Observed) -> Iterator[Finding]:
    """Whether a second call with the same network has the optimizer, the schedule and the history of the first."""
    first, again = observed["optimizer_steps"], observed["again"]["steps"]
    rates = [[f"{step['lr']:.4g}" for step in steps] for steps in (first, again)]
    lengths = [np.size(each["history"]) for each in (observed, observed["again"])]
    kept: tuple[str, ...] = ("left-from-another-call",)
    if not again:
        yield Finding("In a second call with the same network no step was taken.", kept)
    elif again[0]["state"] and not first[0]["state"]:
        text = "In a second call with the same network the optimizer had momentum before its first step."
        yield Finding(text, kept)
    elif rates[0] != rates[1]:
        text = f"In the first call the learning rates were {', '.join(rates[0][:6])}; in a second call with the same "
        yield Finding(f"{text}network they were {', '.join(rates[1][:6])}.", kept)
    elif lengths[0] != lengths[1]:
        text = f"The history of the first call has {lengths[0]} numbers, that of a second call with the same network "
        yield Finding(f"{text}{lengths[1]}.", kept)
