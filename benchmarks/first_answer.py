"""How long somebody waits for `autograder grade`: with nothing to do, for one student, for the first result of a class.

    python benchmarks/first_answer.py

Each command runs as a whole process, from Python's start to its end. Processor time is that of all its processes.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from grading import course_of, peak_memory
from machine import machine

from autograder.course import Course

ASSIGNMENT = "01_backprop"
STUDENT = "student-0000"
REPEATS = 5


@dataclass(frozen=True)
class Waited:
    """One run of the command."""

    wall: float  # seconds
    processor: float  # seconds of all its processes
    first: float  # seconds of wall time until the first result was recorded


def grade(course: Course, *options: str) -> Waited:
    """Run `autograder grade` once."""
    command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, *options]
    folder, began = course.path("autograded"), time.time()
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, cwd=course.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    first = 0.0
    while process.poll() is None:
        if not first and any(path.stat().st_mtime > began for path in folder.glob(f"*/{ASSIGNMENT}/*.ipynb")):
            first = time.perf_counter() - start
        time.sleep(0.01)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert process.returncode == 0
    return Waited(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, first)


def row(name: str, run: Callable[[], Waited], repeats: int) -> Waited:
    """Print a row of medians."""
    runs = [run() for _ in range(repeats)]
    wall, processor, first = (
        statistics.median(getattr(one, part) for one in runs) for part in ("wall", "processor", "first")
    )
    print(f"| {name} | {wall:.2f} | {processor:.2f} | {f'{first:.2f}' if first else '–'} |", flush=True)
    return Waited(wall, processor, first)


def main() -> None:
    print(machine() + "\n")
    with course_of(40, (ASSIGNMENT,)) as course:
        grade(course)  # the first run also writes Python's compiled files
        print("| `autograder grade` of 40 submissions of 01 | wall (s) | processor (s) | first result (s) |")
        print("| --- | --- | --- | --- |")
        row("nothing to do", lambda: grade(course), REPEATS)
        row("one student again", lambda: grade(course, "--student", STUDENT, "--force"), REPEATS)
        one = row("all again, one worker", lambda: grade(course, "--workers", "1", "--force"), 1)
        with peak_memory() as peak:
            two = row("all again, two workers", lambda: grade(course, "--workers", "2", "--force"), 1)
    print(f"\nA second worker: {one.wall / two.wall:.2f} times as fast. Peak memory with two: {peak[0]:,.0f} MB.")


if __name__ == "__main__":
    main()
