"""What the check says about each known mistake: the card of one wrong answer of the gallery, without that answer."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from autograder.exercises import ASSIGNMENTS, EXERCISES, assignment_of, key_of
from autograder.gallery import answers as gallery
from autograder.gallery.matrix import is_named
from autograder.gallery.registry import Answer, answers, called
from autograder.grading.checks_version import version_of_checks
from autograder.guest.plain_data import Inputs
from autograder.guest.response import Response
from autograder.judging.card import as_html
from autograder.judging.case import Case
from autograder.judging.examine import examine
from autograder.judging.exercise import Exercise
from autograder.judging.general import SENTENCES
from autograder.judging.verdict import Verdict
from website.kept import kept


@dataclass(frozen=True)
class Shown:
    """A mistake as the gallery page shows it."""

    mistake: str  # its id
    says: str  # its sentence
    sure: bool  # whether the card says that this is what is wrong, or that it may be
    happened: str  # what a student sees: the first case that fails, in a sentence
    where: str  # the first wrong element, or how the wrong ones are arranged; may be empty
    card: str  # HTML


def examples(assignment: str, folder: Path) -> dict[str, list[Shown]]:
    """Exercise → its mistakes, for an assignment; read from the folder if nothing has changed since."""

    def judged() -> str:
        shown = {exercise.name: judge(key_of(exercise.name, assignment)) for exercise in ASSIGNMENTS[assignment]}
        return json.dumps({name: [asdict(one) for one in each] for name, each in shown.items()})

    stored = json.loads(kept(folder, assignment, _version(assignment), ".json", judged))
    return {name: [Shown(**one) for one in shown] for name, shown in stored.items()}


def judge(key: str) -> list[Shown]:
    """One example of each mistake that a card names without hidden cases, in the order of the exercise."""
    order = [*(mistake.name for mistake in EXERCISES[key].mistakes), *SENTENCES]
    shown: dict[str, Shown] = {}
    for answer in _wrong(key):
        if answer.says not in shown and answer.says in order:
            verdict = verdict_at_home(answer)
            if is_named(answer, verdict) and verdict.named and verdict.named.mistake == answer.says:
                shown[answer.says] = _shown(verdict)
    return sorted(shown.values(), key=lambda one: order.index(one.mistake))


def _wrong(key: str) -> Iterator[Answer]:
    return (answer for answer in answers() if answer.exercise == key and not answer.right and answer.named)


def verdict_at_home(answer: Answer) -> Verdict:
    """What a student sees: the visible cases, without costly ones after a failure, and no line of the answer."""
    student = called(answer)

    def ask(exercise: Exercise, inputs: Inputs) -> Response:
        response = exercise.respond(student, inputs)
        if response.error is not None:  # the lines of a wrong answer are nearly a solution
            response.error = replace(response.error, line="", frames=())
        return response

    def skip(case: Case, failed: bool) -> bool:
        return failed and case.costly

    return examine(EXERCISES[answer.exercise], assignment_of(answer.exercise), ask, skip=skip)


def _shown(verdict: Verdict) -> Shown:
    named, failure = verdict.named, verdict.first_failure
    assert named is not None and failure is not None
    mismatch = failure.mismatch
    return Shown(
        mistake=named.mistake,
        says=verdict.sentences[named.mistake],
        sure=named.sure,
        happened=failure.message,
        where=(mismatch.pattern or mismatch.where) if mismatch is not None else "",
        card=as_html(verdict),
    )


def _version(assignment: str) -> str:
    own = Path(__file__).read_text(encoding="utf-8")
    return hashlib.sha256((version_of_checks(assignment) + _gallery() + own).encode()).hexdigest()


@cache
def _gallery() -> str:
    """A digest of all answers."""
    paths = sorted(Path(folder, name) for folder in gallery.__path__ for name in os.listdir(folder))
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths if path.suffix == ".py")).hexdigest()
