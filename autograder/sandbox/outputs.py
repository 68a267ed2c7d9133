"""What is kept of a cell's outputs: what can be looked at without running anything, and no more than is readable."""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

SHOWN = ("text/plain", "image/png", "image/jpeg")  # the rest could be a page of script
MOST = 200  # outputs of one cell
ROOM = 8_000_000  # characters of all of them
LONGEST_TEXT, LONGEST_IMAGE = 200_000, 4_000_000
LONGEST_LINE, MOST_LINES = 2_000, 50  # of an error
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


class Outputs:
    """The outputs of one cell, while it runs."""

    def __init__(self, cell: NotebookNode) -> None:
        self._cell, self._room = cell, ROOM
        self._by_display_id: dict[str, list[NotebookNode]] = {}

    def add(self, message: dict[str, Any], display_id: str | None) -> None:
        """Keep what a message shows, as far as there is room."""
        outputs = self._cell.outputs
        output = kept(message["msg_type"], message["content"])
        if output is None or len(outputs) >= MOST or (size := _size(output)) > self._room:
            return
        self._room -= size
        if outputs and output.output_type == "stream" == outputs[-1].output_type and output.name == outputs[-1].name:
            outputs[-1].text = (outputs[-1].text + output.text)[:LONGEST_TEXT]
            return
        outputs.append(output)
        if display_id and output.output_type != "error":
            self._by_display_id.setdefault(display_id, []).append(output)

    def update(self, message: dict[str, Any], display_id: str) -> None:
        """Show something else in the places with this display id; what other cells showed stays."""
        found = kept("display_data", message["content"])
        size = _size(found) if found else 0
        for output in self._by_display_id.get(display_id, ()):
            if found is not None and size <= self._room:
                self._room -= size
                output.data = found.data

    def clear(self) -> None:
        """Take away all that is shown."""
        self._cell.outputs = []
        self._by_display_id.clear()


def kept(kind: str, content: dict[str, Any]) -> NotebookNode | None:
    """The output that a message makes, with nothing in it that could harm who looks at it; None if nothing is left."""
    if kind == "stream":
        return new_output(kind, name=content["name"], text=readable(content["text"])[:LONGEST_TEXT])
    if kind == "error":
        name, value = (readable(content[part])[:LONGEST_LINE] for part in ("ename", "evalue"))
        lines = [readable(line)[:LONGEST_LINE] for line in content["traceback"][:MOST_LINES]]
        return new_output(kind, ename=name, evalue=value, traceback=lines)
    if kind in ("display_data", "execute_result"):
        data = {name: text for name in SHOWN if (text := _data(name, content["data"].get(name)))}
        return new_output(kind, data) if data else None
    return None


def readable(text: object) -> str:
    """Text that can be written as UTF-8."""
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
