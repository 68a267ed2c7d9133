"""Measure the accuracy thresholds of notebooks 08 and 09: python benchmarks/pytorch_thresholds.py [--seeds N]

The right answers to `train_one_epoch` and `train_fast` in the gallery train a LeNet-5 with the budget of their check,
on the CPU, once for each seed. pytorch_thresholds.json stores the accuracy of each run on the 397 held-out digits; for
each answer the accuracy that it falls below once in 10,000 runs, estimated by tails.py; and the threshold, the lowest
of these rounded down to a whole percent. After an interruption the script continues where it stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from tails import least_accuracy, summary
from tqdm import tqdm

from autograder.exercises import ASSIGNMENTS, EXERCISES, assignment_of
from autograder.exercises.gpu.budget import HELD_OUT
from autograder.exercises.pytorch import training
from autograder.exercises.shared.digits import digits
from autograder.gallery.registry import find, functions, right_answers
from autograder.guest.responders import gather

OUT = Path(__file__).with_suffix(".json")
# what the runs depend on; stored with them
BUDGETS: dict[str, list[Any]] = {
    "train_one_epoch": [len(digits().train_labels), list(training.RATES), training.BATCH],
    "train_fast": [HELD_OUT.images, HELD_OUT.epochs, HELD_OUT.batch, HELD_OUT.lr],
}
HELD_OUT_DIGITS = len(digits().test_labels)
# accuracy that the checks require
LEAST = {"train_one_epoch": training.LEAST, "train_fast": HELD_OUT.least}


def accuracy(name: str, label: str, seed: int) -> float:
    """Accuracy on the held-out digits, from 0 to 1, after training by the gallery's answer `label` to `name`."""
    exercise = EXERCISES[name]
    case = next(case for case in exercise.cases if case.costly)
    inputs = exercise.challenge(case, np.random.default_rng(0)) | {"seed": seed}
    notebook = tuple(exercise.name for exercise in ASSIGNMENTS[assignment_of(name)])
    response = gather(exercise.question(inputs), functions(find(name, label), notebook))
    if response.error is not None:
        sys.exit(f"{label}: {response.error.type}: {response.error.message}")
    return float(np.mean(response.answer["scores"].argmax(axis=1) == digits().test_labels))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seeds", type=int, default=30)
    options = arguments.parse_args()
    results = json.loads(OUT.read_text()) if OUT.exists() else {}
    too_high = []
    for name, budget in BUDGETS.items():
        previous = results.get(name, {})
        # runs with another budget are of no use
        runs: dict[str, list[float]] = previous.get("runs", {}) if previous.get("budget") == budget else {}
        labels = [answer.label for answer in right_answers(name)]
        if name == "train_one_epoch":  # all right answers compute the same steps, bit for bit
            labels = labels[:1]
        # seed by seed, so that an interrupted script has runs of every answer
        for seed in tqdm(range(options.seeds), desc=name, unit="seed"):
            for label in labels:
                if len(runs.setdefault(label, [])) <= seed:
                    runs[label].append(round(accuracy(name, label, seed), 4))
            results[name] = {"budget": budget, "runs": runs}
            OUT.write_text(json.dumps(results, indent=1) + "\n")
        results[name] = {
            "budget": budget,
            **summary(runs, lambda shares: least_accuracy(shares, HELD_OUT_DIGITS)),
            "runs": runs,
        }
        OUT.write_text(json.dumps(results, indent=1) + "\n")
        for label, row in results[name]["right"].items():
            print(f"{label:75} {row}")
        print(f"{name}: threshold {results[name]['threshold']:.0%}; the check requires {LEAST[name]:.0%}")
        too_high += [name] if results[name]["threshold"] < LEAST[name] else []
    if too_high:
        sys.exit(f"the check requires too much of {' and of '.join(too_high)}")


if __name__ == "__main__":
    main()
