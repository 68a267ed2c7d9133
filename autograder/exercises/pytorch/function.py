"""08_pytorch: a convolution with a forward and a backward of one's own, as PyTorch's autograd calls them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograder.exercises.conv_backward import bias_gradient, input_gradient, weight_gradient
from autograder.exercises.shared.conv_gradients import drawn, dw, dx, reshaped_only
from autograder.exercises.shared.convolution import conv
from autograder.guest.plain_data import Inputs, PlainData, perturbed
from autograder.guest.responders.names import CALLED, NO_FUNCTION, NO_TENSOR, NOT_ITS_OWN
from autograder.guest.response import Raised, Response
from autograder.judging.case import Case, Finding, Sizes, one_of
from autograder.judging.compare import same
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, WrongAnswer

OWN = "A torch.autograd.Function with a forward and a backward of its own is asked for"
# what is told of these is told of the gradients in 03, in the same words
FROM_03 = {
    "dw": ("last-image-only", "first-image-only", "divided-by-n", "averaged", "upstream-ignored"),
    "dx": ("kernel-not-turned", "divided-by-n", "upstream-ignored"),
    "db": ("db-averaged", "db-divided-by-n", "db-one-number", "upstream-ignored"),
}


def known_from_03(part: str, mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """Mistakes of one gradient, under a name that tells which."""
    for mistake in mistakes:
        if mistake.name in FROM_03[part]:
            yield mistake.renamed(f"{part}-{mistake.name.removeprefix('db-')}")


def raised_with(*words: str) -> Any:
    """Whether an error has these words in its message."""
    return lambda inputs, error: all(word in error.message for word in words)


def _shape_sent_back(error: Raised) -> list[int]:
    """The shape of a gradient that PyTorch refuses; empty where it refuses something else."""
    found = re.search(r"invalid gradient at index \d+ - got \[([\d, ]+)\]", error.message)
    return [int(size) for size in found.group(1).split(",")] if found else []


def asked(q: Inputs) -> Inputs:
    """The question as 03 puts it."""
    return {key: q[key] for key in ("dout", "x", "w", "b", "stride", "padding")}


def told_by_03(mistake: Mistake) -> Mistake:
    """The mistake, about a question of this exercise; gradients that nobody needs do not count."""

    def needed(answer: WrongAnswer) -> WrongAnswer:
        return lambda q, right: {k: v for k, v in answer(asked(q), right).items() if k[-1] in q["needs"]}

    return Mistake(mistake.name, mistake.says, *(needed(answer) for answer in mistake.answers), error=mistake.error)


class Conv2dFunction(Exercise):
    name, points = "Conv2dFunction", 20
    responder = "function"
    card_inputs = ("x", "w", "b", "dout", "stride", "padding")
    returns = ("out", "dx", "dw", "db")
    axes = {"out": "N F H' W'", "dx": "N C H W", "dw": "F C KH KW", "db": "F"}
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
            {"n": 2, "c": 2, "h": 5, "w": 6, "f": 3, "kernel": 3, "turned": True},
        ),
        Case(
            "images that need no gradient, as in a first layer",
            {"n": 2, "c": 1, "h": 5, "w": 6, "f": 3, "kernel": 3, "padding": 1, "needs": "wb"},
        ),
        Case(
            "float32 stays float32; nothing that was given is changed",
            {"n": 2, "c": 2, "h": 6, "w": 5, "f": 3, "kernel": 3, "stride": 2, "padding": 1},
            dtype="float32",
            conventions=True,
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
            conventions=True,
        ),
    )
    mistakes = (
        Mistake(
            "pytorchs-own-convolution",
            "PyTorch's own convolution was called. Here it is to be built from F.unfold, F.fold and matrix products.",
        ),
        Mistake("no-own-backward", f"{OWN}: autograd must find your backward, not one that it made itself."),
        Mistake(
            "bias-forgotten",
            "The bias is not added.",
            lambda q, right: {
                "out": conv({key: asked(q)[key] for key in ("x", "w", "stride", "padding")} | {"b": None})
            },
        ),
        Mistake(
            "kernel-flipped",
            "The kernel is flipped. In these networks the filter is laid on as it is: a correlation.",
            lambda q, right: {"out": conv(_forward(q) | {"w": q["w"][:, :, ::-1, ::-1]})},
        ),
        Mistake(
            "rows-in-another-order",
            "The numbers of a filter are read in another order than F.unfold gives the window: w.reshape(F, C·KH·KW).",
            lambda q, right: {"out": conv(_forward(q) | {"w": _channels_last(q["w"])})},
        ),
        Mistake(
            "maps-in-another-order",
            "The result of the product is not in the order (N, F, H', W'): a reshape does not move axes.",
            lambda q, right: {"out": _mixed(right["out"])},
        ),
        Mistake(
            "reshaped-without-moving-axes",
            "dout is reshaped to one row a filter without moving F to the front first, so a row mixes filters and "
            "images.",
            lambda q, right: (
                {"dw": dw(asked(q) | {"dout": reshaped_only(asked(q)["dout"])})} if "w" in q["needs"] else {}
            ),
        ),
        Mistake(
            "gradient-not-returned",
            "A gradient is missing: backward returns one for x, one for w and one for b, in this order, and then None "
            "for each of stride and padding.",
            lambda q, right: {},
            error=lambda q, error: "incorrect number of gradients" in error.message,
        ),
        Mistake(
            "gradients-in-another-order",
            "The gradients come in another order than the arguments of forward: x, w, b.",
            error=lambda q, error: _shape_sent_back(error) in [list(q[name].shape) for name in "xwb"],
        ),
        Mistake(
            "nothing-left-without-padding",
            "dx has lost its rows or columns: `[p:-p]` is empty where p is 0. Cut from p to p + H.",
            error=lambda q, error: 0 in _shape_sent_back(error),
        ),
        Mistake(
            "view-of-pieces",
            "dout need not lie in one piece of memory, and then .view fails: use .reshape.",
            error=raised_with("view size is not compatible"),
        ),
        Mistake(
            "kept-outside-ctx",
            "What backward needs is kept outside of ctx, where the next call of forward writes over it.",
        ),
        *map(told_by_03, known_from_03("dw", weight_gradient.MISTAKES)),
        *map(told_by_03, known_from_03("dx", input_gradient.MISTAKES)),
        *map(told_by_03, known_from_03("db", bias_gradient.MISTAKES)),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """needs: which of x, w and b need a gradient; turned: dout comes back through a transpose."""
        made = drawn({"stride": 1, "padding": 0, **sizes}, rng)
        how = {"needs": sizes.get("needs", "xwb"), "turned": sizes.get("turned", False)}
        return {key: made[key] for key in ("x", "w", "b", "dout", "stride", "padding")} | how

    def expected(self, inputs: Inputs) -> dict[str, PlainData]:
        q = asked(inputs)
        found = {
            "out": conv(_forward(inputs)),
            "dx": dx(q),
            "dw": dw(q),
            "db": bias_gradient.summed(q["dout"], 0, 2, 3),
        }
        unneeded = {
            part: np.zeros_like(inputs[part[1]]) for part in ("dx", "dw", "db") if part[1] not in inputs["needs"]
        }
        return found | unneeded

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        notes = response.notes
        if NO_FUNCTION in notes:
            return [
                Finding(
                    "Conv2dFunction must be a class that inherits from torch.autograd.Function.", ("no-own-backward",)
                )
            ]
        if NO_TENSOR in notes:
            return [Finding("forward must return a tensor.", ("returns-nothing",) if response.answer is None else ())]
        if NOT_ITS_OWN in notes:
            text = "autograd did not record your function, but what it computed inside: your backward is never called."
            return [Finding(text, ("no-own-backward",))]
        if called := [note.removeprefix(CALLED) for note in notes if note.startswith(CALLED)]:
            return [Finding(f"Your code called {called[0]}.", ("pytorchs-own-convolution",))]
        if _missing(response.answer):
            return [
                Finding(
                    f"No gradient came back for {_missing(response.answer)}: backward returned None for it.",
                    ("gradient-not-returned",),
                )
            ]
        findings = super().judge(case, inputs, response)
        if findings and response.error is None and not findings[0].mistakes and _of_the_call_between(inputs, response):
            return [Finding(findings[0].text, ("kept-outside-ctx",), findings[0].mismatch)]
        return findings


def _missing(answer: PlainData) -> str:
    """The first argument without a gradient, of those that need one."""
    if not isinstance(answer, tuple) or len(answer) != 4:
        return ""
    return next((name for name, grad in zip("xwb", answer[1:], strict=True) if grad is None), "")


def _of_the_call_between(q: Inputs, response: Response) -> bool:
    """Whether dw or dx is that for the numbers of the other call of forward, which came before backward."""
    other = asked(q) | {key: perturbed(q[key]) for key in ("x", "w")}
    answer, tolerance = response.answer, Conv2dFunction().tolerance(q)
    if not isinstance(answer, tuple) or len(answer) != 4:
        return False
    found = {"dx": answer[1], "dw": answer[2]}
    wrong = {"dx": dx(other), "dw": dw(other)}
    return any(same(wrong[part], found[part], tolerance) for part in wrong if part[1] in q["needs"])


def _forward(q: Inputs) -> Inputs:
    return {key: q[key] for key in ("x", "w", "b", "stride", "padding")}


def _channels_last(w: np.ndarray) -> np.ndarray:
    """What a filter becomes if its numbers are read in the order (KH, KW, C)."""
    return w.transpose(0, 2, 3, 1).reshape(w.shape)


def _mixed(out: np.ndarray) -> np.ndarray:
    """What comes of reading (N, F, L) as if it were (N, L, F)."""
    n, f, high, wide = out.shape
    return out.reshape(n, f, high * wide).transpose(0, 2, 1).reshape(n, f, high, wide)
