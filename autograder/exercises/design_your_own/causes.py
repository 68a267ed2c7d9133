"""What may be wrong with a design that learns too little: only what its recording shows to be so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.exercises.design_your_own.measurement import cut_off, measure

NONLINEAR = (
    "relu", "elu", "gelu", "silu", "mish", "hardswish", "hardtanh", "sigmoid", "tanh", "softplus", "prelu", "clamp",
    "threshold", "max", "_softmax", "abs", "pow", "exp", "log", "sin", "cos", "erf", "glu", "shrink", "amin", "min",
    "mul.T", "sqrt", "where", "sort", "topk", "var", "std", "layer_norm", "group_norm",
)  # fmt: skip
NAMES_SHOWN = 3  # of parameters that get no gradient


def causes(recording: Any) -> Iterator[tuple[str, str]]:
    """(mistake, what shows it) for the mistakes in the design that may cause a low accuracy, the most likely first."""
    steps = [str(step[0]) for step in recording["training"]["steps"]]
    measured = measure(recording)
    if not any(array["trained"] for array in recording["kept"]):
        yield "nothing-to-train", ""
    # a last layer of zeros makes any design linear before it is trained, so the operations have to say it as well
    if measured.linear and not any(word in step for step in steps for word in NONLINEAR):
        yield "no-nonlinearity", ""
    if not measured.shares_weights:
        yield "no-convolution", ""
    if _relu_at_the_end(recording["training"]):
        yield "relu-at-the-end", ""
    if names := cut_off(recording):
        more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
        yield "gradient-cut", f" Without a gradient: {', '.join(names[:NAMES_SHOWN])}{more}."


def causes_of_an_error(recording: Any, error: str) -> tuple[str, ...]:
    """The mistake for which a design cannot be trained, if it is known."""
    if "modified by an inplace operation" in error:
        return ("changed-in-place",)
    return tuple(name for name, _ in causes(recording) if name in ("nothing-to-train", "gradient-cut"))[:1]


def own_functions(recording: Any) -> str:
    """A sentence on the student's own autograd functions whose backward is not the derivative of their forward."""
    names = [str(name)[:80] for name in recording["training"].get("functions", ())]
    if not names:
        return ""
    return (
        f" The training here differentiates the forward of {', '.join(names[:3])} and does not call its backward, "
        "which gives another gradient: write it with detach, as in x + (f(x) - x).detach()."
    )


def _relu_at_the_end(mode: Any) -> bool:
    """Whether the operation that gave the scores is a ReLU."""
    last = next((step for step in reversed(mode["steps"]) if mode["scores"] in step[3]), None)
    if last is None:
        return False
    name, args, *_ = last
    return str(name).startswith("relu") or (str(name).startswith("clamp_min") and args[2:] == [0])
