"""What crosses between guest and host is plain data of limited size, which arrives whole and in time or not at all."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from safetensors.numpy import save

from autograder.guest import wire
from autograder.guest.errors import Garbled
from autograder.guest.plain_data import UnsupportedType, identical

TREE = {"a": [1, 2.5, None, True, "x"], "b": (np.arange(6.0).reshape(2, 3)[:, ::2], 1), "c": {}}
NONE, ONE = save({}), save({"0": np.ones(1000)})


def received(write: Callable[[socket.socket], None], seconds: float = 5.0, largest: int = 1 << 20) -> object:
    """What is received at one end of a socket when `write` is called with the other."""
    read_end, write_end = socket.socketpair()

    def send() -> None:
        with contextlib.suppress(OSError):  # the other end was closed
            write(write_end)

    with read_end, write_end:
        threading.Thread(target=send, daemon=True).start()
        return wire.receive(read_end, largest, None if seconds is None else wire.within(seconds))


def frame(structure: bytes, tensors: bytes = NONE) -> Callable[[socket.socket], None]:
    header = struct.pack("<QQ", len(structure), len(tensors))
    return lambda channel: channel.sendall(header + structure + tensors)


def test_plain_data_arrives_as_it_was_sent() -> None:
    data = received(lambda channel: wire.send(channel, TREE))
    assert isinstance(data, dict) and identical(data["a"], TREE["a"])
    assert np.array_equal(data["b"][0], TREE["b"][0]) and not data["b"][0].flags.c_contiguous


@pytest.mark.parametrize(
    ("structure", "tensors"),
    [
        (b"[" * 100_000, NONE),
        (b"[" * 100 + b"]" * 100, NONE),
        (b'{"dict": 7}', NONE),
        (b'{"array": "0"}', b"\xff" * 8),
        (json.dumps([{"array": "0"}] * 2).encode(), ONE),
        (b'{"array": "1"}', ONE),
        (b"[" + b"[]," * 2_000_000 + b"[]]", NONE),
        (b"\xff\xfe", NONE),
    ],
    ids=["deep", "rather deep", "no pairs", "no tensors", "one array twice", "no such array", "many lists", "no text"],
)
def test_what_is_not_plain_data_is_refused(structure: bytes, tensors: bytes) -> None:
    with pytest.raises(Garbled):
        received(frame(structure, tensors), largest=64 << 20)


def test_a_frame_over_the_size_limit_is_not_read() -> None:
    with pytest.raises(Garbled, match="MB"):
        received(lambda channel: channel.sendall(struct.pack("<QQ", 10, 1 << 62)))


def test_a_huge_integer_and_half_a_character_are_replaced() -> None:
    assert received(frame(b"9" * 400)) == UnsupportedType(f"int of {int('9' * 400).bit_length()} bits")
    assert received(frame(b'"\\ud800"')) == "?"


def test_a_frame_sent_a_byte_at_a_time_times_out() -> None:
    def dribble(channel: socket.socket) -> None:
        channel.sendall(struct.pack("<QQ", 1000, 0))
        with contextlib.suppress(OSError):
            for _ in range(100):
                channel.sendall(b"[")
                time.sleep(0.05)

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        received(dribble, seconds=0.5)
    assert time.monotonic() - started < 2


def test_instead_of_deep_and_huge_values_their_description_is_sent() -> None:
    deep: object = 1.0
    for _ in range(200):
        deep = [deep]
    assert "levels deep" in wire.encode(deep)[0].decode()
    assert "bits" in wire.encode(10**400)[0].decode()
