"""The pictures of a student's text: attached as a page can show them, and a line where one was left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from nbformat import NotebookNode

from autograder.restoring.safe_pictures import SVG, TYPES, Allowance, LeftOut, line_for, safe_picture

MOST_PICTURES = 40  # of one cell
ROOM = 20_000_000  # characters of all pictures of a cell
# lengths are limited, so that a long text takes no longer than its length
IMAGE = re.compile(
    r"!\[[^\[\]\n]{0,500}\]\(\s{0,9}<?attachment:(?P<name>[^)>\"'\n]{0,300}?)>?"
    r"(?:\s{1,9}(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?\s{0,9}\)"
)
TAG = re.compile(
    r"<img\b[^<>]{0,500}?\bsrc\s{0,9}=\s{0,9}[\"']?attachment:(?P<name>[^\"'<>\s]{0,300})[\"']?[^<>]{0,500}>", re.I
)
# any other reference, such as the definition of an address: it leads nowhere then, and the line follows the text
OTHER = re.compile(r"(?:(?<=[(<=\"'])|(?<=\]: ))attachment:(?P<name>[^\s)>\"'\]]+)")
MISSING = "is not attached to its cell"


def attach_pictures(cell: NotebookNode, sources: Sequence[Mapping[str, Any]], allowance: Allowance) -> None:
    """Give a cell of text the pictures attached to these cells, and put a line where its text shows one it cannot have.

    A reference to a picture that is not attached is such a place: nbconvert makes no page of a notebook that has one.
    """
    found, left_out = dict[str, NotebookNode](), dict[str, str]()
    lines, room = list[str](), ROOM
    for source in sources:
        attached = source.get("attachments")
        for name, content in attached.items() if isinstance(attached, dict) else ():
            try:
                if len(found) >= MOST_PICTURES:
                    raise LeftOut(f"is one of more than {MOST_PICTURES}")
                kind, data = _picture(content, allowance)
                if len(data) > room:
                    raise LeftOut("does not fit beside the other pictures of its cell")
            except LeftOut as why:
                left_out[str(name)] = str(why)
                continue
            if found.setdefault(name, NotebookNode({kind: data})) != {kind: data}:
                lines.append(line_for(name, "has the name of another picture that is shown here"))
            room -= len(data)
    if "attachment:" in cell.source:
        cell.source = _with_lines(str(cell.source), found, left_out)
    cell.source = "\n\n".join([cell.source, *lines])
    if found:
        cell.attachments = NotebookNode(found)


def _picture(content: object, allowance: Allowance) -> tuple[str, str]:
    """The first of an attachment's types that can be kept."""
    types = content if isinstance(content, dict) else {}
    why = LeftOut("is damaged")
    for kind in sorted(types, key=lambda kind: [*TYPES, SVG, kind].index(kind)):
        try:
            return safe_picture(str(kind), types[kind], allowance)
        except LeftOut as problem:
            why = problem
    raise why


def _with_lines(source: str, found: Mapping[str, object], left_out: Mapping[str, str]) -> str:
    """The text with a line in place of each picture that is not in `found`."""

    def shown(match: re.Match[str]) -> str:
        name = match["name"].strip()
        if name in found or unquote(name) in found:  # some editors write a blank in a name as %20
            return match[0]
        return line_for(unquote(name), left_out.get(name) or left_out.get(unquote(name)) or MISSING)

    for pattern in (IMAGE, TAG):
        source = pattern.sub(shown, source)
    lines: list[str] = []

    def made_harmless(match: re.Match[str]) -> str:
        line = shown(match)
        if line == match[0]:
            return line
        lines.append(line)
        return "#"

    source = OTHER.sub(made_harmless, source)
    return "\n\n".join([source, *dict.fromkeys(lines)])
