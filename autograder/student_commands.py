"""The commands for students: `new`, `doctor`, `lab`, `check`, `progress`, `watch`, `hint` and `reset`."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
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
    print_json,
    running,
    say,
    show,
    show_markdown,
)


def new(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")]) -> None:
    """Make a course folder, with the notebooks in it."""
    from autograder.new_folder import make_folder

    notebooks = make_folder(folder)
    print(f"{folder} has {count(notebooks, 'notebook')}. Go on with: autograder lab --course {folder}")


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
    from autograder.progress.ladder import hints_read
    from autograder.tables import number, outcomes_table
    from autograder.tutoring import for_tutor, keep_outcomes

    if save is not None and save.resolve() == notebook.resolve():
        raise CourseError(f"--save {save} would write over the notebook that is checked: name another file")
    with running(notebook.stem) as on_cell:
        checked = check_notebook(notebook, timeout, save, on_cell)
    outcomes = checked.outcomes
    if not outcomes:
        raise CourseError(f"{notebook.name} has no graded cells: is it a notebook of the course?")
    if notice := keep_outcomes(notebook, checked):
        say(notice)
    failed = [outcome for outcome in outcomes if outcome.lost]
    score, points = sum(outcome.score for outcome in outcomes), sum(outcome.points for outcome in outcomes)
    if as_json:
        read = hints_read(notebook)
        exercises = [for_tutor(outcome, checked, read.get(outcome.exercise, [])) for outcome in outcomes]
        scores = {"score": score, "points": points, "exercises": exercises}
        print_json({"notebook": str(notebook), **scores, "warnings": checked.warnings})
    else:
        show(outcomes_table(outcomes))
        checks = [outcome for outcome in outcomes if outcome.status != Status.TO_BE_MARKED]
        passed = f"{len(checks) - len(failed)} of {count(checks, 'check')} pass."
        print(f"{number(score)} of {number(points)} points; {passed} Grading asks more cases than the notebook shows.")
        for warning in checked.warnings:
            say(f"warning: {warning}")
    raise typer.Exit(FAILED if failed else 0)


def progress(
    notebook: Annotated[str | None, typer.Argument(help="One notebook, such as 02_convolution or 02.")] = None,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show how far each notebook is done, what passes, and where to go on."""
    from autograder.progress.card import as_text, exercise_lines, go_on
    from autograder.progress.naming import require_assignment
    from autograder.progress.place import find_workplace
    from autograder.progress.standing import notebook_standing, standings, where_to_go_on
    from autograder.progress.state import read_state

    place = find_workplace(course)
    state = read_state(place.state)
    if notebook is None:
        notebooks = list(standings(place, state))
    else:
        notebooks = [notebook_standing(place, require_assignment(notebook), state)]
    if as_json:
        following = where_to_go_on(notebooks)
        upcoming = following.next.named.name if following and following.next else None
        go_on_with = {"notebook": following.assignment, "exercise": upcoming} if following else None
        print_json({"notebooks": [one.to_dict() for one in notebooks], "go_on_with": go_on_with})
    elif notebook is None:
        print(as_text(notebooks))
    else:
        print("\n".join([*exercise_lines(notebooks[0]), "", go_on(notebooks)]))
    if state.problem:
        say(state.problem)


def watch(
    notebook: Annotated[Path, typer.Argument(help="A notebook of the course, as a file or as 02_convolution.")],
    timeout: Annotated[float, typer.Option(help="Seconds for one cell.", min=1)] = 120,
    course: CourseOption = HERE,
) -> None:
    """Check a notebook again each time it is saved, and show the first check that fails. Ctrl+C ends it."""
    from autograder.watch import watch_notebook

    watch_notebook(_notebook_file(notebook, course), timeout)


def hint(
    exercise: Annotated[str, typer.Argument(help="Such as conv_forward, or 08_pytorch/LeNet5.")],
    number: Annotated[
        int | None, typer.Option(metavar="N", help="This hint, and go on from there; 1 begins again.")
    ] = None,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show a hint on an exercise; each call shows the next one."""
    from autograder.progress.hints import as_plain_text
    from autograder.progress.ladder import next_step
    from autograder.progress.naming import find_exercise
    from autograder.progress.place import find_workplace

    place = find_workplace(course)
    named = find_exercise(exercise, _assignment_here())
    step = next_step(named, place, f"`autograder hint {exercise}`", number)
    if as_json:
        print_json({"hints": [asdict(one) for one in step.hints], "next": step.following})
    else:
        for one in step.hints:
            title = f"**{one.exercise.replace('_', chr(92) + '_')}, hint {one.number} of {one.of}: {one.title}**"
            show_markdown(f"{title}\n\n{as_plain_text(one.text)}")
        following = step.following
        if step.notice and not step.hints[-1].is_last:  # the next call would not know that this one was read
            following = f"`autograder hint {exercise} --number {step.hints[-1].number + 1}` shows the next."
        show_markdown(following)
    if step.notice:
        say(step.notice)


def reset(
    exercise: Annotated[str, typer.Argument(help="Such as conv_forward, or 08_pytorch/LeNet5.")],
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Put the empty exercise back into your notebook; your answer is kept in a file beside it."""
    from autograder.progress.naming import find_exercise
    from autograder.progress.place import find_workplace
    from autograder.progress.reset import reset as put_back

    place = find_workplace(course)
    done = put_back(find_exercise(exercise, _assignment_here()), place)
    if as_json:
        print_json(done.to_dict())
        return
    print(done.in_words())
    if done.notice:
        say(done.notice)


def _notebook_file(notebook: Path, course: Path) -> Path:
    """The file that a student means: a path, or the name of a notebook in the course's folder."""
    if notebook.exists() or notebook.suffix == ".ipynb":
        return notebook
    from autograder.progress.naming import require_assignment
    from autograder.progress.place import find_workplace

    return find_workplace(course).notebook(require_assignment(str(notebook)))


def _assignment_here() -> str:
    """The assignment whose folder this is, which tells two exercises of one name apart; empty elsewhere."""
    from autograder.progress.record import here_at_work

    here = here_at_work()
    return here[1] if here else ""
