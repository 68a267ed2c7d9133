"""Keep a verdict: from a check in a notebook, or from a run of the whole notebook."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.progress.place import Workplace, workplace_of
from autograder.progress.state import Judged, judged_of, keep_verdicts

if TYPE_CHECKING:
    from autograder.judging.verdict import Verdict

SESSION = "JPY_SESSION_NAME"  # environment variable in which Jupyter tells a kernel the path of its notebook
SWITCH = "AUTOGRADER_PROGRESS"  # environment variable: "off" in a kernel whose starter keeps the verdicts itself


def keep_verdict(verdict: Verdict) -> str:
    """Keep a verdict of this kernel's notebook, found by the kernel's folder; returns what the student should know.

    Verdicts on hidden cases are not kept, nor those of notebooks elsewhere: of solutions, or of work that is graded, or
    of a second notebook in the folder, such as a copy for experiments.
    """
    here = here_at_work()
    if here is None or verdict.hidden or here[1] != verdict.assignment:
        return ""
    place, assignment = here
    own = place.notebook(assignment)
    session = own.with_name(Path(os.environ.get(SESSION) or own).name)
    if session != own and session.suffix == own.suffix and session.is_file():
        return ""
    data = verdict.to_dict() | {"seconds": verdict.seconds}
    judged = judged_of(data, datetime.now(UTC), saved_at(own))
    return keep_verdicts(place.state, {f"{assignment}/{verdict.exercise}": judged}) if judged else ""


def keep_run(path: Path, verdicts: Mapping[str, Any], others: Mapping[str, Judged]) -> str:
    """Keep the verdicts of a run of the notebook at `path`, if that is the student's own copy in a workplace.

    Args:
        verdicts: exercise → verdict as JSON, as its cell shows it.
        others: exercise → what is kept where no verdict came.
    """
    here = workplace_of(path.absolute().parent)
    if here is None or here[0].notebook(here[1]) != path.resolve():
        return ""
    place, assignment = here
    saved = saved_at(path)
    new = {name: judged_of(data, datetime.now(UTC), saved) for name, data in verdicts.items()}
    kept = {name: replace(judged, saved=saved) for name, judged in {**others, **new}.items() if judged is not None}
    kept = {f"{assignment}/{name}": judged for name, judged in kept.items()}
    return keep_verdicts(place.state, kept) if kept else ""


def here_at_work() -> tuple[Workplace, str] | None:
    """The workplace and the assignment of the notebook that this process runs.

    None if it is no student's notebook, or if another process keeps the progress.
    """
    if os.environ.get(SWITCH) == "off":
        return None
    try:
        return workplace_of(Path.cwd())
    except OSError:  # the folder was deleted
        return None


def saved_at(path: Path) -> int:
    """The time of a file, in ns since 1970; 0 if there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
