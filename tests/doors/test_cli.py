"""The `autograder` command: what it says and exits with, for good input and bad."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from packaging.requirements import Requirement
from small_course import ASSIGNMENTS, NAME, REPOSITORY, RIGHT, SANDBOX, answered, hand_in, make_course, submission
from typer.testing import CliRunner, Result

from autograder import cli, course
from autograder.course import Course
from autograder.grading.results import read_results
from autograder.guest.status import Status
from autograder.judging.verdict import CaseResult, Example, Verdict
from autograder.notebook_check import CheckedNotebook
from autograder.outcome import Outcome
from autograder.progress.shown import first_failure
from autograder.tutoring import for_tutor

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
COMMANDS = (
    "new",
    "similar",
    "doctor",
    "build",
    "bundle",
    "check",
    "progress",
    "watch",
    "hint",
    "reset",
    "roster",
    "import",
    "grade",
    "report",
    "export",
    "demo",
    "lab",
    "prove",
)


@pytest.fixture(scope="module", autouse=True)
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A course whose exercises the command knows, built; its kernels find the small check."""
    with pytest.MonkeyPatch.context() as patch:
        root = make_course(tmp_path_factory.mktemp("small") / "course")
        patch.setenv("PYTHONPATH", os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")]))
        patch.delenv("AUTOGRADER_SECRET", raising=False)
        patch.setattr("autograder.exercises.ASSIGNMENTS", ASSIGNMENTS)
        settings = root / "nbgrader_config.py"
        settings.write_text(settings.read_text().replace("timeout = 120", "timeout = 4"))
        assert run("build", "--course", root).exit_code == 0
        yield root


@pytest.fixture
def root(small: Path, tmp_path: Path) -> Path:
    """A copy of the built course, nothing handed in."""
    return Path(shutil.copytree(small, tmp_path / "course", ignore=shutil.ignore_patterns("submitted", "autograded")))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments], env={"COLUMNS": "160"})


def grade(*arguments: object) -> Result:
    """Grade in this process, which alone knows the small course's exercises."""
    return run("grade", NAME, "--workers", 1, *([] if SANDBOX else ["--unsafe"]), *arguments)


def one_line(result: Result) -> str:
    """The one line that went to standard error, of a command that could not be done."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


# ---- every command


def test_help_names_every_command() -> None:
    text = run("--help").output
    assert all(command in text for command in COMMANDS)
    for command in COMMANDS:
        assert run(command, "--help").exit_code == 0


@pytest.mark.parametrize("command", [["build"], ["bundle"], ["grade", NAME], ["report"], ["demo"]])
def test_a_folder_without_a_course_is_refused(command: list[str], tmp_path: Path) -> None:
    assert "is not a course directory" in one_line(run(*command, "--course", tmp_path))
    assert "there is no folder" in one_line(run(*command, "--course", tmp_path / "nowhere"))


def test_importing_the_command_loads_nothing_heavy() -> None:
    script = "import sys, autograder.cli; print(sorted({'numpy', 'torch', 'nbgrader', 'nbclient'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "[]\n"


def test_unknown_options_are_refused() -> None:
    assert run("grade", NAME, "--speed", "9").exit_code == 2
    assert run("fly").exit_code == 2


# ---- doctor


def test_doctor_finds_this_machine_ready(root: Path) -> None:
    result = run("doctor", "--course", root, "--json")
    findings = {finding["name"]: finding for finding in json.loads(result.stdout)}
    bad = [finding for finding in findings.values() if finding["needed"] and not finding["good"]]
    assert (result.exit_code, bad) == (0, [])
    assert findings["course directory"]["found"] == NAME
    assert "✓" in run("doctor", "--course", root).stdout


def test_doctor_says_what_is_missing_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_COURSE_DATA", str(tmp_path / "nowhere"))
    monkeypatch.setattr(
        "autograder.doctor.requirements", lambda extra="": [Requirement("numpy<1"), Requirement("no-such-package>=1.0")]
    )
    result = run("doctor", "--course", tmp_path, "--json")
    findings = {finding["name"]: finding for finding in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert "no-such-package missing, wanted >=1.0" in findings["packages"]["found"]
    assert ", wanted <1;" in findings["packages"]["found"]
    for name in ("packages", "course directory", "data folder"):
        assert not findings[name]["good"] and findings[name]["advice"]


@pytest.mark.parametrize(
    ("module", "extra"), [("nbgrader", "grading"), ("latex2mathml", "grading"), ("torch", "torch")]
)
def test_what_is_not_installed_is_named_with_the_command_that_installs_it(
    module: str, extra: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(course: Course) -> None:
        raise ModuleNotFoundError(f"No module named {module!r}", name=f"{module}.part")

    monkeypatch.setattr("autograder.report.write.write_report", missing)
    monkeypatch.setattr("autograder.course.Course.assignments", missing)
    said = one_line(run("report", "--course", root))
    assert f"{module} is not installed: run `pip install -e '.[{extra}]'` in the course folder" in said


# ---- new


def test_new_makes_a_folder_to_work_in(tmp_path: Path) -> None:
    made = tmp_path / "a" / "course"
    assert "10 notebooks" in run("new", made).stdout
    assert {path.name for path in made.iterdir()} == {"README.md", "AGENTS.md", "images", "notebooks"}
    for name in ("01_backprop", "10_design_your_own"):
        released = REPOSITORY / "notebooks" / name / f"{name}.ipynb"
        assert (made / "notebooks" / name / f"{name}.ipynb").read_bytes() == released.read_bytes()


def test_new_changes_nothing_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("work")
    assert "is there already" in one_line(run("new", tmp_path))
    assert "is there already" in one_line(run("new", tmp_path / "mine.txt"))
    assert "cannot be written" in one_line(run("new", tmp_path / "mine.txt" / "course"))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


# ---- build, bundle


def test_build_says_that_nothing_changed(root: Path) -> None:
    assert "1 assignment built, 0 files changed." in run("build", "--course", root).stdout
    result = run("build", "--check", "--course", root)
    assert (result.exit_code, result.stdout.strip()) == (0, "notebooks/ is up to date.")


def test_build_builds_one_assignment_and_refuses_an_unknown_one(root: Path) -> None:
    built = run("build", NAME, "--course", root)
    assert built.exit_code == 0 and "1 assignment built, 0 files changed." in built.output
    assert "there is no assignment '01_smal'" in one_line(run("build", "01_smal", "--course", root))
    assert "leave the name out" in one_line(run("build", NAME, "--check", "--course", root))


def test_build_check_fails_on_a_difference(root: Path) -> None:
    (root / "notebooks" / NAME / f"{NAME}.ipynb").write_text("{}")
    result = run("build", "--check", "--course", root)
    assert result.exit_code == 1
    assert f"notebooks/{NAME}/{NAME}.ipynb: differs" in result.stdout
    printed = json.loads(run("build", "--check", "--json", "--course", root).stdout)
    assert printed == {"problems": [], "differences": [f"notebooks/{NAME}/{NAME}.ipynb: differs"]}


def test_build_refuses_a_broken_rule(root: Path) -> None:
    path = root / "solutions" / NAME / f"{NAME}.ipynb"
    path.write_text(
        path.read_text().replace('"check.double(double)\\n"', '"check.double(double)\\n", "assert True\\n"')
    )
    result = run("build", "--course", root)
    assert result.exit_code == 1
    assert f"solutions/{NAME}/{NAME}.ipynb: cell check-double: a graded cell holds exactly" in result.stdout
    assert "1 rule broken; nothing was built." in result.stdout


def test_bundle_writes_a_zip(root: Path, tmp_path: Path) -> None:
    printed = json.loads(run("bundle", "--course", root, "-o", tmp_path / "b.zip", "--json").stdout)
    assert (tmp_path / "b.zip").is_file()
    assert f"notebooks/{NAME}/{NAME}.ipynb" in printed["files"]
    assert "cannot be written" in one_line(run("bundle", "--course", root, "-o", tmp_path / "no" / "b.zip"))


# ---- check


def by_exercise(result: Result) -> dict[str, Any]:
    """What `check --json` printed about each exercise."""
    return {outcome["exercise"]: outcome for outcome in json.loads(result.stdout)["exercises"]}


def test_check_passes_a_right_notebook_and_leaves_it_alone(root: Path, tmp_path: Path) -> None:
    path = hand_in(root, "ada", RIGHT, "Because.")
    before = path.read_bytes()
    result = run("check", path, "--save", tmp_path / "run.ipynb")
    assert result.exit_code == 0, result.output
    assert "15 of 20 points" in result.stdout
    assert path.read_bytes() == before
    assert nbformat.read(tmp_path / "run.ipynb", as_version=4).cells[3].outputs
    assert "would write over" in one_line(run("check", path, "--save", path))


def test_check_says_why_points_were_lost(root: Path) -> None:
    path = hand_in(root, "bob", {"double": "return x * x", "half": "raise RuntimeError('lost')"})
    result = run("check", path, "--json")
    outcomes = by_exercise(result)
    assert result.exit_code == 1
    assert outcomes["double"]["status"] == "passed"  # 2 · 2 = 2²: only a hidden case shows the difference
    assert (outcomes["half"]["status"], outcomes["half"]["why"]) == ("raised", "RuntimeError: lost")
    assert outcomes["answer_why"]["status"] == "to be marked"
    table = run("check", path).stdout
    assert "RuntimeError: lost" in table and "double" in table


def test_check_tells_a_tutor_what_the_card_shows_and_nothing_hidden() -> None:
    cases = [CaseResult("first", False, 1.0, Status.PASSED), CaseResult("second", False, 1.0, Status.FAILED, "wrong")]
    secret = CaseResult("secret", True, 1.0, Status.FAILED, "x = 7", hint="secret", inputs=(("x", "7"),))
    judged = Verdict("double", NAME, 10, True, [secret, *cases], example=Example((("x", "1"),), "2", "1"))
    verdict = {**judged.to_dict(), "first_failure": first_failure(judged), "answer": "return 2 * x"}
    outcome = Outcome("double", Status.FAILED, 5.0, 10.0, "wrong")
    said = for_tutor(outcome, CheckedNotebook([outcome], [], {"double": verdict}, {}), [])
    assert said["first_failure"]["case"] == "second"
    assert said["first_failure"]["smallest_example"] == {"inputs": {"x": "1"}, "expected": "2", "yours": "1"}
    assert [case["case"] for case in said["cases"]] == ["first", "second"]
    assert "secret" not in (text := json.dumps(said)) and "x = 7" not in text and "return" not in text
    (judged.cases[1], judged.cases[2]) = cases[0], cases[0]
    assert first_failure(judged) is None  # a hidden case fails, and nothing is said of it


def test_commands_for_students_refuse_what_is_not_there(root: Path, tmp_path: Path) -> None:
    for command in (["progress"], ["hint", "double"], ["reset", "double"], ["watch", "01"]):
        assert "has no notebooks of the course" in one_line(run(*command, "--course", tmp_path))
    assert "there is no notebook called 77" in one_line(run("progress", "77", "--course", root))
    assert "there is no exercise called trebel" in one_line(run("hint", "trebel", "--course", root))
    (tmp_path / "x.ipynb").write_text("{")
    assert "cut short" in one_line(run("watch", tmp_path / "x.ipynb"))


def test_check_keeps_what_it_finds_in_a_students_own_notebook(root: Path) -> None:
    handed_in = hand_in(root, "ada", RIGHT)
    path = root / "notebooks" / NAME / f"{NAME}.ipynb"
    nbformat.write(answered(root, {"double": "return 2 * x", "half": "return 1 / 0"}), path)
    assert run("check", path).exit_code == 1
    (notebook,) = json.loads(run("progress", "--course", root, "--json").stdout)["notebooks"]
    assert {one["exercise"]: one["status"] for one in notebook["exercises"]} == {"double": "passed", "half": "raised"}
    assert "✓ double" in (text := run("progress", "01", "--course", root).stdout) and "Go on with half" in text
    assert run("check", handed_in).exit_code == 0  # another's work is not kept as one's own
    assert "Go on with half" in run("progress", "--course", root).stdout


def test_check_says_which_cell_did_not_run(root: Path) -> None:
    path = hand_in(root, "bob", {"double": "return (", "half": "return x / 2"})
    outcomes = by_exercise(run("check", path, "--json"))
    assert outcomes["double"]["why"] == "double is not defined: its cell did not run to the end"
    hang = hand_in(root, "bob", {"double": "while True: pass", "half": "return x / 2"})
    outcomes = by_exercise(run("check", hang, "--timeout", "2", "--json"))
    assert (outcomes["double"]["status"], outcomes["half"]["status"]) == ("timed out", "passed")
    dies = hand_in(root, "bob", {"double": "import os; os._exit(3)"})
    outcomes = by_exercise(run("check", dies, "--json"))
    assert (outcomes["double"]["status"], outcomes["half"]["status"]) == ("crashed", "crashed")


UNREADABLE = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n", "is empty"),
    "cut short": (b'{"cells": [{"cell_type": "code", "sour', "not JSON: it looks cut short"),
    "not JSON": (b"# a Python file\nprint(1)\n", "is not JSON: line 1"),
    "not text": (b"\x89PNG\r\n\x1a\n\xff\xfe", "is not text in UTF-8"),
    "a list": (b"[1, 2]", "not a notebook: it has no nbformat"),
    "no cells": (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "has no list of cells"),
    "cells of nothing": (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}', "cell 1 has no source"),
    "deep": (b"[" * 100_000, "is not"),
    "half a character": (
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, '
        b'"cells": [{"cell_type": "raw", "metadata": {}, "source": "\\ud800"}]}',
        "is not text in UTF-8",
    ),
    "the future": (b'{"nbformat": 9, "nbformat_minor": 0, "metadata": {}, "cells": []}', "is not a notebook"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_check_says_why_a_file_is_no_notebook(name: str, tmp_path: Path) -> None:
    content, message = UNREADABLE[name]
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    assert message in one_line(run("check", path))


def test_check_refuses_a_missing_or_huge_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "there is no file x.ipynb" in one_line(run("check", tmp_path / "x.ipynb"))
    assert "is not a file" in one_line(run("check", tmp_path))
    path = tmp_path / "x.ipynb"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    assert "has 200 MB; at most 50 MB are read" in one_line(run("check", path))
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "bare.ipynb")
    assert "has no graded cells" in one_line(run("check", tmp_path / "bare.ipynb"))


# ---- grade


def test_grade_says_what_to_do_first(root: Path) -> None:
    assert "nobody has handed in 01_small: put notebooks into submitted/" in one_line(grade("--course", root))
    assert "there is no assignment '01_smal': solutions/ has 01_small" in one_line(
        run("grade", "01_smal", "--course", root)
    )
    hand_in(root, "ada", RIGHT)
    assert "zed has not handed in" in one_line(grade("--student", "zed", "--course", root))
    assert "nothing to report yet: run `autograder grade" in one_line(run("report", "--course", root))
    (root / "gradebook.db").unlink()
    assert "no gradebook yet: run `autograder build` first" in one_line(grade("--course", root))
    assert "no gradebook yet" in one_line(run("report", "--course", root))
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}"):
        pass
    assert "does not know 01_small: run `autograder build` first" in one_line(grade("--course", root))


def test_grade_gives_every_submission_a_result(root: Path) -> None:
    hand_in(root, "ada", RIGHT, "Because 2 x / 2 = x.")
    hand_in(root, "bob", {"double": "return x * x", "half": "return 1 / 0"})
    hand_in(root, "cyd", {})
    hand_in(root, "dan", {"double": "import os; os._exit(1)"})
    hand_in(root, "eve", {"double": "while True: pass", "half": "return x / 2"})
    submission(root, "fay").write_bytes(UNREADABLE["cut short"][0])
    submission(root, "gus").write_bytes(b"")
    with submission(root, "hal").open("wb") as file:
        file.truncate(200_000_000)
    submission(root, "ida").with_name("mine.ipynb").write_text("{}")
    submission(root, "joe").mkdir()
    twice = answered(root, RIGHT)
    twice.cells.append(nbformat.from_dict({**twice.cells[3], "id": "twice"}))
    nbformat.write(twice, submission(root, "kim"))
    result = grade("--course", root, "--json")
    assert result.exit_code == 0, result.output
    results = {one["student"]: one for one in json.loads(result.stdout)}
    scores = {student: (one["score"], one["status"]) for student, one in results.items()}
    assert scores == {
        "ada": (15, "graded"),
        "bob": (5, "graded"),
        "cyd": (0, "graded"),
        "dan": (0, "graded"),
        "eve": (5, "graded"),
        "fay": (0, "unreadable"),
        "gus": (0, "unreadable"),
        "hal": (0, "unreadable"),
        "ida": (0, "unreadable"),
        "joe": (0, "unreadable"),
        "kim": (15, "graded"),
    }
    assert all(one["points"] == 20 for one in results.values())
    assert results["ida"]["why"] == f"{NAME}.ipynb is JSON, but not a notebook: it has no nbformat"
    bob, eve = results["bob"]["exercises"], results["eve"]["exercises"]
    assert [(one["exercise"], one["status"]) for one in bob][:2] == [("double", "failed"), ("half", "raised")]
    assert bob[0]["mistakes"] == [{"name": "squared", "says": "This is x times x, not two times x.", "sure": True}]
    assert eve[0]["status"] == "timed out"
    assert results["dan"]["exercises"][0]["status"] == "crashed"
    assert results["ada"]["exercises"][2]["status"] == "to be marked"
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        for student, (score, _) in scores.items():
            assert gradebook.find_submission(NAME, student).score == score
    again = grade("--course", root)
    kept, waiting = again.stdout.splitlines()
    assert kept == "0 graded, 11 kept from before; --all shows them."
    assert waiting.startswith(f"{NAME}: 1 answer waits for a mark (answer_why 1)")
    assert "This is x times x" in grade("--all", "--course", root).stdout
    written = run("report", "--course", root)
    assert written.exit_code == 0, written.output
    pages = root / "feedback"
    assert {page.name for page in pages.iterdir()} == set(scores)
    assert "cut short" in (pages / "fay" / NAME / f"{NAME}.html").read_text()


def test_grading_again_grades_what_is_left_or_changed(root: Path) -> None:
    place = Course(root)
    for student in ("ada", "bob"):
        hand_in(root, student, RIGHT)
        submission(root, student)
    assert "2 graded, 0 kept" in grade("--course", root).stdout
    half = place.autograded(NAME, "bob")
    # killed in the middle of writing
    half.write_text(half.read_text()[:200])
    assert "1 graded, 1 kept" in grade("--course", root).stdout
    # handed in again
    hand_in(root, "ada", {"double": "return 0"})
    printed = grade("--course", root).stdout
    assert "1 graded, 1 kept" in printed
    assert "changed" in printed and "half" in printed
    scores = {result.student: result.score for result in read_results(place, NAME)}
    assert scores == {"ada": 2.5, "bob": 15}
    assert "1 graded, 0 kept" in grade("--student", "bob", "--force", "--course", root).stdout


def test_a_persons_marks_stay(root: Path) -> None:
    place = Course(root)
    hand_in(root, "ada", RIGHT, "Because.")
    assert grade("--course", root).exit_code == 0
    with Gradebook(place.directory.db_url) as gradebook:
        mark = gradebook.find_grade("answer_why", NAME, NAME, "ada")
        mark.manual_score, mark.needs_manual_grade = 4, False
        gradebook.db.commit()
    (result,) = read_results(place, NAME)
    assert (result.score, result.exercises[2].status, result.to_be_marked) == (19, "marked", 0)
    assert grade("--force", "--course", root).exit_code == 0
    assert read_results(place, NAME)[0].score == 19


def test_a_locked_gradebook_is_tried_again_and_then_reported(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    hand_in(root, "ada", RIGHT)
    submission(root, "bob").write_text("")
    monkeypatch.setattr(course, "WAITS", (0.01, 0.01))
    # sqlite itself waits 5 s for a lock: not here
    monkeypatch.setattr("sqlite3.dbapi2.connect", _impatient(sqlite3.dbapi2.connect))
    monkeypatch.setattr("sqlite3.connect", _impatient(sqlite3.connect))
    with sqlite3.connect(root / "gradebook.db") as lock:
        lock.execute("BEGIN EXCLUSIVE")
        assert "gradebook" in one_line(grade("--course", root))
        lock.rollback()
    assert "2 graded" in grade("--course", root).stdout


def _impatient(connect):  # type: ignore[no-untyped-def]
    return lambda *args, **kwargs: connect(*args, **{**kwargs, "timeout": 0.01})


def test_ctrl_c_stops_without_a_traceback(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(root, "ada", RIGHT)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nbformat.reads", interrupted)
    result = grade("--course", root)
    assert result.exit_code == 130
    assert "stopped" in result.stderr


# ---- lab, demo


def test_lab_opens_jupyter_on_the_notebooks(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "execv", lambda _, arguments: started.extend(arguments))
    assert run("lab", "--course", root, "--", "--no-browser").exit_code == 0
    assert started[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={root}" in started and started[-1] == "--no-browser"
    assert Path.cwd() == root
    assert "no folder notebooks/" in one_line(run("lab", "--course", tmp_path))


def test_demo_is_started_in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments: list[object] = []
    monkeypatch.setattr("autograder.demo.run_demo", lambda *given: arguments.extend(given) or 0)
    assert run("demo", "--course", REPOSITORY, "--into", tmp_path / "demo").exit_code == 0
    assert arguments == [REPOSITORY, tmp_path / "demo", False]
