"""The `autograder` command: its subcommands, and one line in place of a traceback for mistakes of its user.

Importing this loads no more than typer and rich: a command imports what it needs when it runs.
"""

from __future__ import annotations

import atexit
import gc
from importlib.util import find_spec
from typing import Any

import typer
from typer.core import TyperGroup

from autograder import contributor_commands, instructor_commands, lms_commands, student_commands
from autograder.errors import CourseError, Unreadable
from autograder.terminal import say

MISUSED, STOPPED = 2, 130  # exit statuses
# the students' zip has no grading: the commands for instructors are not listed there, and answer that they are
FOR_STUDENTS = find_spec("autograder.grading") is None
WHAT = "Open and check" if FOR_STUDENTS else "Build, hand out, check and grade"

atexit.register(gc.freeze)  # skips Python's last search for garbage, which takes a fifth of a second


def _missing(error: ModuleNotFoundError) -> str:
    """What to do about a module that is not installed; raises the error again if nothing about the course says it."""
    module = (error.name or "").partition(".")[0]
    if module == "autograder":
        return "this command is for instructors; the students' zip does not have it"
    from autograder.installed import how_to_install

    told = how_to_install(module)
    if told is None:
        raise error
    return told


class _Commands(TyperGroup):
    """Answers what its user has to put right in one line on standard error."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (CourseError, Unreadable) as error:
            message, status = str(error), MISUSED
        except ModuleNotFoundError as error:
            message, status = _missing(error), MISUSED
        except KeyboardInterrupt:
            kept = "" if ctx.invoked_subcommand == "check" else " What was finished is kept; run it again."
            message, status = f"stopped.{kept}", STOPPED
        say(f"autograder {ctx.invoked_subcommand}: {message}")
        raise typer.Exit(status) from None


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=f"{WHAT} the notebooks of the course in convolutional networks.",
)
app.command(hidden=FOR_STUDENTS)(student_commands.new)
app.command()(student_commands.doctor)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(student_commands.lab)
app.command()(student_commands.check)
app.command()(student_commands.progress)
app.command()(student_commands.watch)
app.command()(student_commands.hint)
app.command()(student_commands.reset)
app.command(hidden=FOR_STUDENTS)(instructor_commands.build)
app.command(hidden=FOR_STUDENTS)(instructor_commands.bundle)
app.command(hidden=FOR_STUDENTS)(lms_commands.roster)
app.command(name="import", hidden=FOR_STUDENTS)(lms_commands.import_zip)
app.command(hidden=FOR_STUDENTS)(instructor_commands.grade)
app.command(hidden=FOR_STUDENTS)(instructor_commands.report)
app.command(hidden=FOR_STUDENTS)(instructor_commands.similar)
app.command(hidden=FOR_STUDENTS)(lms_commands.export)
app.command(hidden=FOR_STUDENTS)(instructor_commands.demo)
app.command(hidden=FOR_STUDENTS)(contributor_commands.prove)
