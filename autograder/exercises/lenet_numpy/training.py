"""07_lenet_numpy: the training loop, by the steps that it takes, and by what a LeNet-5 learns in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.exercises.lenet_numpy.budget import HELD_OUT, OVERFIT, Budget
from autograder.exercises.lenet_numpy.descent import losses, losses_by_epoch, stepped, with_lr
from autograder.exercises.lenet_numpy.second_call import VELOCITY_KEPT, judge_second_call
from autograder.exercises.lenet_numpy.trial import passes_trial, trial_inputs
from autograder.exercises.shared.digits import digits, judge_accuracy
from autograder.exercises.shared.schedule import foreign_images, judge_batches, judge_order, other_labels
from autograder.guest.fakes.recording_model import START, marked_images
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.question import Functions
from autograder.guest.responders.probes import Observed
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.close import close
from autograder.judging.compare import differences, kind_of
from autograder.judging.exercise import AskTimed
from autograder.judging.mistake import Mistake
from autograder.judging.observed import ObservedExercise

SMALL = {"count": 12, "batch": 4, "epochs": 3}
FIX_LENET_FIRST = "If the check of LeNet5 still fails, fix that first."
TRIAL_PASSED = "the loop takes the right steps with another model"  # a note on a response
IN_LENET = f"With another model your loop takes the right steps; here it trains your LeNet5. {FIX_LENET_FIRST}"


class Train(ObservedExercise):
    name, points = "train", 25
    responder = "training"
    card_inputs = ("images", "labels", "epochs", "batch_size", "lr")
    seconds = 120.0  # training takes ten; a busy machine may need longer
    arguments = ("train", "LeNet5")
    returns = ("params", "history")
    cases = (
        Case(
            "every image once an epoch, with its own label", {"count": 12, "batch": 4, "epochs": 2}, parts=("batches",)
        ),
        Case("the last batch may be smaller", {"count": 11, "batch": 4, "epochs": 2}, parts=("batches",), weight=0.5),
        Case(
            "the last batch may be a single image",
            {"count": 9, "batch": 4, "epochs": 2},
            parts=("batches",),
            weight=0.5,
        ),
        Case(
            "a new order in each epoch, out of rng", {"count": 24, "batch": 6, "epochs": 3}, parts=("order",), weight=2
        ),
        Case("the parameters move by SGD with momentum", SMALL, parts=("params",), weight=10),
        Case("history: the loss of every step", SMALL, parts=("history",)),
        Case(
            "images and labels left as they were",
            {"count": 10, "batch": 3, "epochs": 1},
            parts=("rules",),
            conventions=("memory",),
            weight=0,
        ),
        Case(
            "a second call with the same model: nothing of the first is left",
            {"count": 10, "batch": 4, "epochs": 2, "again": True},
            parts=("again",),
            conventions=("memory",),
            weight=0,
        ),
        Case(
            "other sizes",
            {"count": range(13, 30), "batch": range(3, 7), "epochs": range(2, 5)},
            hidden=True,
            parts=("batches", "order", "params", "history", "rules"),
            conventions=("memory",),
            weight=3,
        ),
        Case("overfits 50 digits", {"budget": OVERFIT}, dtype="float32", parts=("overfit",), weight=3, costly=True),
        Case(
            f"at least {HELD_OUT.least:.0%} of 397 new digits after {HELD_OUT.epochs} epochs",
            {"budget": HELD_OUT},
            dtype="float32",
            parts=("accuracy",),
            weight=4,
            costly=True,
        ),
    )
    mistakes = (
        Mistake(
            "test-data-used",
            "The model was trained on images that are not among those that were passed, or were changed. Train on "
            "`images` alone, as they are: images that a network was trained on do not show how well it does on new "
            "ones.",
        ),
        Mistake("labels-apart", "Images and labels are shuffled differently: use one order for both."),
        Mistake("last-batch-dropped", "The images left over at the end of an epoch are never used."),
        Mistake(
            "last-batch-filled", "The last batch is filled up with images that were already used: let it be smaller."
        ),
        Mistake("batch-size-ignored", "The batches do not have the size that was passed."),
        Mistake("epochs-ignored", "The number of epochs that was passed is not used."),
        Mistake(
            "drawn-with-replacement",
            "Each batch is drawn from all the images, so in one epoch some are used twice and some never. "
            "Draw one order for all the images and cut it into batches.",
        ),
        Mistake(
            "not-shuffled",
            "The images come in the order in which they are stored. If they are sorted by class, that ruins training: "
            "draw a new order for each epoch with `rng.permutation`.",
        ),
        Mistake("shuffled-once", "All epochs have the same order: draw a new one at the start of each."),
        Mistake(
            "batches-stay-together",
            "The same images form a batch in every epoch; only the order of the batches changes, or the order inside "
            "them. Shuffle the images.",
        ),
        Mistake(
            "rng-ignored",
            "The order must be drawn from the generator `rng` that is passed, and from nothing else.",
        ),
        Mistake(
            "gradients-kept",
            "The gradients of earlier batches are included in the step: each step uses only those of its own batch.",
            lambda q, right: {"params": stepped(q, accumulated=True)},
        ),
        Mistake(
            "gradients-late",
            "Each step uses the gradients of the batch before.",
            lambda q, right: {"params": stepped(q, delayed=True)},
        ),
        Mistake(
            "no-momentum",
            "This is gradient descent without momentum. Make the velocity once, before the first step, and keep it: "
            "if each step makes a new one, it is always 0.",
            lambda q, right: {"params": stepped(q, momentum=0)},
        ),
        Mistake(
            "velocity-restarted",
            "The velocity starts from 0 in each epoch: make it once, before the first.",
            lambda q, right: {"params": stepped(q, restarted=True)},
        ),
        VELOCITY_KEPT,
        Mistake(
            "lr-ignored",
            "The learning rate that was passed is not used.",
            *(with_lr(lr) for lr in (0.1, 0.01, 0.001, 0.02, 0.005)),
        ),
        Mistake(
            "gradients-summed",
            "The gradients are multiplied by the size of the batch; the loss is a mean, so leave them as they are.",
            lambda q, right: {"params": stepped(q, factor=lambda n: n)},
        ),
        Mistake(
            "averaged-twice",
            "The gradients are divided by the size of the batch; the loss is already a mean.",
            lambda q, right: {"params": stepped(q, factor=lambda n: 1 / n)},
        ),
        Mistake(
            "uphill",
            "The steps go uphill: the parameters move in the direction of the gradient.",
            lambda q, right: {"params": stepped(q, factor=lambda n: -1)},
        ),
        Mistake(
            "nothing-learned",
            "The model's parameters are as they were: the steps were taken on copies, or not at all.",
            lambda q, right: {"params": np.array(START)},
        ),
        Mistake(
            "history-by-epoch",
            "history has one number per epoch; it must hold the loss of every step.",
            lambda q, right: {"history": [float(row.mean()) for row in losses_by_epoch(q)]},
            lambda q, right: {"history": [float(row[-1]) for row in losses_by_epoch(q)]},
        ),
        Mistake(
            "history-of-the-last-epoch",
            "history holds only the last epoch: make the list before the loop over epochs.",
            lambda q, right: {"history": [float(value) for value in losses_by_epoch(q)[-1]]},
        ),
        Mistake(
            "history-late",
            "history lacks the first loss: append the loss of every step before the step is taken.",
            lambda q, right: {"history": losses(q)[1:]},
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """Marked images for a RecordingModel; or, for a network, digits, and in `evaluate_on` those of its test."""
        seed = int(rng.integers(1000))
        budget: Budget | None = sizes.get("budget")
        if budget is None:
            count = sizes["count"]
            inputs = {"images": marked_images(count, rng), "labels": rng.integers(0, 10, count)}
            inputs |= {"epochs": sizes["epochs"], "batch_size": sizes["batch"], "lr": 0.05}
            return inputs | {"seed": seed, "same_target": False, "again": sizes.get("again", False)}
        data, schedule = digits(), [list(pair) for pair in budget.schedule]
        inputs = {"images": data.train_images[: budget.images], "labels": data.train_labels[: budget.images]}
        inputs["evaluate_on"] = inputs["images"] if budget is OVERFIT else data.test_images
        return inputs | {"schedule": schedule, "batch_size": budget.batch, "seed": seed}

    def respond(self, student: Functions, inputs: Inputs) -> Response:
        return self._after_trial(lambda question: super(Train, self).respond(student, question), inputs)

    def ask_remotely(self, ask: AskTimed, inputs: Inputs) -> Response:
        return self._after_trial(lambda question: ask(question)[0], inputs)

    def _after_trial(self, ask: Callable[[Inputs], Response], inputs: Inputs) -> Response:
        """A network is trained only if the loop passes a trial."""
        if "schedule" in inputs:
            trial = ask(trial_inputs())
            if trial.error is not None:
                return trial
            if not passes_trial(trial.answer):
                return Response(answer={"scores": None, "histories": []})
            response = ask(inputs)
            return replace(response, notes=(*response.notes, TRIAL_PASSED))
        return ask(inputs)

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        """As usual; if the loop has passed its trial, an error with a network is the network's."""
        findings = super().judge(case, inputs, response)
        if TRIAL_PASSED not in response.notes or response.error is None:
            return findings
        return [replace(finding, text=f"{finding.text} {IN_LENET}", mistakes=()) for finding in findings]

    def judge_aspects(
        self, aspects: Sequence[str], case: Case, inputs: Inputs, observed: Observed
    ) -> Iterator[Finding]:
        """As usual, if the loop took steps, and with no other images or labels than those that were passed."""
        if "schedule" not in inputs:
            if not observed["steps"]:
                text = "The model's loss was never called: nothing was trained."
                yield Finding(text, ("nothing-learned",))
                return
            if (other := foreign_images(observed) or other_labels(inputs, observed)) is not None:
                yield other
                return
        yield from super().judge_aspects(aspects, case, inputs, observed)

    def judge_batches(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        yield from judge_batches(inputs, observed)

    def judge_order(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        yield from judge_order(inputs, observed)

    def judge_params(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The parameters after all steps."""
        q = inputs | {"steps": observed["steps"]}
        expected, tolerance = stepped(q), self.tolerance(q)
        for mismatch in differences("params", expected, observed["params"], tolerance=tolerance):
            mistakes = self._recognised(q, {"params": expected}, observed)
            yield Finding(f"After {len(q['steps'])} steps: {mismatch.text}", mistakes, mismatch)

    def judge_history(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The list that was returned, against the losses of the steps."""
        history = observed["history"]
        if isinstance(history, np.ndarray):
            history = history.tolist()
        if history is None:
            yield Finding("train returned nothing (None). Is there a `return` at its end?", ("returns-nothing",))
        elif not isinstance(history, (list, tuple)) or not all(type(value) in (int, float) for value in history):
            yield Finding(f"history must be a list of numbers, the loss of every step; yours is {kind_of(history)}.")
        else:
            right = losses(q := inputs | {"steps": observed["steps"]})
            mistakes = self._recognised(q, {"history": right}, {"history": list(history)})
            if len(history) != len(right):
                yield Finding(f"There were {len(right)} steps; history has {len(history)} numbers.", mistakes)
                return
            agrees = close(np.array(right), np.array(history, dtype=float))
            if not agrees.all():
                k = int(np.argmin(agrees))
                yield Finding(f"The loss of step {k} was {right[k]:.6g}; history has {history[k]:.6g}.", mistakes)

    def judge_again(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """A second call with the same model, if the first took the right steps."""
        yield from judge_second_call(inputs, observed, self.tolerance(inputs))

    def judge_rules(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """Images and labels are as they were."""
        for name in observed["changed_inputs"]:
            yield Finding(f"train changed {name}: shuffle a list of indices instead.", ("input-modified",))

    def judge_overfit(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The accuracy on the images that the network was trained on."""
        return self._judge_trained(inputs["labels"], OVERFIT, "digits it was trained on", observed)

    def judge_accuracy(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The accuracy on held-out digits, whose labels never reach the student's process."""
        return self._judge_trained(digits().test_labels, HELD_OUT, "held-out digits", observed)

    def _judge_trained(self, labels: np.ndarray, budget: Budget, images: str, observed: Observed) -> Iterator[Finding]:
        if not observed["histories"]:
            yield Finding("No network was trained: the loop does not take the right steps yet (see the cases above).")
        else:
            yield from judge_accuracy(observed["scores"], labels, budget.least, images, FIX_LENET_FIRST)

    def _recognised(self, q: Inputs, right: dict[str, PlainData], got: dict[str, PlainData]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.matching_mistakes(q, right, got, tuple(right), self.tolerance(q))))
