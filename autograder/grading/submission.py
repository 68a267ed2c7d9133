"""Grade one submission: bytes in, scores and a graded notebook out, without a gradebook or a course directory."""

from __future__ import annotations

import copy
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import replace

import nbformat
from nbformat import NotebookNode

from autograder import exercises
from autograder.errors import CourseError, Unreadable
from autograder.grading.note import Note
from autograder.grading.run import run_notebook
from autograder.grading.task import Graded, Task
from autograder.grading.warm_processes import warm_process
from autograder.guest.status import Status
from autograder.judging.secret import VARIABLE
from autograder.judging.verdict import Verdict
from autograder.notebooks import graded_cells, nbgrader, parse_notebook, short_name
from autograder.restoring.restore import restore
from autograder.restoring.which_assignment import require_assignment
from autograder.sandbox.bubblewrap import SandboxUnavailable
from autograder.sandbox.warm import WarmProcessGone

ATTEMPTS = 3  # to run a notebook whose warm process is ended from outside


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
    released = {nbgrader(cell)["grade_id"]: cell.source for cell in graded_cells(skeleton)}
    scores = {nbgrader(cell)["grade_id"]: _points(cell, released, verdicts) for cell in graded_cells(notebook)}
    content = nbformat.writes(notebook).encode()
    return Graded(task.assignment, task.student, task.key, Status.GRADED, "", scores, content, own=own)


def grade_safely(task: Task) -> Graded:
    """Grade one submission; a fault of the grader costs this submission alone, and the result says that it was one.

    Raises:
        CourseError: if this machine has no sandbox.
    """
    try:
        return grade_submission(task)
    except SandboxUnavailable as error:
        raise CourseError(sandbox_unavailable(error)) from None
    except Exception as error:
        logging.getLogger(__name__).exception("grading %s of %s", task.assignment, task.student)
        return could_not_be_graded(task, f"the grader itself failed: {type(error).__name__}: {error}"[:500])


def sandbox_unavailable(error: SandboxUnavailable) -> str:
    """What to do on a machine without a sandbox."""
    return (
        f"{error}. Nothing was graded: students' code would run without a sandbox. `autograder doctor` says what is "
        "missing; grade in a container that allows user namespaces, or, for code that you trust, with --unsafe"
    )


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
            warm.wait_until_ready()  # before the notebook's time begins
            return fresh, *run_notebook(fresh, task.assignment, by_name, warm, task.limits, task.files)
        except WarmProcessGone:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _points(cell: NotebookNode, released: Mapping[str, str], verdicts: Mapping[str, Verdict]) -> float | None:
    """The points of a graded cell, as nbgrader's `determine_grade` gives them; None for what a person marks.

    nbgrader's own is not called: every worker would load a web server with it.

    Args:
        released: grade id → source, as it was handed out.
        verdicts: by exercise.
    """
    marks = nbgrader(cell)
    name = str(marks["grade_id"])
    if marks.get("task"):
        return None
    if marks.get("solution"):
        return 0.0 if cell.source == released.get(name) else None
    verdict = verdicts.get(short_name(name))
    if verdict and verdict.status is Status.TO_BE_MARKED:  # the check itself failed
        return None
    return verdict.score if verdict else 0.0


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
