"""Pictures that come from students, as a notebook may keep them: of a known kind, without script, not too large.

Pillow reads a picture's header on the host, in the formats listed here only. The picture itself is decoded if
it has to be drawn anew, after its number of pixels was found to be small enough.
"""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.restoring.svg import drawing

if TYPE_CHECKING:
    from PIL.Image import Image

# format → type, of those that are kept as they are
KEPT = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif"}
FORMATS = (*KEPT, "WEBP", "BMP")  # what is read; others than those above are kept as PNG or JPEG
TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp")
SVG = "image/svg+xml"
LARGEST_UPLOAD = 40_000_000  # characters of base64 that are looked at
LARGEST = 4_000_000  # characters that are kept; a larger picture is scaled down
MOST_PIXELS = 50_000_000  # of a picture
MOST_DRAWN = 100_000_000  # pixels of all pictures of a notebook's text that are drawn anew
LONGEST_SIDE = 1_600  # pixels of one that is drawn anew


@dataclass
class Allowance:
    """What may still be looked at for a notebook, or for the outputs of a cell."""

    characters: int = 3 * LARGEST_UPLOAD  # of base64
    pixels: int = MOST_DRAWN  # that are decoded

    def take(self, *, characters: int = 0, pixels: int = 0) -> None:
        """Take so many away.

        Raises:
            LeftOut: if fewer are left.
        """
        if characters > self.characters or pixels > self.pixels:
            raise LeftOut("is one of too many large pictures")
        self.characters -= characters
        self.pixels -= pixels


class LeftOut(Exception):
    """Raised for a picture that is not kept; the message continues a sentence that starts with its name."""


def line_for(name: str, why: object) -> str:
    """What stands in place of a picture that was left out."""
    shown = "".join(letter for letter in name if letter.isprintable() and letter not in "[]<>`\\")[:80]
    return f"[a picture was left out: {shown or 'it'} {why}]"


def safe_picture(kind: str, data: object, allowance: Allowance | None = None) -> tuple[str, str]:
    """(type, base64) of a picture that may be kept.

    Args:
        kind: its type as it says itself, such as "image/png".
        data: base64; of an SVG also its text.
        allowance: of where it belongs to.

    Raises:
        LeftOut: if it is damaged, too large, or of a kind that is not listed here.
    """
    if isinstance(data, list) and all(isinstance(part, str) for part in data):
        data = "".join(data)
    if kind == SVG:
        return SVG, base64.b64encode(safe_drawing(data).encode()).decode()
    if kind not in TYPES:
        raise LeftOut(f"is of a kind that is not shown ({kind[:40]}); PNG, JPEG, GIF, WebP and SVG are")
    if not isinstance(data, str):
        raise LeftOut("is damaged")
    if len(data) > LARGEST_UPLOAD:
        raise LeftOut(f"is larger than {LARGEST_UPLOAD * 3 // 4 // 1_000_000} MB")
    allowance = allowance or Allowance()
    allowance.take(characters=len(data))
    content = _decoded(data)
    try:
        return _kept(content, data, allowance)
    except LeftOut:
        raise
    except Exception:  # Pillow raises errors of many kinds for what is no picture
        raise LeftOut("is damaged") from None


def safe_drawing(data: object) -> str:
    """The text of an SVG that may be kept, from its text or base64.

    Raises:
        LeftOut: if it is damaged or too large.
    """
    if isinstance(data, list) and all(isinstance(part, str) for part in data):
        data = "".join(data)
    if not isinstance(data, str) or len(data) > LARGEST_UPLOAD:
        raise LeftOut("is damaged" if not isinstance(data, str) else "is too large")
    try:
        return drawing(data if data.lstrip("\ufeff \n\r\t").startswith("<") else _decoded(data).decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise LeftOut("is damaged") from None
    except ValueError as why:
        raise LeftOut(str(why)) from None


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raise LeftOut("is damaged") from None


def _kept(content: bytes, data: str, allowance: Allowance) -> tuple[str, str]:
    """The picture as it is, or scaled down, or as another format."""
    from PIL import Image

    too_many = f"more than {MOST_PIXELS // 1_000_000} million pixels"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # MOST_PIXELS is the limit
        try:
            opened = Image.open(io.BytesIO(content), formats=FORMATS)
        except Image.DecompressionBombError:
            raise LeftOut(f"has {too_many}") from None
        with opened as image:
            if image.width * image.height > MOST_PIXELS:
                raise LeftOut(f"has {image.width:,}×{image.height:,}, {too_many}")
            if image.format in KEPT and len(data) <= LARGEST:
                image.verify()  # of the checksums; decodes nothing
                return KEPT[image.format], "".join(data.split())
            return _drawn(image, allowance)


def _drawn(image: Image, allowance: Allowance) -> tuple[str, str]:
    """The first frame as PNG, or as JPEG where that would be too large, with no side longer than LONGEST_SIDE."""
    from PIL import Image, ImageOps

    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded at a fraction of its size
    allowance.take(pixels=image.width * image.height)
    turned = ImageOps.exif_transpose(image)
    turned = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    for kind in ("PNG", "JPEG"):
        if kind == "JPEG":
            white = Image.new("RGBA", turned.size, "white")
            white.alpha_composite(turned.convert("RGBA"))
            turned = white.convert("RGB")
        written = io.BytesIO()
        turned.save(written, kind, **({"quality": 85} if kind == "JPEG" else {}))
        data = base64.b64encode(written.getvalue()).decode()
        if len(data) <= LARGEST:
            return KEPT[kind], data
    raise LeftOut("is too large")
