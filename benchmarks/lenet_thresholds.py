"""Measure the accuracy threshold of the check of `train`: python benchmarks/lenet_thresholds.py [--seeds N]

The right answers of the gallery, a LeNet-5 with each of four kinds of initial weights, are trained with the budget of
the check, once for each seed; wrong answers with fewer seeds. (One training loop is enough: all right ones draw the
same permutations.) lenet_thresholds.json stores

- the accuracy of each run, and the smallest margin by which one of the 50 images to overfit is classified correctly;
- for each right answer the accuracy and the margin that it falls below once in 10,000 runs, estimated by tails.py;
- the threshold: the lowest of these accuracies, rounded down to a whole percent;
- for each wrong answer how often the thresholds fail it, and which other cases of the checks do. If no case fails one,
  it is listed, and the script exits with an error.

After an interruption the script continues where it stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from tails import ONCE_IN, least_accuracy, tail
from tqdm import tqdm

from autograder.check import verdict
from autograder.exercises import ASSIGNMENTS, EXERCISES
from autograder.exercises.lenet_numpy.budget import HELD_OUT, OVERFIT
from autograder.exercises.shared.digits import digits
from autograder.gallery.registry import Answer, answers, functions, right_answers
from autograder.guest.responders import gather

OUT = Path(__file__).with_name("lenet_thresholds.json")
WORST = -1e6  # margin if a score is not finite
NOTEBOOK = tuple(exercise.name for exercise in ASSIGNMENTS["07_lenet_numpy"])
BUDGETS = {"overfit": OVERFIT, "held out": HELD_OUT}
# exercise → mistakes to train with
BAD = {
    "train": (
        "not-shuffled",
        "shuffled-once",
        "batches-stay-together",
        "drawn-with-replacement",
        "labels-apart",
        "last-batch-dropped",
        "gradients-kept",
        "gradients-late",
        "no-momentum",
        "velocity-restarted",
        "lr-ignored",
        "lr-halved-each-epoch",
        "gradients-summed",
        "averaged-twice",
        "uphill",
        "test-data-used",
    ),
    "LeNet5": (
        "relu-before-softmax",
        "loss-summed",
        "gradients-kept",
        "flatten-order",
        "relu-forgotten",
        "bias-unused",
    ),
    "sgd_momentum_step": ("uphill", "no-momentum", "gradient-damped", "learning-rate-forgotten"),
}


def trained(title: str, budget: str, seed: int) -> list[float]:
    """[accuracy from 0 to 1, smallest margin of the correct score over the next best] after training.

    Args:
        title: of the answer in the gallery; the rest of the notebook is right.
        budget: a key of BUDGETS.
        seed: of the weights and the order.
    """
    exercise = EXERCISES["train"]
    answer = next(answer for answer in answers() if answer.title == title)
    case = next(case for case in exercise.cases if case.sizes.get("budget") is BUDGETS[budget])
    inputs = exercise.challenge(case, np.random.default_rng(0)) | {"seed": seed}
    # train even where the check would not
    response = gather(exercise.question(inputs), functions(answer, NOTEBOOK))
    if response.error is not None:
        return [0.0, WORST]
    scores = response.answer["scores"].astype(float)
    labels = inputs["labels"] if budget == "overfit" else digits().test_labels
    if not np.isfinite(scores).all():
        return [0.0, WORST]
    rows = np.arange(len(labels))
    best = scores[rows, labels].copy()
    scores[rows, labels] = -np.inf
    margin = best - scores.max(axis=1)
    return [float(np.mean(margin > 0)), max(float(margin.min()), WORST)]


def failed_by(title: str) -> dict[str, Any]:
    """The cases without training that fail an answer, and the mistakes that the check names."""
    answer = next(answer for answer in answers() if answer.title == title)
    notebook = functions(answer, NOTEBOOK)
    student = {name: notebook[name] for name in EXERCISES[answer.exercise].functions}
    result = verdict(answer.exercise, student, hidden=True, skip=lambda case, failed: case.costly)
    return {
        "failed by": [case.name for case in result.cases if not case.passed],
        "named": [mistake.name for mistake in result.mistakes],
    }


def wrong_answers() -> list[Answer]:
    return [a for a in answers() if not a.right and a.says in BAD.get(a.exercise, ())]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seeds", type=int, default=30)
    arguments.add_argument("--bad-seeds", type=int, default=2, help="for each wrong answer")
    arguments.add_argument("--workers", type=int, default=os.cpu_count())
    options = arguments.parse_args()
    settings = {name: [b.images, b.batch, [list(pair) for pair in b.schedule]] for name, b in BUDGETS.items()}
    previous = json.loads(OUT.read_text()) if OUT.exists() else {}
    # runs with other budgets are of no use
    runs: dict[str, Any] = previous.get("runs", {}) if previous.get("budgets") == settings else {}
    wanted = [(a, options.seeds) for a in right_answers("LeNet5")]
    wanted += [(a, options.bad_seeds) for a in wrong_answers()]
    jobs = [
        (answer.title, budget, seed)
        for budget in BUDGETS
        for answer, seeds in wanted
        for seed in range(seeds)
        if str(seed) not in runs.get(budget, {}).get(answer.title, {})
    ]
    result: dict[str, Any] = {"budgets": settings, "runs": runs}
    with ProcessPoolExecutor(options.workers) as pool:
        outcomes = pool.map(trained, *zip(*jobs, strict=True)) if jobs else iter(())
        for k, ((title, budget, seed), outcome) in enumerate(zip(jobs, tqdm(outcomes, total=len(jobs)), strict=True)):
            runs.setdefault(budget, {}).setdefault(title, {})[str(seed)] = [round(v, 4) for v in outcome]
            if k % 20 == 0:
                OUT.write_text(json.dumps(result, indent=1) + "\n")
        titles = [answer.title for answer in wrong_answers()]
        failures = dict(zip(titles, pool.map(failed_by, titles), strict=True))
    result |= summary(runs, failures)
    OUT.write_text(json.dumps(result, indent=1) + "\n")
    report(result)


def summary(runs: dict[str, Any], failures: dict[str, Any]) -> dict[str, Any]:
    """Statistics of the right answers, the threshold, and what fails each wrong answer.

    Args:
        runs: budget → title → seed → what `trained` returned.
        failures: title → what `failed_by` returned.
    """
    count = len(digits().test_labels)
    right, bad = {}, {}
    for answer in right_answers("LeNet5"):
        shares, margins = (np.array(list(runs[b][answer.title].values())) for b in ("held out", "overfit"))
        right[answer.title] = {
            "seeds": len(shares),
            "mean": round(float(shares[:, 0].mean()), 4),
            "least": float(shares[:, 0].min()),
            "at least 97 %": round(float(np.mean(shares[:, 0] >= 0.97)), 3),
            f"once in {ONCE_IN}": round(least_accuracy(shares[:, 0], count), 4),
            "overfit: all 50 right": round(float(np.mean(margins[:, 0] == 1)), 3),
            "overfit: least margin": float(margins[:, 1].min()),
            f"overfit: margin once in {ONCE_IN}": round(tail(margins[:, 1]), 3),
        }
    threshold = np.floor(100 * min(row[f"once in {ONCE_IN}"] for row in right.values())) / 100
    for answer in wrong_answers():
        shares, overfit = ([v[0] for v in runs[b][answer.title].values()] for b in ("held out", "overfit"))
        by_accuracy = float(np.mean([share < threshold for share in shares]))
        bad[answer.title] = {
            "held out": shares,
            "failed by the threshold": round(by_accuracy, 2),
            "failed by overfitting": round(float(np.mean([share < 1 for share in overfit])), 2),
            **failures[answer.title],
        }
    caught = [bool(row["failed by"]) or row["failed by the threshold"] == 1 for row in bad.values()]
    harmless = [title for title, is_caught in zip(bad, caught, strict=True) if not is_caught]
    return {"threshold": float(threshold), "right": right, "wrong": bad, "failed by nothing": harmless}


def report(result: dict[str, Any]) -> None:
    """Print the results; exit with an error if a wrong answer passes, or the check requires another accuracy."""
    for title, row in result["right"].items():
        print(f"{title:90} {row}")
    for title, row in result["wrong"].items():
        print(f"{title:70} {np.round(row['held out'], 3)} {row['failed by the threshold']} {row['named']}")
    print(f"threshold {result['threshold']:.0%}; the check requires {HELD_OUT.least:.0%}")
    if result["failed by nothing"]:
        sys.exit(f"no case fails {'; '.join(result['failed by nothing'])}")
    if result["threshold"] != HELD_OUT.least:
        sys.exit("HELD_OUT.least in autograder/exercises/lenet_numpy/budget.py is not the threshold")


if __name__ == "__main__":
    main()
