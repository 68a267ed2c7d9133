"""A made-up class: right answers in several styles, known mistakes, and hostile or damaged notebooks."""

from __future__ import annotations

from pathlib import Path


def run_demo(source_course: Path, into: Path, everything: bool) -> int:
    """Grade the made-up class in a new course directory and return an exit status; see `autograder.demo.run`.

    everything: the whole class on all ten notebooks; else six students and three hostile ones on three.
    """
    from autograder.demo import run  # nbgrader takes a second to load

    if everything:
        return run.run_demo(source_course, into)
    return run.run_demo(source_course, into, run.QUICK_CLASS, run.QUICK_NOTEBOOKS, run.QUICK_HOSTILE)
