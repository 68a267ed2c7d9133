"""The mistakes that the checks recognised in a class, the most frequent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autograder.report.sections import Section


@dataclass
class CommonMistake:
    """A mistake that a check recognised, and who made it."""

    assignment: str
    exercise: str
    name: str  # the mistake's id
    says: str  # its sentence for students
    students: list[str] = field(default_factory=list)  # ids
    guesses: int = 0  # of these students, for how many it is a guess


def common_mistakes(sections: Sequence[Section]) -> list[CommonMistake]:
    """Every mistake that a check recognised, the most frequent first."""
    mistakes: dict[tuple[str, str, str], CommonMistake] = {}
    for section in sections:
        for result in section.results:
            for outcome in result.exercises:
                for mistake in outcome.mistakes:
                    key = (section.assignment, outcome.exercise, mistake.name)
                    common = mistakes.setdefault(key, CommonMistake(*key, mistake.says))
                    common.students.append(result.student)
                    common.guesses += not mistake.sure
    return sorted(mistakes.values(), key=lambda mistake: (-len(mistake.students), mistake.exercise, mistake.name))
