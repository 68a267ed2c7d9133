"""08_pytorch: what LeNet5 and LeNet5BN have in common: their inputs, and how an nn.Module is judged."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from autograder.exercises.shared.digits import image_batch
from autograder.exercises.shared.lenet import RIGHT, SHAPES, LeNetVariant, answer
from autograder.exercises.shared.rounding import is_rounding, network_tolerance, zeroed_before_norm
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.probes import Observed
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.compare import differences
from autograder.judging.dtypes import cast
from autograder.judging.observed import ObservedExercise


def belongs_to_pytorch(made: Any) -> bool:
    """Whether a class is an nn.Module, or from a notebook that imports PyTorch. Does not import PyTorch."""
    torch = sys.modules.get("torch")
    if torch is None:
        return False
    if isinstance(made, torch.nn.Module) or (isinstance(made, type) and issubclass(made, torch.nn.Module)):
        return True
    return hasattr(sys.modules.get(getattr(made, "__module__", "")), "torch")


class ModuleExercise(ObservedExercise):
    """An nn.Module class, compared with the same network that has the student's own parameters."""

    responder = "modules"
    card_inputs = ("x", "y")
    returns: ClassVar[tuple[str, ...]] = ("scores", "grads")
    axes = {"scores": "N M", "grads['conv1.weight']": "F C KH KW", "grads['conv2.weight']": "F C KH KW"}
    shapes: ClassVar[Mapping[str, tuple[int, ...]]] = SHAPES  # of the parameters by key, in the layout of 07
    variant: ClassVar[LeNetVariant] = RIGHT  # the right network
    problems = {"returned-nothing": "returns-nothing", "no-module": "no-module", "no-layer": "not-registered"}

    def meant_for(self, functions: Sequence[Any]) -> bool:
        """07 has classes of the same names, which are no modules."""
        return any(belongs_to_pytorch(made) for made in functions)

    @property
    def layers(self) -> list[str]:
        """Names of the layers, in order."""
        return list(dict.fromkeys(key.split(".")[0] for key in self.shapes))

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """x (n, 1, 28, 28) in [0, 1] and y: random, or with `digits` images of the course; and what the probe needs.

        For "numbers": training, the mode; channels_last, the memory format; grads, whether gradients are computed.
        """
        x, y = image_batch(sizes.get("n", 3), sizes.get("digits", False), rng)
        inputs = {"probe": sizes.get("probe", "numbers"), "layers": self.layers, "seed": int(rng.integers(1000))}
        options = {key: sizes.get(key, False) for key in ("training", "channels_last", "grads")}
        return inputs | {"x": x, "y": y} | options

    def judge_layers(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """Layers, their shapes, the number of parameters, and how several networks compare."""
        for name in self.layers:
            kind, *shapes = observed["layers"][name]
            for end, shape in zip(("weight", "bias"), shapes, strict=True):
                expected = self.shapes[f"{name}.{end}"]
                expected = expected[::-1] if name.startswith("fc") else expected
                if shape is None:
                    mistakes = ("no-bias",) if end == "bias" else ()
                    yield Finding(f"{name} ({kind}) has no {end}; expected one of shape {expected}.", mistakes)
                    return
                if tuple(shape) != expected:
                    yield Finding(f"{name}.{end} has shape {tuple(shape)}; expected {expected}.", ("other-sizes",))
                    return
        total = sum(int(np.prod(shape)) for shape in self.shapes.values())
        if observed["params"] != total:
            text = f"There are {observed['params']:,} parameters; expected {total:,}."
            yield Finding(text, ("not-registered" if observed["params"] < total else "more-than-asked",))
        elif observed["frozen"]:
            text = f"{observed['frozen']:,} parameters do not require a gradient, so they are not trained."
            yield Finding(text, ("frozen",))
        elif observed["shared"]:
            yield Finding("Two networks share their parameters.", ("networks-share",))
        elif not observed["same_seed"]:
            text = "Two networks made after torch.manual_seed with the same number have different weights."
            yield Finding(text, ("seed-ignored",))
        elif observed["other_seed"]:
            text = "Two networks made after torch.manual_seed with different numbers have the same weights."
            yield Finding(text, ("seed-ignored",))
        if observed["dtypes"] != ["torch.float32"]:
            yield Finding(
                f"The parameters are {', '.join(observed['dtypes'])}; expected torch.float32.", ("not-float32",)
            )

    def judge_numbers(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """Scores and gradients, compared with those of the same network from the reported parameters."""
        wrong = [key for key, shape in self.shapes.items() if observed["params"][key].shape != shape]
        if wrong:
            yield Finding(f"The layers are not right yet (see the first case): check {wrong[0]}.")
            return
        q = inputs | {"params": observed["params"], "running": observed["running"]}
        expected, tolerance = self.right(q), network_tolerance(q["x"])
        parts = tuple(part for part in case.parts or self.returns if part in expected)
        observed["grads"] = self._zeroed(q, observed.get("grads"))
        mismatches = [
            mismatch
            for part in parts
            for mismatch in differences(part, expected[part], observed.get(part), self.axes, {}, tolerance)
            if not (part == "grads" and is_rounding(mismatch, expected[part], observed[part]))
        ]
        # a network's numbers hardly ever match two mistakes, so the first will do
        matches = self.matching_mistakes(q, expected, observed, parts, tolerance)
        mistakes = tuple(islice(matches, 1)) if mismatches else ()
        for mismatch in mismatches:
            yield Finding(mismatch.text, mistakes, mismatch)

    def answer(self, q: Inputs) -> dict[str, PlainData]:
        """What the right network answers from the reported parameters, in the question's mode."""
        variant = replace(self.variant, statistics="batch" if q["training"] else "running")
        return answer(q["params"], q["x"], q["y"], variant, q["running"], q["grads"])

    def right(self, q: Inputs) -> dict[str, PlainData]:
        """The right answer, by part, in the question's dtype."""
        answered = self.answer(q)
        parts = {"scores": answered["scores"]}
        if q["grads"]:
            parts["grads"] = self._zeroed(q, answered["grads"])
        return {part: cast(value, str(q["x"].dtype)) for part, value in parts.items()}

    def _zeroed(self, q: Inputs, grads: PlainData) -> PlainData:
        """The gradients, without the rounding of those that are 0 in training with batchnorm."""
        return zeroed_before_norm(grads, q["x"].dtype) if self.variant.norm and q["training"] else grads

    def judge_side_effects(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """What calls of forward change, and whether the network works on another device."""
        if observed["images_changed"]:
            yield Finding("forward changed the images that were passed.", ("input-modified",))
        elif not observed["scores_repeat"]:
            text = "In training mode, two calls with the same images gave two different scores: is there dropout?"
            yield Finding(text, ("dropout",), convention="memory")
        if not observed["mode_kept"]:
            text = "forward changed the mode of the network, training or eval: leave that to the caller."
            yield Finding(text, ("mode-set",))
        if observed["params_changed"]:
            yield Finding("forward changed the parameters.", convention="memory")
        if observed["device"] != "meta":
            text = f"Network and images were on another device, but the scores are on {observed['device']}."
            yield Finding(text, ("left-on-the-cpu",))
