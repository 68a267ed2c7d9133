"""08_pytorch: a convolution as a torch.autograd.Function, with a forward and a backward of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograder.exercises.conv_backward import bias_gradient, input_gradient, weight_gradient
from autograder.exercises.shared.conv_gradients import SMALLEST, drawn, dw, dx, reshaped_only
from autograder.exercises.shared.convolution import conv
from autograder.guest.plain_data import Inputs, PlainData, perturbed
from autograder.guest.responders.notes import CALLED, NO_FUNCTION, NO_TENSOR, NOT_ITS_OWN
from autograder.guest.response import Raised, Response
from autograder.judging.case import Case, Finding, Sizes, one_of
from autograder.judging.compare import same
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, WrongAnswer

OWN = "Write a torch.autograd.Function with its own forward and backward"
# mistakes of 03 that are recognised here too, by the gradient that they are about
FROM_03 = {
    "dw": ("last-image-only", "first-image-only", "divided-by-n", "averaged", "upstream-ignored"),
    "dx": ("kernel-not-turned", "divided-by-n", "upstream-ignored"),
    "db": ("db-averaged", "db-divided-by-n", "db-one-number", "upstream-ignored"),
}


def known_from_03(part: str, mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """Mistakes of one gradient, with the gradient in their ids."""
    for mistake in mistakes:
        if mistake.name in FROM_03[part]:
            yield mistake.renamed(f"{part}-{mistake.name.removeprefix('db-')}")


def raised_with(*words: str) -> Any:
    """Whether an error's message contains all of these."""
    return lambda inputs, error: all(word in error.message for word in words)


def _shape_sent_back(error: Raised) -> list[int]:
    """The shape of a gradient that PyTorch refuses; empty if the error is another one."""
    match = re.search(r"invalid gradient at index \d+ - got \[([\d, ]+)\]", error.message)
    return [int(size) for size in match.group(1).split(",")] if match else []


def as_in_03(q: Inputs) -> Inputs:
    """The inputs of the same question in 03."""
    return {key: q[key] for key in ("dout", "x", "w", "b", "stride", "padding")}


def from_03(mistake: Mistake) -> Mistake:
    """A mistake of 03 for a question of this exercise; gradients that are not needed do not count."""

    def needed(answer: WrongAnswer) -> WrongAnswer:
        return lambda q, right: {k: v for k, v in answer(as_in_03(q), right).items() if k[-1] in q["needs"]}

    return Mistake(mistake.name, mistake.says, *(needed(answer) for answer in mistake.answers), error=mistake.error)


class Conv2dFunction(Exercise):
    name, points = "Conv2dFunction", 20
    responder = "function"
    card_inputs = ("x", "w", "b", "dout", "stride", "padding")
    returns = ("out", "dx", "dw", "db")
    axes = {"out": "N F H' W'", "dx": "N C H W", "dw": "F C KH KW", "db": "F"}
    smallest = SMALLEST
    cases = (
        Case("forward", {"n": 2, "c": 2, "h": 5, "w": 6, "f": 3, "kernel": 3}, parts=("out",), weight=2),
        Case(
            "forward: stride 2, padding 1, not square",
            {"n": 2, "c": 3, "h": 7, "w": 6, "f": 4, "kernel": (3, 2), "stride": 2, "padding": 1},
            parts=("out",),
        ),
        Case("db", {"n": 3, "c": 2, "h": 5, "w": 6, "f": 4, "kernel": 3}, parts=("db",)),
        Case("dw", {"n": 3, "c": 2, "h": 5, "w": 6, "f": 4, "kernel": (3, 2)}, parts=("dw",), weight=2),
        Case("dx", {"n": 3, "c": 2, "h": 5, "w": 6, "f": 4, "kernel": (3, 2)}, parts=("dx",), weight=2),
        Case(
            "gradients: stride 2, padding 1, rows left over",
            {"n": 2, "c": 3, "h": 8, "w": 7, "f": 4, "kernel": 3, "stride": 2, "padding": 1},
            weight=2,
        ),
        Case(
            "behind a transpose: dout that does not lie in one piece",
            {"n": 2, "c": 2, "h": 5, "w": 6, "f": 3, "kernel": 3, "transposed": True},
        ),
        Case(
            "images that need no gradient, as in a first layer",
            {"n": 2, "c": 1, "h": 5, "w": 6, "f": 3, "kernel": 3, "padding": 1, "needs": "wb"},
        ),
        Case(
            "float32 stays float32; nothing that was given is changed",
            {"n": 2, "c": 2, "h": 6, "w": 5, "f": 3, "kernel": 3, "stride": 2, "padding": 1},
            dtype="float32",
            conventions=("dtype", "memory"),
        ),
        Case(
            "drawn sizes, stride and padding that differ",
            {
                **{"n": range(2, 4), "c": range(2, 5), "h": range(9, 12), "w": range(6, 9), "f": range(2, 5)},
                **{"kernel": one_of(4, (5, 3), (2, 4)), "stride": 3, "padding": range(1, 3)},
            },
            hidden=True,
            weight=2,
        ),
        Case(
            "drawn sizes, a kernel that needs no gradient",
            {
                **{"n": 2, "c": range(1, 4), "h": range(5, 8), "w": range(8, 10), "f": range(2, 5)},
                **{"kernel": one_of(1, 3), "stride": one_of(1, 2), "needs": "xb"},
            },
            hidden=True,
            conventions=("memory",),
        ),
    )
    mistakes = (
        Mistake(
            "pytorchs-own-convolution",
            "PyTorch's own convolution was called. Build it from F.unfold, F.fold and matrix products.",
        ),
        Mistake("no-own-backward", f"{OWN}: autograd must call your backward, not one that it derived itself."),
        Mistake(
            "bias-forgotten",
            "The bias is not added.",
            lambda q, right: {
                "out": conv({key: as_in_03(q)[key] for key in ("x", "w", "stride", "padding")} | {"b": None})
            },
        ),
        Mistake(
            "kernel-flipped",
            "The kernel is flipped. Convolutions in networks do not flip it: they are correlations.",
            lambda q, right: {"out": conv(_forward(q) | {"w": q["w"][:, :, ::-1, ::-1]})},
        ),
        Mistake(
            "rows-in-another-order",
            "The numbers of a filter are in another order than those of the window from F.unfold: use w.reshape(F, "
            "C·KH·KW).",
            lambda q, right: {"out": conv(_forward(q) | {"w": _channels_last(q["w"])})},
        ),
        Mistake(
            "maps-in-another-order",
            "The result of the product is not in the order (N, F, H', W'): a reshape does not move axes.",
            lambda q, right: {"out": _mixed(right["out"])},
        ),
        Mistake(
            "reshaped-without-moving-axes",
            "dout is reshaped to one row per filter without moving F to the front first, so each row mixes filters and "
            "images.",
            lambda q, right: (
                {"dw": dw(as_in_03(q) | {"dout": reshaped_only(as_in_03(q)["dout"])})} if "w" in q["needs"] else {}
            ),
        ),
        Mistake(
            "gradient-not-returned",
            "A gradient is missing: backward returns one each for x, w and b, in this order, and then None for stride "
            "and None for padding.",
            lambda q, right: {},
            error=lambda q, error: "incorrect number of gradients" in error.message,
        ),
        Mistake(
            "gradients-in-another-order",
            "The gradients must be in the order of the arguments of forward: x, w, b.",
            error=lambda q, error: _shape_sent_back(error) in [list(q[name].shape) for name in "xwb"],
        ),
        Mistake(
            "nothing-left-without-padding",
            "dx has no rows or columns left: `[p:-p]` is empty where p is 0. Slice from p to p + H.",
            error=lambda q, error: 0 in _shape_sent_back(error),
        ),
        Mistake(
            "view-of-pieces",
            "dout need not be contiguous, and then .view fails: use .reshape.",
            error=raised_with("view size is not compatible"),
        ),
        Mistake(
            "kept-outside-ctx",
            "What backward needs is kept outside of ctx, where the next call of forward overwrites it.",
        ),
        *map(from_03, known_from_03("dw", weight_gradient.MISTAKES)),
        *map(from_03, known_from_03("dx", input_gradient.MISTAKES)),
        *map(from_03, known_from_03("db", bias_gradient.MISTAKES)),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """needs: which of x, w and b need a gradient; transposed: dout comes back through a transpose."""
        made = drawn({"stride": 1, "padding": 0, **sizes}, rng)
        options = {"needs": sizes.get("needs", "xwb"), "transposed": sizes.get("transposed", False)}
        return {key: made[key] for key in ("x", "w", "b", "dout", "stride", "padding")} | options

    def expected(self, inputs: Inputs) -> dict[str, PlainData]:
        q = as_in_03(inputs)
        db = bias_gradient.summed(q["dout"], 0, 2, 3)
        answer = {"out": conv(_forward(inputs)), "dx": dx(q), "dw": dw(q), "db": db}
        unneeded = {
            part: np.zeros_like(inputs[part[1]]) for part in ("dx", "dw", "db") if part[1] not in inputs["needs"]
        }
        return answer | unneeded

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        notes = response.notes
        if NO_FUNCTION in notes:
            text = "Conv2dFunction must be a class that inherits from torch.autograd.Function."
            return [Finding(text, ("no-own-backward",))]
        if NO_TENSOR in notes:
            return [Finding("forward must return a tensor.", ("returns-nothing",) if response.answer is None else ())]
        if NOT_ITS_OWN in notes:
            text = "autograd recorded the operations inside your function, not the function: backward is never called."
            return [Finding(text, ("no-own-backward",))]
        if called := [note.removeprefix(CALLED) for note in notes if note.startswith(CALLED)]:
            return [Finding(f"Your code called {called[0]}.", ("pytorchs-own-convolution",))]
        if _missing(response.answer):
            text = f"There is no gradient for {_missing(response.answer)}: backward returned None for it."
            return [Finding(text, ("gradient-not-returned",))]
        findings = super().judge(case, inputs, response)
        if findings and response.error is None and not findings[0].mistakes and _matches_other_call(inputs, response):
            return [Finding(findings[0].text, ("kept-outside-ctx",), findings[0].mismatch)]
        return findings


def _missing(answer: PlainData) -> str:
    """The first argument without a gradient, of those that need one."""
    if not isinstance(answer, tuple) or len(answer) != 4:
        return ""
    return next((name for name, grad in zip("xwb", answer[1:], strict=True) if grad is None), "")


def _matches_other_call(q: Inputs, response: Response) -> bool:
    """Whether dw or dx is that of the other call of forward, which came between this one and backward."""
    other = as_in_03(q) | {key: perturbed(q[key]) for key in ("x", "w")}
    answer, tolerance = response.answer, Conv2dFunction().tolerance(q)
    if not isinstance(answer, tuple) or len(answer) != 4:
        return False
    got = {"dx": answer[1], "dw": answer[2]}
    wrong = {"dx": dx(other), "dw": dw(other)}
    return any(same(wrong[part], got[part], tolerance) for part in wrong if part[1] in q["needs"])


def _forward(q: Inputs) -> Inputs:
    return {key: q[key] for key in ("x", "w", "b", "stride", "padding")}


def _channels_last(w: np.ndarray) -> np.ndarray:
    """A filter whose numbers are read in the order (KH, KW, C)."""
    return w.transpose(0, 2, 3, 1).reshape(w.shape)


def _mixed(out: np.ndarray) -> np.ndarray:
    """(N, F, L) read as if it were (N, L, F)."""
    n, f, high, wide = out.shape
    return out.reshape(n, f, high * wide).transpose(0, 2, 1).reshape(n, f, high, wide)
