"""The instructor's page: it agrees with the gradebook, no student can inject anything, and it needs no other file."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
import shutil
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
import pytest
from nbgrader.api import Gradebook
from small_course import NAME, RIGHT, answered, make_course, record_unreadable

from autograder.authoring.build import build
from autograder.course import Course
from autograder.grading.results import SubmissionResult
from autograder.guest.status import Status
from autograder.notebooks import verdict_in
from autograder.outcome import Outcome
from autograder.report.figures import SCALE, histogram, shade, step
from autograder.report.page import render, with_code
from autograder.report.sections import Section
from autograder.report.sheets import detail_rows, scores_rows
from autograder.report.write import size_of, write_report
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


def data_of(page: str) -> dict[str, Any]:
    """What the page's script reads."""
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def test_the_page_is_whole_and_needs_no_other_file(page: str) -> None:
    parsed = Page(page)
    assert parsed.open == []
    assert [tag for tag, attrs in parsed.elements if "src" in attrs or tag == "link"] == []
    assert "http" not in page.replace("http-equiv", "") and "@import" not in page and "url(" not in page
    assert len(parsed.attributes("svg", "aria-label")) == 1


def test_nothing_of_a_student_becomes_markup(page: str) -> None:
    assert [tag for tag, _ in Page(page).elements].count("script") == 2  # the page's own, and its data
    assert "alert('x')</script>" not in page
    assert ATTACK.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;") in page
    handlers = [name for _, attrs in Page(page).elements for name in attrs if name.startswith("on")]
    assert handlers == []


def test_only_the_pages_own_script_may_run(page: str) -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page and "default-src 'none'" in page


def squares(page: str, student: str) -> dict[str, tuple[str, float | None, str]]:
    """exercise → (status, score, reason) of a student, as the script shows them."""
    data = data_of(page)
    ids, (notebook,), texts = [id for _, id in data["students"]], data["notebooks"], data["texts"]
    (row,) = [row for row in notebook["rows"] if ids[row[0]] == student]
    named = zip(notebook["exercises"], row[5], strict=True)
    return {name: (texts[status], score, texts[why]) for (name, _), (status, score, why) in named}


def test_each_square_has_its_reason(page: str) -> None:
    assert squares(page, "bob")["double"] == ("failed", 2.5, "got 9\nThis is x times x & more.")
    assert squares(page, "ada")["double"] == ("passed", 10, "")
    assert squares(page, "eve")["half"] == ("unreadable", 0, f"it says {ATTACK}")


def test_what_is_not_marked_is_no_zero(page: str) -> None:
    assert squares(page, "ada")["answer_why"] == ("to be marked", None, "a person has to mark this answer")
    data = data_of(page)
    (ada,) = [row for row in data["notebooks"][0]["rows"] if data["students"][row[0]][1] == "ada"]
    assert (ada[1], ada[2]) == (15, "20")
    assert data["texts"][ada[3][0]] == "provisional: 1 answer waits for a mark, 15 points are marked so far"
    text = " ".join(page.split())
    assert "Totals are provisional.</strong> 4 answers wait for a mark" in text
    assert "median 33%" in text  # of 15 points, not of 20: shares 1, 1/6, 1/3, 2/3, and 0 of 20


def test_the_most_frequent_mistake_comes_first(page: str) -> None:
    listed = page[page.index("Known mistakes") : page.index("Wrong answers without a name")]
    assert re.findall(r'<b>([^<]+)</b>: <span class="n">(\d+)</span>', listed) == [("squared", "2"), ("sign lost", "1")]
    assert "This is x times x &amp; more." in listed
    ids = [id for _, id in data_of(page)["students"]]
    numbers = re.findall(r'data-who="([^"]*)"', listed)[0].split()
    assert [ids[int(number)] for number in numbers] == ["bob", "cyd é #1"]


def test_answers_to_mark_are_listed(page: str) -> None:
    marking = page[page.index('id="mark-heading"') : page.index('id="notebooks-heading"')]
    assert f'<b>{NAME}</b> <code>answer_why</code>: <span class="n">4</span> students, 5 points each' in marking
    assert f"{NAME}: unreadable. it says" in marking


def addresses(page: str) -> list[str]:
    """Where the page leads to, outside itself."""
    links = [unquote(link) for link in Page(page).attributes("a", "href") if not link.startswith("#")]
    return links + [unquote(row[4]) for notebook in data_of(page)["notebooks"] for row in notebook["rows"] if row[4]]


def test_links_survive_when_the_folder_is_copied(page: str, written: dict[str, Path], tmp_path: Path) -> None:
    copied = shutil.copytree(written["page"].parent, tmp_path / "elsewhere")
    links = addresses(page)
    assert len(links) == 5 + 2
    for link in links:
        assert (copied / link).resolve().is_relative_to(copied) and (copied / link).is_file(), link
    assert f"feedback/bob/{NAME}.html" in links


@pytest.mark.usefixtures("written")
def test_a_page_that_does_not_exist_has_no_link(course: Course, tmp_path: Path) -> None:
    page = course.feedback(NAME, "ada")
    kept = page.read_bytes()
    page.unlink()
    text = write_report(course, None, tmp_path / "elsewhere", None)["page"].read_text()
    page.write_bytes(kept)
    assert len(addresses(text)) == 4 + 2


def test_the_report_of_one_notebook_leaves_that_of_all(course: Course, tmp_path: Path) -> None:
    two = Course(shutil.copytree(course.root, tmp_path / "course"))
    with Gradebook(f"sqlite:///{two.root / 'gradebook.db'}") as gradebook:
        gradebook.add_assignment("02_more")
        gradebook.add_submission("02_more", "ada")
    every = write_report(two, None, tmp_path / "report", None)
    before = {name: path.stat().st_mtime_ns for name, path in every.items() if path.is_file()}
    one = write_report(two, [NAME], tmp_path / "report", None)
    assert (one["page"].name, one["scores"].name) == (f"{NAME}.html", f"{NAME}_scores.csv")
    assert before == {name: path.stat().st_mtime_ns for name, path in every.items() if path.is_file()}
    assert f"{NAME}_details.csv" in addresses(one["page"].read_text())


def test_the_report_of_all_that_has_been_graded_is_that_of_all(course: Course, tmp_path: Path) -> None:
    assert write_report(course, [NAME], tmp_path, None) == write_report(course, None, tmp_path, None)


def test_feedback_is_made_once(course: Course, written: dict[str, Path]) -> None:
    made: list[tuple[int, int]] = []
    write_report(course, None, course.root / "report", lambda *count: made.append(count))
    assert made == [(0, 0)]
    time.sleep(0.01)
    course.autograded(NAME, "bob").touch()
    write_report(course, None, course.root / "report", lambda *count: made.append(count))
    assert made[1:] == [(0, 1), (1, 1)]
    assert size_of(written["feedback"]).startswith("5 pages, ") and size_of(written["scores"]).endswith(" kB")
    copy = written["feedback"] / "bob" / f"{NAME}.html"
    assert copy.read_bytes() == course.feedback(NAME, "bob").read_bytes()


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def test_the_scores_are_in_a_table(written: dict[str, Path]) -> None:
    header, *students = rows(written["scores"])
    notebook = [NAME, f"{NAME}: remarks", f"{NAME}: double", f"{NAME}: half", f"{NAME}: answer_why"]
    assert header == ["student", "name", "total", "total: remarks", *notebook]
    cells = {row[0]: row for row in students}
    assert cells["bob"][2:] == [
        "2.5", "provisional: 1 answer waits for a mark",
        "2.5", "provisional: 1 answer waits for a mark, 15 points are marked so far", "2.5", "0.0", "",
    ]  # fmt: skip
    assert cells["eve"][2:4] == ["0.0", ""] and cells["eve"][5].startswith("unreadable: it says")
    assert len(cells) == 5


def late(penalty: float, marked: bool = True) -> Section:
    """A notebook handed in two hours late, for 10 points of which 8 are earned, without a mark if not `marked`."""
    outcome = Outcome("why", Status.MARKED if marked else Status.TO_BE_MARKED, 8.0 if marked else 0.0, 10.0)
    score = max(outcome.score - penalty, 0)
    result = SubmissionResult("ada", NAME, Status.GRADED, score, 10, "", (outcome,), "Ada", penalty, 7200)
    return Section(NAME, ["why"], [result])


def test_a_penalty_is_taken_off_wherever_a_score_is_shown() -> None:
    (_, scores), (_, exercise, penalty) = scores_rows([late(3)]), detail_rows([late(3)])
    assert scores == ["ada", "Ada", 5, "late", 5, "late by 2 hours: 3 points are taken off", 8]
    assert (exercise[4], penalty[3:8]) == (8, ["penalty", -3, "", "late", "late by 2 hours"])
    page = render("course", [late(3)])
    assert data_of(page)["notebooks"][0]["rows"][0][1] == 5
    assert re.findall(r'data-v="5.0">5<small>late</small>', page)
    assert "late by 2 hours: 3 points are taken off" in data_of(page)["texts"]


def test_a_notebook_in_which_nothing_is_marked_has_no_score() -> None:
    (_, scores) = scores_rows([late(0, marked=False)])
    assert (scores[2], scores[4], scores[6]) == ("", "", "")
    assert data_of(render("course", [late(0, marked=False)]))["notebooks"][0]["rows"][0][1] is None


@pytest.mark.parametrize(
    ("sentence", "html"),
    [
        ("use `x < y` and `z`", "use <code>x &lt; y</code> and <code>z</code>"),
        ("no code & `an open end", "no code &amp; `an open end"),
        ("`a` and `b", "<code>a</code> and `b"),
    ],
)
def test_code_in_a_sentence_is_set_as_code(sentence: str, html: str) -> None:
    assert with_code(sentence) == html


def test_no_text_of_a_student_is_a_formula(written: dict[str, Path]) -> None:
    values = [value for row in rows(written["details"]) + rows(written["scores"]) for value in row]
    assert not any(value.startswith(("=", "+", "@", "-")) for value in values)
    assert any(value.startswith("'=1+1") for value in values)
    assert any(value.startswith("'=x<script>") for value in values)


def test_colours_run_from_none_to_all() -> None:
    ends = [shade(0.0), shade(0.5), shade(1.0)]
    assert ends == ["#" + "".join(f"{part:02x}" for part in colour) for _, colour in SCALE]
    assert shade(1.7) == shade(1.0) and shade(-1) == shade(0.0)
    assert (step(0), step(0.5), step(0.999), step(1)) == ("s0", "s10", "s19", "s20")


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
