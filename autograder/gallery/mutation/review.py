"""Killed mutants drawn at random, with what their cards say, for a person to read: whether the names are true."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

from autograder.files import replace_file
from autograder.gallery.mutation.records import Record
from autograder.gallery.mutation.trial import Outcome

SEED = 7


def drawn(records: Iterable[Record], number: int) -> list[Record]:
    """So many killed mutants whose card names a mistake, drawn at random, always the same of the same records."""
    killed = (record for record in records if record.result.outcome is Outcome.KILLED)
    named = [record for record in killed if record.result.named is not None and record.result.named.mistake]
    named.sort(key=lambda record: (record.exercise, record.mutant))
    return random.Random(SEED).sample(named, min(number, len(named)))


def text(records: Iterable[Record]) -> str:
    """A paragraph for each record."""
    paragraphs = []
    for number, record in enumerate(records, 1):
        named = record.result.named
        assert named is not None
        lines = [
            f"{number}. {record.exercise}, {record.in_words}",
            f"   {'sure' if named.sure else 'guess'}: {named.mistake}: {named.sentence}",
            f"   failed first: {record.result.case}; the card: {named.happened}",
        ]
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs) + "\n"


def write(records: Iterable[Record], number: int, path: Path) -> int:
    """Write the file; returns how many mutants are in it."""
    chosen = drawn(records, number)
    replace_file(path, text(chosen).encode())
    return len(chosen)
