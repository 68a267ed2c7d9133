"""`autograder similar`: compare what a class handed in, and write the page that says which pairs to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.course import Course
from autograder.errors import CourseError, Unreadable
from autograder.files import replace_file
from autograder.notebooks import read_notebook
from autograder.similar.compare import FEW, FEWEST, Pair, Prints, Usual, compare
from autograder.similar.own_code import Work, comments_in, names_in, read_works, work_of

PARTS_SHOWN, COMMENTS_SHOWN = 6, 8  # of one pair


@dataclass(frozen=True)
class Found:
    """What the comparison of a class found."""

    assignment: str
    works: Sequence[Work]  # that were compared
    pairs: Sequence[Pair]  # to look at, the most unusual first
    prints: dict[str, Prints]  # by part
    left_out: dict[str, str]  # student → why their work could not be compared

    def usual(self) -> list[Usual]:
        """What is usual, for each part that at least two students have at length."""
        return [prints.usual() for prints in self.prints.values() if prints.similarity]

    def to_dict(self) -> dict[str, Any]:
        return {
            "assignment": self.assignment,
            "students": len(self.works),
            "pairs": [asdict(pair) | {"weight": round(pair.weight, 2)} for pair in self.pairs],
            "usual": [asdict(usual) for usual in self.usual()],
            "left_out": self.left_out,
        }


def look_for_similar(course: Course, assignment: str) -> Found:
    """Compare what the class handed in for an assignment.

    Raises:
        CourseError: if the assignment is unknown or not built, or too few students handed in something readable.
    """
    course.require_assignment(assignment)
    try:
        skeleton = read_notebook(course.release(assignment))
        solution = read_notebook(course.source(assignment))
    except Unreadable as error:
        raise CourseError(f"{error}: run `autograder build {assignment}` first") from None
    works, left_out = read_works(course, assignment, skeleton)
    if len(works) < FEWEST:
        folder = course.directory.submitted_directory
        raise CourseError(
            f"{len(works)} students' {assignment} in {folder}/ can be read: it takes {FEWEST} to know what is usual"
        )
    everybodys = work_of("", solution, skeleton)
    released = "\n\n".join(str(cell.source) for cell in skeleton.cells if cell.cell_type == "code")
    pairs, prints = compare(works, _known(everybodys, released))
    return Found(assignment, works, pairs, prints, left_out)


def _known(solution: Work, released: str) -> Work:
    return Work(
        "",
        {**solution.parts, "as released": released},
        solution.comments | comments_in(released),
        solution.names | names_in(released),
    )


def write_page(found: Found, path: Path) -> None:
    """Write the page; the template escapes all that comes from students.

    Raises:
        CourseError: if it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, render(found).encode())
    except OSError as error:
        raise CourseError(f"the page cannot be written to {path}: {error.strerror}") from error


def render(found: Found) -> str:
    """The page as HTML that needs no other file and no script."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    compared = {usual.part for usual in found.usual()}
    return environment.get_template("page.html").render(
        assignment=found.assignment,
        works=len(found.works),
        few=FEW,
        most=COMMENTS_SHOWN,
        pairs=[_shown(pair, found.prints) for pair in found.pairs],
        usual=found.usual(),
        short=[part for part in found.prints if part not in compared],
        left_out=found.left_out,
    )


def _shown(pair: Pair, prints: dict[str, Prints]) -> dict[str, Any]:
    parts = []
    for alike in pair.parts[:PARTS_SHOWN]:
        places = prints[alike.part].same_places(pair.students)
        sides = [
            (student, _cut(prints[alike.part].of[student].raw_code, same))
            for student, same in zip(pair.students, places, strict=True)
        ]
        parts.append({"part": alike.part, "sides": sides})
    return {**{name: getattr(pair, name) for name in ("students", "parts", "comments", "names", "mistakes")},
            "parts_shown": parts}  # fmt: skip


def _cut(source: str, same: Sequence[tuple[int, int]]) -> list[tuple[bool, str]]:
    """The source in pieces: (whether it is alike, text)."""
    pieces, at = list[tuple[bool, str]](), 0
    for start, end in sorted(same):
        start, end = max(start, at), min(end, len(source))
        if end > start:
            pieces += [(False, source[at:start]), (True, source[start:end])]
            at = end
    return [*pieces, (False, source[at:])]
