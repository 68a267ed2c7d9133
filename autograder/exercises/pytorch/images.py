"""08_pytorch: images as they are stored in files, converted to the tensor that PyTorch's layers take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.notes import NO_TENSOR
from autograder.guest.response import Response
from autograder.judging.case import CONVENTIONS_NAME, Case, Finding, Sizes, one_of
from autograder.judging.close import TOLERANCE, Tolerance
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake, also_where


def nchw(images: np.ndarray) -> np.ndarray:
    """(N, H, W) or (N, H, W, C) → (N, C, H, W), bytes divided by 255."""
    scaled = images / 255 if images.dtype.kind in "iu" else images.astype(np.float64)
    return scaled[:, None] if images.ndim == 3 else scaled.transpose(0, 3, 1, 2)


def scaled_by(factor: float, offset: float = 0.0) -> Any:
    """For a `Mistake`: the images with bytes scaled to another range."""

    def wrong(q: Inputs, right: Mapping[str, PlainData]) -> dict[str, PlainData]:
        return {"out": right["out"] * factor + offset} if q["images"].dtype.kind in "iu" else {}

    return wrong


def colour(q: Inputs) -> bool:
    """Whether the images have an axis of channels, (N, H, W, C)."""
    return bool(q["images"].ndim == 4)


def grey(q: Inputs) -> bool:
    """Whether they have none, (N, H, W)."""
    return not colour(q)


def coloured(q: Inputs, change: Any) -> dict[str, PlainData]:
    """For a `Mistake`: colour images after this change of their axes."""
    images = q["images"]
    if images.ndim != 4:
        return {}
    return {"out": change(images / 255 if images.dtype.kind in "iu" else images)}


class ToNchw(Exercise):
    name, points = "to_nchw", 8
    responder = "tensors"
    returns = ("out",)
    smallest = {"shape": 1}
    axes = {"out": "N C H W"}
    cases = (
        Case("grey images, bytes: (N, H, W)", {"shape": (2, 4, 3)}, conventions=("dtype",)),
        Case("colour images, bytes: (N, H, W, 3)", {"shape": (2, 4, 5, 3)}, weight=2),
        Case("one channel, last: (N, H, W, 1)", {"shape": (2, 3, 4, 1)}),
        Case("bytes of a dark image, 0 and 1", {"shape": (2, 3, 4), "largest": 1}),
        Case("floats in [0, 1] keep their values", {"shape": (2, 3, 4), "floats": True}, dtype="float32"),
        Case("float64 becomes float32", {"shape": (1, 4, 3, 2), "floats": True}, conventions=("dtype",)),
        Case(CONVENTIONS_NAME, {"shape": (3, 4, 3), "floats": True}, dtype="float32", conventions=("memory",)),
        Case("bytes that are not contiguous", {"shape": (2, 3, 5, 3)}, strided=True, conventions=("memory",)),
        Case("drawn sizes", {"shape": one_of((3, 6, 5), (4, 5, 7), (2, 7, 6))}, hidden=True),
        Case(
            "drawn sizes, colour",
            {"shape": one_of((3, 6, 5, 3), (1, 5, 6, 4), (2, 7, 3, 2))},
            hidden=True,
            conventions=("memory",),
        ),
    )
    mistakes = (
        Mistake(
            "reshaped",
            "A reshape does not swap axes: the channels of a pixel, which are next to each other in memory, became "
            "neighbours in a row. Use permute (NumPy: transpose).",
            lambda q, right: coloured(q, lambda x: x.reshape(right["out"].shape)),
        ),
        Mistake(
            "height-and-width-swapped",
            "Height and width are swapped: the order is (N, C, H, W).",
            *also_where(lambda q, right: {"out": right["out"].swapaxes(2, 3)}, colour, grey),
        ),
        Mistake(
            "channels-left-last",
            "The channels are still last; PyTorch's layers need them second, (N, C, H, W).",
            *also_where(lambda q, right: {"out": right["out"].transpose(0, 2, 3, 1)}, colour, grey),
        ),
        Mistake(
            "channel-axis-missing",
            "Grey images have one channel, which needs its own axis: (N, 1, H, W).",
            lambda q, right: {"out": right["out"][:, 0]} if right["out"].shape[1] == 1 else {},
        ),
        Mistake("not-scaled", "The numbers are still in [0, 255]; they must be in [0, 1].", scaled_by(255)),
        Mistake(
            "judged-by-the-numbers",
            "Recognise bytes by the dtype of the array, not by its largest number: a dark image is stored in bytes "
            "too.",
            lambda q, right: scaled_by(1 if q["images"].max() > 1 else 255)(q, right),
        ),
        Mistake("scaled-by-256", "The largest byte is 255, and it must become 1.", scaled_by(255 / 256)),
        Mistake(
            "centred",
            "The numbers are centred on 0; here they must be in [0, 1], as in 07.",
            scaled_by(2, -1),
            scaled_by(1, -0.5),
        ),
        Mistake(
            "stretched-to-its-largest",
            "The images are divided by their largest number, so the same grey gets another number in another batch. "
            "Divide by 255.",
            lambda q, right: {"out": right["out"] / right["out"].max()} if q["images"].dtype.kind in "iu" else {},
        ),
        Mistake(
            "floats-scaled-too",
            "Floats are already in [0, 1]: only bytes are divided by 255.",
            lambda q, right: {"out": right["out"] / 255} if q["images"].dtype.kind == "f" else {},
        ),
        Mistake(
            "whole-numbers",
            "All but the brightest pixels became 0: that was an integer division.",
            lambda q, right: {"out": np.floor(right["out"])} if q["images"].dtype.kind in "iu" else {},
        ),
        Mistake(
            "no-tensor",
            "The answer is a NumPy array; torch.from_numpy or torch.tensor makes a tensor of it.",
            convention="dtype",
        ),
        Mistake(
            "not-float32",
            "PyTorch's layers compute in float32 by default: convert with `.float()`.",
            convention="dtype",
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        if sizes.get("floats"):
            return {"images": rng.uniform(0, 1, sizes["shape"])}
        return {"images": rng.integers(0, sizes.get("largest", 255) + 1, sizes["shape"]).astype(np.uint8)}

    def expected(self, inputs: Inputs) -> dict[str, PlainData]:
        return {"out": nchw(inputs["images"])}

    def reference(self, inputs: Inputs) -> dict[str, PlainData]:
        return {"out": nchw(inputs["images"]).astype(np.float32)}

    def tolerance(self, inputs: Inputs) -> Tolerance:
        return TOLERANCE["float32"]

    def how_to_copy(self, response: Response) -> str:
        return super().how_to_copy(response) if NO_TENSOR in response.notes else "return a new tensor (`.clone()`)"

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """As usual, for a tensor; the numbers of an array count too."""
        findings = super().judge(case, inputs, response)
        if NO_TENSOR in response.notes:
            no_tensor = Finding("to_nchw must return a tensor; yours is a NumPy array.", ("no-tensor",))
            if any(not finding.convention for finding in findings):
                return [no_tensor, *findings]
            return [replace(no_tensor, convention="dtype")] if "dtype" in case.conventions else findings
        if findings and findings[0].convention == "dtype":
            text = f"The tensor must be torch.float32; yours is torch.{response.answer.dtype}."
            return [replace(findings[0], text=text, mistakes=("not-float32",))]
        return findings
