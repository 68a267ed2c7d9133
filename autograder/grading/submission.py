"""Grade one submission: bytes in, scores and a graded notebook out, without a gradebook or a course directory."""

from __future__ import annotations

import atexit
import copy
import os
import time
from dataclasses import dataclass, field, replace

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from autograder import exercises
from autograder.errors import Unreadable
from autograder.grading.note import Note
from autograder.grading.run import run_notebook
from autograder.guest.status import Status
from autograder.judging.seeds import VARIABLE
from autograder.judging.verdict import Verdict
from autograder.notebooks import graded_cells, nbgrader, parse_notebook
from autograder.restoring.restore import restore
from autograder.restoring.which_assignment import require_assignment
from autograder.sandbox.limits import Limits
from autograder.sandbox.warm import WarmProcess, WarmProcessGone

ATTEMPTS = 3  # to run a notebook whose warm process is ended from outside


@dataclass(frozen=True)
class Task:
    """One submission to grade, with all that a worker needs for it."""

    assignment: str
    student: str
    submitted: bytes | Unreadable  # the notebook as handed in, or why there is none
    skeleton: bytes  # the released notebook
    earlier: str  # Python source of the functions that it may import from earlier notebooks
    secret: str  # of the course; it draws the hidden cases
    key: str  # a digest of all that the result depends on
    modules: dict[str, bytes] = field(default_factory=dict)  # path → content of the course's files that it imports
    limits: Limits = field(default_factory=Limits)
    sandboxed: bool = True  # False runs the student's code with the grader's rights
    remark: str = ""  # on the submission as a whole, for its result
    files: dict[str, bytes] = field(default_factory=dict)  # path → content of the files beside the notebook


@dataclass(frozen=True)
class Graded:
    """The result of a submission, to be recorded."""

    assignment: str
    student: str
    key: str  # the task's; empty if it should be graded again the next time
    status: Status  # GRADED, or why the whole submission counts zero
    why: str = ""  # the reason where it counts zero
    scores: dict[str, float | None] = field(default_factory=dict)  # grade id → points; None: a person marks it
    notebook: bytes = b""  # the graded notebook, as JSON
    seconds: float = 0.0  # wall time of grading
    own: float = 0.0  # of these, the seconds in which the student's own code ran
    files: dict[str, bytes] = field(default_factory=dict)  # path → content of the files beside the notebook


_warm: dict[tuple[object, ...], WarmProcess] = {}  # what it was started with → the warm process; at most one


def grade_submission(task: Task) -> Graded:
    """Restore, run and judge one submission; whatever it holds, it gets a result.

    Raises:
        SandboxUnavailable: if this machine has no sandbox.
        WarmProcessGone: if the warm process was ended from outside on every attempt.
    """
    started = time.perf_counter()
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = task.secret
    try:
        graded = _grade(task)
    except Unreadable as error:
        graded = _zero(task, Status.UNREADABLE, str(error))
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
    return replace(graded, seconds=time.perf_counter() - started, files=task.files)


def _grade(task: Task) -> Graded:
    if isinstance(task.submitted, Unreadable):
        raise task.submitted
    name = f"{task.assignment}.ipynb"
    skeleton = parse_notebook(task.skeleton, f"the released {name}")
    submitted = parse_notebook(task.submitted, name)
    require_assignment(submitted, task.assignment, name)
    notebook, own, verdicts = run_task(restore(skeleton, submitted), task)
    Note.of(verdicts, task.key, unsafe=not task.sandboxed, remark=task.remark).write_into(notebook)
    scores = {nbgrader(cell)["grade_id"]: _points(cell) for cell in graded_cells(notebook)}
    content = nbformat.writes(notebook).encode()
    return Graded(task.assignment, task.student, task.key, Status.GRADED, "", scores, content, own=own)


def run_task(notebook: NotebookNode, task: Task) -> tuple[NotebookNode, float, dict[str, Verdict]]:
    """The notebook with its cells run, the seconds that the student's own code took, and the verdicts by exercise.

    It is run again from the start if the warm process was ended from outside, ATTEMPTS times at most.

    Raises:
        SandboxUnavailable: if this machine has no sandbox.
        WarmProcessGone: if the warm process was ended on every attempt.
    """
    by_name = {exercise.name: exercise for exercise in exercises.ASSIGNMENTS[task.assignment]}
    for attempt in range(ATTEMPTS):
        fresh = copy.deepcopy(notebook)
        try:
            warm = warm_process(task)
            return fresh, *run_notebook(fresh, task.assignment, by_name, warm, task.limits, task.files)
        except WarmProcessGone:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _points(cell: NotebookNode) -> float | None:
    """The points of a graded cell, as nbgrader reads them; None for a task, which a person marks."""
    return None if nbgrader(cell).get("task") else determine_grade(cell)[0]


def warm_process(task: Task) -> WarmProcess:
    """This process's warm process for a task; a new one if there is none, or it has ended."""
    with_torch = task.assignment >= exercises.PYTORCH_FROM
    kind = (with_torch, task.earlier, tuple(task.modules.items()), task.sandboxed)
    if kind not in _warm or not _warm[kind].alive:
        close_warm_processes()  # a class is graded one assignment at a time; a second one would only take memory
        _warm[kind] = WarmProcess(with_torch, task.earlier, task.modules, task.sandboxed)
    return _warm[kind]


@atexit.register
def close_warm_processes() -> None:
    """End the warm processes of this process."""
    for kind in list(_warm):
        _warm.pop(kind).close()


def _zero(task: Task, status: Status, why: str) -> Graded:
    """The result of a submission that counts zero as a whole."""
    notebook = zero_notebook(parse_notebook(task.skeleton, "the released notebook"), task.assignment, status, why)
    Note(status, why, task.key, unsafe=not task.sandboxed).write_into(notebook)
    scores: dict[str, float | None] = {nbgrader(cell)["grade_id"]: 0.0 for cell in graded_cells(notebook)}
    return Graded(task.assignment, task.student, task.key, status, why, scores, nbformat.writes(notebook).encode())


def zero_notebook(skeleton: NotebookNode, assignment: str, status: Status, why: str) -> NotebookNode:
    """The released notebook with zero points in every check, and a first cell that says why."""
    text = f"# {assignment}: {status}\n\nNothing here could be graded, so it counts zero. The reason:\n\n    {why}"
    skeleton.cells.insert(0, nbformat.v4.new_markdown_cell(text, id="why-zero"))
    for cell in graded_cells(skeleton):
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "0"}, execution_count=None)]
    return skeleton


def could_not_be_graded(task: Task, why: str) -> Graded:
    """Zero for a submission on which the grader itself failed; without a key, so that it is tried again."""
    return replace(_zero(task, Status.COULD_NOT_BE_GRADED, why), key="")
