"""What is kept of a cell's outputs: text and pictures, which run nothing when they are shown, up to a size limit."""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

SHOWN = ("text/plain", "image/png", "image/jpeg")  # other types, such as HTML, may hold scripts
OUTPUTS_AT_MOST = 200  # of one cell
ROOM = 8_000_000  # characters of all outputs of a cell
LONGEST_TEXT, LONGEST_IMAGE = 200_000, 4_000_000  # characters of one output
LONGEST_LINE, LINES_AT_MOST = 2_000, 50  # characters and lines of an error
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


class Outputs:
    """Collects the outputs of one cell while it runs."""

    def __init__(self, cell: NotebookNode) -> None:
        self._cell, self._room = cell, ROOM
        self._by_display_id: dict[str, list[NotebookNode]] = {}

    def add(self, message: dict[str, Any], display_id: str | None) -> None:
        """Keep what a message shows, if there is room."""
        outputs = self._cell.outputs
        output = kept(message["msg_type"], message["content"])
        if output is None or len(outputs) >= OUTPUTS_AT_MOST or (size := _size(output)) > self._room:
            return
        self._room -= size
        if outputs and output.output_type == "stream" == outputs[-1].output_type and output.name == outputs[-1].name:
            outputs[-1].text = (outputs[-1].text + output.text)[:LONGEST_TEXT]
            return
        outputs.append(output)
        if display_id and output.output_type != "error":
            self._by_display_id.setdefault(display_id, []).append(output)

    def update(self, message: dict[str, Any], display_id: str) -> None:
        """Replace this cell's outputs that have this display id; outputs of other cells stay."""
        replacement = kept("display_data", message["content"])
        size = _size(replacement) if replacement else 0
        for output in self._by_display_id.get(display_id, ()):
            if replacement is not None and size <= self._room:
                self._room -= size
                output.data = replacement.data

    def clear(self) -> None:
        """Remove all outputs."""
        self._cell.outputs = []
        self._by_display_id.clear()


def kept(kind: str, content: dict[str, Any]) -> NotebookNode | None:
    """The output that a message stands for, without anything that could run; None if nothing is left."""
    if kind == "stream":
        return new_output(kind, name=content["name"], text=readable(content["text"])[:LONGEST_TEXT])
    if kind == "error":
        name, value = (readable(content[part])[:LONGEST_LINE] for part in ("ename", "evalue"))
        lines = [readable(line)[:LONGEST_LINE] for line in content["traceback"][:LINES_AT_MOST]]
        return new_output(kind, ename=name, evalue=value, traceback=lines)
    if kind in ("display_data", "execute_result"):
        data = {name: text for name in SHOWN if (text := _data(name, content["data"].get(name)))}
        return new_output(kind, data) if data else None
    return None


def readable(text: object) -> str:
    """Text with what UTF-8 cannot encode replaced."""
    return str(text).encode("utf-8", "replace").decode()


def _data(kind: str, data: object) -> str:
    if kind == "text/plain":
        return readable(data)[:LONGEST_TEXT] if isinstance(data, str) else ""
    fits = isinstance(data, str) and len(data) <= LONGEST_IMAGE and BASE64.fullmatch(data)
    return str(data) if fits else ""


def _size(output: NotebookNode) -> int:
    if output.output_type == "stream":
        return len(output.text)
    return sum(map(len, output.data.values())) if "data" in output else sum(map(len, output.traceback))
