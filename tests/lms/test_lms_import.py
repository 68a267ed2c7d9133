"""Zips of submissions as the systems make them are unpacked: the right student, the latest version, no way out."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest
from lms_course import DUE, ROSTERS, copy_of, make_zip
from nbgrader_commands import nbgrader
from small_course import NAME

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.lateness import time_handed_in
from autograder.lms import unpack
from autograder.lms.collect import Imported, import_zip
from autograder.lms.fill import fill

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
CANVAS = {
    "lovelaceada_1001_50001_01_small.ipynb": "ada",
    "oneilmüllerbob_LATE_1002_50002_01_small-1.ipynb": "bob's second",
    "oneilmüllerbob_LATE_1002_49000_01_small.ipynb": "bob's first",
    "oneilmüllerbob_LATE_1002_50003_data.csv": "1,2",
    "wangli_1004_50004_01_small (2).ipynb": "li2",
    "нётерэмма_1005_50005_notes.ipynb": "emma",
    "someoneelse_7777_50006_01_small.ipynb": "?",
}
MOODLE = {
    "Ada Lovelace_501_assignsubmission_file/01_small.ipynb": "ada",
    "Bob ONeil Müller_502_assignsubmission_file_/01_small.ipynb": "bob",
    "Li Wang_503_assignsubmission_file/01_small.ipynb": "li",
    "Li Wang_504_assignsubmission_file/homework/01_small.ipynb": "li2",
    "Нётер Эмма_505_assignsubmission_file_01_small.ipynb": "emma",
}
BRIGHTSPACE = {
    "397063-2557369 - Ada Lovelace - Oct 1, 2026 926 PM/01_small.ipynb": "ada's first",
    "397063-2557370 - Ada Lovelace - Oct 2, 2026 1205 AM/01_small.ipynb": "ada's second",
    "397063-2557371 - Ada Lovelace - Oct 2, 2026 105 AM/forgotten.csv": "1",
    "397063-2557372 - Эмма Нётер - Oct 1, 2026 900 AM - 01_small.ipynb": "emma",
    "397063-2557373 - Li Wang - Oct 1, 2026 900 AM/01_small.ipynb": "li or li2",
    "index.html": "<html>",
}


@pytest.fixture(scope="module")
def with_rosters(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = copy_of(built, tmp_path_factory.mktemp("rosters") / "course", DUE)
    fill(course, ROSTERS / "canvas.csv")
    fill(course, ROSTERS / "plain.csv")
    return course.root


@pytest.fixture
def class_(with_rosters: Path, tmp_path: Path) -> Course:
    return copy_of(with_rosters, tmp_path / "course")


def handed_in(course: Course, student: str) -> dict[str, str]:
    """The files of a student's submission."""
    folder = course.submitted(NAME, student).parent
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def imported(course: Course, files: dict[str, str | bytes], worksheet: Path | None = None) -> Imported:
    return import_zip(course, make_zip(course.root / "submissions.zip", files), None, worksheet)


def test_a_zip_of_canvas_is_unpacked_by_ids(class_: Course) -> None:
    result = imported(class_, CANVAS)
    assert (result.system, result.new) == ("canvas", ["ada", "bob", "emma", "li2"])
    assert handed_in(class_, "ada") == {"01_small.ipynb": "ada"}
    assert handed_in(class_, "bob") == {"01_small.ipynb": "bob's second", "data.csv": "1,2"}
    assert handed_in(class_, "li2") == {"01_small.ipynb": "li2"}
    assert handed_in(class_, "emma") == {"notes.ipynb": "emma"}
    assert result.late_without_time == ["bob"]
    assert list(result.unknown) == ["someoneelse 7777"]
    (earlier,) = result.earlier["bob"]
    assert (class_.root / earlier / "01_small.ipynb").read_text() == "bob's first"


def test_the_same_zip_again_changes_nothing(class_: Course) -> None:
    imported(class_, CANVAS)
    before = sorted((path, path.stat().st_mtime_ns) for path in class_.root.rglob("*") if path.suffix != ".zip")
    result = imported(class_, CANVAS)
    assert (result.new, result.updated) == ([], [])
    assert result.unchanged == ["ada", "bob", "emma", "li2"]
    after = sorted((path, path.stat().st_mtime_ns) for path in class_.root.rglob("*") if path.suffix != ".zip")
    assert [entry for entry in after if entry[0].is_file()] == [entry for entry in before if entry[0].is_file()]


def test_a_resubmission_replaces_and_the_earlier_one_is_kept(class_: Course) -> None:
    imported(class_, CANVAS)
    result = imported(class_, {"lovelaceada_1001_60000_01_small-1.ipynb": "ada again"})
    assert (result.updated, handed_in(class_, "ada")) == (["ada"], {"01_small.ipynb": "ada again"})
    (earlier,) = result.earlier["ada"]
    assert (class_.root / earlier / "01_small.ipynb").read_text() == "ada"


def test_a_zip_of_moodle_needs_its_worksheet_for_two_of_one_name(class_: Course) -> None:
    result = imported(class_, MOODLE)
    assert result.new == ["ada", "bob", "emma"]
    assert result.unknown == {
        "Li Wang 503": "Li Wang is the name of li and li2",
        "Li Wang 504": "Li Wang is the name of li and li2",
    }
    assert result.without_time == ["ada", "bob", "emma"]
    result = imported(class_, MOODLE, ROSTERS / "worksheet.csv")
    assert (result.new, result.unknown) == (["li", "li2"], {})
    assert handed_in(class_, "li2") == {"homework/01_small.ipynb": "li2"}
    assert result.updated == ["ada", "bob"]  # they have a time now
    assert handed_in(class_, "ada")["timestamp.txt"] == "2026-10-02 07:15:00.000000 UTC"  # 9:15 in Vienna


def test_the_latest_submission_with_a_notebook_counts_in_a_zip_of_brightspace(class_: Course) -> None:
    result = imported(class_, BRIGHTSPACE)
    assert (result.new, result.left_out) == (["ada", "emma"], [])
    assert handed_in(class_, "ada") == {
        "01_small.ipynb": "ada's second",
        "timestamp.txt": "2026-10-01 22:05:00.000000 UTC",
    }
    kept = {path.name for path in (class_.root / "downloaded" / NAME / "earlier" / "ada").iterdir()}
    assert kept == {"2026-10-01_192600", "2026-10-01_230500"}
    assert result.unknown == {"Li Wang 397063-2557373": "Li Wang is the name of li and li2"}


def test_an_older_zip_does_not_replace_what_is_later(class_: Course) -> None:
    imported(class_, BRIGHTSPACE)
    result = imported(class_, {"1-2 - Ada Lovelace - Sep 1, 2026 926 PM/01_small.ipynb": "old"})
    assert (result.older, handed_in(class_, "ada")["01_small.ipynb"]) == (["ada"], "ada's second")


def test_times_may_come_from_a_plain_worksheet(class_: Course, tmp_path: Path) -> None:
    sheet = tmp_path / "times.csv"
    sheet.write_text("student,time\nbob,2026-10-02 01:00\n")
    result = imported(class_, CANVAS, sheet)
    assert result.late_without_time == []
    assert str(time_handed_in(class_, NAME, "bob")) == "2026-10-01 23:00:00"
    sheet.write_text("student,time\nbob,yesterday evening\n")
    with pytest.raises(CourseError, match="line 2: 'yesterday evening' is no time"):
        imported(class_, CANVAS, sheet)


def test_what_is_unsafe_in_a_zip_is_left_out(class_: Course) -> None:
    path = class_.root / "submissions.zip"
    link = zipfile.ZipInfo("Ada Lovelace_501_assignsubmission_file/secret.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Ada Lovelace_501_assignsubmission_file/01_small.ipynb", "ada")
        archive.writestr("Ada Lovelace_501_assignsubmission_file/../../out.txt", "!")
        archive.writestr("/tmp/Ada Lovelace_501_assignsubmission_file/out.txt", "!")
        archive.writestr("Ada Lovelace_501_assignsubmission_file/timestamp.txt", "2020-01-01 00:00:00 UTC")
        archive.writestr("Ada Lovelace_501_assignsubmission_file/a", "!")
        archive.writestr("Ada Lovelace_501_assignsubmission_file/a/b", "!")
        archive.writestr("__MACOSX/Ada Lovelace_501_assignsubmission_file/._01_small.ipynb", "!")
        archive.writestr(link, "/etc/passwd")
    result = import_zip(class_, path)
    assert handed_in(class_, "ada") == {"01_small.ipynb": "ada", "a": "!"}
    assert [why for _, why in result.left_out] == [
        "its path leads out of the folder",
        "its path leads out of the folder",
        "it is a link or another special file",
        "nbgrader has files of this name of its own",
        "a file and a folder have the same name",
    ]


def test_a_bomb_is_left_out_and_costs_nobody_else_anything(class_: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "LARGEST_FILE", 1_000_000)
    result = imported(class_, MOODLE | {"Ada Lovelace_501_assignsubmission_file/01_small.ipynb": b"0" * 2_000_000})
    assert result.new == ["bob", "emma"]
    assert "when unpacked" in result.left_out[0][1]


def test_a_student_cannot_hand_in_for_another(class_: Course) -> None:
    files = MOODLE | {"Bob ONeil Müller_502_assignsubmission_file_1001_50_01_small.ipynb": "for ada"}
    files |= {"x_1001_60_01_small.ipynb": "for ada"}
    result = imported(class_, files)
    assert handed_in(class_, "ada") == {"01_small.ipynb": "ada"}
    assert ("x_1001_60_01_small.ipynb", "its name does not say whose it is") in result.left_out


def test_what_is_no_zip_of_submissions_is_refused(class_: Course) -> None:
    (class_.root / "not.zip").write_text("no")
    with pytest.raises(CourseError, match="it is not a zip"):
        import_zip(class_, class_.root / "not.zip")
    with pytest.raises(CourseError, match=r"is not a zip of submissions: it has notes\.txt"):
        imported(class_, {"notes.txt": "hello"})
    with pytest.raises(CourseError, match="which assignment is it"):
        imported(class_, {"lovelaceada_1001_50001_homework.ipynb": "ada"})


def test_a_submission_of_a_group_goes_to_a_member(class_: Course) -> None:
    imported(class_, {"red_9_assignsubmission_file/01_small.ipynb": "of both"})
    assert handed_in(class_, "ada") == {"01_small.ipynb": "of both"}


def test_nbgraders_own_command_reads_the_same_names(class_: Course) -> None:
    archive = class_.root / "downloaded" / NAME / "archive"
    archive.mkdir(parents=True)
    make_zip(archive / "submissions.zip", {name: CANVAS[name] for name in list(CANVAS)[:2]})
    done = nbgrader(class_.root, "zip_collect", NAME, "--collector=autograder.lms.collector.LmsFileNames")
    assert done.returncode == 0, done.stderr
    assert handed_in(class_, "bob") == {"01_small.ipynb": "bob's second"}
