"""Each command of docs/term.md works as it is written, in the order of a term, on the small course."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from lms_course import ROSTERS, copy_of, make_zip
from nbgrader_commands import nbgrader
from small_course import NAME, REPOSITORY, RIGHT, SANDBOX, answered
from typer.testing import CliRunner

from autograder import cli

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.skipif(not SANDBOX, reason="this machine has no sandbox"),
]
COMMANDS = [
    line.partition("#")[0].replace("02_convolution", NAME).split()
    for block in re.findall(r"```sh\n(.*?)```", (REPOSITORY / "docs/term.md").read_text(encoding="utf-8"), re.DOTALL)
    for line in block.splitlines()
]
SUBMISSIONS = {"lovelaceada_1001_50001": "ada", "oneilmüllerbob_LATE_1002_50002": "bob", "wangli_1003_50003": "li"}


def run(root: Path, command: list[str]) -> str:
    """Run one command in the course directory; what it printed."""
    program, *arguments = command
    if program == "nbgrader":
        done = nbgrader(root, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr
    result = CliRunner().invoke(cli.app, arguments)
    wrong = 1 if arguments == ["doctor"] else 0  # it says what this machine lacks
    assert result.exit_code <= wrong, result.output
    return result.output


def hand_in_through_the_exchange(root: Path, home: Path) -> None:
    """Fetch, answer and submit, with this account as a student's."""
    home.mkdir()
    (home / "nbgrader_config.py").write_text((root / "nbgrader_config.py").read_text())
    run(home, ["nbgrader", "fetch_assignment", NAME])
    nbformat.write(answered(root, RIGHT), home / NAME / f"{NAME}.ipynb")
    run(home, ["nbgrader", "submit", NAME])


def test_every_command_of_the_term_works(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    root = copy_of(built, tmp_path / "course", f"c.Exchange.root = {str(exchange)!r}\n").root
    monkeypatch.chdir(root)
    (root / "gradebook.csv").write_bytes((ROSTERS / "canvas.csv").read_bytes())
    notebook = nbformat.writes(answered(root, RIGHT, "Because."))
    make_zip(root / "submissions.zip", {f"{name}_{NAME}.ipynb": notebook for name in SUBMISSIONS})
    printed = {}
    for command in COMMANDS:
        if command[:2] == ["nbgrader", "collect"]:
            hand_in_through_the_exchange(root, tmp_path / "student")
        printed[" ".join(command)] = run(root, command)
    assert set(COMMANDS[0]) == {"autograder", "doctor"} and len(printed) >= 12
    assert {path.name for path in (root / "submitted").iterdir()} >= set(SUBMISSIONS.values())
    assert "4 graded, 0 kept" in printed[f"autograder grade {NAME}"]
    assert "answers wait for a mark" in printed["autograder report"]
    assert (root / "report" / "index.html").is_file() and (root / "cnn-course.zip").is_file()
    assert list(exchange.glob("*/feedback/*"))
