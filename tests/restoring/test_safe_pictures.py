"""Pictures from students are kept, drawn anew, or left out with a line; no SVG runs or loads anything."""

from __future__ import annotations

import base64
import io
import time
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import pytest
from pictures import bomb, decoded, encoded

from autograder.restoring.safe_pictures import (
    LARGEST,
    LONGEST_SIDE,
    SVG,
    Allowance,
    LeftOut,
    safe_drawing,
    safe_picture,
)
from autograder.sandbox.outputs import OUTPUTS_AT_MOST, Outputs

NAMESPACE = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


@pytest.mark.parametrize(("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif")])
def test_a_picture_that_browsers_show_is_kept_as_it_is(kind: str, mime: str) -> None:
    data = encoded(kind)
    assert safe_picture(mime, data) == (mime, data)
    assert safe_picture("image/png", data[:40] + "\n" + data[40:]) == (mime, data)  # whatever it says that it is


@pytest.mark.parametrize("kind", ["WEBP", "BMP"])
def test_other_pictures_are_drawn_as_png(kind: str) -> None:
    made, data = safe_picture(f"image/{kind.lower()}", encoded(kind))
    assert (made, decoded(data).size) == ("image/png", (30, 20))


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGB"), ("PNG", "RGBA"), ("JPEG", "RGB")])
def test_a_large_picture_is_scaled_down(kind: str, mode: str) -> None:
    large = encoded(kind, 2600, 2000, noise=True, mode=mode)
    _, data = safe_picture(f"image/{kind.lower()}", large + (" " * LARGEST if kind == "JPEG" else ""))
    assert len(data) <= LARGEST and decoded(data).size == (LONGEST_SIDE, LONGEST_SIDE * 2000 // 2600 + 1)


DAMAGED: list[tuple[str, Any]] = [
    ("image/png", encoded("PNG")[:60]),
    ("image/png", encoded("PNG").replace("A", "-", 1)),
    ("image/png", base64.b64encode(b"<html><script>alert(1)</script>").decode()),
    ("image/png", "x"),
    ("image/png", ""),
    ("image/png", None),
    ("image/png", {"a": 1}),
    ("image/webp", encoded("WEBP")[:40]),
    (SVG, "<svg"),
    (SVG, base64.b64encode(b"\xff\xfe").decode()),
    (SVG, 7),
]


@pytest.mark.parametrize(("kind", "data"), DAMAGED)
def test_a_damaged_picture_is_left_out(kind: str, data: Any) -> None:
    with pytest.raises(LeftOut, match="is damaged"):
        safe_picture(kind, data)


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (8_000, 8_000)])
def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(width: int, height: int) -> None:
    started = time.process_time()
    with pytest.raises(LeftOut, match="more than 50 million pixels"):
        safe_picture("image/png", bomb(width, height))
    assert time.process_time() - started < 0.5


def test_few_pixels_are_decoded_for_one_notebook() -> None:
    allowance, data = Allowance(pixels=1000), encoded("WEBP")
    safe_picture("image/webp", data, allowance)
    with pytest.raises(LeftOut, match="too many large pictures"):
        safe_picture("image/webp", data, allowance)


def test_few_characters_are_looked_at_for_one_notebook() -> None:
    data = encoded("PNG")
    allowance = Allowance(characters=len(data) + 1)
    safe_picture("image/png", data, allowance)
    with pytest.raises(LeftOut, match="too many large pictures"):
        safe_picture("image/png", data, allowance)


def test_a_picture_of_another_kind_is_named() -> None:
    with pytest.raises(LeftOut, match=r"image/heic\); PNG"):
        safe_picture("image/heic", "AAAA")


HOSTILE = [
    "<script>alert(1)</script>",
    '<g onclick="alert(1)" onload="alert(1)"/>',
    '<a href="javascript:alert(1)"><path d="M0 0"/></a>',
    "<foreignObject><iframe src='http://evil.example'/></foreignObject>",
    '<image href="http://evil.example/a.png"/>',
    '<use href="http://evil.example/a.svg#a"/>',
    '<use xlink:href="data:image/svg+xml;base64,AAAA#a"/>',
    '<rect fill="url(http://evil.example/a)" style="fill: url( \'http://evil.example\' ); background: red"/>',
    '<rect style="fill:u\\rl(http://evil.example)"/>',
    "<style>@import url(http://evil.example);</style>",
    '<set attributeName="href" to="javascript:alert(1)"/>',
    '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
]


@pytest.mark.parametrize("part", HOSTILE)
def test_a_drawing_runs_and_loads_nothing(part: str) -> None:
    cleaned = safe_drawing(f'<svg {NAMESPACE}>{part}<path d="M0 0L1 1" stroke="red"/></svg>')
    assert not any(word in cleaned for word in ("script", "alert", "evil", "data:", "onclick", "iframe", "@import"))
    assert '<path d="M0 0L1 1" stroke="red" />' in cleaned


def test_entities_are_not_expanded() -> None:
    declared = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(LeftOut, match="declares entities"):
        safe_drawing(f"{declared}<svg {NAMESPACE}><text>&b;</text></svg>")


@pytest.mark.parametrize(
    ("inner", "why"),
    [("<g>" * 19_000 + "</g>" * 19_000, "nested"), ("<g/>" * 30_000, "elements"), ("<g>" * 300_000, "damaged")],
)
def test_an_endless_drawing_is_left_out(inner: str, why: str) -> None:
    with pytest.raises(LeftOut, match=why):
        safe_drawing(f"<svg {NAMESPACE}>{inner}</svg>")


def test_uses_of_uses_are_removed() -> None:
    inner = '<g id="a"><path d="M0 0"/></g><g id="b"><use href="#a"/></g><g id="c"><use href="#b"/></g>'
    cleaned = safe_drawing(f"<svg {NAMESPACE}>{inner}</svg>")
    assert 'href="#a"' in cleaned and 'href="#b"' not in cleaned


def test_a_figure_of_matplotlib_stays_whole() -> None:
    with mpl.rc_context({"backend": "svg"}):
        written = io.StringIO()
        figure, axes = plt.subplots()
        axes.plot([1, 3, 2])
        axes.set_title("loss")
        figure.savefig(written, format="svg")
        plt.close(figure)
    drawn = written.getvalue()
    cleaned = safe_drawing(drawn)
    assert all(cleaned.count(f"<{tag} ") == drawn.count(f"<{tag} ") for tag in ("path", "use", "g"))
    assert cleaned.count("href=") == drawn.count("xlink:href=")


# ---- outputs


def outputs_of(*contents: dict[str, Any]) -> list[Any]:
    cell = nbformat.v4.new_code_cell()
    outputs = Outputs(cell)
    for data in contents:
        outputs.add({"msg_type": "display_data", "content": {"data": data, "metadata": {}}}, None)
    return [output.data for output in cell.outputs]


def test_a_figure_of_a_cell_is_kept_with_its_text() -> None:
    figure = {"text/plain": "<Figure size 640x480>", "image/png": encoded("PNG")}
    drawing = f'<svg {NAMESPACE}><path d="M0 0" /></svg>'
    shown, drawn, converted = outputs_of(figure, {SVG: drawing}, {"image/webp": encoded("WEBP")})
    assert shown == figure and "<path" in drawn[SVG]
    assert list(converted) == ["image/png"], converted


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"image/png": "x"}, "[a picture was left out: image/png is damaged]"),
        ({"image/png": bomb(), "text/plain": "it"}, "it\n[a picture was left out: image/png has more than 50 million"),
        ({"text/html": "<b><img src='x'></b>", "text/plain": "<HTML object>"}, "[a figure was left out: HTML"),
        ({"application/vnd.plotly.v1+json": {}}, "[a figure was left out: HTML"),
    ],
)
def test_a_figure_that_is_not_kept_leaves_a_line(data: dict[str, Any], line: str) -> None:
    (shown,) = outputs_of(data)
    assert list(shown) == ["text/plain"] and line in shown["text/plain"]


def test_a_table_leaves_no_line() -> None:
    assert outputs_of({"text/html": "<table></table>", "text/plain": "a b"}) == [{"text/plain": "a b"}]


@pytest.mark.parametrize("many", [3, OUTPUTS_AT_MOST + 5])
def test_it_is_said_once_that_there_is_no_room_for_more(many: int) -> None:
    large = encoded("PNG", 900, 1000, noise=True) if many == 3 else encoded("PNG")
    shown = outputs_of(*[{"image/png": large}] * many)
    assert ["text/plain" in data for data in shown].count(True) == 1 and "no room" in shown[-1]["text/plain"]
