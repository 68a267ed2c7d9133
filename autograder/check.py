"""The checks as notebooks call them: `check.conv_forward(conv_forward)` judges the function and shows a card.

`check.hint("conv_forward")` shows a hint, the next call the next; `check.progress()` shows how far the course is done.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograder.errors import AutograderError, ShownInALine
from autograder.exercises import EXERCISES, assignment_of, keys_of
from autograder.judging.card import as_html, as_text
from autograder.judging.case import Case
from autograder.judging.examine import Skip, examine, in_process
from autograder.judging.verdict import Verdict
from autograder.progress.in_notebook import hint, keep, last_seconds, progress
from autograder.progress.long_check import announced
from autograder.progress.shown import SHOWN, first_failure
from utils.layers.students import VERDICT_MIME, source_digest


class Score:
    """What a check returns: its points, as a number for nbgrader and in words for a notebook."""

    def __init__(self, verdict: Verdict, following: str = "") -> None:
        self.verdict = verdict
        self.following = following  # HTML: how far the notebook is done, and what to do next

    def __float__(self) -> float:
        return self.verdict.score

    def __repr__(self) -> str:
        return f"{self.verdict.score:g}"

    def _repr_html_(self) -> str:
        scope = "" if self.verdict.hidden else " on the cases shown; the same function meets more when it is graded"
        return f"<small>{self.verdict.score:g} of {self.verdict.points:g} points{scope}.{self.following}</small>"


class CheckFailed(AutograderError):
    """Raised by a failed check under `nbgrader validate`, which shows errors and nothing else."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the card instead of a traceback."""
        return str(self).splitlines()


class CheckMisused(ShownInALine, TypeError):
    """A check was called with something that is not the student's function."""


def verdict(
    key: str,
    functions: Mapping[str, Callable[..., Any]],
    hidden: bool = False,
    skip: Skip = lambda case, failed: False,
) -> Verdict:
    """The verdict on functions of this process, by name; nothing is shown.

    Args:
        key: of the exercise, in EXERCISES.
        hidden: whether the hidden cases are asked too.
        skip: see `examine`.
    """
    judged = examine(EXERCISES[key], assignment_of(key), in_process(functions), hidden, skip)
    judged.sources = {name: fingerprint(function) for name, function in functions.items()}
    return judged


def fingerprint(function: Callable[..., Any]) -> str:
    """sha256 of a function's source, "" if it has none; a later notebook sees by it whether the function changed."""
    try:
        return source_digest(function)
    except (OSError, TypeError):
        return ""


def meant(name: str, functions: Sequence[Any]) -> str:
    """The key of the exercise `name` that these functions answer.

    Several assignments may have one of that name: the latest whose `meant_for` accepts the functions, else the first.
    """
    keys = keys_of(name)
    return next((key for key in keys if EXERCISES[key].meant_for(functions)), keys[-1])


def _check(name: str, *functions: Callable[..., Any], hidden: bool = False) -> Score:
    key = meant(name, functions)
    wanted = EXERCISES[key].functions
    if len(functions) != len(wanted) or not all(callable(function) for function in functions):
        raise CheckMisused(f"check.{name} takes your functions themselves: check.{name}({', '.join(wanted)})")
    with announced(name, last_seconds(assignment_of(key), name)) as running:

        def note(case: Case, failed: bool) -> bool:
            running.case = "" if case.hidden else case.name
            return False

        judged = verdict(key, dict(zip(wanted, functions, strict=True)), hidden, note)
    following = keep(judged)
    if os.environ.get("NBGRADER_VALIDATING") and not judged.passed:
        raise CheckFailed(as_text(judged))
    _show(judged)
    return Score(judged, following)


def _show(judged: Verdict) -> None:
    """Show a card in a notebook, plain text elsewhere."""
    ipython = sys.modules.get("IPython")
    if ipython is not None and (shell := ipython.get_ipython()) is not None:
        data = {"text/plain": as_text(judged), "text/html": as_html(judged), VERDICT_MIME: for_notebook(judged)}
        shell.display_pub.publish(data=data, metadata={})
    else:
        print(as_text(judged))


def for_notebook(judged: Verdict) -> dict[str, Any]:
    """A verdict as a notebook keeps it, with what its card shows of the first failure."""
    return judged.to_dict() | {"seconds": round(judged.seconds, 3), SHOWN: first_failure(judged)}


def __getattr__(name: str) -> Callable[..., Score]:
    """`check.NAME`, for the name of every exercise."""
    if name not in _names():
        similar = difflib.get_close_matches(name, __dir__(), 1)
        question = f"; did you mean check.{similar[0]}?" if similar else ""
        raise AttributeError(f"there is no check called {name}{question}")

    def check(*functions: Callable[..., Any], hidden: bool = False) -> Score:
        return _check(name, *functions, hidden=hidden)

    check.__name__ = check.__qualname__ = name
    check.__doc__ = f"Check your {', '.join(EXERCISES[name].functions)} and show what is right and what is not."
    return check


def _names() -> set[str]:
    """Of all exercises."""
    return {exercise.name for exercise in EXERCISES.values()}


def __dir__() -> list[str]:
    return sorted({*_names(), hint.__name__, progress.__name__})
