"""Where the thresholds of 08 and 09 come from: python benchmarks/pytorch_thresholds.py [--seeds N]

The gallery's right answers to `train_one_epoch` and `train_fast` train a LeNet-5 in the budget of their check, on the
CPU, once for every seed. Kept in pytorch_thresholds.json: every accuracy on the 397 held-out digits; for each answer
the quantile that it falls below once in 10,000, by the fit to the tail in tails.py; and the threshold, the
lowest of them, rounded down to a whole percent. A run that was broken off goes on where it was.
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
BUDGETS: dict[str, list[Any]] = {
    "train_one_epoch": [len(digits().train_labels), list(training.RATES), training.BATCH],
    "train_fast": [HELD_OUT.images, HELD_OUT.epochs, HELD_OUT.batch, HELD_OUT.lr],
}
HELD_OUT_DIGITS = len(digits().test_labels)
LEAST = {"train_one_epoch": training.LEAST, "train_fast": HELD_OUT.least}


def accuracy(name: str, label: str, seed: int) -> float:
    """The share of the held-out digits that a network trained by this answer gets right."""
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
    kept = json.loads(OUT.read_text()) if OUT.exists() else {}
    wrong = []
    for name, budget in BUDGETS.items():
        before = kept.get(name, {})
        runs: dict[str, list[float]] = before.get("runs", {}) if before.get("budget") == budget else {}
        answers = [answer.label for answer in right_answers(name)]
        if name == "train_one_epoch":  # the right ways take the same steps, to the last bit
            answers = answers[:1]
        # seed by seed, so that a run that is broken off has something of each answer
        for seed in tqdm(range(options.seeds), desc=name, unit="seed"):
            for label in answers:
                if len(runs.setdefault(label, [])) <= seed:
                    runs[label].append(round(accuracy(name, label, seed), 4))
            kept[name] = {"budget": budget, "runs": runs}
            OUT.write_text(json.dumps(kept, indent=1) + "\n")
        kept[name] = {
            "budget": budget,
            **summary(runs, lambda shares: least_accuracy(shares, HELD_OUT_DIGITS)),
            "runs": runs,
        }
        OUT.write_text(json.dumps(kept, indent=1) + "\n")
        for label, row in kept[name]["right"].items():
            print(f"{label:75} {row}")
        print(f"{name}: threshold {kept[name]['threshold']:.0%}; the check has {LEAST[name]:.0%}")
        wrong += [name] if kept[name]["threshold"] < LEAST[name] else []
    if wrong:
        sys.exit(f"to be put right: what the check of {' and of '.join(wrong)} asks for")


if __name__ == "__main__":
    main()
