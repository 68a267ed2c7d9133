"""Grade one submission: bytes in, a graded notebook and scores out. Needs no gradebook and no course directory."""

from __future__ import annotations

import atexit
import copy
import json
import os
import time
from dataclasses import dataclass, field, replace

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from autograder import exercises
from autograder.errors import Unreadable
from autograder.grading.run import run_notebook
from autograder.judging.seeds import VARIABLE
from autograder.notebooks import graded_cells, nbgrader, parse_notebook
from autograder.sandbox.limits import Limits
from autograder.sandbox.warm import WarmProcess, WarmProcessGone
from autograder.submission.restore import restore

GRADED, UNREADABLE, NOT_GRADED = "graded", "unreadable", "could not be graded"
MARK = "autograder"  # key of what grading notes in the metadata of a graded notebook
ATTEMPTS = 3  # to run a notebook, where the warm process is ended meanwhile


@dataclass(frozen=True)
class Task:
    """One submission to grade, with all that it takes.

    submitted: what was handed in, or why there is nothing; skeleton: the released notebook; earlier: source of the
    functions that it may import from earlier notebooks; modules: the course's own files that it imports; key: changes
    whenever the result might.
    """

    assignment: str
    student: str
    submitted: bytes | Unreadable
    skeleton: bytes
    earlier: str
    secret: str
    key: str
    modules: dict[str, bytes] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    walls: bool = True


@dataclass(frozen=True)
class Graded:
    """What came of a submission. status: graded, or why the whole of it counts zero.

    scores: grade id → points, None where a person has to mark;
    notebook: the graded notebook as JSON; seconds: in all, of which the student's own code took `own`.
    """

    assignment: str
    student: str
    key: str
    status: str
    why: str = ""
    scores: dict[str, float | None] = field(default_factory=dict)
    notebook: bytes = b""
    seconds: float = 0.0
    own: float = 0.0


_warm: dict[tuple[object, ...], WarmProcess] = {}  # the warm processes of this process


def grade_submission(task: Task) -> Graded:
    """Restore, run and judge. Whatever a student handed in, there is a result.

    Raises:
        SandboxUnavailable: if this machine cannot run students' code safely.
    """
    started = time.perf_counter()
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = task.secret
    try:
        graded = _grade(task)
    except Unreadable as error:
        graded = _zero(task, UNREADABLE, str(error))
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
    return replace(graded, seconds=time.perf_counter() - started)


def _grade(task: Task) -> Graded:
    if isinstance(task.submitted, Unreadable):
        raise task.submitted
    name = f"{task.assignment}.ipynb"
    skeleton = parse_notebook(task.skeleton, f"the released {name}")
    notebook = restore(skeleton, parse_notebook(task.submitted, name))
    notebook, own = run_task(notebook, task)
    _note(notebook, task, GRADED, "")
    scores = {nbgrader(cell)["grade_id"]: _points(cell) for cell in graded_cells(notebook)}
    content = nbformat.writes(notebook).encode()
    return Graded(task.assignment, task.student, task.key, GRADED, "", scores, content, own=own)


def run_task(notebook: NotebookNode, task: Task) -> tuple[NotebookNode, float]:
    """The notebook with its cells run and its checks judged, and the seconds that the student's own code took.

    It is run once more from the start where the warm process was ended from outside.

    Raises:
        SandboxUnavailable, WarmProcessGone: if it cannot be run here, or was broken off each time.
    """
    asked = {exercise.name: exercise for exercise in exercises.ASSIGNMENTS[task.assignment]}
    for attempt in range(ATTEMPTS):
        again = copy.deepcopy(notebook)
        try:
            return again, run_notebook(again, task.assignment, asked, warm_process(task), task.limits)
        except WarmProcessGone:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _points(cell: NotebookNode) -> float | None:
    """As nbgrader reads them from a cell; a task is always marked by a person."""
    return None if nbgrader(cell).get("task") else determine_grade(cell)[0]


def warm_process(task: Task) -> WarmProcess:
    """This process's warm process for such a task, started anew if it is gone."""
    with_torch = task.assignment >= exercises.PYTORCH_FROM
    kind = (with_torch, task.earlier, tuple(task.modules.items()), task.walls)
    if kind not in _warm or not _warm[kind].alive:
        for other in list(_warm):
            _warm.pop(other).close()  # a class is graded one assignment at a time; two would only take memory
        _warm[kind] = WarmProcess(with_torch, task.earlier, task.modules, task.walls)
    return _warm[kind]


@atexit.register
def close_warm_processes() -> None:
    """End the warm processes of this process."""
    for kind in list(_warm):
        _warm.pop(kind).close()


def _zero(task: Task, status: str, why: str) -> Graded:
    """Zero for everything, with the reason."""
    notebook = zero_notebook(parse_notebook(task.skeleton, "the released notebook"), task.assignment, status, why)
    _note(notebook, task, status, why)
    scores: dict[str, float | None] = {nbgrader(cell)["grade_id"]: 0.0 for cell in graded_cells(notebook)}
    return Graded(task.assignment, task.student, task.key, status, why, scores, nbformat.writes(notebook).encode())


def zero_notebook(skeleton: NotebookNode, assignment: str, status: str, why: str) -> NotebookNode:
    """The released notebook with nothing in it but zeros, and a first cell that says why."""
    text = f"# {assignment}: {status}\n\nNothing here could be graded, so it counts zero. The reason:\n\n    {why}"
    skeleton.cells.insert(0, nbformat.v4.new_markdown_cell(text, id="why-zero"))
    for cell in graded_cells(skeleton):
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "0"}, execution_count=None)]
    return skeleton


def could_not_be_graded(task: Task, why: str) -> Graded:
    """Zero for a submission over which the grader itself stumbled; it is tried again the next time."""
    return replace(_zero(task, NOT_GRADED, why), key="")


def _note(notebook: NotebookNode, task: Task, status: str, why: str) -> None:
    """Write into a notebook what it is the result of."""
    note = {"key": task.key, "status": status, "why": why}
    notebook.metadata[MARK] = note if task.walls else note | {"unsafe": True}


def noted(content: bytes) -> dict[str, str]:
    """What grading noted in a graded notebook; empty if it is none."""
    try:
        found = json.loads(content)["metadata"][MARK]
        return found if isinstance(found, dict) else {}
    except (ValueError, LookupError, TypeError, RecursionError):
        return {}
