"""The instructor's page: it agrees with the gradebook, no student can inject anything, and it needs no other file."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from nbgrader.api import Gradebook
from small_course import NAME, RIGHT, answered, make_course, record_unreadable

from autograder.authoring.build import build
from autograder.course import Course
from autograder.notebooks import verdict_in
from autograder.report.figures import SCALE, histogram, shade
from autograder.report.write import write_report
from utils.layers.students import VERDICT_MIME

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
ATTACK = "<script>alert('x')</script>"
SQUARED = {"name": "squared", "says": "This is x times x & more."}
NEGATED = {"name": "sign-lost", "says": f"The sign is lost {ATTACK}"}


def verdict(exercise: str, points: float, score: float, message: str, *mistakes: dict[str, str]) -> dict[str, object]:
    passed = score == points
    case = {"name": "a", "hidden": True, "weight": 1, "passed": passed, "status": "passed" if passed else "failed"}
    return {
        "exercise": exercise,
        "assignment": NAME,
        "points": points,
        "score": score,
        "hidden": True,
        "status": case["status"],
        "cases": [{**case, "message": message, "mistake": None}],
        "mistakes": list(mistakes),
    }


def graded(course: Course, student: str, *verdicts: dict[str, object]) -> None:
    """What stock nbgrader leaves behind for a student: grades in the gradebook, verdicts in the notebook's outputs."""
    notebook = answered(course.root, RIGHT)
    scores = {f"check_{verdict['exercise']}": verdict["score"] for verdict in verdicts}
    for cell, verdict in zip((notebook.cells[3], notebook.cells[5]), verdicts, strict=True):
        cell.execution_count = 1
        cell.outputs = [nbformat.v4.new_output("display_data", data={VERDICT_MIME: verdict})]
    path = course.autograded(NAME, student)
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    with Gradebook(course.directory.db_url) as gradebook:
        gradebook.update_or_create_student(student)
        submission = gradebook.update_or_create_submission(NAME, student)
        for grade in submission.notebooks[0].grades:
            grade.auto_score = scores.get(grade.name)
            grade.needs_manual_grade = grade.name == "answer_why"
        gradebook.db.commit()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AUTOGRADER_SECRET", raising=False)
        made = Course(make_course(tmp_path_factory.mktemp("report") / "course"))
        build(made, [NAME])
        graded(made, "ada", verdict("double", 10, 10, ""), verdict("half", 5, 5, ""))
        graded(made, "bob", verdict("double", 10, 2.5, "got 9", SQUARED), verdict("half", 5, 0, "got 1", NEGATED))
        graded(made, "cyd é #1", verdict("double", 10, 0, f"=1+1 {ATTACK}", SQUARED), verdict("half", 5, 5, ""))
        graded(made, f"=x{ATTACK}".replace("/", "⁄"), verdict("double", 10, 5, ATTACK), verdict("half", 5, 5, ""))
        record_unreadable(made, "eve", f"it says {ATTACK}")
        yield made


@pytest.fixture(scope="module")
def written(course: Course) -> dict[str, Path]:
    return write_report(course, None, course.root / "report", lambda done, total: None)


@pytest.fixture(scope="module")
def page(written: dict[str, Path]) -> str:
    return written["page"].read_text()


class Page(HTMLParser):
    """The page as a browser reads it: every element with its attributes, and those that are still open."""

    OPEN = frozenset({"meta", "input", "br", "link", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.OPEN and not (self.get_starttag_text() or "").endswith("/>"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def attributes(self, tag: str, name: str) -> list[str]:
        return [value for element, attrs in self.elements if element == tag and (value := attrs.get(name))]


def test_the_page_is_whole_and_needs_no_other_file(page: str) -> None:
    parsed = Page(page)
    assert parsed.open == []
    assert [tag for tag, attrs in parsed.elements if "src" in attrs or tag == "link"] == []
    assert "http" not in page.replace("http-equiv", "") and "@import" not in page and "url(" not in page
    assert len(parsed.attributes("svg", "aria-label")) == 1


def test_nothing_of_a_student_becomes_markup(page: str) -> None:
    assert [tag for tag, _ in Page(page).elements].count("script") == 1  # the page's own
    assert "alert('x')</script>" not in page
    assert ATTACK.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;") in page
    handlers = [name for _, attrs in Page(page).elements for name in attrs if name.startswith("on")]
    assert handlers == []


def test_the_heat_map_says_why(page: str) -> None:
    titles = Page(page).attributes("td", "title")
    assert "bob · double\nfailed, 2.5 of 10\ngot 9\nThis is x times x & more." in titles
    assert "ada · double\npassed, 10 of 10" in titles
    assert "ada · answer_why\nto be marked, 0 of 5\na person has to mark this answer" in titles
    assert f"eve · half\nunreadable, 0 of 5\nit says {ATTACK}" in titles
    assert "double: 35% of the points; 1 of 5 have them all" in titles
    assert "half: 60% of the points; 3 of 5 have them all" in titles


def test_the_most_frequent_mistake_comes_first(page: str) -> None:
    listed = page[page.index("Mistakes the class makes most") : page.index("</section>")]
    assert re.findall(r"<b>(\d+)</b> × <b>([^<]+)</b>", listed) == [("2", "squared"), ("1", "sign lost")]
    assert "This is x times x &amp; more." in listed
    assert "bob, cyd é #1" in listed


def test_every_link_leads_to_a_file(page: str, written: dict[str, Path], course: Course) -> None:
    folder = written["page"].parent
    links = [unquote(link) for link in Page(page).attributes("a", "href") if not link.startswith("#")]
    assert len(links) == 5 + 2
    for link in links:
        assert (folder / link).is_file(), link
    assert f"../feedback/bob/{NAME}/{NAME}.html" in links


def test_without_feedback_links_lead_to_the_notebook(course: Course, tmp_path: Path) -> None:
    page = course.feedback(NAME, "ada")
    kept = page.read_bytes()
    page.unlink()
    text = write_report(course, [NAME], tmp_path / "elsewhere", None)["page"].read_text()
    page.write_bytes(kept)
    assert f"autograded/ada/{NAME}/{NAME}.ipynb" in text


def test_feedback_is_made_once(course: Course, written: dict[str, Path]) -> None:
    made: list[tuple[int, int]] = []
    write_report(course, None, course.root / "report", lambda *count: made.append(count))
    assert made == [(0, 0)]
    time.sleep(0.01)
    course.autograded(NAME, "bob").touch()
    write_report(course, None, course.root / "report", lambda *count: made.append(count))
    assert made[1:] == [(0, 1), (1, 1)]


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def test_the_scores_are_in_a_table(written: dict[str, Path]) -> None:
    header, *students = rows(written["scores"])
    assert header == ["student", "total", NAME, f"{NAME}: double", f"{NAME}: half", f"{NAME}: answer_why"]
    marks = {row[0]: [float(number) for number in row[1:]] for row in students}
    assert marks["bob"] == [2.5, 2.5, 2.5, 0, 0]
    assert marks["ada"][:2] == [15, 15]
    assert len(marks) == 5


def test_no_text_of_a_student_is_a_formula(written: dict[str, Path]) -> None:
    values = [value for row in rows(written["details"]) + rows(written["scores"]) for value in row]
    assert not any(value.startswith(("=", "+", "@", "-")) for value in values)
    assert any(value.startswith("'=1+1") for value in values)
    assert any(value.startswith("'=x<script>") for value in values)


def test_colours_run_from_none_to_all() -> None:
    ends = [shade(0.0), shade(0.5), shade(1.0)]
    assert ends == ["#" + "".join(f"{part:02x}" for part in colour) for _, colour in SCALE]
    assert shade(1.7) == shade(1.0) and shade(-1) == shade(0.0)


def test_the_distribution_counts_everyone() -> None:
    svg = histogram([0, 0.05, 0.3, 0.95, 1.0])
    assert re.findall(r"<title>(\d+–\d+ %): ([1-9])</title>", svg) == [
        ("0–10 %", "2"),
        ("30–40 %", "1"),
        ("90–100 %", "2"),
    ]
    assert "median 30%" in svg
    assert "<svg" in histogram([])


GARBAGE: list[object] = [
    None,
    [],
    "verdict",
    {"exercise": "double"},
    {**verdict("double", 10, 5, ""), "cases": 3},
    {**verdict("double", 10, 5, ""), "cases": [{"passed": False}]},
    {**verdict("double", 10, 5, ""), "score": "many"},
    {**verdict("double", 10, 5, ""), "mistakes": [7]},
]


@pytest.mark.parametrize("data", GARBAGE)
def test_data_that_are_no_verdict_are_ignored(data: object) -> None:
    cell = nbformat.v4.new_code_cell("", outputs=[nbformat.v4.new_output("display_data", data={VERDICT_MIME: data})])
    assert verdict_in(cell) is None


def test_the_verdict_with_hidden_cases_counts() -> None:
    shown = {**verdict("double", 10, 10, ""), "hidden": False}
    other = verdict("half", 5, 5, "")
    outputs = [nbformat.v4.new_output("display_data", data={VERDICT_MIME: data}) for data in (SQUARED, shown)]
    outputs += [
        nbformat.v4.new_output("display_data", data={VERDICT_MIME: data})
        for data in (verdict("double", 10, 2, "a\nb"), other)
    ]
    counted = verdict_in(nbformat.v4.new_code_cell("", outputs=outputs), "double")
    assert counted is not None and (counted.score, counted.hidden, counted.message) == (2, True, "a b")
