"""09_gpu: the fast training loop, by its steps, by its use of a GPU, and by what a LeNet-5 learns in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.exercises.gpu.budget import HELD_OUT
from autograder.exercises.gpu.fast_mistakes import MISTAKES
from autograder.exercises.gpu.rates import judge_rates
from autograder.exercises.gpu.steps import WRONG_GRADIENTS, evaluating, judge_second_call, nothing_learned
from autograder.exercises.shared.digits import digits, judge_accuracy
from autograder.exercises.shared.schedule import foreign_images, judge_batches, judge_order, other_labels
from autograder.guest.fakes.recording_model import marked_images
from autograder.guest.plain_data import Inputs
from autograder.guest.responders.probes import Observed
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.error_sentence import explain_error
from autograder.judging.observed import ObservedExercise

SMALL = {"count": 24, "batch": 6, "epochs": 3}
GPU = {"probe": "fake_gpu", "count": 8, "batch": 4, "epochs": 1}


class TrainFast(ObservedExercise):
    name, points = "train_fast", 35
    seconds = 120.0  # training takes ten; a busy machine may need longer
    responder = "fast_training"
    card_inputs = ("images", "labels", "settings")
    returns = ("history",)
    cases = (
        Case("every image once an epoch, with its own label", {**SMALL, "epochs": 2}, parts=("batches",), weight=2),
        Case("a new order in each epoch, out of PyTorch's seed", {**SMALL, "repeat": True}, parts=("order",), weight=2),
        Case("26 images in batches of 6", {"count": 26, "batch": 6, "epochs": 2}, parts=("rest",)),
        Case("each step with the gradient of its own batch", SMALL, parts=("gradient",), weight=8),
        Case("the learning rate goes up to lr and ends near 0", SMALL, parts=("rates",), weight=2),
        Case("the optimizer's momentum lasts from epoch to epoch", SMALL, parts=("momentum",)),
        Case("history: the loss of every step", SMALL, parts=("history",)),
        Case(
            "a network that comes in evaluation mode",
            {**SMALL, "epochs": 1},
            parts=("mode",),
            conventions=("dtype", "memory"),
        ),
        Case(
            "a network that comes in evaluation mode, two epochs",
            {**SMALL, "epochs": 2},
            parts=("mode",),
            conventions=("dtype", "memory"),
            weight=0,
        ),
        Case(
            "a network that comes in training mode",
            SMALL,
            parts=("mode",),
            conventions=("dtype", "memory"),
            weight=0,
        ),
        Case(
            "images and labels left as they were",
            {**SMALL, "epochs": 1},
            parts=("rules",),
            conventions=("formats", "memory"),
        ),
        Case(
            "a second call with the same network: nothing of the first is left",
            {**SMALL, "epochs": 1, "again": True},
            parts=("again",),
            conventions=("memory",),
            weight=0,
        ),
        Case(
            "an error in the network comes through",
            {**SMALL, "probe": "broken_network"},
            conventions=("errors",),
            weight=0,
        ),
        Case("on a GPU: network, images and labels are there", GPU, parts=("steps",), conventions=("device",)),
        Case(
            "on a GPU: nothing is copied or read in every step",
            {**GPU, "epochs": 2},
            parts=("traffic",),
            conventions=("traffic",),
        ),
        Case("on a GPU: channels_last and autocast", GPU, parts=("formats",), conventions=("formats",)),
        Case(
            "compiled=True hands the network to torch.compile",
            {**GPU, "compiled": True},
            parts=("compiled",),
            conventions=("formats",),
        ),
        Case(
            "other sizes",
            {"count": range(13, 30), "batch": range(3, 7), "epochs": range(2, 5), "exact": True, "repeat": True},
            hidden=True,
            parts=("batches", "order", "gradient", "history", "mode", "rules"),
            conventions=("memory",),
            weight=3,
        ),
        Case(
            f"at least {HELD_OUT.least:.0%} of 397 new digits after {HELD_OUT.epochs} epochs on the CPU",
            {"probe": "accuracy"},
            weight=2,
            costly=True,
        ),
    )
    mistakes = MISTAKES

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """Marked images, labels and settings; for "accuracy", digits, and in `evaluate_on` those of the test.

        repeat: train twice more, to compare seeds; again: train the same network once more; training: the mode of the
        network before the call.
        """
        inputs: Inputs = {"probe": sizes.get("probe", "training"), "seed": int(rng.integers(1000))}
        if inputs["probe"] == "accuracy":
            data, settings = digits(), {"epochs": HELD_OUT.epochs, "batch_size": HELD_OUT.batch, "lr": HELD_OUT.lr}
            inputs |= {"images": data.train_images[: HELD_OUT.images], "labels": data.train_labels[: HELD_OUT.images]}
            return inputs | {"evaluate_on": data.test_images, "settings": settings}
        count, batch = sizes["count"], sizes["batch"]
        if sizes.get("exact"):
            count = max(batch * 3, count - count % batch)
        settings = {"epochs": sizes["epochs"], "batch_size": batch, "lr": 0.05}
        if sizes.get("compiled"):
            settings["compiled"] = True
        images = marked_images(count, rng).astype(np.float32)
        inputs |= {"images": images, "labels": rng.integers(0, 10, count), "settings": settings}
        inputs |= {"repeat": sizes.get("repeat", False), "again": sizes.get("again", False)}
        return inputs | {"training": bool(sizes["epochs"] == SMALL["epochs"])}

    def challenge(self, case: Case, rng: Any, sizes: Sizes | None = None) -> Inputs:
        """The inputs of one case; images are float32 in every one."""
        return self.inputs(case.draw(rng) if sizes is None else sizes, rng)

    def must_raise(self, inputs: Inputs) -> bool:
        return bool(inputs["probe"] == "broken_network")

    def judge_raised(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        """The error that the network raised."""
        if response.error is None:
            yield Finding("The network raised an error, and train_fast did not pass it on.", ("errors-swallowed",))
        elif response.error.type != "Broken":
            yield Finding(explain_error(response.error))

    def judge_training(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The parts of the case, if the loop took steps, and with the images and labels that were passed."""
        if not observed["changed"] or not observed["optimizer_steps"]:
            yield nothing_learned(observed)
        elif (foreign := foreign_images(observed)) is not None:
            yield Finding(foreign.text, ("other-images",))
        elif (other := other_labels(inputs, observed)) is not None:
            yield other
        else:
            yield from self.judge_aspects(case.parts, case, inputs | inputs["settings"], observed)

    def judge_batches(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        yield from judge_batches(inputs, observed)

    def judge_order(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """As in 07, with PyTorch's generator."""
        for finding in judge_order(inputs, observed):
            if finding.mistakes != ("rng-ignored",):
                yield finding
            elif "same seed" in finding.text:
                yield Finding("After torch.manual_seed with the same seed, the orders differ.", ("seed-ignored",))
            else:
                yield Finding("After torch.manual_seed with different seeds, the order is the same.", ("seed-ignored",))

    def judge_rest(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """Images that fill no batch may be left out of an epoch, or form a smaller one; none is used twice."""
        epochs, each = inputs["epochs"], len(inputs["labels"]) // inputs["batch_size"]
        if len(observed["steps"]) != epochs * each:
            yield from judge_batches(inputs, observed)
            return
        for k in range(epochs):
            images = [image for step in observed["steps"][k * each : (k + 1) * each] for image in step["images"]]
            if len(set(images)) < len(images):
                yield Finding(f"In epoch {k} an image was used twice.", ("drawn-with-replacement",))
                return

    def judge_gradient(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """Each step uses the gradient of its own batch, and changes all weights."""
        for k, step in enumerate(observed["optimizer_steps"]):
            if step["gradient"] in WRONG_GRADIENTS:
                text, mistakes = WRONG_GRADIENTS[step["gradient"]]
                yield Finding(text.format(k=k), mistakes)
                return
        if unchanged := observed["unchanged"]:
            yield Finding(f"The training left these unchanged: {', '.join(unchanged)}.", ("partly-trained",))

    def judge_momentum(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """No step begins without the momentum, or other state, that the step before it left."""
        had = [step["state"] for step in observed["optimizer_steps"]]
        lost = [k for k in range(2, len(had)) if had[k - 1] and not had[k]]
        if lost:
            text = f"At step {lost[0]} the optimizer had no momentum any more; at step {lost[0] - 1} it had."
            yield Finding(text, ("momentum-lost",))

    def judge_rates(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        yield from judge_rates(inputs, [step["lr"] for step in observed["optimizer_steps"]])

    def judge_history(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The mean loss of every step; with label smoothing it is a little different, and right too."""
        history, losses = observed["history"], observed["losses"]
        if isinstance(history, np.ndarray):
            history = history.tolist()
        if history is None:
            yield Finding("train_fast returned nothing (None). Is there a `return` at its end?", ("returns-nothing",))
        elif history in ("tensor", "tensors"):
            text = "history holds tensors; return floats, read from the device once: `torch.stack(losses).tolist()`."
            yield Finding(text, ("history-of-tensors",))
        elif not isinstance(history, (list, tuple)) or not all(type(value) in (int, float) for value in history):
            yield Finding("history must be a list of floats, the loss of every step.")
        elif len(history) != len(losses):
            mistakes = ("history-by-epoch",) if len(history) == inputs["epochs"] else ()
            yield Finding(f"There were {len(losses)} steps; history has {len(history)} numbers.", mistakes)
        else:
            got, right = np.array(history, dtype=float), np.array(losses)
            wrong = np.abs(got - right) > 0.3 + 0.1 * right
            if wrong.any():
                k = int(np.argmax(wrong))
                summed = np.allclose(got, right * inputs["batch_size"], rtol=0.1)
                text = f"The mean loss of step {k} was {right[k]:.3f}; history has {got[k]:.3f}."
                yield Finding(text, ("loss-summed",) if summed else ())

    def judge_mode(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The mode during training and afterwards, and the dtype of the parameters."""
        if not all(observed["modes"]):
            yield Finding(evaluating(observed["modes"], inputs["epochs"]), ("mode-not-set",))
        elif observed["training"] != inputs["training"]:
            before, after = (
                "training" if mode else "evaluation" for mode in (inputs["training"], observed["training"])
            )
            text = f"The network was in {before} mode before the call, and is in {after} mode now."
            yield Finding(text, ("mode-not-given-back",))
        yield from _judge_dtype(observed)

    def judge_again(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        yield from judge_second_call(observed)

    def judge_rules(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """Images and labels are as they were, and nothing was compiled."""
        for name in observed["changed_inputs"]:
            yield Finding(f"train_fast changed {name}: shuffle a tensor of indices instead.", ("input-modified",))
        if observed["compile"]:
            text = "The network was compiled without compiled=True: on a small task that takes longer than it saves."
            yield Finding(text, convention="formats")

    def judge_fake_gpu(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The parts of the case, if steps were taken on the GPU; no error was raised."""
        if not observed["steps"]:
            yield Finding("No step was taken on the GPU.")
        elif case.parts != ("steps",):
            yield from self.judge_aspects(case.parts, case, inputs, observed)

    def judge_traffic(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """What was copied to the GPU and read back from it."""
        copied, reads = observed["copied"], observed["reads"]
        if copied:
            yield Finding(f"{copied} images were copied to the GPU after the first step.", ("copied-in-every-step",))
        if observed["indices"] > inputs["settings"]["epochs"]:
            text = f"In {observed['steps']} steps, indices or labels were copied there {observed['indices']} times."
            yield Finding(text, ("indices-on-the-cpu",))
        if reads > inputs["settings"]["epochs"]:
            text = f"In {observed['steps']} steps, numbers were read back from the GPU {reads} times before the end."
            yield Finding(text, ("read-in-every-step",))

    def judge_formats(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The memory format and the dtypes."""
        if not observed["channels_last"]:
            yield Finding("The convolutions' weights are not in the channels_last format.", ("not-channels-last",))
        if observed["dtype"] != "torch.float32":
            yield from _judge_dtype(observed)
        elif not set(observed["autocast"]) <= {"bfloat16", "float16"}:
            yield Finding("The network computed in float32: it was called without autocast.", ("no-autocast",))
        elif observed["backward_autocast"]:
            text = f"The backward pass ran under autocast to {observed['backward_autocast']}."
            yield Finding(text, ("backward-under-autocast",))

    def judge_compiled(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        if not observed["compile"]:
            yield Finding("compiled=True was passed, but torch.compile was not called.", ("compiled-ignored",))

    def judge_accuracy(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The accuracy on held-out digits, whose labels never reach the student's process."""
        yield from judge_accuracy(observed["scores"], digits().test_labels, HELD_OUT.least)


def _judge_dtype(observed: Observed) -> Iterator[Finding]:
    if observed["dtype"] != "torch.float32":
        yield Finding(f"The network's parameters are {observed['dtype']} now.", ("network-cast",))
