"""08_pytorch: one epoch of training, by what becomes of a small model, and by what a LeNet-5 learns in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.exercises.lenet_numpy.networks import digits
from autograder.exercises.pytorch.loops import SHARED_MISTAKES, LoopExercise, batches
from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging import oracle
from autograder.judging.compare import NEARLY, differences, kind_of
from autograder.judging.exercise import Case, Finding, Sizes
from autograder.judging.mistake import Mistake

# passes with these rates, in batches of this size, must get this share of 397 new digits right; set by
# benchmarks/pytorch_thresholds.py
RATES, BATCH, LEAST = (0.03, 0.03, 0.03, 0.01, 0.003), 32, 0.95


def epoch(q: Inputs, **way: Any) -> tuple[list[float], dict[str, np.ndarray]]:
    """The loss of each batch and the parameters after all of them, by PyTorch; with `way`, wrong in one way.

    kept: gradients pile up; unlike: "sum" or "softmax" before the loss; lr: another rate; steps: False for none, or
    one at the end; other: another optimizer.
    """
    torch = oracle.torch()
    w, b = (oracle.tensor(q[key]).requires_grad_() for key in ("w", "b"))
    optimizer = getattr(torch.optim, str(way.get("other", q["optimizer"])))([w, b], lr=way.get("lr", q["lr"]))
    losses = []
    for part in batches(q):
        scores = torch.nn.functional.linear(oracle.tensor(q["x"][part]).flatten(1), w, b)
        scores = scores.softmax(1) if way.get("unlike") == "softmax" else scores
        reduction = "sum" if way.get("unlike") == "sum" else "mean"
        loss = torch.nn.functional.cross_entropy(scores, oracle.tensor(q["y"][part]).long(), reduction=reduction)
        if not way.get("kept"):
            optimizer.zero_grad()
        loss.backward()
        if way.get("steps", True) is True:
            optimizer.step()
        losses.append(loss.item())
    if way.get("steps") == "once":
        optimizer.step()
    return losses, {"weight": w.detach().numpy(), "bias": b.detach().numpy()}


def sizes(q: Inputs) -> np.ndarray:
    return np.array([part.stop - part.start for part in batches(q)])


def params(**way: Any) -> Any:
    """What becomes of the parameters, for a `Mistake`."""
    return lambda q, right: {"params": epoch(q, **way)[1]}


def value(number: Any) -> Any:
    """What is returned, for a `Mistake`: a number made of the batches' losses and sizes."""
    return lambda q, right: {"value": float(number(np.array(epoch(q)[0]), sizes(q), q))}


class TrainOneEpoch(LoopExercise):
    name, points = "train_one_epoch", 14
    arguments = ("train_one_epoch", "LeNet5")
    returns = ("value", "params")
    needs = True
    seconds = 120.0  # training takes five; a busy machine may need longer
    cases = (
        Case("one step for each batch, with SGD", {"optimizer": "SGD"}, parts=("params",), weight=3),
        Case("whatever optimizer it is: AdamW", {"optimizer": "AdamW"}, parts=("params",)),
        Case("the loss: mean over samples", {"n": 10}, parts=("value",), weight=2),
        Case("found in eval mode: training mode, and then eval again", {"found": False}, parts=("calls",), weight=2),
        Case("found in training mode: left in it", {"found": True}, parts=("calls",)),
        Case("a device that is not the CPU", {"gpu": True}, parts=("params", "value"), weight=2),
        Case("a loader that drops the last batch", {"n": 11, "drop_last": True}, parts=("value",)),
        Case("an error in the loader comes through", {"breaks": "loader"}),
        Case("an error in the model comes through", {"breaks": "model"}),
        Case(
            "drawn sizes", {"n": range(13, 30), "batch": range(5, 8)}, hidden=True, parts=("params", "value", "calls")
        ),
        Case("drawn sizes, elsewhere", {"n": range(13, 30), "gpu": True}, hidden=True, parts=("params", "value")),
        Case(
            f"LeNet-5 gets {LEAST:.0%} of 397 new digits after {len(RATES)} epochs",
            {"digits": True},
            dtype="float32",
            parts=("accuracy",),
            weight=2,
            costly=True,
        ),
    )
    mistakes = (
        *SHARED_MISTAKES,
        Mistake(
            "gradients-not-zeroed",
            "The gradients of earlier batches are still in the step: backward adds to what is in .grad, so call "
            "optimizer.zero_grad() in each round.",
            params(kept=True),
        ),
        Mistake(
            "gradients-zeroed-too-late",
            "No step was taken, or the gradients were 0 by then: zero_grad comes before backward, or after the step.",
            params(steps=False),
        ),
        Mistake(
            "one-step-an-epoch",
            "One step was taken at the end; each batch takes one.",
            params(steps="once", kept=True),
            params(steps="once"),
        ),
        Mistake(
            "loss-summed",
            "The loss of a batch is the mean over its samples, so that a learning rate suits every size.",
            params(unlike="sum"),
        ),
        Mistake(
            "softmax-before-the-loss",
            "cross_entropy takes scores: it has a softmax of its own.",
            params(unlike="softmax"),
        ),
        Mistake(
            "optimizer-ignored",
            "The steps are to be those of the optimizer that was handed over.",
            *(
                params(**way)
                for way in (
                    {"other": "SGD"},
                    {"other": "SGD", "lr": 0.01},
                    {"other": "SGD", "lr": 0.1},
                    {"other": "Adam", "lr": 0.001},
                    {"other": "AdamW", "lr": 0.001},
                )
            ),
        ),
        Mistake(
            "mean-of-batches",
            "This is the mean of the batches' losses: the samples of a small last batch count too much. Weigh each by "
            "its size.",
            value(lambda losses, n, q: losses.mean()),
        ),
        Mistake("last-batch-only", "This is the loss of the last batch.", value(lambda losses, n, q: losses[-1])),
        Mistake(
            "losses-added",
            "The losses are added up and not divided.",
            value(lambda losses, n, q: losses.sum()),
            value(lambda losses, n, q: losses @ n),
        ),
        Mistake(
            "means-over-samples",
            "The losses of the batches are means already: multiply each by its number of samples, then divide by all.",
            value(lambda losses, n, q: losses.sum() / n.sum()),
        ),
        Mistake(
            "divided-by-the-dataset",
            "It is divided by the size of the data set, and the loader left some samples out: count those that came.",
            value(lambda losses, n, q: losses @ n / len(q["y"])),
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        if sizes.get("digits"):
            data = digits()
            asked = {"x": data.train_images, "y": data.train_labels, "evaluate_on": data.test_images}
            return asked | {"epochs": list(RATES), "batch": BATCH, "seed": int(rng.integers(1000))}
        # a rate that nobody would choose
        return super().inputs(sizes, rng) | {"optimizer": sizes.get("optimizer", "SGD"), "lr": 0.37}

    def wrong(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        if "epochs" in inputs:
            yield from judge_accuracy(found)
            return
        losses, after = epoch(inputs)
        if "params" in case.parts:
            yield from self._judge_params(inputs, after, found["params"])
        if "value" in case.parts:
            mean = float(np.array(losses) @ sizes(inputs) / sizes(inputs).sum())
            yield from self.judge_value(inputs, found, mean, "The loss")
        if "calls" in case.parts:
            yield from self.judge_calls(inputs, found)

    def _judge_params(
        self, inputs: Inputs, after: Mapping[str, PlainData], got: dict[str, PlainData]
    ) -> Iterator[Finding]:
        for mismatch in differences("params", dict(after), got, tolerance=NEARLY):
            named = self.recognised(inputs, {"params": dict(after)}, {"params": got})
            yield Finding(f"After {len(sizes(inputs))} batches: {mismatch.text}", named, mismatch)


def judge_accuracy(found: dict[str, PlainData]) -> Iterator[Finding]:
    """The share of images whose highest score is that of their class. The held-out labels are known here alone."""
    scores, labels = found["scores"], digits().test_labels
    put_right = "Put right first what fails above, or in the check of LeNet5."
    if not isinstance(scores, np.ndarray) or scores.shape != (len(labels), 10):
        yield Finding(f"scores must be an array of shape ({len(labels)}, 10); yours is {kind_of(scores)}. {put_right}")
    elif (share := float(np.mean(scores.argmax(1) == labels))) < LEAST:
        yield Finding(
            f"{share:.1%} of {len(labels)} digits it had not seen are right; at least {LEAST:.0%} must be. {put_right}"
        )
