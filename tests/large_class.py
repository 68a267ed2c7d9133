"""Results of a class of 300 in ten notebooks, made up from random numbers: for the report's page at its full size."""

from __future__ import annotations

import random
from collections.abc import Sequence

from autograder.exercises import ASSIGNMENTS
from autograder.grading.results import SubmissionResult
from autograder.guest.status import Status
from autograder.judging.behaviour import Behaviour
from autograder.judging.verdict import NamedMistake
from autograder.outcome import Outcome
from autograder.report.groups import Group, gallery_entry
from autograder.report.sections import Section

FIRST = ("Ada", "Bao", "Chiara", "Dmitri", "Élif", "Fẹmi", "Greta", "Hugo", "Inès", "Jonas", "Kenji", "Lucía", "Noor")
LAST = (
    "Lovelace",
    "Nguyễn",
    "Rossi",
    "Ivanov",
    "Yılmaz",
    "Adébáyọ̀",
    "Lindström",
    "van den Heuvel-Oosterhuis",
    "李",
    "Okonkwo",
)
LONGEST = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh the Third of Somewhere"
HOSTILE = "<img src=x onerror=alert(1)></script><script>document.title='hacked'</script>"
WORDS = {"raised": "Your code raised TypeError (unsupported operand) in line 4: `out[n] = x @ w`.", "failed": ""}


def students(count: int) -> list[tuple[str, str]]:
    """(id, name) of each; among them one whose name is long, one whose name is an attack, and one without a name."""
    rng = random.Random(1)
    made = [(f"s{k:04}", f"{rng.choice(FIRST)} {rng.choice(LAST)}") for k in range(count)]
    special = [("s-long", LONGEST), ("s-hostile", HOSTILE), ("nameless", "")]
    return [*special, *made][:count]


def outcome(rng: random.Random, skill: float, name: str, points: float, mistakes: Sequence[NamedMistake]) -> Outcome:
    """An exercise's outcome, right with the probability `skill`."""
    if rng.random() < skill:
        return Outcome(name, Status.PASSED, points, points)
    status = rng.choice((Status.FAILED,) * 6 + (Status.RAISED, Status.NOT_ATTEMPTED, Status.TIMED_OUT))
    if status == Status.NOT_ATTEMPTED:
        return Outcome(name, status, 0.0, points, f"{name} is not written yet")
    score = round(points * rng.choice((0, 0, 0.25, 0.5, 0.9)), 2)
    index = f"{name}[{rng.randrange(3)}, {rng.randrange(4)}]"
    why = (
        WORDS.get(status)
        or f"{rng.randrange(2, 40)} of 40 numbers are wrong; the first is {index}: expected 0.5, got 1."
    )
    known = (rng.choice(mistakes),) if mistakes and rng.random() < 0.7 else ()
    return Outcome(name, status, score, points, why, known)


def section(assignment: str, everyone: Sequence[tuple[str, str]], share: float) -> Section:
    """One assignment, handed in by a share of the class."""
    rng = random.Random(assignment)
    results = []
    names = [exercise.name for exercise in ASSIGNMENTS[assignment]]
    for student, name in everyone:
        skill = random.Random(student).uniform(0.3, 1.0)
        if rng.random() > share:
            continue
        outcomes = []
        for exercise in ASSIGNMENTS[assignment]:
            mistakes = [NamedMistake(mistake.name, mistake.says) for mistake in exercise.mistakes]
            outcomes.append(outcome(rng, skill, exercise.name, exercise.points, mistakes))
        marked = rng.random() < (0.97 if assignment < "03" else 0.4)
        words = Outcome("answer_why", Status.MARKED, 7.0, 10.0, "marked by a person")
        outcomes.append(
            words if marked else Outcome("answer_why", Status.TO_BE_MARKED, 0.0, 10.0, "a person has to mark")
        )
        seconds = rng.uniform(60, 3e5) if rng.random() < 0.08 else 0.0
        points, score = sum(each.points for each in outcomes), sum(each.score for each in outcomes)
        penalty = min(score, 5.0) if seconds > 3600 else 0.0
        status, why = Status.GRADED, ""
        if rng.random() < 0.004:
            status, why = Status.UNREADABLE, f"{assignment}.ipynb is not JSON: it looks cut short"
            outcomes = [Outcome(each.exercise, status, 0.0, each.points, why) for each in outcomes]
            score = penalty = 0.0
        results.append(
            SubmissionResult(
                student, assignment, status, score - penalty, points, why, tuple(outcomes), name, penalty, seconds
            )
        )
    links = {result.student: f"feedback/{result.student}/{assignment}.html" for result in results}
    return Section(assignment, [*names, "answer_why"], results, links, groups(rng, assignment, names, results))


def groups(
    rng: random.Random, assignment: str, names: Sequence[str], results: Sequence[SubmissionResult]
) -> list[Group]:
    """Wrong answers without a name, by one student or by a dozen."""
    made = []
    for size in (12, 5, 2, 1, 1):
        exercise = rng.choice(names)
        message = f"8 of 8 numbers in `out` are wrong; the first is out[0, 0]: expected 0.{size}, got 1."
        behaviour = Behaviour(Status.FAILED, "two images", message, 6, 14)
        group = Group(
            assignment, exercise, behaviour, [r.student for r in rng.sample(results, min(size, len(results)))]
        )
        group.source = (
            f"def {exercise}(x, w, b):\n    # {HOSTILE}\n    out = x @ w * {size}\n    return out, (x, w, b)\n"
        )
        group.gallery = gallery_entry(group, f"to-be-named-{size}")
        made.append(group)
    return made


def large_class(count: int = 300) -> list[Section]:
    """The class: everyone begins, and two thirds come to the last notebook."""
    everyone = students(count)
    return [section(name, everyone, 1 - 0.035 * k) for k, name in enumerate(ASSIGNMENTS)]
