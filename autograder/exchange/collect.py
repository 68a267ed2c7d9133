"""Collect submissions so that none costs another student anything, and none reaches the instructor's own files.

Covered: links to files that only the instructor may read; files that cannot be read or copied, pipes; folders without
a time, or with two. Each is named, and the others are collected.
Not covered: a file that its owner replaces by a link in the moment in which it is copied.
"""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import ignore_patterns

from autograder.exchange.place import CourseExchange
from autograder.grading.lateness import STAMP, time_in

NOBODY = ""  # the student of a folder whose name is none that `nbgrader submit` gives


class Collect(CourseExchange, ExchangeCollect):
    """`nbgrader collect`; nbgrader's own follows links, as the instructor, and stops at the first error."""

    src_records: list[dict[str, Any]]  # nbgrader's: what to collect

    def _path_to_record(self, path: str) -> dict[str, Any]:
        try:
            record: dict[str, Any] = super()._path_to_record(path)
        except (ValueError, OverflowError):
            return {"username": NOBODY, "filename": Path(path).name, "timestamp": datetime.min}
        return record

    def copy_files(self) -> None:
        """Copy one submission after the other, whatever happens to each.

        Raises:
            ExchangeError: at the end, if there are submissions that could not be collected; it names them.
        """
        records, failures = self.src_records, list[str]()
        for record in sorted(records, key=lambda record: record["filename"]):
            try:
                _require_submission(Path(self.inbound_path) / record["filename"], record)
                self.src_records = [record]
                super().copy_files()
            except (OSError, RuntimeError, ValueError, OverflowError) as error:
                reason = _first_reason(error)
                self.log.error("%s was not collected: %s", record["filename"], reason)
                failures.append(record["username"] or record["filename"])
        if failures:
            self.fail(f"not collected: {', '.join(failures)}; the reasons are above, and all others were collected")
        if not records:
            super().copy_files()  # says that there are none

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a submission as nbgrader does, but for links, which are named; nothing is left if it fails."""
        most = 1000 * self.coursedir.max_dir_size  # bytes
        if (size := self.get_size(src)) > most:
            raise ValueError(f"it has {size / 1e6:,.0f} MB; at most {most / 1e6:,.0f} MB are collected")
        ignored = ignore_patterns(
            self.coursedir.ignore, self.coursedir.include, self.coursedir.max_file_size, log or self.log
        )
        try:
            shutil.copytree(src, dest, symlinks=True, ignore=ignored)
        except BaseException:
            shutil.rmtree(dest, ignore_errors=True)
            raise
        for link in [path for path in Path(dest).rglob("*") if path.is_symlink()]:
            link.unlink()
            self.log.warning("Not collected, because it is a link to another file: %s", link)
        if self.coursedir.groupshared:
            _share_with_group(Path(dest))


def _require_submission(folder: Path, record: dict[str, Any]) -> None:
    """Raise ValueError unless this is a folder as `nbgrader submit` makes it: formgrader fails on any other time."""
    if record["username"] == NOBODY:
        raise ValueError("its name holds no time; `nbgrader submit` makes names with one")
    if folder.is_symlink():
        raise ValueError("it is a link to another folder")
    time = time_in(folder / STAMP)
    if time is None:
        raise ValueError(f"it has no {STAMP}, or one that is not nbgrader's")
    if time != record["timestamp"]:
        raise ValueError(f"its {STAMP} has another time than its name")


def _first_reason(error: Exception) -> str:
    """The cause in one line; copying a folder gives a list of (source, target, reason)."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        source, _, reason = error.args[0][0]
        return f"{Path(source).name}: {reason}"
    return str(error)


def _share_with_group(folder: Path) -> None:
    """Let the instructor's group read and write a folder, as nbgrader does where a course is shared."""
    for path in (folder, *folder.rglob("*")):
        os.chmod(path, path.stat().st_mode & 0o777 | (0o2770 if path.is_dir() else 0o660))
