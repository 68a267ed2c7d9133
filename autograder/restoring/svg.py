"""SVG drawings without script and without anything from outside: rebuilt from listed elements, attributes and styles.

Entities are never expanded: a drawing that declares any is refused.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
MOST_ELEMENTS, DEEPEST, LONGEST = 20_000, 100, 4_000_000  # elements, elements within elements, characters

ELEMENTS = {
    "svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "marker", "switch",
}  # fmt: skip
STYLES = {
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap",
    "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "opacity", "color", "display",
    "visibility", "font-family", "font-size", "font-style", "font-weight", "font-variant", "font-stretch", "font",
    "text-anchor", "text-align", "dominant-baseline", "alignment-baseline", "baseline-shift", "letter-spacing",
    "word-spacing", "writing-mode", "white-space", "line-height", "clip-path", "clip-rule", "mask", "marker-start",
    "marker-mid", "marker-end", "stop-color", "stop-opacity", "paint-order", "vector-effect", "shape-rendering",
    "text-rendering", "mix-blend-mode", "overflow",
}  # fmt: skip
ATTRIBUTES = STYLES | {
    "id", "width", "height", "viewBox", "preserveAspectRatio", "version", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy",
    "r", "rx", "ry", "fx", "fy", "fr", "d", "points", "pathLength", "transform", "dx", "dy", "rotate", "textLength",
    "lengthAdjust", "offset", "gradientUnits", "gradientTransform", "spreadMethod", "clipPathUnits", "maskUnits",
    "maskContentUnits", "markerUnits", "markerWidth", "markerHeight", "refX", "refY", "orient",
}  # fmt: skip
DECLARATIONS = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>|<!DOCTYPE[^>\[]*>|<\?xml-stylesheet[^>]*\?>")
OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|\\|expression|javascript|@import|/\*", re.IGNORECASE)
INSIDE = re.compile(r"#[\w.:-]+")  # a reference to an element of the same drawing


def drawing(text: str) -> str:
    """The drawing with what is listed here, as SVG that stands by itself.

    Raises:
        ValueError: if it is no SVG, or too large; the message says which.
    """
    if len(text) > LONGEST:
        raise ValueError("is too large")
    bare = DECLARATIONS.sub("", text)
    if "<!DOCTYPE" in bare or "<!ENTITY" in bare:
        raise ValueError("declares entities")
    try:
        root = ElementTree.fromstring(bare)
    except (ElementTree.ParseError, ValueError):
        raise ValueError("is damaged") from None
    if root.tag != f"{SVG}svg":
        raise ValueError("is no SVG")
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise ValueError(f"has more than {MOST_ELEMENTS:,} elements")
    _clean(root)
    _without_nested_uses(root)
    ElementTree.register_namespace("", SVG[1:-1])
    return ElementTree.tostring(root, encoding="unicode")


def _clean(root: ElementTree.Element) -> None:
    """Remove what is not listed, in place."""
    waiting = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        if depth > DEEPEST:
            raise ValueError("has elements nested too deep")
        element.attrib = dict(filter(None, (_attribute(name, value) for name, value in element.attrib.items())))
        for child in list(element):
            if isinstance(child.tag, str) and child.tag.removeprefix(SVG) in ELEMENTS and child.tag.startswith(SVG):
                waiting.append((child, depth + 1))
            else:
                element.remove(child)


def _attribute(name: str, value: str) -> tuple[str, str] | None:
    """The attribute as it is kept; None if it is not."""
    if name in ("href", f"{XLINK}href"):
        return ("href", value) if INSIDE.fullmatch(value) else None
    if name == "style":
        pairs = (part.partition(":") for part in value.split(";"))
        kept = [f"{key.strip()}:{text}" for key, _, text in pairs if key.strip() in STYLES and not OUTSIDE.search(text)]
        return "style", ";".join(kept)
    return (name, value) if name in ATTRIBUTES and not OUTSIDE.search(value) else None


def _without_nested_uses(root: ElementTree.Element) -> None:
    """Remove each `use` of an element that contains a `use`: a few of them would draw millions of elements."""
    nested = {e.get("id") for e in root.iter() if e.get("id") and any(c.tag == f"{SVG}use" for c in e.iter())}
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{SVG}use" and child.get("href", "#")[1:] in nested:
                parent.remove(child)
