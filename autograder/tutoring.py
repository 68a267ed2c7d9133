"""What a run of a notebook says to a tutor, and what of it is kept: what its checks have shown, nothing hidden."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.guest.status import Status
from autograder.notebook_check import CheckedNotebook
from autograder.outcome import Outcome
from autograder.progress.hints import Hint
from autograder.progress.record import keep_run
from autograder.progress.shown import SHOWN
from autograder.progress.state import Judged

# of a verdict as JSON: a kernel in which a student's code ran wrote it, so what else it may hold is left out
FIELDS = (
    "case",
    "status",
    "message",
    "where",
    "pattern",
    "mistake",
    "sure",
    "hint",
    "inputs",
    "smallest_example",
    "printed",
)
# a check that ended so says something about the answer, though it shows no verdict
WITHOUT_A_VERDICT = (Status.RAISED, Status.TIMED_OUT, Status.CRASHED, Status.OUT_OF_MEMORY)


def for_tutor(outcome: Outcome, checked: CheckedNotebook, hints: list[Hint]) -> dict[str, Any]:
    """The outcome of one exercise, with its visible cases, the first failure as its card shows it, and these hints."""
    verdict = checked.verdicts.get(outcome.exercise, {})
    cases = [
        {"case": str(case.get("name")), "passed": case.get("passed") is True}
        for case in verdict.get("cases", ())
        if isinstance(case, dict) and not case.get("hidden")
    ]
    failure = verdict.get(SHOWN)
    first = {name: failure.get(name) for name in FIELDS} if isinstance(failure, dict) else None
    return outcome.to_dict() | {"cases": cases, SHOWN: first, "hints_read": [asdict(hint) for hint in hints]}


def keep_outcomes(path: Path, checked: CheckedNotebook) -> str:
    """Keep what the checks of the notebook at `path` said; returns what the student should know, empty if nothing."""
    now = datetime.now(UTC)
    others = {
        outcome.exercise: Judged(outcome.status, now)
        for outcome in checked.outcomes
        if outcome.exercise not in checked.verdicts and outcome.status in WITHOUT_A_VERDICT
    }
    return keep_run(path, checked.verdicts, others)
