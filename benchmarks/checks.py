"""Time each check after PyTorch has been imported: python benchmarks/checks.py

For every exercise, two times are measured in one process: a check of a right answer with the hidden cases, and a check
of a wrong answer without them, which includes the search for the smallest example. Each is the median of five calls
after one warm-up; for a check that trains a network, it is the first call.
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


def seconds(name: str, student: Mapping[str, Callable[..., Any]], hidden: bool, repeats: int = 5) -> float:
    """Median seconds of one check of the functions in `student`, by name."""
    start = time.perf_counter()
    verdict(name, student, hidden)
    if any(case.costly for case in EXERCISES[name].cases):
        return time.perf_counter() - start
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        verdict(name, student, hidden)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    print(machine())
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    print(f"starting Python and importing PyTorch: {time.perf_counter() - start:.1f} s (once per kernel)\n")
    print("| check | right answer, with hidden cases (ms) | wrong answer, with its example (ms) |")
    print("| --- | --- | --- |")
    for assignment, exercises in ASSIGNMENTS.items():
        notebook = tuple(exercise.name for exercise in exercises)
        for exercise in exercises:
            key = key_of(exercise.name, assignment)
            right = functions(right_answers(key)[0], notebook)
            wrong = next(answer for answer in answers() if answer.exercise == key and not answer.right)
            times = [
                seconds(key, {name: answer[name] for name in exercise.functions}, hidden)
                for answer, hidden in ((right, True), (functions(wrong, notebook), False))
            ]
            print(f"| {assignment} {exercise.name} | {times[0] * 1e3:.0f} | {times[1] * 1e3:.0f} |")


if __name__ == "__main__":
    main()
