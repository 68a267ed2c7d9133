"""A made-up class: right answers in several styles, known mistakes, and notebooks that went wrong in other ways."""

from __future__ import annotations

from pathlib import Path


def run_demo(source_course: Path, into: Path) -> int:
    """Grade the made-up class in a new course directory; see `autograder.demo.run`. Returns an exit status."""
    from autograder.demo.run import run_demo as run  # nbgrader takes a second to load

    return run(source_course, into)
