"""Pictures for tests, as base64."""

from __future__ import annotations

import base64
import io
import os
import struct
import zlib

from PIL import Image


def encoded(kind: str, width: int = 30, height: int = 20, noise: bool = False, mode: str = "RGB") -> str:
    """A picture in this format: one colour, or noise, which cannot be made smaller."""
    image = Image.new(mode, (width, height), "red")
    if noise:
        image = Image.frombytes(mode, image.size, os.urandom(width * height * len(image.getbands())))
    written = io.BytesIO()
    image.save(written, kind)
    return base64.b64encode(written.getvalue()).decode()


def decoded(data: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(data)))


def bomb(width: int = 60_000, height: int = 60_000) -> str:
    """A PNG that is small as a file and says that it has this many pixels."""
    parts = {b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0), b"IDAT": zlib.compress(b"\0" * 1000)}
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in {**parts, b"IEND": b""}.items()
    ]
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)).decode()
