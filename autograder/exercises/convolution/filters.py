"""02_convolution: filters made by hand, and two convolutions merged into one."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.question import Question
from autograder.guest.response import Response
from autograder.judging import oracle
from autograder.judging.case import CONVENTIONS_NAME, Case, Finding, Sizes
from autograder.judging.compare import TOLERANCE, Mismatch, close, kind_of, number
from autograder.judging.exercise import Exercise, explain_error
from autograder.judging.mistake import Mistake, OfShape

SOBEL = np.array([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]])
BINOMIAL = np.outer([1.0, 2.0, 1.0], [1.0, 2.0, 1.0])

# position in w → every kernel that is right there
RIGHT = {
    "identity": [np.pad(np.ones((1, 1)), 1)],
    "edges": [SOBEL, -SOBEL],
    "blur": [np.full((3, 3), 1 / 9), BINOMIAL / 16],
}
# the same for kernels that are known to be wrong: (part, kernels, id, sentence)
WRONG = [
    (
        "identity",
        [np.ones((3, 3))],
        "identity-all-ones",
        "Nine ones add up a neighbourhood; the identity has a single 1.",
    ),
    (
        "identity",
        [np.eye(3)],
        "identity-matrix",
        "An identity matrix is no identity filter: only the centre is 1.",
    ),
    (
        "edges",
        [SOBEL.T, -SOBEL.T],
        "edges-vertical",
        "These are vertical edges; horizontal ones change from row to row.",
    ),
    (
        "edges",
        [np.sign(SOBEL), -np.sign(SOBEL)],
        "edges-prewitt",
        "Sobel counts the middle column twice: 1 2 1.",
    ),
    (
        "blur",
        [np.ones((3, 3)), BINOMIAL],
        "blur-not-normalised",
        "A blur keeps the brightness: its numbers sum to 1.",
    ),
    (
        "blur",
        [BINOMIAL / 9, np.ones((3, 3)) / 8],
        "blur-sum",
        "The numbers of the blur must sum to 1; divide by their sum.",
    ),
    ("blur", [np.zeros((3, 3))], "blur-integers", "Integer division gave 0: use an array of floats."),
]


class HandFilters(Exercise):
    name, points = "hand_filters", 8
    returns = ("w",)
    cases = (
        Case("three filters for one channel: shape (3, 1, 3, 3), floats", {"part": "shape"}),
        Case("w[0] is the identity", {"part": "identity"}),
        Case("w[1] finds horizontal edges (Sobel)", {"part": "edges"}),
        Case("w[2] is a blur (box or 1-2-1)", {"part": "blur"}),
    )
    mistakes = (
        *(Mistake(name, says) for _, _, name, says in WRONG),
        Mistake(
            "channel-axis-forgotten",
            "The channel axis is missing: a bank of filters is (F, C, KH, KW), here C = 1.",
        ),
        Mistake("channel-axis-first", "The filters come first, then their channels: (F, C, KH, KW) is (3, 1, 3, 3)."),
        Mistake("integers", "Filters are floats; as integers a blur would be all 0."),
        Mistake("filters-in-other-order", "The order is identity, horizontal edges, blur."),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return dict(sizes)

    def question(self, inputs: Inputs) -> Question:
        return super().question({})

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """A filter is right when it is one of several, so it is not compared with one reference."""
        w, part = response.answer, inputs["part"]
        if response.error is not None:
            return [Finding(explain_error(response.error))]
        if w is None:
            return [Finding("hand_filters returned nothing. Is there a `return` at its end?", ("returns-nothing",))]
        if not isinstance(w, np.ndarray) or w.shape != (3, 1, 3, 3):
            known = {(3, 3, 3): ("channel-axis-forgotten",), (1, 3, 3, 3): ("channel-axis-first",)}
            names = known.get(w.shape, ()) if isinstance(w, np.ndarray) else ()
            return [Finding(f"w must be an array of shape (3, 1, 3, 3); yours is {kind_of(w)}.", names)]
        if str(w.dtype) not in TOLERANCE:
            return [Finding(f"w must hold floats (float64 or float32); yours has dtype {w.dtype}.", ("integers",))]
        return [] if part == "shape" else _judge_kernel(list(RIGHT).index(part), part, w)

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        return set()


def _judge_kernel(k: int, part: str, w: np.ndarray) -> list[Finding]:
    """What is wrong with w[k], which should be the filter called `part`."""
    kernel = w[k, 0]

    def among(kernels: list[np.ndarray]) -> bool:
        return any(close(each, kernel, TOLERANCE[str(w.dtype)]).all() for each in kernels)

    if among(RIGHT[part]):
        return []
    names = [name for where, kernels, name, _ in WRONG if where == part and among(kernels)]
    if any(among(kernels) for other, kernels in RIGHT.items() if other != part):
        names.append("filters-in-other-order")
    nearest = min(RIGHT[part], key=lambda right: float(np.abs(right - kernel).sum()))
    wrong = ~close(nearest, kernel, TOLERANCE[str(w.dtype)])
    row, column = (int(i) for i in np.argwhere(wrong)[0])
    text = f"w[{k}, 0] is not this filter: it sums to {number(kernel.sum())}, and w[{k}, 0, {row}, {column}] is wrong."
    return [Finding(text, tuple(names), Mismatch(f"w[{k}, 0]", "value", text, wrong=wrong, axes="row column"))]


def merged(w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
    """w1 (M, C, K1, K1), w2 (F, M, K2, K2) → (F, C, K1 + K2 − 1, K1 + K2 − 1), as a transposed convolution."""
    grown = oracle.torch().nn.functional.conv_transpose2d(oracle.tensor(w2), oracle.tensor(w1))
    return np.asarray(grown.numpy())


def _correlated(q: Inputs) -> np.ndarray:
    """The kernels correlated instead of convolved: one of them turned by 180°."""
    return merged(q["w1"], q["w2"][:, :, ::-1, ::-1])


class MergeConvs(Exercise):
    name, points = "merge_convs", 14
    returns = ("w",)
    axes = {"w": "F C KH KW"}
    smallest = {"c": 1, "m": 1, "f": 1, "k1": 1, "k2": 1}
    cases = (
        Case("one channel, 2×2 then 2×2", {"c": 1, "m": 1, "f": 1, "k1": 2, "k2": 2}),
        Case("one channel, 3×3 then 2×2", {"c": 1, "m": 1, "f": 1, "k1": 3, "k2": 2}),
        Case("channels: 2 → 3 → 4, 3×3 then 3×3", {"c": 2, "m": 3, "f": 4, "k1": 3, "k2": 3}),
        Case("1×1 then 3×3", {"c": 3, "m": 2, "f": 2, "k1": 1, "k2": 3}),
        Case("float32 stays float32", {"c": 2, "m": 2, "f": 3, "k1": 3, "k2": 2}, dtype="float32", conventions=True),
        Case(CONVENTIONS_NAME, {"c": 2, "m": 2, "f": 2, "k1": 2, "k2": 3}, strided=True, conventions=True),
        Case(
            "drawn sizes",
            {"c": range(2, 5), "m": range(2, 5), "f": range(2, 5), "k1": range(2, 6), "k2": range(2, 5)},
            hidden=True,
            weight=2,
        ),
    )
    mistakes = (
        Mistake(
            "kernels-correlated",
            "One kernel is the wrong way round: moving w2 by one place moves w1 the same way, so both offsets add up.",
            lambda q, right: {"w": _correlated(q)},
            lambda q, right: {"w": _correlated(q)[:, :, ::-1, ::-1]},
        ),
        Mistake(
            "kernel-reversed",
            "The merged kernel is turned by 180°.",
            lambda q, right: {"w": merged(q["w1"], q["w2"])[:, :, ::-1, ::-1]},
        ),
        Mistake(
            "order-swapped",
            "The layers are taken in the wrong order: w1 comes first, so its output channels are w2's input channels.",
            lambda q, right: {"w": merged(q["w2"], q["w1"])},
            error=lambda q, raised: (
                raised.type in ("ValueError", "IndexError") and q["w1"].shape[:2] != q["w2"].shape[:2]
            ),
        ),
        Mistake(
            "middle-channels-not-summed",
            "Only the last middle channel is in the result: sum over all M of them.",
            lambda q, right: {"w": merged(q["w1"][-1:], q["w2"][:, -1:])},
        ),
        Mistake(
            "first-middle-channel-only",
            "Only the first middle channel is in the result: sum over all M of them.",
            lambda q, right: {"w": merged(q["w1"][:1], q["w2"][:, :1])},
        ),
        Mistake(
            "channels-averaged",
            "The middle channels are averaged; they are summed.",
            lambda q, right: {"w": right["w"] / len(q["w1"])},
        ),
        Mistake(
            "overlap-assigned",
            "Where shifted copies overlap they must add up; yours overwrite each other.",
            lambda q, right: {"w": _overwritten(q)},
        ),
        Mistake(
            "size-without-minus-one",
            "The merged kernel is K1 + K2 − 1 wide: the two share one place.",
            lambda q, right: {"w": _of_width(q, q["w1"].shape[2] + q["w2"].shape[2])},
        ),
        Mistake(
            "elementwise-product",
            "Multiplying the kernels element by element is not stacking them: the merged kernel is K1 + K2 − 1 wide.",
            lambda q, right: {"w": _of_width(q, max(q["w1"].shape[2], q["w2"].shape[2]))},
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        c, m, f, k1, k2 = (sizes[key] for key in ("c", "m", "f", "k1", "k2"))
        return {"w1": rng.standard_normal((m, c, k1, k1)), "w2": rng.standard_normal((f, m, k2, k2))}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"w": merged(q["w1"], q["w2"])}


def _of_width(q: Inputs, width: int) -> OfShape:
    return OfShape((q["w2"].shape[0], q["w1"].shape[1], width, width))


def _overwritten(q: Inputs) -> np.ndarray:
    """Shifted copies of w1 laid over each other in reading order, the last one winning."""
    w1, w2 = q["w1"], q["w2"]
    out = np.zeros_like(merged(w1, w2))
    size = w1.shape[2]
    for i in range(w2.shape[2]):
        for j in range(w2.shape[3]):
            out[:, :, i : i + size, j : j + size] = np.einsum("fm,mcij->fcij", w2[:, :, i, j], w1)
    return out
