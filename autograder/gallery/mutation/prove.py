"""Try the answers of the gallery and the mutants of the right ones, and keep what becomes of them."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.gallery.mutation.compare import valid_inputs
from autograder.gallery.mutation.mutants import Mutant, chosen, mutants
from autograder.gallery.mutation.processes import Ended, Message, Send, run
from autograder.gallery.mutation.records import Made, Record, Results, digest
from autograder.gallery.mutation.subject import Subject, subject_of, wrong_answers
from autograder.gallery.mutation.trial import Outcome, Reached, Result, trial
from autograder.gallery.registry import pytorch
from autograder.guest.limits import PYTORCH_FROM
from autograder.judging.examine import examine, in_process
from autograder.judging.seeds import generator

RIGHT, WRONG = "right answer", "wrong answer"  # in place of an operator, for the answers of the gallery
MUTANTS_AT_MOST = 800  # of one exercise
# of one exercise of an assignment that trains networks or imports PyTorch
OF_SLOW_ONES = {"07_lenet_numpy": 60, "08_pytorch": 60, "09_gpu": 60, "10_design_your_own": 40}
SECONDS, SLOW_SECONDS = 2.0, 30.0  # of processor time for one case
NAMES_OF = 10  # of one mutant in so many, the name on the card is looked at


@dataclass(frozen=True)
class Task:
    """One trial to make."""

    subject: Subject
    mutant: Mutant
    order: tuple[str, ...] = ()  # names of cases, those that killed most mutants first

    @property
    def looks_at_name(self) -> bool:
        """Whether the name on the card counts, too."""
        return self.mutant.operator not in (RIGHT, WRONG) and int(digest(self.mutant.source), 16) % NAMES_OF == 0


def tasks_of(subjects: Sequence[Subject], limit: int | None = None, seed: int = 0) -> tuple[list[Task], Made]:
    """The trials of an exercise's right answers and of their mutants; of several equal mutants, the first style's.

    limit: the number of mutants that are chosen at random; None for as many as the assignment allows.
    """
    key, assignment = subjects[0].key, subjects[0].assignment
    found: dict[str, Task] = {}
    for subject in subjects:
        for mutant in mutants(subject.source):
            found.setdefault(mutant.source, Task(subject, mutant))
    made = list(found.values())
    most = OF_SLOW_ONES.get(assignment, MUTANTS_AT_MOST) if limit is None else limit
    kept = [found[mutant.source] for mutant in chosen([task.mutant for task in made], most, f"{key} {seed}")]
    right = [Task(subject, Mutant(subject.source, RIGHT, 1, subject.style)) for subject in subjects]
    return right + kept, Made(key, len(subjects), len(made))


def gallery_tasks(key: str) -> list[Task]:
    """The trials of the gallery's wrong answers to an exercise."""
    return [Task(subject_of(answer), Mutant(answer.source, WRONG, 1, answer.label)) for answer in wrong_answers(key)]


def prove(tasks: Sequence[Task], results: Results, workers: int) -> Iterator[Record]:
    """Make the trials of one exercise that have no result yet; each result is kept as soon as it comes."""
    left = [task for task in tasks if not results.has(task.subject.key, task.subject.style, task.mutant.source)]
    if not left:
        return
    prepare(left[0].subject)
    kills: Counter[str] = Counter()

    def in_order() -> Iterator[Task]:
        for task in left:
            yield replace(task, order=tuple(name for name, _ in kills.most_common()))

    for ended in run(in_order(), _work, _seconds, workers):
        task = ended.task
        result = result_of(ended)
        kills[result.case] += 1
        record = Record.of(task.subject.key, task.subject.style, task.mutant, result)
        results.add(record)
        yield record


def prepare(subject: Subject) -> None:
    """Work out, before processes are forked, what all of them need: the answers that the exercise knows.

    With PyTorch it is imported and no more, since a process that has used its threads cannot be forked.
    """
    if subject.assignment >= PYTORCH_FROM:
        pytorch()
        return
    exercise, functions = subject.exercise, subject.define(subject.source)
    for case in exercise.cases:
        if not case.costly:
            seed = generator(subject.assignment, exercise.name, case.name, case.hidden)
            exercise.contradicted(case, exercise.challenge(case, seed))
    examine(exercise, subject.assignment, in_process(functions), True, lambda case, failed: case.costly)
    for case, inputs in valid_inputs(exercise):
        exercise.judge(case, inputs, exercise.respond(functions, inputs))


def result_of(ended: Ended[Task]) -> Result:
    """The result of a trial whose process has ended, in whatever way."""
    last = ended.messages[-1] if ended.messages else {}
    return replace(_result(last, ended.how), seconds=round(ended.seconds, 3))


def _result(last: Message, how: str) -> Result:
    """The result of a trial by the last message of its process, and by how that ended."""
    if "outcome" in last:
        return Result.from_dict(last)
    if "raised" in last:
        return Result(Outcome.SURVIVOR, apart=f"the check itself {last['raised']}")
    reached = Reached(**last)
    if reached.passed:
        return Result(Outcome.SURVIVOR, apart=f"{reached.shown}: {how}")
    return Result(Outcome.KILLED, reached.case or "the cell itself", how)


def _seconds(task: Task) -> float:
    return SLOW_SECONDS if task.subject.assignment in OF_SLOW_ONES else SECONDS


def _work(task: Task, send: Send) -> None:
    """Make one trial, in a process of its own, and send how far it comes and its result."""

    def report(reached: Reached, limited: bool) -> None:
        send(vars(reached), limited)

    try:
        trains = task.mutant.operator == WRONG
        result = trial(task.subject, task.mutant.source, task.order, task.looks_at_name, trains, report)
    except Exception as error:  # of the check, since that of a student's code is part of its response
        where = traceback.extract_tb(error.__traceback__)[-1]
        send({"raised": f"raised {type(error).__name__}: {error} in {where.name}, {where.filename}"}, False)
    else:
        send(result.to_dict(), False)
