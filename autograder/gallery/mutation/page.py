"""The table and the list of survivors in docs/proof.md, out of the results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.exercises import EXERCISES
from autograder.files import replace_file
from autograder.gallery.mutation.prove import RIGHT, WRONG
from autograder.gallery.mutation.records import Made, Record, Results
from autograder.gallery.mutation.trial import Outcome

BEGIN, END = "<!-- autograder prove: begin -->", "<!-- autograder prove: end -->"
COLUMNS = (
    "check", "right", "wrong", "styles", "mutants", "tried", "killed", "by drawn sizes", "equivalent", "allowed",
    "survivors", "named surely",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What became of the answers to one exercise, and of their mutants."""

    exercise: str  # its key in EXERCISES
    right: int  # the gallery's right answers that passed, the solution among them
    of_right: int  # of how many that were asked
    wrong: int  # the gallery's wrong answers that were killed
    of_wrong: int  # of how many that were asked
    styles: int  # right answers that were changed
    made: int  # mutants
    tried: int  # of these
    killed: int
    drawn: int  # killed by no case but those with drawn sizes
    equivalent: int  # not told apart
    allowed: int  # different in a way that the contract allows
    survivors: int
    sure: int  # killed mutants whose card names a mistake surely
    looked_at: int  # killed mutants whose card was looked at

    def cells(self) -> list[str]:
        """The cells of the row in the table."""
        numbers = (self.styles, self.made, self.tried, self.killed, self.drawn, self.equivalent, self.allowed)
        surely = f"{self.sure} of {self.looked_at}"
        gallery = (f"{self.right} of {self.of_right}", f"{self.wrong} of {self.of_wrong}")
        return [*gallery, *(f"{number:,}" for number in numbers), f"{self.survivors:,}", surely]


def row(made: Made, records: Sequence[Record]) -> Row:
    """The row of one exercise."""
    right = [record for record in records if record.operator == RIGHT]
    wrong = [record.result for record in records if record.operator == WRONG]
    tried = [record.result for record in records if record.operator not in (RIGHT, WRONG)]
    killed = [result for result in tried if result.outcome is Outcome.KILLED]
    named = [result.named for result in killed if result.named is not None]
    return Row(
        exercise=made.exercise,
        right=sum(record.passed for record in right),
        of_right=len(right),
        wrong=sum(result.outcome is Outcome.KILLED for result in wrong),
        of_wrong=len(wrong),
        styles=made.styles,
        made=made.mutants,
        tried=len(tried),
        killed=len(killed),
        drawn=sum(result.drawn for result in killed),
        equivalent=sum(result.outcome is Outcome.EQUIVALENT for result in tried),
        allowed=sum(result.outcome is Outcome.ALLOWED for result in tried),
        survivors=sum(result.outcome is Outcome.SURVIVOR for result in tried),
        sure=sum(each.sure for each in named),
        looked_at=len(named),
    )


def rows(results: Results) -> list[Row]:
    """The rows of all exercises of which something was tried, in the order of the course."""
    tried = {key for key, _, _ in results.records} & results.made.keys()
    return [row(results.made[key], results.of(key)) for key in EXERCISES if key in tried]


def total(table: Sequence[Row]) -> Row:
    """The sum of all rows."""
    sums = {name: sum(getattr(each, name) for each in table) for name in Row.__annotations__ if name != "exercise"}
    return Row("all", **sums)


def survivors(records: Iterable[Record]) -> list[str]:
    """A line for each survivor: where, what was changed, and the input that tells it apart."""
    lines = []
    for record in records:
        if record.result.outcome is Outcome.SURVIVOR:
            change = record.in_words.replace("`", "'")
            lines.append(f"- `{record.exercise}`, `{change}`: {_escaped(record.result.apart)}")
    return lines


def table(rows: Sequence[Row]) -> list[str]:
    """The lines of the table."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    lines += [f"| `{each.exercise}` | {' | '.join(each.cells())} |" for each in rows]
    return [*lines, f"| all | {' | '.join(total(rows).cells())} |"]


def markdown(results: Results) -> str:
    """The table, what was not tried, and the survivors."""
    found = rows(results)
    lines = table(found)
    if missing := [key for key in EXERCISES if key not in {each.exercise for each in found}]:
        lines += ["", f"Not tried yet: {', '.join(f'`{key}`' for key in missing)}."]
    left = [line for key in EXERCISES for line in survivors(results.of(key))]
    return "\n".join([*lines, "", "### Survivors", "", *(left or ["None."])]) + "\n"


def write(results: Results, page: Path) -> None:
    """Put the table into the page, between its two markers.

    Raises:
        CourseError: if the page is not there, or has not both markers.
    """
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    if not 0 <= text.find(BEGIN) < text.find(END):
        raise CourseError(f"{page} has not the lines {BEGIN} and {END}, between which the table goes")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    replace_file(page, f"{before}{BEGIN}\n\n{markdown(results)}\n{END}{after}".encode())


def published(text: str) -> dict[str, list[str]]:
    """Exercise → the cells of its row, out of the page."""
    between = text.partition(BEGIN)[2].partition(END)[0]
    found = re.findall(r"^\| `?([\w/]+)`? \| (.+) \|$", between, re.M)
    return {exercise: cells.split(" | ") for exercise, cells in found if exercise != COLUMNS[0]}


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_").replace("|", "\\|").replace("\n", " ")
