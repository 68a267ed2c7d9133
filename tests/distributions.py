"""Which installed distributions the course needs, by their metadata."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder.installed import PROJECT


def all_needed(extra: str = "", leave_out: str = "") -> Iterator[tuple[str, Requirement]]:
    """What the course with this extra needs, and what that needs in turn: who needs it, and what, for this Python.

    leave_out: a package that the course is taken not to need.
    """
    waiting, done = [(PROJECT, extra)], set()
    while waiting:
        name, extra = waiting.pop()
        done.add((name, extra))
        for line in metadata.requires(name) or []:
            wanted = Requirement(line)
            if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
                continue
            needed = canonicalize_name(wanted.name)
            if name == PROJECT and needed == leave_out:
                continue
            yield name, wanted
            waiting += [one for one in [(needed, other) for other in ("", *wanted.extras)] if one not in done]


def distributions_needed(leave_out: str = "") -> set[str]:
    """The names of what the course needs without its extras; see `all_needed`."""
    return {canonicalize_name(wanted.name) for _, wanted in all_needed(leave_out=leave_out)}
