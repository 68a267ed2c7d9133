"""08_pytorch: one epoch of training, by the steps that it takes, and by what a LeNet-5 learns in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.exercises.pytorch.loops import SHARED_CASES, SHARED_MISTAKES, LoopExercise, batch_sizes, batches
from autograder.exercises.shared.digits import digits, judge_accuracy
from autograder.guest.plain_data import Inputs
from autograder.guest.responders.probes import Observed
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.close import NEARLY
from autograder.judging.compare import differences
from autograder.judging.mistake import Mistake
from autograder.judging.oracle import pytorch as oracle

# passes with these rates, in batches of this size, must classify this share of 397 held-out digits correctly; set by
# benchmarks/pytorch_thresholds.py
RATES, BATCH, LEAST = (0.03, 0.03, 0.03, 0.01, 0.003), 32, 0.95


def epoch(
    q: Inputs,
    *,
    accumulated: bool = False,
    loss: str = "mean",
    lr: float | None = None,
    steps: str = "each",
    optimizer: str = "",
) -> tuple[list[float], dict[str, np.ndarray]]:
    """The loss of each batch, and the parameters after the epoch, by PyTorch; the defaults are right.

    Args:
        accumulated: gradients are never set to 0.
        loss: "mean", "sum", or "softmax" for a mean after a softmax too many.
        lr: in place of the question's.
        steps: "each" batch, "once" at the end, or "none".
        optimizer: of torch.optim, in place of the question's.
    """
    torch = oracle.torch()
    w, b = (oracle.tensor(q[key]).requires_grad_() for key in ("w", "b"))
    stepper = getattr(torch.optim, optimizer or q["optimizer"])([w, b], lr=q["lr"] if lr is None else lr)
    losses = []
    for batch in batches(q):
        scores = torch.nn.functional.linear(oracle.tensor(q["x"][batch]).flatten(1), w, b)
        scores = scores.softmax(1) if loss == "softmax" else scores
        reduction = "sum" if loss == "sum" else "mean"
        value = torch.nn.functional.cross_entropy(scores, oracle.tensor(q["y"][batch]).long(), reduction=reduction)
        if not accumulated:
            stepper.zero_grad()
        value.backward()
        if steps == "each":
            stepper.step()
        losses.append(value.item())
    if steps == "once":
        stepper.step()
    return losses, {"weight": w.detach().numpy(), "bias": b.detach().numpy()}


def mean_loss(q: Inputs) -> float:
    """The loss of the epoch: the mean over samples."""
    sizes = batch_sizes(q)
    return float(np.array(epoch(q)[0]) @ sizes / sum(sizes))


def params(**wrong: Any) -> Any:
    """For a `Mistake`: the parameters after an epoch that is wrong in this way."""
    return lambda q, right: {"params": epoch(q, **wrong)[1]}


def returning(number: Callable[[np.ndarray, np.ndarray, Inputs], Any]) -> Any:
    """For a `Mistake`: the number that is returned, from the losses and the sizes of the batches."""
    return lambda q, right: {"value": float(number(np.array(epoch(q)[0]), np.array(batch_sizes(q)), q))}


class TrainOneEpoch(LoopExercise):
    name, points = "train_one_epoch", 14
    arguments = ("train_one_epoch", "LeNet5")
    returns = ("value", "params")
    needs = True
    seconds = 120.0  # training takes five; a busy machine may need longer
    cases = (
        Case("one step for each batch, with SGD", {"optimizer": "SGD"}, parts=("params",), weight=5),
        Case("whatever optimizer it is: AdamW", {"optimizer": "AdamW"}, parts=("params",), weight=2),
        Case("the loss: mean over samples", {"n": 10}, parts=("value",), conventions=("dtype",), weight=3),
        Case(
            "found in eval mode: training mode, and then eval again",
            {"training": False},
            parts=("calls",),
            conventions=("memory",),
        ),
        Case(
            "found in training mode: left in it",
            {"training": True},
            parts=("calls",),
            conventions=("memory",),
            weight=0,
        ),
        Case("a device that is not the CPU", {"gpu": True}, parts=("params", "value"), conventions=("device",)),
        *SHARED_CASES,
        Case(
            "drawn sizes",
            {"n": range(13, 30), "batch": range(5, 8)},
            hidden=True,
            parts=("params", "value", "calls"),
            conventions=("memory",),
            weight=2,
        ),
        Case(
            "drawn sizes, elsewhere",
            {"n": range(13, 30), "gpu": True},
            hidden=True,
            parts=("params", "value"),
            conventions=("device",),
        ),
        Case(
            f"LeNet-5 gets {LEAST:.0%} of 397 new digits after {len(RATES)} epochs",
            {"digits": True},
            dtype="float32",
            parts=("accuracy",),
            costly=True,
        ),
    )
    mistakes = (
        *SHARED_MISTAKES,
        Mistake(
            "gradients-not-zeroed",
            "The gradients of earlier batches are included in the step: backward adds to .grad, so call "
            "optimizer.zero_grad() for each batch.",
            params(accumulated=True),
        ),
        Mistake(
            "gradients-zeroed-too-late",
            "No step was taken, or the gradients were 0 by then: call zero_grad before backward, or after the step.",
            params(steps="none"),
        ),
        Mistake(
            "one-step-an-epoch",
            "One step was taken at the end of the epoch; take one for each batch.",
            params(steps="once", accumulated=True),
            params(steps="once"),
        ),
        Mistake(
            "loss-summed",
            "The loss is a sum over the batch. It must be the mean, so that one learning rate suits batches of any "
            "size.",
            params(loss="sum"),
        ),
        Mistake(
            "softmax-before-the-loss",
            "The scores went through a softmax before the loss: cross_entropy takes scores, and has its own softmax.",
            params(loss="softmax"),
        ),
        Mistake(
            "optimizer-ignored",
            "Another optimizer is used than the one that was passed.",
            *(
                params(**other)
                for other in (
                    {"optimizer": "SGD"},
                    {"optimizer": "SGD", "lr": 0.01},
                    {"optimizer": "SGD", "lr": 0.1},
                    {"optimizer": "Adam", "lr": 0.001},
                    {"optimizer": "AdamW", "lr": 0.001},
                )
            ),
        ),
        Mistake(
            "mean-of-batches",
            "This is the mean of the batches' losses, in which the samples of a small last batch count too much. "
            "Weight each loss by the size of its batch.",
            returning(lambda losses, n, q: losses.mean()),
        ),
        Mistake("last-batch-only", "This is the loss of the last batch.", returning(lambda losses, n, q: losses[-1])),
        Mistake(
            "last-batch-counted-twice",
            "The last batch counts twice: the lines after the loop add it again.",
            returning(lambda losses, n, q: (losses @ n + losses[-1] * n[-1]) / (n.sum() + n[-1])),
        ),
        Mistake(
            "losses-added",
            "The losses are added up, but not divided.",
            returning(lambda losses, n, q: losses.sum()),
            returning(lambda losses, n, q: losses @ n),
        ),
        Mistake(
            "means-over-samples",
            "The losses of the batches are already means: multiply each by its number of samples before you divide.",
            returning(lambda losses, n, q: losses.sum() / n.sum()),
        ),
        Mistake(
            "divided-by-the-dataset",
            "It is divided by the size of the data set, but the loader left some samples out: divide by those it gave.",
            returning(lambda losses, n, q: losses @ n / len(q["y"])),
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """As usual, with an optimizer; or digits, and in `evaluate_on` those that a trained network is tested on."""
        if sizes.get("digits"):
            data = digits()
            inputs = {"x": data.train_images, "y": data.train_labels, "evaluate_on": data.test_images}
            return inputs | {"epochs": list(RATES), "batch": BATCH, "seed": int(rng.integers(1000))}
        # a rate that no answer would hard-code
        return super().inputs(sizes, rng) | {"optimizer": sizes.get("optimizer", "SGD"), "lr": 0.37}

    def judge_params(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The parameters after the epoch."""
        expected = epoch(inputs)[1]
        for mismatch in differences("params", expected, observed["params"], tolerance=NEARLY):
            mistakes = self.recognised(inputs, {"params": expected}, observed)
            yield Finding(f"After {len(batch_sizes(inputs))} batches: {mismatch.text}", mistakes, mismatch)

    def judge_value(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The loss that was returned: the mean over samples."""
        yield from self.judge_number(inputs, observed, mean_loss(inputs), "The loss")

    def numbers_of_two_calls(self, inputs: Inputs, others: Inputs, observed: Observed) -> tuple[float, float]:
        """The losses of two epochs; the second begins with the parameters that the first left."""
        left = {"w": observed["params"]["weight"], "b": observed["params"]["bias"]}
        return mean_loss(inputs), mean_loss(inputs | left | others)

    def judge_accuracy(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The accuracy on held-out digits, whose labels never reach the student's process."""
        advice = "Fix first what fails above, or in the check of LeNet5."
        yield from judge_accuracy(observed["scores"], digits().test_labels, LEAST, advice=advice)
