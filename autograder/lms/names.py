"""What the names of files say in the zip of submissions that a learning management system makes.

Canvas, Assignment → Download submissions: one flat folder of `NAME_NUMBER_ATTACHMENT_FILE`, with `_LATE` after the
name of a late one. NAME is last and first name in lower case without spaces, NUMBER the student's Canvas id; of two
versions of a file the one with the higher ATTACHMENT is the later. No times.

Moodle, Assignment → Download all submissions: a folder `NAME_NUMBER_assignsubmission_file` (older: with a `_` at its
end), or the same before the file's name where folders are turned off. NUMBER is the participant's in this assignment,
as in the grading worksheet; of a group NAME is the group's. No times.

Brightspace, Assignment → Download: a folder `NUMBER-NUMBER - NAME - TIME` for each submission, or the same before the
file's name. TIME is such as `Oct 3, 2026 1145 PM`, in the organisation's time zone. NAME may be a group's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from dateutil import parser

from autograder.roster.students import System

CANVAS = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<number>\d+)_(?P<attachment>\d+)_(?P<file>.+)", re.DOTALL)
MOODLE = re.compile(r"(?P<name>.+?)(_(?P<number>\d+))?_assignsubmission_(?P<kind>[a-z]+?)(_(?P<file>.*))?", re.DOTALL)
BRIGHTSPACE = re.compile(
    r"(?P<number>\d+-\d+) - (?P<name>.+?) - (?P<time>\w{3,9}\.? \d{1,2}, \d{4} \d{1,2}:?\d{2} [AP]M)( - (?P<file>.+))?",
    re.DOTALL,
)


@dataclass(frozen=True)
class Named:
    """What the name of one file in the zip says."""

    system: System
    who: str  # the student's or the group's name, as the system spells it
    number: str  # the student's number; empty if there is none
    file: PurePosixPath  # the file's own name, in the folder of the submission
    late: bool = False  # marked as late
    time: datetime | None = None  # when it was handed in, without a zone
    order: int = 0  # of two versions of one file the higher is the later


def named(path: PurePosixPath, system: System) -> Named | None:
    """What the name of a file says in a system's zip; None if it is like none of its names."""
    for depth, part in enumerate(path.parts):
        if parsed := PARSERS[system](part, path.parts[depth + 1 :]):
            return parsed
    return None


def system_in(paths: Collection[PurePosixPath]) -> System | None:
    """The system that named most of these files; None if no name is like those of a system."""
    counts = {system: sum(named(path, system) is not None for path in paths) for system in PARSERS}
    best = max(counts, key=lambda system: counts[system])  # of equal ones the first
    return best if counts[best] else None


def _canvas(part: str, rest: Sequence[str]) -> Named | None:
    match = CANVAS.fullmatch(part)
    if rest or not match:
        return None
    late, order = bool(match["late"]), int(match["attachment"])
    return Named(System.CANVAS, match["name"], match["number"], PurePosixPath(match["file"]), late, None, order)


def _moodle(part: str, rest: Sequence[str]) -> Named | None:
    match = MOODLE.fullmatch(part)
    if not match:
        return None
    file = PurePosixPath(*rest) if rest else PurePosixPath(match["file"] or "")
    return Named(System.MOODLE, match["name"], match["number"] or "", file) if file.name else None


def _brightspace(part: str, rest: Sequence[str]) -> Named | None:
    match = BRIGHTSPACE.fullmatch(part)
    if not match:
        return None
    file = PurePosixPath(*rest) if rest else PurePosixPath(match["file"] or "")
    time = _brightspace_time(match["time"])
    return Named(System.BRIGHTSPACE, match["name"], match["number"], file, time=time) if file.name else None


def _brightspace_time(text: str) -> datetime | None:
    """The time in `Oct 3, 2026 1145 PM`; None if it is none."""
    try:
        return parser.parse(re.sub(r"(\d{1,2}):?(\d{2}) ([AP]M)$", r"\1:\2 \3", text))
    except (ValueError, OverflowError):
        return None


# those with the more particular names first: a file that a student called 1_2_3.ipynb looks like one of Canvas's
PARSERS: dict[System, Callable[[str, Sequence[str]], Named | None]] = {
    System.MOODLE: _moodle,
    System.BRIGHTSPACE: _brightspace,
    System.CANVAS: _canvas,
}
