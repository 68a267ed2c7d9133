"""Markdown as HTML without script, formulas as MathML; nbgrader_config.py puts it in place of nbconvert's filter.

nbconvert trusts the notebooks that it shows, but feedback pages and formgrader show what students wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from html import escape
from typing import Any
from urllib.parse import unquote

import bleach
from bleach.css_sanitizer import CSSSanitizer
from bleach.html5lib_shim import Filter
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.report.formulas import Formulas
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


SCROLLED = ("pre", "table")  # these are as wide as their content: they scroll inside themselves, by keyboard too


class Renderer(IPythonRenderer):
    """nbconvert's renderer; a picture that is not in the notebook becomes a line of text, not an error."""

    def __init__(self, formulas: Formulas, **options: Any) -> None:
        super().__init__(escape=False, **options)
        self.formulas = formulas

    def block_math(self, body: str) -> str:
        """A formula on a line of its own."""
        return self.formulas.mark(body, block=True)

    def inline_math(self, body: str) -> str:
        """A formula inside a line."""
        return self.formulas.mark(body, block=False)

    def latex_environment(self, name: str, body: str) -> str:
        """An environment of LaTeX, such as `align`, which is a formula of its own."""
        return self.formulas.mark(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

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


class Finished(Filter):
    """What is done to clean HTML: formulas are put in, and wide parts can be scrolled.

    It works on html5lib's tokens, so that what it puts in is escaped as all else is.
    """

    def __init__(self, source: Any, formulas: Formulas) -> None:
        super().__init__(source)
        self.formulas = formulas

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for token in super().__iter__():
            kind, name = token["type"], token.get("name")
            if kind == "Characters":
                yield from self._with_formulas(token)
                continue
            if kind in ("StartTag", "EmptyTag"):
                token["data"] = {key: self.formulas.as_text(value) for key, value in token["data"].items()}
            if kind == "StartTag" and name in SCROLLED:
                yield _tag("StartTag", {"class": "wide", "tabindex": "0"})
            yield token
            if kind == "EndTag" and name in SCROLLED:
                yield _tag("EndTag")

    def _with_formulas(self, token: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for k, piece in enumerate(self.formulas.split(token["data"])):
            if k % 2:
                yield from self.formulas.tokens(int(piece))
            elif piece:
                yield {"type": "Characters", "data": piece}


def _tag(kind: str, attributes: dict[str, str] | None = None) -> dict[str, Any]:
    data = {(None, key): value for key, value in (attributes or {}).items()}
    return {"type": kind, "name": "div", "namespace": None, "data": data}


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """A cell's Markdown as HTML. What cannot be converted is shown as text."""
    attachments = context.get("cell", {}).get("attachments", {})
    formulas = Formulas()
    renderer = Renderer(formulas, attachments=attachments if isinstance(attachments, dict) else {})
    try:
        return clean(str(MarkdownWithMath(renderer=renderer).render(source)), formulas)
    except Exception as error:  # one student's text must not stop the pages of a class
        return f"<p>[This text is shown as it was written: {type(error).__name__}]</p><pre>{escape(source)}</pre>"


def clean(html: str, formulas: Formulas) -> str:
    """The HTML without anything that runs, or loads anything but pictures; with its formulas."""
    cleaner = bleach.Cleaner(
        tags=TAGS,
        attributes=ATTRIBUTES,
        protocols=SCHEMES,
        css_sanitizer=CSSSanitizer(),
        filters=[partial(Finished, formulas=formulas)],
    )
    return str(cleaner.clean(html))
