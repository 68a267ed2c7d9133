"""Generate notebooks/ from solutions/ with nbgrader, and compare it with what is committed."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log

from autograder.authoring.nbgrader_log import cause, everything
from autograder.authoring.rules import ExerciseFacts, problems_in
from autograder.course import PACKAGES, Course
from autograder.errors import CourseError
from autograder.new_folder import PAGES, STUDENTS_PAGES
from autograder.restoring.pristine import RELEASED

# text that no released notebook may hold
LEAKS = ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "hidden=True", "MARK SCHEME")


def problems(course: Course, assignments: Iterable[str], exercises: Mapping[str, Sequence[ExerciseFacts]]) -> list[str]:
    """Every broken rule in the solution notebooks, one line each."""
    lines = []
    for assignment in assignments:
        path = course.source(assignment)
        name = course.relative(path)
        if assignment not in exercises:
            lines.append(f"{name}: autograder/exercises/ knows no assignment {assignment}")
        lines += [f"{name}: {problem}" for problem in problems_in(path, exercises.get(assignment, ()))]
    return lines


def build(course: Course, assignments: Iterable[str]) -> list[str]:
    """Generate the students' notebooks and their gradebook entries; returns the files that changed.

    Raises:
        CourseError: if nbgrader refuses an assignment; its files in notebooks/ are then as they were.
    """
    changed = []
    for assignment in assignments:
        with tempfile.TemporaryDirectory() as folder:
            generate(course, assignment, Path(folder), gradebook=True)
            generated = files_in(Path(folder) / assignment)
            changed += _replace_files(course, course.release(assignment).parent, generated)
            if _is_this_course(course):
                name = f"{assignment}.ipynb"
                kept = files_in(RELEASED) | {name: generated[name]}
                changed += _replace_files(course, RELEASED, kept)
    if _is_this_course(course):
        changed += _replace_files(course, PAGES, _pages(course))
    return changed


def _pages(course: Course) -> dict[str, bytes]:
    """The students' pages, as the package carries them: path in a student's folder → bytes."""
    return {name: (course.root / page).read_bytes() for name, page in STUDENTS_PAGES.items()}


def _replace_files(course: Course, target: Path, wanted: Mapping[str, bytes]) -> list[str]:
    """Make the folder `target` hold these files and no others; returns those that changed."""
    changed = []
    present = files_in(target)
    for name in sorted(wanted.keys() | present.keys()):
        if wanted.get(name) == present.get(name):
            continue
        changed.append(course.relative(target / name))
        if name in wanted:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(wanted[name])
        else:
            (target / name).unlink()
    return changed


def _is_this_course(course: Course) -> bool:
    """Whether the course is the one that this package belongs to, and carries the released notebooks of."""
    return course.root == PACKAGES


def differences(course: Course) -> list[str]:
    """Generated files that are not, byte for byte, what the solutions and docs/ give. Changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        for assignment in course.assignments():
            generate(course, assignment, Path(folder), gradebook=False)
        generated = files_in(Path(folder))
    lines = _differences(course, course.path(course.directory.release_directory), generated)
    if _is_this_course(course):
        lines += _differences(course, RELEASED, as_pristine(generated))
        lines += _differences(course, PAGES, _pages(course))
    return lines


def as_pristine(released: Mapping[str, bytes]) -> dict[str, bytes]:
    """The notebooks among the released files, by their bare names, as `check` and `reset` read them."""
    return {
        Path(name).name: content
        for name, content in released.items()
        if Path(name).suffix == ".ipynb" and Path(name).parent == Path(Path(name).stem)
    }


def _differences(course: Course, folder: Path, generated: Mapping[str, bytes]) -> list[str]:
    present = files_in(folder)
    lines = []
    for name in sorted(generated.keys() | present.keys()):
        path = course.relative(folder / name)
        if name not in present:
            lines.append(f"{path}: missing")
        elif name not in generated:
            lines.append(f"{path}: made from no solution notebook")
        elif generated[name] != present[name]:
            lines.append(f"{path}: differs")
    return lines


def generate(course: Course, assignment: str, into: Path, gradebook: bool) -> None:
    """Run nbgrader's generate_assignment into the folder `into`; `gradebook` says whether to write a gradebook entry.

    Raises:
        CourseError: if nbgrader refuses, or the result would show a solution.
    """
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
    """Relative path → bytes of every file below a folder, without hidden files and caches."""
    if not folder.is_dir():
        return {}
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in paths if not any(part.startswith(".") or part == "__pycache__" for part in path.parts)]
    return {path.as_posix(): (folder / path).read_bytes() for path in sorted(kept)}


def _reason(assignment: str, result: Mapping[str, str]) -> str:
    """Why nbgrader refused, in one line."""
    if "Cannot add or remove cells" in everything(result):
        return (
            "its cells changed, and the gradebook has submissions for it; "
            f"`nbgrader db assignment remove {assignment} --force` forgets them and their grades"
        )
    return cause(result)
