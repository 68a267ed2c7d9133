"""The one door of a graded cell: `check.conv_forward(conv_forward)` judges the answer and shows a card."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograder.errors import AutograderError
from autograder.exercises import EXERCISES, assignment_of, keys_of
from autograder.judging.card import as_html, as_text
from autograder.judging.examine import Skip, examine, in_process
from autograder.judging.verdict import MIME, Verdict
from utils.layers.students import source_digest


class Score:
    """What a check returns: its points. nbgrader reads the number; a notebook shows it in words."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def __float__(self) -> float:
        return self.verdict.score

    def __repr__(self) -> str:
        return f"{self.verdict.score:g}"

    def _repr_html_(self) -> str:
        scope = "" if self.verdict.hidden else " on the cases shown; the same function meets more when it is graded"
        return f"<small>{self.verdict.score:g} of {self.verdict.points:g} points{scope}.</small>"


class CheckFailed(AutograderError):
    """Raised by a failed check while `nbgrader validate` runs, which shows errors and nothing else."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the card, without the way it came about."""
        return str(self).splitlines()


class CheckMisused(AutograderError, TypeError):
    """A check was called with something that is not the student's function."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def verdict(
    key: str,
    functions: Mapping[str, Callable[..., Any]],
    hidden: bool = False,
    skip: Skip = lambda case, failed: False,
) -> Verdict:
    """Judge functions of this process, given by name, without showing anything; `key` is that of EXERCISES."""
    found = examine(EXERCISES[key], assignment_of(key), in_process(functions), hidden, skip)
    found.sources = {name: fingerprint(function) for name, function in functions.items()}
    return found


def fingerprint(function: Callable[..., Any]) -> str:
    """sha256 of a source, so that a later notebook can tell whether this is still what passed; "" if it has none."""
    try:
        return source_digest(function)
    except (OSError, TypeError):
        return ""


def meant(name: str, functions: Sequence[Any]) -> str:
    """The key of the exercise that these answer: of those with one name the latest that says so, else the first."""
    keys = keys_of(name)
    return next((key for key in keys if EXERCISES[key].meant_for(functions)), keys[-1])


def _check(name: str, *functions: Callable[..., Any], hidden: bool = False) -> Score:
    key = meant(name, functions)
    wanted = EXERCISES[key].functions
    if len(functions) != len(wanted) or not all(callable(function) for function in functions):
        raise CheckMisused(f"check.{name} takes your functions themselves: check.{name}({', '.join(wanted)})")
    found = verdict(key, dict(zip(wanted, functions, strict=True)), hidden)
    if os.environ.get("NBGRADER_VALIDATING") and not found.passed:
        raise CheckFailed(as_text(found))
    _show(found)
    return Score(found)


def _show(found: Verdict) -> None:
    """A card in a notebook, plain text elsewhere."""
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()) is not None:
        bundle = {"text/plain": as_text(found), "text/html": as_html(found), MIME: found.to_dict()}
        shell.display_pub.publish(data=bundle, metadata={})
    else:
        print(as_text(found))


def __getattr__(name: str) -> Callable[..., Score]:
    """`check.NAME` for every exercise there is."""
    if name not in __dir__():
        near = difflib.get_close_matches(name, __dir__(), 1)
        raise AttributeError(f"there is no check called {name}" + (f"; did you mean check.{near[0]}?" if near else ""))

    def check(*functions: Callable[..., Any], hidden: bool = False) -> Score:
        return _check(name, *functions, hidden=hidden)

    check.__name__ = check.__qualname__ = name
    check.__doc__ = f"Check your {', '.join(EXERCISES[name].functions)} and show what is right and what is not."
    return check


def __dir__() -> list[str]:
    return sorted({exercise.name for exercise in EXERCISES.values()})
