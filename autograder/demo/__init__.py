"""A made-up class: right answers in several styles, known mistakes, and hostile or damaged notebooks."""

from __future__ import annotations

from pathlib import Path


def run_demo(source_course: Path, into: Path) -> int:
    """Grade the made-up class in a new course directory and return an exit status; see `autograder.demo.run`."""
    from autograder.demo.run import run_demo as run  # nbgrader takes a second to load

    return run(source_course, into)
