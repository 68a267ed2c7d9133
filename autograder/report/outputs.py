"""HTML that a cell has shown, without anything that runs: the card of a check, or what stock nbgrader has left."""

from __future__ import annotations

import bleach
from bleach.css_sanitizer import ALLOWED_CSS_PROPERTIES, CSSSanitizer

from autograder.report.markdown import ATTRIBUTES, SCHEMES, TAGS

DRAWN = {
    "svg": ["width", "height", "role", "aria-label"],
    "rect": ["x", "y", "width", "height", "rx", "fill"],
}
# what cards are laid out with; none of these can put something over the rest of the page
PROPERTIES = [
    *ALLOWED_CSS_PROPERTIES, "border", "border-left", "border-radius", "flex", "flex-wrap", "gap", "margin",
    "margin-right", "margin-top", "max-width", "min-width", "opacity", "overflow-wrap", "overflow-x", "padding",
]  # fmt: skip


def shown_html(html: str) -> str:
    """The HTML of an output, cleaned."""
    attributes = {**ATTRIBUTES, **DRAWN, "*": [*ATTRIBUTES["*"], "tabindex"]}
    sanitizer = CSSSanitizer(allowed_css_properties=PROPERTIES)
    return str(
        bleach.clean(html, tags=[*TAGS, *DRAWN], attributes=attributes, protocols=SCHEMES, css_sanitizer=sanitizer)
    )
