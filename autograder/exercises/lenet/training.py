"""07_lenet_numpy: the training loop, by what it shows a model, what it makes of it, and what a LeNet-5 learns in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from autograder import oracle
from autograder.answer import Inputs, Response, Tree, fresh, listening, plain
from autograder.compare import close, differences, kind_of
from autograder.exercises.exercise import Case, Exercise, Finding, Functions, Mistake, Sizes, explain_error, identical
from autograder.exercises.lenet.budget import HELD_OUT, OVERFIT, Budget
from autograder.exercises.lenet.networks import digits
from autograder.exercises.lenet.recorder import START, Recorder, goals, marked_images
from autograder.exercises.lenet.schedule import foreign_images, judge_batches, judge_order

SMALL = {"count": 12, "batch": 4, "epochs": 3}
FIRST_PUT_RIGHT = "If the check of LeNet5 still fails, put that right first."


def stepped(q: Inputs, lr: float | None = None, momentum: float = 0.9, **way: Any) -> np.ndarray:
    """The parameters after the steps that were recorded, by PyTorch.

    way: kept, gradients pile up; late, a step uses the gradient of the one before; restart, the velocity starts again
    with each epoch; times, a factor for the gradients ("sum", "mean again", "uphill").
    """
    torch = oracle.torch()
    leaf = oracle.tensor(np.array(START)).requires_grad_()
    optimizer = torch.optim.SGD([leaf], q["lr"] if lr is None else lr, momentum=momentum)
    epoch = -(-len(q["labels"]) // q["batch_size"])
    before = None
    for k, (numbers, labels, _) in enumerate(q["steps"]):
        grad = (leaf.detach() - oracle.tensor(goals(numbers, labels))).mean(0)
        grad = grad * {"sum": len(numbers), "mean again": 1 / len(numbers), "uphill": -1}.get(way.get("times", ""), 1.0)
        if way.get("kept"):
            grad = grad if before is None else grad + before
        leaf.grad = before if way.get("late") and before is not None else grad
        before = grad
        if way.get("restart") and k % epoch == 0:
            optimizer.state.clear()
        optimizer.step()
    return np.asarray(leaf.detach().numpy())


def with_lr(lr: float) -> Callable[[Inputs, Any], dict[str, Tree]]:
    """What comes of a learning rate of one's own, for a `Mistake`."""
    return lambda q, right: {"params": stepped(q, lr=lr)}


def losses(q: Inputs) -> list[float]:
    """The loss that the recorder told at each step."""
    return [float(0.5 * ((now - goals(numbers, labels)) ** 2).sum(1).mean()) for numbers, labels, now in q["steps"]]


def by_epoch(q: Inputs) -> np.ndarray:
    """(epochs, steps): the losses; ValueError if they do not divide."""
    return np.array(losses(q)).reshape(q["epochs"], -1)


class Train(Exercise):
    name, points = "train", 25
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
        Case("overfits 50 digits", {"budget": OVERFIT}, dtype="float32", parts=("overfit",), weight=2),
        Case(
            f"at least {HELD_OUT.least:.0%} of 397 new digits after three epochs",
            {"budget": HELD_OUT},
            dtype="float32",
            parts=("accuracy",),
            weight=3,
        ),
        Case(
            "other sizes",
            {"count": range(13, 30), "batch": range(3, 7), "epochs": range(2, 5)},
            hidden=True,
            parts=("batches", "order", "params", "history", "rules"),
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
        *(
            Mistake("lr-ignored", "The learning rate that was passed is not used.", with_lr(lr))
            for lr in (0.1, 0.01, 0.001, 0.02, 0.005)
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
        ),
        Mistake(
            "history-by-epoch",
            "history has one number an epoch; it holds the loss of every step.",
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
        """For a recorder: marked images; for a network: digits, and in `look_at` those on which it is judged."""
        seed = int(rng.integers(1000))
        budget: Budget | None = sizes.get("budget")
        if budget is None:
            count = sizes["count"]
            asked = {"images": marked_images(count, rng), "labels": rng.integers(0, 10, count)}
            return asked | {"epochs": sizes["epochs"], "batch_size": sizes["batch"], "lr": 0.05, "seed": seed}
        data, schedule = digits(), [list(pair) for pair in budget.schedule]
        asked = {"images": data.train_images[: budget.images], "labels": data.train_labels[: budget.images]}
        asked["look_at"] = asked["images"] if budget is OVERFIT else data.test_images
        asked["first_try"] = first_try()
        return asked | {"schedule": schedule, "batch_size": budget.batch, "seed": seed}

    def respond(self, student: Functions, inputs: Inputs) -> Response:
        response = Response()
        # on products as small as these, several threads would wait for one another
        with listening(response), threadpool_limits(1):
            if "schedule" in inputs:
                response.answer = _learn(student, inputs)
            else:
                given = fresh(inputs)
                response.answer = _record(student, given, 0) | {
                    "again": _record(student, fresh(inputs), 0)["steps"],
                    "other": _record(student, fresh(inputs), 1)["steps"],
                }
                response.inputs = {key: plain(given[key]) for key in ("images", "labels")}
        return response

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        return set()

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        if response.error is not None:
            return [Finding(explain_error(response.error))]
        found = response.answer
        if not isinstance(found, dict):
            return [Finding("Nothing came back.")]
        if "schedule" in inputs:
            return list(_judge_accuracy(case, inputs, found))
        if not found["steps"]:
            return [Finding("The model was never asked for its loss: nothing was trained.", ("nothing-learned",))]
        if (foreign := foreign_images(found)) is not None:
            return [foreign]
        q = inputs | {"steps": found["steps"]}
        looks = {
            "batches": lambda: judge_batches(inputs, found),
            "order": lambda: judge_order(inputs, found),
            "params": lambda: self._judge_params(case, q, found),
            "history": lambda: self._judge_history(case, q, found),
            "rules": lambda: self._judge_rules(inputs, response),
        }
        return [finding for part in case.parts for finding in looks[part]()]

    def _judge_params(self, case: Case, q: Inputs, found: dict[str, Tree]) -> Iterator[Finding]:
        expected: dict[str, Tree] = {"params": stepped(q)}
        for mismatch in differences("params", expected["params"], found["params"], tolerance=self.tolerance(q)):
            known = self.recognise(Case("", parts=("params",)), q, expected, found)
            yield Finding(f"After {len(q['steps'])} steps: {mismatch.text}", known, mismatch)

    def _judge_history(self, case: Case, q: Inputs, found: dict[str, Tree]) -> Iterator[Finding]:
        history = found["history"]
        if isinstance(history, np.ndarray):
            history = history.tolist()
        if history is None:
            yield Finding("train returned nothing (None). Is there a `return` at its end?", ("returns-nothing",))
        elif not isinstance(history, (list, tuple)) or not all(type(value) in (int, float) for value in history):
            yield Finding(f"history must be a list of numbers, the loss of every step; yours is {kind_of(history)}.")
        else:
            right = losses(q)
            known = self.recognise(Case("", parts=("history",)), q, {"history": right}, {"history": list(history)})
            if len(history) != len(right):
                yield Finding(f"There were {len(right)} steps; history has {len(history)} numbers.", known)
            elif not close(np.array(right), np.array(history, dtype=float)).all():
                k = int(np.argmin(close(np.array(right), np.array(history, dtype=float))))
                yield Finding(f"The loss of step {k} was {right[k]:.6g}; history has {history[k]:.6g}.", known)

    def _judge_rules(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        for name, after in response.inputs.items():
            if not identical(inputs[name], after):
                yield Finding(f"train changed {name}: work with an order of places instead.", ("input-modified",))


def _record(student: Functions, given: Inputs, more: int, one_goal: bool = False) -> dict[str, Tree]:
    """Train a recorder, and tell what it saw and became."""
    recorder, rng = Recorder(one_goal), np.random.default_rng(given["seed"] + more)
    history = student["train"](
        recorder, given["images"], given["labels"], given["epochs"], given["batch_size"], given["lr"], rng
    )
    return recorder.told() | {"history": plain(history)}


def first_try() -> Inputs:
    """A small question whose outcome is the same for every order: whoever gets it wrong would train in vain."""
    count, batch, epochs = 7, 3, 2
    asked = {"images": marked_images(count, np.random.default_rng(0)), "labels": np.arange(count) % 3}
    asked |= {"epochs": epochs, "batch_size": batch, "lr": 0.05, "seed": 0}
    steps = [[[0], [0], None]] * (epochs * -(-count // batch))
    return asked | {"params": stepped(asked | {"steps": steps})}


def _ready(student: Functions, asked: Inputs) -> bool:
    """Whether the loop takes the right steps with the right images."""
    given = fresh({name: value for name, value in asked.items() if name != "params"})
    found = _record(student, given, 0, one_goal=True)
    ends = np.allclose(found["params"], asked["params"], rtol=1e-5)
    return ends and foreign_images(found) is None and not list(judge_batches(asked, found))


def _learn(student: Functions, inputs: Inputs) -> dict[str, Tree]:
    """Train the student's LeNet-5 and look at images with it, if the loop is ready for it."""
    if "first_try" in inputs and not _ready(student, inputs["first_try"]):
        return {"scores": None, "histories": []}
    rng = np.random.default_rng(inputs["seed"])
    model = student["LeNet5"](rng, inputs["images"].dtype.type)
    images, labels = fresh(inputs["images"]), fresh(inputs["labels"])
    histories = [
        plain(student["train"](model, images, labels, epochs, inputs["batch_size"], lr, rng))
        for epochs, lr in inputs["schedule"]
    ]
    return {"scores": plain(model.scores(fresh(inputs["look_at"]))), "histories": histories}


def _judge_accuracy(case: Case, inputs: Inputs, found: dict[str, Tree]) -> Iterator[Finding]:
    """The share of images whose highest score is that of their class. The held-out labels are known here alone."""
    overfit = case.parts == ("overfit",)
    labels = inputs["labels"] if overfit else digits().test_labels
    least, scores = (OVERFIT if overfit else HELD_OUT).least, found["scores"]
    if not found["histories"]:
        yield Finding("No network was trained: the loop does not take the right steps yet (see the cases above).")
    elif not isinstance(scores, np.ndarray) or scores.shape != (len(labels), 10):
        yield Finding(
            f"scores must be an array of shape ({len(labels)}, 10); yours is {kind_of(scores)}. {FIRST_PUT_RIGHT}"
        )
    elif not np.isfinite(scores).all():
        text = "The scores are not finite: the steps were too large for the net, or went the wrong way."
        yield Finding(f"{text} {FIRST_PUT_RIGHT}")
    elif (share := accuracy(scores, labels)) < least:
        which = "of the 50 digits it was trained on" if overfit else f"of {len(labels)} digits it had not seen"
        yield Finding(f"{share:.1%} {which} are right; at least {least:.0%} must be. {FIRST_PUT_RIGHT}")


def accuracy(scores: np.ndarray, labels: np.ndarray) -> float:
    """The share of rows with the highest score at the label."""
    return float(np.mean(scores.argmax(axis=1) == labels))
