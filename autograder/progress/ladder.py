"""One hint a call: which one is next is kept beside the verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.progress.hints import Hint, hints_on
from autograder.progress.naming import Named, every_exercise
from autograder.progress.place import Workplace, workplace_of
from autograder.progress.state import keep_hints, read_state

AFTER_ALL = "That is every hint. The card of the check shows the smallest case that goes wrong: follow it by hand."
_READ_HERE: dict[str, int] = {}  # key → hints that this process has shown and could not keep


@dataclass(frozen=True)
class Step:
    """What one call shows."""

    hints: tuple[Hint, ...]  # one; all of them once the last was read before
    following: str  # what the next call does
    notice: str = ""  # what went wrong with keeping the progress


def hints_read(path: Path) -> dict[str, list[Hint]]:
    """Exercise → the hints that were read on it, for the student's notebook at `path`; empty for one elsewhere."""
    here = workplace_of(path.absolute().parent)
    if here is None:
        return {}
    place, assignment = here
    read = read_state(place.state).hints
    group = (named for named in every_exercise() if named.assignment == assignment and named.key in read)
    return {named.name: hints_on(named)[: read[named.key]] for named in group}


def next_step(named: Named, place: Workplace | None, call: str, number: int | None = None) -> Step:
    """The next hint on an exercise, which counts as read from then on.

    Args:
        place: where the progress is kept; in this process alone if None.
        call: how the student asks for the next one.
        number: this hint, and go on from there; default: the one after the last that was read.

    Raises:
        CourseError: if the exercise has no hints, or none of that number.
    """
    hints = hints_on(named)
    if not hints:
        raise CourseError(f"there are no hints on {named.name}")
    if number is not None and not 1 <= number <= len(hints):
        raise CourseError(f"there is no hint {number} on {named.name}: it has {len(hints)}")
    state = read_state(place.state) if place else None
    kept = state.hints.get(named.key, 0) if state else 0
    read = number - 1 if number else max(kept, _READ_HERE.get(named.key, 0))
    if read >= len(hints):
        return Step(tuple(hints), AFTER_ALL, state.problem if state else "")
    hint = hints[read]
    notice = keep_hints(place.state, named.key, hint.number) if place else ""
    if notice or place is None:
        _READ_HERE[named.key] = hint.number
    else:
        _READ_HERE.pop(named.key, None)
    following = AFTER_ALL if hint.is_last else f"{call} again shows hint {hint.number + 1} of {hint.of}."
    return Step((hint,), following, notice or (state.problem if state else ""))
