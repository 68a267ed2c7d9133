"""What LeNet5 and LeNet5BN have in common as questions: how they are asked, and how what they answer is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from autograder.exercises.shared.lenet import RIGHT, SHAPES, LeNetVariant, answer
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.responders.networks import unwritten
from autograder.guest.response import Response
from autograder.judging.compare import Mismatch, Tolerance, differences
from autograder.judging.dtypes import cast, tolerance_of
from autograder.judging.exercise import Case, Exercise, Finding, Sizes, explain_error
from autograder.judging.fitting import fitting
from utils.data import Dataset, load

Arrays = dict[str, np.ndarray]
Shapes = Mapping[str, tuple[int, ...]]

LN_10 = float(np.log(10))
BEFORE_NORM = ("conv1.bias", "conv2.bias")  # batchnorm takes these off again, so their gradient is 0
ROUGH = 0.05  # share of a float32 gradient, by its length, that a ReLU or maximum decided by rounding may cost


@cache
def digits() -> Dataset:
    """The digits of the course, read once."""
    return load("digits")


def lenet(q: Inputs, **way: Any) -> dict[str, PlainData]:
    """What the network answers from the arrays it reported, right or in another way.

    With batchnorm, loss, gradients and moments are those of training, scores those at test time.
    """
    told = dict(_once(q, LeNetVariant(**{**vars(q["way"]), **way}), q["backward"]))
    if q["way"].norm:
        told["grads"] = cleaned(q, told["grads"])
        if "scores" in q["steps"]:
            told["scores"] = at_test(q, **way)["scores"]
    return told


def at_test(q: Inputs, backward: bool = False, **way: Any) -> dict[str, PlainData]:
    """What the network answers with running statistics."""
    return _once(q, LeNetVariant(**{**vars(q["way"]), **way, "statistics": "running"}), backward)


def _once(q: Inputs, way: LeNetVariant, backward: bool) -> dict[str, PlainData]:
    """The network's answer, computed once for a question: many mistakes are held against the same one."""
    found: dict[str, PlainData] | None = q["answers"].get((way, backward))
    if found is None:
        found = q["answers"][way, backward] = answer(q["params"], q["x"], q["y"], way, q.get("running"), backward)
    return found


def changed(q: Inputs, **arrays: PlainData) -> Inputs:
    """The question about other arrays."""
    return q | arrays | {"answers": {}}


def cleaned(q: Inputs, grads: PlainData) -> PlainData:
    """The gradients, with 0 where those of a bias before batchnorm are 0 but for rounding."""
    if not isinstance(grads, dict) or not q["way"].norm:
        return grads
    least = 1e-9 if q["x"].dtype == np.float64 else 1e-4
    size = max((float(np.abs(g).max()) for g in grads.values() if isinstance(g, np.ndarray) and g.size), default=1.0)
    biases = {key: grads.get(key) for key in BEFORE_NORM}
    quiet = {key: g * (np.abs(g) > least * size) for key, g in biases.items() if isinstance(g, np.ndarray)}
    return grads | quiet


def before_writing(q: Inputs) -> Inputs:
    """The question with the parameters from before they were written; ValueError where nothing was."""
    if not q["written"]:
        raise ValueError("nothing was written")
    return changed(q, **{name: unwritten(q[name], q["seed"]) for name in ("params", "running") if q.get(name)})


class NetworkExercise(Exercise):
    """A class that the student wrote. Numbers are compared with the same net in PyTorch, from its own parameters."""

    responder = "networks"
    card_inputs = ("x", "y")
    returns: ClassVar[tuple[str, ...]] = ("scores", "loss", "grads")
    axes = {"scores": "N M", **{f"grads['conv{k}.weight']": "F C KH KW" for k in (1, 2)}}
    axes |= {"grads['fc1.weight']": "D M", "grads['fc2.weight']": "D M"}
    shapes: ClassVar[Mapping[str, Shapes]] = {"params": SHAPES}
    way: ClassVar[LeNetVariant] = RIGHT

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """x (n, 1, 28, 28) in [0, 1], random so that no two pixels tie; with `digits`, images of the course."""
        n = sizes.get("n", 3)
        x, y = rng.uniform(0, 1, (n, 1, 28, 28)), rng.integers(0, 10, n)
        if sizes.get("digits"):
            chosen = rng.permutation(len(digits().train_labels))[:n]
            x, y = digits().train_images[chosen].astype(np.float64), digits().train_labels[chosen]
        asked = {"probe": sizes.get("probe", "numbers"), "seed": int(rng.integers(1000)), "x": x, "y": y}
        if asked["probe"] == "numbers":
            asked |= {"steps": sizes["steps"], "written": sizes.get("written", False)}
        return asked

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        if response.error is not None:
            known = tuple(mistake.name for mistake in self.mistakes if mistake.error(inputs, response.error))
            return [Finding(explain_error(response.error), known[:1])]
        found = response.answer
        if not isinstance(found, dict):
            return [Finding("Nothing came back.")]
        if "problem" in found:
            return [Finding(found["problem"], ("returns-nothing",) if "(None)" in found["problem"] else ())]
        judges: dict[str, Callable[[Case, Inputs, dict[str, PlainData]], Iterator[Finding]]] = {
            "kept": self.judge_kept,
            "seeds": self.judge_seeds,
            "numbers": self.judge_numbers,
            "side_effects": self.judge_side_effects,
        }
        return list(judges[inputs["probe"]](case, inputs, found))

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        return set()  # what a network answers depends on its own parameters

    def judge_kept(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        """Keys, shapes and dtypes of what the network keeps."""
        dtype = str(inputs["x"].dtype)
        for name, shapes in self.shapes.items():
            kept = found[name]
            if kept is None:
                yield Finding(f"The network has no .{name}: a dict with the keys {', '.join(shapes)}.", (f"no-{name}",))
                continue
            for key, shape in shapes.items():
                if key not in kept:
                    yield Finding(f"{name}[{key!r}] is missing; there are {', '.join(kept) or 'none'}.", ("keys",))
                    return
                has, of, least, greatest = kept[key]
                if tuple(has) != shape:
                    turned = ("weights-transposed",) if tuple(has) == shape[::-1] else ()
                    yield Finding(f"{name}[{key!r}] has shape {tuple(has)}; expected {shape}.", turned)
                elif of != dtype:
                    yield Finding(f"{name}[{key!r}] has dtype {of}; {dtype} was asked for.", ("dtype-lost",))
                elif len(shape) > 1 and least == greatest:
                    text = (
                        f"All numbers of {name}[{key!r}] are {least:g}: weights that are alike learn alike. Draw them."
                    )
                    yield Finding(text, ("weights-all-alike",))
                elif not np.isfinite([least, greatest]).all():
                    yield Finding(f"{name}[{key!r}] holds numbers that are not finite.")
            if extra := set(kept) - set(shapes):
                yield Finding(f"{name} holds more than was asked for: {', '.join(sorted(extra))}.", ("keys",))
        if found["usual dtypes"] != ["float32"]:
            text = f"Without a dtype the parameters are to be float32; yours are {', '.join(found['usual dtypes'])}."
            yield Finding(text, ("dtype-lost",))

    def judge_seeds(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        """The weights come out of the generator that was handed over, and out of nothing else."""
        if found["shared"]:
            yield Finding(f"Two networks have the same array as {found['shared'][0]}.", ("networks-share",))
        elif found["first"] != found["again"]:
            yield Finding("Two networks from generators with the same seed have different weights.", ("rng-ignored",))
        elif found["first"] == found["other"]:
            yield Finding("Networks from generators with different seeds have the same weights.", ("rng-ignored",))

    def judge_numbers(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        """Scores, loss and gradients, against PyTorch from the same parameters."""
        for name, shapes in self.shapes.items():
            kept = found.get(name, {})
            odd = [key for key, shape in shapes.items() if key not in kept or kept[key].shape != shape]
            if odd:
                yield Finding(f"{name} is not as it should be (see the first case): look at {', '.join(odd)}.")
                return
        q = self.reported(case, inputs, found)
        expected = self.right(q)
        found["grads"] = cleaned(q, found.get("grads"))
        mismatches = [
            mismatch
            for part in self.checked_parts(case)
            for mismatch in differences(
                part, expected[part], found.get(part), self.axes, {}, self.tolerance_for(part, q)
            )
            if not (part == "grads" and self.roughly(q, mismatch, expected[part], found[part]))
        ]
        # a network's numbers hardly ever fit two mistakes, so the first will do
        fit = fitting(self.mistakes, q, expected, found, self.checked_parts(case), self.tolerance(q))
        known = tuple(islice(fit, 1)) if mismatches else ()
        for mismatch in mismatches:
            yield Finding(mismatch.text, known or (("dtype-lost",) if mismatch.kind == "dtype" else ()), mismatch)

    def reported(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Inputs:
        """The question with the arrays that the network reported; gradients only where the case looks at them."""
        kept = {name: found[name] for name in self.shapes}
        return changed(inputs, **kept, way=self.way, backward="grads" in self.checked_parts(case))

    def right(self, q: Inputs) -> dict[str, PlainData]:
        """The right answer, by part, in the question's dtype."""
        return {part: cast(value, str(q["x"].dtype)) for part, value in lenet(q).items() if part in self.returns}

    def tolerance_for(self, part: str, q: Inputs) -> Tolerance:
        """A whole network in float32 has more rounding than a layer."""
        return tolerance_of(q["x"]).times(10 if q["x"].dtype == np.float32 else 1)

    def roughly(self, q: Inputs, mismatch: Mismatch, expected: Arrays, grads: PlainData) -> bool:
        """In float32, rounding may decide a ReLU or a maximum the other way: a gradient counts as right if most is."""
        key = mismatch.part.removeprefix("grads['").removesuffix("']")
        if q["x"].dtype != np.float32 or mismatch.kind != "value" or key not in expected:
            return False
        right, got = expected[key].astype(np.float64), grads[key].astype(np.float64)
        return float(np.linalg.norm(got - right)) <= ROUGH * float(np.linalg.norm(right))

    def is_silent(self, key: str) -> bool:
        """Whether the gradient of a parameter is nothing but rounding."""
        return bool(self.way.norm) and key in BEFORE_NORM

    def judge_side_effects(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        """What calls do to each other and to what is kept."""
        if found["params changed"]:
            yield Finding("loss changed the parameters; the step is taken elsewhere.", ("params-changed",))
        if found["inputs changed"]:
            yield Finding(f"loss changed its input {found['inputs changed'][0]}: work on a copy.", ("input-modified",))
        grown = [key for key, times in found["times"].items() if abs(times - 2) < 1e-3 and not self.is_silent(key)]
        other = [key for key, times in found["times"].items() if abs(times - 1) > 1e-3 and not self.is_silent(key)]
        if grown:
            text = f"Called again with the same batch, loss gave twice the gradient of {', '.join(grown[:2])}."
            yield Finding(text, ("gradients-kept",))
        elif other and not found["params changed"] and not found["inputs changed"]:
            text = f"The same batch, asked twice, got two different gradients of {other[0]}."
            yield Finding(text, ("not-repeatable",))
        elif found["overwritten"]:
            text = "A second call of loss changed the gradients that the first one returned: make a new dict each time."
            yield Finding(text, ("calls-disturb",))
        for grad, owner in found["aliases"][:1]:
            yield Finding(f"{grad} shares memory with {owner}: return a new array (`.copy()`).", ("shares-memory",))
        for name in found["scores change"]:
            yield Finding(f"scores changed {name}; it only looks.", (f"scores-change-{name}",))
        if not found["scores repeat"]:
            yield Finding("The same images, asked twice, got two different scores.", ("not-repeatable",))
