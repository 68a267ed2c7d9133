"""A right answer is not timed out on a busy machine, and sleeping does not count as waiting for one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import in_sandbox
import pytest
from in_sandbox import COURSE

from autograder.gallery.registry import right_answers
from autograder.notebooks import nbgrader, read_notebook
from autograder.sandbox.availability import why_unavailable
from autograder.sandbox.limits import Limits
from autograder.sandbox.own_time import BACKSTOP, OwnTime

missing = why_unavailable()
LIMITS = Limits(cell=2.0, question=2.0)
BUSY = 3  # processes for each processor; a cell or a question of one second takes about BUSY then
WORK = """
import time
def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
"""


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    return clock


@pytest.mark.parametrize(("waited", "left"), [(0.0, -1.0), (0.5, -0.5), (7.0, 6.0), (1e9, 10 * BACKSTOP - 11)])
def test_what_was_waited_is_added_to_the_limit(clock: Clock, waited: float, left: float) -> None:
    own = OwnTime(10.0, lambda: waited)
    clock.now += 4.0
    assert own.left() == 6.0
    clock.now += 7.0
    assert own.left() == pytest.approx(left)


@pytest.fixture
def busy_machine() -> Iterator[None]:
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BUSY * (os.cpu_count() or 1))]
    yield
    for loop in loops:
        loop.kill()
        loop.wait()


@pytest.mark.skipif(bool(missing), reason=f"students' code cannot be isolated here: {missing}")
def test_a_busy_machine_changes_no_result(busy_machine: None) -> None:
    notebook = read_notebook(COURSE.release("01_backprop"))
    for cell in notebook.cells:
        name = nbgrader(cell).get("grade_id")
        if name == "linear_forward":  # one second in the cell and two tenths in each call
            cell.source = f"{WORK}\nwork(1.0)\n{right_answers(name)[0].source}\nright = linear_forward\n"
            cell.source += "def linear_forward(x, w, b):\n    work(0.2)\n    return right(x, w, b)"
        elif name in ("relu_forward", "relu_backward"):
            pause = "import time\ntime.sleep(4)\n" if name == "relu_backward" else ""
            cell.source = pause + right_answers(name)[0].source
    scores = in_sandbox.graded("01_backprop", notebook, limits=LIMITS).scores
    assert scores["check_linear_forward"] == 10
    assert scores["check_relu_forward"] == 5
    assert scores["check_relu_backward"] == 0, "a cell that sleeps is stopped all the same"
