"""`pytest --quick`: a core that always runs, then the tests that a change reaches, nearest first, until time is up.

Which tests a change reaches is read from import statements (imports.py). A tool that records what each test executes,
such as pytest-testmon, needs a whole run first, and sees neither the kernels that run students' code nor the notebooks.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from imports import FARTHER, GitError, Reach, Uses, changed_files

from autograder.exercises import ASSIGNMENTS, EXERCISES
from autograder.gallery.registry import Answer

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 80.0  # no test starts later
# What happens to an answer: checked at home, its mistake named, restored, sent, graded; and the rules of the build.
CORE = (
    "tests/judging/test_check.py::*",
    "tests/gallery/test_answers.py::*[conv_forward: *",
    "tests/restoring/test_restore.py::*",
    "tests/guest/test_wire.py::*",
    "tests/sandbox/test_solved_notebooks.py::*[01_backprop]",
    "tests/authoring/test_build.py::*_rule*[*",
)
# About half a minute or more each: never run here.
SLOW = (
    "tests/authoring/test_build.py::test_students_can_use_the_bundle",
    "tests/authoring/test_notebooks.py::*[07_lenet_numpy]",
    "tests/authoring/test_notebooks.py::*[10_design_your_own]",
    "tests/grading/test_design_graded.py::*",
    "tests/grading/test_nbgrader.py::*",
    "tests/installs/test_fresh_environment.py::*",
    "tests/sandbox/test_attacks.py::*",
    "tests/website/test_site.py::*",
)
# Several seconds each: after quicker tests, unless what they test has changed or imports what has.
COSTLY = (
    "tests/authoring/test_build.py::*",
    "tests/authoring/test_notebooks.py::*",
    "tests/demo/test_demo.py::*",
    "tests/doors/test_cli.py::*",
    "tests/exercises/test_lenet_numpy.py::*",
    "tests/gpu/test_bare_machine.py::*",
    "tests/grading/test_faults.py::*",
    "tests/sandbox/test_solved_notebooks.py::*",
)
TIME_IS_UP = "time is up"


def matches(test: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns matches a test's id; brackets in a pattern stand for themselves."""
    return any(fnmatchcase(test, pattern.replace("[", "[[]")) for pattern in patterns)


def subjects_of(parameters: Iterable[Any]) -> list[str]:
    """The exercises and assignments among the parameters of a test."""
    names = [value.exercise if isinstance(value, Answer) else value for value in parameters]
    return [name for name in names if isinstance(name, str) and (name in EXERCISES or name in ASSIGNMENTS)]


@dataclass
class Selection:
    """The tests to run, in order, and how many are left out."""

    run: list[pytest.Item] = field(default_factory=list)
    core: int = 0  # how many of `run` belong to the core
    unreached: int = 0  # tests that no change reaches
    slow: Counter[str] = field(default_factory=Counter)  # file → tests that a change reaches, but too slow


def select(items: Iterable[pytest.Item], reach: Reach) -> Selection:
    """The core, then what a change reaches: nearest first, and of equally near ones first a test for each exercise."""
    selection = Selection()
    ranked: list[tuple[tuple[int, int], pytest.Item]] = []
    rounds: dict[tuple[str, ...], int] = defaultdict(int)
    for item in items:
        file, _, name = item.nodeid.partition("::")
        subjects = subjects_of(item.callspec.params.values() if hasattr(item, "callspec") else ())
        steps = reach.steps(file, subjects)
        if matches(item.nodeid, CORE):
            selection.core += 1
            ranked.append(((-1, 0), item))
        elif steps is None:
            selection.unreached += 1
        elif matches(item.nodeid, SLOW):
            selection.slow[file] += 1
        else:
            group = (file, name.partition("[")[0], *subjects)
            rounds[group] += 1
            late = FARTHER if steps > 1 and matches(item.nodeid, COSTLY) else 0
            ranked.append(((steps + late, rounds[group]), item))
    selection.run = [item for _, item in sorted(ranked, key=lambda pair: pair[0])]
    return selection


class Quick:
    """The plugin: it selects before the run, starts no test after the end, and says what was left out."""

    def __init__(self, config: pytest.Config) -> None:
        worker = getattr(config, "workerinput", None)  # set in a process of pytest-xdist, which starts later
        end = worker["quick_end"] if worker else config.getoption("quick_end")
        self.end: float = end or time.time() + SECONDS
        self.lines: list[str] = []  # what was selected and what was left out
        self.late: Counter[str] = Counter()
        if getattr(config.option, "dist", "no") != "no":
            config.option.dist, config.option.maxschedchunk = "load", 2  # keeps the order

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["quick_end"] = self.end

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        try:
            changed, since = changed_files(ROOT)
        except GitError as error:
            changed, since = set(), f"the last commit, as far as is known: {error}"
        selection = select(items, Reach(Uses(ROOT), changed))
        items[:] = selection.run
        self.lines = [f"Files changed since {since}: {len(changed)}.", *summary(selection)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        if time.time() > self.end:
            pytest.skip(TIME_IS_UP)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple) and report.longrepr[2].endswith(TIME_IS_UP):
            self.late[report.nodeid.partition("::")[0]] += 1

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["quick"] = self.lines

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.lines = getattr(node, "workeroutput", {}).get("quick", self.lines)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.lines:
            late = [f"Tests left out for lack of time: {_counts(self.late)}."] if self.late else []
            terminalreporter.section("selected and left out")
            terminalreporter.write("\n".join([*self.lines, *late, "`make test` runs everything."]) + "\n")


def summary(selection: Selection) -> list[str]:
    """What was selected and what was left out, in lines."""
    lines = [
        f"Tests selected: {selection.core} of the core, {len(selection.run) - selection.core} that the change reaches.",
        f"Tests left out because the change does not reach them: {selection.unreached}.",
    ]
    return lines + ([f"Tests left out because they are slow: {_counts(selection.slow)}."] if selection.slow else [])


def _counts(files: Counter[str]) -> str:
    return ", ".join(f"{count} of {file}" for file, count in sorted(files.items()))
