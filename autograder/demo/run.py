"""`autograder demo`: a course directory of its own, in which the made-up class is graded and reported on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from autograder.build import build
from autograder.course import CONFIG, Course
from autograder.demo.students import BACKPROP, CLASS, CONVOLUTION, Student, hand_in
from autograder.errors import CourseError
from autograder.grading.grade import Settings, grade, students_to_grade, tasks_to_do
from autograder.grading.results import SubmissionResult, read_results
from autograder.report.write import write_report
from autograder.sandbox.probe import missing_wall
from autograder.tables import colour, number

MARKER = ".made-by-autograder-demo"  # only a folder with this file is ever deleted
ASSIGNMENTS = (BACKPROP, CONVOLUTION)
EMPTY = "not attempted"
WITHOUT_WALLS = (
    "{}. The made-up class is graded WITHOUT WALLS, and its hostile students left out; `autograder grade` would stop."
)


def run_demo(
    source_course: Path,
    into: Path,
    students: Sequence[Student] = CLASS,
    assignments: Sequence[str] = ASSIGNMENTS,
    walls: bool | None = None,
) -> int:
    """Make a course directory `into`, let the class hand in, grade, report, and show who got what and why.

    Where this machine cannot put up walls, the hostile students are left out and the others are graded without.

    `into` is removed first if an earlier demo made it. Returns 0.

    Raises:
        CourseError: if `into` is there and not a demo's, or a step of grading cannot be done.
    """
    course = make_course(Course(source_course), into, assignments)
    if walls is None and (missing := missing_wall()):
        Console(stderr=True).print(WITHOUT_WALLS.format(missing), style="bold red", highlight=False)
    walls = not missing_wall() if walls is None else walls
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()) as progress:
        building = progress.add_task("build", total=len(assignments))
        for assignment in assignments:
            build(course, [assignment])
            progress.advance(building)
        for assignment in assignments:
            for student in students:
                hand_in(student, assignment, course.release(assignment), course.path("submitted"))
        settings = Settings(workers=os.cpu_count() or 1, walls=walls)
        for assignment in assignments:
            tasks = tasks_to_do(course, assignment, students_to_grade(course, assignment), settings)
            grading = progress.add_task(assignment, total=len(tasks))
            for _ in grade(course, tasks, settings):
                progress.advance(grading)
        writing = progress.add_task("report", total=None)
        written = write_report(
            course,
            list(assignments),
            into / "report",
            lambda done, total: progress.update(writing, completed=done, total=total),
        )
    results = [result for assignment in assignments for result in read_results(course, assignment)]
    console = Console()
    console.print(class_table(students, assignments, results))
    for name, path in written.items():
        console.print(f"{name}: {path}", highlight=False, soft_wrap=True)
    return 0


def make_course(source: Course, into: Path, assignments: Sequence[str]) -> Course:
    """A course directory with the source's settings and these assignments, and nothing else of it.

    Raises:
        CourseError: if `into` is there and no demo made it.
    """
    into = into.resolve()
    if into.exists() and not (into / MARKER).is_file():
        if not into.is_dir() or any(into.iterdir()):
            raise CourseError(f"{into} is there and no demo made it: name a new folder with --into")
    elif into.exists():
        shutil.rmtree(into)
    into.mkdir(parents=True, exist_ok=True)
    (into / MARKER).write_text("`autograder demo` made this folder and removes it when it runs again.\n")
    shutil.copy(source.root / CONFIG, into / CONFIG)
    for assignment in assignments:
        source.require_assignment(assignment)
        folder = source.source(assignment).parent
        ignored = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
        shutil.copytree(folder, into / folder.relative_to(source.root), ignore=ignored)
    return Course(into)


def class_table(students: Sequence[Student], assignments: Sequence[str], results: Sequence[SubmissionResult]) -> Table:
    """One row a student: what they are like, and in each notebook the score and what was lost, by mistake."""
    found = {(result.student, result.assignment): result for result in results}
    table = Table(title="The class", title_justify="left", show_lines=True)
    table.add_column("student", overflow="fold")
    for assignment in assignments:
        table.add_column(assignment, overflow="fold", ratio=1)
    for student in students:
        row = [_notebook(found.get((student.name, assignment))) for assignment in assignments]
        table.add_row(Text.assemble((student.name, "bold"), f"\n{student.about}"), *row)
    return table


def _notebook(result: SubmissionResult | None) -> Text:
    """Score, then a line for every exercise that lost points: how many, and why; last, what was left empty."""
    if result is None:
        return Text("not handed in", style="dim")
    waiting = sum(outcome.points for outcome in result.exercises if not outcome.lost and outcome.score == 0)
    text = Text(f"{number(result.score)} of {number(result.points)}", style="bold")
    if waiting:
        text.append(f", {number(waiting)} to be marked", style="not bold yellow")
    if result.status != "graded":
        text.append(f"\n{result.status}: {result.why}", style="not bold red")
    lost = [outcome for outcome in result.exercises if outcome.lost and result.status == "graded"]
    for outcome in lost:
        if outcome.status != EMPTY:
            why = ", ".join(mistake.name for mistake in outcome.mistakes[:2]) or outcome.status
            text.append(f"\n{outcome.exercise} ", style="not bold")
            text.append(f"−{number(outcome.points - outcome.score)} {why}", style=f"not bold {colour(outcome)}")
    if empty := [outcome.exercise for outcome in lost if outcome.status == EMPTY]:
        named = ", ".join(empty) if len(empty) < len(result.exercises) else "everything"
        text.append(f"\n{EMPTY}: {named}", style="not bold dim")
    return text
