"""`pytest --quick` runs the core and the tests that a change reaches, and says what it leaves out."""

from __future__ import annotations

import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import quick
from imports import GitError, Uses, changed_files

from autograder.exercises import assignment_of
from autograder.gallery.registry import find

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "autograder/judge.py": "from utils.lib import tools\n",
    "autograder/cli.py": "from autograder import judge\nLATER = 'autograder.page.write'\n",
    "autograder/page.py": "TEMPLATE = 'page.html'\n",
    "autograder/page.html": "",
    "autograder/alone.py": "",
    "autograder/exercises/__init__.py": "from autograder.exercises import pooling\n",
    "autograder/exercises/pooling.py": "import autograder.judge\n",
    "utils/lib/__init__.py": "def tools(): ...\n",
    "notebooks/01_a/01_a.ipynb": '{"cells": [{"cell_type": "code", "source": ["%run\\n"]},'
    ' {"cell_type": "code", "source": ["import utils.lib\\n"]}]}',
    "tests/helper.py": "from autograder.cli import app\n",
    "tests/test_cli.py": "import helper\n",
    "tests/test_exercises.py": "from autograder.exercises import EXERCISES\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    commit(tmp_path)
    return tmp_path


def git(root: Path, *arguments: str) -> None:
    author = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *author, *arguments], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=A commit")


# ---- which files have changed


def test_uncommitted_files_are_the_change(repository: Path) -> None:
    (repository / "utils/lib/__init__.py").write_text("")
    (repository / "autograder/naïve.py").write_text("")
    assert changed_files(repository) == ({"utils/lib/__init__.py", "autograder/naïve.py"}, "the last commit")


def test_in_a_clean_tree_the_commits_of_the_branch_are_the_change(repository: Path) -> None:
    assert changed_files(repository) == (set(), "the branch left main")
    git(repository, "switch", "--quiet", "--create", "branch")
    (repository / "autograder/alone.py").write_text("x = 1\n")
    commit(repository)
    assert changed_files(repository) == ({"autograder/alone.py"}, "the branch left main")


def test_a_folder_that_is_no_repository_is_reported(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not a git repository"):
        changed_files(tmp_path)


# ---- which files a change reaches


@pytest.mark.parametrize(
    ("changed", "reached"),
    [
        ("autograder/alone.py", {}),
        ("autograder/cli.py", {"tests/helper.py": 1, "tests/test_cli.py": 2}),
        (
            "autograder/page.html",
            {"autograder/page.py": 1, "autograder/cli.py": 2, "tests/helper.py": 3, "tests/test_cli.py": 4},
        ),
        ("autograder/exercises/pooling.py", {}),
        (
            "utils/lib/__init__.py",
            {"autograder/judge.py": 1, "notebooks/01_a/01_a.ipynb": 1, "autograder/cli.py": 2}
            | {"autograder/exercises/pooling.py": 2, "tests/helper.py": 3, "tests/test_cli.py": 4},
        ),
    ],
)
def test_a_change_reaches_what_imports_it(repository: Path, changed: str, reached: dict[str, int]) -> None:
    distances = Uses(repository).distances([changed], through_registries=False)
    assert distances == {changed: 0} | reached


def test_a_registry_passes_on_a_change_to_its_members_on_request_only(repository: Path) -> None:
    distances = Uses(repository).distances(["autograder/exercises/pooling.py"], through_registries=True)
    assert distances["tests/test_exercises.py"] == 2


# ---- which tests are selected in this repository


@pytest.fixture(scope="module")
def uses() -> Uses:
    return Uses(ROOT)


def reached(uses: Uses, *changed: str) -> set[str]:
    return {key for key, steps in quick.Reach(uses, changed).exercises.items() if steps is not None}


def test_a_change_to_one_exercise_reaches_its_tests_alone(uses: Uses) -> None:
    pooling = {"avg_pool_forward", "avg_pool_backward"}
    assert reached(uses, "autograder/exercises/pooling/average.py") == pooling
    assert reached(uses, "autograder/guest/responders/weights.py") == {"load_numpy_weights"}
    # rare_pooling.py alters answers of both kinds
    both = pooling | {"max_pool_forward", "max_pool_backward"}
    assert reached(uses, "autograder/gallery/answers/pool_average_right.py") == both
    reach = quick.Reach(uses, ["autograder/exercises/pooling/average.py"])
    gallery = "tests/gallery/test_answers.py"
    assert reach.steps(gallery, ["avg_pool_forward"]) == 0
    assert reach.steps(gallery, ["conv_forward"]) is None
    assert reach.steps(gallery, ["05_pooling"]) == 0
    assert reach.steps(gallery, ["02_convolution"]) is None
    whole = reach.steps(gallery)
    assert whole is not None and whole > quick.FARTHER


def test_a_change_to_the_engine_reaches_every_exercise(uses: Uses) -> None:
    assert reached(uses, "autograder/judging/compare.py") == quick.EXERCISES.keys()


def test_a_change_to_a_notebook_reaches_the_tests_of_that_notebook(uses: Uses) -> None:
    reach = quick.Reach(uses, ["solutions/05_pooling/05_pooling.ipynb"])
    assert reach.steps("tests/authoring/test_notebooks.py", ["05_pooling"]) == 0
    assert reach.steps("tests/authoring/test_notebooks.py", ["06_batchnorm"]) is None
    assert reach.steps("tests/authoring/test_build.py") == 1
    assert reach.steps("tests/gallery/test_answers.py", ["max_pool_forward"]) is None


def test_a_notebook_uses_what_its_cells_import(uses: Uses) -> None:
    reach = quick.Reach(uses, ["utils/figures/pooling.py"])
    assert reach.steps("tests/authoring/test_notebooks.py", ["05_pooling"]) == 1
    assert reach.steps("tests/authoring/test_notebooks.py", ["06_batchnorm"]) is None


def item(name: str, *parameters: Any) -> Any:
    parts = {"nodeid": name}
    if parameters:
        parts["callspec"] = SimpleNamespace(params=dict(enumerate(parameters)))
    return SimpleNamespace(**parts)


def test_the_core_comes_first_then_the_nearest_one_for_each_exercise(uses: Uses) -> None:
    core, gallery = "tests/guest/test_wire.py::test_a", "tests/gallery/test_answers.py::test_a"
    changed = ["autograder/exercises/pooling/average.py", "tests/judging/test_compare.py"]
    items = [
        item("tests/utils/test_data.py::test_a"),
        item("tests/sandbox/test_attacks.py::test_a"),
        item("tests/authoring/test_build.py::test_whole"),
        *(item(f"{gallery}[{name}]", find("avg_pool_forward", name)) for name in ("floor-division", "not-divided")),
        item(f"{gallery}[back]", "avg_pool_backward"),
        item(f"{gallery}[other]", "conv_cost"),
        item("tests/judging/test_compare.py::test_a"),
        item(core),
    ]
    selection = quick.select(items, quick.Reach(uses, changed))
    assert [each.nodeid for each in selection.run] == [
        core,
        f"{gallery}[floor-division]",
        f"{gallery}[back]",
        "tests/judging/test_compare.py::test_a",
        f"{gallery}[not-divided]",
        "tests/authoring/test_build.py::test_whole",
    ]
    assert (selection.core, selection.unreached) == (1, 2)
    assert selection.slow == {"tests/sandbox/test_attacks.py": 1}


def test_exercises_and_assignments_are_subjects() -> None:
    answer = find("conv_forward", "kernel-flipped")
    assert quick.subjects_of([answer, "05_pooling", "relu_forward", "float32", 3]) == [
        "conv_forward",
        "05_pooling",
        "relu_forward",
    ]
    assert assignment_of("conv_forward") == "02_convolution"


@pytest.mark.parametrize("pattern", [*quick.CORE, *quick.SLOW, *quick.COSTLY])
def test_a_pattern_matches_a_test(pattern: str) -> None:
    file, _, name = pattern.partition("::")
    tests = re.findall(r"^def (test_\w+)", (ROOT / file).read_text(), re.MULTILINE)
    assert any(fnmatchcase(test, name.partition("[")[0]) for test in tests)


def test_the_summary_says_what_was_left_out() -> None:
    selection = quick.Selection(run=[item("a"), item("b"), item("c")], core=1, unreached=1900)
    assert quick.summary(selection) == [
        "Tests selected: 1 of the core, 2 that the change reaches.",
        "Tests left out because the change does not reach them: 1900.",
    ]
    selection.slow["tests/a.py"] = 3
    assert quick.summary(selection)[-1] == "Tests left out because they are slow: 3 of tests/a.py."


@pytest.mark.parametrize("workers", ["0", "1"])
def test_no_test_starts_after_the_end(workers: str) -> None:
    command = [sys.executable, "-m", "pytest", "--quick", "--quick-end=1", "-n", workers, "tests/guest/test_wire.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    skipped = re.search(r"(\d+) skipped in", done.stdout)
    assert done.returncode == 0 and skipped, done.stdout
    assert f"Tests left out for lack of time: {skipped[1]} of tests/guest/test_wire.py." in done.stdout
    assert "Files changed since" in done.stdout
