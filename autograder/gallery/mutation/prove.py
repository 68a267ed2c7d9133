"""Try the answers of the gallery and the mutants of the right ones, and keep what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograder.gallery.mutation.batches import BATCH, Task, make
from autograder.gallery.mutation.compare import valid_inputs
from autograder.gallery.mutation.mutants import Mutant, chosen, mutants
from autograder.gallery.mutation.records import Made, Record, Results, digest
from autograder.gallery.mutation.subject import Subject, subject_of, wrong_answers
from autograder.gallery.registry import pytorch
from autograder.guest.limits import PYTORCH_FROM
from autograder.judging.examine import examine, in_process
from autograder.judging.seeds import generator

RIGHT, WRONG = "right answer", "wrong answer"  # in place of an operator, for the answers of the gallery
MUTANTS_AT_MOST = 700  # of one exercise
# of one exercise of an assignment that trains networks or imports PyTorch
OF_SLOW_ONES = {"07_lenet_numpy": 60, "08_pytorch": 60, "09_gpu": 60, "10_design_your_own": 40}
SECONDS, SLOW_SECONDS = 2.0, 30.0  # of processor time for one case
NAMES_OF = 10  # of one mutant in so many, the name on the card is looked at


def tasks_of(subjects: Sequence[Subject], limit: int | None = None, seed: int = 0) -> tuple[list[Task], Made]:
    """The trials of an exercise's right answers and of their mutants; of several equal mutants, the first style's.

    limit: the number of mutants that are chosen at random; None for as many as the assignment allows.
    """
    key, assignment = subjects[0].key, subjects[0].assignment
    seconds = SLOW_SECONDS if assignment in OF_SLOW_ONES else SECONDS
    found: dict[str, Task] = {}
    for subject in subjects:
        for mutant in mutants(subject.source):
            found.setdefault(mutant.source, Task(subject, mutant, _looks_at_name(mutant), seconds=seconds))
    made = list(found.values())
    most = OF_SLOW_ONES.get(assignment, MUTANTS_AT_MOST) if limit is None else limit
    kept = [found[mutant.source] for mutant in chosen([task.mutant for task in made], most, f"{key} {seed}")]
    right = [Task(each, Mutant(each.source, RIGHT, 1, each.style), seconds=seconds) for each in subjects]
    return right + kept, Made(key, len(subjects), len(made))


def gallery_tasks(key: str) -> list[Task]:
    """The trials of the gallery's wrong answers to an exercise."""
    return [
        Task(subject_of(answer), Mutant(answer.source, WRONG, 1, answer.label), trains=True, seconds=SLOW_SECONDS)
        for answer in wrong_answers(key)
    ]


def _looks_at_name(mutant: Mutant) -> bool:
    """Whether the name on the card counts for this mutant, too."""
    return int(digest(mutant.source), 16) % NAMES_OF == 0


def prove(tasks: Sequence[Task], results: Results, workers: int) -> Iterator[Record]:
    """Make the trials of one exercise that have no result yet; each result is kept as soon as it comes.

    Right answers come first: to fail tells nothing of a mutant whose right answer fails.
    """
    left = [task for task in tasks if not results.has(task.subject.key, task.subject.style, task.mutant.source)]
    if not left:
        return
    prepare(left[0].subject)
    together = 1 if left[0].subject.assignment in OF_SLOW_ONES else BATCH
    right = [task for task in left if task.mutant.operator == RIGHT]
    for task, result in make(right, workers, together):
        yield results.add(Record.of(task.subject.key, task.subject.style, task.mutant, result))
    failed = {
        record.style for record in results.of(left[0].subject.key) if record.operator == RIGHT and not record.passed
    }
    rest = [task for task in left if task.mutant.operator != RIGHT and task.subject.style not in failed]
    for task, result in make(rest, workers, together):
        yield results.add(Record.of(task.subject.key, task.subject.style, task.mutant, result))


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
