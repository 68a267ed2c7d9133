"""What a student's feedback page says, and what it never does: run anything, or ask a network."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from graded_class import WHY_UNREADABLE
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from small_course import NAME

from autograder.course import Course
from autograder.exercises import EXERCISES
from autograder.guest.status import Status
from autograder.judging.card import as_html
from autograder.judging.examine import examine, in_process
from autograder.report.formulas import mathml
from utils.layers.stand_ins import conv_forward

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def page(course: Course, student: str) -> str:
    return course.feedback(NAME, student).read_text(encoding="utf-8")


def index(text: str) -> list[str]:
    """The rows of the page's first table, as text."""
    table = re.search(r"<tbody>.*?</tbody>", text, re.DOTALL)
    assert table is not None
    return [words(row) for row in re.findall(r"<tr>.*?</tr>", table[0], re.DOTALL)]


def words(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def test_the_index_names_the_exercises_with_result_and_points(course_with_pages: Course) -> None:
    assert index(page(course_with_pages, "mia")) == [
        "double ✗ failed 5 of 10",
        "half ! raised 0 of 5",
        "why (in words) … to be marked – of 5",
    ]
    assert f"<h1>{NAME}: 5 of 15</h1>" in page(course_with_pages, "mia")
    assert "Still to be marked: 1 written answer, 5 points; 20 in all" in words(page(course_with_pages, "mia"))


def test_a_page_names_its_student_escaped(course_with_pages: Course) -> None:
    assert "Ada &lt;Lovelace&gt;" in page(course_with_pages, "ada")


def test_a_late_submission_says_what_lateness_costs_and_shows_the_markers_comment(course_with_pages: Course) -> None:
    text = page(course_with_pages, "lea")
    assert f"<h1>{NAME}: 16.5 of 20</h1>" in text
    assert "it costs 2.5 points" in text
    assert index(text)[-1] == "why (in words) ✎ marked 4 of 5"
    comment = re.search(r'<div class="comment">.*?</div>', text, re.DOTALL)
    assert comment is not None and "<math" in comment[0] and "<b>Good</b>" in comment[0]


def test_a_page_of_an_unreadable_submission_says_why_and_shows_no_notebook(course_with_pages: Course) -> None:
    text = page(course_with_pages, "zoe")
    assert f"unreadable: {WHY_UNREADABLE}" in text
    assert "Two functions of one number" not in text
    assert index(text)[0] == "double ! unreadable 0 of 10"


class Elements(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags, self.attributes = list[str](), list[tuple[str, str]]()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.mark.parametrize("student", ["ada", "mia", "lea", "zoe"])
def test_a_page_runs_nothing_and_loads_nothing(course_with_pages: Course, student: str) -> None:
    elements = Elements()
    elements.feed(page(course_with_pages, student))
    assert not {"script", "iframe", "link", "object"} & set(elements.tags)
    assert [name for name, _ in elements.attributes if name.startswith("on")] == []
    addresses = [value for name, value in elements.attributes if name in ("src", "href")]
    assert [value for value in addresses if not value.startswith(("#", "data:image/", "x"))] == []
    assert "url(" not in page(course_with_pages, student) and "@import" not in page(course_with_pages, student)
    assert ("lang", "en") in elements.attributes


def test_a_check_shows_its_card_and_not_the_call_of_its_hidden_cases(course_with_pages: Course) -> None:
    text = page(course_with_pages, "mia")
    assert "This is x times x" in text
    assert "hidden=True" not in text and "HIDDEN TESTS" not in text


def test_formulas_are_drawn_without_script_and_others_stay_readable(course_with_pages: Course) -> None:
    text = page(course_with_pages, "mia")
    assert "<mfrac>" in text and "<msub><mi>x</mi><mn>1</mn></msub>" in text
    written = re.findall(r'<annotation encoding="application/x-tex">(.*?)</annotation></semantics></math>', text)
    assert any(tex.startswith("$") and "\\frac" in tex for tex in written)
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in text
    for source in (r"$\nosuchthing{y}$", r"$\href{javascript:alert(3)}{z}$", r"$\def\a{\a\a}\a$"):
        assert f"<code>{source}</code>" in text


@pytest.mark.parametrize("tex", ["\\frac{1}{2", "{" * 2_000, "\\left(" * 500, "x^" * 1_400, "x" * 10_000, "\\", "&"])
def test_odd_tex_is_drawn_or_refused_but_never_an_error(tex: str) -> None:
    drawn = mathml(tex)
    assert drawn is None or drawn.tag == "math"


def test_the_card_of_a_graded_check_has_the_smallest_case_of_a_visible_one() -> None:
    def off_by_one(*arguments: Any) -> Any:
        out, cache = conv_forward(*arguments)
        return out + 1, cache

    exercise = EXERCISES["conv_forward"]
    verdict = examine(exercise, "02_convolution", in_process({"conv_forward": off_by_one}), hidden=True, patience=60)
    assert verdict.example is not None and "The smallest case" in as_html(verdict)


def test_the_smallest_case_is_not_looked_for_where_an_answer_does_not_come() -> None:
    exercise, questions = EXERCISES["conv_forward"], 0

    def ask(asked: Any, inputs: Any) -> Any:
        nonlocal questions
        questions += 1
        response: Any = in_process({"conv_forward": lambda *a: (conv_forward(*a)[0] + 1, conv_forward(*a)[1])})(
            asked, inputs
        )
        if questions > len(exercise.cases):
            response.unanswered = Status.TIMED_OUT
        return response

    verdict = examine(exercise, "02_convolution", ask, hidden=True, patience=60)
    assert verdict.example is None
    assert questions <= len(exercise.cases) + 2


def test_nbgraders_own_converter_makes_the_same_page_as_the_report(course_with_pages: Course) -> None:
    before = page(course_with_pages, "mia")
    config = Course(course_with_pages.root).config
    directory = CourseDirectory(config=config, assignment_id=NAME, student_id="mia")
    GenerateFeedback(coursedir=directory, config=config, force=True).start()
    assert page(course_with_pages, "mia") == before
