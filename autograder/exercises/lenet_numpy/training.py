"""07_lenet_numpy: the training loop, by what it shows a model, what it makes of it, and what a LeNet-5 learns in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.exercises.lenet_numpy.budget import HELD_OUT, OVERFIT, Budget
from autograder.exercises.lenet_numpy.descent import by_epoch, losses, stepped, with_lr
from autograder.exercises.lenet_numpy.learning import first_try, judge_accuracy, ready
from autograder.exercises.lenet_numpy.networks import digits
from autograder.exercises.shared.schedule import foreign_images, judge_batches, judge_order
from autograder.guest.fakes.recording_model import START, marked_images
from autograder.guest.plain_data import Inputs, PlainData, identical
from autograder.guest.question import Functions
from autograder.guest.response import Response
from autograder.judging.compare import close, differences, kind_of
from autograder.judging.exercise import AskTimed, Case, Exercise, Finding, Sizes, explain_error
from autograder.judging.fitting import fitting
from autograder.judging.mistake import Mistake

SMALL = {"count": 12, "batch": 4, "epochs": 3}


class Train(Exercise):
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
        Case("the last batch may be smaller", {"count": 11, "batch": 4, "epochs": 2}, parts=("batches",)),
        Case(
            "a new order in each epoch, out of rng", {"count": 24, "batch": 6, "epochs": 3}, parts=("order",), weight=2
        ),
        Case("the parameters move by SGD with momentum", SMALL, parts=("params",), weight=3),
        Case("history: the loss of every step", SMALL, parts=("history",)),
        Case("images and labels left as they were", {"count": 10, "batch": 3, "epochs": 1}, parts=("rules",)),
        Case(
            "other sizes",
            {"count": range(13, 30), "batch": range(3, 7), "epochs": range(2, 5)},
            hidden=True,
            parts=("batches", "order", "params", "history", "rules"),
        ),
        Case("overfits 50 digits", {"budget": OVERFIT}, dtype="float32", parts=("overfit",), weight=2, costly=True),
        Case(
            f"at least {HELD_OUT.least:.0%} of 397 new digits after {HELD_OUT.epochs} epochs",
            {"budget": HELD_OUT},
            dtype="float32",
            parts=("accuracy",),
            weight=3,
            costly=True,
        ),
    )
    mistakes = (
        Mistake(
            "test-data-used",
            "The model was trained on images that are not among those handed over. Train on `images` alone: "
            "what a net has seen in training cannot tell how it does on something new.",
        ),
        Mistake("labels-apart", "Images and labels are shuffled apart: use one order for both."),
        Mistake("last-batch-dropped", "The images left over at the end of an epoch are never used."),
        Mistake(
            "last-batch-filled", "The last batch is filled up with images that were used already: let it be smaller."
        ),
        Mistake("batch-size-ignored", "The batches do not have the size that was asked for."),
        Mistake("epochs-ignored", "The number of epochs that was asked for is not used."),
        Mistake(
            "drawn-with-replacement",
            "Each batch is drawn from all the images, so in an epoch some come twice and some never. "
            "Draw one order for all the images and cut it into batches.",
        ),
        Mistake(
            "not-shuffled",
            "The images come in the order in which they lie in memory. Where they lie sorted, that ruins training; "
            "draw a new order for each epoch: `rng.permutation`.",
        ),
        Mistake("shuffled-once", "All epochs have the same order: draw a new one at the beginning of each."),
        Mistake(
            "batches-stay-together",
            "The same images form a batch in every epoch; only the order of the batches changes, or that inside them. "
            "Shuffle the images.",
        ),
        Mistake("rng-ignored", "The order must come out of the generator `rng` that is handed over, and nothing else."),
        Mistake(
            "gradients-kept",
            "The gradients of earlier batches are still in the step: each step uses those of its own batch alone.",
            lambda q, right: {"params": stepped(q, kept=True)},
        ),
        Mistake(
            "gradients-late",
            "Each step uses the gradients of the batch before.",
            lambda q, right: {"params": stepped(q, late=True)},
        ),
        Mistake(
            "no-momentum",
            "This is gradient descent without momentum. Make the velocity once, before the first step, and keep it: "
            "made anew for each step it is always 0.",
            lambda q, right: {"params": stepped(q, momentum=0)},
        ),
        Mistake(
            "velocity-restarted",
            "The velocity starts from 0 in each epoch: make it once, before the first.",
            lambda q, right: {"params": stepped(q, restart=True)},
        ),
        Mistake(
            "lr-ignored",
            "The learning rate that was passed is not used.",
            *(with_lr(lr) for lr in (0.1, 0.01, 0.001, 0.02, 0.005)),
        ),
        Mistake(
            "gradients-summed",
            "The gradients are multiplied by the size of the batch; the loss is a mean, so leave them as they are.",
            lambda q, right: {"params": stepped(q, times="sum")},
        ),
        Mistake(
            "averaged-twice",
            "The gradients are divided by the size of the batch; the loss is a mean already.",
            lambda q, right: {"params": stepped(q, times="mean again")},
        ),
        Mistake(
            "uphill",
            "The steps go uphill: the parameters move against the gradient.",
            lambda q, right: {"params": stepped(q, times="uphill")},
        ),
        Mistake(
            "nothing-learned",
            "The model's parameters are as they were: the steps were taken on copies, or not at all.",
            lambda q, right: {"params": np.array(START)},
        ),
        Mistake(
            "history-by-epoch",
            "history has one number an epoch; it holds the loss of every step.",
            lambda q, right: {"history": [float(row.mean()) for row in by_epoch(q)]},
            lambda q, right: {"history": [float(row[-1]) for row in by_epoch(q)]},
        ),
        Mistake(
            "history-of-the-last-epoch",
            "history holds the last epoch only: make the list before the loop over epochs.",
            lambda q, right: {"history": [float(value) for value in by_epoch(q)[-1]]},
        ),
        Mistake(
            "history-late",
            "history lacks the first loss: keep the loss of every step, before the step is taken.",
            lambda q, right: {"history": losses(q)[1:]},
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """For a recorder: marked images; for a network: digits, and in `evaluate_on` those on which it is judged."""
        seed = int(rng.integers(1000))
        budget: Budget | None = sizes.get("budget")
        if budget is None:
            count = sizes["count"]
            asked = {"images": marked_images(count, rng), "labels": rng.integers(0, 10, count)}
            asked |= {"epochs": sizes["epochs"], "batch_size": sizes["batch"], "lr": 0.05}
            return asked | {"seed": seed, "one_goal": False}
        data, schedule = digits(), [list(pair) for pair in budget.schedule]
        asked = {"images": data.train_images[: budget.images], "labels": data.train_labels[: budget.images]}
        asked["evaluate_on"] = asked["images"] if budget is OVERFIT else data.test_images
        return asked | {"schedule": schedule, "batch_size": budget.batch, "seed": seed}

    def respond(self, student: Functions, inputs: Inputs) -> Response:
        return self._ask_first(lambda asked: super(Train, self).respond(student, asked), inputs)

    def ask_remotely(self, ask: AskTimed, inputs: Inputs) -> Response:
        return self._ask_first(lambda asked: ask(asked)[0], inputs)

    def _ask_first(self, ask: Callable[[Inputs], Response], inputs: Inputs) -> Response:
        """A network is trained only where the loop is ready for it."""
        if "schedule" in inputs:
            tried = ask(first_try())
            if tried.error is not None:
                return tried
            if not ready(first_try(), tried.answer):
                return Response(answer={"scores": None, "histories": []})
        return ask(inputs)

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        return set()

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        if response.error is not None:
            return [Finding(explain_error(response.error))]
        found = response.answer
        if not isinstance(found, dict):
            return [Finding("Nothing came back.")]
        if "schedule" in inputs:
            return list(judge_accuracy(case, inputs, found))
        if not found["steps"]:
            return [Finding("The model was never asked for its loss: nothing was trained.", ("nothing-learned",))]
        if (foreign := foreign_images(found)) is not None:
            return [foreign]
        q = inputs | {"steps": found["steps"]}
        probes = {
            "batches": lambda: judge_batches(inputs, found),
            "order": lambda: judge_order(inputs, found),
            "params": lambda: self._judge_params(case, q, found),
            "history": lambda: self._judge_history(case, q, found),
            "rules": lambda: self._judge_rules(inputs, response),
        }
        return [finding for part in case.parts for finding in probes[part]()]

    def _judge_params(self, case: Case, q: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        expected: dict[str, PlainData] = {"params": stepped(q)}
        for mismatch in differences("params", expected["params"], found["params"], tolerance=self.tolerance(q)):
            known = self._named(q, expected, found)
            yield Finding(f"After {len(q['steps'])} steps: {mismatch.text}", known, mismatch)

    def _judge_history(self, case: Case, q: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        history = found["history"]
        if isinstance(history, np.ndarray):
            history = history.tolist()
        if history is None:
            yield Finding("train returned nothing (None). Is there a `return` at its end?", ("returns-nothing",))
        elif not isinstance(history, (list, tuple)) or not all(type(value) in (int, float) for value in history):
            yield Finding(f"history must be a list of numbers, the loss of every step; yours is {kind_of(history)}.")
        else:
            right = losses(q)
            known = self._named(q, {"history": right}, {"history": list(history)})
            if len(history) != len(right):
                yield Finding(f"There were {len(right)} steps; history has {len(history)} numbers.", known)
            elif not close(np.array(right), np.array(history, dtype=float)).all():
                k = int(np.argmin(close(np.array(right), np.array(history, dtype=float))))
                yield Finding(f"The loss of step {k} was {right[k]:.6g}; history has {history[k]:.6g}.", known)

    def _named(self, q: Inputs, right: dict[str, PlainData], got: dict[str, PlainData]) -> tuple[str, ...]:
        fit = fitting(self.mistakes, q, right, got, tuple(right), self.tolerance(q))
        return tuple(dict.fromkeys(fit))

    def _judge_rules(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        for name, after in response.inputs.items():
            if not identical(inputs[name], after):
                yield Finding(f"train changed {name}: work with an order of places instead.", ("input-modified",))
