"""Write the report: update the feedback, then write the page, two CSV files and copies of the feedback pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from autograder.course import Course
from autograder.errors import CourseError
from autograder.files import replace_file
from autograder.grading.results import SubmissionResult, graded_names, read_results
from autograder.report.feedback import update_feedback
from autograder.report.groups import groups_of
from autograder.report.page import render
from autograder.report.sections import Section
from autograder.report.sheets import csv_bytes, detail_rows, scores_rows

PAGES = "feedback"  # the folder beside the page with copies of the students' pages: STUDENT/ASSIGNMENT.html


def write_report(
    course: Course,
    assignments: Sequence[str] | None,
    folder: Path,
    feedback: Callable[[int, int], None] | None = None,
    warn: Callable[[str], None] = lambda line: None,
) -> dict[str, Path]:
    """Write index.html, scores.csv and details.csv into `folder`, and the pages that they link to.

    The report of some assignments has their names before those of its files, as in 02_convolution.html, so it leaves
    that of all as it is; if nothing else has been graded, it is that of all.

    Args:
        assignments: which; None for all that have been graded.
        feedback: called with (pages made, pages to make) as feedback is brought up to date; None leaves it as it is.
        warn: called with a line for each page that could not be made.

    Returns:
        {"page" | "scores" | "details" | "feedback": path}; "feedback", a folder, only if there is a page to link to

    Raises:
        CourseError: if nothing has been graded, or an assignment is unknown.
    """
    for assignment in assignments or ():
        course.require_assignment(assignment)
    course.require_gradebook(*(assignments or ()))
    known = sorted(name for (name,) in course.query("SELECT name FROM assignment"))
    results = {name: read_results(course, name) for name in assignments or known}
    results = {name: group for name, group in results.items() if group}
    if not results:
        wanted = " or ".join(assignments or ()) or "ASSIGNMENT"
        raise CourseError(f"nothing to report yet: run `autograder grade {wanted}` first")
    if feedback is not None:
        every = [result for group in results.values() for result in group]
        for problem in update_feedback(course, every, feedback):
            warn(problem)
    paths = report_paths(folder, assignments if _others(course, results) else None)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sections = [
            Section(
                name, graded_names(course, name), group, _copied(course, folder, group), groups_of(course, name, group)
            )
            for name, group in results.items()
        ]
        files = (paths["scores"].name, paths["details"].name)
        replace_file(paths["page"], render(course.directory.course_id, sections, files).encode())
        replace_file(paths["scores"], csv_bytes(scores_rows(sections)))
        replace_file(paths["details"], csv_bytes(detail_rows(sections)))
    except OSError as error:
        raise CourseError(f"the report cannot be written to {folder}: {error.strerror}") from error
    return paths if any(section.links for section in sections) else {k: v for k, v in paths.items() if k != "feedback"}


def _others(course: Course, results: Mapping[str, object]) -> bool:
    """Whether something has been graded that is not among these results, by assignment."""
    query = "SELECT DISTINCT name FROM assignment JOIN submitted_assignment ON assignment_id = assignment.id"
    return not {name for (name,) in course.query(query)} <= results.keys()


def report_paths(folder: Path, assignments: Sequence[str] | None) -> dict[str, Path]:
    """Where a report is written; that of some assignments beside that of all."""
    some = "+".join(assignments or ())
    page, prefix = (f"{some}.html", f"{some}_") if some else ("index.html", "")
    names = {"page": page, "scores": f"{prefix}scores.csv", "details": f"{prefix}details.csv", "feedback": PAGES}
    return {what: folder / name for what, name in names.items()}


def size_of(path: Path) -> str:
    """How large a file of a report is; of the folder, how many pages are in it too."""
    files = [path] if path.is_file() else [each for each in path.rglob("*.html") if each.is_file()]
    size = sum(each.stat().st_size for each in files)
    scale, unit = (1e9, "GB") if size >= 1e9 else (1e6, "MB") if size >= 1e5 else (1e3, "kB")
    amount = f"{size / scale:.{0 if unit == 'kB' else 1}f} {unit}"
    return amount if path.is_file() else f"{len(files):,} pages, {amount}"


def _copied(course: Course, folder: Path, results: Sequence[SubmissionResult]) -> Mapping[str, str]:
    """student → address in `folder` of a copy of the feedback page, so that links survive when the folder is copied."""
    links = {}
    for result in results:
        source = course.feedback(result.assignment, result.student)
        if source.is_file() and not source.is_symlink():
            parts = (PAGES, result.student, f"{result.assignment}.html")
            _copy(source, folder.joinpath(*parts))
            links[result.student] = "/".join(quote(part, safe="") for part in parts)
    return links


def _copy(source: Path, target: Path) -> None:
    """Copy a file, whole or not at all, unless the copy is the same one already; on one disk it takes no more space."""
    now = source.stat()
    if target.is_file() and not target.is_symlink():
        there = target.stat()
        if there.st_ino == now.st_ino or (there.st_mtime_ns, there.st_size) == (now.st_mtime_ns, now.st_size):
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.half")
    half.unlink(missing_ok=True)
    try:
        os.link(source, half)
    except OSError:  # another disk, or one without links
        shutil.copy2(source, half)
    os.replace(half, target)
