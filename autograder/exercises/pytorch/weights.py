"""08_pytorch: the weights of 07 loaded into a module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.notes import DEVICE, DTYPE, FROZEN, KEYS_CHANGED, NO_PARAMETER
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.clash import cores
from autograder.judging.close import Tolerance
from autograder.judging.dtypes import cast
from autograder.judging.exercise import Exercise
from autograder.judging.mistake import Mistake
from autograder.judging.oracle import pytorch as oracle

NETS: dict[str, dict[str, tuple[int, ...]]] = {
    # no two sizes of a layer are equal
    "small": {"conv1": (3, 1, 5, 5), "conv2": (4, 3, 5, 5), "fc1": (24, 7), "fc2": (7, 5)},
    # equal sizes, so that a wrong order of axes raises no error
    "square": {"conv1": (3, 3, 2, 2), "conv2": (3, 3, 2, 2), "fc1": (6, 6), "fc2": (6, 6)},
}

# note of the responder -> what to say, and the mistake
WRONG_AFTERWARDS = {
    NO_PARAMETER: ("After the call a weight is not an nn.Parameter.", "no-parameter"),
    FROZEN: ("After the call a weight requires no gradient.", "frozen"),
    KEYS_CHANGED: ("After the call params has other keys.", "params-changed"),
}


def per_weight(change: Any) -> Any:
    """For a `Mistake`: the weights with a change to each, called with its key and its right numbers."""

    def wrong(q: Inputs, right: Mapping[str, PlainData]) -> dict[str, PlainData]:
        return {"weights": {key: change(key, value) for key, value in right["weights"].items()}}

    return wrong


def initial(q: Inputs) -> dict[str, np.ndarray]:
    """The weights of the responder's module before anything is loaded."""
    from autograder.guest.responders.weights import LAYERS, Layers  # imports PyTorch

    oracle.torch().manual_seed(0)
    model = Layers(q["params"])
    return {
        f"{name}.{end}": getattr(getattr(model, name), end).detach().numpy()
        for name in LAYERS
        for end in ("weight", "bias")
    }


def still_initial(*parts: str) -> Any:
    """For a `Mistake`: the weights whose key contains one of these words are not loaded."""

    def wrong(q: Inputs, right: Mapping[str, PlainData]) -> dict[str, PlainData]:
        first = initial(q)
        return {
            "weights": {
                key: first[key].astype(value.dtype) if any(part in key for part in parts) else value
                for key, value in right["weights"].items()
            }
        }

    return wrong


class LoadNumpyWeights(Exercise):
    name, points = "load_numpy_weights", 10
    responder = "weights"
    card_inputs = ("params",)
    returns = ("weights",)
    axes = {f"weights['conv{k}.weight']": "F C KH KW" for k in (1, 2)}
    cases = (
        Case("all the weights arrive", {"net": "small"}, dtype="float32", weight=2),
        Case("square linear layers, where shapes do not tell", {"net": "square"}, dtype="float32", weight=2),
        Case("weights of float64, a module of float32", {"net": "small", "kind": "float32"}, conventions=("dtype",)),
        Case(
            "weights of float32, a module of float64",
            {"net": "small", "kind": "float64"},
            dtype="float32",
            conventions=("dtype",),
            weight=0,
        ),
        Case("params left alone, and memory of their own", {"net": "small"}, dtype="float32", conventions=("memory",)),
        Case(
            "a module that was moved stays where it is",
            {"net": "small", "device": "meta"},
            dtype="float32",
            conventions=("device",),
        ),
        Case("other numbers", {"net": "square"}, dtype="float32", hidden=True, conventions=("memory",)),
    )
    mistakes = (
        Mistake(
            "not-transposed",
            "A linear weight is (inputs, outputs) in 07 and (outputs, inputs) in nn.Linear: transpose it. Where the "
            "two sizes are equal, no error warns you.",
            per_weight(lambda key, value: value.T if key.startswith("fc") else value),
            error=lambda inputs, error: any(
                cores(error) == {*value.shape}
                for key, value in inputs["params"].items()
                if key.startswith("fc") and value.ndim == 2
            ),
        ),
        Mistake(
            "reshaped",
            "The shape of a linear weight is right, but its numbers are not: reshape does not swap axes. Transpose it.",
            per_weight(
                lambda key, value: value.T.reshape(value.shape) if key.startswith("fc") and value.ndim > 1 else value
            ),
        ),
        Mistake(
            "convolutions-transposed",
            "A convolution's weight is (F, C, KH, KW) in 07 and in PyTorch: leave it as it is.",
            per_weight(
                lambda key, value: (
                    value.swapaxes(0, 1) if value.ndim == 4 and value.shape[0] == value.shape[1] else value
                )
            ),
        ),
        Mistake(
            "nothing-loaded",
            "The module's weights are unchanged: a new tensor was made, but not stored in the module.",
            still_initial("."),
        ),
        Mistake("biases-left-out", "The biases are still those that the module started with.", still_initial("bias")),
        Mistake(
            "layer-left-out",
            "The linear layers still have the weights that the module started with.",
            still_initial("fc"),
            still_initial("fc1"),
            still_initial("fc2"),
        ),
        Mistake(
            "frozen",
            "The weights no longer require a gradient, so the module cannot be trained any more.",
            convention="memory",
        ),
        Mistake(
            "no-parameter",
            "A weight is no longer an nn.Parameter, so model.parameters() does not find it.",
            error=lambda inputs, error: "as parameter" in error.message,
            convention="memory",
        ),
        Mistake(
            "dtype-changed",
            "The module has the dtype of the arrays now; it must keep its own, as with copy_.",
            convention="dtype",
        ),
        Mistake(
            "left-on-the-cpu",
            "The module was on another device, and the new weights are on the CPU: copy_ keeps the device.",
            error=lambda inputs, error: "meta" in error.message,
            convention="device",
        ),
        Mistake(
            "params-changed",
            "The dict `params` has other keys than before; the caller still needs it.",
            convention="memory",
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        params = {}
        for name, shape in NETS[sizes["net"]].items():
            params[f"{name}.weight"] = rng.standard_normal(shape)
            params[f"{name}.bias"] = rng.standard_normal(shape[0] if len(shape) == 4 else shape[1])
        return {"params": params, "kind": sizes.get("kind", "float32"), "device": sizes.get("device", "cpu")}

    def expected(self, inputs: Inputs) -> dict[str, PlainData]:
        params = inputs["params"].items()
        return {"weights": {key: w.T if key.startswith("fc") and w.ndim == 2 else w for key, w in params}}

    def reference(self, inputs: Inputs) -> dict[str, PlainData]:
        if inputs["device"] != "cpu":
            return {"weights": dict.fromkeys(inputs["params"])}
        return {part: cast(value, inputs["kind"]) for part, value in self.expected(inputs).items()}

    def tolerance(self, inputs: Inputs) -> Tolerance:
        return Tolerance(1e-6, 1e-7)  # float64 is rounded to float32, and nothing is computed

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """As usual, after what was noted of the weights: parameters, keys, dtype and device."""
        findings = super().judge(case, inputs, response)
        noted = [finding for finding in self._noted(inputs, response) if finding.convention in case.conventions]
        if any(not finding.convention for finding in findings):
            return [*(replace(finding, convention="") for finding in noted), *findings]
        if noted:
            return noted
        if findings and findings[0].mistakes == ("shares-memory",):
            result, owner = response.shared[0]
            text = f"{result} shares memory with {owner}: training the module would change the arrays of 07."
            return [replace(findings[0], text=text)]
        return findings

    def _noted(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        """What is wrong with the module and with params after the call, whatever the numbers."""
        notes = response.notes
        for note, (text, mistake) in WRONG_AFTERWARDS.items():
            if note in notes:
                yield Finding(text, (mistake,), convention="memory")
        for prefix, before, mistake, convention in (
            (DTYPE, inputs["kind"], "dtype-changed", "dtype"),
            (DEVICE, inputs["device"], "left-on-the-cpu", "device"),
        ):
            if values := [note.removeprefix(prefix) for note in notes if note.startswith(prefix)]:
                text = f"The module had the {prefix}{before}; after the call a weight has the {prefix}{values[0]}."
                yield Finding(text, (mistake,), convention=convention)
