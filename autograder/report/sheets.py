"""The scores and the reasons as tables for a spreadsheet. What is not marked yet is blank, not zero."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from autograder.grading.results import SubmissionResult
from autograder.guest.status import Status
from autograder.report.detail import sentences
from autograder.report.sections import Section, lateness, marked_score, people

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes text that starts with one of these for a formula
Rows = list[list[object]]


def scores_rows(sections: Sequence[Section]) -> Rows:
    """A header, then one row per student: the total, each notebook's score, penalty taken off, and its exercises'.

    Beside each score stands what is said about it: provisional while answers wait for a mark, late.
    """
    header: list[object] = ["student", "name", "total", "total: remarks"]
    for section in sections:
        names = [f"{section.assignment}: {name}" for name in section.exercises]
        header += [section.assignment, f"{section.assignment}: remarks", *names]
    by_student: list[dict[str, SubmissionResult]] = [{r.student: r for r in section.results} for section in sections]
    rows: Rows = [header]
    for student, person in people(sections).items():
        results = [results.get(student) for results in by_student]
        columns: list[object] = []
        for section, result in zip(sections, results, strict=True):
            columns += _notebook(section, result)
        scored = [score for result in results if result and (score := marked_score(result)) is not None]
        waiting = sum(result.to_be_marked for result in results if result)
        total = round(sum(scored), 2) if scored else ""
        late = "late" if any(result.seconds_late > 0 for result in results if result) else ""
        remarks = "; ".join(filter(None, (_provisional(waiting), late)))
        rows.append([student, person.name if person.name != student else "", total, remarks, *columns])
    return [rows[0], *sorted(rows[1:], key=lambda row: str(row[0]))]


def detail_rows(sections: Sequence[Section]) -> Rows:
    """A header, then one row per exercise of each student, with the reason for lost points; a row for each penalty."""
    rows: Rows = [["student", "name", "assignment", "exercise", "score", "points", "status", "why", "mistakes"]]
    for section in sections:
        for result in section.results:
            start: list[object] = [result.student, result.name, result.assignment]
            for outcome in result.exercises:
                mistakes = "; ".join(mistake.name for mistake in outcome.mistakes)
                score: object = "" if outcome.status == Status.TO_BE_MARKED else outcome.score
                rows.append([*start, outcome.exercise, score, outcome.points, outcome.status, outcome.why, mistakes])
            if result.seconds_late > 0:
                penalty = -round(result.penalty, 2) or 0
                rows.append([*start, "penalty", penalty, "", "late", lateness(result.seconds_late), ""])
    return rows


def csv_bytes(rows: Rows) -> bytes:
    """The rows as CSV; no text of a student can be a formula."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[_safe(value) for value in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")  # the byte order mark makes spreadsheets read it as UTF-8


def _notebook(section: Section, result: SubmissionResult | None) -> list[object]:
    """One notebook's columns of one student."""
    if result is None:
        return ["", "", *("" for _ in section.exercises)]
    by_name = {outcome.exercise: outcome for outcome in result.exercises}
    scores: list[object] = [
        "" if (outcome := by_name.get(name)) is None or outcome.status == Status.TO_BE_MARKED else outcome.score
        for name in section.exercises
    ]
    total = marked_score(result)
    return ["" if total is None else total, "; ".join(sentences(result)), *scores]


def _provisional(waiting: int) -> str:
    return f"provisional: {waiting} answer{'s wait' if waiting > 1 else ' waits'} for a mark" if waiting else ""


def _safe(value: object) -> object:
    """The value with a quote before what a spreadsheet would take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
