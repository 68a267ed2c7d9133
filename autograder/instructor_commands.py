"""The commands for instructors: `build`, `bundle`, `grade`, `report`, `similar` and `demo`.

The students' zip has this file but not what the commands import; cli.py then answers that they are for instructors.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.errors import CourseError
from autograder.terminal import (
    FAILED,
    HERE,
    CourseOption,
    JsonOption,
    count,
    print_json,
    progress_bar,
    say,
    show,
)

if TYPE_CHECKING:
    from autograder.course import Course

UNSAFE = (
    "--unsafe: students' code runs WITHOUT THE SANDBOX, with your rights, and can forge its points. The results say so."
)

UNPROTECTED = (
    "warning: submissions and the course's secret go to {} unencrypted; use an address with tls://, "
    "or a network that nobody else can read"
)


def build(
    name: Annotated[str | None, typer.Argument(help="One assignment, such as 01_backprop. Default: all.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 if notebooks/ is out of date.")
    ] = False,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Make the students' notebooks from the solutions, and their entries in the gradebook."""
    from autograder import exercises
    from autograder.authoring import build as building
    from autograder.course import Course
    from autograder.grading.settle import settle

    place = Course(course)
    if name is not None:
        if check:
            raise CourseError("--check compares all of notebooks/: leave the name out")
        place.require_assignment(name)
    assignments = place.assignments() if name is None else [name]
    problems = building.problems(place, assignments, exercises.ASSIGNMENTS)
    files = [] if problems else building.differences(place) if check else building.build(place, assignments)
    if not problems and not check:
        settle(place, [])  # the due dates
    if as_json:
        print_json({"problems": problems, "differences" if check else "changed": files})
    else:
        for line in [*problems, *files]:
            print(line)
        if problems:
            print(f"{count(problems, 'rule')} broken; nothing was built.")
        elif check:
            print("Run `autograder build`, then commit notebooks/." if files else "notebooks/ is up to date.")
        else:
            print(f"{count(assignments, 'assignment')} built, {count(files, 'file')} changed.")
    raise typer.Exit(FAILED if problems or (check and files) else 0)


def bundle(
    output: Annotated[Path, typer.Option("--output", "-o", help="The zip to write.")] = Path("cnn-course.zip"),
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write a zip for students: no solutions, no hidden cases, nothing of the grading."""
    from autograder.authoring.bundle import write_bundle
    from autograder.course import Course

    written = write_bundle(Course(course), output)
    if as_json:
        print_json({"bundle": str(output), "files": sorted(written)})
    else:
        print(f"{output}: {len(written)} files, {output.stat().st_size / 1e6:.1f} MB")


def grade(
    assignment: Annotated[str, typer.Argument(help="Such as 01_backprop.")],
    student: Annotated[str | None, typer.Option(metavar="ID", help="This student alone.")] = None,
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Processes that grade.")] = os.cpu_count() or 1,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Workers of this Dask scheduler, such as tls://10.0.0.1:8786.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what is graded already.")] = False,
    everyone: Annotated[bool, typer.Option("--all", help="Show the results that were kept too.")] = False,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Run students' code WITHOUT THE SANDBOX; for code that you trust.")
    ] = False,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Grade what students handed in. Finished submissions are kept; the rest are graded."""
    from autograder.course import Course
    from autograder.grading import grade as grading
    from autograder.grading.waiting import settle_if_needed, waiting
    from autograder.tables import waiting_lines

    place = Course(course)
    if unsafe:
        say(UNSAFE)
    settings = grading.Settings(workers, scheduler, force, sandboxed=not unsafe)
    if settings.unprotected:
        say(UNPROTECTED.format(scheduler))
    students = grading.students_to_grade(place, assignment, student)
    tasks = grading.tasks_to_do(place, assignment, students, settings)
    before: grading.Scores = {}
    with progress_bar() as progress:
        bar = progress.add_task(assignment, total=len(tasks), visible=bool(tasks))
        for _ in grading.grade(place, tasks, settings, before):
            progress.advance(bar)
    others = settle_if_needed(place, assignment, students)
    shown = students + others if everyone or as_json else [task.student for task in tasks] + others
    if shown or as_json:
        _show_results(place, assignment, shown, before, as_json)
    if not as_json:
        kept = len(students) - len(tasks)
        print(f"{len(tasks)} graded, {kept} kept from before{'; --all shows them' if kept and not everyone else ''}.")
        print("\n".join(waiting_lines(waiting(place, [assignment], students))))


def _show_results(
    course: Course, assignment: str, students: list[str], before: dict[tuple[str, str], float], as_json: bool
) -> None:
    """Print the results of these students, and whose scores changed."""
    from autograder.grading import grade as grading
    from autograder.grading.results import read_results
    from autograder.tables import changes_table, class_table

    results = read_results(course, assignment, students)
    if as_json:
        print_json([result.to_dict() for result in results])
        return
    show(class_table(assignment, results))
    if changed := grading.changes(before, results):
        show(changes_table(changed))


def report(
    assignments: Annotated[list[str] | None, typer.Argument(help="Default: all that were graded.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="DIR", help="Default: report/.")] = None,
    feedback: Annotated[bool, typer.Option(help="Bring the students' feedback pages up to date first.")] = True,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write one HTML page about the class, the scores as CSV, and copies of the feedback pages that it links to."""
    from autograder.course import Course
    from autograder.grading.settle import graded_assignments, settle
    from autograder.grading.waiting import waiting
    from autograder.report.write import size_of, write_report
    from autograder.tables import waiting_lines

    place = Course(course)
    for assignment in assignments or ():
        place.require_assignment(assignment)
    place.require_gradebook(*(assignments or ()))
    settle(place, assignments or None)
    folder, problems = output or place.root / "report", list[str]()
    with progress_bar() as progress:
        bar = progress.add_task("feedback", total=None)

        def update(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        written = write_report(place, assignments or None, folder, update if feedback else None, problems.append)
    for problem in problems:
        typer.echo(problem, err=True)
    waits = waiting(place, assignments or graded_assignments(place))
    if as_json:
        print_json({**{name: str(path) for name, path in written.items()}, "waiting": waits})
    else:
        print("\n".join(f"{name}: {path} ({size_of(path)})" for name, path in written.items()))
        print("\n".join(waiting_lines(waits)))


def similar(
    assignment: Annotated[str, typer.Argument(help="Such as 05_pooling.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Default: report/similar/.")
    ] = None,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Say which pairs of students' work are alike far beyond what is usual in the class: to look at, no verdict."""
    from autograder.course import Course
    from autograder.similar.write import look_for_similar, write_page

    place = Course(course)
    result = look_for_similar(place, assignment)
    page = (output or place.root / "report" / "similar") / f"{assignment}.html"
    write_page(result, page)
    if as_json:
        print_json(result.to_dict() | {"page": str(page)})
        return
    for pair in result.pairs:
        alike = ", ".join(f"{part.part} {part.similarity:.0%} (usual {part.usual:.0%})" for part in pair.parts)
        print(f"look at {pair.students[0]} and {pair.students[1]}: {alike or 'comments in the same words'}")
    for student, why in result.left_out.items():
        print(f"left out: {student}: {why}")
    print(f"{count(result.works, 'student')} compared, {count(result.pairs, 'pair')} to look at: {page}")


def demo(
    into: Annotated[Path, typer.Option(metavar="DIR", help="A new folder for the made-up class.")] = Path(
        "demo-course"
    ),
    everything: Annotated[
        bool, typer.Option("--all", help="The whole class on all ten notebooks; that takes some ten minutes.")
    ] = False,
    course: CourseOption = HERE,
) -> None:
    """Grade a made-up class, with right answers, known mistakes and hostile ones, and report on it."""
    from autograder.course import Course
    from autograder.demo import run_demo

    raise typer.Exit(run_demo(Course(course).root, into.resolve(), everything))
