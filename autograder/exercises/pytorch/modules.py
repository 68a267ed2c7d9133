"""08_pytorch: what LeNet5 and LeNet5BN have in common as questions about an nn.Module."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from autograder.exercises.lenet_numpy.networks import ROUGH, digits
from autograder.exercises.shared.lenet import RIGHT, SHAPES, LeNetVariant, answer
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Response
from autograder.judging.compare import differences
from autograder.judging.dtypes import cast, tolerance_of
from autograder.judging.exercise import Case, Exercise, Finding, Sizes, explain_error
from autograder.judging.fitting import fitting

Arrays = dict[str, np.ndarray]
BEFORE_NORM = ("conv1.bias", "conv2.bias")  # batchnorm takes these off again, so their gradient is 0


def belongs_to_pytorch(made: Any) -> bool:
    """Whether a class is an nn.Module, or from a notebook that imports PyTorch. Does not import PyTorch."""
    torch = sys.modules.get("torch")
    if torch is None:
        return False
    if isinstance(made, torch.nn.Module) or (isinstance(made, type) and issubclass(made, torch.nn.Module)):
        return True
    return hasattr(sys.modules.get(getattr(made, "__module__", "")), "torch")


class ModuleExercise(Exercise):
    """A class that the student wrote. Its numbers are compared with the same net from its own parameters."""

    responder = "modules"
    card_inputs = ("x", "y")
    returns: ClassVar[tuple[str, ...]] = ("scores", "grads")
    axes = {"scores": "N M", "grads['conv1.weight']": "F C KH KW", "grads['conv2.weight']": "F C KH KW"}
    shapes: ClassVar[Mapping[str, tuple[int, ...]]] = SHAPES
    way: ClassVar[LeNetVariant] = RIGHT

    def meant_for(self, functions: Sequence[Any]) -> bool:
        """07 has classes of these names too: those are no modules."""
        return any(belongs_to_pytorch(made) for made in functions)

    @property
    def layers(self) -> list[str]:
        """Names of the layers, in order."""
        return list(dict.fromkeys(key.split(".")[0] for key in self.shapes))

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """x (n, 1, 28, 28) in [0, 1], random so that no two pixels tie; with `digits`, images of the course."""
        n = sizes.get("n", 3)
        x, y = rng.uniform(0, 1, (n, 1, 28, 28)), rng.integers(0, 10, n)
        if sizes.get("digits"):
            chosen = rng.permutation(len(digits().train_labels))[:n]
            x, y = digits().train_images[chosen].astype(np.float64), digits().train_labels[chosen]
        asked = {"probe": sizes.get("probe", "numbers"), "layers": self.layers, "seed": int(rng.integers(1000))}
        how = {key: sizes.get(key, False) for key in ("training", "channels_last", "grads")}
        return asked | {"x": x, "y": y} | how

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        if response.error is not None:
            return [Finding(explain_error(response.error), self.named_by(inputs, response.error)[:1])]
        found = response.answer
        if not isinstance(found, dict):
            return [Finding("Nothing came back.")]
        if "problem" in found:
            return [Finding(f"{self.name}: {found['problem']}", _named(found["problem"]))]
        judges: dict[str, Callable[[Case, Inputs, dict[str, PlainData]], Iterator[Finding]]] = {
            "parts": self.judge_parts,
            "numbers": self.judge_numbers,
            "side_effects": self.judge_side_effects,
        }
        return list(judges[inputs["probe"]](case, inputs, found))

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        return set()  # what a network answers depends on its own parameters

    def judge_parts(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        """Layers, shapes, the number of parameters, and that two networks are two."""
        for name in self.layers:
            kind, *shapes = found["layers"][name]
            for end, shape in zip(("weight", "bias"), shapes, strict=True):
                wanted = self.shapes[f"{name}.{end}"]
                wanted = wanted[::-1] if name.startswith("fc") else wanted
                if shape is None:
                    named = "no-bias" if end == "bias" else ""
                    yield Finding(f"{name} ({kind}) has no {end}; expected {wanted}.", (named,) if named else ())
                    return
                if tuple(shape) != wanted:
                    yield Finding(f"{name}.{end} has shape {tuple(shape)}; expected {wanted}.", ("other-sizes",))
                    return
        total = sum(int(np.prod(shape)) for shape in self.shapes.values())
        if found["params"] != total:
            text = f"There are {found['params']:,} parameters; expected {total:,}."
            yield Finding(text, ("not-registered" if found["params"] < total else "more-than-asked",))
        elif found["frozen"]:
            yield Finding(
                f"{found['frozen']:,} parameters do not require a gradient, so nothing is learned.", ("frozen",)
            )
        elif found["shared"]:
            yield Finding("Two networks have the same parameters.", ("networks-share",))
        elif not found["repeat"]:
            yield Finding("After torch.manual_seed with the same number two networks differ.", ("seed-ignored",))
        elif found["alike"]:
            yield Finding("After torch.manual_seed with different numbers two networks are alike.", ("seed-ignored",))
        elif found["dtypes"] != ["torch.float32"]:
            yield Finding(f"The parameters are {', '.join(found['dtypes'])}; expected torch.float32.", ("not-float32",))

    def judge_numbers(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        """Scores and gradients, against the same net computed from the reported parameters."""
        odd = [key for key, shape in self.shapes.items() if found["params"][key].shape != shape]
        if odd:
            yield Finding(f"The layers are not as they should be (see the first case): look at {odd[0]}.")
            return
        q = inputs | {"params": found["params"], "running": found["running"]}
        expected = self.right(q)
        parts = tuple(part for part in self.checked_parts(case) if part in expected)
        tolerance = tolerance_of(q["x"]).times(10 if q["x"].dtype == np.float32 else 1)
        found["grads"] = self.cleaned(q, found.get("grads"))
        mismatches = [
            mismatch
            for part in parts
            for mismatch in differences(part, expected[part], found.get(part), self.axes, {}, tolerance)
            if not (part == "grads" and self.roughly(q, mismatch.part, expected[part], found[part]))
        ]
        # a network's numbers hardly ever fit two mistakes, so the first will do
        known = tuple(islice(fitting(self.mistakes, q, expected, found, parts, tolerance), 1)) if mismatches else ()
        for mismatch in mismatches:
            yield Finding(mismatch.text, known, mismatch)

    def told(self, q: Inputs, **way: Any) -> dict[str, PlainData]:
        """What the network answers from the reported parameters, right or in another way."""
        statistics = "batch" if q["training"] else "running"
        one = LeNetVariant(**{**vars(self.way), "statistics": statistics, **way})
        return answer(q["params"], q["x"], q["y"], one, q["running"], q["grads"])

    def right(self, q: Inputs) -> dict[str, PlainData]:
        """The right answer, by part, in the question's dtype."""
        told = self.told(q)
        parts = {"scores": told["scores"]} | ({"grads": self.cleaned(q, told["grads"])} if q["grads"] else {})
        return {part: cast(value, str(q["x"].dtype)) for part, value in parts.items()}

    def cleaned(self, q: Inputs, grads: PlainData) -> PlainData:
        """The gradients, with 0 where those of a bias before batchnorm are 0 but for rounding."""
        if not isinstance(grads, dict) or not (self.way.norm and q["training"]):
            return grads
        least = (1e-9 if q["x"].dtype == np.float64 else 1e-4) * max(float(np.abs(g).max()) for g in grads.values())
        return grads | {key: grads[key] * (np.abs(grads[key]) > least) for key in BEFORE_NORM}

    def roughly(self, q: Inputs, part: str, expected: Arrays, grads: Arrays) -> bool:
        """In float32, rounding may decide a ReLU or a maximum the other way: a gradient counts as right if most is."""
        key = part.removeprefix("grads['").removesuffix("']")
        if q["x"].dtype != np.float32 or key not in expected or grads[key].shape != expected[key].shape:
            return False
        right, got = expected[key].astype(np.float64), grads[key].astype(np.float64)
        return float(np.linalg.norm(got - right)) <= ROUGH * float(np.linalg.norm(right))

    def judge_side_effects(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        """What calls do to what they are given, and whether the network can be moved to another device."""
        if found["images changed"]:
            yield Finding("forward changed the images that it was given.", ("input-modified",))
        elif not found["repeats"]:
            text = "In training mode the same images, asked twice, got two different scores: is there dropout in it?"
            yield Finding(text, ("dropout",))
        if not found["modes kept"]:
            yield Finding(
                "forward changed the mode (training or eval) of the network; that is its user's.", ("mode-set",)
            )
        if found["params changed"]:
            yield Finding("forward changed the parameters.")
        if found["elsewhere"] != "meta":
            text = f"Network and images were on another device, and the scores came out on {found['elsewhere']}."
            yield Finding(text, ("left-on-the-cpu",))


def _named(problem: str) -> tuple[str, ...]:
    for words, name in (("(None)", "returns-nothing"), ("inherits", "no-module"), ("no layer", "not-registered")):
        if words in problem:
            return (name,)
    return ()
