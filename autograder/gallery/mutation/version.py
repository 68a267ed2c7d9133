"""The versions of what a result depends on beside the mutant: the check, the other functions, how it is tried."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from autograder.gallery.mutation import compare, inputs, trial
from autograder.gallery.mutation.records import DIGITS
from autograder.gallery.mutation.subject import keys_beside, solution
from autograder.gallery.registry import right_answers


def version_of(key: str, modules: Mapping[str, bytes], root: Path) -> str:
    """The version for an exercise, where its check is made of these modules: name → source. root: of the repository."""
    beside = keys_beside(key)
    parts = [answer.source.encode() for each in beside for answer in (right_answers(each)[0], solution(each, root))]
    parts.append(_source(trial))
    parts += [name.encode() + b"\n" + source for name, source in sorted(modules.items())]
    return _digest(parts)


def version_of_comparison() -> str:
    """The version of how a mutant that passes is compared with the right answer."""
    return _digest([_source(compare), _source(inputs)])


def _source(module: ModuleType) -> bytes:
    return Path(str(module.__file__)).read_bytes()


def _digest(parts: list[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(f"{len(part)}\n".encode() + part)
    return whole.hexdigest()[:DIGITS]
