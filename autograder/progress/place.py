"""Where a student works: the course's folder, the notebooks in it, and the file that keeps the progress."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder import exercises
from autograder.errors import CourseError

NOTEBOOKS = "notebooks"
KEPT = ".cnn-course"  # the folder of the file that keeps the progress
# folders of assignments in which an instructor works, or a grader
OF_INSTRUCTORS = {"solutions", "source", "release"}
OF_GRADING = {"submitted", "autograded", "feedback"}


@dataclass(frozen=True)
class Workplace:
    """A course folder of a student: it holds notebooks/ or, as nbgrader fetches them, the assignments' folders."""

    root: Path

    @property
    def state(self) -> Path:
        """The file that keeps the progress."""
        return self.root / KEPT / "progress.json"

    def notebook(self, assignment: str) -> Path:
        """The student's notebook of an assignment, whether it is there or not; one with another name if it is alone."""
        for folder in (self.root / NOTEBOOKS / assignment, self.root / assignment):
            named = folder / f"{assignment}.ipynb"
            if named.is_file():
                return named
            if len(others := sorted(folder.glob("*.ipynb"))) == 1:
                return others[0]
        return self.root / NOTEBOOKS / assignment / f"{assignment}.ipynb"

    @property
    def has_notebooks(self) -> bool:
        return any(self.notebook(assignment).is_file() for assignment in exercises.ASSIGNMENTS)


def workplace_of(folder: Path) -> tuple[Workplace, str] | None:
    """The workplace and the assignment whose folder this is; None for other folders, and those of instructors."""
    folder = folder.resolve()
    parent = folder.parent
    if folder.name not in exercises.ASSIGNMENTS:
        return None
    if parent.name in OF_INSTRUCTORS or parent.parent.name in OF_GRADING:
        return None
    return Workplace(parent.parent if parent.name == NOTEBOOKS else parent), folder.name


def find_workplace(start: Path) -> Workplace:
    """The workplace in this folder, or in the nearest one above it that is one.

    Raises:
        CourseError: if there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (place := Workplace(folder.parent if folder.name == NOTEBOOKS else folder)).has_notebooks:
            return place
    raise CourseError(f"{start} has no notebooks of the course: run this in the course folder, or give --course DIR")
