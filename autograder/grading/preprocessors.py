"""nbgrader's preprocessors for grading in the sandbox; nbgrader_config.py plugs them into `nbgrader autograde`."""

from __future__ import annotations

import os
from glob import glob
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.course import Course
from autograder.errors import CourseError, Unreadable
from autograder.grading.beside import by_a_person, may_be_shown
from autograder.grading.earlier import earlier_functions
from autograder.grading.handed_in import files_for, read_handed_in
from autograder.grading.lateness import settle_one
from autograder.grading.note import Note, read_note
from autograder.grading.submission import run_task, sandbox_unavailable, zero_notebook
from autograder.grading.task import Task
from autograder.guest.status import Status
from autograder.notebooks import parse_notebook, read_notebook
from autograder.restoring.restore import restore
from autograder.restoring.which_assignment import require_assignment
from autograder.sandbox.bubblewrap import SandboxUnavailable
from autograder.sandbox.warm import WarmProcessGone

ZERO = "autograder_zero"  # in the resources of a submission that is not a notebook
Resources = dict[str, Any]
Converted = tuple[NotebookNode, Resources]


class AnyFileExporter(NotebookExporter):
    """Reads a submission that may be anything; one that is not a notebook becomes zeros with the reason.

    nbgrader makes one before it grades the first submission, so this is where a notebook of another name is put down
    under its own: nbgrader skips names that it does not know before any preprocessor runs.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if isinstance(self.parent, Autograde) and self.parent.coursedir.notebook_id == "*":
            self.parent.assignments = _one_notebook_each(self.parent)

    def from_filename(self, filename: str, resources: Resources | None = None, **options: Any) -> Any:
        course, about = _course(self.parent), (resources or {})["nbgrader"]
        assignment = about["assignment"]
        path, submitted = Path(filename).absolute(), course.path(course.directory.submitted_directory)
        _remove_unwanted(path.parent, course.autograded(assignment, about["student"]).parent)
        try:
            if path.is_relative_to(submitted):
                notebook = _handed_in(course, assignment, about["student"])
            else:
                notebook = read_notebook(path)
            require_assignment(notebook, assignment, path.name)
        except Unreadable as error:
            skeleton = read_notebook(course.release(assignment))
            notebook = zero_notebook(skeleton, assignment, Status.UNREADABLE, str(error))
            Note(Status.UNREADABLE, str(error)).write_into(notebook)
            resources = {**(resources or {}), ZERO: True}  # not in the metadata: a submission could say the same there
        return self.from_notebook_node(notebook, resources, **options)


def _one_notebook_each(converter: Autograde) -> dict[str, list[str]]:
    """Folder → its one notebook under the assignment's name, for everyone who has a folder for the assignment.

    What is read for it is what `autograder grade` reads: a renamed notebook, or one in a folder of its own.
    """
    assignment = converter.coursedir.assignment_id
    folders = glob(converter._format_source(assignment, converter.coursedir.student_id))
    students = [folder for folder in folders if os.path.isdir(folder) and by_a_person(Path(folder).parent.name)]
    return {folder: [os.path.join(folder, f"{assignment}.ipynb")] for folder in students}


def _handed_in(course: Course, assignment: str, student: str) -> NotebookNode:
    """The notebook that a student handed in.

    Raises:
        Unreadable: if there is none, or it is not a notebook.
    """
    content = read_handed_in(course, assignment, student).content
    if isinstance(content, Unreadable):
        raise content
    return parse_notebook(content, f"{assignment}.ipynb")


def _remove_unwanted(handed_in: Path, graded: Path) -> None:
    """Remove nbgrader's copies of files that were handed in as links, and of pages that a browser would run.

    Students would get the links' targets back with their feedback; formgrader shows files to the instructor.
    """
    for path in handed_in.rglob("*"):
        is_page = path.is_file() and path.suffix != ".ipynb" and not may_be_shown(path.name)
        if path.is_symlink() or is_page:
            (graded / path.relative_to(handed_in)).unlink(missing_ok=True)


class RestoreAnswers(NbGraderPreprocessor):
    """Replaces the submitted notebook by the released one with the student's answers in it."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> Converted:
        if ZERO in resources:
            return nb, resources
        skeleton = read_notebook(_course(self.parent.parent).release(resources["nbgrader"]["assignment"]))
        return restore(skeleton, nb), resources


class TrustedExecute(NbGraderPreprocessor):
    """Runs the student's cells in the sandbox, and judges the checks in this process."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> Converted:
        if read_note(nb).status == Status.UNREADABLE:  # RestoreAnswers drops what a submission says
            return nb, resources
        assignment, student = (resources["nbgrader"][field] for field in ("assignment", "student"))
        course = _course(self.parent.parent)
        earlier, modules = earlier_functions(course, assignment), course.modules(assignment)
        handed_in = read_handed_in(course, assignment, student)
        files = files_for(course, assignment, handed_in)
        task = Task(assignment, student, b"", b"", earlier, "", "", modules, files=files)
        try:
            nb, _, verdicts = run_task(nb, task)
        except SandboxUnavailable as error:
            raise CourseError(sandbox_unavailable(error)) from None
        except WarmProcessGone:
            raise CourseError("the warm process was ended from outside: grade again") from None
        Note.of(verdicts, remark=handed_in.remark).write_into(nb)
        settle_one(course, assignment, student)  # nbgrader's own preprocessor for penalties comes next
        return nb, resources


def _course(converter: Any) -> Course:
    return Course(converter.coursedir.root if hasattr(converter, "coursedir") else os.getcwd())
