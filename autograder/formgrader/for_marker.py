"""What stands below an answer in formgrader: mark scheme, model answer, and comments that others of the class got.

nbgrader takes the mark scheme out of the release, and a graded notebook is made from the release, so neither students
nor feedback pages ever have it. It is read from the instructor's notebook while formgrader makes its page.
nbgrader_config.py gives these functions to the exporter as filters; only the template beside this file calls them.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import BaseCell, Comment, Gradebook

from autograder.course import CONFIG, Course
from autograder.errors import AutograderError
from autograder.notebooks import nbgrader, read_notebook

MARKER = "submission_id"  # in the resources of formgrader's pages, and of no others
EARLIER = "earlier_comments"  # in the resources of one page, read from the gradebook once
MARK_SCHEME = re.compile(r"^[^\n]*BEGIN MARK SCHEME[^\n]*\n(.*?)^[^\n]*END MARK SCHEME", re.DOTALL | re.MULTILINE)
SOLUTION = re.compile(r"^[^\n]*BEGIN SOLUTION[^\n]*\n(.*?)^[^\n]*END SOLUTION", re.DOTALL | re.MULTILINE)
MOST = 20  # comments that are offered for one answer

Resources = dict[str, Any]


def mark_scheme(cell: NotebookNode, resources: Resources) -> str:
    """The mark scheme of a task, as Markdown; empty if there is none."""
    return "\n\n".join(part.strip() for part in MARK_SCHEME.findall(_instructors(cell, resources)))


def model_answer(cell: NotebookNode, resources: Resources) -> str:
    """The instructor's answer: the solution regions of a cell that has them, else the whole cell; empty for a task."""
    if not nbgrader(cell).get("solution"):
        return ""
    source = _instructors(cell, resources)
    regions = SOLUTION.findall(source)
    return "\n".join(region.rstrip("\n") for region in regions) if regions else source


def earlier_comments(cell: NotebookNode, resources: Resources) -> list[str]:
    """The comments that others got for the same cell, the most frequent first, at most MOST."""
    if EARLIER not in resources:
        course = _course(resources)
        resources[EARLIER] = _comments_of_others(course, str(resources[MARKER])) if course else {}
    counts: Counter[str] = resources[EARLIER].get(nbgrader(cell).get("grade_id"), Counter())
    return [comment for comment, _ in counts.most_common(MOST)]


def _comments_of_others(course: Course, submission: str) -> dict[str, Counter[str]]:
    """Grade id → how often each comment was given to other submissions of the notebook with this id."""

    def read(gradebook: Gradebook) -> dict[str, Counter[str]]:
        own = gradebook.db.query(Comment.cell_id).filter(Comment.notebook_id == submission)
        named = gradebook.db.query(BaseCell.name, Comment.manual_comment).join(Comment, Comment.cell_id == BaseCell.id)
        counts: dict[str, Counter[str]] = {}
        for name, comment in named.filter(Comment.cell_id.in_(own), Comment.notebook_id != submission):
            if comment:
                counts.setdefault(name, Counter())[comment] += 1
        return counts

    try:
        return course.with_gradebook(read)
    except AutograderError:
        return {}


def _instructors(cell: NotebookNode, resources: Resources) -> str:
    """The source of the same cell in the instructor's notebook; empty if it has none."""
    course, grade_id = _course(resources), nbgrader(cell).get("grade_id")
    if course is None or not grade_id:
        return ""
    path = course.source(resources["assignment_id"])
    try:
        return _sources(path, path.stat().st_mtime_ns).get(grade_id, "")
    except (AutograderError, OSError):
        return ""


@lru_cache(maxsize=2)
def _sources(path: Path, changed: int) -> dict[str, str]:
    """Grade id → source of the cells of an instructor's notebook that was last changed at this time."""
    return {str(nbgrader(cell).get("grade_id")): str(cell.source) for cell in read_notebook(path).cells}


def _course(resources: Resources) -> Course | None:
    """The course whose submission formgrader shows; None on any other page.

    formgrader can be turned to another course while its exporter keeps the settings of the first, so the course is
    the one that the graded notebook lies in.
    """
    folder = Path(resources.get("metadata", {}).get("path") or "")
    if MARKER not in resources or not folder.is_absolute():
        return None
    root = next((parent for parent in folder.parents if (parent / CONFIG).is_file()), None)
    return _loaded(root) if root else None


@lru_cache(maxsize=2)
def _loaded(root: Path) -> Course | None:
    try:
        return Course(root)
    except AutograderError:
        return None
