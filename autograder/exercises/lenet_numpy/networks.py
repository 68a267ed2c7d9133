"""07_lenet_numpy: what LeNet5 and LeNet5BN have in common: their inputs, and how they are judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from autograder.exercises.lenet_numpy.reference import network_answer, with_arrays
from autograder.exercises.shared.digits import image_batch
from autograder.exercises.shared.lenet import RIGHT, SHAPES, LeNetVariant
from autograder.exercises.shared.rounding import BEFORE_NORM, is_rounding, network_tolerance, zeroed_before_norm
from autograder.guest.plain_data import Inputs, PlainData, arrays_in
from autograder.guest.question import Functions
from autograder.guest.responders.probes import Observed
from autograder.guest.response import Raised, Response
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.close import NEARLY
from autograder.judging.compare import differences
from autograder.judging.dtypes import cast, tolerance_of
from autograder.judging.exercise import AskTimed
from autograder.judging.general import by_kind
from autograder.judging.observed import ObservedExercise

Shapes = Mapping[str, tuple[int, ...]]

OTHER_DTYPE = "asked again in the other dtype"  # a note on a response


def in_other_dtype(inputs: Inputs) -> Inputs:
    """The same question with images in float32 instead of float64, or the other way round."""
    other = np.float64 if inputs["x"].dtype == np.float32 else np.float32
    return inputs | {"x": inputs["x"].astype(other)}


def two_dtypes(error: Raised) -> bool:
    """Whether an error says that arrays of float32 and of float64 met."""
    return all(word in error.message.lower() for word in ("type", "float", "double"))


class NetworkExercise(ObservedExercise):
    """A network class in NumPy, compared with the same network in PyTorch that has the student's own parameters."""

    responder = "networks"
    card_inputs = ("x", "y")
    returns: ClassVar[tuple[str, ...]] = ("scores", "loss", "grads")
    axes = {"scores": "N M", **{f"grads['conv{k}.weight']": "F C KH KW" for k in (1, 2)}}
    axes |= {"grads['fc1.weight']": "D M", "grads['fc2.weight']": "D M"}
    shapes: ClassVar[Mapping[str, Shapes]] = {"params": SHAPES}  # the network's dicts of arrays: shapes by key
    variant: ClassVar[LeNetVariant] = RIGHT  # the right network

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """x (n, 1, 28, 28) in [0, 1] and y: random, or with `digits` images of the course; and what the probe needs.

        For "numbers": calls, the methods to call, in order; overwrite, whether the arrays are first changed in place;
        second, whether loss is first called with another batch.
        """
        x, y = image_batch(sizes.get("n", 3), sizes.get("digits", False), rng)
        inputs = {"probe": sizes.get("probe", "numbers"), "seed": int(rng.integers(1000)), "x": x, "y": y}
        if inputs["probe"] == "numbers":
            inputs |= {"calls": sizes["calls"], "overwrite": sizes.get("overwrite", False)}
            inputs |= {"second": True} if sizes.get("second") else {}
        return inputs

    def respond(self, student: Functions, inputs: Inputs) -> Response:
        return self._in_some_dtype(lambda question: super(NetworkExercise, self).respond(student, question), inputs)

    def ask_remotely(self, ask: AskTimed, inputs: Inputs) -> Response:
        return self._in_some_dtype(lambda question: ask(question)[0], inputs)

    def _in_some_dtype(self, ask: Callable[[Inputs], Response], inputs: Inputs) -> Response:
        """The response; if the network cannot compute in the dtype of the images, that in the other one, with a note.

        A network with the wrong dtype breaks a convention; its numbers are those that it has in its own.
        """
        response = ask(inputs)
        if response.error is None or not two_dtypes(response.error):
            return response
        second = ask(in_other_dtype(inputs))
        return response if second.error else replace(second, notes=(*second.notes, OTHER_DTYPE))

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """As usual, in the dtype in which the network could compute."""
        if OTHER_DTYPE not in response.notes:
            return super().judge(case, inputs, response)
        findings = super().judge(case, in_other_dtype(inputs), response)
        if "dtype" not in case.conventions or not all(finding.convention for finding in findings):
            return findings
        text = f"With images of {inputs['x'].dtype} there is an error: the network has arrays of another dtype."
        return [Finding(text, ("dtype-lost",), convention="dtype"), *findings]

    def judge_parameters(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """Keys, shapes and dtypes of the network's arrays."""
        for name, shapes in self.shapes.items():
            arrays = observed[name]
            if arrays is None:
                text = f"The network has no .{name}: a dict with the keys {', '.join(shapes)}."
                yield Finding(text, (f"no-{name}",))
                continue
            for key in shapes:
                if key not in arrays:
                    text = f"{name}[{key!r}] is missing; the keys are {', '.join(arrays) or 'none'}."
                    yield Finding(text, ("keys",))
                    return
                yield from self._judge_array(f"{name}[{key!r}]", shapes[key], str(inputs["x"].dtype), arrays[key])
            if extra := set(arrays) - set(shapes):
                yield Finding(f"{name} has keys that were not asked for: {', '.join(sorted(extra))}.", ("keys",))
        if observed["default_dtypes"] != ["float32"]:
            dtypes = ", ".join(observed["default_dtypes"])
            yield Finding(f"Without a dtype the parameters must be float32; yours are {dtypes}.", ("dtype-lost",))

    def _judge_array(self, name: str, shape: tuple[int, ...], dtype: str, summary: PlainData) -> Iterator[Finding]:
        """summary: [shape, dtype, least and greatest value, whether two outputs are alike] of the student's array."""
        got_shape, got_dtype, least, greatest, alike = summary
        if tuple(got_shape) != shape:
            mistakes = ("weights-transposed",) if tuple(got_shape) == shape[::-1] else ()
            yield Finding(f"{name} has shape {tuple(got_shape)}; expected {shape}.", mistakes)
            return
        if got_dtype != dtype:
            yield Finding(
                f"{name} has dtype {got_dtype}; expected {dtype}, the dtype that was passed.", ("dtype-lost",)
            )
        # where the last layer starts with equal weights, each still gets a gradient of its own
        drawn = len(shape) > 1 and "fc2.weight" not in name
        if drawn and least == greatest:
            text = f"All numbers of {name} are {least:g}: draw them from rng."
            yield Finding(text, ("weights-all-alike",))
        elif drawn and alike:
            text = f"In {name} several outputs have the same weights: draw all of them from rng."
            yield Finding(text, ("weights-all-alike",))
        elif not np.isfinite([least, greatest]).all():
            yield Finding(f"{name} has numbers that are not finite.")

    def judge_seeds(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The weights are drawn from the generator that was passed, and from nothing else."""
        if observed["shared"]:
            yield Finding(f"Two networks share one array as their {observed['shared'][0]}.", ("networks-share",))
        elif observed["first"] != observed["same_seed"]:
            yield Finding("Two networks from generators with the same seed have different weights.", ("rng-ignored",))
        elif observed["first"] == observed["other_seed"]:
            yield Finding("Networks from generators with different seeds have the same weights.", ("rng-ignored",))

    def judge_numbers(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """Scores, loss and gradients, compared with PyTorch's from the same parameters."""
        for name, shapes in self.shapes.items():
            arrays = observed.get(name, {})
            wrong = [key for key, shape in shapes.items() if key not in arrays or arrays[key].shape != shape]
            if wrong:
                yield Finding(f"{name} is not right yet (see the first case): check {', '.join(wrong)}.")
                return
        q = self.reported(case, inputs, observed)
        # a network that computes in float32, although float64 was asked for, is no worse for it here
        coarse = any(array.dtype == np.float32 for _, array in arrays_in(observed, ""))
        x = q["x"].astype(np.float32) if coarse else q["x"]
        expected = {part: cast(value, str(x.dtype)) for part, value in self.right(q).items()}
        tolerance, parts = network_tolerance(x), case.parts or self.returns
        tolerances = {"loss": NEARLY} if x.dtype == np.float64 else {}  # the mean may be a float32
        if self.variant.norm:
            observed["grads"] = zeroed_before_norm(observed.get("grads"), x.dtype)
        mismatches = [
            mismatch
            for part in parts
            for mismatch in differences(
                part, expected[part], observed.get(part), self.axes, {}, tolerances.get(part, tolerance)
            )
            if not (part == "grads" and is_rounding(mismatch, expected[part], observed.get(part)))
        ]
        # a network's numbers hardly ever match two mistakes, so the first will do
        matches = self.matching_mistakes(q, expected, observed, parts, tolerance_of({"x": x}))
        mistakes = tuple(islice(matches, 1)) if mismatches else ()
        for mismatch in mismatches:
            yield Finding(mismatch.text, mistakes or by_kind(mismatch), mismatch)

    def reported(self, case: Case, inputs: Inputs, observed: Observed) -> Inputs:
        """The inputs with the network's own arrays; backward: whether the case needs the gradients."""
        arrays = {name: observed[name] for name in self.shapes}
        return with_arrays(inputs, **arrays, variant=self.variant, backward="grads" in (case.parts or self.returns))

    def right(self, q: Inputs) -> dict[str, PlainData]:
        """The right answer, by part, in the question's dtype."""
        dtype = str(q["x"].dtype)
        return {part: cast(value, dtype) for part, value in network_answer(q).items() if part in self.returns}

    def judge_side_effects(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """How calls affect each other, the parameters and the inputs."""
        changed_inputs = observed["changed_inputs"]
        if observed["params_changed"]:
            yield Finding("loss changed the parameters: leave the step to sgd_momentum_step.", ("params-changed",))
        if changed_inputs:
            yield Finding(f"loss changed its input {changed_inputs[0]}: work on a copy.", ("input-modified",))
        # the gradient of a bias before batchnorm is nothing but rounding
        noise = BEFORE_NORM if self.variant.norm else ()
        ratios = {key: ratio for key, ratio in observed["gradient_ratios"].items() if key not in noise}
        doubled = [key for key, ratio in ratios.items() if abs(ratio - 2) < 1e-3]
        different = [key for key, ratio in ratios.items() if abs(ratio - 1) > 1e-3]
        if doubled:
            text = f"Called again with the same batch, loss gave twice the gradient of {', '.join(doubled[:2])}."
            yield Finding(text, ("gradients-kept",))
        elif different and not observed["params_changed"] and not changed_inputs:
            text = f"Two calls with the same batch gave two different gradients of {different[0]}."
            yield Finding(text, ("not-repeatable",))
        elif observed["gradients_overwritten"]:
            text = "A second call of loss changed the gradients that the first one returned: make a new dict each time."
            yield Finding(text, ("calls-disturb",))
        for grad, array in observed["aliases"][:1]:
            yield Finding(f"{grad} shares memory with {array}: return a new array (`.copy()`).", ("shares-memory",))
        for name in observed["changed_by_scores"]:
            yield Finding(f"scores changed {name}; it must change nothing.", (f"scores-change-{name}",))
        if not observed["scores_repeat"]:
            yield Finding("Two calls with the same images gave two different scores.", ("not-repeatable",))
