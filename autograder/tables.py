"""What the commands print: tables of outcomes, of a class's scores, and of the doctor's findings."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from autograder.guest.status import Status

if TYPE_CHECKING:
    from autograder.doctor import Finding
    from autograder.grading.results import SubmissionResult
    from autograder.outcome import Outcome

WIDEST_INDENT = 5  # of a sentence on a card; what is further right are numbers
GOOD, BAD, OPEN = "green", "red", "yellow"


def number(value: float) -> str:
    """7.0 → 7, 7.25 → 7.25."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def colour(outcome: Outcome) -> str:
    """Green for full points, red for lost ones, yellow for those that a person has yet to give."""
    return BAD if outcome.lost else OPEN if outcome.status == Status.TO_BE_MARKED else GOOD


def reason(outcome: Outcome) -> str:
    """Why points were lost: the check's message, and the mistake that it recognised."""
    known = [mistake.in_words for mistake in outcome.mistakes]
    lines = [text for text in (outcome.why, *known[:1]) if text]
    return "\n".join(dict.fromkeys(lines)) or (outcome.status if outcome.lost else "")


def outcomes_table(outcomes: Sequence[Outcome]) -> Table:
    """One row per exercise of one notebook."""
    table = Table(show_lines=True)
    for title in ("exercise", "result", "points", "why"):
        table.add_column(title, overflow="fold", justify="right" if title == "points" else "left")
    for outcome in outcomes:
        points = f"{number(outcome.score)} of {number(outcome.points)}"
        result = Text(outcome.status, style=colour(outcome))
        table.add_row(Text(outcome.exercise), result, points, Text(reason(outcome)))
    return table


def class_table(assignment: str, results: Sequence[SubmissionResult]) -> Table:
    """One row per student: the score, and why the rest of the points were lost."""
    table = Table(title=assignment, title_justify="left", show_lines=True)
    table.add_column("student", overflow="fold")
    table.add_column("score", justify="right")
    table.add_column("of", justify="right")
    table.add_column("why points were lost", overflow="fold")
    for result in results:
        who = Text(result.student)
        if result.name:
            who.append(f"\n{result.name}", style="dim")
        table.add_row(who, _score(result), number(result.points), _lost(result))
    return table


def _score(result: SubmissionResult) -> Text:
    """The score with the penalty taken off, whether it is late, and whether answers wait for a mark."""
    score = Text(number(result.score))
    if result.to_be_marked:
        score.append(" so far", style=OPEN)
    if result.seconds_late:
        score.append(f"\n−{number(result.penalty)} late" if result.penalty else "\nlate", style=BAD)
    return score


def waiting_lines(waiting: Mapping[str, Mapping[str, int]]) -> list[str]:
    """How many answers wait for a mark, and where: {assignment: {exercise: answers}}."""
    lines = []
    for assignment, exercises in sorted(waiting.items()):
        total = sum(exercises.values())
        where = ", ".join(f"{name} {answers}" for name, answers in sorted(exercises.items()))
        answer = "answer waits" if total == 1 else "answers wait"
        lines.append(f"{assignment}: {total} {answer} for a mark ({where}); mark in formgrader, under Manual Grading.")
    return lines or ["No answer waits for a mark."]


def changes_table(changes: Sequence[tuple[str, str, float, float]]) -> Table:
    """One row per score that changed: (student, exercise, score before, score now)."""
    table = Table(title="changed", title_justify="left")
    for title in ("student", "exercise", "before", "now"):
        table.add_column(title, justify="right" if title in ("before", "now") else "left")
    for student, exercise, before, now in changes:
        table.add_row(Text(student), Text(exercise), number(before), number(now), style=GOOD if now > before else BAD)
    return table


def _lost(result: SubmissionResult) -> Text:
    if result.status != Status.GRADED:
        return Text(f"{result.status}: {result.why}", style=BAD)
    lines = Text()
    untried = [outcome for outcome in result.exercises if outcome.lost and outcome.status == Status.NOT_ATTEMPTED]
    for outcome in result.exercises:
        if outcome.lost and outcome not in untried:
            lines.append(f"{outcome.exercise} −{number(outcome.points - outcome.score)} ", style=BAD)
            lines.append(f"{reason(outcome)}\n")
    if untried:
        lost = sum(outcome.points - outcome.score for outcome in untried)
        lines.append(f"not attempted −{number(lost)} ", style=BAD)
        lines.append(f"{', '.join(outcome.exercise for outcome in untried)}\n")
    if waiting := [outcome.exercise for outcome in result.exercises if outcome.status == Status.TO_BE_MARKED]:
        lines.append(f"a person has to mark {', '.join(waiting)}\n", style=OPEN)
    if result.why and result.why not in lines.plain:
        lines.append(f"{result.why}\n", style=OPEN)
    lines.rstrip()
    return lines


def doctor_table(findings: Sequence[Finding]) -> Table:
    """One row per finding, with what to do where it is not good."""
    table = Table(show_lines=False)
    for title in ("", "what", "found", "what to do"):
        table.add_column(title, overflow="fold")
    for finding in findings:
        mark = Text("✓", GOOD) if finding.good else Text("✗", BAD) if finding.needed else Text("–")
        advice = "" if finding.good else finding.advice
        table.add_row(mark, Text(finding.name), Text(finding.found), Text(advice))
    return table


def card_lines(card: str) -> str:
    """A card's text for the terminal's width: long sentences are broken, and go on where they began."""
    return "\n".join(_broken(line, shutil.get_terminal_size().columns) for line in card.splitlines())


def _broken(line: str, width: int) -> str:
    """One line of a card in lines of `width` characters; the numbers of an example stay in their columns."""
    indent = len(line) - len(line.lstrip())
    if len(line) <= width or indent > WIDEST_INDENT:
        return line
    return textwrap.fill(line, width, subsequent_indent=" " * (indent + 2), break_on_hyphens=False)
