"""The `autograder` command. A command imports what it needs when it runs: most of it is slow to load."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Sized
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text
from typer.core import TyperGroup

from autograder.errors import CourseError, Unreadable

FAILED, MISUSED, STOPPED = 1, 2, 130
UNSAFE = "--unsafe: students' code runs WITHOUT WALLS, with your rights, and can forge its points. The results say so."


class _Polite(TyperGroup):
    """Tells a person's mistakes in one line, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (CourseError, Unreadable) as error:
            _say(f"autograder {ctx.invoked_subcommand}: {error}")
            raise typer.Exit(MISUSED) from None
        except KeyboardInterrupt:
            _say(f"autograder {ctx.invoked_subcommand}: stopped. What was finished is kept; run it again.")
            raise typer.Exit(STOPPED) from None


app = typer.Typer(
    cls=_Polite,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Build, hand out, check and grade the course in convolutional networks.",
)

CourseOption = Annotated[Path, typer.Option("--course", metavar="DIR", help="The course directory.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]
HERE = Path(".")


@app.command()
def doctor(course: CourseOption = HERE, as_json: JsonOption = False) -> None:
    """Is this machine ready? Exit 1 if something that is needed is missing."""
    from autograder.doctor import examine
    from autograder.tables import doctor_table

    findings = examine(course.resolve())
    bad = [finding for finding in findings if finding.needed and not finding.good]
    if as_json:
        _print_json([finding.to_dict() for finding in findings])
    else:
        _show(doctor_table(findings))
        print(f"{_count(bad, 'thing')} to put right." if bad else "Ready.")
    raise typer.Exit(FAILED if bad else 0)


@app.command()
def build(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 if notebooks/ is out of date.")
    ] = False,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Make the students' notebooks from the solutions, and their entries in the gradebook."""
    make = _instructors("autograder.authoring.build")
    place = _course(course)
    assignments = place.assignments()
    found = make.problems(place, assignments, importlib.import_module("autograder.exercises").ASSIGNMENTS)
    files = [] if found else make.differences(place) if check else make.build(place, assignments)
    if as_json:
        _print_json({"problems": found, "differences" if check else "changed": files})
    else:
        for line in [*found, *files]:
            print(line)
        if found:
            print(f"{_count(found, 'rule')} broken; nothing was built.")
        elif check:
            print("Run `autograder build`, then commit notebooks/." if files else "notebooks/ is up to date.")
        else:
            print(f"{_count(assignments, 'assignment')} built, {_count(files, 'file')} changed.")
    raise typer.Exit(FAILED if found or (check and files) else 0)


@app.command()
def bundle(
    output: Annotated[Path, typer.Option("--output", "-o", help="The zip to write.")] = Path("cnn-course.zip"),
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write a zip for students: no solutions, no hidden cases, nothing of the grading."""
    written = _instructors("autograder.authoring.bundle").write_bundle(_course(course), output)
    if as_json:
        _print_json({"bundle": str(output), "files": sorted(written)})
    else:
        print(f"{output}: {len(written)} files, {output.stat().st_size / 1e6:.1f} MB")


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="A notebook of the course, with your answers.")],
    timeout: Annotated[float, typer.Option(help="Seconds for one cell.", min=1)] = 120,
    save: Annotated[Path | None, typer.Option(metavar="OUT", help="Keep the notebook with its outputs here.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Run a notebook from top to bottom and print the verdicts. Exit 1 if any check fails."""
    from autograder.guest.status import Status
    from autograder.notebook_check import check_notebook
    from autograder.tables import number, outcomes_table

    if save is not None and save.resolve() == notebook.resolve():
        raise CourseError(f"--save {save} would write over the notebook that is checked: name another file")
    with _console().status(f"running {notebook.name} …"):
        outcomes = check_notebook(notebook, timeout, save)
    if not outcomes:
        raise CourseError(f"{notebook.name} has no graded cells: is it a notebook of the course?")
    failed = [outcome for outcome in outcomes if outcome.lost]
    score, points = sum(outcome.score for outcome in outcomes), sum(outcome.points for outcome in outcomes)
    if as_json:
        verdicts = [outcome.to_dict() for outcome in outcomes]
        _print_json({"notebook": str(notebook), "score": score, "points": points, "exercises": verdicts})
    else:
        _show(outcomes_table(outcomes))
        checks = [outcome for outcome in outcomes if outcome.status != Status.TO_BE_MARKED]
        done = f"{len(checks) - len(failed)} of {_count(checks, 'check')} pass."
        print(f"{number(score)} of {number(points)} points; {done} Grading asks more cases than the notebook shows.")
    raise typer.Exit(FAILED if failed else 0)


@app.command()
def grade(
    assignment: Annotated[str, typer.Argument(help="Such as 01_backprop.")],
    student: Annotated[str | None, typer.Option(metavar="ID", help="This student alone.")] = None,
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Processes that grade.")] = os.cpu_count() or 1,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Workers of this Dask scheduler, such as tcp://10.0.0.1:8786.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what is graded already.")] = False,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Run students' code WITHOUT WALLS; for code that you trust.")
    ] = False,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Grade what students handed in. Finished submissions are kept; the rest are graded."""
    from autograder.tables import changes_table, class_table

    grading, results = _instructors("autograder.grading.grade"), _instructors("autograder.grading.results")
    place = _course(course)
    if unsafe:
        _say(UNSAFE)
    settings = grading.Settings(workers, scheduler, force, walls=not unsafe)
    students = grading.students_to_grade(place, assignment, student)
    before = results.read_results(place, assignment, students)
    tasks = grading.tasks_to_do(place, assignment, students, settings)
    with _progress() as bar:
        task = bar.add_task(assignment, total=len(tasks), visible=bool(tasks))
        for _ in grading.grade(place, tasks, settings):
            bar.advance(task)
    found = results.read_results(place, assignment, students)
    if as_json:
        _print_json([result.to_dict() for result in found])
        return
    _show(class_table(assignment, found))
    if changed := grading.changes(before, found):
        _show(changes_table(changed))
    print(f"{len(tasks)} graded, {len(students) - len(tasks)} kept from before.")


@app.command()
def report(
    assignments: Annotated[list[str] | None, typer.Argument(help="Default: all that were graded.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="DIR", help="Default: report/.")] = None,
    feedback: Annotated[bool, typer.Option(help="Bring the students' feedback pages up to date first.")] = True,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write one HTML page about the class, and the scores as CSV."""
    reporting = _instructors("autograder.report.write")
    place = _course(course)
    folder = output or place.root / "report"
    with _progress() as bar:
        task = bar.add_task("feedback", total=None)

        def done(count: int, total: int) -> None:
            bar.update(task, completed=count, total=total)

        written = reporting.write_report(place, assignments or None, folder, done if feedback else None)
    if as_json:
        _print_json({name: str(path) for name, path in written.items()})
    else:
        print("\n".join(f"{name}: {path}" for name, path in written.items()))


@app.command()
def demo(
    into: Annotated[Path, typer.Option(metavar="DIR", help="A new folder for the made-up class.")] = Path(
        "demo-course"
    ),
    course: CourseOption = HERE,
) -> None:
    """Grade a made-up class, with right answers, known mistakes and hostile ones, and report on it."""
    run = _instructors("autograder.demo").run_demo
    raise typer.Exit(run(_course(course).root, into.resolve()))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(ctx: typer.Context, course: CourseOption = HERE) -> None:
    """Open JupyterLab on notebooks/. What follows `--` goes to JupyterLab."""
    root = course.resolve()
    if not (root / "notebooks").is_dir():
        raise CourseError(f"{root} has no folder notebooks/: run this in the course folder, or give --course DIR")
    os.chdir(root)  # the root, so that nbgrader finds its settings and formgrader its notebooks
    jupyter = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    os.execv(sys.executable, [*jupyter, "--LabApp.default_url=/lab/tree/notebooks", *ctx.args])


def _course(root: Path) -> Any:
    return _instructors("autograder.course").Course(root)


def _instructors(module: str) -> ModuleType:
    """Import what students do not have, or say so."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("autograder"):
            raise
        raise CourseError("this command is for instructors; the students' bundle does not have it") from None


def _count(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def _console() -> Console:
    """For what is about the work and not its result: standard error."""
    return Console(stderr=True)


def _say(line: str) -> None:
    _console().print(line, markup=False, highlight=False, soft_wrap=True)


def _show(table: Any) -> None:
    Console().print(table)


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("left"), TimeRemainingColumn(), console=_console(), transient=True)


class _Rate(ProgressColumn):
    """How many are done in a minute."""

    def render(self, task: Any) -> Text:
        return Text(f"{60 * task.speed:.0f}/min" if task.speed else "")
