"""Time the report of a large class: python benchmarks/report.py [--students 300]

A made-up class in all ten notebooks, with a gradebook, graded notebooks with figures in them, and feedback pages:

- reading the results, and writing the whole report, in wall and in processor time;
- loading the page in a browser, from the request to the first picture of it, and the page's own processor time.

The class is that of tests/large_class.py. Its feedback pages are one page under many names.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat
from machine import machine
from nbgrader.api import Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook

from autograder.authoring.build import build
from autograder.course import CONFIG, Course
from autograder.exercises import ASSIGNMENTS
from autograder.grading.note import FIELD
from autograder.grading.results import SubmissionResult, read_results
from autograder.guest.status import Status
from autograder.report.sections import Section
from autograder.report.write import write_report

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "tests"))

from browser import QUIET, installed  # noqa: E402
from large_class import large_class  # noqa: E402

FIGURE = "A" * 150_000  # characters of a picture in a graded notebook
PAGE = b"<!doctype html><title>feedback</title>" + b" " * 400_000


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long it took."""
    wall, processor = time.perf_counter(), time.process_time()
    yield
    print(f"| {what} | {time.perf_counter() - wall:.1f} | {time.process_time() - processor:.1f} |", flush=True)


def note(result: SubmissionResult) -> dict[str, object]:
    """The note of a graded notebook with these outcomes."""
    verdicts = {
        outcome.exercise: {
            "exercise": outcome.exercise,
            "points": outcome.points,
            "score": outcome.score,
            "hidden": True,
            "status": outcome.status.value,
            "cases": [{"name": f"case {k}", "passed": not outcome.lost, "message": outcome.why} for k in range(14)],
            "mistakes": [{"name": mistake.name, "says": mistake.says} for mistake in outcome.mistakes],
        }
        for outcome in result.exercises
    }
    return {"status": result.status.value, "why": result.why, "key": "k", "verdicts": verdicts}


def fill(course: Course, sections: Sequence[Section]) -> None:
    """The class's gradebook, graded notebooks and feedback pages."""
    page = course.root / "page.html"
    page.write_bytes(PAGE)
    for section in sections:
        notebook = nbformat.read(course.release(section.assignment), as_version=4)
        picture = nbformat.v4.new_output("display_data", {"image/png": FIGURE})
        next(cell for cell in notebook.cells if cell.cell_type == "code").outputs = [picture]
        for result in section.results:
            notebook.metadata[FIELD] = note(result)
            graded, shown = (place(result.assignment, result.student) for place in (course.autograded, course.feedback))
            graded.parent.mkdir(parents=True)
            graded.write_text(json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False))
            shown.parent.mkdir(parents=True)
            os.link(page, shown)
    course.with_gradebook(lambda gradebook: _grades(gradebook, sections))


def _grades(gradebook: Gradebook, sections: Sequence[Section]) -> None:
    students: dict[str, Student] = {}
    for section in sections:
        assignment = gradebook.find_assignment(section.assignment)
        (notebook,) = assignment.notebooks
        cells = [*notebook.grade_cells, *notebook.task_cells]
        for result in section.results:
            student = students.get(result.student) or Student(id=result.student, first_name=result.name)
            students[result.student] = student
            submission = SubmittedAssignment(assignment=assignment, student=student)
            submitted = SubmittedNotebook(notebook=notebook, assignment=submission)
            scores = {outcome.exercise: outcome for outcome in result.exercises}
            for cell in cells:
                outcome = scores.get(cell.name.removeprefix("check_"))
                by_hand = outcome is None or outcome.status == Status.TO_BE_MARKED
                score = None if outcome is None or by_hand else outcome.score
                grade = Grade(cell=cell, notebook=submitted, auto_score=score, needs_manual_grade=by_hand)
                gradebook.db.add(grade)
    gradebook.db.commit()


def load(page: Path) -> None:
    """Print how long the page takes in a browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=[*QUIET], chromium_sandbox=False)
        for width in (1600, 400):
            tab = browser.new_page(viewport={"width": width, "height": 900})
            protocol = tab.context.new_cdp_session(tab)
            protocol.send("Performance.enable", {"timeDomain": "threadTicks"})
            start = time.perf_counter()
            tab.goto(page.resolve().as_uri())
            tab.screenshot()
            wall = time.perf_counter() - start
            metrics = {each["name"]: each["value"] for each in protocol.send("Performance.getMetrics")["metrics"]}
            print(f"| loading the page, {width} pixels wide | {wall:.1f} | {metrics['TaskDuration']:.1f} |", flush=True)
            tab.close()
        browser.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--students", type=int, default=300)
    options = arguments.parse_args()
    sections = large_class(options.students)
    with tempfile.TemporaryDirectory(prefix="report-benchmark-") as folder:
        root = Path(folder)
        shutil.copy(REPOSITORY / CONFIG, root)
        shutil.copytree(REPOSITORY / "solutions", root / "solutions")
        course = Course(root)
        build(course, list(ASSIGNMENTS))
        fill(course, sections)
        print(f"{machine()}\n\n| {options.students} students, ten notebooks | seconds | processor seconds |")
        print("| --- | ---: | ---: |")
        with timed("reading the results"):
            count = sum(len(read_results(course, section.assignment)) for section in sections)
        with timed("writing the report, results read again"):
            written = write_report(course, None, root / "report")
        with timed("writing it once more"):
            write_report(course, None, root / "report")
        if installed():
            load(written["page"])
        pages = sum(1 for _ in written["feedback"].rglob("*.html"))
        print(f"\n{count} submissions; the page has {written['page'].stat().st_size / 1e6:.1f} MB, and {pages} others.")


if __name__ == "__main__":
    main()
