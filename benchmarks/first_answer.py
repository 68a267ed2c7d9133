"""How long somebody waits for `autograder grade`: with nothing to do, for one student, for the first result of a class.

    python benchmarks/first_answer.py [--growth]

Each command runs as a whole process, from Python's start to its end. Processor time is that of all its processes.
Memory is the proportional set size: a page that processes share counts once. --growth adds classes of 10, 100 and 1000,
whose memory per worker should be the same.
"""

from __future__ import annotations

import argparse
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
CLASSES = (10, 100, 1000)  # submissions


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


def growth() -> None:
    """Print time and memory for classes of several sizes."""
    print("\n| submissions | wall (s) | first result (s) | memory of all (MB) | memory of one worker (MB) |")
    print("| --- | --- | --- | --- | --- |")
    for count in CLASSES:
        with course_of(count, (ASSIGNMENT,)) as course, peak_memory() as peak:
            waited = grade(course, "--workers", "2")
        print(f"| {count} | {waited.wall:.1f} | {waited.first:.2f} | {peak[0]:,.0f} | {peak[1]:,.0f} |", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--growth", action="store_true")
    options = arguments.parse_args()
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
    print(f"\nA second worker: {one.wall / two.wall:.2f} times as fast. Peak memory with two: {peak[0]:,.0f} MB,")
    print(f"of which the larger worker has {peak[1]:,.0f} MB, with its warm process and its kernel.")
    if options.growth:
        growth()


if __name__ == "__main__":
    main()
