"""Sphinx's settings for the website. `python -m website` writes the pages that Sphinx reads."""

import os
import re
from pathlib import Path

from numpy.typing import ArrayLike
from sphinx.application import Sphinx
from sphinx.util.typing import stringify_annotation

from website import places

REPOSITORY = places.repository()  # empty: no button leads to it

# as Sphinx spells out an array of any shape; the group is its dtype
ARRAY = re.compile(
    r"~?(?:numpy\.)?ndarray\[tuple\[(?:~?typing\.)?Any, \.\.\.\], ~?(?:numpy\.)?dtype\[(?:~?[\w.]+\.)?(\w+)\]\]"
)
ARRAY_LIKE = stringify_annotation(ArrayLike, "smart")
OUTSIDE_BACKTICKS = re.compile(r"(`[^`]*`)|[|*]")

project = "Convolutional networks"
html_title = "Convolutional networks, from loops to the GPU"
copyright = "the authors; MIT licence"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx-mathjax-offline"]
exclude_patterns = ["notebooks/download"]
suppress_warnings = ["misc.highlighting_failure"]  # csv has no colours

nb_execution_mode = "off"  # website/solved.py has run them
nb_merge_streams = True
nb_render_markdown_format = "myst"  # of outputs: tables and formulas
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_dmath_allow_space = False
myst_heading_anchors = 4
myst_links_external_new_tab = False
highlight_language = "none"

default_role = "code"  # docstrings have single backticks
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_use_unqualified_type_names = True
add_module_names = False

templates_path = [str(Path(__file__).parent / "templates")]
html_theme = "sphinx_book_theme"
html_static_path = [str(Path(__file__).parent / "static"), os.environ["COURSE_SITE_STATIC"]]
html_css_files = ["course.css"]
html_context = {"default_mode": "auto"}
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "repository_url": REPOSITORY,
    "use_repository_button": bool(REPOSITORY),
    "use_issues_button": bool(REPOSITORY),
    "use_download_button": False,  # the page has outputs; the notebook to download has none
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    "footer_content_items": ["copyright.html"],  # no author is set
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", openers)
    app.connect("autodoc-process-docstring", literally)
    app.connect("autodoc-process-signature", briefly)


def openers(app: Sphinx, page: str, template: str, context: dict[str, object], doctree: object) -> None:
    """For the side bar of a page: where its notebook, or the course, opens without an installation."""
    folder, _, name = page.rpartition("/")
    context["places"] = places.links(REPOSITORY, name if folder == "notebooks" else "")


def literally(app: Sphinx, what: str, name: str, described: object, options: object, lines: list[str]) -> None:
    """Docstrings are plain text with backticks: bars are absolute values, stars products, and neither is a mark."""
    lines[:] = [OUTSIDE_BACKTICKS.sub(lambda found: found[1] or "\\" + found[0], line) for line in lines]


def briefly(
    app: Sphinx, what: str, name: str, described: object, options: object, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """A signature with ndarray, NDArray[float32] or ArrayLike as in the source, not as NumPy spells it out."""

    def named(found: re.Match[str]) -> str:
        return "ndarray" if found[1] == "Any" else f"NDArray[{found[1]}]"

    def brief(text: str | None) -> str | None:
        return ARRAY.sub(named, text.replace(ARRAY_LIKE, "ArrayLike")) if text else text

    return brief(signature), brief(returns)
