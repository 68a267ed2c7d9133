"""Which images came in which step: what a training loop must keep to, and what goes wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.guest.plain_data import Inputs, PlainData
from autograder.judging.exercise import Finding


def epochs_of(inputs: Inputs, steps: list[PlainData]) -> list[list[list[int]]]:
    """The numbers of the images, by epoch and step."""
    each = -(-len(inputs["labels"]) // inputs["batch_size"])
    return [[numbers for numbers, _, _ in steps[k : k + each]] for k in range(0, len(steps), each)]


def foreign_images(found: dict[str, PlainData]) -> Finding | None:
    """The first step with images that `train` was not given, if there is one."""
    for k, (numbers, _, _) in enumerate(found["steps"]):
        if -1 in numbers:
            return Finding(f"Step {k} used images that are not among those handed over.", ("test-data-used",))
    return None


def judge_batches(inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
    """Each epoch goes through all the images once, in batches of the size asked for, each image with its label."""
    steps = found["steps"]
    for k, (numbers, labels, _) in enumerate(steps):
        wrong = [n for n, label in zip(numbers, labels, strict=True) if inputs["labels"][n] != label]
        if wrong:
            label = labels[numbers.index(wrong[0])]
            text = f"In step {k} image {wrong[0]} came with the label {label}; its own is {inputs['labels'][wrong[0]]}."
            yield Finding(text, ("labels-apart",))
            return
    yield from _sizes(inputs, [len(numbers) for numbers, _, _ in steps]) or _coverage(inputs, steps)


def _sizes(inputs: Inputs, sizes: list[int]) -> list[Finding]:
    """Whether the batches have the sizes they should."""
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
    wanted = f"{len(epoch) * epochs} steps, in each epoch with {_listed(epoch)} images"
    text = f"{count} images in batches of {batch}, {epochs} epochs: that is {wanted}; yours were {_listed(sizes)}."
    return [Finding(text, (name,) if name else ())]


def _coverage(inputs: Inputs, steps: list[PlainData]) -> list[Finding]:
    """Whether each epoch has every image once."""
    for k, epoch in enumerate(epochs_of(inputs, steps)):
        counts = np.bincount([n for batch in epoch for n in batch], minlength=len(inputs["labels"]))
        if (counts != 1).any():
            often, never = int(np.argmax(counts)), int(np.argmin(counts))
            text = f"In epoch {k} image {often} came {counts[often]} times and image {never} {counts[never]} times."
            return [Finding(text, ("drawn-with-replacement",))]
    return []


def judge_order(inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
    """The images come in another order in each epoch, and the generator alone decides in which."""
    epochs = epochs_of(inputs, found["steps"])
    orders = [[n for batch in epoch for n in batch] for epoch in epochs]
    groups = [sorted(sorted(batch) for batch in epoch) for epoch in epochs]
    if any(order == sorted(order) for order in orders):
        yield Finding(f"The images came in the order {_listed(orders[0])}.", ("not-shuffled",))
    elif any(order == orders[0] for order in orders[1:]):
        yield Finding(f"Each epoch had the order {_listed(orders[0])}.", ("shuffled-once",))
    elif any(group == groups[0] for group in groups[1:]):
        text = f"The images {_listed(groups[0][0])} came together in one batch in each epoch."
        yield Finding(text, ("batches-stay-together",))
    elif any(_in_sequence(order) for order in orders):
        yield Finding(f"The images came in sequence: {_listed(orders[0])}.", ("not-shuffled",))
    else:
        again, other = ([numbers for numbers, _, _ in found[run]] for run in ("again", "other"))
        first = [numbers for numbers, _, _ in found["steps"]]
        if first != again:
            yield Finding("Two generators with the same seed gave different orders.", ("rng-ignored",))
        elif first == other:
            yield Finding("Generators with different seeds gave the same order.", ("rng-ignored",))


def _in_sequence(order: list[int]) -> bool:
    """Whether most images come beside the one that lies beside them in memory, as they do if nothing was shuffled."""
    steps = np.abs(np.diff(order))
    return bool(np.mean((steps == 1) | (steps == len(order) - 1)) > 0.5)


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:8])) + (", …" if len(numbers) > 8 else "")
