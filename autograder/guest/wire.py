"""Plain data over a socket: the structure as JSON, the arrays as safetensors, both of limited size. No pickle.

A frame is 16 bytes, the lengths of the two parts as little-endian integers, and then the parts.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from autograder.guest.errors import Garbled
from autograder.guest.plain_data import DEEPEST, PlainData, UnsupportedType, in_layout, layout_of

LENGTHS = struct.Struct("<QQ")
LARGEST = 256 << 20  # bytes of one frame
LARGEST_STRUCTURE = 4 << 20  # bytes of its JSON, which takes far more memory once it is parsed
LARGEST_INTEGER = 1 << 63  # no size or label is larger, and JSON has no limit
# keys of JSON objects that stand for what JSON does not have
ARRAY, LAYOUT, TUPLE, DICT, UNSUPPORTED = "array", "layout", "tuple", "dict", "unsupported"


def encode(value: PlainData) -> tuple[bytes, bytes]:
    """Plain data as (JSON, safetensors). An array has the same layout in memory when it is decoded."""
    arrays: dict[str, np.ndarray] = {}

    def walk(item: PlainData, depth: int = 0) -> Any:
        if depth > DEEPEST:
            return {UNSUPPORTED: f"{type(item).__name__} {DEEPEST} levels deep"}
        if isinstance(item, np.ndarray):
            if item.dtype.kind not in "biuf" or item.dtype.itemsize > 8:
                return {UNSUPPORTED: f"numpy.ndarray of dtype {item.dtype}"}
            key = str(len(arrays))
            arrays[key] = np.array(item, dtype=item.dtype.newbyteorder("="), order="C", copy=True)
            return {ARRAY: key, LAYOUT: layout_of(item)}
        if isinstance(item, tuple):
            return {TUPLE: [walk(part, depth + 1) for part in item]}
        if isinstance(item, list):
            return [walk(part, depth + 1) for part in item]
        if isinstance(item, dict):
            return {DICT: [[key, walk(part, depth + 1)] for key, part in item.items()]}
        if isinstance(item, UnsupportedType):
            return {UNSUPPORTED: item.type}
        if type(item) is int and abs(item) >= LARGEST_INTEGER:
            return {UNSUPPORTED: f"int of {item.bit_length()} bits"}
        return item

    structure = walk(value)
    return json.dumps(structure).encode(), save(arrays)


def decode(structure: bytes, tensors: bytes) -> PlainData:
    """The plain data that `encode` was called with.

    Raises:
        Garbled: if the bytes are anything else.
    """
    try:
        arrays = load(tensors)

        def walk(item: Any, depth: int = 0) -> PlainData:
            if depth > DEEPEST:
                raise Garbled("what came back is nested too deeply")
            if isinstance(item, list):
                return [walk(part, depth + 1) for part in item]
            if isinstance(item, str):
                return item.encode("utf-8", "replace").decode()  # half of a surrogate pair cannot be encoded
            if type(item) is int and abs(item) >= LARGEST_INTEGER:
                return UnsupportedType(f"int of {item.bit_length()} bits")
            if not isinstance(item, dict):
                return item
            if ARRAY in item:
                array = arrays.pop(item[ARRAY])  # once: many references to one large array would fill the memory
                return in_layout(np.array(array), item.get(LAYOUT, "rows"))
            if TUPLE in item:
                return tuple(walk(part, depth + 1) for part in item[TUPLE])
            if DICT in item:
                return {walk(str(key)): walk(part, depth + 1) for key, part in item[DICT]}
            return UnsupportedType(walk(str(item[UNSUPPORTED])[:200]))

        return walk(json.loads(structure))
    except Garbled:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, SafetensorError, MemoryError) as error:
        raise Garbled(f"what came back is not plain data: {type(error).__name__}") from None


def packed(value: PlainData) -> bytes:
    """Plain data as one frame."""
    structure, tensors = encode(value)
    return LENGTHS.pack(len(structure), len(tensors)) + structure + tensors


def send(channel: socket.socket, value: PlainData) -> None:
    """Write one frame."""
    channel.sendall(packed(value))


def receive(
    channel: socket.socket, largest: int = LARGEST, seconds_left: Callable[[], float] | None = None
) -> PlainData:
    """Read one frame; None if the other end has closed the socket.

    Args:
        largest: bytes of a frame.
        seconds_left: how much longer to wait; it is called again when that time is over. None: for ever.

    Raises:
        Garbled: if the frame is larger, or not plain data.
        TimeoutError: if it has not arrived completely when no time is left.
    """
    header = _read(channel, LENGTHS.size, seconds_left)
    if not header:
        return None
    if len(header) < LENGTHS.size:
        raise Garbled("what came back is cut short")
    structure, tensors = LENGTHS.unpack(header)
    if structure > LARGEST_STRUCTURE:
        raise Garbled("the answer is neither an array nor a number: it has too many parts, or too long a text")
    if structure + tensors > largest:
        size = (structure + tensors) / 1e6
        raise Garbled(f"the answer has {size:,.0f} MB; at most {largest / 1e6:,.0f} MB are accepted")
    parts = [_read(channel, length, seconds_left) for length in (structure, tensors)]
    if tuple(map(len, parts)) != (structure, tensors):
        return None
    return decode(*parts)


def within(seconds: float) -> Callable[[], float]:
    """For `receive`: this long from now on."""
    deadline = time.monotonic() + seconds
    return lambda: deadline - time.monotonic()


def _read(channel: socket.socket, count: int, seconds_left: Callable[[], float] | None) -> bytes:
    """`count` bytes, or fewer if the other end closes the socket."""
    buffer = bytearray()
    while len(buffer) < count:
        if seconds_left is not None:
            # asked before each piece: a sender of one byte at a time would never reach a limit for each
            if (left := seconds_left()) <= 0:
                raise TimeoutError
            channel.settimeout(left)
        try:
            data = channel.recv(min(1 << 20, count - len(buffer)))
        except TimeoutError:
            continue
        if not data:
            break
        buffer += data
    return bytes(buffer)
