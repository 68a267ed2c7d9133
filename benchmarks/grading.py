"""Grading a class, by stock nbgrader and by this course: python benchmarks/grading.py [--students 40] [--growth]

The same made-up class (every student right, each in another style) on each notebook from 01 to 06:

- stock nbgrader, as it is installed, and with the demonstrations skipped: seconds for one submission, without those
  that the command takes where nobody has handed in;
- this course, on one worker and on two: the whole class, with everything from the start of the command on;
- a kernel's start until it answers its first cell: cold, with PyTorch imported, and out of a warm process; medians;
- what a submission takes beyond its own code: medians;
- memory, as the sum of proportional sizes of all processes, at its highest.

With --growth also 1, 2 and 4 workers, and 10, 100 and 1000 submissions of one short notebook.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager
from machine import machine

from autograder.authoring.build import build
from autograder.course import CONFIG, Course
from autograder.demo.students import Student, Work, hand_in
from autograder.grading.grade import Settings, grade, students_to_grade, tasks_to_do
from autograder.grading.submission import close_warm_processes
from autograder.guest.memory import proportional
from autograder.sandbox.limits import Limits
from autograder.sandbox.provisioner import SandboxKernelManager
from autograder.sandbox.warm import WarmProcess

REPOSITORY = Path(__file__).resolve().parent.parent
ASSIGNMENTS = (
    "01_backprop",
    "02_convolution",
    "03_conv_backward",
    "04_fast_convolution",
    "05_pooling",
    "06_batchnorm",
)
STYLES = ("", "loop", "einsum", "product", "windows", "where", "mask", "as_strided", "counts", "index", "step")
PLUGGED_IN = re.compile(r"^c\.Autograde\.(.*?= \[.*?^\]|.*?$)", re.MULTILINE | re.DOTALL)
SKIP = '\nc.Execute.skip_cells_with_tag = "demo"\n'


@contextlib.contextmanager
def course_of(count: int, assignments: tuple[str, ...] = ASSIGNMENTS) -> Iterator[Course]:
    """A built course in which `count` students have handed in each assignment."""
    with tempfile.TemporaryDirectory(prefix="grading-benchmark-") as folder:
        root = Path(folder)
        shutil.copy(REPOSITORY / CONFIG, root)
        for assignment in assignments:
            shutil.copytree(REPOSITORY / "solutions" / assignment, root / "solutions" / assignment)
        course = Course(root)
        build(course, assignments)
        for k in range(count):
            work = Work((STYLES[k % len(STYLES)], STYLES[k // len(STYLES) % len(STYLES)]))
            student = Student(f"student-{k:04}", "", dict.fromkeys(assignments, work))
            for assignment in assignments:
                hand_in(student, assignment, course.release(assignment), course.path("submitted"))
        yield course


def stock_seconds(course: Course, assignment: str, more: str) -> float:
    """Seconds that one submission takes nbgrader's own executor."""
    settings = course.root / CONFIG
    ours = settings.read_text()
    settings.write_text(PLUGGED_IN.sub("", ours) + more)
    taken = []
    try:
        for student in ("nobody", "student-0000"):
            command = [sys.executable, "-m", "nbgrader", "autograde", assignment, "--student", student, "--force"]
            started = time.perf_counter()
            subprocess.run(command, cwd=course.root, check=student != "nobody", capture_output=True)
            taken.append(time.perf_counter() - started)
    finally:
        settings.write_text(ours)
    return taken[1] - taken[0]


def our_seconds(course: Course, assignment: str, workers: int) -> float:
    """Seconds of `autograder grade` for all who have handed in."""
    command = [sys.executable, "-m", "autograder", "grade", assignment, "--workers", str(workers), "--force"]
    started = time.perf_counter()
    subprocess.run(command, cwd=course.root, check=True, capture_output=True)
    return time.perf_counter() - started


def first_answer(make: AsyncKernelManager, code: str) -> float:
    """Seconds from asking for a kernel until its first cell has been answered."""

    async def start() -> float:
        started = time.perf_counter()
        await make.start_kernel()
        client = make.client()
        client.start_channels()
        client.execute(code)
        while (await client.shell_channel.get_msg(timeout=60))["msg_type"] != "execute_reply":
            pass
        taken = time.perf_counter() - started
        client.stop_channels()
        await make.shutdown_kernel(now=True)
        return taken

    return asyncio.run(start())


@contextlib.contextmanager
def highest_memory() -> Iterator[list[float]]:
    """The most memory, in MB, that this process and all that it started held at a time."""
    most, stop = [0.0], threading.Event()

    def sample() -> None:
        while not stop.wait(0.25):
            most[0] = max(most[0], sum(map(proportional, family())) / 1e6)

    watching = threading.Thread(target=sample)
    watching.start()
    try:
        yield most
    finally:
        stop.set()
        watching.join()


def family() -> set[int]:
    """This process and everything that descends from it."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            with contextlib.suppress(OSError), open(f"/proc/{entry}/stat") as file:
                parents[int(entry)] = int(file.read().rpartition(")")[2].split()[1])
    descendants = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in descendants} - descendants:
        descendants |= more
    return descendants


def compare(students: int) -> None:
    """The class, graded both ways."""
    print("| notebook | stock (s) | demos skipped (s) | 1 worker (s) | 2 workers (s) | times faster |")
    print("| --- | --- | --- | --- | --- | --- |")
    total = [0.0] * 4
    with course_of(students) as course:
        for assignment in ASSIGNMENTS:
            row = [stock_seconds(course, assignment, more) for more in ("", SKIP)]
            row += [our_seconds(course, assignment, workers) / students for workers in (1, 2)]
            total = [sum(pair) for pair in zip(total, row, strict=True)]
            print(
                f"| {assignment} | {' | '.join(f'{value:.2f}' for value in row)} | {row[0] / row[3]:.0f} |", flush=True
            )
    print(f"| all, for one student | {' | '.join(f'{v:.2f}' for v in total)} | {total[0] / total[3]:.0f} |\n")
    demos, kernels, workers = total[0] / total[1], total[1] / total[2], total[2] / total[3]
    print(f"Skipped demonstrations make it {demos:.1f}× faster, warm kernels and judging outside {kernels:.1f}×,")
    print(f"a second worker {workers:.1f}×: {60 * len(ASSIGNMENTS) / total[3]:.0f} submissions a minute.\n")


def starts() -> None:
    """Kernels, cold and warm."""
    cold = [first_answer(AsyncKernelManager(kernel_name="python3"), "import torch") for _ in range(5)]
    row = {"cold, with PyTorch imported": cold}
    for name, with_torch in (("warm, without PyTorch", False), ("warm, with PyTorch", True)):
        warm = WarmProcess(with_torch)
        make = [SandboxKernelManager(warm=warm, limits=Limits()) for _ in range(21)]
        row[name] = [first_answer(manager, "import torch" if with_torch else "1") for manager in make][1:]
        warm.close()
    for name, seconds in row.items():
        print(f"first answer of a kernel, {name}: {statistics.median(seconds) * 1e3:.0f} ms")


def overhead(students: int) -> None:
    """What a submission costs beyond its own code, and memory."""
    with course_of(students, ASSIGNMENTS[:2]) as course, highest_memory() as most:
        for assignment in ASSIGNMENTS[:2]:
            settings = Settings(force=True)
            tasks = tasks_to_do(course, assignment, students_to_grade(course, assignment), settings)
            done = list(grade(course, tasks, settings))[1:]  # the first one starts the warm process
            beyond = statistics.median(one.seconds - one.own for one in done)
            whole = statistics.median(one.seconds for one in done)
            print(f"{assignment}: {whole:.2f} s a submission, {beyond:.2f} s of it beyond the student's own code")
        close_warm_processes()
    print(f"memory at its highest, one worker: {most[0]:,.0f} MB\n")


def growth() -> None:
    """More workers, and more submissions of a short notebook."""
    name = ASSIGNMENTS[0]
    print("| submissions | workers | seconds | a minute | memory (MB) |\n| --- | --- | --- | --- | --- |")
    for count, workers in ((40, 1), (40, 2), (40, 4), (10, 2), (100, 2), (1000, 2)):
        with course_of(count, (name,)) as course, highest_memory() as most:
            taken = our_seconds(course, name, workers)
        print(f"| {count} | {workers} | {taken:.1f} | {60 * count / taken:.0f} | {most[0]:,.0f} |", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--students", type=int, default=40)
    arguments.add_argument("--growth", action="store_true")
    options = arguments.parse_args()
    print(machine() + "\n")
    starts()
    overhead(12)
    compare(options.students)
    if options.growth:
        growth()


if __name__ == "__main__":
    main()
