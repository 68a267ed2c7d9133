"""The commands between the course and a learning management system: `roster`, `import` and `export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.terminal import HERE, CourseOption, JsonOption, count, print_json, say

if TYPE_CHECKING:
    from autograder.lms.collect import Imported
    from autograder.lms.export import Exported

SHOWN = 10  # names in one line


def roster(
    file: Annotated[Path, typer.Argument(help="The CSV that Canvas, Moodle or Brightspace exported, or a plain one.")],
    id_column: Annotated[
        str | None, typer.Option("--id", metavar="COLUMN", help="The column that names the folders in submitted/.")
    ] = None,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Fill in names, e-mails, ids and groups of the class, and keep the file for `export`."""
    from autograder.course import Course
    from autograder.grading.groups import group_assignments
    from autograder.lms.fill import fill

    place = Course(course)
    filled = fill(place, file, id_column)
    students, groups = filled.roster.students, {student.group for student in filled.roster.students} - {""}
    if as_json:
        about = {"system": filled.roster.system, "id": filled.roster.id_column, "kept": place.relative(filled.kept)}
        people = {"students": [student.id for student in students], "new": filled.new, "changed": filled.changed}
        print_json({**about, **people, "without_id": filled.roster.without_id, "strangers": filled.strangers})
        return
    print(
        f"{count(students, 'student')} of {filled.roster.system.title()}, named by {filled.roster.id_column}: "
        f"{len(filled.new)} new, {len(filled.changed)} changed. Kept as {place.relative(filled.kept)}."
    )
    if filled.roster.without_id:
        print(f"left out, because they have no {filled.roster.id_column}: {_names(filled.roster.without_id)}")
    if filled.strangers:
        print(f"in the course, but not in this roster: {_names(filled.strangers)}")
    if groups:
        where = ", ".join(group_assignments(place)) or "no assignment yet: name some in c.Autograder.group_work"
        print(f"{count(groups, 'group')}; they count for {where}.")


def import_zip(
    archive: Annotated[Path, typer.Argument(metavar="ZIP", help="The zip of submissions of one assignment.")],
    assignment: Annotated[str | None, typer.Argument(help="Default: what the notebooks are called after.")] = None,
    worksheet: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Moodle's grading worksheet, or one with columns student and time."),
    ] = None,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Unpack the zip of submissions that Canvas, Moodle or Brightspace made into submitted/."""
    from autograder.course import Course
    from autograder.lms.collect import import_zip as collect

    place = Course(course)
    place.require_gradebook()
    imported = collect(place, archive, assignment, worksheet)
    if as_json:
        print_json(imported.to_dict())
    else:
        print("\n".join(_imported_lines(imported)))


def _imported_lines(imported: Imported) -> list[str]:
    """What an instructor should know of an import."""
    lines = [
        f"{imported.assignment}, from {imported.system.title()}: {len(imported.new)} new, {len(imported.updated)} "
        f"updated, {len(imported.unchanged)} unchanged."
    ]
    if imported.older:
        lines.append(f"a later one is there already, and stays: {_names(imported.older)}")
    if imported.earlier:
        one = next(iter(imported.earlier.values()))[0]
        lines.append(f"earlier ones kept aside (such as {one}): {_names(list(imported.earlier))}")
    if imported.late_without_time:
        late = _names(imported.late_without_time)
        lines.append(f"marked as late, but the zip has no times, so no penalty: {late}; give times with --worksheet")
    if imported.without_time:
        lines.append(f"no time is known of {count(imported.without_time, 'submission')}; they count as in time.")
    lines += [f"not imported: {name}: {why}" for name, why in sorted(imported.unknown.items())]
    lines += [f"left out: {name}: {why}" for name, why in imported.left_out]
    return lines


def export(
    lms: Annotated[str, typer.Option("--lms", metavar="NAME", help="canvas, moodle or brightspace.")],
    assignments: Annotated[list[str] | None, typer.Argument(help="Default: all that were graded.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: export/NAME.csv.")
    ] = None,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Also totals of which some answers wait for a mark.")
    ] = False,
    scale: Annotated[bool, typer.Option("--scale", help="Turn scores into the points that the LMS has.")] = False,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write the scores as the CSV that the LMS imports, with late penalties taken off."""
    from autograder.course import Course
    from autograder.errors import CourseError
    from autograder.grading.settle import graded_assignments
    from autograder.lms.export import Options
    from autograder.lms.export import export as write
    from autograder.roster.students import System

    systems = [system.value for system in System if system != System.PLAIN]
    if lms not in systems:
        raise CourseError(f"--lms {lms}: it is one of {', '.join(systems)}")
    place = Course(course)
    for assignment in assignments or ():
        place.require_assignment(assignment)
    place.require_gradebook(*(assignments or ()))
    names = assignments or graded_assignments(place)
    if not names:
        raise CourseError("nothing has been graded yet: run `autograder grade ASSIGNMENT` first")
    path = output or place.root / "export" / f"{lms}.csv"
    exported = write(place, System(lms), names, path, Options(provisional, scale))
    if as_json:
        print_json({"file": str(path), "assignments": [one.to_dict() for one in exported]})
        return
    for one in exported:
        print("\n".join(_exported_lines(one, lms.title())))
    say(f"{place.relative(path)} is to be imported into {lms.title()}.")


def _exported_lines(exported: Exported, lms: str) -> list[str]:
    """What an instructor should know of an export."""
    from autograder.tables import number

    new = f" (new: {lms} will create it)" if exported.is_new else ""
    lines = [f"{exported.assignment} → {exported.column!r}{new}: {count(exported.scores, 'score')}"]
    if exported.late:
        late = [f"{student} −{number(points)}" for student, points in exported.late.items()]
        lines.append(f"  late, and taken off: {_names(late)}")
    if exported.provisional:
        waiting = [f"{student} {answers}" for student, answers in exported.provisional.items()]
        written = exported.provisional.keys() <= exported.scores.keys()
        what = "provisional, so far" if written else "left as in the roster"
        lines.append(f"  {what}, because answers wait for a mark: {_names(waiting)}")
    if exported.excused:
        lines.append(f"  left as in the roster, because {lms} has them as excused: {_names(exported.excused)}")
    if exported.no_result:
        lines.append(f"  left as in the roster, because there is no result: {_names(exported.no_result)}")
    if exported.strangers:
        lines.append(f"  graded, but not in the roster: {_names(exported.strangers)}")
    return lines


def _names(names: list[str]) -> str:
    """The first names of a list, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
