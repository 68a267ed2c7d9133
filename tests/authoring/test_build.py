"""From solutions/ to notebooks/ and the students' zip: what is refused, what students get, and in which bytes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import small_course
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from small_course import (
    ASSIGNMENTS,
    EXERCISES,
    NAME,
    REPOSITORY,
    hand_in,
    make_course,
    record_unreadable,
    solution_notebook,
)
from traitlets.config.loader import PyFileConfigLoader

from autograder.authoring.build import build, differences, files_in, problems
from autograder.authoring.bundle import write_bundle
from autograder.authoring.rules import problems_in
from autograder.course import Course
from autograder.errors import CourseError
from autograder.exercises import ASSIGNMENTS as REAL

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::nbformat.warnings.DuplicateCellId")
RELEASED = f"notebooks/{NAME}/{NAME}.ipynb"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    return make_course(tmp_path / "course")


def by_id(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == name)


# ---- the course that is in this repository


def test_the_solutions_keep_every_rule() -> None:
    course = Course(REPOSITORY)
    assert course.assignments() == sorted(REAL)
    assert problems(course, course.assignments(), REAL) == []


def test_what_is_committed_is_what_the_solutions_give() -> None:
    assert differences(Course(REPOSITORY)) == []


@pytest.mark.parametrize("assignment", sorted(REAL))
def test_nothing_of_a_solution_is_released(assignment: str) -> None:
    course = Course(REPOSITORY)
    source = nbformat.read(course.source(assignment), as_version=4)
    release = nbformat.read(course.release(assignment), as_version=4)
    assert [cell.id for cell in release.cells] == [cell.id for cell in source.cells]
    for cell in source.cells:
        marks, released = cell.metadata.get("nbgrader", {}), by_id(release, cell.id).source
        if not marks.get("solution"):
            continue
        if cell.cell_type == "markdown":
            assert released == "YOUR ANSWER HERE"
            continue
        # a class has a region in each of its methods
        regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)
        stub = r"\1# YOUR CODE HERE\n\1raise NotWritten"
        assert released == re.sub(r"( *)### BEGIN SOLUTION.*?### END SOLUTION", stub, cell.source, flags=re.DOTALL)
        # a line with one word, or none, may stand in a signature too
        lines = {line.strip() for region in regions for line in region.splitlines() if re.search(r"\w\W+\w", line)}
        assert not lines & {line.strip() for line in released.splitlines()}


@pytest.fixture(scope="module")
def students_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's zip for students, unpacked."""
    folder = tmp_path_factory.mktemp("zip")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AUTOGRADER_SECRET", raising=False)
        write_bundle(Course(REPOSITORY), folder / "a.zip")
    with zipfile.ZipFile(folder / "a.zip") as bundle:
        bundle.extractall(folder)
    return folder / "cnn-course"


def test_the_repository_bundles_without_secrets(students_folder: Path) -> None:
    names = set(files_in(students_folder))
    assert {f"notebooks/{name}/{name}.ipynb" for name in REAL} <= names
    assert {"autograder/check.py", "autograder/cli.py", "pyproject.toml", "LICENSE", "README.md"} <= names
    leaked = [name for name in names if name.startswith(("solutions", "tests", "submitted", ".", "autograder/demo"))]
    assert leaked == []


def test_students_get_their_page_with_its_picture_and_settings_without_the_secret(students_folder: Path) -> None:
    page, settings = ((students_folder / name).read_text() for name in ("README.md", "nbgrader_config.py"))
    assert page.startswith("# For students")
    links = re.findall(r"\]\(([^)#]+)", page)
    assert links and all((students_folder / link).is_file() for link in links)
    assert 'course_id = "convolutional_networks"' in settings.replace("'", '"') and "secret" not in settings
    loaded = PyFileConfigLoader("nbgrader_config.py", path=str(students_folder)).load_config()
    assert loaded.Execute.timeout == 120


def test_students_get_the_checks_and_nothing_of_the_grading(students_folder: Path) -> None:
    assert {path.name for path in students_folder.iterdir()} == {
        "AGENTS.md", "LICENSE", "README.md", "autograder", "environment.yml", "images", "nbgrader_config.py",
        "notebooks", "pyproject.toml", "requirements.lock", "utils",
    }  # fmt: skip
    folders = {path.name for path in (students_folder / "autograder").iterdir() if path.is_dir()}
    assert folders == {"guest", "judging", "exercises", "progress", "restoring"}


def test_ai_helpers_find_their_rules_in_the_zip_and_no_solution_is_named(students_folder: Path) -> None:
    rules = (students_folder / "AGENTS.md").read_text()
    assert "Write no solution" in rules and "check notebooks/03_conv_backward/03_conv_backward.ipynb --json" in rules
    assert "solutions/" not in rules and "gallery" not in rules
    assert "docs/students-agents.md" in (REPOSITORY / "AGENTS.md").read_text()


def test_every_file_that_the_rules_of_ai_helpers_name_is_in_the_zip(students_folder: Path) -> None:
    named = re.findall(r"`(?:autograder check )?([\w/]+/[\w/.]*)", (students_folder / "AGENTS.md").read_text())
    assert named and all((students_folder / name).exists() for name in named)


def test_students_are_shown_their_commands_alone(students_folder: Path, tmp_path: Path) -> None:
    text = as_student(students_folder, tmp_path / "tools", "--help").stdout
    listed = re.findall(r"^│ (\w+) ", text, re.MULTILINE)
    assert listed == ["doctor", "lab", "check", "progress", "watch", "hint", "reset"]


def test_students_see_progress_hints_and_the_stub_again(students_folder: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(students_folder, tmp_path / "home"))
    hint = as_student(home, tmp_path / "tools", "hint", "conv_forward", "--json")
    assert json.loads(hint.stdout)["hints"][0]["number"] == 1, hint.stderr
    notebook = home / "notebooks" / "02_convolution" / "02_convolution.ipynb"
    notebook.write_text(notebook.read_text().replace("raise NotWritten", "return 1"))
    printed = json.loads(as_student(home, tmp_path / "tools", "progress", "--json").stdout)
    second = printed["notebooks"][1]
    assert {one["status"] for one in second["exercises"]} == {"not checked"} and second["of"] == 7
    assert printed["notebooks"][0]["exercises"][0]["status"] == "not attempted"
    assert as_student(home, tmp_path / "tools", "reset", "conv_forward").returncode == 0
    assert (notebook.parent / "conv_forward.before-reset-1.txt").is_file()
    assert as_student(home, tmp_path / "tools", "progress").stderr == ""


def as_student(home: Path, tools: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `python -m autograder` with the unpacked zip alone: an editable installation would lend what it lacks."""
    tools.mkdir(exist_ok=True)
    alone = "import sys\nsys.meta_path = [finder for finder in sys.meta_path if 'Editable' not in str(finder)]\n"
    (tools / "sitecustomize.py").write_text(alone)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tools), str(home)])}
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True)


def test_the_doctor_is_silent_about_a_sandbox_that_the_zip_does_not_have(students_folder: Path, tmp_path: Path) -> None:
    examined = as_student(students_folder, tmp_path / "tools", "doctor", "--json")
    assert "Traceback" not in examined.stderr
    assert "PyTorch" in examined.stdout and "sandbox" not in examined.stdout


def test_a_notebook_is_checked_from_the_zip(students_folder: Path, tmp_path: Path) -> None:
    source = "def relu_forward(x):\n    return np.maximum(x, 0), x"
    notebook = nbformat.read(students_folder / "notebooks/01_backprop/01_backprop.ipynb", as_version=4)
    kept = {cell.id: cell for cell in notebook.cells if cell.id in ("setup", "relu-forward", "check-relu-forward")}
    kept["relu-forward"].source = source
    notebook.cells = list(kept.values())
    nbformat.write(notebook, students_folder / "mine.ipynb")
    checked = as_student(students_folder, tmp_path / "tools", "check", "mine.ipynb", "--json")
    (students_folder / "mine.ipynb").unlink()
    (outcome,) = json.loads(checked.stdout)["exercises"]
    assert (outcome["exercise"], outcome["status"], checked.returncode) == ("relu_forward", "passed", 0)


@pytest.mark.parametrize("command", [["build"], ["bundle"], ["grade", NAME], ["report"], ["demo"]])
def test_a_command_for_instructors_says_so_in_the_zip(
    command: list[str], students_folder: Path, tmp_path: Path
) -> None:
    refused = as_student(students_folder, tmp_path / "tools", *command)
    assert refused.returncode == 2
    assert "for instructors" in refused.stderr and len(refused.stderr.strip().splitlines()) == 1


def test_the_help_in_the_zip_lists_what_students_can_do(students_folder: Path, tmp_path: Path) -> None:
    printed = as_student(students_folder, tmp_path / "tools", "--help").stdout
    assert "check" in printed and "doctor" in printed
    assert not re.search(r"\b(grade|bundle|report|demo)\b ", printed)


# ---- rules


def change(name: str, **fields: object) -> Callable[[NotebookNode], None]:
    def apply(notebook: NotebookNode) -> None:
        by_id(notebook, name).update(fields)

    return apply


def mark(name: str, **marks: object) -> Callable[[NotebookNode], None]:
    def apply(notebook: NotebookNode) -> None:
        by_id(notebook, name).metadata.nbgrader.update(marks)

    return apply


def drop(name: str) -> Callable[[NotebookNode], None]:
    def apply(notebook: NotebookNode) -> None:
        notebook.cells.remove(by_id(notebook, name))

    return apply


def task(name: str = "task_report", **marks: object) -> Callable[[NotebookNode], None]:
    """Puts a task at the end."""
    right: dict[str, object] = {"task": True, "locked": True, "points": 10}

    def apply(notebook: NotebookNode) -> None:
        text = "Report.\n\n### BEGIN MARK SCHEME\nTen points.\n### END MARK SCHEME"
        notebook.cells.append(small_course.cell("markdown", name, text, **right | marks))

    return apply


GRADED = "check.double(double)\n### BEGIN HIDDEN TESTS\ncheck.double(double, hidden=True)\n### END HIDDEN TESTS"
OUTPUT = nbformat.v4.new_output("stream", text="left over")
BROKEN: dict[str, tuple[Callable[[NotebookNode], None], str]] = {
    "assert in a check": (change("check-double", source=f"{GRADED}\nassert True"), "exactly these lines"),
    "no hidden call": (change("check-double", source="check.double(double)"), "exactly these lines"),
    "hidden without hidden": (change("check-double", source=GRADED.replace(", hidden=True", "")), "exactly these"),
    "other argument": (change("check-double", source=GRADED.replace("(double", "(half")), "exactly these lines"),
    "expression argument": (change("check-double", source=GRADED.replace("(double", "(lambda x: 4")), "exactly these"),
    "comment in a check": (change("check-double", source=f"# look\n{GRADED}"), "exactly these lines"),
    "wrong points": (mark("check-double", points=3), "3 points, but the exercise has 10"),
    "unknown exercise": (mark("check-double", grade_id="check_treble"), "name of no exercise"),
    "grade id without check_": (mark("check-double", grade_id="double_test"), "name of no exercise"),
    "check missing": (drop("check-double"), "no cell check_double"),
    "answer missing": (drop("double"), "no solution cell with grade id double"),
    "answer not a solution": (mark("double", solution=False), "must be a solution cell"),
    "no region": (change("double", source="def double(x):\n    return 2 * x"), "has no ### BEGIN SOLUTION"),
    "region of another name": (
        change("double", source="### BEGIN SOLUTION\nx = 1\n### END SOLUTION"),
        "does not define",
    ),
    "region in plain cell": (change("setup", source="### BEGIN SOLUTION\n### END SOLUTION"), "would reach students"),
    "hidden in plain cell": (change("demo-double", source="### BEGIN HIDDEN TESTS"), "would reach students"),
    "outputs": (change("setup", outputs=[OUTPUT]), "clear its outputs"),
    "execution count": (change("setup", execution_count=3), "clear its outputs"),
    "twice the same id": (change("why", id="intro"), "2 cells have this id"),
    "random id": (change("why", id="3f9a77c1"), "readable id"),
    "id with capitals": (change("why", id="Why_So"), "readable id"),
    "id apart from grade id": (change("setup", id="start"), "must follow its grade id: setup"),
    "twice the same grade id": (mark("half", grade_id="double"), "2 cells have the grade id double"),
    "old metadata": (mark("setup", schema_version=2), "schema_version 3"),
    "written answer without points": (mark("answer-why", points=0), "points above 0"),
    "written answer, wrong name": (mark("answer-why", grade_id="why_so"), "starts with answer_"),
    "task not locked": (task(locked=False), "a task is text, locked"),
    "task that is graded": (task(grade=True), "a task is text, locked"),
    "task without points": (task(points=0), "a task needs points above 0"),
    "task, wrong name": (task("report"), "starts with task_"),
    "mark scheme outside a task": (
        change("why", source="### BEGIN MARK SCHEME\n### END MARK SCHEME"),
        "outside a task",
    ),
    "demo not locked": (mark("demo-double", locked=False), "a demonstration is locked"),
    "demo without tag": (change("demo-double", metadata={"nbgrader": {"grade_id": "demo_double"}}), "has the tag demo"),
    "demo defines what others use": (
        change("demo-double", source="from small_check import check"),
        "defines check, which cell check-double uses",
    ),
    "demo defines a global": (
        change("demo-double", source="def hide():\n    global check\n    check = 1\nhide()"),
        "defines check, which cell check-double uses",
    ),
    "another kernel": (lambda notebook: notebook.metadata.kernelspec.update(name="julia"), "must be python3"),
    "old format": (lambda notebook: notebook.update(nbformat_minor=4), "save it as 4.5"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_gives_one_line(root: Path, name: str) -> None:
    breaks, line = BROKEN[name]
    path = root / "solutions" / NAME / f"{NAME}.ipynb"
    notebook = solution_notebook()
    breaks(notebook)
    path.write_text(json.dumps(notebook))
    broken = problems_in(path, EXERCISES)
    assert any(line in problem for problem in broken), broken
    assert not any("\n" in problem for problem in broken)


def test_a_whole_notebook_breaks_no_rule(root: Path) -> None:
    assert problems_in(root / "solutions" / NAME / f"{NAME}.ipynb", EXERCISES) == []


def test_a_task_breaks_no_rule_and_its_mark_scheme_is_not_released(root: Path) -> None:
    path = root / "solutions" / NAME / f"{NAME}.ipynb"
    notebook = solution_notebook()
    task()(notebook)
    nbformat.write(notebook, path)
    assert problems_in(path, EXERCISES) == []
    course = Course(root)
    build(course, [NAME])
    released = course.release(NAME).read_text()
    assert "Report." in released and "Ten points" not in released


def test_names_inside_functions_break_no_rule(root: Path) -> None:
    notebook = solution_notebook()
    by_id(notebook, "demo-double").source = "x = [value for value in range(3)]\nfor shown in x:\n    print(shown)"
    path = root / "solutions" / NAME / f"{NAME}.ipynb"
    nbformat.write(notebook, path)
    assert problems_in(path, EXERCISES) == []  # `double(x)` has an x of its own


def test_other_sources_in_the_folder_are_refused(root: Path) -> None:
    (root / "solutions" / NAME / "answers.py").write_text("secret = 1\n")
    assert "answers.py would be given to students" in problems(Course(root), [NAME], ASSIGNMENTS)[0]


def test_an_unknown_assignment_is_reported(root: Path) -> None:
    assert "knows no assignment 01_small" in problems(Course(root), [NAME], {})[0]


# ---- generating


def test_building_twice_gives_the_same_bytes(root: Path) -> None:
    course = Course(root)
    assert build(course, [NAME]) == [RELEASED]
    first, written = (root / RELEASED).read_bytes(), (root / RELEASED).stat().st_mtime_ns
    assert build(course, [NAME]) == []
    assert ((root / RELEASED).read_bytes(), (root / RELEASED).stat().st_mtime_ns) == (first, written)
    text = first.decode()
    assert "raise NotWritten" in text and "2 * x" not in text and "hidden" not in text.lower()


def test_the_gradebook_gets_the_cells_with_their_hidden_part(root: Path) -> None:
    course = Course(root)
    build(course, [NAME])
    with Gradebook(course.directory.db_url) as gradebook:
        assert gradebook.find_assignment(NAME).max_score == 20
        assert "hidden=True" in gradebook.find_source_cell("check_double", NAME, NAME).source


def test_differences_are_listed_and_nothing_is_written(root: Path) -> None:
    course = Course(root)
    assert differences(course) == [f"{RELEASED}: missing"]
    assert not (root / "gradebook.db").exists() and not (root / "notebooks").exists()
    build(course, [NAME])
    (root / RELEASED).write_bytes((root / RELEASED).read_bytes() + b"\n")
    (root / "notebooks" / "99_stray").mkdir()
    (root / "notebooks" / "99_stray" / "99_stray.ipynb").write_text("{}")
    assert differences(course) == [
        f"{RELEASED}: differs",
        "notebooks/99_stray/99_stray.ipynb: made from no solution notebook",
    ]


def test_what_jupyter_leaves_behind_is_not_a_difference(root: Path) -> None:
    course = Course(root)
    build(course, [NAME])
    left = root / "notebooks" / NAME / ".ipynb_checkpoints"
    left.mkdir()
    (left / f"{NAME}-checkpoint.ipynb").write_text("{}")
    assert differences(course) == []


def test_a_build_that_fails_leaves_the_release_alone(root: Path) -> None:
    course = Course(root)
    build(course, [NAME])
    before = (root / RELEASED).read_bytes()
    hand_in(root, "ada", {})
    record_unreadable(course, "ada", "to have a submission")
    notebook = solution_notebook()
    by_id(notebook, "demo-double").metadata.nbgrader.grade_id = "demo_other"
    nbformat.write(notebook, root / "solutions" / NAME / f"{NAME}.ipynb")
    with pytest.raises(CourseError, match="nbgrader db assignment remove 01_small --force"):
        build(course, [NAME])
    assert (root / RELEASED).read_bytes() == before


def test_each_course_keeps_its_own_secret(root: Path, tmp_path: Path) -> None:
    Course(root)
    first = os.environ["AUTOGRADER_SECRET"]
    Course(make_course(tmp_path / "other"))
    assert os.environ["AUTOGRADER_SECRET"] != first
    Course(root)
    assert os.environ["AUTOGRADER_SECRET"] == first == (root / ".course-secret").read_text().strip()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda root: (root / "nbgrader_config.py").unlink(), "is not a course directory"),
        (lambda root: (root / "nbgrader_config.py").write_text("c = (\n"), "does not load: SyntaxError"),
        (lambda root: (root / "solutions").rename(root / "source"), "has no folder solutions/"),
    ],
)
def test_a_folder_that_is_no_course_gives_one_line(root: Path, spoil: Callable[[Path], None], message: str) -> None:
    spoil(root)
    with pytest.raises(CourseError, match=message) as error:
        Course(root)
    assert "\n" not in str(error.value)


# ---- the bundle


def test_a_bundle_is_the_same_every_time(root: Path, tmp_path: Path) -> None:
    course = Course(root)
    build(course, [NAME])
    write_bundle(course, tmp_path / "a.zip")
    (root / RELEASED).touch()
    write_bundle(course, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_stale_release_is_not_bundled(root: Path, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="run `autograder build` first"):
        write_bundle(Course(root), tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_students_can_use_the_bundle(root: Path, tmp_path: Path) -> None:
    course = Course(root)
    build(course, [NAME])
    write_bundle(course, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as bundle:
        bundle.extractall(tmp_path)
    home = tmp_path / "cnn-course"
    (home / "small_check.py").write_bytes((root / "small_check.py").read_bytes())
    checked = as_student(home, tmp_path / "tools", "check", RELEASED, "--json")
    assert checked.returncode == 1, checked.stderr
    statuses = [outcome["status"] for outcome in json.loads(checked.stdout)["exercises"]]
    assert statuses == ["not attempted"] * 2 + ["to be marked"]
    examined = as_student(home, tmp_path / "tools", "doctor", "--json")
    findings = {finding["name"]: finding for finding in json.loads(examined.stdout)}
    assert findings["course directory"]["found"] == "students' copy, 1 notebooks"
    assert not any("sandbox" in name for name in findings)
    assert not any(b"BEGIN SOLUTION" in content for content in files_in(home / "notebooks").values())
