"""Record zero, with the reason in words, for a submission that nothing can be graded of."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from autograder.course import Course

ZERO = "autograder_zero"  # key in the metadata of the notebook that stands for such a submission


def record_zero(course: Course, assignment: str, student: str, status: str, why: str) -> None:
    """Zero in the gradebook, and a page that says why in the place of the graded notebook.

    Args:
        status: one or two words, such as `unreadable` or `crashed`.
        why: the reason, in a sentence that the student can act on.
    """

    def record(gradebook: Gradebook) -> None:
        gradebook.update_or_create_student(student)
        submission = gradebook.update_or_create_submission(assignment, student)
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                grade.auto_score = 0
                grade.needs_manual_grade = False
        gradebook.db.commit()

    course.with_gradebook(record)
    _write_page(course.autograded(assignment, student), assignment, status, why)


def _write_page(path: Path, assignment: str, status: str, why: str) -> None:
    heading = f"# {assignment}: {status}"
    text = f"{heading}\n\nNothing here could be graded, so it counts zero. The reason:\n\n    {why}"
    cell = nbformat.v4.new_markdown_cell(text, id="why-zero")
    kernel = {"name": "python3", "display_name": "Python 3"}
    metadata = {ZERO: {"status": status, "why": why}, "kernelspec": kernel}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata=metadata)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # nbgrader writes without permission to overwrite
    nbformat.write(notebook, path)
