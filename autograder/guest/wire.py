"""Plain data over a socket: the structure as JSON, the arrays as safetensors; sizes capped, nothing unpickled.

A frame is 16 bytes, the lengths of the two parts as little-endian integers, and then the parts.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from autograder.guest.errors import Garbled
from autograder.guest.plain_data import PlainData, UnsupportedType, strided

LENGTHS = struct.Struct("<QQ")
LARGEST = 256 << 20  # bytes of one frame
STRUCTURE = 4 << 20  # bytes of its JSON, which takes far more memory once it is read
DEEPEST = 50  # lists inside lists
INTEGER = 1 << 63  # larger integers are no size or label, and JSON has no bound for them
ARRAY, APART, TUPLE, DICT, FOREIGN = "array", "apart", "tuple", "dict", "foreign"


def encode(value: PlainData) -> tuple[bytes, bytes]:
    """A tree as (JSON, safetensors). An array whose elements lie apart in memory will do so again when decoded."""
    arrays: dict[str, np.ndarray] = {}

    def walk(item: PlainData, depth: int = 0) -> Any:
        if depth > DEEPEST:
            return {FOREIGN: f"{type(item).__name__} {DEEPEST} levels deep"}
        if isinstance(item, np.ndarray):
            if item.dtype.kind not in "biuf" or item.dtype.itemsize > 8:
                return {FOREIGN: f"numpy.ndarray of dtype {item.dtype}"}
            place = str(len(arrays))
            arrays[place] = np.array(item, dtype=item.dtype.newbyteorder("="), order="C", copy=True)
            return {ARRAY: place} if item.flags.c_contiguous else {ARRAY: place, APART: True}
        if isinstance(item, tuple):
            return {TUPLE: [walk(part, depth + 1) for part in item]}
        if isinstance(item, list):
            return [walk(part, depth + 1) for part in item]
        if isinstance(item, dict):
            return {DICT: [[key, walk(part, depth + 1)] for key, part in item.items()]}
        if isinstance(item, UnsupportedType):
            return {FOREIGN: item.type}
        if type(item) is int and abs(item) >= INTEGER:
            return {FOREIGN: f"int of {item.bit_length()} bits"}
        return item

    structure = walk(value)
    return json.dumps(structure).encode(), save(arrays)


def decode(structure: bytes, tensors: bytes) -> PlainData:
    """The tree that `encode` was given.

    Raises:
        Garbled: for anything else.
    """
    try:
        arrays = load(tensors)

        def walk(item: Any, depth: int = 0) -> PlainData:
            if depth > DEEPEST:
                raise Garbled("what came back is nested too deeply")
            if isinstance(item, list):
                return [walk(part, depth + 1) for part in item]
            if isinstance(item, str):
                return item.encode("utf-8", "replace").decode()  # half a character could not be written down
            if type(item) is int and abs(item) >= INTEGER:
                return UnsupportedType(f"int of {item.bit_length()} bits")
            if not isinstance(item, dict):
                return item
            if ARRAY in item:
                array = arrays.pop(item[ARRAY])  # each once: a name takes less room than what it stands for
                return strided(array) if APART in item else np.array(array)
            if TUPLE in item:
                return tuple(walk(part, depth + 1) for part in item[TUPLE])
            if DICT in item:
                return {walk(str(key)): walk(part, depth + 1) for key, part in item[DICT]}
            return UnsupportedType(walk(str(item[FOREIGN])[:200]))

        return walk(json.loads(structure))
    except Garbled:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, SafetensorError, MemoryError) as error:
        raise Garbled(f"what came back is not plain data: {type(error).__name__}") from None


def send(channel: socket.socket, value: PlainData) -> None:
    """Write one tree."""
    structure, tensors = encode(value)
    channel.sendall(LENGTHS.pack(len(structure), len(tensors)) + structure + tensors)


def receive(channel: socket.socket, largest: int = LARGEST, seconds: float | None = None) -> PlainData:
    """Read one tree; None where the other end has closed.

    Raises:
        Garbled: if it is larger than `largest` bytes, or no tree.
        TimeoutError: if it is not there whole after `seconds`.
    """
    until = None if seconds is None else time.monotonic() + seconds
    head = _read(channel, LENGTHS.size, until)
    if not head:
        return None
    if len(head) < LENGTHS.size:
        raise Garbled("what came back is cut short")
    structure, tensors = LENGTHS.unpack(head)
    if structure > STRUCTURE:
        raise Garbled("the answer is no array and no number: it has too many parts, or too long a text")
    if structure + tensors > largest:
        size = (structure + tensors) / 1e6
        raise Garbled(f"the answer has {size:,.0f} MB; at most {largest / 1e6:,.0f} MB are taken")
    parts = [_read(channel, length, until) for length in (structure, tensors)]
    if tuple(map(len, parts)) != (structure, tensors):
        return None
    return decode(*parts)


def _read(channel: socket.socket, count: int, until: float | None) -> bytes:
    """`count` bytes, or fewer where the other end closes."""
    buffer = bytearray()
    while len(buffer) < count:
        if until is not None:
            # a limit on each piece alone would not end with one that comes a byte at a time
            channel.settimeout(max(0.001, until - time.monotonic()))
        data = channel.recv(min(1 << 20, count - len(buffer)))
        if not data:
            break
        buffer += data
        if until is not None and time.monotonic() > until:
            raise TimeoutError
    return bytes(buffer)
