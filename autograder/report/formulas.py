"""TeX as MathML, which browsers draw by themselves: pages with formulas need no script and no network."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from secrets import token_hex
from typing import Any
from xml.etree.ElementTree import Element

LONGEST = 3_000  # characters of one formula
MOST = 1_000  # formulas of one text
DEEPEST = 60  # levels of MathML
ELEMENTS = {
    "math", "menclose", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts",
    "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr",
    "munder", "munderover", "none",
}  # fmt: skip
ATTRIBUTES = {
    "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "display", "displaystyle", "fence",
    "form", "height", "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits",
    "notation", "rowlines", "rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "symmetric", "voffset",
    "width",
}  # fmt: skip
VALUE = re.compile(r"(?:[a-z-]{1,20}|[-+]?\d{0,2}(?:\.\d{1,3})?(?:em|ex|px|pt|mu)?)(?: (?:[a-z]{1,10}|\d\d?em)){0,30}")
# these define macros, which can grow without bound, or refer to other places
REFUSED = re.compile(r"\\(?:re|provide)?newcommand|\\[egx]?def\b|\\let\b|\\(?:href|require|class|style|unicode)\b")


@dataclass
class Formulas:
    """The formulas of one text.

    Each stands as a mark in the text's HTML while that is cleaned; `inserted` puts MathML in its place.
    """

    key: str = field(default_factory=lambda: token_hex(8))  # no text can hold the marks of another page
    sources: list[tuple[str, bool]] = field(default_factory=list)  # (TeX, whether it stands on a line of its own)

    def mark(self, tex: str, block: bool) -> str:
        """Take up a formula; returns what stands for it."""
        self.sources.append((tex, block))
        return f"{self.key}n{len(self.sources) - 1}n"

    def source(self, number: int) -> str:
        """A formula as it was written."""
        tex, block = self.sources[number]
        return f"$${tex}$$" if block else f"${tex}$"

    def split(self, text: str) -> list[str]:
        """The text cut at the marks: every second piece is the number of a formula."""
        return re.split(rf"{self.key}n(\d+)n", text)

    def as_text(self, text: str) -> str:
        """The text with every formula as it was written."""
        pieces = self.split(text)
        return "".join(self.source(int(piece)) if k % 2 else piece for k, piece in enumerate(pieces))

    def tokens(self, number: int) -> list[dict[str, Any]]:
        """A formula as tokens of html5lib; one that cannot be drawn as the code that it was written in."""
        tex, block = self.sources[number]
        drawn = mathml(tex, block) if number < MOST else None
        if drawn is None:
            return _wrapped("code", [_characters(self.source(number))])
        start, *inner, end = _tokens(drawn)
        # what was written goes with it: it is copied, and read by programs that do not know MathML
        written = _wrapped("annotation", [_characters(self.source(number))], {"encoding": "application/x-tex"})
        shown = [start, *_wrapped("semantics", [*_wrapped("mrow", inner), *written]), end]
        return _wrapped("span", shown, {"class": "formula", "tabindex": "0"}) if block else shown


def mathml(tex: str, block: bool = False) -> Element | None:
    """A formula as MathML; None where some of it is not understood, or it is far too long.

    Only elements and attributes that draw are kept: none that links, loads or styles.
    """
    from latex2mathml.converter import Converter

    if len(tex) > LONGEST or REFUSED.search(tex):
        return None
    try:
        root = Converter(display="block" if block else "inline").convert_to_element(tex)
        return root if _kept(root) else None
    except Exception:  # the library's own errors, and RecursionError, KeyError and others for odd TeX
        return None


def _kept(element: Element, depth: int = 0) -> bool:
    """Leave out what does not draw; False if the formula cannot be shown as MathML."""
    if element.tag not in ELEMENTS or depth > DEEPEST:
        return False
    for name in list(element.attrib):
        if name not in ATTRIBUTES or not VALUE.fullmatch(element.attrib[name]):
            del element.attrib[name]
    element.text = unescape(element.text or "")  # the library writes signs as character references
    return "\\" not in element.text and all(_kept(child, depth + 1) for child in element)


def _tokens(element: Element) -> list[dict[str, Any]]:
    inner = [_characters(element.text)] if element.text else []
    for child in element:
        inner += _tokens(child)
    return _wrapped(element.tag, inner, dict(element.attrib))


def _wrapped(name: str, inner: list[dict[str, Any]], attributes: dict[str, str] | None = None) -> list[dict[str, Any]]:
    start = {(None, key): value for key, value in (attributes or {}).items()}
    return [
        {"type": "StartTag", "name": name, "namespace": None, "data": start},
        *inner,
        {"type": "EndTag", "name": name, "namespace": None, "data": {}},
    ]


def _characters(text: str) -> dict[str, Any]:
    return {"type": "Characters", "data": text}
