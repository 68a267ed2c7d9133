"""Import a zip of submissions: whose each file is, which is the latest, and into submitted/ with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path, PurePosixPath
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.beside import NBGRADERS, is_notebook
from autograder.grading.handed_in import plain_name
from autograder.grading.lateness import as_utc, time_zone
from autograder.lms.names import Named, named, system_in
from autograder.lms.place import keep_earlier, place
from autograder.lms.unpack import MB, Archive, NotUnpacked, open_archive
from autograder.lms.whose import Directory, Unknown, Worksheet, read_worksheet
from autograder.roster.stored import students_of

LARGEST_SUBMISSION = 200 * MB  # bytes
FORMATS = "Canvas (name_123_456_file), Moodle (Name_123_assignsubmission_file/) or Brightspace (1-2 - Name - time/)"


@dataclass
class Imported:
    """What became of a zip."""

    assignment: str
    system: str
    new: list[str] = field(default_factory=list)  # students who had handed in nothing
    updated: list[str] = field(default_factory=list)  # students whose submission is another now
    unchanged: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)  # students with a later submission than the zip's
    earlier: dict[str, list[str]] = field(default_factory=dict)  # student → where earlier submissions are kept
    late_without_time: list[str] = field(default_factory=list)  # marked as late, but nobody knows how much
    without_time: list[str] = field(default_factory=list)  # when they handed in is not known
    unknown: dict[str, str] = field(default_factory=dict)  # name in the zip → why it is nobody's
    left_out: list[tuple[str, str]] = field(default_factory=list)  # (file, why)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Attempt:
    """One submission of one student in the zip."""

    time: datetime | None  # as the gradebook keeps times
    late: bool = False
    paths: dict[PurePosixPath, PurePosixPath] = field(default_factory=dict)  # name in the submission → in the zip

    @property
    def has_notebook(self) -> bool:
        return any(is_notebook(Path(path)) for path in self.paths)


def import_zip(course: Course, path: Path, assignment: str | None = None, worksheet: Path | None = None) -> Imported:
    """Unpack the zip of submissions of an assignment into submitted/.

    Args:
        assignment: which; None for the one that the notebooks are called after.
        worksheet: a CSV with times, or with the numbers in the zip: Moodle's grading worksheet or one like it.

    Raises:
        CourseError: if it is no such zip, or the assignment is not clear; nothing was written then.
    """
    directory = Directory(students_of(course))
    if not directory.students:
        raise CourseError("the course knows no students yet: run `autograder roster FILE.csv` first")
    sheet = read_worksheet(worksheet, directory) if worksheet else Worksheet()
    with open_archive(path) as archive:
        system = system_in(archive.files.keys())
        if system is None:
            first = next(iter(archive.files), "nothing")
            raise CourseError(f"{path.name} is not a zip of submissions: it has {first}, not names as of {FORMATS}")
        names = {where: named(where, system) for where in archive.files}
        assignment = assignment or _assignment_of(course, (name for name in names.values() if name))
        course.require_assignment(assignment)
        imported = Imported(assignment, str(system), left_out=list(archive.left_out))
        attempts = _attempts(names, directory, sheet, time_zone(course), imported)
        for student, of_student in sorted(attempts.items()):
            _import(course, archive, student, of_student, imported)
    return imported


def _assignment_of(course: Course, names: Iterable[Named]) -> str:
    """The assignment that most notebooks are called after."""
    known = {plain_name(name): name for name in course.assignments()}
    notebooks = [plain_name(name.file.stem) for name in names if is_notebook(Path(name.file))]
    called = Counter(known[name] for name in notebooks if name in known)
    if len(called) != 1:
        raise CourseError(f"which assignment is it? Say so: autograder import ZIP {' | '.join(course.assignments())}")
    return next(iter(called))


def _attempts(
    names: dict[PurePosixPath, Named | None], directory: Directory, sheet: Worksheet, zone: tzinfo, imported: Imported
) -> dict[str, list[Attempt]]:
    """Student → submissions in the zip, the latest last."""
    attempts: defaultdict[str, dict[datetime | None, Attempt]] = defaultdict(dict)
    superseded: defaultdict[str, Attempt] = defaultdict(lambda: Attempt(None))
    versions: dict[tuple[str, str], int] = {}  # (student, notebook) → order of the version that is taken
    for where, name in sorted(names.items(), key=lambda item: item[1].order if item[1] else 0):
        if name is None:
            if where.name.lower() != "index.html":  # Brightspace's list of what is in the zip
                imported.left_out.append((str(where), "its name does not say whose it is"))
            continue
        try:
            student = directory.whose(name, sheet)
        except Unknown as reason:
            imported.unknown[f"{name.who} {name.number}".strip()] = str(reason)
            continue
        if any(part.lower() in NBGRADERS for part in name.file.parts):
            imported.left_out.append((str(where), "nbgrader has files of this name of its own"))
            continue
        time = sheet.times.get(student) if name.time is None else name.time
        attempt = attempts[student].setdefault(name.time, Attempt(as_utc(time, zone) if time else None))
        attempt.late |= name.late
        key = (student, str(name.file.with_name(plain_name(name.file.stem))))
        if name.order and is_notebook(Path(name.file)) and key in versions:
            before = next(path for path in attempt.paths if is_notebook(Path(path)) and _same(path, name.file))
            superseded[student].paths[before] = attempt.paths.pop(before)
        versions[key] = name.order
        attempt.paths[name.file] = where
    ordered = {
        student: sorted(ones.values(), key=lambda attempt: attempt.time or datetime.min)
        for student, ones in attempts.items()
    }
    return {student: ([superseded[student]] if student in superseded else []) + ordered[student] for student in ordered}


def _same(one: PurePosixPath, other: PurePosixPath) -> bool:
    """Whether two names are those of versions of one notebook."""
    return one.parent == other.parent and plain_name(one.stem) == plain_name(other.stem)


def _import(course: Course, archive: Archive, student: str, attempts: list[Attempt], imported: Imported) -> None:
    """Put a student's latest submission into submitted/, and the others of the zip aside."""
    with_notebook = [attempt for attempt in attempts if attempt.has_notebook]
    latest = (with_notebook or attempts)[-1]
    files = _files(archive, imported.assignment, latest, imported)
    if not files:
        return
    what, aside = place(course, imported.assignment, student, files, latest.time)
    getattr(imported, what).append(student)
    kept = [aside] if aside else []
    for attempt in attempts:
        if attempt is not latest and (earlier := _files(archive, imported.assignment, attempt, imported)):
            kept.append(keep_earlier(course, imported.assignment, student, earlier, attempt.time))
    if kept:
        imported.earlier[student] = [course.relative(path) for path in kept]
    if latest.time is None:
        (imported.late_without_time if latest.late else imported.without_time).append(student)
        if what == "updated":
            course.with_gradebook(lambda gradebook: _forget_time(gradebook, imported.assignment, student))


def _files(archive: Archive, assignment: str, attempt: Attempt, imported: Imported) -> dict[PurePosixPath, bytes]:
    """The files of a submission; the assignment's notebook under its own name, whatever a download made of it."""
    files: dict[PurePosixPath, bytes] = {}
    own, size = PurePosixPath(f"{assignment}.ipynb"), 0
    alike = [path for path in attempt.paths if is_notebook(Path(path)) and _same(path, own)]
    for path, where in sorted(attempt.paths.items()):
        try:
            content = archive.read(where)
            if (size := size + len(content)) > LARGEST_SUBMISSION:
                raise NotUnpacked(f"the submission has more than {LARGEST_SUBMISSION // MB} MB when unpacked")
            if any(parent in files for parent in path.parents):
                raise NotUnpacked("a file and a folder have the same name")
        except NotUnpacked as reason:
            imported.left_out.append((str(where), str(reason)))
            continue
        files[own if alike == [path] else path] = content
    return files


def _forget_time(gradebook: Gradebook, assignment: str, student: str) -> None:
    """Remove the time of the submission that was replaced: it is not that of the new one."""
    try:
        gradebook.find_submission(assignment, student).timestamp = None
        gradebook.db.commit()
    except MissingEntry:
        pass
