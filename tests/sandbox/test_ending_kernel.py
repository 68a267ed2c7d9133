"""A kernel that ends while its folders are being mounted: what the warm process reports first decides nothing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from autograder.guest import orders
from autograder.sandbox import warm
from autograder.sandbox.bubblewrap import SandboxUnavailable
from autograder.sandbox.kernel import Kernel
from autograder.sandbox.no_result import KernelGone
from autograder.sandbox.warm import WarmProcess

WHY = "the waiter does not answer: [Errno 104] Connection reset by peer"


class Ending(WarmProcess):
    """The reports of a warm process whose kernel cannot mount any more: an error, and later that it has ended."""

    def __init__(self, ends: bool) -> None:
        self.sandboxed, self.ends = True, ends
        self.kernels = {"1": Kernel("1", Path())}

    def _send(self, order: orders.Order) -> None:
        reply = orders.Frozen if isinstance(order, orders.FreezeOrder) else orders.Thawed
        self._record(reply("1", WHY))
        if self.ends:
            threading.Timer(0.05, self._record, [orders.Ended("1", 137, False)]).start()


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "ENDING_SECONDS", 0.5)
    monkeypatch.setattr(warm, "pid_in_sandbox", int)


def test_an_error_of_a_kernel_that_is_ending_says_nothing_of_the_sandbox() -> None:
    thawed, frozen = Ending(ends=True), Ending(ends=True)
    thawed.thaw(thawed.kernels["1"])
    with pytest.raises(KernelGone):
        frozen.freeze(frozen.kernels["1"], 2)


def test_an_error_of_a_kernel_that_goes_on_is_that_of_the_sandbox() -> None:
    lasting = Ending(ends=False)
    for order in (lambda kernel: lasting.freeze(kernel, 2), lasting.thaw):
        with pytest.raises(SandboxUnavailable, match="Connection reset by peer"):
            order(lasting.kernels["1"])
