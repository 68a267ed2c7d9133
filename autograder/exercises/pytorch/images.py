"""08_pytorch: images as they come out of files, as the tensor that PyTorch's layers take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.names import NO_TENSOR
from autograder.guest.response import Response
from autograder.judging.case import CONVENTIONS_NAME, Case, Finding, Sizes, one_of
from autograder.judging.compare import TOLERANCE, Tolerance
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake


def right_one(images: np.ndarray) -> np.ndarray:
    """(N, H, W) or (N, H, W, C) → (N, C, H, W), bytes divided by 255."""
    scaled = images / 255 if images.dtype.kind in "iu" else images.astype(np.float64)
    return scaled[:, None] if images.ndim == 3 else scaled.transpose(0, 3, 1, 2)


def scaled_by(factor: float, more: float = 0.0) -> Any:
    """What comes of another scale for bytes."""

    def wrong(q: Inputs, right: Mapping[str, PlainData]) -> dict[str, PlainData]:
        return {"out": right["out"] * factor + more} if q["images"].dtype.kind in "iu" else {}

    return wrong


def coloured(q: Inputs, change: Any) -> dict[str, PlainData]:
    """What comes of another order of the axes, where there are four."""
    images = q["images"]
    if images.ndim != 4:
        return {}
    return {"out": change(images / 255 if images.dtype.kind in "iu" else images)}


class ToNchw(Exercise):
    name, points = "to_nchw", 8
    responder = "tensors"
    returns = ("out",)
    axes = {"out": "N C H W"}
    cases = (
        Case("grey images, bytes: (N, H, W)", {"shape": (2, 4, 3)}),
        Case("colour images, bytes: (N, H, W, 3)", {"shape": (2, 4, 5, 3)}, weight=2),
        Case("one channel, last: (N, H, W, 1)", {"shape": (2, 3, 4, 1)}),
        Case("bytes of a dark image, 0 and 1", {"shape": (2, 3, 4), "largest": 1}),
        Case("floats in [0, 1] keep their values", {"shape": (2, 3, 4), "floats": True}, dtype="float32"),
        Case("float64 becomes float32", {"shape": (1, 4, 3, 2), "floats": True}),
        Case(CONVENTIONS_NAME, {"shape": (3, 4, 3), "floats": True}, dtype="float32", conventions=True),
        Case("bytes that are not contiguous", {"shape": (2, 3, 5, 3)}, strided=True, conventions=True),
        Case("drawn sizes", {"shape": one_of((3, 6, 5), (4, 5, 7), (2, 7, 6))}, hidden=True),
        Case(
            "drawn sizes, colour",
            {"shape": one_of((3, 6, 5, 3), (1, 5, 6, 4), (2, 7, 3, 2))},
            hidden=True,
            conventions=True,
        ),
    )
    mistakes = (
        Mistake(
            "reshaped",
            "A reshape moves no number: the channels of a pixel lie side by side in memory, and now stand for "
            "neighbours in a row. Axes change places by permute (NumPy: transpose).",
            lambda q, right: coloured(q, lambda x: x.reshape(right["out"].shape)),
        ),
        Mistake(
            "height-and-width-swapped",
            "Height and width have changed places: the order is (N, C, H, W).",
            lambda q, right: {"out": right["out"].swapaxes(2, 3)},
        ),
        Mistake(
            "channels-left-last",
            "The channels are still last; PyTorch's layers want them second, (N, C, H, W).",
            lambda q, right: {"out": right["out"].transpose(0, 2, 3, 1)},
        ),
        Mistake(
            "channel-axis-missing",
            "Grey images have one channel, and it needs its axis: (N, 1, H, W).",
            lambda q, right: {"out": right["out"][:, 0]} if right["out"].shape[1] == 1 else {},
        ),
        Mistake("not-scaled", "The numbers still run from 0 to 255; they belong in [0, 1].", scaled_by(255)),
        Mistake(
            "judged-by-the-numbers",
            "Bytes are told by the dtype of the array, not by its largest number: a dark image is bytes too.",
            lambda q, right: {"out": right["out"] * (1 if q["images"].max() > 1 else 255)},
        ),
        Mistake("scaled-by-256", "The largest byte is 255, and it should become 1.", scaled_by(255 / 256)),
        Mistake(
            "centred",
            "The numbers are centred around 0; here [0, 1] is asked for, as in 07.",
            scaled_by(2, -1),
            scaled_by(1, -0.5),
        ),
        Mistake(
            "stretched-to-its-largest",
            "The images are divided by their largest number, so the same grey means something else in another batch. "
            "Divide by 255.",
            lambda q, right: {"out": right["out"] / right["out"].max()} if q["images"].dtype.kind in "iu" else {},
        ),
        Mistake(
            "floats-scaled-too",
            "Floats are in [0, 1] already: only bytes are divided by 255.",
            lambda q, right: {"out": right["out"] / 255} if q["images"].dtype.kind == "f" else {},
        ),
        Mistake(
            "whole-numbers",
            "All but the brightest pixels have become 0: the division happened in whole numbers.",
            lambda q, right: {"out": np.floor(right["out"])} if q["images"].dtype.kind in "iu" else {},
        ),
        Mistake(
            "no-tensor", "The answer is a NumPy array; a tensor is made of it with torch.from_numpy or torch.tensor."
        ),
        Mistake("not-float32", "The layers of PyTorch compute in float32 unless told otherwise: `.float()`."),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        if sizes.get("floats"):
            return {"images": rng.uniform(0, 1, sizes["shape"])}
        return {"images": rng.integers(0, sizes.get("largest", 255) + 1, sizes["shape"]).astype(np.uint8)}

    def expected(self, inputs: Inputs) -> dict[str, PlainData]:
        return {"out": right_one(inputs["images"])}

    def reference(self, inputs: Inputs) -> dict[str, PlainData]:
        return {"out": right_one(inputs["images"]).astype(np.float32)}

    def tolerance(self, inputs: Inputs) -> Tolerance:
        return TOLERANCE["float32"]

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """As usual, once it is a tensor of float32."""
        out = response.answer
        if NO_TENSOR in response.notes:
            return [Finding("to_nchw must return a tensor; yours is a NumPy array.", ("no-tensor",))]
        if isinstance(out, np.ndarray) and out.dtype.kind == "f" and out.dtype != np.float32:
            response.answer = out.astype(np.float32)
            text = f"The tensor must be torch.float32; yours is torch.{out.dtype}."
            return super().judge(case, inputs, response) or [Finding(text, ("not-float32",))]
        return super().judge(case, inputs, response)
