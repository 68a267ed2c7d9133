"""A page that cannot be made stops no other page, and says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from pictures import encoded
from small_course import NAME, RIGHT, answered, make_course

from autograder.authoring.build import build
from autograder.course import Course
from autograder.report import feedback
from autograder.report.write import write_report

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
STUDENTS = ("ada", "mia", "zoe")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course that nbgrader graded by other means: what mia handed in is in `autograded/` as it was."""
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    made = Course(make_course(tmp_path / "course"))
    build(made, [NAME])
    for student in STUDENTS:
        notebook = answered(made.root, RIGHT)
        if student == "mia":
            drawing = nbformat.v4.new_markdown_cell("My drawing: ![drawing](attachment:drawing.svg)")
            pasted = nbformat.v4.new_markdown_cell("![pasted](attachment:a.png)")
            pasted.attachments = {"a.png": {"image/png": encoded("PNG")}}
            notebook.cells += [drawing, pasted]
        path = made.autograded(NAME, student)
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
        with Gradebook(made.directory.db_url) as gradebook:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(NAME, student)
    return made


def report(course: Course) -> list[str]:
    warnings: list[str] = []
    write_report(course, None, course.root / "report", lambda done, total: None, warnings.append)
    return warnings


def test_a_picture_that_is_not_attached_costs_no_page(course: Course) -> None:
    assert report(course) == []
    page = course.feedback(NAME, "mia").read_text()
    assert "[a picture was left out: drawing.svg is not attached to its cell]" in page
    assert encoded("PNG") in page


def test_one_page_that_cannot_be_made_says_why_and_the_others_are_made(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = feedback.NbGraderAPI.generate_feedback

    def failing(self: Any, assignment: str, student: str, **options: Any) -> Any:
        if student == "mia":
            return {"success": False, "error": f"nbconvert.InvalidNotebookError: <b>{course.root}/x", "log": ""}
        if student == "zoe":
            raise RecursionError("too deep")
        return made(self, assignment, student, **options)

    monkeypatch.setattr(feedback.NbGraderAPI, "generate_feedback", failing)
    warnings = report(course)
    assert [line.split(":")[0] for line in warnings] == [
        f"no feedback could be made for {s}'s {NAME}" for s in ("mia", "zoe")
    ]
    assert "InvalidNotebookError" in warnings[0] and "too deep" in warnings[1]
    page = course.feedback(NAME, "mia").read_text()
    assert "cannot be shown as a page" in page and "InvalidNotebookError: &lt;b&gt;…/x" in page
    assert "cannot be shown" not in course.feedback(NAME, "ada").read_text()
    assert (course.root / "report" / "index.html").is_file()
    monkeypatch.undo()
    assert report(course) == []
    assert "cannot be shown" not in course.feedback(NAME, "zoe").read_text()
