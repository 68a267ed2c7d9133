"""02_convolution: the receptive field of a stack of layers."""

from __future__ import annotations

import math
from typing import Any

from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.case import Case, Sizes
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake


def field_size(layers: list[tuple[int, int]]) -> int:
    """Side of the receptive field: each layer (K, S) adds K − 1 times the product of the strides before it."""
    return 1 + sum((kernel - 1) * math.prod(s for _, s in layers[:k]) for k, (kernel, _) in enumerate(layers))


class ReceptiveField(Exercise):
    name, points = "receptive_field", 10
    returns = ("size",)
    smallest = {"layers": 1}
    cases = (
        Case("no layers: one pixel", {"layers": []}),
        Case("one 5×5 convolution", {"layers": [(5, 1)]}),
        Case("three 3×3 convolutions, stride 1: 1 + L(K − 1)", {"layers": [(3, 1), (3, 1), (3, 1)]}),
        Case("a stride, then a convolution", {"layers": [(3, 2), (3, 1)]}),
        Case("the stride of the last layer", {"layers": [(3, 1), (5, 2)]}),
        Case(
            "LeNet-5's convolutions and poolings; the list left as it was",
            {"layers": [(5, 1), (2, 2), (5, 1), (2, 2)]},
            conventions=("dtype", "memory"),
        ),
        Case("a 1×1 convolution with a stride", {"layers": [(3, 1), (1, 2), (3, 3), (2, 1)]}),
        Case("drawn layers", {"count": range(3, 6)}, hidden=True, weight=2),
    )
    mistakes = (
        Mistake(
            "strides-ignored",
            "The strides are not used: after a stride S, neighbours in a map are S pixels apart in the input.",
            lambda q, right: {"size": 1 + sum(k - 1 for k, _ in q["layers"])},
        ),
        Mistake(
            "product-of-kernels",
            "The kernel sizes are multiplied; each layer adds to the field.",
            lambda q, right: {"size": math.prod(k for k, _ in q["layers"])},
        ),
        Mistake(
            "sum-of-kernels",
            "Each layer adds K − 1, not K.",
            lambda q, right: {"size": sum(k for k, _ in q["layers"])},
        ),
        Mistake(
            "starts-at-zero",
            "Without any layer, an element sees one pixel, itself: start at 1, not 0.",
            lambda q, right: {"size": field_size(q["layers"]) - 1},
        ),
        Mistake(
            "own-stride-too-early",
            "A layer's own stride affects only the layers after it; yours counts it for the layer itself.",
            lambda q, right: {
                "size": 1
                + sum((k - 1) * math.prod(s for _, s in q["layers"][: i + 1]) for i, (k, _) in enumerate(q["layers"]))
            },
        ),
        Mistake(
            "last-stride-only",
            "Yours uses only the stride of the previous layer; the strides of all layers before it must be multiplied.",
            lambda q, right: {
                "size": 1 + sum((k - 1) * (q["layers"][i - 1][1] if i else 1) for i, (k, _) in enumerate(q["layers"]))
            },
        ),
        Mistake(
            "layers-in-reverse",
            "The layers are used in reverse order: the list begins at the input.",
            lambda q, right: {"size": field_size(q["layers"][::-1])},
        ),
        Mistake(
            "area",
            "The size of a receptive field is its side, not its area.",
            lambda q, right: {"size": right["size"] ** 2},
        ),
        Mistake(
            "kernel-times-stride",
            "The field grows by (K − 1) times the strides before; yours adds K times the strides.",
            lambda q, right: {
                "size": 1 + sum(k * math.prod(s for _, s in q["layers"][:i]) for i, (k, _) in enumerate(q["layers"]))
            },
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        if "layers" in sizes:
            return {"layers": list(sizes["layers"])}
        # a stride above 1 early on, so that it matters
        drawn = [(int(rng.integers(2, 6)), int(rng.integers(1, 4))) for _ in range(sizes["count"])]
        return {"layers": [(3, 2), *drawn]}

    def expected(self, q: Inputs) -> dict[str, PlainData]:
        return {"size": field_size(q["layers"])}
