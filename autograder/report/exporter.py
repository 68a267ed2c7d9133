"""The students' feedback pages as nbgrader makes them: an exporter with a template of this course.

nbgrader_config.py names it for `nbgrader generate_feedback` and formgrader's button; the template needs no script
and no network.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

from autograder.course import Course
from autograder.grading.results import SubmissionResult, read_results
from autograder.guest.status import Status
from autograder.outcome import Outcome
from autograder.report.outputs import shown_html
from autograder.report.sections import UNITS
from autograder.tables import number, reason

TEMPLATES = Path(__file__).parent / "templates"
LIGHT, DARK = "default", "github-dark"  # styles of Pygments whose colours have enough contrast
SIGNS = {
    Status.PASSED: "✓",
    Status.FAILED: "✗",
    Status.NOT_ATTEMPTED: "○",
    Status.TO_BE_MARKED: "…",
    Status.MARKED: "✎",
}
WRITTEN = "answer_"  # the grade id of a written answer starts with it

# what is shown of an output that has several forms, the first of these that it has; what would run is not among them
SHOWN = (
    "text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "text/latex", "text/plain",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One exercise in the page's index."""

    name: str  # as its function is called; of a written answer, what it is about
    written: bool  # whether the answer is words
    status: str
    kind: str  # the status as a CSS class
    sign: str
    points: str  # "4.29 of 30"
    why: str  # why points were lost


@dataclass(frozen=True)
class Summary:
    """What a page says before it shows the notebook."""

    assignment: str
    student: str  # the name, else the id
    total: str  # "71.5 of 100"
    waiting: str  # what a person has yet to mark; empty if nothing is
    late: str  # how late, and what that costs; empty if it was in time
    problem: str  # why the submission as a whole could not be graded; empty if it was
    remark: str  # on the submission as a whole; empty as a rule
    rows: dict[str, Row]  # by exercise, or grade id of a written answer


class FeedbackExporter(HTMLExporter):
    """Makes a student's page from the graded notebook and the gradebook."""

    @property
    def default_config(self) -> Config:
        """nbconvert's settings, and this template; nbgrader names another for all HTML, but this class's own counts."""
        ours = {
            "FeedbackExporter": {"template_name": "feedback", "extra_template_basedirs": [str(TEMPLATES)]},
            "NbConvertBase": {"display_data_priority": list(SHOWN)},
        }
        config = super().default_config.copy()
        config.merge(Config(ours))
        return config

    def default_filters(self) -> Iterator[Any]:
        """nbconvert's filters, and one for HTML that a cell has shown."""
        yield from super().default_filters()
        yield "shown_html", shown_html

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **options: Any) -> Any:
        """The page of a graded notebook; `resources` says whose, as nbgrader sets it."""
        resources = dict(resources or {})
        about = resources["nbgrader"]
        course = Course(self.parent.coursedir.root if self.parent else os.getcwd())
        results = read_results(course, about["assignment"], [about["student"]])
        resources |= {"summary": summary(results[0]), "styles": styles()}
        return super().from_notebook_node(nb, resources, **options)


def summary(result: SubmissionResult) -> Summary:
    """What the page says about a result."""
    waiting = [outcome for outcome in result.exercises if outcome.status == Status.TO_BE_MARKED]
    graded = result.status == Status.GRADED
    return Summary(
        result.assignment,
        result.name or result.student,
        f"{number(result.score)} of {number(result.marked_points if waiting else result.points)}",
        _waiting(waiting, result.points) if waiting else "",
        _late(result),
        "" if graded else f"{result.status}: {result.why}",
        result.why if graded else "",
        {outcome.exercise: _row(outcome) for outcome in result.exercises},
    )


def _row(outcome: Outcome) -> Row:
    to_be_marked = outcome.status == Status.TO_BE_MARKED
    written = outcome.exercise.startswith(WRITTEN)
    return Row(
        outcome.exercise.removeprefix(WRITTEN).replace("_", " ") if written else outcome.exercise,
        written,
        outcome.status.value,
        "lost" if outcome.lost else "waiting" if to_be_marked else "full",
        SIGNS.get(outcome.status, "!" if outcome.lost else "✓"),
        f"– of {number(outcome.points)}" if to_be_marked else f"{number(outcome.score)} of {number(outcome.points)}",
        reason(outcome),
    )


def _waiting(waiting: list[Outcome], points: float) -> str:
    kind = "written answer" if all(outcome.exercise.startswith(WRITTEN) for outcome in waiting) else "answer"
    answers = f"{len(waiting)} {kind}s" if len(waiting) > 1 else f"1 {kind}"
    theirs = number(sum(outcome.points for outcome in waiting))
    return f"This is what is marked so far. Still to be marked: {answers}, {theirs} points; {number(points)} in all."


def _late(result: SubmissionResult) -> str:
    if result.seconds_late <= 0 and not result.penalty:
        return ""
    lost = f"it costs {number(result.penalty)} points" if result.penalty else "it costs no points"
    return f"Handed in {_duration(result.seconds_late)} late: {lost}."


def _duration(seconds: float) -> str:
    """The two largest units of a time: "1 day 2 hours"."""
    parts, left = list[str](), int(seconds)
    for size, unit in UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}{'s' if count > 1 else ''}")
    return " ".join(parts[:2]) or "less than a minute"


def page_without_notebook(result: SubmissionResult, why: str) -> str:
    """The page of a result whose notebook cannot be shown as a page: why, and the scores."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES / "feedback"), autoescape=True)
    return environment.get_template("without_notebook.html.j2").render(
        resources={"summary": summary(result), "styles": styles()}, why=why
    )


def styles() -> dict[str, str]:
    """CSS for code, in the light and the dark theme."""
    return {
        name: HtmlFormatter(style=style).get_style_defs(".highlight")
        for name, style in (("light", LIGHT), ("dark", DARK))
    }
