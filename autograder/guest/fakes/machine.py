"""A machine that is not there: PyTorch is told which devices there are, when their work is done, and what time it is.

Nothing here computes on a GPU. What a student's code can see of one is played: the answers of `is_available`, a clock,
and a queue of work that is done when somebody waits for it.
"""

from __future__ import annotations

import threading
import time
import timeit
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from unittest import mock

import torch

from autograder.guest.fakes.clock import GPUS, Event, FakeClock, Stream


@contextmanager
def devices(there: tuple[str, ...]) -> Iterator[None]:
    """Let PyTorch say that these devices are there, besides the CPU."""
    cuda, mps = (name in there for name in GPUS)
    first = next((torch.device(name) for name in GPUS if name in there), None)
    count = {True: lambda: 1, False: lambda: 0}
    said: list[tuple[Any, str, Callable[..., Any]]] = [
        (torch.cuda, "is_available", lambda: cuda),
        (torch.cuda, "device_count", count[cuda]),
        (torch.cuda, "current_device", lambda: 0),
        (torch.cuda, "is_current_stream_capturing", lambda: False),
        (torch.backends.mps, "is_available", lambda: mps),
        (torch.backends.mps, "is_built", lambda: mps),
        (torch.mps, "is_available", lambda: mps),
        (torch.mps, "device_count", count[mps]),
        (torch.accelerator, "is_available", lambda: first is not None),
        (torch.accelerator, "device_count", count[first is not None]),
        (torch.accelerator, "current_accelerator", lambda check_available=False: first),
    ]
    with ExitStack() as stack:
        for owner, name, answer in said:
            if hasattr(owner, name):
                stack.enter_context(mock.patch.object(owner, name, answer))
        yield


@contextmanager
def clock(clockwork: FakeClock, functions: dict[str, Any]) -> Iterator[None]:
    """Let this thread's clocks and PyTorch's ways to wait be those of a clockwork, for functions with these globals."""
    me = threading.get_ident()

    def mine(real: Callable[[], Any], read: Callable[[], Any]) -> Callable[[], Any]:
        # other threads of a notebook go on with the time that it is
        return lambda: read() if threading.get_ident() == me else real()

    replaced: dict[Any, Any] = {}
    for name in ("perf_counter", "monotonic", "time", "process_time", "thread_time"):
        hand = "processor" if name in ("process_time", "thread_time") else "now"
        seconds, nanoseconds = getattr(time, name), getattr(time, f"{name}_ns")
        replaced[seconds] = mine(seconds, partial(getattr, clockwork, hand))
        replaced[nanoseconds] = mine(nanoseconds, partial(_nanoseconds, clockwork, hand))
    with ExitStack() as stack:
        for real, fake in replaced.items():
            stack.enter_context(mock.patch.object(time, real.__name__, fake))
        stack.enter_context(mock.patch.object(timeit, "default_timer", time.perf_counter))
        for function in (timeit.Timer.__init__, timeit.timeit, timeit.repeat):
            defaults = tuple(replaced.get(value, value) for value in function.__defaults__ or ())
            stack.enter_context(mock.patch.object(function, "__defaults__", defaults))
        for owner, name, fake in _waiting(clockwork):
            if hasattr(owner, name):
                replaced[getattr(owner, name)] = fake
                stack.enter_context(mock.patch.object(owner, name, fake))
        # names that a cell imported by themselves: from time import perf_counter
        own = {name: replaced[value] for name, value in functions.items() if _is_in(value, replaced)}
        stack.enter_context(mock.patch.dict(functions, own))
        yield


def _nanoseconds(clockwork: FakeClock, hand: str) -> int:
    return round(1e9 * getattr(clockwork, hand))


def _is_in(value: Any, replaced: dict[Any, Any]) -> bool:
    try:
        return value in replaced
    except TypeError:
        return False


def _waiting(clockwork: FakeClock) -> list[tuple[Any, str, Callable[..., Any]]]:
    """PyTorch's ways to wait for a device; those of another one complain as the real ones do."""

    def waits(kind: str) -> Callable[..., None]:
        def synchronize(device: Any = None) -> None:
            if kind == "cuda" and device is not None and torch.device(device).type != "cuda":
                raise ValueError(f"Expected a cuda device, but got: {device}")
            if clockwork.device != kind:
                raise AssertionError(f"Torch not compiled with {kind.upper()} enabled")
            clockwork.wait()

        return synchronize

    def any_device(device: Any = None) -> None:
        if clockwork.device not in GPUS:
            raise RuntimeError("there is no accelerator on this machine")
        clockwork.wait()

    def event(*args: Any, **kwargs: Any) -> Event:
        return Event(clockwork)

    def stream(*args: Any) -> Stream:
        return Stream(clockwork)

    found: list[tuple[Any, str, Callable[..., Any]]] = [
        (torch.cuda, "synchronize", waits("cuda")),
        (torch.mps, "synchronize", waits("mps")),
        (torch.accelerator, "synchronize", any_device),
    ]
    if clockwork.device in GPUS:
        found += [(torch, "Event", event), (torch.cuda, "Event", event), (torch.mps.event, "Event", event)]
        found += [(torch.cuda, "current_stream", stream), (torch.accelerator, "current_stream", stream)]
    return found
