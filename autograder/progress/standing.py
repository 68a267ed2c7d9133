"""How each exercise stands: what its check said last, and whether that is still about what the notebook holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder import exercises
from autograder.errors import Unreadable
from autograder.guest.status import Status
from autograder.notebooks import nbgrader, verdict_data
from autograder.progress.naming import Named
from autograder.progress.place import Workplace
from autograder.progress.sources import digests_in
from autograder.progress.state import Judged, State, judged_of
from autograder.progress.written import WrittenAnswer, written_answers
from autograder.restoring.alignment import align, grade_id, text

ENDED = {  # what to say of a check that came to no comparison
    Status.RAISED: "raises an error",
    Status.TIMED_OUT: "was stopped: it ran too long",
    Status.CRASHED: "ended its kernel",
    Status.OUT_OF_MEMORY: "needs too much memory",
}
LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Standing:
    """How one exercise stands."""

    named: Named
    status: Status  # of the last check; not attempted while its cell is empty, missing without a cell
    changed: bool = False  # whether its function has changed since that check
    judged: Judged | None = None  # the last verdict
    checked: bool = True  # false if something is written that no check has seen

    @property
    def passed(self) -> bool:
        return self.status is Status.PASSED and not self.changed

    @property
    def words(self) -> str:
        """For people, in a few words."""
        if self.status is Status.MISSING:
            return f"its cell is missing; `autograder reset {self.named.name}` puts it back"
        if self.status is Status.NOT_ATTEMPTED:
            before = self.judged is not None and self.judged.status is Status.PASSED
            return "not written; it passed before" if before else "not written yet"
        if not self.checked:
            return "not checked yet"
        if self.changed:
            return f"changed since it {'passed' if self.status is Status.PASSED else 'failed'}: run its check"
        if self.judged is not None and self.judged.cases and self.status in (Status.FAILED, Status.PASSED):
            return f"{self.judged.passed} of {self.judged.cases} cases pass"
        return ENDED.get(self.status, str(self.status))

    def to_dict(self) -> dict[str, Any]:
        cases = {"passed": self.judged.passed, "cases": self.judged.cases} if self.judged else {}
        time = self.judged.time.isoformat() if self.judged and self.judged.time != LONG_AGO else None
        return {
            "exercise": self.named.name,
            "status": self.status.value if self.checked else "not checked",
            "changed": self.changed,
            "time": time,
            **cases,
        }


@dataclass(frozen=True)
class NotebookStanding:
    """How one notebook stands."""

    assignment: str
    path: Path
    exercises: tuple[Standing, ...]
    written: tuple[WrittenAnswer, ...] = ()
    problem: str = ""  # why the notebook could not be read

    @property
    def passed(self) -> int:
        return sum(standing.passed for standing in self.exercises)

    @property
    def all_pass(self) -> bool:
        return self.passed == len(self.exercises)

    @property
    def missing(self) -> bool:
        """Whether there is no such notebook: nbgrader's exchange gives one after the other."""
        return not self.path.is_file()

    @property
    def unanswered(self) -> list[str]:
        return [answer.name for answer in self.written if not answer.answered]

    @property
    def done(self) -> bool:
        return self.all_pass and not self.unanswered and not self.problem

    @property
    def begun(self) -> bool:
        return any(standing.status not in (Status.NOT_ATTEMPTED, Status.MISSING) for standing in self.exercises)

    @property
    def next(self) -> Standing | None:
        """The first exercise that does not pass."""
        return next((standing for standing in self.exercises if not standing.passed), None)

    @property
    def touched(self) -> datetime:
        """When a check last said something."""
        return max((s.judged.time for s in self.exercises if s.judged is not None), default=LONG_AGO)

    def to_dict(self) -> dict[str, Any]:
        return {
            "notebook": self.assignment,
            "path": str(self.path),
            "passed": self.passed,
            "of": len(self.exercises),
            "done": self.done,
            "exercises": [standing.to_dict() for standing in self.exercises],
            "written": {answer.name: answer.answered for answer in self.written},
            "problem": self.problem or None,
        }


def notebook_standing(place: Workplace, assignment: str, state: State) -> NotebookStanding:
    """How the notebook of one assignment stands; a missing or unreadable one stands as its checks last said."""
    from autograder.notebooks import read_notebook
    from autograder.restoring.pristine import released_notebook

    path = place.notebook(assignment)
    group = [Named(assignment, exercise) for exercise in exercises.ASSIGNMENTS[assignment]]
    try:
        notebook, saved = read_notebook(path), path.stat().st_mtime_ns
        pristine = released_notebook(assignment)
    except (Unreadable, OSError) as error:
        problem = str(error) if isinstance(error, Unreadable) else f"{path.name} cannot be opened: {error.strerror}"
        return NotebookStanding(assignment, path, tuple(_remembered(named, state) for named in group), (), problem)
    desk = _Desk(notebook.cells, pristine.cells if pristine else [], saved)
    standings = tuple(desk.standing(named, state.judged.get(named.key)) for named in group)
    return NotebookStanding(assignment, path, standings, written_answers(notebook.cells, desk.pristine, desk.match))


def _remembered(named: Named, state: State) -> Standing:
    judged = state.judged.get(named.key)
    return Standing(named, judged.status if judged else Status.NOT_ATTEMPTED, judged=judged)


@dataclass
class _Desk:
    """A student's notebook beside the released one."""

    cells: list[Any]
    pristine: list[Any]
    saved: int  # time of the notebook's file, in ns since 1970
    match: list[int | None] = field(init=False)  # for each cell the index of the released one that it is a copy of

    def __post_init__(self) -> None:
        self.match = align(self.pristine, self.cells)

    def standing(self, named: Named, kept: Judged | None) -> Standing:
        shown = self._shown(named)
        if (
            kept is not None and kept.saved == self.saved
        ):  # not saved since, so the file may be older than what was judged
            return Standing(named, kept.status, judged=kept)
        last = kept or shown
        answers = self._answers(named.name)
        if not answers:
            return Standing(named, Status.MISSING, judged=last)
        if all(self._is_stub(cell) for cell in answers):
            return Standing(named, Status.NOT_ATTEMPTED, judged=last)
        current = next((one for one in (kept, shown) if one is not None and self._is_of(one, named)), None)
        if current is not None:
            return Standing(named, current.status, judged=current)
        if last is not None:
            return Standing(named, last.status, changed=True, judged=last)
        return Standing(named, Status.FAILED, checked=False)

    def _answers(self, name: str) -> list[Any]:
        """The cells that may define the function: its own and copies of it, or else any that defines it."""
        code = [(cell, place) for cell, place in zip(self.cells, self.match, strict=True) if cell.cell_type == "code"]
        own = [c for c, place in code if place is not None and grade_id(self.pristine[place]) == name]
        return own or [cell for cell, _ in code if name in digests_in(text(cell))]

    def _is_stub(self, cell: Any) -> bool:
        return text(cell) in {"", *(text(stub) for stub in self.pristine if nbgrader(stub).get("solution"))}

    def _is_of(self, judged: Judged, named: Named) -> bool:
        """Whether a verdict is about the functions that the notebook holds; so it is where a text cannot tell.

        A check that ended without a verdict names no source: the next save may have changed anything.
        """
        if not judged.sources:
            return False
        for name, digest in judged.sources.items():
            own = [digests_in(text(cell)) for cell in self._answers(name)]
            present = [digests[name] for digests in own if name in digests]
            if digest and present and "" not in present and digest not in present:
                return False
        return True

    def _shown(self, named: Named) -> Judged | None:
        """The verdict among the outputs of the exercise's check, as the notebook was saved."""
        for cell, place in zip(self.cells, self.match, strict=True):
            if place is not None and grade_id(self.pristine[place]) == f"check_{named.name}":
                for data in reversed(verdict_data(cell)):
                    if (judged := judged_of(data, LONG_AGO)) is not None and data.get("exercise") == named.name:
                        return judged
        return None


def standings(place: Workplace, state: State) -> Iterator[NotebookStanding]:
    """How every notebook stands, in the order of the course."""
    return (notebook_standing(place, assignment, state) for assignment in exercises.ASSIGNMENTS)


def where_to_go_on(notebooks: list[NotebookStanding]) -> NotebookStanding | None:
    """The notebook to go on with: the one worked on last, else the next that is not done; None if all are done.

    Where somebody began with a later notebook, those before it come last. One that is not there counts for nothing.
    """
    notebooks = [notebook for notebook in notebooks if not notebook.missing]
    if not notebooks:
        return None
    last = max(range(len(notebooks)), key=lambda k: (notebooks[k].touched, notebooks[k].begun, -k))
    in_order = [*notebooks[last:], *notebooks[:last]]
    return next((notebook for notebook in in_order if not notebook.done), None)
