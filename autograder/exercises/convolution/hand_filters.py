"""02_convolution: three filters made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs
from autograder.guest.question import Question
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.close import EXACT, TOLERANCE, Tolerance, all_close, close
from autograder.judging.compare import Mismatch, kind_of, number
from autograder.judging.error_sentence import explain_error
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Hypothesis, Mistake
from autograder.judging.verdict import Example
from autograder.judging.written import written

SOBEL = np.array([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]])
BINOMIAL = np.outer([1.0, 2.0, 1.0], [1.0, 2.0, 1.0])

# name of a filter, in the order of w → every kernel that is right
RIGHT = {
    "identity": [np.pad(np.ones((1, 1)), 1)],
    "edges": [SOBEL, -SOBEL],
    "blur": [np.full((3, 3), 1 / 9), BINOMIAL / 16],
}
# kernels that are known to be wrong: (name of the filter, kernels, id of the mistake, sentence)
WRONG = [
    (
        "identity",
        [np.ones((3, 3))],
        "identity-all-ones",
        "A kernel of nine ones adds up the neighbourhood; the identity has a single 1.",
    ),
    (
        "identity",
        [np.eye(3)],
        "identity-matrix",
        "An identity matrix is not an identity filter: only the centre may be 1.",
    ),
    (
        "edges",
        [SOBEL.T, -SOBEL.T],
        "edges-vertical",
        "This finds vertical edges; at a horizontal edge the numbers change from row to row.",
    ),
    (
        "edges",
        [np.sign(SOBEL), -np.sign(SOBEL)],
        "edges-prewitt",
        "The Sobel filter counts the middle column twice: 1 2 1.",
    ),
    (
        "blur",
        [np.ones((3, 3)), BINOMIAL],
        "blur-not-normalised",
        "A blur keeps the brightness: its numbers must sum to 1.",
    ),
    (
        "blur",
        [BINOMIAL / 9, np.ones((3, 3)) / 8],
        "blur-sum",
        "The numbers of the blur must sum to 1; divide by their sum.",
    ),
    ("blur", [np.zeros((3, 3))], "blur-integers", "Integer division gave 0: use an array of floats."),
]
# name of a filter → (what the image shows, image), on which a wrong kernel is applied to show what it does
IMAGES = {
    "identity": [("the pixel in the middle comes back", np.array([[2.0, 3.0, 5.0], [4.0, 7.0, 6.0], [9.0, 8.0, 1.0]]))],
    "edges": [
        ("a vertical edge, which is not to be found", np.array([[0.0, 0.0, 5.0]] * 3)),
        ("a horizontal edge", np.array([[0.0] * 3, [0.0] * 3, [5.0] * 3])),
        ("all pixels are equal: there is no edge", np.full((3, 3), 5.0)),
        ("a corner", np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 5.0]])),
    ],
    "blur": [
        ("all pixels are equal, and stay so", np.full((3, 3), 6.0)),
        ("one bright pixel in the corner", np.array([[16 * 9.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])),
    ],
}
# shape → the mistake that leads to it
OTHER_SHAPES = {(3, 3, 3): ("channel-axis-forgotten",), (1, 3, 3, 3): ("channel-axis-first",)}


class HandFilters(Exercise):
    name, points = "hand_filters", 8
    returns = ("w",)
    card_inputs = ()  # there are none
    cases = (
        Case("three filters for one channel: shape (3, 1, 3, 3), floats", {"part": "shape"}, conventions=("dtype",)),
        Case("w[0] is the identity", {"part": "identity"}),
        Case("w[1] finds horizontal edges (Sobel)", {"part": "edges"}),
        Case("w[2] is a blur (box or 1-2-1)", {"part": "blur"}),
    )
    mistakes = (
        *(Mistake(name, says) for _, _, name, says in WRONG),
        Mistake(
            "channel-axis-forgotten",
            "The channel axis is missing: filters have the shape (F, C, KH, KW), here with C = 1.",
        ),
        Mistake("channel-axis-first", "The filters come first, then the channels: (F, C, KH, KW) is (3, 1, 3, 3)."),
        Mistake("integers", "The filters must be floats; as integers, a blur would be all 0.", convention="dtype"),
        Mistake(
            "filters-in-other-order", "The filters are in another order: it must be identity, horizontal edges, blur."
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return dict(sizes)

    def question(self, inputs: Inputs) -> Question:
        return super().question({})

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """Several filters are right, so the answer is not compared with one reference."""
        w, part = response.answer, inputs["part"]
        if response.error is not None:
            return [Finding(explain_error(response.error))]
        if w is None:
            return [Finding("hand_filters returned nothing. Is there a `return` at its end?", ("returns-nothing",))]
        names = OTHER_SHAPES.get(w.shape, ()) if isinstance(w, np.ndarray) else ()
        # the case about the shape is enough for filters whose channel axis is missing or elsewhere
        if not isinstance(w, np.ndarray) or (w.shape != (3, 1, 3, 3) and (part == "shape" or not names)):
            return [Finding(f"w must be an array of shape (3, 1, 3, 3); yours is {kind_of(w)}.", names)]
        if part != "shape":
            return _judge_kernel(list(RIGHT).index(part), part, w.reshape(3, 1, 3, 3))
        if str(w.dtype) not in TOLERANCE:
            text = f"w must hold floats (float64 or float32); yours has dtype {w.dtype}."
            return [Finding(text, ("integers",), convention="dtype")]
        return []

    def own_example(self, case: Case, response: Response) -> Example | None:
        """An image that shows what the filter does wrong: the number in its middle, the right one and the student's."""
        part, w = case.sizes["part"], response.answer
        if part not in IMAGES or not isinstance(w, np.ndarray) or w.size != 27:
            return None
        k = list(RIGHT).index(part)
        for image_shows, image in IMAGES[part]:
            right = {float((kernel * image).sum()) for kernel in RIGHT[part]}
            yours = float((w.reshape(3, 3, 3)[k] * image).sum())
            if all(abs(yours - each) > 1e-6 for each in right):
                expected = " or ".join(number(each, yours) for each in sorted(right, reverse=True))
                shown = f"{written(image)}\n{image_shows}"
                name = f"the middle after w[{k}]"
                return Example((("image", shown),), f"{name} = {expected}", f"{name} = {number(yours)}")
        return None

    def contradicted(self, case: Case, inputs: Inputs) -> set[Hypothesis]:
        return set()


def _in_another_order(w: np.ndarray, tolerance: Tolerance) -> bool:
    """Whether w holds each of the three filters once."""
    found = [
        name
        for kernel in w[:, 0]
        for name, rights in RIGHT.items()
        if any(all_close(each, kernel, tolerance) for each in rights)
    ]
    return sorted(found) == sorted(RIGHT)


def _judge_kernel(k: int, part: str, w: np.ndarray) -> list[Finding]:
    """What is wrong with w[k], which must be the filter called `part`."""
    kernel, tolerance = w[k, 0], TOLERANCE.get(str(w.dtype), EXACT)

    def among(kernels: list[np.ndarray]) -> bool:
        return any(all_close(each, kernel, tolerance) for each in kernels)

    if among(RIGHT[part]):
        return []
    names = [name for intended, kernels, name, _ in WRONG if intended == part and among(kernels)]
    if _in_another_order(w, tolerance):
        names.append("filters-in-other-order")
    nearest = min(RIGHT[part], key=lambda right: float(np.abs(right - kernel).sum()))
    wrong = ~close(nearest, kernel, tolerance)
    row, column = (int(i) for i in np.argwhere(wrong)[0])
    text = f"w[{k}, 0] is not this filter: its sum is {number(kernel.sum())}, and w[{k}, 0, {row}, {column}] is wrong."
    return [Finding(text, tuple(names), Mismatch(f"w[{k}, 0]", "value", text, wrong=wrong, axes="row column"))]
