"""What is checked again after a save, and what is shown of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from small_course import NAME, SMALL_CHECK

from autograder import watch
from autograder.notebook_check import restored
from autograder.progress.place import Workplace
from autograder.progress.state import read_state

Write = Callable[..., None]


@pytest.fixture
def watched(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> Iterator[watch._Watch]:
    """The student's notebook, whose kernels find the small check."""
    (place.root / "small_check.py").write_text(SMALL_CHECK)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(place.root), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setattr(watch, "EVERY", 0.05)
    yield watch._Watch(place.notebook(NAME), 60, print)


def ran(watched: watch._Watch, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[str]]:
    """What one check shows, and the cells that it ran."""
    cells: list[str] = []
    whole = watch._Watch._run

    async def noted(self: watch._Watch, notebook: nbformat.NotebookNode) -> bool:
        cells.extend(cell.id for cell in notebook.cells)
        return await whole(self, notebook)

    with monkeypatch.context() as patch:
        patch.setattr(watch._Watch, "_run", noted)
        return asyncio.run(watched._check()), cells


def test_the_first_failing_card_is_shown_and_only_what_changed_runs_again(
    watched: watch._Watch, place: Workplace, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(double="return 2 * x", half="return x")
    text, cells = ran(watched, monkeypatch)
    assert text.startswith("1 of 2 checks pass, 1 failing.\n\nhalf")
    assert cells == ["setup", "double", "check-double", "half", "check-half"]  # no demonstration
    write(half="return x / 2")
    text, cells = ran(watched, monkeypatch)
    assert text.startswith("2 of 2 checks pass. All done here.")
    assert cells == ["setup", "double", "half", "check-half"]
    assert ran(watched, monkeypatch)[1] == []
    judged = read_state(place.state).judged
    assert {key: str(one.status) for key, one in judged.items()} == {
        f"{NAME}/{name}": "passed" for name in ("double", "half")
    }


def test_a_change_before_a_check_runs_it_again(watched: watch._Watch, write: Write) -> None:
    write(double="return 2 * x", half="return x / 2")
    first = watched._digests(restored(watched.path)[0])
    write(half="return x")
    second = watched._digests(restored(watched.path)[0])
    assert first["check_double"] == second["check_double"] and first["check_half"] != second["check_half"]
    (watched.path.parent / "my_module.py").write_text("x = 1\n")
    assert watched._digests(restored(watched.path)[0])["check_double"] != second["check_double"]


def test_a_save_that_changes_no_code_is_no_change(watched: watch._Watch, write: Write) -> None:
    async def saves() -> bool:
        await watched._changed()
        waiting = asyncio.create_task(watched._changed())
        os.utime(watched.path, ns=(1, 1))
        await asyncio.sleep(0.3)
        still = not waiting.done()
        half_written(watched.path)
        await asyncio.sleep(0.3)
        write_again()
        await asyncio.wait_for(waiting, 5)
        return still

    content = watched.path.read_text()

    def half_written(path: Path) -> None:
        path.write_text(content[:100])

    def write_again() -> None:
        watched.path.write_text(content)
        write(double="return 3")

    assert asyncio.run(saves())


def test_a_save_while_a_check_runs_ends_that_run(
    watched: watch._Watch, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []
    watched.say = texts.append
    monkeypatch.setattr(watch, "QUIET", 2.9)
    write(double="while True: pass", half="return x / 2")

    async def session() -> None:
        forever = asyncio.create_task(watched.forever())
        while not any("still at" in text for text in texts):  # by now the kernel is in the loop, or about to be
            await asyncio.sleep(0.1)
        write(double="return 2 * x")
        while not any("All done here" in text for text in texts):
            await asyncio.sleep(0.1)
        forever.cancel()

    asyncio.run(asyncio.wait_for(session(), 60))
    assert sum("checking" in text for text in texts) == 2
    assert not any("timed out" in text or "crashed" in text for text in texts)
