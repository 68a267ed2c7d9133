"""09_gpu: how long something takes on a device, in seconds of a fake clock."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.guest.fakes.clock import LAUNCH, FakeClock
from autograder.guest.plain_data import Inputs
from autograder.guest.responders.probes import Observed
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.compare import kind_of
from autograder.judging.error_sentence import explain_error
from autograder.judging.mistake import Hypothesis, Mistake
from autograder.judging.observed import ObservedExercise

WARMUP, REPEATS = 3, 10  # the defaults of time_it
NEAR = 1e-6  # relative tolerance: times that differ by less count as equal


def measured(
    q: Inputs,
    *,
    wait_before: bool = True,
    wait_after: bool = True,
    warmup: int | None = None,
    repeats: int | None = None,
    reading: str = "now",
    summary: Callable[[list[float]], float] = statistics.median,
    timed_warmup: int = 0,
) -> float:
    """The seconds that a timer would report on the question's machine; the defaults are those of a correct timer.

    Args:
        q: the question's inputs.
        wait_before, wait_after: whether to wait for the device before reading the clock at the start, and at the end.
        warmup, repeats: used in place of the question's.
        reading: the attribute of FakeClock that is read, "now" or "processor".
        summary: reduces the list of seconds to the result.
        timed_warmup: how many of the warm-up calls are timed too.
    """
    counts = q["counts"] | {k: v for k, v in (("warmup", warmup), ("repeats", repeats)) if v is not None}
    clock, taken = FakeClock(q["device"], q["durations"]), []
    for _ in range(counts.get("warmup", WARMUP) - timed_warmup):
        clock.work()
    for _ in range(counts.get("repeats", REPEATS) + timed_warmup):
        if wait_before:
            clock.wait()
        start = getattr(clock, reading)
        clock.work()
        if wait_after:
            clock.wait()
        taken.append(getattr(clock, reading) - start)
    return summary(taken)


# ids of mistakes, and what a timer with the mistake measures
WRONG_TIMERS: tuple[tuple[str, Callable[[Inputs], float]], ...] = (
    ("not-synchronised", lambda q: measured(q, wait_before=False, wait_after=False)),
    ("not-synchronised", lambda q: measured(q, wait_after=False)),
    ("queue-not-empty", lambda q: measured(q, wait_before=False)),
    ("no-warm-up", lambda q: measured(q, warmup=0)),
    ("warm-up-timed", lambda q: measured(q, timed_warmup=q["counts"].get("warmup", WARMUP))),
    ("warm-up-ignored", lambda q: measured(q, warmup=WARMUP)),
    ("repeats-ignored", lambda q: measured(q, repeats=REPEATS)),
    ("mean", lambda q: measured(q, summary=statistics.fmean)),
    ("fastest", lambda q: measured(q, summary=min)),
    ("slowest", lambda q: measured(q, summary=max)),
    ("sum", lambda q: measured(q, summary=sum)),
    ("milliseconds", lambda q: 1000 * measured(q)),
    ("processor-time", lambda q: measured(q, reading="processor")),
    ("last-only", lambda q: measured(q, summary=lambda taken: taken[-1])),
)


class TimeIt(ObservedExercise):
    name, points = "time_it", 20
    responder = "timing"
    card_inputs = ("device", "counts")
    returns = ("seconds",)
    cases = (
        Case("on the CPU", {"device": "cpu"}),
        Case(
            "on a GPU (cuda): a call returns before its work is done",
            {"device": "cuda", "warmup": 4, "repeats": 8},
            weight=4,
        ),
        Case("on a Mac's GPU (mps)", {"device": "mps"}, weight=2),
        Case("repeats=1: what warm-up left in the queue does not count", {"device": "cuda", "repeats": 1, "warmup": 2}),
        Case("warmup=0: the first call counts", {"device": "cuda", "warmup": 0, "repeats": 3}),
        Case("warmup and repeats left out: 3 and 10", {"device": "cuda", "usual": True}, conventions=("arguments",)),
        Case(
            "an error in fn comes through",
            {"device": "cpu", "breaks": True},
            conventions=("errors",),
            weight=0,
        ),
        Case(
            "an error in a call that is timed comes through",
            {"device": "cpu", "breaks": True, "warmup": 0},
            conventions=("errors",),
            weight=0,
        ),
        Case(
            "an odd number of calls: the one in the middle",
            {"device": "mps", "repeats": 3, "apart": True},
            weight=0.5,
        ),
        Case(
            "other times, other counts",
            {"device": "cuda", "warmup": range(1, 6), "repeats": range(5, 12)},
            hidden=True,
            weight=2,
        ),
    )
    mistakes = (
        Mistake(
            "not-synchronised",
            "This is the time to launch the work, not to do it. A GPU works through a queue, and a call returns at "
            "once: wait for the device (`torch.cuda.synchronize()`) before you read the clock.",
        ),
        Mistake(
            "mps-not-synchronised",
            "The timer waits for cuda, but not for Apple's mps, which has a queue too: `torch.mps.synchronize()`.",
        ),
        Mistake(
            "queue-not-empty",
            "Work of earlier calls is still in the queue when the clock starts, and is counted: wait for the device "
            "before you read the clock the first time, too.",
        ),
        Mistake(
            "no-warm-up",
            "The first calls, which are slower, are counted: make the warm-up calls before you time.",
        ),
        Mistake("warm-up-timed", "The times of the warm-up calls are in the list whose median is taken."),
        Mistake("warm-up-ignored", "The number of warm-up calls that was passed is not used."),
        Mistake("repeats-ignored", "The number of repeats that was passed is not used."),
        Mistake("mean", "This is the mean, which a single disturbed run can spoil; take the median."),
        Mistake("fastest", "This is the fastest run; take the median."),
        Mistake("slowest", "This is the slowest run; take the median."),
        Mistake("sum", "This is the total time of all runs; take the median of the individual runs."),
        Mistake("last-only", "This is the last run alone: keep the seconds of every run in a list."),
        Mistake("milliseconds", "These are milliseconds; return seconds."),
        Mistake(
            "processor-time",
            "`process_time` counts the seconds in which the processor computes, which it does not do while it waits "
            "for a GPU: use `perf_counter`.",
        ),
        Mistake(
            "errors-swallowed",
            "An error in fn is caught and ignored: nobody would notice that fn failed.",
            convention="errors",
        ),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """device, devices and durations of a fake machine; counts: warmup and repeats; breaks: whether fn raises."""
        counts = {"warmup": sizes.get("warmup", WARMUP), "repeats": sizes.get("repeats", REPEATS)}
        counts = {} if "usual" in sizes else counts
        warmup, repeats = counts.get("warmup", WARMUP), counts.get("repeats", REPEATS)
        slow, fast = rng.uniform(0.05, 0.09, warmup), rng.uniform(0.002, 0.004, repeats + 12)
        fast[min(2, repeats - 1)] *= 20  # a disturbed run
        if sizes.get("apart"):
            fast *= 1 + np.arange(len(fast)) % 5  # no two near each other
        device = sizes["device"]
        devices = [device] if device != "cpu" else []
        inputs = {"device": device, "devices": devices, "durations": np.concatenate([slow, fast]), "counts": counts}
        return inputs | {"breaks": sizes.get("breaks", False)}

    def contradicted(self, case: Case, inputs: Inputs) -> set[Hypothesis]:
        """The mistakes that would have made a timer report a different time."""
        if inputs["breaks"]:
            return set()
        right = measured(inputs)
        return {name for name, timer in WRONG_TIMERS if not np.isclose(timer(inputs), right, rtol=NEAR, atol=0)}

    def must_raise(self, inputs: Inputs) -> bool:
        return bool(inputs["breaks"])

    def judge_raised(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        """The error that fn raised."""
        if response.error is None:
            yield Finding("fn raised an error, and time_it did not pass it on.", ("errors-swallowed",))
        elif response.error.type != "Broken":
            yield Finding(explain_error(response.error))

    def judge_seconds(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The seconds that were returned, and how often fn was called."""
        seconds = observed["seconds"]
        if seconds is None:
            text = "time_it returned nothing (None). Is there a `return` at its end?"
            yield Finding(text, ("returns-nothing",))
            return
        if type(seconds) not in (int, float):
            yield Finding(f"time_it must return a float, the seconds of one call; yours is {kind_of(seconds)}.")
            return
        lower, upper = (measured(inputs, summary=median) for median in (statistics.median_low, statistics.median_high))
        # device events leave out the launch time when the queue is not empty
        if lower * (1 - NEAR) - LAUNCH <= seconds <= upper * (1 + NEAR):
            yield from self._judge_calls(inputs, observed["calls"])
        else:
            right, got = 1000 * measured(inputs), 1000 * seconds
            text = f"The median call took {right:.3f} ms on the fake machine; yours says {got:.3f} ms."
            yield Finding(text, self._recognised(inputs, seconds))

    def _recognised(self, inputs: Inputs, seconds: float) -> tuple[str, ...]:
        """The mistakes that make a timer report this time."""
        names = [name for name, timer in WRONG_TIMERS if np.isclose(timer(inputs), seconds, rtol=NEAR, atol=0)]
        if inputs["device"] == "mps" and "not-synchronised" in names:
            names.insert(0, "mps-not-synchronised")
        return tuple(dict.fromkeys(names))

    def _judge_calls(self, inputs: Inputs, calls: int) -> Iterator[Finding]:
        warmup, repeats = inputs["counts"].get("warmup", WARMUP), inputs["counts"].get("repeats", REPEATS)
        if calls != warmup + repeats:
            text = f"fn was called {calls} times; expected {warmup + repeats}: {warmup} to warm up and {repeats} timed."
            yield Finding(text, ("no-warm-up",) if calls == repeats else (), convention="arguments")
