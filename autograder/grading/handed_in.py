"""Find the notebook that a student handed in for an assignment, whatever it is called and however deep it lies.

Covered: names that a browser, a file manager or an upload form changed; upper and lower case; folders in between;
files that systems leave behind.
Not covered: archives, and notebooks outside the assignment's folder.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import Course
from autograder.errors import Unreadable
from autograder.files import read_bytes, require_own_folder
from autograder.grading.beside import NBGRADERS, files_below, files_beside, is_notebook

DEEPEST = 3  # folders between the assignment's and the notebook
# what is added to a name when a file is downloaded, copied or handed in twice
ADDED = re.compile(r"^(copy[ _-]*of[ _-]*)|([ _-]*(\(\d+\)|-\d{1,2}|copy( *\d+)?|final|solution|solved|completed))$")


@dataclass(frozen=True)
class HandedIn:
    """What a student handed in for an assignment."""

    content: bytes | Unreadable  # of the notebook, or why there is none
    remark: str = ""  # what somebody should know about it: where it was found, which files were not used
    files: dict[str, bytes] = field(default_factory=dict)  # path → content of the files that lie beside it


def read_handed_in(course: Course, assignment: str, student: str) -> HandedIn:
    """The notebook that a student handed in, or the reason why it cannot be read."""
    path = course.submitted(assignment, student)
    try:
        require_own_folder(path, course.path(course.directory.submitted_directory))
        found = path if os.path.lexists(path) else _found_elsewhere(path)
        content = read_bytes(found)
        files, remark = files_beside(found)
    except Unreadable as error:
        return HandedIn(error)
    if found != path:
        place = found.relative_to(path.parent)
        remark = "; ".join(filter(None, (f"there is no {path.name} in its place; {place} was graded", remark)))
    return HandedIn(content, remark, files)


def files_for(course: Course, assignment: str, handed_in: HandedIn) -> dict[str, bytes]:
    """Path → content of what lies in a kernel's scratch folder: the files handed in, and over them those released."""
    return handed_in.files | released_files(course, assignment)


def released_files(course: Course, assignment: str) -> dict[str, bytes]:
    """Path → content of the files that were released beside an assignment's notebook."""
    return files_beside(course.release(assignment))[0]


def _found_elsewhere(path: Path) -> Path:
    """The one notebook in the folder of `path` that is meant for it.

    Raises:
        Unreadable: if there is none, or more than one that is as likely.
    """
    notebooks = [found for found in files_below(path.parent, DEEPEST) if is_notebook(found)]
    same_name = [found for found in notebooks if found.name == path.name]
    alike = [found for found in notebooks if plain_name(found.stem) == plain_name(path.stem)]
    for likely in (same_name, alike, notebooks):
        if len(likely) == 1:
            return likely[0]
        if likely:
            names = ", ".join(str(found.relative_to(path.parent)) for found in likely[:5])
            raise Unreadable(f"there is no {path.name} in it; found {names}: keep one of them, as {path.name}")
    others = ", ".join(found.name for found in files_below(path.parent, 0) if found.name not in NBGRADERS)
    instead = f"found {others[:200]}: hand in the notebook itself" if others else "no notebook at all"
    raise Unreadable(f"there is no {path.name} in it; {instead}")


def plain_name(stem: str) -> str:
    """A file's name without what is added to copies, in lower case, with one kind of space."""
    plain, before = stem.lower().strip(), ""
    while plain != before:
        plain, before = ADDED.sub("", plain).strip(), plain
    return re.sub(r"[ _-]+", "_", plain)
