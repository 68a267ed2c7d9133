"""The file of results: a JSON line for each mutant, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.files import replace_file
from autograder.gallery.mutation.mutants import Mutant
from autograder.gallery.mutation.subject import SOLUTION
from autograder.gallery.mutation.trial import Outcome, Result

DIGITS = 16  # of a digest


def digest(text: str) -> str:
    """A short digest of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


@dataclass(frozen=True)
class Record:
    """What became of one mutant, or of one answer of the gallery."""

    exercise: str  # its key in EXERCISES
    style: str  # of the right answer that was changed, or the label of the gallery's answer
    mutant: str  # digest of its source
    operator: str  # what kind of change
    line: int  # in which
    change: str  # in code
    result: Result

    @property
    def in_words(self) -> str:
        """`loops only, line 3: 2 * pad -> 2 + pad (arithmetic)`."""
        return f"{self.style}, line {self.line}: {self.change} ({self.operator})"

    @property
    def passed(self) -> bool:
        """Whether it is as right as the answer that it was compared with."""
        return self.result.outcome in (Outcome.EQUIVALENT, Outcome.ALLOWED)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return vars(self) | {"result": self.result.to_dict()}

    @classmethod
    def of(cls, exercise: str, style: str, mutant: Mutant, result: Result) -> Record:
        """The record of a trial."""
        return cls(exercise, style, digest(mutant.source), mutant.operator, mutant.line, mutant.change, result)


@dataclass(frozen=True)
class Made:
    """How many mutants there are of an exercise, tried or not."""

    exercise: str  # its key in EXERCISES
    styles: int  # right answers that were changed
    mutants: int


class Results:
    """The results in a file, without those that were found by another version of what they depend on."""

    def __init__(self, path: Path, versions: Mapping[str, str], comparison: str = "") -> None:
        """Read the file, if there is one.

        Args:
            versions: exercise → digest of what its results depend on.
            comparison: digest of what the results of mutants that pass depend on besides.

        Raises:
            CourseError: if it is no file of results.
        """
        self.path = path
        self.versions = versions
        self.comparison = comparison
        self.records: dict[tuple[str, str, str], Record] = {}  # (exercise, style, mutant) → record
        self.made: dict[str, Made] = {}  # exercise → its mutants
        lines = path.read_text(encoding="utf-8").splitlines(True) if path.is_file() else []
        valid = [line for line in lines if line.endswith("\n") and self._read(line)]
        if len(valid) < len(lines):  # so that it does not grow with each version
            replace_file(path, "".join(valid).encode())

    def add(self, record: Record) -> Record:
        """Keep a record, and return it."""
        self._keep(record)
        self._append({"version": self._version(record), **record.to_dict()})
        return record

    def add_made(self, made: Made) -> None:
        """Keep how many mutants there are."""
        if self.made.get(made.exercise) != made:
            self.made[made.exercise] = made
            self._append({"version": self.versions[made.exercise], "made": vars(made)})

    def has(self, exercise: str, style: str, source: str) -> bool:
        """Whether a mutant was tried."""
        return (exercise, style, digest(source)) in self.records

    def of(self, exercise: str) -> list[Record]:
        """The records of an exercise, in the order of their styles and lines."""
        records = [record for record in self.records.values() if record.exercise == exercise]
        return sorted(records, key=lambda record: (record.style != SOLUTION, record.style, record.line, record.change))

    def _keep(self, record: Record) -> None:
        self.records[record.exercise, record.style, record.mutant] = record

    def _read(self, line: str) -> bool:
        """Take in one line; whether it is still valid."""
        try:
            data = json.loads(line)
            version = data.pop("version")
            if "made" in data:
                made = Made(**data["made"])
                if self.versions.get(made.exercise) == version:
                    self.made[made.exercise] = made
                    return True
                return False
            record = Record(**data | {"result": Result.from_dict(data["result"])})
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CourseError(
                f"{self.path} holds no results of this command: remove it, or name another file"
            ) from None
        if self._version(record) != version:
            return False
        self._keep(record)
        return True

    def _version(self, record: Record) -> str:
        """The version of what a record depends on."""
        check = self.versions.get(record.exercise, "none")
        return check if record.result.outcome is Outcome.KILLED else f"{check} {self.comparison}"

    def _append(self, data: dict[str, Any]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(data, ensure_ascii=False) + "\n")
