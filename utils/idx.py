"""Read IDX files, the format that MNIST came in (described at yann.lecun.com/exdb/mnist)."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

UNSIGNED_BYTE = 0x08  # code of the element type in the header


def read_idx(path: str | Path) -> NDArray[np.uint8]:
    """Read a gzipped IDX file of bytes into a new uint8 array, with the shape that its header gives.

    The header is two zero bytes, the element type, the number of axes, then each axis's length as a
    big-endian 32-bit integer; the elements follow in C order.

    Raises:
        ValueError: if the file is not gzipped, is cut short, or does not contain what its header says.
    """
    try:
        with gzip.open(path) as file:
            content = file.read()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged or cut short: {error}") from error
    if len(content) < 4 or content[:3] != bytes([0, 0, UNSIGNED_BYTE]):
        raise ValueError(f"{path} is not an IDX file of bytes: it begins with {content[:4].hex() or 'nothing'}.")
    axes = content[3]
    start = 4 + 4 * axes
    if len(content) < start:
        raise ValueError(f"{path} ends inside its header: {len(content)} bytes, {axes} axes need {start}.")
    shape = tuple(int(length) for length in np.frombuffer(content, dtype=">u4", count=axes, offset=4))
    if len(content) - start != math.prod(shape):
        raise ValueError(f"{path} holds {len(content) - start} bytes of data, its header says {shape}.")
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape).copy()
