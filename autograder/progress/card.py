"""The card that shows the progress: HTML in a notebook, plain text in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from autograder.guest.status import Status
from autograder.judging.card import COLOURS, MARKS, SOFT
from autograder.progress.standing import NotebookStanding, Standing, where_to_go_on

ALL_DONE = "All done: every exercise of {} passes, and every written question has an answer."
BAR = 16  # characters
PASSING = COLOURS[Status.PASSED]


def mark(standing: Standing) -> str:
    """One sign for an exercise: ✓ passes, ✗ fails, ○ not written, ~ changed since its check or not checked."""
    if standing.status in (Status.NOT_ATTEMPTED, Status.MISSING):
        return MARKS[Status.NOT_ATTEMPTED]
    if standing.changed or not standing.checked:
        return "~"
    return MARKS[standing.status]


def go_on(notebooks: Sequence[NotebookStanding]) -> str:
    """What to do next, in a sentence."""
    following = where_to_go_on(list(notebooks))
    if following is None:
        here = "every notebook that is here" if any(one.missing for one in notebooks) else "every notebook"
        return ALL_DONE.format(notebooks[0].assignment if len(notebooks) == 1 else here)
    if following.problem:
        return f"{following.assignment} cannot be read: {following.problem}."
    if following.next is not None:
        return f"Go on with {following.next.named.name} in {following.assignment}: {following.next.words}."
    return f"Go on with the written part of {following.assignment}: {', '.join(following.unanswered)}."


def in_short(notebook: NotebookStanding) -> str:
    """What stands beside a notebook's bar in a terminal, in at most 30 characters."""
    if notebook.problem:
        return "is not there" if notebook.missing else "cannot be read"
    if notebook.done:
        return "done"
    if not notebook.begun:
        return ""
    if notebook.all_pass:
        return f"{len(notebook.unanswered)} written to answer"
    marks = [mark(standing) for standing in notebook.exercises]
    counts = {
        "failing": len(marks) - sum(map(marks.count, "✓~○")),
        "to check": marks.count("~"),
        "empty": marks.count("○"),
    }
    return ", ".join(f"{number} {what}" for what, number in counts.items() if number)


def notebook_line(notebook: NotebookStanding) -> str:
    """What stands beside a notebook's bar in a notebook: which exercises do not pass."""
    if notebook.problem:
        return notebook.problem
    if notebook.done:
        return "done"
    parts = [f"✗ {one.named.name}" for one in notebook.exercises if mark(one) not in "✓~○"]
    parts += [f"{one.named.name} to check again" for one in notebook.exercises if mark(one) == "~"]
    untouched = sum(mark(one) == "○" for one in notebook.exercises)
    if untouched and notebook.begun:
        parts.append(f"{untouched} to write")
    if notebook.all_pass and notebook.unanswered:
        count = len(notebook.unanswered)
        parts.append(f"{count} written answer{'' if count == 1 else 's'} missing")
    return ", ".join(parts)


def exercise_lines(notebook: NotebookStanding) -> list[str]:
    """One line for each exercise of a notebook, and one for what is to be written in words."""
    width = max(len(standing.named.name) for standing in notebook.exercises)
    lines = [f"{mark(one)} {one.named.name:{width}}  {one.words}" for one in notebook.exercises]
    answered = len(notebook.written) - len(notebook.unanswered)
    if notebook.written:
        lines.append(f"  written answers: {answered} of {len(notebook.written)}")
    return lines


def bar(notebook: NotebookStanding) -> str:
    """How much of a notebook passes, as a bar of BAR characters."""
    full = BAR * notebook.passed // max(1, len(notebook.exercises))
    return "█" * full + "░" * (BAR - full)


def as_text(notebooks: Sequence[NotebookStanding], notice: str = "") -> str:
    """The card for a terminal; the notebook to go on with in full."""
    width = max(len(notebook.assignment) for notebook in notebooks)
    lines = []
    for notebook in notebooks:
        counts = f"{notebook.passed} of {len(notebook.exercises)}"
        lines.append(f"{notebook.assignment:{width}}  {bar(notebook)}  {counts:8} {in_short(notebook)}".rstrip())
    following = where_to_go_on(list(notebooks))
    if following is not None and following.begun and len(notebooks) > 1 and not following.problem:
        lines += ["", following.assignment, *(f"  {line}" for line in exercise_lines(following))]
    lines += ["", go_on(notebooks)]
    return "\n".join([*lines, *([notice] if notice else [])])


def as_html(notebooks: Sequence[NotebookStanding], notice: str = "") -> str:
    """The card for a notebook; colours follow JupyterLab's theme, light or dark."""
    rows = "".join(_row(notebook) for notebook in notebooks)
    done = where_to_go_on(list(notebooks)) is None
    colour = PASSING if done else "var(--jp-border-color1,#999)"
    warning = f'<div style="margin-top:6px">{escape(notice)}</div>' if notice else ""
    return (
        f'<div style="border:1px solid var(--jp-border-color2,#ddd);border-left:5px solid {colour};border-radius:4px;'
        "padding:8px 12px;max-width:860px;font:13px/1.45 var(--jp-ui-font-family,sans-serif);"
        'color:var(--jp-content-font-color1,#222);background-color:var(--jp-layout-color1,#fff)">'
        f'<div style="font-weight:700">{escape(go_on(notebooks))}</div>'
        '<div style="display:grid;grid-template-columns:max-content minmax(24px,110px) max-content minmax(60px,1fr);'
        f'gap:3px 10px;margin-top:8px;align-items:center">{rows}</div>{warning}</div>'
    )


def _row(notebook: NotebookStanding) -> str:
    share = 100 * notebook.passed / max(1, len(notebook.exercises))
    picture = (
        f'<div role="img" aria-label="{notebook.passed} of {len(notebook.exercises)} exercises pass" '
        'style="height:9px;border-radius:5px;background-color:var(--jp-border-color2,#ddd);overflow:hidden">'
        f'<div style="height:9px;width:{share:.0f}%;background-color:{PASSING}"></div></div>'
    )
    return (
        f"<div>{escape(notebook.assignment)}</div>{picture}"
        f"<div>{notebook.passed} of {len(notebook.exercises)}</div>"
        f'<div style="{SOFT};overflow-wrap:anywhere">{escape(notebook_line(notebook))}</div>'
    )
