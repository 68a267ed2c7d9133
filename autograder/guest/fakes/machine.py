"""A fake machine: patches for what PyTorch and the standard library report about devices, work queues and time.

Nothing here computes on a GPU. The student's code gets fake answers from `is_available`, and the time and the work
queue of a FakeClock; the work in the queue is done when the code waits for it.
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

Patch = tuple[Any, str, Callable[..., Any]]  # (module or class, name of the attribute, what replaces it)


@contextmanager
def patched_devices(available: tuple[str, ...]) -> Iterator[None]:
    """Make PyTorch report exactly these devices besides the CPU."""
    cuda, mps = (name in available for name in GPUS)
    first = next((torch.device(name) for name in GPUS if name in available), None)
    count = {True: lambda: 1, False: lambda: 0}
    patches: list[Patch] = [
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
        for owner, name, replacement in patches:
            if hasattr(owner, name):
                stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


@contextmanager
def patched_time(clock: FakeClock, namespace: dict[str, Any]) -> Iterator[None]:
    """Make this thread's clocks read `clock`, and make PyTorch's ways of waiting for a device wait for its queue.

    namespace: globals of the student's function, where clocks may have been imported by name.
    """
    me = threading.get_ident()

    def in_this_thread(real: Callable[[], Any], fake: Callable[[], Any]) -> Callable[[], Any]:
        # a notebook's other threads still see the real time
        return lambda: fake() if threading.get_ident() == me else real()

    replaced: dict[Any, Any] = {}
    for name in ("perf_counter", "monotonic", "time", "process_time", "thread_time"):
        field = "processor" if name in ("process_time", "thread_time") else "now"
        seconds, nanoseconds = getattr(time, name), getattr(time, f"{name}_ns")
        replaced[seconds] = in_this_thread(seconds, partial(getattr, clock, field))
        replaced[nanoseconds] = in_this_thread(nanoseconds, partial(_nanoseconds, clock, field))
    with ExitStack() as stack:
        for real, fake in replaced.items():
            stack.enter_context(mock.patch.object(time, real.__name__, fake))
        stack.enter_context(mock.patch.object(timeit, "default_timer", time.perf_counter))
        for function in (timeit.Timer.__init__, timeit.timeit, timeit.repeat):
            defaults = tuple(replaced.get(value, value) for value in function.__defaults__ or ())
            stack.enter_context(mock.patch.object(function, "__defaults__", defaults))
        for owner, name, fake in _ways_to_wait(clock):
            if hasattr(owner, name):
                replaced[getattr(owner, name)] = fake
                stack.enter_context(mock.patch.object(owner, name, fake))
        # names that a cell imported directly, as in `from time import perf_counter`
        imported = {name: replaced[value] for name, value in namespace.items() if _is_in(value, replaced)}
        stack.enter_context(mock.patch.dict(namespace, imported))
        yield


def _nanoseconds(clock: FakeClock, field: str) -> int:
    return round(1e9 * getattr(clock, field))


def _is_in(value: Any, replaced: dict[Any, Any]) -> bool:
    try:
        return value in replaced
    except TypeError:  # not hashable
        return False


def _ways_to_wait(clock: FakeClock) -> list[Patch]:
    """Patches for PyTorch's ways of waiting for a device; for an unavailable device they raise PyTorch's own errors."""

    def synchronize_of(kind: str) -> Callable[..., None]:
        def synchronize(device: Any = None) -> None:
            if kind == "cuda" and device is not None and torch.device(device).type != "cuda":
                raise ValueError(f"Expected a cuda device, but got: {device}")
            if clock.device != kind:
                raise AssertionError(f"Torch not compiled with {kind.upper()} enabled")
            clock.wait()

        return synchronize

    def synchronize_any(device: Any = None) -> None:
        if clock.device not in GPUS:
            raise RuntimeError("there is no accelerator on this machine")
        clock.wait()

    def event(enable_timing: bool = False, *args: Any, **options: Any) -> Event:
        return Event(clock, enable_timing)

    def any_event(device: object = None, *, enable_timing: bool = False, **options: Any) -> Event:
        return Event(clock, enable_timing)

    def stream(*args: Any) -> Stream:
        return Stream(clock)

    patches: list[Patch] = [
        (torch.cuda, "synchronize", synchronize_of("cuda")),
        (torch.mps, "synchronize", synchronize_of("mps")),
        (torch.accelerator, "synchronize", synchronize_any),
    ]
    if clock.device in GPUS:
        patches += [(torch, "Event", any_event), (torch.cuda, "Event", event), (torch.mps.event, "Event", event)]
        patches += [(torch.cuda, "current_stream", stream), (torch.accelerator, "current_stream", stream)]
    return patches
