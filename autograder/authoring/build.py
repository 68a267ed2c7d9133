"""solutions → notebooks: check the rules, generate with nbgrader, compare with what is committed."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log

from autograder.authoring.nbgrader_log import cause, everything
from autograder.authoring.rules import Asked, problems_in
from autograder.course import Course
from autograder.errors import CourseError

LEAKS = ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "hidden=True", "MARK SCHEME")


def problems(course: Course, assignments: Iterable[str], exercises: Mapping[str, Sequence[Asked]]) -> list[str]:
    """Every broken rule in the solution notebooks, one line each."""
    found = []
    for assignment in assignments:
        path = course.source(assignment)
        here = course.relative(path)
        if assignment not in exercises:
            found.append(f"{here}: autograder/exercises/ knows no assignment {assignment}")
        found += [f"{here}: {problem}" for problem in problems_in(path, exercises.get(assignment, ()))]
    return found


def build(course: Course, assignments: Iterable[str]) -> list[str]:
    """Generate the students' notebooks and their gradebook entries; return the files that changed.

    Raises:
        CourseError: if nbgrader refuses; what lies in notebooks/ is then as it was.
    """
    changed = []
    for assignment in assignments:
        with tempfile.TemporaryDirectory() as folder:
            generate(course, assignment, Path(folder), gradebook=True)
            made, there = files_in(Path(folder) / assignment), files_in(course.release(assignment).parent)
            target = course.release(assignment).parent
            for name in sorted(made.keys() | there.keys()):
                if made.get(name) == there.get(name):
                    continue
                changed.append(course.relative(target / name))
                if name in made:
                    (target / name).parent.mkdir(parents=True, exist_ok=True)
                    (target / name).write_bytes(made[name])
                else:
                    (target / name).unlink()
    return changed


def differences(course: Course) -> list[str]:
    """Files in notebooks/ that are not, byte for byte, what the solutions give. Changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        for assignment in course.assignments():
            generate(course, assignment, Path(folder), gradebook=False)
        made = files_in(Path(folder))
    release = course.path(course.directory.release_directory)
    there = files_in(release)
    found = []
    for name in sorted(made.keys() | there.keys()):
        where = course.relative(release / name)
        if name not in there:
            found.append(f"{where}: missing")
        elif name not in made:
            found.append(f"{where}: made from no solution notebook")
        elif made[name] != there[name]:
            found.append(f"{where}: differs")
    return found


def generate(course: Course, assignment: str, into: Path, gradebook: bool) -> None:
    """Run nbgrader's generate_assignment into the folder `into`, with a gradebook entry or without."""
    config = copy.deepcopy(course.config)
    config.CourseDirectory.release_directory = str(into)
    config.CourseDirectory.assignment_id = assignment
    if not gradebook:
        config.SaveCells.enabled = False
        config.GenerateAssignment.no_database = True
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    converter.force = True
    result = capture_log(converter)
    if not result["success"]:
        raise CourseError(f"{assignment} was not built: {_reason(assignment, result)}")
    for name, content in files_in(into / assignment).items():
        if name.endswith(".ipynb"):
            for leak in LEAKS:
                if leak.encode() in content:
                    raise CourseError(f"{assignment} was not built: {name} would show students {leak!r}")


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its relative path, without what editors and Jupyter leave."""
    if not folder.is_dir():
        return {}
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in paths if not any(part.startswith(".") or part == "__pycache__" for part in path.parts)]
    return {path.as_posix(): (folder / path).read_bytes() for path in sorted(kept)}


def _reason(assignment: str, result: Mapping[str, str]) -> str:
    """The cause in one line, from nbgrader's log and traceback."""
    if "Cannot add or remove cells" in everything(result):
        return (
            "its cells changed, and the gradebook has submissions for it; "
            f"`nbgrader db assignment remove {assignment} --force` forgets them and their grades"
        )
    return cause(result)
