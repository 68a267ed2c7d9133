"""A class that several tests of pages share."""

from __future__ import annotations

import pytest
from graded_class import graded_class

from autograder.course import Course
from autograder.report.write import write_report


@pytest.fixture(scope="session")
def course_with_pages(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A graded class with its report and feedback pages; tests must leave it as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AUTOGRADER_SECRET", raising=False)
        course = graded_class(tmp_path_factory.mktemp("feedback") / "course")
        write_report(course, None, course.root / "report", lambda done, total: None)
    return course
