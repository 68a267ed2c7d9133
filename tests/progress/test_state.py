"""The file that keeps the progress: what a crash, a second notebook, damage and other versions do to it."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.guest.status import Status
from autograder.progress.state import Judged, forget, keep_hints, keep_verdicts, read_state

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PASSED = Judged(Status.PASSED, NOW, {"f": "a" * 64}, 3, 3, 0.5, 7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".cnn-course" / "progress.json"


def test_what_is_kept_is_read_again(path: Path) -> None:
    assert read_state(path).judged == {}
    assert keep_verdicts(path, {"01/f": PASSED}) == keep_hints(path, "01/f", 2) == ""
    state = read_state(path)
    assert (state.judged, state.hints, state.problem) == ({"01/f": PASSED}, {"01/f": 2}, "")
    forget(path, "01/f")
    assert (read_state(path).judged, read_state(path).hints) == ({}, {})


def test_notebooks_that_write_at_once_lose_nothing(path: Path) -> None:
    keys = [f"01/f{k}" for k in range(24)]
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda key: keep_verdicts(path, {key: PASSED}), keys)) == {""}
    assert set(read_state(path).judged) == set(keys)


def test_an_older_verdict_does_not_replace_a_newer_one(path: Path) -> None:
    keep_verdicts(path, {"01/f": PASSED})
    keep_verdicts(path, {"01/f": Judged(Status.FAILED, NOW - timedelta(seconds=1))})
    assert read_state(path).judged["01/f"].status is Status.PASSED
    keep_verdicts(path, {"01/f": Judged(Status.FAILED, NOW + timedelta(seconds=1))})
    assert read_state(path).judged["01/f"].status is Status.FAILED


def test_a_crash_while_writing_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_verdicts(path, {"01/f": PASSED})
    before = path.read_bytes()

    def crash(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", crash)
    assert "cannot be written (No space left on device)" in keep_verdicts(path, {"01/g": PASSED})
    assert path.read_bytes() == before
    assert {file.name for file in path.parent.iterdir()} <= {"progress.json", "lock"}


DAMAGED = [b"", b"{", b"\xff\xfe\x00", b"[1]", b'{"judged": {}}', b'{"version": 1, "judged": []}', b'{"version": "x"}']


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_is_set_aside_and_said(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    for number in (1, 2):
        path.write_bytes(content)
        notice = keep_verdicts(path, {"01/f": PASSED})
        aside = path.with_name(f"progress.damaged-{number}.json")
        assert str(aside) in notice and aside.read_bytes() == content
        assert read_state(path).judged == {"01/f": PASSED}


def test_one_damaged_entry_costs_no_other(path: Path) -> None:
    keep_verdicts(path, {"01/f": PASSED})
    data = json.loads(path.read_text())
    data["judged"] |= {"01/g": {"status": "flying", "time": "?"}, "01/h": 3}
    data |= {"hints": {"01/f": "two", "01/g": 1}, "added by hand": [1]}
    path.write_text(json.dumps(data))
    state = read_state(path)
    assert (set(state.judged), state.hints, state.problem) == ({"01/f"}, {"01/g": 1}, "")
    keep_hints(path, "01/f", 1)
    assert json.loads(path.read_text())["added by hand"] == [1]


def test_a_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(content := json.dumps({"version": 2, "judged": {"01/f": "other"}}))
    assert "newer version" in read_state(path).problem
    assert "newer version" in keep_verdicts(path, {"01/f": PASSED})
    assert path.read_text() == content and not list(path.parent.glob("*damaged*"))


def test_a_folder_that_cannot_be_written_is_said_and_raises_nothing(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    assert "progress is not kept" in keep_verdicts(path, {"01/f": PASSED})
    assert read_state(path).judged == {}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_said(path: Path) -> None:
    path.parent.parent.chmod(0o500)
    assert "cannot be written" in keep_verdicts(path, {"01/f": PASSED})
