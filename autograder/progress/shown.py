"""What a check shows of its first failure, as data: for a tutor, a person or a program, who sees what the student sees.

Nothing of a hidden case is in it, and no right answer but that of the smallest example, which the card shows too.
"""

from __future__ import annotations

from typing import Any

from autograder.judging.verdict import Verdict

SHOWN = "first_failure"  # name of this in the JSON of a verdict that a notebook keeps


def first_failure(verdict: Verdict) -> dict[str, Any] | None:
    """The first visible case that fails; None if all of them pass."""
    failure = next((case for case in verdict.cases if not case.passed and not case.hidden), None)
    if failure is None:
        return None
    mismatch, example = failure.mismatch, verdict.example
    named = verdict.named if verdict.named and not verdict.named.hidden else None
    return {
        "case": failure.name,
        "status": failure.status.value,
        "message": failure.message,
        "where": mismatch.where if mismatch else "",
        "pattern": mismatch.pattern if mismatch else "",
        "mistake": verdict.sentences.get(named.mistake, "") if named else "",
        "sure": named is not None and named.sure,
        "hint": failure.hint,
        "inputs": dict(failure.inputs),
        "smallest_example": example
        and {"inputs": dict(example.inputs), "expected": example.expected, "yours": example.got},
        "printed": verdict.printed[:400],
    }
