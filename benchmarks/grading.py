"""Time the grading of a class: python benchmarks/grading.py [--students 40] [--growth]

The same made-up class, in which every student is right in a different style, is graded on each notebook from 01 to 06:

- by nbgrader alone, with its own executor, with and without the demonstration cells: the seconds for one submission,
  minus those of the command without a submission;
- by this course with one worker and with two: the seconds for the whole class, from the start of the command on;
- the start of a kernel until it has run its first cell: cold, with PyTorch imported, and from a warm process; medians;
- the time of a submission that is not spent in its own code; medians;
- the peak memory: the sum of the proportional set sizes of all processes.

--growth adds 1, 2 and 4 workers, and 10, 100 and 1000 submissions of one short notebook.
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
from autograder.exercises import NAMES
from autograder.grading.grade import Settings, grade, students_to_grade, tasks_to_do
from autograder.grading.warm_processes import close_warm_processes
from autograder.guest.memory import proportional
from autograder.sandbox.limits import Limits
from autograder.sandbox.provisioner import SandboxKernelManager
from autograder.sandbox.warm import WarmProcess

REPOSITORY = Path(__file__).resolve().parent.parent
ASSIGNMENTS = NAMES[:6]  # those that are graded in seconds
# of the right answers in the gallery, from which the students differ
STYLES = ("", "loop", "einsum", "product", "windows", "where", "mask", "as_strided", "counts", "index", "step")
# the settings in nbgrader_config.py that make nbgrader use this course's executor
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


def nbgrader_seconds(course: Course, assignment: str, more: str) -> float:
    """Seconds for one submission with nbgrader's own executor.

    Args:
        course: with submissions.
        assignment: its name.
        more: lines to add to the configuration.
    """
    settings = course.root / CONFIG
    ours = settings.read_text()
    settings.write_text(PLUGGED_IN.sub("", ours) + more)
    timings = []
    try:
        for student in ("nobody", "student-0000"):
            command = [sys.executable, "-m", "nbgrader", "autograde", assignment, "--student", student, "--force"]
            start = time.perf_counter()
            subprocess.run(command, cwd=course.root, check=student != "nobody", capture_output=True)
            timings.append(time.perf_counter() - start)
    finally:
        settings.write_text(ours)
    return timings[1] - timings[0]


def our_seconds(course: Course, assignment: str, workers: int) -> float:
    """Seconds of `autograder grade` for all submissions."""
    command = [sys.executable, "-m", "autograder", "grade", assignment, "--workers", str(workers), "--force"]
    start = time.perf_counter()
    subprocess.run(command, cwd=course.root, check=True, capture_output=True)
    return time.perf_counter() - start


def first_reply(manager: AsyncKernelManager, code: str) -> float:
    """Seconds from the request for a kernel to the reply of its first cell."""

    async def measure() -> float:
        start = time.perf_counter()
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        client.execute(code)
        while (await client.shell_channel.get_msg(timeout=60))["msg_type"] != "execute_reply":
            pass
        seconds = time.perf_counter() - start
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return seconds

    return asyncio.run(measure())


@contextlib.contextmanager
def peak_memory() -> Iterator[list[float]]:
    """Two numbers in MB: the most memory that this process and its descendants have used together, and one worker.

    A worker is a child of the command that this process has started; its warm process and its kernels count with it.
    """
    peak, stop = [0.0, 0.0], threading.Event()

    def sample() -> None:
        while not stop.wait(0.25):
            parents = parent_processes()
            memory = {pid: proportional(pid) / 1e6 for pid in process_tree(os.getpid(), parents)}
            workers = [pid for pid in memory if parents.get(parents.get(pid, 0)) == os.getpid()]
            each = [sum(memory.get(pid, 0.0) for pid in process_tree(worker, parents)) for worker in workers]
            peak[:] = max(peak[0], sum(memory.values())), max([peak[1], *each])

    sampling = threading.Thread(target=sample)
    sampling.start()
    try:
        yield peak
    finally:
        stop.set()
        sampling.join()


def parent_processes() -> dict[int, int]:
    """Process id → that of its parent, of all processes."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            with contextlib.suppress(OSError), open(f"/proc/{entry}/stat") as file:
                parents[int(entry)] = int(file.read().rpartition(")")[2].split()[1])
    return parents


def process_tree(root: int, parents: dict[int, int]) -> set[int]:
    """Process ids of a process and its descendants."""
    tree = {root}
    while children := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= children
    return tree


def compare(students: int) -> None:
    """Print the seconds for one submission of each notebook, by nbgrader alone and by this course."""
    print("| notebook | nbgrader (s) | without demonstrations (s) | 1 worker (s) | 2 workers (s) | speedup |")
    print("| --- | --- | --- | --- | --- | --- |")
    total = [0.0] * 4
    with course_of(students) as course:
        for assignment in ASSIGNMENTS:
            row = [nbgrader_seconds(course, assignment, more) for more in ("", SKIP)]
            row += [our_seconds(course, assignment, workers) / students for workers in (1, 2)]
            total = [before + seconds for before, seconds in zip(total, row, strict=True)]
            cells = " | ".join(f"{seconds:.2f}" for seconds in row)
            print(f"| {assignment} | {cells} | {row[0] / row[3]:.0f} |", flush=True)
    print(f"| all six | {' | '.join(f'{v:.2f}' for v in total)} | {total[0] / total[3]:.0f} |\n")
    demos, kernels, workers = total[0] / total[1], total[1] / total[2], total[2] / total[3]
    print(f"Skipping the demonstrations gives a speedup of {demos:.1f}, warm kernels and judging outside them")
    per_minute = 60 * len(ASSIGNMENTS) / total[3]
    print(f"{kernels:.1f}, a second worker {workers:.1f}. That is {per_minute:.0f} submissions per minute.\n")


def starts() -> None:
    """Print how long cold and warm kernels take to start."""
    cold = [first_reply(AsyncKernelManager(kernel_name="python3"), "import torch") for _ in range(5)]
    timings = {"cold, with PyTorch imported": cold}
    for name, with_torch in (("warm, without PyTorch", False), ("warm, with PyTorch", True)):
        warm = WarmProcess(with_torch)
        managers = [SandboxKernelManager(warm=warm, limits=Limits()) for _ in range(21)]
        # without the first kernel, which waits for the warm process
        timings[name] = [first_reply(manager, "import torch" if with_torch else "1") for manager in managers][1:]
        warm.close()
    for name, seconds in timings.items():
        print(f"first reply of a kernel, {name}: {statistics.median(seconds) * 1e3:.0f} ms")


def overhead(students: int) -> None:
    """Print the time of a submission that is not spent in its own code, and the peak memory."""
    with course_of(students, ASSIGNMENTS[:2]) as course, peak_memory() as peak:
        for assignment in ASSIGNMENTS[:2]:
            settings = Settings(force=True)
            tasks = tasks_to_do(course, assignment, students_to_grade(course, assignment), settings)
            results = list(grade(course, tasks, settings))[1:]  # the first one starts the warm process
            overhead = statistics.median(result.seconds - result.own for result in results)
            total = statistics.median(result.seconds for result in results)
            print(f"{assignment}: {total:.2f} s per submission, of which {overhead:.2f} s are not the student's code")
        close_warm_processes()
    print(f"peak memory with one worker: {peak[0]:,.0f} MB\n")


def growth() -> None:
    """Print the seconds for more workers and for more submissions of a short notebook."""
    name = ASSIGNMENTS[0]
    print("| submissions | workers | seconds | submissions per minute | peak memory (MB) |")
    print("| --- | --- | --- | --- | --- |")
    for count, workers in ((40, 1), (40, 2), (40, 4), (10, 2), (100, 2), (1000, 2)):
        with course_of(count, (name,)) as course, peak_memory() as peak:
            seconds = our_seconds(course, name, workers)
        print(f"| {count} | {workers} | {seconds:.1f} | {60 * count / seconds:.0f} | {peak[0]:,.0f} |", flush=True)


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
