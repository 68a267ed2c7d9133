"""Two ready policies for late hand-ins, as plug-ins of nbgrader; nbgrader_config.py chooses one and sets its numbers.

Both count the days that have started since the student's own due date. A grace period that is kept costs nothing; one
that is exceeded does not count: the days then start at the due date. No penalty is more than the score.
"""

from __future__ import annotations

import math
from typing import Any

from nbgrader.plugins import BasePlugin
from traitlets import Dict, Float

from autograder.errors import CourseError

DAY, MINUTE = 86_400, 60  # seconds


class _PerDay(BasePlugin):
    """What both policies have: numbers, which may differ from one assignment to another."""

    SETTINGS: tuple[str, ...] = ("grace", "cap")

    grace = Float(0.0, help="Minutes after the due date that cost nothing.").tag(config=True)
    cap = Float(None, allow_none=True, help="The most that is taken off; None for no limit.").tag(config=True)
    per_assignment = Dict(
        help="Other numbers for some assignments: {assignment: {setting: number}}, such as {'01_backprop': {'cap': 5}}."
    ).tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Points to take off a score; None if there are none. nbgrader calls this for each late submission."""
        numbers = self._numbers()
        if total_seconds_late <= numbers["grace"] * MINUTE:
            return None
        off = self._off(numbers, score, math.ceil(total_seconds_late / DAY))
        return min(max(off, 0.0), score) or None

    def _off(self, numbers: dict[str, Any], score: float, days: int) -> float:
        raise NotImplementedError

    def _numbers(self) -> dict[str, Any]:
        """The settings, for the assignment that nbgrader is at."""
        numbers = {name: getattr(self, name) for name in self.SETTINGS}
        own = self.per_assignment.get(getattr(self.parent, "assignment_id", None), {})
        setting = f"c.{type(self).__name__}.per_assignment"
        if not isinstance(own, dict):
            raise CourseError(f"{setting}: write {{assignment: {{setting: number}}}}, not {own!r}")
        for name, value in own.items():
            if name not in numbers or not isinstance(value, (int, float, type(None))):
                raise CourseError(f"{setting}: {name!r} = {value!r} is none of {', '.join(numbers)} with a number")
        return numbers | own


class PointsPerDay(_PerDay):
    """Takes the same number of points for each day that has started; `cap` is in points."""

    SETTINGS = ("points", "grace", "cap")

    points = Float(0.0, help="Points for each started day.").tag(config=True)

    def _off(self, numbers: dict[str, Any], score: float, days: int) -> float:
        off = float(numbers["points"]) * days
        return off if numbers["cap"] is None else min(off, float(numbers["cap"]))


class PercentPerDay(_PerDay):
    """Takes a share of what the student earned for each day that has started; `cap` is in per cent of it."""

    SETTINGS = ("percent", "grace", "cap")

    percent = Float(0.0, help="Per cent of the earned points for each started day.").tag(config=True)

    def _off(self, numbers: dict[str, Any], score: float, days: int) -> float:
        percent = min(float(numbers["percent"]) * days, 100.0 if numbers["cap"] is None else float(numbers["cap"]))
        return round(score * percent / 100, 2)
