"""Plain data crosses the wire as it is, and nothing else does."""

from __future__ import annotations

import socket
import threading
from typing import Any

import numpy as np
import pytest

from autograder import wire
from autograder.answer import Foreign, identical, strided

PLAIN = [
    None,
    True,
    -7,
    2.5,
    float("inf"),
    "ü − ✓",
    [],
    (),
    {},
    [1, (2.0, None), {"a": [np.arange(3)]}],
    np.array(3.5),
    np.zeros((0, 4), np.float32),
    np.arange(24, dtype=np.int64).reshape(2, 3, 4),
    np.array([True, False]),
    (np.ones((2, 2), np.float16), {"x": np.array([np.nan, -0.0])}),
    Foreign("torch.Tensor"),
]


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_data_comes_back_as_it_was(value: Any) -> None:
    assert identical(wire.decode(*wire.encode(value)), value)


def test_not_a_number_and_layout_come_back() -> None:
    assert np.isnan(wire.decode(*wire.encode(float("nan"))))
    apart = strided(np.arange(12.0).reshape(3, 4))
    again = wire.decode(*wire.encode({"x": apart}))["x"]
    assert identical(again, apart) and not again.flags.c_contiguous


@pytest.mark.parametrize("value", [1 << 70, np.array([1, "a"], dtype=object), np.array(["a"]), np.ones(2, complex)])
def test_what_no_check_accepts_is_named_instead(value: Any) -> None:
    assert isinstance(wire.decode(*wire.encode(value)), Foreign)


GARBAGE = (
    b"",
    b"{",
    b'{"array": "0"}',
    b'{"array": ["0"]}',
    b'{"tuple": 5}',
    b'{"dict": [[1]]}',
    b'{"a": 1}',
    b"[" * 99999,
)


@pytest.mark.parametrize("structure", GARBAGE)
def test_garbage_is_refused(structure: bytes) -> None:
    with pytest.raises(wire.Garbled):
        wire.decode(structure, wire.encode(None)[1])
    with pytest.raises(wire.Garbled):
        wire.decode(b"null", structure)


def frame(structure: int, tensors: int, sent: bytes) -> Any:
    """What `receive` makes of a frame with these lengths in its head, of which `sent` arrives before the end."""
    here, there = socket.socketpair()
    with here:
        with there:
            there.sendall(wire.LENGTHS.pack(structure, tensors) + sent)
        return wire.receive(here, largest=1000)


def test_frames_are_bounded_and_an_end_is_an_end() -> None:
    with pytest.raises(wire.Garbled, match="at most"):
        frame(10, 2**60, b"")
    assert frame(10, 10, b"short") is None
    here, there = socket.socketpair()
    there.close()
    assert wire.receive(here) is None
    here.close()


def test_a_sender_that_stalls_runs_out_of_time() -> None:
    here, there = socket.socketpair()
    here.settimeout(0.05)
    with here, there, pytest.raises(TimeoutError):
        there.sendall(wire.LENGTHS.pack(100, 100))
        wire.receive(here)


def test_large_arrays_cross() -> None:
    here, there = socket.socketpair()
    value = np.random.default_rng(0).standard_normal((300, 1000))
    sender = threading.Thread(target=wire.send, args=(there, value))
    sender.start()
    assert identical(wire.receive(here), value)
    sender.join()
    here.close()
    there.close()
