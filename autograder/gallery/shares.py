"""The share of the points that each known mistake keeps, by the wrong answers of the gallery; and the rules for it.

`python -m autograder.gallery.shares` prints the table that docs/checks.md publishes. Once an answer has failed a case,
no network is trained with it: see `kept`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from autograder.exercises import EXERCISES, assignment_of, key_of
from autograder.gallery.matrix import verdict_on
from autograder.gallery.registry import Answer, answers
from autograder.guest.status import Status
from autograder.judging.conventions import BROKEN_BY, kept_share, right_share
from autograder.judging.verdict import CaseResult, Verdict

UP_TO = "10_design_your_own"  # the last assignment in the table
CONVENTION_AT_LEAST = 2 / 3  # of the points, for an answer that breaks one convention and no more
WRONG_METHOD_AT_MOST = 1 / 5  # of the points, for an answer whose numbers are wrong in four cases of five or more
HALF_A_PERCENT = 0.005  # by which a published share may be off, since it is rounded
# mistakes that make the numbers wrong for all inputs but special ones, where the numbers have one part
WRONG_METHODS = frozenset(
    {
        *(
            "averaged",
            "bias-forgotten",
            "bias-once-per-weight",
            "bias-subtracted",
            "divided-twice",
            "first-filter-only",
        ),
        *("first-of-window", "gamma-forgotten", "kernel-flipped", "kernel-not-turned", "kernel-transposed"),
        *("largest-instead", "largest-magnitude", "mask-forgotten", "mask-inverted", "mean-subtracted", "not-divided"),
        *("magnitudes", "multiplied-by-x", "raises", "relu-forgotten", "returns-nothing", "smallest", "spread-evenly"),
        *("softmax-over-the-batch", "upstream-ignored", "value-passed", "weights-transposed", "whole-window"),
    }
)

# from 07 on: answers whose network, steps or seconds are wrong whatever the inputs, although the rest is right
WRONG_FROM_07 = {
    "sgd_momentum_step": ("uphill", "nothing-updated", "params-not-updated", "learning-rate-forgotten", "nesterov"),
    "LeNet5": ("relu-forgotten", "average-pooling", "flatten-order", "padding-forgotten", "softmax-twice"),
    "train": ("uphill", "nothing-learned", "test-data-used", "labels-apart", "gradients-kept", "lr-ignored"),
    "LeNet5BN": ("norm-after-relu", "norm-after-pooling", "one-norm-missing", "norms-missing"),
    "Conv2dFunction": ("pytorchs-own-convolution", "no-own-backward"),
    "08_pytorch/LeNet5": ("relu-forgotten", "average-pooling", "softmax-in-forward", "other-sizes", "not-registered"),
    "load_numpy_weights": ("nothing-loaded", "not-transposed", "reshaped"),
    "train_one_epoch": (
        *("gradients-not-zeroed", "gradients-zeroed-too-late", "one-step-an-epoch", "loss-summed"),
        *("softmax-before-the-loss", "optimizer-ignored", "uphill"),
    ),
    "evaluate": ("percent", "counted", "errors-counted", "batches-left-out", "argmax-over-images"),
    "08_pytorch/LeNet5BN": ("norm-after-relu", "norm-after-pooling", "norm-not-used"),
    "pick_device": ("returns-nothing",),
    "time_it": ("not-synchronised", "mean", "fastest", "slowest", "sum", "milliseconds", "processor-time"),
    "train_fast": ("nothing-learned", "zeroed-before-the-step", "other-images", "labels-apart"),
    "save_checkpoint": ("not-at-the-path",),
    "build_model": ("nothing-to-train", "too-many-parameters", "too-many-multiply-adds", "already-trained"),
}
# answers that make one of these mistakes in a part alone
IN_ONE_PART = frozenset(
    {
        "LeNet5: average-pooling (on the way back)",
        "LeNet5: softmax-twice (in scores alone)",
        "train_fast: returns-nothing",
    }
)

# exercise that trains a network → the parts that are its steps: a network learns what it has to if they are right
STEPS = {"train": ("batches", "params"), "train_one_epoch": ("params",), "train_fast": ("batches", "gradient", "rates")}
TRAINED_ANYWAY = frozenset({"train_one_epoch", "train_fast"})  # of these, those that train one with wrong steps too
# wrong answers that break a convention in a way that makes numbers wrong as well
NUMBERS_TOO = frozenset(
    {
        "08_pytorch/LeNet5BN: mode-set (and wrong numbers)",
        "LeNet5: input-modified",
        "LeNet5: scores-change-params",
        "LeNet5: scores-change-x",
        "LeNet5: shares-memory",
        "evaluate: no-number (a string)",
        "load_numpy_weights: no-parameter (refused)",
        "sgd_momentum_step: input-modified (the velocity is built in grads)",
        "train_one_epoch: no-number (a string)",
        "conv_forward: input-modified (padding written into x)",
        "conv_output_size: true-division",
        "max_pool_backward: input-modified (losers set to 0)",
        "max_pool_backward: not-repeatable (at random)",
        "numerical_gradient: x-left-changed (and built on)",
    }
)


@dataclass(frozen=True)
class Row:
    """What the wrong answers that make one mistake in one exercise keep."""

    exercise: str  # its key in EXERCISES
    mistake: str  # its id
    least: float  # share of the points
    most: float

    @property
    def keeps(self) -> str:
        """As `90 %`, or as `33–45 %` if ways to make the mistake differ."""
        least, most = (f"{100 * share:.0f}" for share in (self.least, self.most))
        return f"{least} %" if least == most else f"{least}–{most} %"


def complete(verdict: Verdict, skipped: Status) -> list[CaseResult]:
    """The cases of a verdict, and those that train a network and were skipped, as if they had this status."""
    asked = {case.name for case in verdict.cases}
    cases = EXERCISES[key_of(verdict.exercise, verdict.assignment)].cases
    left_out = [case for case in cases if case.name not in asked]
    return [*verdict.cases, *(CaseResult(case.name, case.hidden, case.weight, skipped) for case in left_out)]


def learns(verdict: Verdict) -> bool:
    """Whether the numbers are right in all cases about the steps of the training; if there are none, in all cases."""
    key = key_of(verdict.exercise, verdict.assignment)
    steps = STEPS.get(key, ())
    about_steps = {case.name for case in EXERCISES[key].cases if case.parts and {*case.parts} <= {*steps}}
    return all(case.passed or case.convention for case in verdict.cases if not steps or case.name in about_steps)


def kept(verdict: Verdict) -> float:
    """The share of the points that an answer keeps.

    A network that was not trained counts as one that learns what it has to, if it `learns`, and else as one that does
    not. A network that learns all the same, although the steps are wrong, keeps more in grading, where it is trained.
    """
    return kept_share(complete(verdict, Status.PASSED if learns(verdict) else Status.FAILED))


def kept_at_most(verdict: Verdict) -> float:
    """The share of the points that an answer keeps if each network that was not trained learns what it has to."""
    return kept_share(complete(verdict, Status.PASSED))


def in_table(answer: Answer) -> bool:
    """Whether an answer is among those that the table is made of: wrong in a way that has a name."""
    return not answer.right and answer.named and assignment_of(answer.exercise) <= UP_TO


def convention_of(answer: Answer) -> str:
    """The convention that the mistake in a wrong answer breaks; empty if it is a mistake in the numbers."""
    mistakes = EXERCISES[answer.exercise].mistakes
    return next((mistake.convention for mistake in mistakes if mistake.name == answer.says), "") or BROKEN_BY.get(
        answer.says, ""
    )


def is_wrong_method(answer: Answer, verdict: Verdict) -> bool:
    """Whether the numbers of an answer are wrong in general, and not for some inputs or in some part alone."""
    exercise = EXERCISES[answer.exercise]
    numbers = [case for case in verdict.cases if case.weight]
    wrong = sum(not case.passed and not case.convention for case in numbers)
    parts = {*exercise.returns, *exercise.mutates} - {"cache"}
    known = answer.says in WRONG_METHODS and not answer.how and len(parts) == 1
    known |= answer.says in WRONG_FROM_07.get(answer.exercise, ())
    return (known and answer.title not in IN_ONE_PART) or wrong >= 0.8 * len(numbers)


def out_of_proportion(answer: Answer, verdict: Verdict) -> str:
    """A sentence if a wrong answer keeps too much or too little; empty if it does not."""
    share, right = kept(verdict), right_share(complete(verdict, Status.PASSED))
    broken = {case.convention for case in verdict.cases if not case.passed} - {""}
    if share > right + HALF_A_PERCENT:
        return f"keeps {share:.0%}, but its numbers are right in {right:.0%}"
    alone = (right == 1 and len(broken) == 1) or (convention_of(answer) and answer.title not in NUMBERS_TOO)
    if alone and share < CONVENTION_AT_LEAST - HALF_A_PERCENT:
        return f"keeps {share:.0%}, but breaks no more than a convention"
    most = kept_at_most(verdict) if answer.exercise in TRAINED_ANYWAY else share
    if is_wrong_method(answer, verdict) and most > WRONG_METHOD_AT_MOST + HALF_A_PERCENT:
        return f"keeps {most:.0%}, but is a wrong method"
    return ""


def rows(judged: Iterable[tuple[Answer, Verdict]]) -> Iterator[Row]:
    """A row for each mistake of each exercise, out of the verdicts on wrong answers."""
    shares: dict[tuple[str, str], list[float]] = {}
    for answer, verdict in judged:
        shares.setdefault((answer.exercise, answer.says), []).append(kept(verdict))
    for (exercise, mistake), values in shares.items():
        yield Row(exercise, mistake, min(values), max(values))


def markdown(rows: Iterable[Row]) -> str:
    """The table: exercises in the order of the course, the mistakes that keep most first."""
    order = {exercise: place for place, exercise in enumerate(EXERCISES)}

    def place(
        row: Row,
    ) -> tuple[int, int, int, str]:  # by the percents that are printed, so that equal ones share a line
        return order[row.exercise], -round(100 * row.most), -round(100 * row.least), row.mistake

    table = sorted(rows, key=place)
    lines = ["| check | keeps | mistakes |", "| --- | --- | --- |"]
    for (exercise, keeps), group in groupby(table, key=lambda row: (row.exercise, row.keeps)):
        lines.append(f"| `{exercise}` | {keeps} | {', '.join(f'`{row.mistake}`' for row in group)} |")
    return "\n".join(lines) + "\n"


def published(page: str) -> dict[tuple[str, str], tuple[float, float]]:
    """(exercise, mistake) → the least and the most that it keeps, in percent, out of a page with the table."""
    shares = {}
    for exercise, least, most, mistakes in re.findall(r"^\| `(\S+)` \| (\d+)(?:–(\d+))? % \| (.+) \|$", page, re.M):
        for mistake in re.findall("`([^`]+)`", mistakes):
            shares[exercise, mistake] = (float(least), float(most or least))
    return shares


if __name__ == "__main__":
    print(markdown(rows((answer, verdict_on(answer)) for answer in answers() if in_table(answer))), end="")
