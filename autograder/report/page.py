"""The instructor's page, from the results of a class; its layout is in page.html, page.css and page.js."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.report import overview
from autograder.report.detail import page_data
from autograder.report.figures import DARK, SCALE, histogram, scale_css
from autograder.report.groups import Group
from autograder.report.leaderboard import leaderboard
from autograder.report.marking import not_graded, to_mark
from autograder.report.mistakes import common_mistakes
from autograder.report.sections import Section, people

HERE = Path(__file__).parent
MOST = 12  # mistakes, and groups of wrong answers, that are listed; the rest are collapsed
MOST_GROUPS = 150  # groups on the page at all
CSV = ("scores.csv", "details.csv")


def render(course: str, sections: Sequence[Section], files: tuple[str, str] = CSV) -> str:
    """The whole page as HTML that needs no other file; the template escapes all text that comes from students.

    files: names of the CSV files with the scores and with the reasons.
    """
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["code"] = with_code
    persons = people(sections)
    script = (HERE / "page.js").read_text(encoding="utf-8")
    mistakes = common_mistakes(sections)
    groups = sorted((group for section in sections for group in section.groups), key=lambda each: -len(each.students))
    waiting = to_mark(sections)
    return environment.get_template("page.html").render(
        course=course.replace("_", " "),
        made=datetime.now().astimezone().strftime("%d %B %Y, %H:%M"),
        style=Markup((HERE / "page.css").read_text(encoding="utf-8")),
        light=Markup(scale_css(SCALE)),
        dark=Markup(scale_css(DARK)),
        script=Markup(script),
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        files=files,
        persons=persons,
        person=persons.__getitem__,
        notebooks=[_notebook(section, f"n{number}") for number, section in enumerate(sections)],
        rows=overview.rows(sections, persons),
        total_median=overview.total_median(sections),
        mistakes=mistakes,
        most=MOST,
        tallest=max((len(mistake.students) for mistake in mistakes), default=1),
        groups=groups[:MOST_GROUPS],
        groups_left=_left(groups[MOST_GROUPS:]),
        to_mark=waiting,
        waiting=sum(len(each.students) for each in waiting),
        not_graded=not_graded(sections),
        data=page_data(sections, persons),
    )


def with_code(sentence: str) -> Markup:
    """A sentence as HTML, with the text between two backticks as code."""
    pieces = str(sentence).split("`")
    if len(pieces) % 2 == 0:  # the last backtick opens nothing
        pieces[-2:] = ["`".join(pieces[-2:])]
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if k % 2 else escape(piece) for k, piece in enumerate(pieces)
    )


def _notebook(section: Section, anchor: str) -> dict[str, object]:
    """What the template needs to show one assignment."""
    return {
        "name": section.assignment,
        "anchor": anchor,
        "summary": overview.summary(section.results),
        "histogram": histogram(overview.shares_of(section.results)),
        "ranks": leaderboard(section.results),
    }


def _left(groups: Sequence[Group]) -> int:
    """How many answers are in groups that are not on the page."""
    return sum(len(group.students) for group in groups)
