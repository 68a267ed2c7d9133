"""10_design_your_own: build_model, counted, trained and judged from a recording of what the model does.

What is defended: the student's process tells which operations its model does, and with which weights. Parameters and
multiply-adds are counted, weights are trained and digits are judged in the grader's process, from that alone. A model
that says one thing and does another is judged by what it said, for nothing of it is run again. Neither a patched
counter, nor parameters in a list, nor functional calls, nor a forward pass that knows when it is counted helps. The
held-out digits never reach the student's process.

What is not: first weights that were trained beforehand, at home, on all digits. The check refuses a model that is good
before training, which finds it out where the model is handed in as it was trained, and not where that was covered up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.exercises.design_your_own.judged import (
    DRAWN,
    FRESH,
    HALF_WAY,
    LEAST,
    MOST_SECONDS,
    look,
    pictures,
    trained,
)
from autograder.exercises.design_your_own.mistakes import MISTAKES
from autograder.guest.plain_data import Inputs
from autograder.guest.question import Question
from autograder.guest.response import Raised, Response
from autograder.judging.exercise import Case, Exercise, Finding, Sizes, explain_error
from utils.design.budget import BATCH, MOST_MULTIPLY_ADDS, MOST_PARAMETERS

NONLINEAR = (
    "relu", "elu", "gelu", "silu", "mish", "hardswish", "hardtanh", "sigmoid", "tanh", "softplus", "prelu", "clamp",
    "threshold", "max", "_softmax", "abs", "pow", "exp", "log", "sin", "cos", "erf", "glu", "shrink", "amin", "min",
    "mul.T", "sqrt", "where", "sort", "topk", "var", "std", "layer_norm", "group_norm",
)  # fmt: skip


# for a sound design that is not good enough yet
WEAK = (
    "Draw show_spending(build_model): how much of the budget is left, and does what stands before the last layer care "
    "where a digit lies? The three hints above the check begin there."
)


class BuildModel(Exercise):
    name, points = "build_model", 60
    responder = "design"
    card_inputs = ()
    seconds = 60.0
    returns = ("model",)
    cases = (
        Case("images (N, 1, 28, 28) in, scores (N, 10) out", parts=("scores",)),
        Case("each call builds a new model; the same seed gives the same weights", parts=("anew",)),
        Case("judged one by one: an image's scores do not depend on the others", parts=("alone",)),
        Case("the weights have seen nothing yet", parts=("fresh",)),
        Case(f"at most {MOST_PARAMETERS:,} parameters", parts=("parameters",), weight=2),
        Case(f"at most {MOST_MULTIPLY_ADDS:,} multiply-adds for an image", parts=("multiply_adds",), weight=2),
        Case(
            f"more than {HALF_WAY:.0%} of 397 new digits after the course's training",
            {"least": HALF_WAY},
            parts=("accuracy",),
            weight=4,
            costly=True,
            hint=WEAK,
        ),
        Case(f"at least {LEAST:.0%} of them", {"least": LEAST}, parts=("accuracy",), weight=6, costly=True, hint=WEAK),
        Case(
            "the same with other digits held out, the mean of two divisions",
            {"least": LEAST, "division": range(1, DRAWN)},
            hidden=True,
            parts=("accuracy",),
            weight=6,
            costly=True,
            hint=f"Trained twice, with other digits held out, it gets less than {LEAST:.0%} right: leave some room.",
        ),
    )
    mistakes = MISTAKES

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """A batch to record with, and a seed; how the digits are divided is for the grader alone."""
        # one seed for all that is shown, so that one training is enough for it
        seed = int(rng.integers(1000)) if "division" in sizes else 0
        asked: Inputs = {"images": pictures().train_images[:BATCH], "seed": seed}
        if "least" in sizes:
            first = sizes.get("division")
            asked |= {"least": sizes["least"], "divisions": (first, first + 1) if first else (None,)}
        return asked

    def challenge(self, case: Case, rng: Any, sizes: Sizes | None = None) -> Inputs:
        return self.inputs(case.draw(rng) if sizes is None else sizes, rng)

    def question(self, inputs: Inputs) -> Question:
        return super().question({key: inputs[key] for key in ("images", "seed")})

    def repeats_call(self, inputs: Inputs) -> bool:
        return False

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        return set()

    def named_by(self, inputs: Inputs, error: Raised) -> tuple[str, ...]:
        return super().named_by(inputs, error)[:1]

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        if response.error is not None:
            return [Finding(explain_error(response.error), self.named_by(inputs, response.error))]
        found = response.answer
        if not isinstance(found, dict):
            return [Finding("Nothing came back.")]
        if "recording" not in found:
            name, text = next(iter(found.items()), ("", "Nothing came back."))
            known = {"returns-nothing", *(mistake.name for mistake in MISTAKES)}
            return [Finding(str(text), (name,) if name in known else ())]
        try:
            return list(getattr(self, f"_judge_{case.parts[0]}")(inputs, found))
        except (LookupError, TypeError, AttributeError, ValueError):
            return [Finding("What came back is no recording of a model.")]

    def figures(self, case: Case, inputs: Inputs, response: Response) -> dict[str, float]:
        """What goes on the leaderboard: from the grader's own count and training."""
        recording = response.answer.get("recording") if isinstance(response.answer, dict) else None
        try:
            if case.parts != ("accuracy",) or recording is None or not self._may_train(recording):
                return {}
        except (LookupError, TypeError, AttributeError, ValueError):
            return {}
        counted, learned = look(recording), trained(recording, inputs["divisions"], inputs["seed"])
        if learned.stopped or learned.error or not learned.alone:
            return {}
        cost = {"parameters": counted.parameters, "multiply_adds": counted.multiply_adds}
        return {"accuracy": learned.accuracy, **cost}

    def _judge_scores(self, inputs: Inputs, found: dict[str, Any]) -> Iterator[Finding]:
        recording = found["recording"]
        got = tuple(recording["judging"]["shape"])
        hidden = sum(one["array"].size for one in recording["kept"] if one["hidden"])
        if got != (BATCH, 10):
            text = f"{BATCH} images gave scores of shape {shape_of(got)}; expected ({BATCH}, 10)."
            yield Finding(text, _why_such_a_shape(got))
        elif hidden:
            text = f"forward uses {hidden:,} numbers that need a gradient and are not in model.parameters()."
            yield Finding(text, ("parameters-hidden",))
        elif look(recording).probabilities:
            yield Finding("Each row of scores is positive and adds up to 1.", ("softmax-at-the-end",))
        elif not _from_images(recording["judging"]):
            yield Finding("The scores are computed from constants alone.", ("not-from-the-images",))
        else:
            yield from self._refused(found)

    def _refused(self, found: dict[str, Any]) -> Iterator[Finding]:
        """Why a recording is not run, if it is not."""
        counted = look(found["recording"])
        if counted.refused == "random":
            drawn = {str(step[0]).partition(".")[0] for step in found["recording"]["judging"]["steps"]}
            made = drawn & {"uniform_", "normal_"}
            known = "layers-made-in-forward" if made else "random-when-judging"
            yield Finding("In evaluation mode forward draws random numbers.", (known,))
        elif counted.refused:
            yield Finding(f"It cannot be counted: {counted.refused}")

    def _judge_anew(self, inputs: Inputs, found: dict[str, Any]) -> Iterator[Finding]:
        builds = found["builds"]
        if builds["same"] or builds["shared"]:
            yield Finding("Two calls of build_model gave models that share their parameters.", ("model-shared",))
        elif not builds["alike"]:
            yield Finding("Two calls of build_model gave models of different layers.", ("not-repeatable",))
        elif not builds["equal"]:
            text = "After torch.manual_seed with the same seed, two models have different weights."
            yield Finding(text, ("not-repeatable",))

    def _judge_alone(self, inputs: Inputs, found: dict[str, Any]) -> Iterator[Finding]:
        if refused := list(self._refused(found)):
            yield from refused
        elif not look(found["recording"]).alone:
            yield Finding("The same images got other scores in other company.", ("looks-at-the-batch",))

    def _judge_fresh(self, inputs: Inputs, found: dict[str, Any]) -> Iterator[Finding]:
        counted = look(found["recording"])
        if counted.before > FRESH:
            text = f"Before any training {counted.before:.0%} of the digits are right; chance gives 10 %."
            yield Finding(text, ("already-trained",))
        yield from self._refused(found)

    def _judge_parameters(self, inputs: Inputs, found: dict[str, Any]) -> Iterator[Finding]:
        counted = look(found["recording"])
        if counted.parameters > MOST_PARAMETERS:
            text = f"The model has {counted.parameters:,} parameters; {MOST_PARAMETERS:,} are allowed."
            yield Finding(text, ("too-many-parameters",))
        yield from self._refused(found)

    def _judge_multiply_adds(self, inputs: Inputs, found: dict[str, Any]) -> Iterator[Finding]:
        counted = look(found["recording"])
        most, where = counted.multiply_adds, ""
        if counted.in_training > most:
            most, where = counted.in_training, " in training"
        if most > MOST_MULTIPLY_ADDS:
            text = f"An image costs {most:,} multiply-adds{where}; {MOST_MULTIPLY_ADDS:,} are allowed."
            yield Finding(text, ("too-many-multiply-adds",))
        yield from self._refused(found)

    def _judge_accuracy(self, inputs: Inputs, found: dict[str, Any]) -> Iterator[Finding]:
        recording = found["recording"]
        if not self._may_train(recording):
            yield Finding("It was not trained: it has to be within the budget first (see the cases above).")
            return
        learned = trained(recording, inputs["divisions"], inputs["seed"])
        share = learned.accuracy
        if learned.stopped:
            text = f"Its training was stopped after {MOST_SECONDS:.0f} seconds of the processor."
            yield Finding(text, ("too-slow",))
        elif learned.error:
            yield Finding(f"It cannot be trained: {learned.error}", tuple(self._why_so_little(recording))[:1])
        elif not learned.alone:
            yield Finding("After training, the same images got other scores in other company.", ("looks-at-the-batch",))
        elif share < inputs["least"]:
            known = tuple(self._why_so_little(recording))
            text = f"{share:.1%} of the digits held out are right; {inputs['least']:.0%} are asked for."
            yield Finding(text, known[:1])

    def _may_train(self, recording: Any) -> bool:
        counted = look(recording)
        within = counted.parameters <= MOST_PARAMETERS and counted.multiply_adds <= MOST_MULTIPLY_ADDS
        sound = not counted.refused and counted.in_training <= MOST_MULTIPLY_ADDS and counted.before <= FRESH
        hidden = any(one["hidden"] for one in recording["kept"])
        return within and sound and not hidden

    def _why_so_little(self, recording: Any) -> Iterator[str]:
        steps = [str(step[0]) for step in recording["training"]["steps"]]
        if not any(one["trained"] for one in recording["kept"]):
            yield "nothing-to-train"
        if not any(word in step for step in steps for word in NONLINEAR):
            yield "no-nonlinearity"
        if not any("convolution" in step for step in steps):
            yield "no-convolution"
        if _made_by(recording["training"]).startswith(("relu", "clamp_min")):
            yield "relu-at-the-end"
        if any(step.startswith("detach") for step in steps):
            yield "gradient-cut"


def _why_such_a_shape(got: tuple[int, ...]) -> tuple[str, ...]:
    """The mistake that scores of a shape come from, if one is known."""
    if got == (BATCH,):
        return ("scores-are-classes",)
    if got[:1] == (BATCH,) and len(got) == 2:
        return ("wrong-number-of-scores",)
    if got[:2] == (BATCH, 10):
        return ("not-flattened",)
    if len(got) == 1 or got[:1] == (1,):
        return ("batch-flattened",)
    return ()


def _from_images(mode: Any) -> bool:
    """Whether the scores come from the numbers in the images, and not only from their shape."""
    reached = [["x"]]
    for name, args, kwargs, places in mode["steps"]:
        shape_alone = "_like" in str(name) or str(name).startswith("new_")
        if not shape_alone and any(_occurs(place, [*args[1:], *kwargs.values()]) for place in reached):
            reached += places
    return mode["scores"] in reached


def _occurs(place: list[Any], values: Any) -> bool:
    return any(value == place or (isinstance(value, list) and _occurs(place, value)) for value in values)


def _made_by(mode: Any) -> str:
    """The operation that gave the scores."""
    return next((str(step[0]) for step in reversed(mode["steps"]) if mode["scores"] in step[3]), "")


def shape_of(sizes: tuple[int, ...]) -> str:
    """A shape as a person writes it."""
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"
