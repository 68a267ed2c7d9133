"""Draw docs/images/card.png, the picture of a card: python -m website.card_picture

It needs Playwright and Chromium. The picture holds the card's text too, so that a test sees when it is out of date.
"""

from __future__ import annotations

import io
import shutil
from html import escape
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from autograder.check import Score
from autograder.gallery.registry import answers
from autograder.judging.card import as_html, as_text
from autograder.judging.verdict import Verdict
from website.examples import verdict_at_home

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "card.png"
EXERCISE, MISTAKE = "conv_forward", "first-image-only"
TEXT = "Description"  # PNG's own word for the text that a picture shows
WIDTH, SCALE = 1000, 1.5  # of the window in CSS pixels, and pixels of the picture for each
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 6px 12px 10px 0; font: 14px/1.45 "DejaVu Sans", sans-serif; color: #212121; width: 980px }}
.cell {{ display: grid; grid-template-columns: 64px 1fr; gap: 6px; margin-bottom: 6px }}
.prompt, code {{ font: 13px/1.6 "DejaVu Sans Mono", monospace }}
.prompt {{ color: #616161; text-align: right }}
.cell > code {{ background: #f5f5f5; border: 1px solid #e0e0e0; padding: 2px 6px }}
</style>
<div class="cell"><span class="prompt">[9]:</span><code>{call}</code></div>
<div class="cell"><span></span><div>{card}</div></div>
<div class="cell"><span class="prompt">[9]:</span><span>{score}</span></div>"""


def verdict() -> Verdict:
    """What the check says, in a notebook, of the answer that computes the first image alone."""
    answer = next(one for one in answers() if (one.exercise, one.says) == (EXERCISE, MISTAKE))
    return verdict_at_home(answer)


def draw(judged: Verdict) -> bytes:
    """The cell with its card, as PNG."""
    from playwright.sync_api import sync_playwright

    call = escape(f"check.{EXERCISE}({EXERCISE})")
    html = PAGE.format(call=call, card=as_html(judged), score=Score(judged)._repr_html_())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), chromium_sandbox=False)
        page = browser.new_page(viewport={"width": WIDTH, "height": 100}, device_scale_factor=SCALE)
        page.set_content(html)
        shot = page.screenshot(full_page=True)
        browser.close()
    with Image.open(io.BytesIO(shot)) as image:
        few = image.convert("P", palette=Image.Palette.ADAPTIVE, colors=128)
    described, written = PngInfo(), io.BytesIO()
    described.add_itxt(TEXT, as_text(judged))
    few.save(written, "PNG", optimize=True, pnginfo=described)
    return written.getvalue()


def text_in(picture: Path) -> str:
    """The text of the card that a picture shows; empty if it holds none."""
    with Image.open(picture) as image:
        return str(image.info.get(TEXT, ""))


if __name__ == "__main__":
    PICTURE.write_bytes(draw(verdict()))
    print(f"{PICTURE} is written; run `autograder build` for its copy.")
