"""A CSV file as somebody exported it: its header, its rows, and how it was written, so that it can be written alike."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import CourseError
from autograder.files import decoded

LARGEST = 20_000_000  # bytes
DELIMITERS = (",", ";", "\t")
BOM = codecs.BOM_UTF8


@dataclass(frozen=True)
class Table:
    """A CSV file with a header."""

    name: str  # of the file, for messages
    header: list[str]
    rows: list[list[str]]  # each as long as the header; blank lines are left out
    lines: list[int] = field(default_factory=list)  # the line on which each row ends
    delimiter: str = ","
    bom: bool = False  # whether it starts with a byte order mark
    line_end: str = "\r\n"

    def column(self, *names: str) -> int | None:
        """The index of the first column that has one of these names, in the order of the names."""
        plain = [fold(title) for title in self.header]
        return next((plain.index(fold(name)) for name in names if fold(name) in plain), None)

    def written(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
        """Another header and other rows, as bytes written like this file."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator=self.line_end)
        writer.writerow(header)
        writer.writerows(rows)
        return (BOM if self.bom else b"") + text.getvalue().encode()


def fold(text: str) -> str:
    """What two spellings of a name have in common: its letters, digits and marks, in lower case."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in plain if unicodedata.category(letter)[0] in "LNM")


def read_table(path: Path) -> Table:
    """The table in a CSV file: commas, semicolons or tabs; UTF-8 or UTF-16.

    Raises:
        CourseError: if there is no such file, or it is not a table.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise CourseError(f"{path.name} has {path.stat().st_size / 1e6:,.0f} MB; a roster has at most 20")
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}") from None
    try:
        text = decoded(content)
    except UnicodeError:
        raise CourseError(f"{path.name} is not text in UTF-8: save it again as CSV UTF-8") from None
    first, _, _ = text.partition("\n")
    delimiter = max(DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))
    header, rows, lines = _rows(path.name, text, delimiter)
    return Table(path.name, header, rows, lines, delimiter, content.startswith(BOM), "\r\n" if "\r\n" in text else "\n")


def _rows(name: str, text: str, delimiter: str) -> tuple[list[str], list[list[str]], list[int]]:
    """Header, rows, and the line on which each row ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    rows, lines = [], []
    try:
        for row in reader:
            if not any(value.strip() for value in row):
                continue
            if not header:
                header = row
                continue
            if len(row) > len(header) and any(row[len(header) :]):
                raise CourseError(
                    f"{name}, line {reader.line_num}: it has {len(row)} values, but the header names {len(header)}"
                )
            rows.append((row + [""] * len(header))[: len(header)])
            lines.append(reader.line_num)
    except csv.Error as error:
        raise CourseError(f"{name}, line {reader.line_num}: it is not CSV ({error})") from None
    if not header:
        raise CourseError(f"{name} is empty")
    return header, rows, lines
