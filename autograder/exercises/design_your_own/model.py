"""10_design_your_own: build_model, counted, trained and tested from a recording of what the model does.

What this defends against: the student's process records which operations the model does, with which weights. From that
alone, parameters and multiply-adds are counted, weights are trained and digits are classified in the grader's process.
A model that records one thing and does another is judged by the recording, since the model itself never runs again. A
patched counter, parameters in a list, functional calls, or a forward pass that does less while it is recorded: none of
these help. The held-out digits never reach the student's process.

What it does not: first weights that were trained at home, on all digits. The check refuses a model that is accurate
before training; that catches weights that are used as they were trained, but not weights that were disguised.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.exercises.design_your_own.causes import causes, causes_of_an_error, own_functions
from autograder.exercises.design_your_own.measurement import (
    DIVISIONS,
    HALF_WAY,
    LEAST,
    MOST_SECONDS,
    MOST_UNTRAINED,
    measure,
    scattered,
    train,
)
from autograder.exercises.design_your_own.mistakes import MISTAKES
from autograder.guest.plain_data import Inputs
from autograder.guest.question import Question
from autograder.guest.responders.probes import Observed
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.observed import ObservedExercise
from utils.accuracy import percent
from utils.design.budget import BATCH, MOST_MULTIPLY_ADDS, MOST_PARAMETERS

NOT_A_RECORDING = (LookupError, TypeError, AttributeError, ValueError)  # what reading anything else may raise

# for a sound design that is not accurate enough yet
WEAK = (
    "Run show_spending(build_model): how much of the budget is left, and does what comes before the last layer depend "
    "on where a digit is? The three hints above the check start from there."
)


class BuildModel(ObservedExercise):
    name, points = "build_model", 60
    responder = "design"
    card_inputs = ()
    seconds = 60.0
    returns = ("model",)
    cases = (
        Case("images (N, 1, 28, 28) in, scores (N, 10) out", parts=("scores",)),
        Case(
            "each call builds a new model; the same seed gives the same weights",
            parts=("builds",),
            conventions=("memory",),
        ),
        Case("judged one by one: an image's scores do not depend on the others", parts=("independence",)),
        Case("the weights have seen nothing yet", parts=("untrained",)),
        Case(f"at most {MOST_PARAMETERS:,} parameters", parts=("parameters",)),
        Case(f"at most {MOST_MULTIPLY_ADDS:,} multiply-adds for an image", parts=("multiply_adds",)),
        Case(
            f"more than {HALF_WAY:.0%} of 397 new digits after the course's training",
            {"least": HALF_WAY},
            parts=("accuracy",),
            weight=10,
            costly=True,
            hint=WEAK,
        ),
        Case(f"at least {LEAST:.0%} of them", {"least": LEAST}, parts=("accuracy",), weight=7, costly=True, hint=WEAK),
        Case(
            "the same with other digits held out, the mean of two divisions",
            {"least": LEAST, "division": range(1, DIVISIONS)},
            hidden=True,
            parts=("accuracy",),
            weight=7,
            costly=True,
            hint=f"Trained twice, with other digits held out, its accuracy is below {LEAST:.0%}: leave some margin.",
        ),
    )
    mistakes = MISTAKES
    problems = {
        "returned-nothing": "returns-nothing",
        "class": "class-not-model",
        "depends-on-numbers": "depends-on-numbers",
    }

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """A batch to record with, and a seed; for the grader only, the least accuracy and the divisions of digits."""
        # one seed for all visible cases, so that one training is enough for them
        seed = int(rng.integers(1000)) if "division" in sizes else 0
        inputs: Inputs = {"images": scattered().train_images[:BATCH], "seed": seed}
        if "least" in sizes:
            first = sizes.get("division")
            inputs |= {"least": sizes["least"], "divisions": (first, first + 1) if first else (None,)}
        return inputs

    def challenge(self, case: Case, rng: Any, sizes: Sizes | None = None) -> Inputs:
        return self.inputs(case.draw(rng) if sizes is None else sizes, rng)

    def question(self, inputs: Inputs) -> Question:
        return super().question({key: inputs[key] for key in ("images", "seed")})

    def repeats_call(self, inputs: Inputs) -> bool:
        return False

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """As in the base class, but the answer may be anything: it comes from a process that ran a student's code."""
        try:
            return super().judge(case, inputs, response)
        except NOT_A_RECORDING:
            return [Finding("What came back is not the recording of a model.")]

    def figures(self, case: Case, inputs: Inputs, response: Response) -> dict[str, float]:
        """What goes on the leaderboard: from the grader's own count and training."""
        recording = response.answer.get("recording") if isinstance(response.answer, dict) else None
        try:
            if case.parts != ("accuracy",) or recording is None or not _may_train(recording):
                return {}
        except NOT_A_RECORDING:
            return {}
        measured, training = measure(recording), train(recording, inputs["divisions"], inputs["seed"])
        if training.stopped or training.error or not training.independent:
            return {}
        cost = {"parameters": measured.parameters, "multiply_adds": measured.multiply_adds}
        return {"accuracy": training.accuracy, **cost}

    def judge_scores(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The shape of the scores, and what they are computed from."""
        recording = observed["recording"]
        shape = tuple(recording["judging"]["shape"])
        hidden = _hidden(recording)
        if shape != (BATCH, 10):
            text = f"{BATCH} images gave scores of shape {shape_of(shape)}; expected ({BATCH}, 10)."
            yield Finding(text, _why_wrong_shape(shape))
        elif hidden:
            text = f"forward uses {hidden:,} numbers that need a gradient and are not in model.parameters()."
            yield Finding(text, ("parameters-hidden",))
        elif measure(recording).probabilities:
            yield Finding("Each row of scores is positive and adds up to 1.", ("softmax-at-the-end",))
        elif not measure(recording).from_images:
            yield Finding("The scores are computed from constants only.", ("not-from-the-images",))
        else:
            yield from _refusal(recording)

    def judge_builds(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """Two models built with the same seed must be different objects with the same layers and weights."""
        builds = observed["builds"]
        if builds["same_model"] or builds["shared_parameters"]:
            yield Finding("Two calls of build_model gave models that share their parameters.", ("model-shared",))
        elif not builds["same_shapes"]:
            yield Finding("Two calls of build_model gave models with different layers.", ("not-repeatable",))
        elif not builds["same_weights"]:
            text = "Two models made after torch.manual_seed with the same seed have different weights."
            yield Finding(text, ("not-repeatable",))
        elif builds.get("seeds_itself"):
            text = "Two models made after torch.manual_seed with different seeds have the same weights."
            yield Finding(text, ("seeds-itself",))

    def judge_independence(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        recording = observed["recording"]
        if refusal := list(_refusal(recording)):
            yield from refusal
        elif not measure(recording).independent:
            # layers that are not in parameters() do not hear of model.eval() either
            mistake = "parameters-hidden" if _hidden(recording) else "looks-at-the-batch"
            yield Finding("The same images got other scores in another batch.", (mistake,))

    def judge_untrained(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        accuracy = measure(observed["recording"]).accuracy
        if accuracy > MOST_UNTRAINED:
            text = f"Before any training {accuracy:.0%} of the digits are classified correctly; chance gives 10 %."
            yield Finding(text, ("already-trained",))
        yield from _refusal(observed["recording"])

    def judge_parameters(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        parameters = measure(observed["recording"]).parameters
        if parameters > MOST_PARAMETERS:
            text = f"The model has {parameters:,} parameters; {MOST_PARAMETERS:,} are allowed."
            if unregistered := _unregistered(observed["recording"]):
                text = f"{text} {unregistered:,} of them are numbers of tensors that forward uses and that are neither "
                text = f"{text}parameters nor buffers of the model, such as those in a list: they count too."
            yield Finding(text, ("too-many-parameters",))
        yield from _refusal(observed["recording"])

    def judge_multiply_adds(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        measured = measure(observed["recording"])
        most, mode = measured.multiply_adds, ""
        if measured.training_multiply_adds > most:
            most, mode = measured.training_multiply_adds, " in training"
        if most > MOST_MULTIPLY_ADDS:
            text = f"An image costs {most:,} multiply-adds{mode}; {MOST_MULTIPLY_ADDS:,} are allowed."
            yield Finding(text, ("too-many-multiply-adds",))
        yield from _refusal(observed["recording"])

    def judge_accuracy(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The accuracy after the course's training, of a model within the budget."""
        recording = observed["recording"]
        if not _may_train(recording):
            yield Finding("It was not trained: what the cases above say comes first.")
            return
        training = train(recording, inputs["divisions"], inputs["seed"])
        if training.stopped:
            text = f"Its training was stopped after {MOST_SECONDS:.0f} seconds of processor time."
            yield Finding(text, ("too-slow",))
        elif training.error:
            text = f"It cannot be trained: {training.error}"
            yield Finding(text, causes_of_an_error(recording, training.error))
        elif not training.independent:
            text = "After training, the same images got other scores in another batch."
            yield Finding(text, ("looks-at-the-batch",))
        elif training.accuracy < inputs["least"]:
            mistake, shown = next(causes(recording), ("", own_functions(recording)))
            text = f"{percent(training.accuracy)} of the held-out digits are classified correctly; "
            text = f"{text}{inputs['least']:.0%} are required.{shown}"
            yield Finding(text, (mistake,) if mistake else ())


def _refusal(recording: Any) -> Iterator[Finding]:
    """Why a recording cannot be run, if it cannot."""
    refusal = measure(recording).refusal
    if refusal == "random":
        names = {str(step): str(name)[:80] for step, name in dict(recording["judging"].get("written", {})).items()}
        # a layer of torch.nn fills its new weights with random numbers
        layers = [names.get(step, "") for step in names if step.startswith(("uniform_", "normal_"))]
        makes_layers = any(name.startswith("nn.") for name in layers)
        mistake = "layers-made-in-forward" if makes_layers else "random-when-judging"
        written = sorted(set(names.values()))
        how = f": {', '.join(written)}" if written else ""
        instead = " It always does: use nn.MaxPool2d." if "FractionalMaxPool" in how else ""
        yield Finding(f"In evaluation mode forward draws random numbers{how}.{instead}", (mistake,))
    elif refusal:
        yield Finding(f"It cannot be counted: {refusal}")


def _may_train(recording: Any) -> bool:
    """Whether a recording can be run, is within the budget, has not been trained yet, and hides no parameters."""
    measured = measure(recording)
    multiply_adds = max(measured.multiply_adds, measured.training_multiply_adds)
    within_budget = measured.parameters <= MOST_PARAMETERS and multiply_adds <= MOST_MULTIPLY_ADDS
    unknown = measured.accuracy <= MOST_UNTRAINED and not _hidden(recording)
    return within_budget and not measured.refusal and unknown


def _hidden(recording: Any) -> int:
    """How many numbers of a recording need a gradient and are in no parameter of the model."""
    return sum(array["array"].size for array in recording["kept"] if array["hidden"])


def _unregistered(recording: Any) -> int:
    """How many numbers of a recording are in tensors that are neither parameters nor buffers of the model."""
    return sum(array["array"].size for array in recording["kept"] if not array["name"])


def _why_wrong_shape(shape: tuple[int, ...]) -> tuple[str, ...]:
    """The mistake that scores of this shape come from, if it is known."""
    if shape == (BATCH,):
        return ("scores-are-classes",)
    if shape[:1] == (BATCH,) and len(shape) == 2:
        return ("wrong-number-of-scores",)
    if shape[:2] == (BATCH, 10) and len(shape) == 4:
        return ("not-flattened",)
    if len(shape) == 1 or shape[:1] == (1,):
        return ("batch-flattened",)
    return ()


def shape_of(sizes: tuple[int, ...]) -> str:
    """A shape as it is written in Python."""
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"
