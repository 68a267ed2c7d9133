"""08_pytorch: the weights of 07 put into a module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Response
from autograder.judging import oracle
from autograder.judging.compare import Tolerance
from autograder.judging.dtypes import cast
from autograder.judging.exercise import Case, Exercise, Finding, Sizes
from autograder.judging.mistake import Mistake

NETS: dict[str, dict[str, tuple[int, ...]]] = {
    # no two sizes of a layer are the same
    "small": {"conv1": (3, 1, 5, 5), "conv2": (4, 3, 5, 5), "fc1": (24, 7), "fc2": (7, 5)},
    # where shapes do not tell
    "square": {"conv1": (3, 3, 2, 2), "conv2": (3, 3, 2, 2), "fc1": (6, 6), "fc2": (6, 6)},
}


def per_weight(change: Any) -> Any:
    """What comes of a change to every weight and bias, called with its key and the right numbers, for a `Mistake`."""

    def wrong(q: Inputs, right: Mapping[str, PlainData]) -> dict[str, PlainData]:
        return {"weights": {key: change(key, value) for key, value in right["weights"].items()}}

    return wrong


def initial(q: Inputs) -> dict[str, np.ndarray]:
    """What stands in the responder's module before anything is loaded."""
    from autograder.guest.responders.weights import LAYERS, Layers  # imports PyTorch

    oracle.torch().manual_seed(0)
    model = Layers(q["params"])
    return {
        f"{name}.{end}": getattr(getattr(model, name), end).detach().numpy()
        for name in LAYERS
        for end in ("weight", "bias")
    }


def still_initial(*parts: str) -> Any:
    """What comes of leaving some out: those whose key has one of the words in it."""

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
        Case("weights of float64, a module of float32", {"net": "small", "kind": "float32"}),
        Case("params left alone, and memory of their own", {"net": "small"}, dtype="float32", conventions=True),
        Case("a module that was moved stays where it is", {"net": "small", "device": "meta"}, dtype="float32"),
        Case("other numbers", {"net": "square"}, dtype="float32", hidden=True, conventions=True),
    )
    mistakes = (
        Mistake(
            "not-transposed",
            "A linear weight is (inputs, outputs) in 07 and (outputs, inputs) in nn.Linear: transpose it. Where both "
            "are the same number nothing warns you.",
            per_weight(lambda key, value: value.T if key.startswith("fc") else value),
            error=lambda inputs, error: (
                "size" in error.message and ("must match" in error.message or "mismatch" in error.message)
            ),
        ),
        Mistake(
            "reshaped",
            "The shape of a linear weight is right, but its numbers are not: reshape moves none. Transpose it.",
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
            "The module's weights are as they were: a new tensor was made, and not put in.",
            still_initial("."),
        ),
        Mistake("biases-left-out", "The biases are still those that the module began with.", still_initial("bias")),
        Mistake(
            "layer-left-out",
            "The linear layers are still as the module began.",
            still_initial("fc"),
            still_initial("fc1"),
            still_initial("fc2"),
        ),
        Mistake("frozen", "The weights no longer require a gradient, so the module could not be trained further."),
        Mistake(
            "no-parameter",
            "What was put in is no nn.Parameter, so model.parameters() does not find it.",
            error=lambda inputs, error: "as parameter" in error.message,
        ),
        Mistake("dtype-changed", "The module has the dtype of the arrays now; it is to keep its own. copy_ does so."),
        Mistake(
            "left-on-the-cpu",
            "The module was on another device, and the new weights are on the CPU: copy_ keeps the place.",
            error=lambda inputs, error: "meta" in error.message,
        ),
        Mistake("params-changed", "The dict `params` has other keys than before: its owner still needs it."),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        params = {}
        for name, shape in NETS[sizes["net"]].items():
            params[f"{name}.weight"] = rng.standard_normal(shape)
            params[f"{name}.bias"] = rng.standard_normal(shape[0] if len(shape) == 4 else shape[1])
        return {"params": params, "kind": sizes.get("kind", "float32"), "device": sizes.get("device", "cpu")}

    def expected(self, inputs: Inputs) -> dict[str, PlainData]:
        turned = {k: v.T if k.startswith("fc") and v.ndim == 2 else v for k, v in inputs["params"].items()}
        return {"weights": turned}

    def reference(self, inputs: Inputs) -> dict[str, PlainData]:
        if inputs["device"] != "cpu":
            return {"weights": dict.fromkeys(inputs["params"])}
        return {part: cast(value, inputs["kind"]) for part, value in self.expected(inputs).items()}

    def tolerance(self, inputs: Inputs) -> Tolerance:
        return Tolerance(1e-6, 1e-7)  # float64 is rounded, and nothing is computed

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        notes = response.notes
        for note, name in (("no parameter", "no-parameter"), ("frozen", "frozen"), ("keys changed", "params-changed")):
            if note in notes:
                return [Finding(f"After the call: {note}.", (name,))]
        if dtypes := [note.split()[1] for note in notes if note.startswith("dtype")]:
            return [
                Finding(f"The module was {inputs['kind']}, and now has weights of {dtypes[0]}.", ("dtype-changed",))
            ]
        if devices := [note.split()[1] for note in notes if note.startswith("device")]:
            return [
                Finding(
                    f"The module was on {inputs['device']}, and now has weights on {devices[0]}.", ("left-on-the-cpu",)
                )
            ]
        if case.conventions and not response.error and response.shared:
            result, owner = response.shared[0]
            text = f"{result} shares memory with {owner}: training the module would change the arrays of 07."
            return [Finding(text, ("shares-memory",))]
        return super().judge(case, inputs, response)
