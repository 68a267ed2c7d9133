"""The file that keeps the progress: exercise → what its check said last, and how many hints were read.

A writer takes a lock, reads the file again, changes its own entries, writes beside and replaces, so that two notebooks
lose nothing of each other and a crash leaves the old file or the new one. A damaged file is set aside under another
name. Nothing here raises: a check works where nothing can be written. What went wrong is returned as a sentence.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.files import replace_file
from autograder.guest.status import Status

VERSION = 1
PATIENCE = 2.0  # seconds that a writer waits for another one
SECTIONS = ("judged", "hints")


@dataclass(frozen=True)
class Judged:
    """What a check said about an exercise, and about which source."""

    status: Status
    time: datetime  # when it was said, with a time zone
    sources: dict[str, str] = field(default_factory=dict)  # function → sha256 of its source
    passed: int = 0  # cases that pass
    cases: int = 0  # cases that were asked
    seconds: float = 0.0  # that the check took
    saved: int = 0  # time of the notebook's file then, in ns since 1970: with another one, it was saved since

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"status": self.status.value, "time": self.time.isoformat()}

    @classmethod
    def from_dict(cls, data: Any) -> Judged | None:
        """None if these are not the fields of one: another version, or an editor, may have written anything."""
        try:
            time = datetime.fromisoformat(data["time"])
            return cls(
                Status(data["status"]),
                time if time.tzinfo else time.replace(tzinfo=UTC),
                {str(name): str(digest) for name, digest in dict(data.get("sources", {})).items()},
                int(data.get("passed", 0)),
                int(data.get("cases", 0)),
                float(data.get("seconds", 0.0)),
                int(data.get("saved", 0)),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return None


def judged_of(data: Any, time: datetime, saved: int = 0) -> Judged | None:
    """What is kept of a verdict as JSON: its visible cases alone count; None if it is not one."""
    if not isinstance(data, dict) or not isinstance(data.get("cases"), list):
        return None
    visible = [case for case in data["cases"] if isinstance(case, dict) and not case.get("hidden")]
    passed = sum(case.get("passed") is True for case in visible)
    status = Status.PASSED.value if passed == len(visible) else data.get("status")
    entry = {"status": status, "time": time.isoformat(), "sources": data.get("sources", {}), "saved": saved}
    return Judged.from_dict({**entry, "passed": passed, "cases": len(visible), "seconds": data.get("seconds", 0.0)})


@dataclass(frozen=True)
class State:
    """All that the file says."""

    judged: dict[str, Judged] = field(default_factory=dict)  # key of the exercise → the last verdict
    hints: dict[str, int] = field(default_factory=dict)  # key of the exercise → hints that were read
    problem: str = ""  # why the file could not be read, in a sentence


class _Unusable(Exception):
    """The file cannot be read, and must not be replaced."""


def read_state(path: Path) -> State:
    """What the file at `path` says; empty if there is none."""
    try:
        data, problem = _load(path)
    except _Unusable as error:
        return State(problem=str(error))
    judged = {key: one for key, entry in data["judged"].items() if (one := Judged.from_dict(entry)) is not None}
    hints = {key: number for key, number in data["hints"].items() if isinstance(number, int) and number > 0}
    return State(judged, hints, problem)


def keep_verdicts(path: Path, verdicts: dict[str, Judged]) -> str:
    """Keep these verdicts unless newer ones are there; returns what the student should know, empty if nothing."""

    def change(data: dict[str, Any]) -> None:
        for key, new in verdicts.items():
            old = Judged.from_dict(data["judged"].get(key))
            if old is None or old.time <= new.time:
                data["judged"][key] = new.to_dict()

    return _change(path, change)


def keep_hints(path: Path, key: str, number: int) -> str:
    """Keep how many hints on an exercise were read; returns as `keep_verdicts`."""
    return _change(path, lambda data: data["hints"].__setitem__(key, number))


def forget(path: Path, key: str) -> str:
    """Forget the verdict and the hints of an exercise, for a fresh start; returns as `keep_verdicts`."""

    def change(data: dict[str, Any]) -> None:
        for section in SECTIONS:
            data[section].pop(key, None)

    return _change(path, change)


def _change(path: Path, change: Callable[[dict[str, Any]], None]) -> str:
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_name("lock"), timeout=PATIENCE)
    try:
        path.parent.mkdir(exist_ok=True)
        with lock:
            data, problem = _load(path)
            change(data)
            replace_file(path, json.dumps(data, indent=1, sort_keys=True).encode(), lasting=True)
            return problem
    except Timeout:
        return f"progress was not kept: another notebook holds {lock.lock_file}"
    except _Unusable as error:
        return f"progress was not kept: {error}"
    except (OSError, NotImplementedError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return f"progress is not kept: {path.parent} cannot be written ({reason})"


def _load(path: Path) -> tuple[dict[str, Any], str]:
    """The content of the file, and a sentence if a damaged one was set aside.

    Raises:
        _Unusable: if it cannot be read, is of a newer version, or is damaged and cannot be set aside.
    """
    fresh: dict[str, Any] = {"version": VERSION, **{section: {} for section in SECTIONS}}
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return fresh, ""
    except OSError as error:
        raise _Unusable(f"{path} cannot be read ({error.strerror})") from None
    try:
        data = json.loads(content)
        version = data["version"]
        if not isinstance(version, int) or version < 1:
            raise ValueError
        if version > VERSION:
            raise _Unusable(f"{path} was written by a newer version of the course, and is left as it is")
        sound = all(isinstance(data.setdefault(section, {}), dict) for section in SECTIONS)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if sound:
        return data, ""
    return fresh, _set_aside(path)


def _set_aside(path: Path) -> str:
    """Rename a damaged file so that nothing is lost; says so."""
    number = 1
    while (aside := path.with_name(f"progress.damaged-{number}.json")).exists():
        number += 1
    try:
        os.replace(path, aside)
    except FileNotFoundError:  # another process was faster
        return ""
    except OSError as error:
        raise _Unusable(f"{path} is damaged and cannot be renamed ({error.strerror})") from None
    return f"{path.name} was damaged: it is kept as {aside}, and a new one was begun"
