"""The commands for students: `doctor`, `lab` and `check`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from autograder.errors import CourseError
from autograder.terminal import (
    FAILED,
    HERE,
    CourseOption,
    JsonOption,
    count,
    error_console,
    print_json,
    say,
    show,
)


def doctor(course: CourseOption = HERE, as_json: JsonOption = False) -> None:
    """Is this machine ready? Exit 1 if something that is needed is missing."""
    from autograder.doctor import examine
    from autograder.tables import doctor_table

    findings = examine(course.resolve())
    bad = [finding for finding in findings if finding.needed and not finding.good]
    if as_json:
        print_json([finding.to_dict() for finding in findings])
    else:
        show(doctor_table(findings))
        print(f"{count(bad, 'thing')} to put right." if bad else "Ready.")
    raise typer.Exit(FAILED if bad else 0)


def lab(ctx: typer.Context, course: CourseOption = HERE) -> None:
    """Open JupyterLab on notebooks/. What follows `--` goes to JupyterLab."""
    root = course.resolve()
    if not (root / "notebooks").is_dir():
        raise CourseError(f"{root} has no folder notebooks/: run this in the course folder, or give --course DIR")
    os.chdir(root)  # the root, so that nbgrader finds its settings and formgrader its notebooks
    jupyter = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    os.execv(sys.executable, [*jupyter, "--LabApp.default_url=/lab/tree/notebooks", *ctx.args])


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
    with error_console().status(f"running {notebook.name} …"):
        outcomes, warnings = check_notebook(notebook, timeout, save)
    if not outcomes:
        raise CourseError(f"{notebook.name} has no graded cells: is it a notebook of the course?")
    failed = [outcome for outcome in outcomes if outcome.lost]
    score, points = sum(outcome.score for outcome in outcomes), sum(outcome.points for outcome in outcomes)
    if as_json:
        exercises = [outcome.to_dict() for outcome in outcomes]
        scores = {"score": score, "points": points, "exercises": exercises}
        print_json({"notebook": str(notebook), **scores, "warnings": warnings})
    else:
        show(outcomes_table(outcomes))
        checks = [outcome for outcome in outcomes if outcome.status != Status.TO_BE_MARKED]
        passed = f"{len(checks) - len(failed)} of {count(checks, 'check')} pass."
        print(f"{number(score)} of {number(points)} points; {passed} Grading asks more cases than the notebook shows.")
        for warning in warnings:
            say(f"warning: {warning}")
    raise typer.Exit(FAILED if failed else 0)
