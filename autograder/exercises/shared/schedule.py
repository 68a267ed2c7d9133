"""Which images a training loop used in which step: what is right, and the mistakes that it reveals."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.guest.fakes.recording_model import Step
from autograder.guest.plain_data import Inputs
from autograder.guest.responders.probes import Observed
from autograder.judging.case import Finding


def by_epoch(inputs: Inputs, steps: list[Step]) -> list[list[list[int]]]:
    """The numbers of the images, by epoch and step."""
    each = -(-len(inputs["labels"]) // inputs["batch_size"])
    return [[step["images"] for step in steps[k : k + each]] for k in range(0, len(steps), each)]


def foreign_images(observed: Observed) -> Finding | None:
    """The first step with images that were not passed to the loop, if there is one."""
    for k, step in enumerate(observed["steps"]):
        if -1 in step["images"]:
            return Finding(f"Step {k} used images that are not among those that were passed.", ("test-data-used",))
    return None


def other_labels(inputs: Inputs, observed: Observed) -> Finding | None:
    """The first step with an image that came with another label than its own, if there is one."""
    labels = inputs["labels"]
    for k, step in enumerate(observed["steps"]):
        pairs = zip(step["images"], step["labels"], strict=True)
        mislabelled = [(image, label) for image, label in pairs if labels[image] != label]
        if mislabelled:
            image, label = mislabelled[0]
            text = f"In step {k} image {image} came with the label {label}; its own is {labels[image]}."
            return Finding(text, ("labels-apart",))
    return None


def judge_batches(inputs: Inputs, observed: Observed) -> Iterator[Finding]:
    """Each epoch uses every image once, in batches of `batch_size`, each image with its own label."""
    steps = observed["steps"]
    if (finding := other_labels(inputs, observed)) is not None:
        yield finding
        return
    yield from _judge_sizes(inputs, [len(step["images"]) for step in steps]) or _judge_coverage(inputs, steps)


def _judge_sizes(inputs: Inputs, sizes: list[int]) -> list[Finding]:
    """Whether the batches have the right sizes."""
    count, batch, epochs = len(inputs["labels"]), inputs["batch_size"], inputs["epochs"]
    full, rest = divmod(count, batch)
    epoch = [batch] * full + [rest] * (rest > 0)
    if sizes == epoch * epochs:
        return []
    name = ""
    if rest and sizes == [batch] * full * epochs:
        name = "last-batch-dropped"
    elif rest and sizes == [batch] * (full + 1) * epochs:
        name = "last-batch-filled"
    elif len(sizes) % len(epoch) == 0 and sizes == epoch * (len(sizes) // len(epoch)):
        name = "epochs-ignored"
    elif len(set(sizes)) == 1 and sizes[0] != batch:
        name = "batch-size-ignored"
    expected = f"{len(epoch) * epochs} steps, in each epoch with {_listed(epoch)} images"
    text = f"{count} images in batches of {batch}, {epochs} epochs: that is {expected}; yours were {_listed(sizes)}."
    return [Finding(text, (name,) if name else ())]


def _judge_coverage(inputs: Inputs, steps: list[Step]) -> list[Finding]:
    """Whether each epoch uses every image once."""
    for k, epoch in enumerate(by_epoch(inputs, steps)):
        counts = np.bincount([image for batch in epoch for image in batch], minlength=len(inputs["labels"]))
        if (counts != 1).any():
            most, least = int(np.argmax(counts)), int(np.argmin(counts))
            text = (
                f"In epoch {k} image {most} was used {_times(counts[most])} and image {least} {_times(counts[least])}."
            )
            return [Finding(text, ("drawn-with-replacement",))]
    return []


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(int(count), f"{count} times")


def judge_order(inputs: Inputs, observed: Observed) -> Iterator[Finding]:
    """The images come in another order in each epoch, and the generator alone decides in which."""
    epochs = by_epoch(inputs, observed["steps"])
    orders = [[image for batch in epoch for image in batch] for epoch in epochs]
    groups = [sorted(sorted(batch) for batch in epoch) for epoch in epochs]
    if any(order == sorted(order) for order in orders):
        yield Finding(f"The images came in the order {_listed(orders[0])}.", ("not-shuffled",))
    elif any(order == orders[0] for order in orders[1:]):
        yield Finding(f"Every epoch had the order {_listed(orders[0])}.", ("shuffled-once",))
    elif any(group == groups[0] for group in groups[1:]):
        text = f"The images {_listed(groups[0][0])} formed one batch in every epoch."
        yield Finding(text, ("batches-stay-together",))
    elif any(_in_sequence(order) for order in orders):
        yield Finding(f"The images came in sequence: {_listed(orders[0])}.", ("not-shuffled",))
    else:
        first, same_seed, other_seed = (
            [step["images"] for step in observed[run]] for run in ("steps", "same_seed", "other_seed")
        )
        if first != same_seed:
            yield Finding("Two generators with the same seed gave different orders.", ("rng-ignored",))
        elif first == other_seed:
            yield Finding("Generators with different seeds gave the same order.", ("rng-ignored",))


def _in_sequence(order: list[int]) -> bool:
    """Whether most images come next to a neighbour in memory, as they do if nothing was shuffled."""
    steps = np.abs(np.diff(order))
    return bool(np.mean((steps == 1) | (steps == len(order) - 1)) > 0.5)


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:8])) + (", …" if len(numbers) > 8 else "")
