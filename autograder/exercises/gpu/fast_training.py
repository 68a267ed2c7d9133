"""09_gpu: the fast training loop, by what it shows a network, what it leaves where, and what a LeNet-5 learns in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.exercises.gpu.budget import HELD_OUT
from autograder.exercises.gpu.fast_mistakes import MISTAKES
from autograder.exercises.gpu.rates import judge_rates
from autograder.exercises.lenet_numpy.networks import digits
from autograder.exercises.shared.schedule import foreign_images, judge_batches, judge_order
from autograder.guest.fakes.recording_model import marked_images
from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Response
from autograder.judging.exercise import Case, Exercise, Finding, Sizes, explain_error

SMALL = {"count": 24, "batch": 6, "epochs": 3}
NO_CUDA = ("not compiled with CUDA", "NVIDIA driver", "No CUDA GPUs")
GPU = {"probe": "device", "count": 8, "batch": 4, "epochs": 1}


class TrainFast(Exercise):
    name, points = "train_fast", 35
    seconds = 120.0  # training takes ten; a busy machine may need longer
    responder = "fast_training"
    card_inputs = ("images", "labels", "settings")
    returns = ("history",)
    cases = (
        Case("every image once an epoch, with its own label", {**SMALL, "epochs": 2}, parts=("batches",), weight=2),
        Case("a new order in each epoch, out of PyTorch's seed", {**SMALL, "again": True}, parts=("order",), weight=2),
        Case("26 images in batches of 6", {"count": 26, "batch": 6, "epochs": 2}, parts=("rest",)),
        Case("each step with the gradient of its own batch", SMALL, parts=("gradient",), weight=2),
        Case("the learning rate goes up to lr and ends near 0", SMALL, parts=("rates",), weight=2),
        Case("history: the loss of every step", SMALL, parts=("history",)),
        Case("a network that comes in evaluation mode", {**SMALL, "epochs": 1}, parts=("mode",)),
        Case("a network that comes in training mode", SMALL, parts=("mode",)),
        Case("images and labels left as they were", {**SMALL, "epochs": 1}, parts=("rules",)),
        Case("an error in the network comes through", {**SMALL, "probe": "broken"}, parts=("errors",)),
        Case("on a GPU: network, images and labels are there", GPU, parts=("placed",), weight=2),
        Case("on a GPU: nothing is copied or read in every step", {**GPU, "epochs": 2}, parts=("traffic",), weight=2),
        Case("on a GPU: channels_last and autocast", GPU, parts=("formats",), weight=2),
        Case("compiled=True hands the network to torch.compile", {**GPU, "compiled": True}, parts=("compiled",)),
        Case(
            "other sizes",
            {"count": range(13, 30), "batch": range(3, 7), "epochs": range(2, 5), "exact": True, "again": True},
            hidden=True,
            parts=("batches", "order", "gradient", "history", "mode", "rules"),
        ),
        Case(
            f"at least {HELD_OUT.least:.0%} of 397 new digits after {HELD_OUT.epochs} epochs on the CPU",
            {"probe": "learn"},
            parts=("accuracy",),
            weight=4,
            costly=True,
        ),
    )
    mistakes = MISTAKES

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """Marked images; to learn from, digits, and in `evaluate_on` those on which the network is judged."""
        asked: Inputs = {"probe": sizes.get("probe", "steps"), "seed": int(rng.integers(1000))}
        if asked["probe"] == "learn":
            data, settings = digits(), {"epochs": HELD_OUT.epochs, "batch_size": HELD_OUT.batch, "lr": HELD_OUT.lr}
            asked |= {"images": data.train_images[: HELD_OUT.images], "labels": data.train_labels[: HELD_OUT.images]}
            return asked | {"evaluate_on": data.test_images, "settings": settings}
        count, batch = sizes["count"], sizes["batch"]
        if sizes.get("exact"):
            count = max(batch * 3, count - count % batch)
        settings = {"epochs": sizes["epochs"], "batch_size": batch, "lr": 0.05}
        if sizes.get("compiled"):
            settings["compiled"] = True
        images = marked_images(count, rng).astype(np.float32)
        asked |= {"images": images, "labels": rng.integers(0, 10, count), "settings": settings}
        asked |= {"again": sizes.get("again", False)}
        return asked | {"training": bool(sizes["epochs"] == SMALL["epochs"])}

    def challenge(self, case: Case, rng: Any, sizes: Sizes | None = None) -> Inputs:
        """The inputs of one case; images are float32 in every one."""
        return self.inputs(case.draw(rng) if sizes is None else sizes, rng)

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        return set()

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        error, found = response.error, response.answer
        if inputs["probe"] == "broken":
            return _judge_broken(response)
        if error is not None:
            return [Finding(explain_error(error), _named_error(inputs["probe"], error.message))]
        if not isinstance(found, dict):
            return [Finding("Nothing came back.")]
        if inputs["probe"] == "learn":
            return list(_judge_accuracy(found))
        if inputs["probe"] == "device":
            return list(_judge_device(case, inputs, found))
        if not found["changed"] or not found["taken"]:
            return [_nothing_learned(found)]
        if (foreign := foreign_images(found)) is not None:
            return [Finding(foreign.text, ("other-images",))]
        sizes = inputs | inputs["settings"]
        probes: dict[str, Callable[[], Iterator[Finding]]] = {
            "batches": lambda: judge_batches(sizes, found),
            "order": lambda: _judge_order(sizes, found),
            "rest": lambda: _judge_rest(sizes, found),
            "gradient": lambda: _judge_gradient(found),
            "rates": lambda: judge_rates(sizes, [step["lr"] for step in found["taken"]]),
            "history": lambda: _judge_history(sizes, found),
            "mode": lambda: _judge_mode(inputs, found),
            "rules": lambda: _judge_rules(found),
        }
        return [finding for part in case.parts for finding in probes[part]()]


def _named_error(look: str, message: str) -> tuple[str, ...]:
    if any(words in message for words in NO_CUDA):
        return ("cuda-hard-coded",)
    return ("left-on-the-cpu",) if look == "device" and "same device" in message else ()


def _nothing_learned(found: dict[str, PlainData]) -> Finding:
    if not found["changed"]:
        if any(step["gradient"] == "none" for step in found["taken"]):
            return Finding("At each step the gradients were 0 or None.", ("zeroed-before-the-step",))
        return Finding("The network's parameters are as they were.", ("nothing-learned",))
    return Finding("The parameters changed, but by no optimizer of torch.optim: use one, such as torch.optim.SGD.")


def _judge_broken(response: Response) -> list[Finding]:
    if response.error is not None and response.error.type == "Broken":
        return []
    if response.error is not None:
        return [Finding(explain_error(response.error))]
    return [Finding("The network raised an error, and train_fast did not pass it on.", ("errors-swallowed",))]


def _judge_order(sizes: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
    """As in 07; the generator is PyTorch's."""
    for finding in judge_order(sizes, found):
        if finding.mistakes == ("rng-ignored",):
            alike = "same" in finding.text.split("gave")[0]
            gave = "gave different orders" if alike else "gave the same order"
            seeds = "The same seed, torch.manual_seed, " if alike else "Different seeds, torch.manual_seed, "
            yield Finding(f"{seeds}{gave}.", ("seed-ignored",))
        else:
            yield finding


def _judge_rest(sizes: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
    """Images that fill no batch may be left out of an epoch, or be a smaller one; no image comes twice in an epoch."""
    count, batch, epochs = len(sizes["labels"]), sizes["batch_size"], sizes["epochs"]
    if len(found["steps"]) == epochs * (count // batch):
        each = count // batch
        for k in range(epochs):
            seen = [n for numbers, _, _ in found["steps"][k * each : (k + 1) * each] for n in numbers]
            if len(set(seen)) < len(seen):
                yield Finding(f"In epoch {k} an image came twice.", ("drawn-with-replacement",))
                return
    else:
        yield from judge_batches(sizes, found)


def _judge_gradient(found: dict[str, PlainData]) -> Iterator[Finding]:
    for k, step in enumerate(found["taken"]):
        if step["gradient"] == "piled up":
            yield Finding(f"The gradient of step {k} is the sum of all so far.", ("gradients-kept",))
            return
        if step["gradient"] == "none":
            yield Finding(f"At step {k} the gradients were 0 or None.", ("zeroed-before-the-step",))
            return
        if step["gradient"] == "twice":
            yield Finding(f"Before step {k} the loss went backward twice.", ("backward-twice",))
            return
        if step["gradient"] == "another":
            yield Finding(f"The gradient of step {k} is not that of its batch.")
            return

    if found["as they were"]:
        text = f"After the training these are as they were: {', '.join(found['as they were'])}."
        yield Finding(text, ("partly-trained",))


def _judge_history(sizes: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
    """The mean loss of every step; one with label smoothing is a little different, and right too."""
    history, losses = found["history"], found["losses"]
    if isinstance(history, np.ndarray):
        history = history.tolist()
    if history is None:
        yield Finding("train_fast returned nothing (None). Is there a `return` at its end?", ("returns-nothing",))
    elif history in ("tensor", "tensors"):
        text = "history holds tensors; hand out floats, read from the device once: `torch.stack(losses).tolist()`."
        yield Finding(text, ("history-of-tensors",))
    elif not isinstance(history, (list, tuple)) or not all(type(value) in (int, float) for value in history):
        yield Finding("history must be a list of floats, the loss of every step.")
    elif len(history) != len(losses):
        known = ("history-by-epoch",) if len(history) == sizes["epochs"] else ()
        yield Finding(f"There were {len(losses)} steps; history has {len(history)} numbers.", known)
    else:
        told, right = np.array(history, dtype=float), np.array(losses)
        wrong = np.abs(told - right) > 0.3 + 0.1 * right
        if wrong.any():
            k = int(np.argmax(wrong))
            summed = np.allclose(told, right * sizes["batch_size"], rtol=0.1)
            text = f"The mean loss of step {k} was {right[k]:.3f}; history has {told[k]:.3f}."
            yield Finding(text, ("loss-summed",) if summed else ())


def _judge_mode(inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
    if not all(found["modes"]):
        yield Finding("The network was in evaluation mode while it was trained.", ("mode-not-set",))
    elif found["training"] != inputs["training"]:
        was, now = ("training" if mode else "evaluation" for mode in (inputs["training"], found["training"]))
        yield Finding(f"The network came in {was} mode and was given back in {now} mode.", ("mode-not-given-back",))
    if found["dtype"] != "torch.float32":
        yield Finding(f"The network's parameters are {found['dtype']} now.", ("network-cast",))


def _judge_rules(found: dict[str, PlainData]) -> Iterator[Finding]:
    for name in found["inputs changed"]:
        yield Finding(f"train_fast changed {name}: work with an order of places instead.", ("input-modified",))
    if found["compile"]:
        yield Finding(
            "The network was compiled without compiled=True: on a small task that takes longer than it saves."
        )


def _judge_device(case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
    """What was noted on the GPU that computes nothing; by now we know that no error was raised."""
    if not found["steps"]:
        yield Finding("No step was taken on the GPU.", ("nothing-learned",))
    elif case.parts == ("traffic",):
        if found["copied"]:
            text = f"{found['copied']} images were copied to the GPU after training had begun."
            yield Finding(text, ("copied-in-every-step",))
        if found["reads"] > inputs["settings"]["epochs"]:
            text = (
                f"In {found['steps']} steps numbers were read back from the GPU {found['reads']} times before the end."
            )
            yield Finding(text, ("read-in-every-step",))
    elif case.parts == ("formats",):
        if not found["channels last"]:
            yield Finding("The convolutions' weights are not in the channels_last format.", ("not-channels-last",))
        if found["dtype"] != "torch.float32":
            yield Finding(f"The network's parameters are {found['dtype']} now.", ("network-cast",))
        elif not set(found["autocast"]) <= {"bfloat16", "float16"}:
            yield Finding("The network computed in float32: no autocast was on when it was called.", ("no-autocast",))
    elif case.parts == ("compiled",) and not found["compile"]:
        yield Finding("compiled=True was passed, and torch.compile was not called.", ("compiled-ignored",))


def _judge_accuracy(found: dict[str, PlainData]) -> Iterator[Finding]:
    """The share of new images whose highest score is that of their class; the labels are known here alone."""
    scores, labels = found["scores"], digits().test_labels
    if not isinstance(scores, np.ndarray) or not np.isfinite(scores).all():
        yield Finding("The scores are not finite: the steps were too large for the network.")
    elif (share := float(np.mean(scores.argmax(axis=1) == labels))) < HELD_OUT.least:
        yield Finding(
            f"{share:.1%} of {len(labels)} digits it had not seen are right; at least {HELD_OUT.least:.0%} must be."
        )
