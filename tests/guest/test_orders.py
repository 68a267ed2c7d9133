"""Orders and reports cross as lines of JSON, and a line with anything else in it is refused."""

from __future__ import annotations

import json

import pytest

from autograder.guest.errors import Garbled
from autograder.guest.limits import KernelLimits
from autograder.guest.orders import (
    Connection,
    Ended,
    Forked,
    ForkOrder,
    ImportOrder,
    NotForked,
    Order,
    Ready,
    Report,
    SignalOrder,
    decode_order,
    decode_report,
    encode,
)

CONNECTION = Connection("/run/kernel/k", "key", 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    "order",
    [
        ImportOrder(("numpy", "utils"), (), "def f():\n    return 'é'"),
        ForkOrder("1-a", "/tmp/1-a", None, True, KernelLimits(memory=7), CONNECTION),
        ForkOrder("2-b", "/tmp/2-b", 61_002, False, KernelLimits(), CONNECTION),
        SignalOrder("1-a", 9),
    ],
    ids=lambda order: type(order).__name__,
)
def test_an_order_arrives_as_it_was_sent(order: Order) -> None:
    line = encode(order)
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    assert decode_order(line) == order


@pytest.mark.parametrize("report", [Ready(), Forked("1-a"), NotForked("1-a", "no"), Ended("1-a", 137, True)], ids=str)
def test_a_report_arrives_as_it_was_sent(report: Report) -> None:
    assert decode_report(encode(report)) == report


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {"type": "SignalOrder", "kernel": "1-a", "number": 9},
        {"type": "Forked"},
        {"type": "Forked", "kernel": 7},
        {"type": "Forked", "kernel": "1-a", "more": 1},
        {"type": ["Forked"], "kernel": "1-a"},
        {"type": "Ended", "kernel": "1-a", "exit_status": True, "out_of_memory": False},
        {"type": "Ended", "kernel": "1-a", "exit_status": 0, "out_of_memory": 0},
    ],
    ids=str,
)
def test_what_is_no_report_is_refused(content: object) -> None:
    with pytest.raises(Garbled):
        decode_report(json.dumps(content).encode())


@pytest.mark.parametrize("line", [b"", b"\xff", b"[" * 100_000, b'{"type": "Ready"'], ids=range(4))
def test_what_is_no_json_is_refused(line: bytes) -> None:
    with pytest.raises(Garbled):
        decode_report(line)
