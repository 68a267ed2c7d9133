"""The same names for nbgrader's own command: `nbgrader zip_collect --collector=autograder.lms.collector.LmsFileNames`.

It serves where each student handed in once, into an empty submitted/; `autograder import` also keeps resubmissions.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from nbgrader.plugins import FileNameCollectorPlugin

from autograder.course import Course
from autograder.grading.handed_in import plain_name
from autograder.grading.lateness import as_utc, stamp_text, time_zone
from autograder.lms.names import named, system_in
from autograder.lms.whose import Directory, Unknown, Worksheet
from autograder.roster.stored import students_of


class LmsFileNames(FileNameCollectorPlugin):
    """Reads the file names of Canvas, Moodle and Brightspace, and finds the students by the course's rosters."""

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """What nbgrader wants to know of an unpacked file; None to leave it out."""
        path = PurePosixPath(Path(submitted_file).as_posix())
        course, assignment = Course(self.parent.coursedir.root), self.parent.coursedir.assignment_id
        system = system_in([path])
        name = named(path, system) if system else None
        if name is None or path.suffix.lower() not in self.valid_ext:
            return None
        try:
            student = Directory(students_of(course)).whose(name, Worksheet())
        except Unknown as reason:
            self.log.warning("%s: %s", path.name, reason)
            return None
        alike = plain_name(name.file.stem) == plain_name(assignment)
        groups = {"student_id": student, "file_id": f"{assignment}.ipynb" if alike else str(name.file)}
        if name.time:
            groups["timestamp"] = stamp_text(as_utc(name.time, time_zone(course)))
        return groups
