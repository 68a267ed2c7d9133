"""The outputs of a cell as a page shows them: figures in files of their own, no progress bars, no stored verdicts."""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

WIDGET = "application/vnd.jupyter.widget-view+json"  # a progress bar
# a figure as utils.figures.alternative shows it
EMBEDDED = re.compile(r'<img src="data:image/png;base64,([^"]+)"([^>]*)>')
# matplotlib's player: it asks another host for the signs on its buttons, which the theme has; its slider has no name,
# and the names of the forms in two players are the same
PLAYER = (
    (re.compile(r'<link rel="stylesheet"\s+href="https?:[^>]*>'), ""),
    (re.compile(r'<input (?=id="_anim_slider)'), '<input aria-label="Frame" '),
    (re.compile(r'<form title="Repetition mode" aria-label="Repetition mode"'), "<form"),
)


class Figures:
    """Writes the figures of a page into one folder, each under a name that its content gives."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        self._address = address  # of the folder, as seen from the page

    def tag(self, png: bytes, attributes: str) -> str:
        """An HTML image of a picture that is now in the folder."""
        name = hashlib.sha256(png).hexdigest()[:16] + ".png"
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / name).write_bytes(png)
        size = "" if "width=" in attributes else ' width="{}" height="{}"'.format(*struct.unpack(">II", png[16:24]))
        return f'<img src="{self._address}/{name}" loading="lazy"{attributes}{size}>'

    def taken_out(self, html: str) -> str:
        """The HTML, with its embedded pictures in files."""
        return EMBEDDED.sub(lambda found: self.tag(base64.b64decode(found[1]), found[2]), html)


def shown(outputs: list[NotebookNode], figures: Figures) -> Iterator[NotebookNode]:
    """The outputs that a reader needs, each in one form."""
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stdout":
                yield nbformat.v4.new_output("stream", name="stdout", text=output.text)
        elif WIDGET not in output.data:
            yield nbformat.v4.new_output("display_data", data=_one_form(output, figures))


def _one_form(output: NotebookNode, figures: Figures) -> dict[str, str]:
    data: dict[str, Any] = output.data
    if "text/html" in data:
        html = figures.taken_out(data["text/html"])
        for pattern, better in PLAYER:
            html = pattern.sub(better, html)
        return {"text/html": html}
    if "image/png" in data:
        text = output.metadata.get("image/png", {}).get("alt", data.get("text/plain", ""))
        return {"text/html": figures.tag(base64.b64decode(data["image/png"]), f' alt="{escape(text)}"')}
    kind = next(kind for kind in ("text/markdown", "text/plain") if kind in data)
    return {kind: data[kind]}
