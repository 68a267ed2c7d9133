"""Markdown as HTML without script; nbgrader_config.py puts it in place of nbconvert's filter.

nbconvert trusts the notebooks that it shows, but feedback pages and formgrader show what students wrote.
"""

from __future__ import annotations

from contextlib import suppress
from html import escape
from typing import Any
from urllib.parse import unquote

import bleach
from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.restoring.safe_pictures import LeftOut, line_for, safe_picture

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
ATTACHED, MISSING = "attachment:", "is not attached to its cell"


class Renderer(IPythonRenderer):
    """nbconvert's renderer; a picture that is not in the notebook becomes a line of text, not an error."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """An image; an attached one is embedded, and one that cannot be is named."""
        if not url.startswith(ATTACHED):
            return str(super().image(text, url, title))
        name = url.removeprefix(ATTACHED)
        types = self.attachments.get(name) or self.attachments.get(unquote(name))
        if not isinstance(types, dict) or not types:
            return f"<em>{escape(line_for(unquote(name), MISSING))}</em>"
        for kind in types:
            with suppress(LeftOut):
                shown, data = safe_picture(kind, types[kind])
                about = f' title="{escape(title)}"' if title else ""
                return f'<img src="data:{shown};base64,{data}" alt="{escape(text)}"{about} />'
        return f"<em>{escape(line_for(unquote(name), 'cannot be shown'))}</em>"


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """A cell's Markdown as HTML; formulas stay as they are, for MathJax. What cannot be converted is shown as text."""
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = Renderer(escape=False, attachments=attachments if isinstance(attachments, dict) else {})
    try:
        return clean(str(MarkdownWithMath(renderer=renderer).render(source)))
    except Exception as error:  # one student's text must not stop the pages of a class
        return f"<p>[This text is shown as it was written: {type(error).__name__}]</p><pre>{escape(source)}</pre>"


def clean(html: str) -> str:
    """The HTML without anything that runs, or loads anything but pictures."""
    return bleach.clean(html, tags=TAGS, attributes=ATTRIBUTES, protocols=SCHEMES, css_sanitizer=CSSSanitizer())
