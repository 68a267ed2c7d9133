"""nbgrader's door to trusted grading: plugged into `nbgrader autograde` and formgrader's button by its config."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.course import Course
from autograder.errors import CourseError, Unreadable
from autograder.grading.earlier import earlier_functions
from autograder.grading.submission import GRADED, MARK, UNREADABLE, Task, run_task, zero_notebook
from autograder.grading.workers import sandbox_unavailable
from autograder.notebooks import read_notebook, require_own_folder
from autograder.sandbox.walls import SandboxUnavailable
from autograder.sandbox.warm import WarmProcessGone
from autograder.submission.restore import restore

ZERO = "autograder_zero"
Resources = dict[str, Any]
Converted = tuple[NotebookNode, Resources]


class AnyFileExporter(NotebookExporter):
    """Reads a submission that may be anything: in the place of one that is no notebook stand zeros, and the reason."""

    def from_filename(self, filename: str, resources: Resources | None = None, **options: Any) -> Any:
        course, about = _course(self.parent), (resources or {})["nbgrader"]
        assignment = about["assignment"]
        path, submitted = Path(filename).absolute(), course.path(course.directory.submitted_directory)
        _take_away_linked(path.parent, course.autograded(assignment, about["student"]).parent)
        try:
            if path.is_relative_to(submitted):
                require_own_folder(path, submitted)
            notebook = read_notebook(path)
        except Unreadable as error:
            skeleton = read_notebook(course.release(assignment))
            notebook = zero_notebook(skeleton, assignment, UNREADABLE, str(error))
            notebook.metadata[MARK] = {"status": UNREADABLE, "why": str(error)}
            resources = {**(resources or {}), ZERO: True}  # a submission's own metadata could say the same
        return self.from_notebook_node(notebook, resources, **options)


def _take_away_linked(handed_in: Path, graded: Path) -> None:
    """nbgrader copies the files beside a notebook, and what they are links to; students get such copies back."""
    for path in handed_in.rglob("*"):
        if path.is_symlink():
            (graded / path.relative_to(handed_in)).unlink(missing_ok=True)


class RestoreAnswers(NbGraderPreprocessor):
    """In the place of the submitted notebook: the released one with the student's answers in it."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> Converted:
        if ZERO in resources:
            return nb, resources
        skeleton = read_notebook(_course(self.parent.parent).release(resources["nbgrader"]["assignment"]))
        return restore(skeleton, nb), resources


class TrustedExecute(NbGraderPreprocessor):
    """Runs the student's cells in a sandboxed kernel, and judges the checks in this process."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> Converted:
        if nb.metadata.get(MARK, {}).get("status") == UNREADABLE:  # only RestoreAnswers lets that through
            return nb, resources
        assignment, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        course = _course(self.parent.parent)
        earlier, modules = earlier_functions(course, assignment), course.modules(assignment)
        task = Task(assignment, student, b"", b"", earlier, "", "", modules)
        try:
            nb, _ = run_task(nb, task)
        except SandboxUnavailable as error:
            raise CourseError(sandbox_unavailable(error)) from None
        except WarmProcessGone:
            raise CourseError("the process that forks kernels was ended from outside: grade again") from None
        nb.metadata[MARK] = {"status": GRADED, "why": ""}
        return nb, resources


def _course(converter: Any) -> Course:
    return Course(converter.coursedir.root if hasattr(converter, "coursedir") else os.getcwd())
