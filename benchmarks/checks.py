"""How long the checks take once PyTorch is imported: python benchmarks/checks.py

For every exercise: the seconds of a check with its hidden cases on a right answer, and of a check without them on a
wrong one, which also looks for the smallest example. Medians of five after one warm-up, in one process; where a check
trains, the first call alone.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from machine import machine

from autograder.check import verdict
from autograder.exercises import ASSIGNMENTS, EXERCISES, key_of
from autograder.gallery.registry import answers, functions, right_answers


def seconds(name: str, chosen: Mapping[str, Callable[..., Any]], hidden: bool, repeats: int = 5) -> float:
    """Median seconds of one check."""
    started = time.perf_counter()
    verdict(name, chosen, hidden)
    if any(case.costly for case in EXERCISES[name].cases):
        return time.perf_counter() - started
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        verdict(name, chosen, hidden)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    print(machine())
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    print(f"a Python that imports PyTorch: {time.perf_counter() - started:.1f} s (once a kernel)\n")
    print("| check | right answer, hidden cases too (ms) | wrong answer, with its example (ms) |")
    print("| --- | --- | --- |")
    for assignment, exercises in ASSIGNMENTS.items():
        notebook = tuple(exercise.name for exercise in exercises)
        for exercise in exercises:
            key = key_of(exercise.name, assignment)
            right = functions(right_answers(key)[0], notebook)
            wrong = next(answer for answer in answers() if answer.exercise == key and not answer.right)
            cost = [
                seconds(key, {name: chosen[name] for name in exercise.functions}, hidden)
                for chosen, hidden in ((right, True), (functions(wrong, notebook), False))
            ]
            print(f"| {assignment} {exercise.name} | {cost[0] * 1e3:.0f} | {cost[1] * 1e3:.0f} |")


if __name__ == "__main__":
    main()
