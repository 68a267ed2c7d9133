"""Measure the accuracy threshold of notebook 10: python benchmarks/design_thresholds.py [--seeds N]

Every right design of the gallery is trained with many seeds, each with another split into training and test digits.
The hidden case takes the mean of two such trainings, and each design must fail it less than once in 10,000, as tails.py
estimates. The threshold is the lowest of these means, rounded down to a whole percent. For comparison, some designs are
trained with a few seeds: those of the notebook, the wrong ones of the gallery whose only fault is their accuracy, and
the first right one with global average pooling. All runs are stored in design_thresholds.json; a further call adds to
them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import torch
from tails import least_mean_accuracy, summary
from torch import nn
from tqdm import tqdm

from autograder.exercises.design_your_own.measurement import HALF_WAY, LEAST
from autograder.gallery.registry import answers, find, functions, right_answers
from utils.design.designs import DESIGNS
from utils.design.measure import RECIPE, design
from utils.design.scattered import scattered_digits

OUT = Path(__file__).with_suffix(".json")
HELD_OUT, DIVISIONS = 397, 2  # test digits of a split; number of trainings whose mean is taken
FIRST = right_answers("build_model")[0].label
# mistakes that only cost accuracy; designs with another one fail before they are trained
BAD = ("no-nonlinearity", "no-convolution", "softmax-at-the-end", "too-little")


def with_average_pooling() -> nn.Module:
    """The first right design with global average pooling in place of global maximum pooling."""
    layers = list(_build(FIRST)().children())
    return nn.Sequential(*(nn.AdaptiveAvgPool2d(1) if isinstance(x, nn.AdaptiveMaxPool2d) else x for x in layers))


OTHERS = {
    **DESIGNS,
    "the first right design with global average pooling": with_average_pooling,
}  # label of the stored runs → design


def _build(label: str) -> Callable[[], nn.Module]:
    build_model: Callable[[], nn.Module] = functions(find("build_model", label), ("build_model",))["build_model"]
    return build_model


def trained(label: str, seed: int) -> float:
    """Accuracy on the test digits, from 0 to 1, after training with this seed and the split of this seed."""
    torch.set_num_threads(1)
    model = design(OTHERS.get(label) or _build(label), seed)
    data = scattered_digits(seed, division=seed)
    model.train(data.train_images, data.train_labels, seed)
    return round(model.accuracy(data.test_images, data.test_labels), 4)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seeds", type=int, default=30)
    arguments.add_argument("--other-seeds", type=int, default=4, help="for each design in the comparison")
    arguments.add_argument("--workers", type=int, default=os.cpu_count())
    options = arguments.parse_args()
    previous = json.loads(OUT.read_text()) if OUT.exists() else {}
    recipe = vars(RECIPE)
    # runs with another recipe are of no use
    runs: dict[str, dict[str, float]] = previous.get("runs", {}) if previous.get("recipe") == recipe else {}
    right = [a.label for a in right_answers("build_model")]
    wrong = [a.label for a in answers() if a.exercise == "build_model" and not a.right and a.says in BAD]
    others = [*wrong, *OTHERS]
    wanted = [*((label, options.seeds) for label in right), *((label, options.other_seeds) for label in others)]
    seeds = range(max(options.seeds, options.other_seeds))
    jobs = [(label, s) for s in seeds for label, n in wanted if s < n and str(s) not in runs.get(label, {})]
    with ProcessPoolExecutor(options.workers) as pool:
        shares = pool.map(trained, *zip(*jobs, strict=True)) if jobs else iter(())
        for (label, seed), share in zip(jobs, tqdm(shares, total=len(jobs)), strict=True):
            runs.setdefault(label, {})[str(seed)] = share
            OUT.write_text(json.dumps({"recipe": recipe, "runs": runs}, indent=1) + "\n")
    statistics = summary(
        {label: list(runs[label].values()) for label in right},
        lambda shares: least_mean_accuracy(shares, HELD_OUT, DIVISIONS),
    )
    threshold = statistics["threshold"]
    result: dict[str, Any] = {"recipe": recipe, **statistics}
    result["others"] = {label: list(runs[label].values()) for label in others}
    OUT.write_text(json.dumps(result | {"runs": runs}, indent=1) + "\n")
    for label, row in [*result["right"].items(), *result["others"].items()]:
        print(f"{label:80} {row}")
    print(f"threshold {threshold:.0%}; the check requires {LEAST:.0%}, and {HALF_WAY:.0%} for part of the points")
    if threshold < LEAST:
        sys.exit("LEAST in autograder/exercises/design_your_own/judged.py is above the threshold")


if __name__ == "__main__":
    main()
