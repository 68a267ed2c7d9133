"""What a notebook's check module offers beside checks: `check.hint("conv_forward")` and `check.progress()`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import AutograderError, ShownInALine
from autograder.progress.naming import find_exercise
from autograder.progress.record import here_at_work, keep_verdict
from autograder.progress.state import read_state

if TYPE_CHECKING:
    from autograder.judging.verdict import Verdict


_SAID: set[str] = set()  # what went wrong with keeping the progress is said once


class NothingToShow(ShownInALine):
    """A call that cannot be answered; IPython shows one line."""


def hint(exercise: str | Callable[..., Any], number: int | None = None) -> None:
    """Show a hint on an exercise; each call shows the next one.

    Args:
        exercise: its name, as "conv_forward", or the function itself.
        number: this hint, and go on from there; default: the one after the last that was read.
    """
    from autograder.progress.ladder import next_step

    here = here_at_work()
    name = exercise if isinstance(exercise, str) else getattr(exercise, "__name__", repr(exercise))
    call = f'check.hint("{name}")'
    try:
        named = find_exercise(name, here[1] if here else "")
        step = next_step(named, here[0] if here else None, call, number)
    except (AutograderError, OSError) as error:
        raise NothingToShow(str(error)) from None
    parts = [f"**{named.name}, hint {one.number} of {one.of}: {one.title}**\n\n{one.text}" for one in step.hints]
    _publish("\n\n".join([*parts, f"*{step.following}*", *([step.notice] if step.notice else [])]), "text/markdown")


def progress() -> None:
    """Show how far each notebook of the course is done, and where to go on."""
    from autograder.progress.card import as_html, as_text
    from autograder.progress.place import find_workplace
    from autograder.progress.standing import standings

    try:
        place = find_workplace(Path.cwd())
        state = read_state(place.state)
        notebooks = list(standings(place, state))
    except (AutograderError, OSError) as error:
        raise NothingToShow(str(error)) from None
    _publish(as_text(notebooks, state.problem), "text/plain", as_html(notebooks, state.problem))


def keep(verdict: Verdict) -> str:
    """Keep a verdict, and say in HTML how far its notebook is done; empty outside a student's course folder."""
    here = here_at_work()
    if here is None or verdict.hidden:
        return ""
    try:
        notice = keep_verdict(verdict)
        following = _following(verdict, here)
    except Exception:  # a check works, whatever is in the folder
        return ""
    if notice in _SAID:
        notice = ""
    _SAID.add(notice)
    return "".join(f"<br>{line}" for line in (following, escape(notice)) if line)


def _following(verdict: Verdict, here: Any) -> str:
    from autograder.progress.standing import notebook_standing

    if not verdict.passed:
        return f'Stuck? <code>check.hint("{escape(verdict.exercise)}")</code> shows a hint, the next call the next.'
    place, assignment = here
    notebook = notebook_standing(place, assignment, read_state(place.state))
    count = f"{notebook.passed} of {len(notebook.exercises)} exercises of this notebook pass"
    if notebook.next is not None:
        return f"{count}; the next is <code>{escape(notebook.next.named.name)}</code>."
    written = f", written answers left: {len(notebook.unanswered)}" if notebook.unanswered else ""
    return f"All done: {count}{written}. <code>check.progress()</code> shows the course."


def last_seconds(assignment: str, name: str) -> float:
    """Seconds that a check took the last time in this folder; 0 if that is not known."""
    here = here_at_work()
    if here is None or here[1] != assignment:
        return 0.0
    try:
        judged = read_state(here[0].state).judged.get(f"{assignment}/{name}")
    except Exception:  # as in `keep`
        return 0.0
    return judged.seconds if judged else 0.0


def _publish(text: str, kind: str, html: str = "") -> None:
    """Show text in a notebook as Markdown or with HTML; elsewhere print it."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        print(text)
        return
    data = {"text/plain": text, kind: text} | ({"text/html": html} if html else {})
    shell.display_pub.publish(data=data, metadata={})
