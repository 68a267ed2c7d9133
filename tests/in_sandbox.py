"""Grade a student's notebook of the course itself, in the sandbox."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import Course
from autograder.grading.earlier import earlier_functions
from autograder.grading.submission import grade_submission
from autograder.grading.task import Graded, Task
from autograder.sandbox.limits import Limits

COURSE = Course(Path(__file__).resolve().parents[1])


def graded(
    assignment: str, notebook: NotebookNode, files: dict[str, bytes] | None = None, limits: Limits | None = None
) -> Graded:
    """The result of a notebook that is handed in for an assignment, with files beside it."""
    return grade_submission(
        Task(
            assignment=assignment,
            student="ada",
            submitted=nbformat.writes(notebook).encode(),
            skeleton=COURSE.release(assignment).read_bytes(),
            earlier=earlier_functions(COURSE, assignment),
            secret="of this test",
            key="",
            modules=COURSE.modules(assignment),
            files=files or {},
            limits=limits or Limits(),
        )
    )
