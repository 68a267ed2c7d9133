"""Make several trials in one process, which saves most of the time that forking one for each takes.

No result of a process counts unless it ends well and a right answer still passes there, so that nothing that a mutant
left behind decided about the next. Else its trials are made again, apart from each other.
"""

from __future__ import annotations

import time
import traceback
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.gallery.mutation.mutants import Mutant
from autograder.gallery.mutation.processes import Ended, Message, Send, run
from autograder.gallery.mutation.subject import Subject
from autograder.gallery.mutation.trial import Outcome, Reached, Result, trial
from autograder.judging.case import Case
from autograder.judging.examine import examine, in_process

BATCH = 20  # trials in one process


@dataclass(frozen=True)
class Task:
    """One trial to make."""

    subject: Subject
    mutant: Mutant
    names: bool = False  # whether the name on the card is looked at, too
    trains: bool = False  # whether cases that train a network are asked
    seconds: float = 2.0  # of processor time for one case
    order: tuple[str, ...] = ()  # names of cases, those that killed most mutants first


Batch = tuple[Task, ...]


def make(tasks: Sequence[Task], workers: int, together: int = BATCH) -> Iterator[tuple[Task, Result]]:
    """Make the trials; yields the result of each as soon as it counts. together: how many in one process."""
    waiting = deque(tuple(tasks[k : k + together]) for k in range(0, len(tasks), together))
    kills: Counter[str] = Counter()

    def take() -> Batch | None:
        if not waiting:
            return None
        order = tuple(name for name, _ in kills.most_common())
        return tuple(replace(task, order=order) for task in waiting.popleft())

    for ended in run(take, _work, lambda batch: batch[0].seconds, workers):
        batch, last = ended.task, _last_messages(ended)
        if len(batch) == 1:
            yield batch[0], _result(last.get(0, {}), ended)
        elif ended.how:
            k = next((k for k in range(len(batch)) if not _is_final(last.get(k, {}))), len(batch) - 1)
            waiting.extendleft(part for part in (batch[k + 1 :], batch[k : k + 1], batch[:k]) if part)
        elif "sound" not in ended.messages[-1]:
            waiting.extendleft((task,) for task in batch)
        else:
            for k, task in enumerate(batch):
                result = _result(last[k], ended)
                kills[result.case] += 1
                yield task, result


def _work(batch: Batch, send: Send) -> None:
    """Make the trials of one process, and send how far each comes and its result."""
    for k, task in enumerate(batch):

        def report(reached: Reached, limited: bool, k: int = k) -> None:
            send({"task": k, "reached": vars(reached)}, limited)

        started = time.process_time()
        send({"task": k}, True)
        try:
            result = trial(task.subject, task.mutant.source, task.order, task.names, task.trains, report)
        except Exception as error:  # of the check, since that of a student's code is part of its response
            where = traceback.extract_tb(error.__traceback__)[-1]
            raised = f"raised {type(error).__name__}: {error} in {where.name}, {where.filename.rpartition('/')[2]}"
            result = Result(Outcome.SURVIVOR, apart=f"the check itself {raised}")
        result = replace(result, seconds=round(time.process_time() - started, 3))
        send({"task": k, "result": result.to_dict()}, True)
    if len(batch) > 1 and _passes(batch[0].subject):
        send({"sound": True}, False)


def _passes(subject: Subject) -> bool:
    """Whether a right answer passes the cases that take no long time."""

    def skip(case: Case, failed: bool) -> bool:
        return failed or case.costly or "speed" in case.conventions

    ask = in_process(subject.define(subject.source))
    return examine(subject.exercise, subject.assignment, ask, True, skip).passed


def _last_messages(ended: Ended[Batch]) -> dict[int, Message]:
    """Place of a trial in the batch → the last message about it."""
    return {message["task"]: message for message in ended.messages if "task" in message}


def _is_final(message: Message) -> bool:
    return "result" in message


def _result(last: Message, ended: Ended[Batch]) -> Result:
    """The result of a trial by the last message about it; without one, by how the process ended."""
    if _is_final(last):
        return Result.from_dict(last["result"])
    reached, seconds = Reached(**last.get("reached", {})), round(ended.seconds, 3)
    if reached.passed:
        return Result(Outcome.SURVIVOR, apart=f"{reached.shown}: {ended.how}", seconds=seconds)
    return Result(Outcome.KILLED, reached.case or "the cell itself", ended.how, seconds=seconds)
