"""`autograder demo`: make a course directory, let a made-up class hand in, grade it, and report on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from autograder.authoring.build import build
from autograder.course import CONFIG, Course
from autograder.demo.hostile import ATTACKS
from autograder.demo.hostile.attack import ASSIGNMENT, Attack
from autograder.demo.students import CLASS, Student, hand_in
from autograder.errors import CourseError
from autograder.exercises import ASSIGNMENTS
from autograder.grading.grade import Settings, grade, students_to_grade, tasks_to_do
from autograder.grading.results import SubmissionResult, read_results
from autograder.guest.status import Status, Termination
from autograder.notebooks import read_notebook
from autograder.report.mistakes import common_mistakes
from autograder.report.sections import Section
from autograder.report.write import write_report
from autograder.sandbox.availability import why_unavailable

MARKER = ".made-by-autograder-demo"  # only a folder with this file is ever deleted
MISTAKES_SHOWN = 8
# attacks of the tests that are quick to grade; they are handed in for 01, beside the class
HOSTILE = tuple(
    ATTACKS[name]
    for name in (
        "forge-verdict",
        "read-disk",
        "write-gradebook",
        "exit-in-answer",
        "memory",
        "cut-short",
        "honest-tests-edited",
    )
)
QUICK_NOTEBOOKS = ("01_backprop", "02_convolution", "03_conv_backward")
QUICK_CLASS = tuple(student for student in CLASS if student.name in ("ada", "elif", "femi", "hugo", "lucia", "mats"))
QUICK_HOSTILE = tuple(ATTACKS[name] for name in ("forge-verdict", "exit-in-answer", "cut-short"))
DUE = datetime(2026, 10, 1, 23, 59)  # of every notebook, in UTC
LATE = {"mats": timedelta(hours=30)}  # student → after the due date; the others were an hour early
SETTINGS = """
# ---- what `autograder demo` adds
c.Autograder.due = {due!r}
c.AssignLatePenalties.plugin_class = "autograder.grading.late_policies.PointsPerDay"
c.PointsPerDay.points = 5  # taken off for each started day
"""
LEGEND = (
    "Points of 100, rounded; a person gives 10 of them for written answers, 40 in 10 for a report. –: not handed in."
)
WIDE = 110  # columns of a terminal with room to say what each student is like
UNSANDBOXED = (
    "{}. The made-up class is graded WITHOUT A SANDBOX and its hostile students are left out; "
    "`autograder grade` would stop."
)


def run_demo(
    source_course: Path,
    into: Path,
    students: Sequence[Student] = CLASS,
    assignments: Sequence[str] = tuple(ASSIGNMENTS),
    hostile: Sequence[Attack] = HOSTILE,
    sandboxed: bool | None = None,
) -> int:
    """Make a course directory `into`, let the class hand in, grade, show who got what and why, and report; returns 0.

    `into` is removed first if an earlier demo made it. On a machine without a sandbox the hostile students are left out
    and the others are graded without one.

    Args:
        sandboxed: whether to use the sandbox; None for wherever there is one.

    Raises:
        CourseError: if `into` exists and no demo made it, or grading fails.
    """
    course = make_course(Course(source_course), into, assignments)
    if sandboxed is None and (missing := why_unavailable()):
        Console(stderr=True).print(UNSANDBOXED.format(missing), style="bold red", highlight=False)
    sandboxed = not why_unavailable() if sandboxed is None else sandboxed
    attacks = hostile if sandboxed and ASSIGNMENT in assignments else ()
    with progress_bar() as progress:
        building = progress.add_task("build", total=len(assignments))
        for assignment in assignments:
            build(course, [assignment])
            progress.advance(building)
        course.path("submitted").mkdir(exist_ok=True)
        for assignment in assignments:
            for student in students:
                if path := hand_in(student, assignment, course.release(assignment), course.path("submitted")):
                    stamp = DUE + LATE.get(student.name, timedelta(hours=-1))
                    path.with_name("timestamp.txt").write_text(f"{stamp:%Y-%m-%d %H:%M:%S} UTC\n")
        for attack in attacks:
            _hand_in_attack(course, attack)
        settings = Settings(workers=os.cpu_count() or 1, sandboxed=sandboxed)
        for assignment in assignments:
            tasks = tasks_to_do(course, assignment, students_to_grade(course, assignment), settings)
            grading = progress.add_task(assignment, total=len(tasks))
            for _ in grade(course, tasks, settings):
                progress.advance(grading)
    rows = {student.name: student.about for student in students} | {attack.name: attack.tries for attack in attacks}
    show_results(rows, {assignment: read_results(course, assignment) for assignment in assignments})
    with progress_bar() as progress:
        writing = progress.add_task("pages for students, and the report", total=None)
        written = write_report(
            course, None, into / "report", lambda done, total: progress.update(writing, completed=done, total=total)
        )
    for name, path in written.items():
        Console().print(f"{name}: {path}", highlight=False, soft_wrap=True)
    return 0


def progress_bar() -> Progress:
    """How far the demo is, on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def show_results(rows: Mapping[str, str], results: Mapping[str, Sequence[SubmissionResult]]) -> None:
    """Print who got what, and what went wrong most often; rows: student → what they are like."""
    console = Console()
    if console.width < WIDE:
        rows = dict.fromkeys(rows, "")
    console.print(class_table(rows, list(results), [result for group in results.values() for result in group]))
    console.print(mistakes_table(results))


def _hand_in_attack(course: Course, attack: Attack) -> None:
    path = course.submitted(ASSIGNMENT, attack.name)
    path.parent.mkdir(parents=True)
    path.write_bytes(attack.submission(read_notebook(course.release(ASSIGNMENT)), str(course.root)))


def make_course(source: Course, into: Path, assignments: Sequence[str]) -> Course:
    """A new course directory with the settings of `source` and these assignments, and nothing else of it.

    Raises:
        CourseError: if `into` exists and no demo made it.
    """
    into = into.resolve()
    if into.exists() and not (into / MARKER).is_file():
        if not into.is_dir() or any(into.iterdir()):
            raise CourseError(f"{into} exists and no demo made it: name a new folder with --into")
    elif into.exists():
        shutil.rmtree(into)
    into.mkdir(parents=True, exist_ok=True)
    (into / MARKER).write_text("`autograder demo` made this folder and removes it when it runs again.\n")
    settings = (source.root / CONFIG).read_text(encoding="utf-8")
    due = dict.fromkeys(assignments, f"{DUE:%Y-%m-%d %H:%M}")
    (into / CONFIG).write_text(settings + SETTINGS.format(due=due), encoding="utf-8")
    for assignment in assignments:
        source.require_assignment(assignment)
        folder = source.source(assignment).parent
        ignored = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
        shutil.copytree(folder, into / folder.relative_to(source.root), ignore=ignored)
    return Course(into)


def class_table(students: Mapping[str, str], assignments: Sequence[str], results: Sequence[SubmissionResult]) -> Table:
    """One row per student: what they are like, and for each notebook the points, or its status if it has none.

    students: name → what they are like; the column is left out if all of them are empty.
    """
    by_notebook = {(result.student, result.assignment): result for result in results}
    table = Table(title="The class", title_justify="left", caption=LEGEND, caption_justify="left")
    table.add_column("student", no_wrap=True, style="bold")
    described = any(students.values())
    if described:
        table.add_column("who", overflow="fold")
    for assignment in assignments:
        table.add_column(assignment.partition("_")[0], justify="right", overflow="fold")
    for name, about in students.items():
        row = [_points(by_notebook.get((name, assignment))) for assignment in assignments]
        table.add_row(name, *([about] if described else []), *row)
    return table


def _points(result: SubmissionResult | None) -> Text:
    if result is None:
        return Text("–", style="dim")
    if result.status != Status.GRADED:
        return Text(result.status, style="red")
    ended = {outcome.status for outcome in result.exercises} & set(Termination)
    text = Text(f"{result.score:.0f}", style="red" if any(outcome.lost for outcome in result.exercises) else "green")
    if result.penalty:
        text.append(f"\n−{result.penalty:g} late")
    return text.append(f"\n{', '.join(sorted(ended))}") if ended else text


def mistakes_table(results: Mapping[str, Sequence[SubmissionResult]]) -> Table:
    """The mistakes that most of the class made, each with the sentence on its card."""
    table = Table(title="What went wrong most often", title_justify="left")
    for title in ("exercise", "mistake", "students", "the card says"):
        table.add_column(title, justify="right" if title == "students" else "left", overflow="fold")
    sections = [Section(name, (), group) for name, group in results.items()]
    for mistake in common_mistakes(sections)[:MISTAKES_SHOWN]:
        words = mistake.name.replace("-", " ")
        table.add_row(mistake.exercise, words, str(len(mistake.students)), mistake.says)
    return table
