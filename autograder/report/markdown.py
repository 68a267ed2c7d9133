"""Markdown as HTML without script; nbgrader_config.py puts it in place of nbconvert's filter.

nbconvert trusts the notebooks that it shows, but feedback pages and formgrader show what students wrote.
"""

from __future__ import annotations

from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

TAGS = [
    *bleach.ALLOWED_TAGS, "br", "caption", "col", "colgroup", "dd", "del", "details", "div", "dl", "dt", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "input", "ins", "kbd", "p", "pre", "s", "span", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "var",
]  # fmt: skip
ATTRIBUTES = {
    "*": ["class", "id", "style", "title", "align"],
    "a": ["href"],
    "img": ["src", "alt", "width", "height"],
    "input": ["type", "checked", "disabled"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan"],
    "details": ["open"],
}
SCHEMES = ["http", "https", "mailto", "data"]  # data: is for attached pictures; browsers open no page from such a link


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """A cell's Markdown as HTML; formulas stay as they are, for MathJax."""
    renderer = IPythonRenderer(escape=False, attachments=context.get("cell", {}).get("attachments", {}))
    return clean(str(MarkdownWithMath(renderer=renderer).render(source)))


def clean(html: str) -> str:
    """The HTML without anything that runs, or loads anything but pictures."""
    return bleach.clean(html, tags=TAGS, attributes=ATTRIBUTES, protocols=SCHEMES, css_sanitizer=CSSSanitizer())
