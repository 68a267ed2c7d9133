"""09_gpu: how long something takes on a device, in seconds of a clock that is not there."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.guest.fakes.clock import LAUNCH, FakeClock
from autograder.guest.plain_data import Inputs
from autograder.guest.response import Response
from autograder.judging.compare import kind_of
from autograder.judging.exercise import Case, Exercise, Finding, Sizes, explain_error
from autograder.judging.mistake import Mistake

WARMUP, REPEATS = 3, 10  # where the call does not say
NEAR = 1e-6  # a share of the seconds


def measured(
    q: Inputs,
    *,
    before: bool = True,
    after: bool = True,
    warmup: int | None = None,
    repeats: int | None = None,
    hand: str = "now",
    seconds: Callable[[list[float]], float] = statistics.median,
    from_call: int = 0,
) -> float:
    """What a way to measure gives, on the question's machine.

    before, after: wait for the device before the clock starts, and before it is read again; hand: "now", or "processor"
    for a clock that counts the processor's seconds; seconds: what is made of the list; from_call: the warm-up calls
    that are timed.
    """
    count = q["counts"] | {k: v for k, v in (("warmup", warmup), ("repeats", repeats)) if v is not None}
    machine, taken = FakeClock(q["device"], q["durations"]), []
    for _ in range(count.get("warmup", WARMUP) - from_call):
        machine.work()
    for _ in range(count.get("repeats", REPEATS) + from_call):
        if before:
            machine.wait()
        start = getattr(machine, hand)
        machine.work()
        if after:
            machine.wait()
        taken.append(getattr(machine, hand) - start)
    return seconds(taken)


def in_one_go(q: Inputs) -> float:
    """The clock read before the first and after the last call, divided by the calls."""
    return measured(q, seconds=statistics.fmean)


def warm_up_counted(q: Inputs) -> float:
    return measured(q, from_call=q["counts"].get("warmup", WARMUP))


WAYS: tuple[tuple[str, Callable[[Inputs], float]], ...] = (
    ("not-synchronised", lambda q: measured(q, before=False, after=False)),
    ("not-synchronised", lambda q: measured(q, after=False)),
    ("queue-not-empty", lambda q: measured(q, before=False)),
    ("no-warm-up", lambda q: measured(q, warmup=0)),
    ("warm-up-timed", warm_up_counted),
    ("warm-up-ignored", lambda q: measured(q, warmup=WARMUP)),
    ("repeats-ignored", lambda q: measured(q, repeats=REPEATS)),
    ("mean", in_one_go),
    ("fastest", lambda q: measured(q, seconds=min)),
    ("slowest", lambda q: measured(q, seconds=max)),
    ("sum", lambda q: measured(q, seconds=sum)),
    ("milliseconds", lambda q: 1000 * measured(q)),
    ("processor-time", lambda q: measured(q, hand="processor")),
    ("last-only", lambda q: measured(q, seconds=lambda taken: taken[-1])),
)


class TimeIt(Exercise):
    name, points = "time_it", 20
    responder = "timing"
    card_inputs = ("device", "counts")
    returns = ("seconds",)
    cases = (
        Case("on the CPU", {"device": "cpu"}),
        Case("on a GPU (cuda): a call returns before its work is done", {"device": "cuda"}, weight=3),
        Case("on a Mac's GPU (mps)", {"device": "mps"}),
        Case("repeats=1: what warm-up left in the queue does not count", {"device": "cuda", "repeats": 1, "warmup": 2}),
        Case("warmup=0: the first call counts", {"device": "cuda", "warmup": 0, "repeats": 3}),
        Case("warmup and repeats left out: 3 and 10", {"device": "cuda", "usual": True}),
        Case("an error in fn comes through", {"device": "cpu", "breaks": True}),
        Case(
            "other times, other counts",
            {"device": "cuda", "warmup": range(1, 6), "repeats": range(5, 12)},
            hidden=True,
        ),
    )
    mistakes = (
        Mistake(
            "not-synchronised",
            "This is the time to hand the work over, not to do it. A GPU works through a queue, and a call "
            "returns at once: "
            "wait for the device (`torch.cuda.synchronize()`) before the clock is read.",
        ),
        Mistake(
            "mps-not-synchronised",
            "cuda is waited for, and Apple's mps is not: it has a queue too, and `torch.mps.synchronize()`.",
        ),
        Mistake(
            "queue-not-empty",
            "Work of earlier calls is still in the queue when the clock starts, and is counted: wait for the "
            "device before "
            "the clock is read the first time, too.",
        ),
        Mistake("no-warm-up", "The first calls, which are slower, are among those that count: warm up, apart."),
        Mistake("warm-up-timed", "The warm-up's seconds are in the list of which the median is taken."),
        Mistake("warm-up-ignored", "The number of warm-up calls that was passed is not used."),
        Mistake("repeats-ignored", "The number of repeats that was passed is not used."),
        Mistake("mean", "This is the mean, which one disturbed run can spoil; take the median."),
        Mistake("fastest", "This is the fastest run; take the median."),
        Mistake("slowest", "This is the slowest run; take the median."),
        Mistake("sum", "This is the time of all runs together; take the median of one."),
        Mistake("last-only", "This is the last run alone: keep the seconds of each in a list."),
        Mistake("milliseconds", "These are milliseconds; seconds are asked for."),
        Mistake(
            "processor-time",
            "`process_time` counts seconds in which the processor computes. While it waits for a GPU it does not: use "
            "`perf_counter`.",
        ),
        Mistake("errors-swallowed", "An error in fn is kept quiet: then nobody knows that what was timed did not run."),
    )

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        counts = {} if "usual" in sizes else {"warmup": sizes.get("warmup", 4), "repeats": sizes.get("repeats", 8)}
        warm, repeats = counts.get("warmup", WARMUP), counts.get("repeats", REPEATS)
        slow, fast = rng.uniform(0.05, 0.09, warm), rng.uniform(0.002, 0.004, repeats + 12)
        fast[min(2, repeats - 1)] *= 20  # the machine was disturbed
        device = sizes["device"]
        there = [device] if device != "cpu" else []
        asked = {"device": device, "there": there, "durations": np.concatenate([slow, fast]), "counts": counts}
        return asked | {"breaks": sizes.get("breaks", False)}

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        if inputs["breaks"]:
            return set()
        right = measured(inputs)
        return {name for name, way in WAYS if not np.isclose(way(inputs), right, rtol=NEAR, atol=0)}

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        error, found = response.error, response.answer
        if inputs["breaks"]:
            if error is not None and error.type == "Broken":
                return []
            if error is None and found is not None:
                return [Finding("fn raised an error, and time_it did not pass it on.", ("errors-swallowed",))]
        if error is not None:
            return [Finding(explain_error(error))]
        if not isinstance(found, dict):
            return [Finding("Nothing came back.")]
        seconds = found["seconds"]
        if seconds is None:
            return [Finding("time_it returned nothing (None). Is there a `return` at its end?", ("returns-nothing",))]
        if type(seconds) not in (int, float):
            return [Finding(f"time_it must return a float, the seconds of one call; yours is {kind_of(seconds)}.")]
        lower, upper = (measured(inputs, seconds=way) for way in (statistics.median_low, statistics.median_high))
        # events of the device leave out the handing over where the queue is not empty
        if lower * (1 - NEAR) - LAUNCH <= seconds <= upper * (1 + NEAR):
            return self._judge_calls(inputs, found["calls"])
        right, got = 1000 * measured(inputs), 1000 * seconds
        text = f"A call took {right:.3f} ms on the played machine, by the median; yours says {got:.3f} ms."
        return [Finding(text, self._named(inputs, seconds))]

    def _named(self, inputs: Inputs, seconds: float) -> tuple[str, ...]:
        names = [name for name, way in WAYS if np.isclose(way(inputs), seconds, rtol=NEAR, atol=0)]
        if inputs["device"] == "mps" and "not-synchronised" in names:
            names.insert(0, "mps-not-synchronised")
        return tuple(dict.fromkeys(names))

    def _judge_calls(self, inputs: Inputs, calls: int) -> list[Finding]:
        warmup, repeats = inputs["counts"].get("warmup", WARMUP), inputs["counts"].get("repeats", REPEATS)
        if calls == warmup + repeats:
            return []
        name = ("no-warm-up",) if calls == repeats else ()
        text = (
            f"fn was called {calls} times; {warmup} calls to warm up and {repeats} that count are {warmup + repeats}."
        )
        return [Finding(text, name)]
