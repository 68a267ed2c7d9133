"""What is kept of a cell's outputs: text and pictures, which run nothing when they are shown, up to a size limit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.restoring.safe_pictures import SVG, Allowance, LeftOut, line_for, safe_drawing, safe_picture

OUTPUTS_AT_MOST = 200  # of one cell
ROOM = 8_000_000  # characters of all outputs of a cell
# of a cell's pictures, characters that are looked at and pixels that are drawn anew, while the kernel's messages wait
LOOKED_AT, DRAWN_ANEW = 20_000_000, 8_000_000
LONGEST_TEXT = 200_000  # characters of one output
LONGEST_LINE, LINES_AT_MOST = 2_000, 50  # characters and lines of an error
INTERACTIVE = ("application/vnd.plotly", "application/vnd.vega", "application/vnd.bokeh", "video/")
DRAWN = re.compile(r"<(?:img|svg|canvas|video|iframe)\b", re.IGNORECASE)
NOT_SHOWN = "[a figure was left out: HTML and interactive figures are not shown here, pictures are]"
NO_ROOM = "[more outputs of this cell, pictures among them, were left out: there is no room]"


class Outputs:
    """Collects the outputs of one cell while it runs."""

    def __init__(self, cell: NotebookNode) -> None:
        self._cell, self._room, self._allowance, self._full = cell, ROOM, Allowance(LOOKED_AT, DRAWN_ANEW), False
        self._by_display_id: dict[str, list[NotebookNode]] = {}

    def add(self, message: dict[str, Any], display_id: str | None) -> None:
        """Keep what a message shows, if there is room."""
        outputs = self._cell.outputs
        if len(outputs) >= OUTPUTS_AT_MOST:
            self._say_full(message)
            return
        output = kept(message["msg_type"], message["content"], self._allowance)
        if output is None:
            return
        if (size := _size(output)) > self._room:
            self._say_full(message)
            return
        self._room -= size
        if outputs and output.output_type == "stream" == outputs[-1].output_type and output.name == outputs[-1].name:
            outputs[-1].text = (outputs[-1].text + output.text)[:LONGEST_TEXT]
            return
        outputs.append(output)
        if display_id and output.output_type != "error":
            self._by_display_id.setdefault(display_id, []).append(output)

    def _say_full(self, message: dict[str, Any]) -> None:
        """Say once that a picture was left out, as the last output."""
        data = message["content"].get("data", {})
        if not self._full and any(kind.startswith("image/") for kind in data):
            self._full = True
            self._cell.outputs.append(new_output("display_data", {"text/plain": NO_ROOM}))

    def update(self, message: dict[str, Any], display_id: str) -> None:
        """Replace this cell's outputs that have this display id; outputs of other cells stay."""
        replacement = kept("display_data", message["content"], self._allowance)
        size = _size(replacement) if replacement else 0
        for output in self._by_display_id.get(display_id, ()):
            if replacement is not None and size <= self._room:
                self._room -= size
                output.data = replacement.data

    def clear(self) -> None:
        """Remove all outputs."""
        self._cell.outputs, self._full = [], False
        self._by_display_id.clear()


def kept(kind: str, content: dict[str, Any], allowance: Allowance) -> NotebookNode | None:
    """The output that a message stands for, without anything that could run; None if nothing is left."""
    if kind == "stream":
        return new_output(kind, name=content["name"], text=readable(content["text"])[:LONGEST_TEXT])
    if kind == "error":
        name, value = (readable(content[part])[:LONGEST_LINE] for part in ("ename", "evalue"))
        lines = [readable(line)[:LONGEST_LINE] for line in content["traceback"][:LINES_AT_MOST]]
        return new_output(kind, ename=name, evalue=value, traceback=lines)
    if kind in ("display_data", "execute_result"):
        data = shown(content["data"], allowance)
        return new_output(kind, data) if data else None
    return None


def shown(data: Mapping[str, object], allowance: Allowance) -> dict[str, str]:
    """What is kept of one output, by type; a picture that is not becomes a line of its text."""
    kept, text = dict[str, str](), data.get("text/plain")
    if isinstance(text, str) and text:
        kept["text/plain"] = readable(text)[:LONGEST_TEXT]
    why = NOT_SHOWN if any(kind.startswith(INTERACTIVE) for kind in data) or _draws(data.get("text/html")) else ""
    for kind in data:
        if not kind.startswith("image/"):
            continue
        try:
            if kind == SVG:
                kept[SVG] = safe_drawing(data[kind])
            else:
                shown_as, picture = safe_picture(kind, data[kind], allowance)
                kept[shown_as] = picture
        except LeftOut as problem:
            why = line_for(kind, problem)
    if why and len(kept) == ("text/plain" in kept):
        kept["text/plain"] = "\n".join(filter(None, [kept.get("text/plain", ""), why]))
    return kept


def _draws(html: object) -> bool:
    """Whether HTML holds a figure; a table also has a text."""
    return isinstance(html, str) and bool(DRAWN.search(html))


def readable(text: object) -> str:
    """Text with what UTF-8 cannot encode replaced."""
    return str(text).encode("utf-8", "replace").decode()


def _size(output: NotebookNode) -> int:
    if output.output_type == "stream":
        return len(output.text)
    return sum(map(len, output.data.values())) if "data" in output else sum(map(len, output.traceback))
