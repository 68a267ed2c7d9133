"""Fixtures of a built course, and of a copy of it for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lms_course import built_course, copy_of
from small_course import ASSIGNMENTS

from autograder.course import Course


@pytest.fixture(scope="module", autouse=True)
def exercises_of_the_small_course() -> Iterator[None]:
    """What the commands know while the tests of one file run; those of other folders know the real exercises."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AUTOGRADER_SECRET", raising=False)
        patch.setattr("autograder.exercises.ASSIGNMENTS", ASSIGNMENTS)
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograder.exercises.ASSIGNMENTS", ASSIGNMENTS)
        return built_course(tmp_path_factory.mktemp("lms") / "course")


@pytest.fixture
def course(built: Path, tmp_path: Path) -> Course:
    return copy_of(built, tmp_path / "course")
