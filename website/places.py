"""Where the course opens without an installation here: Colab, Binder, a dev container; README.md's links to them.

    python -m website.places

writes those links into README.md. They need the repository's address, which is in pyproject.toml and nowhere else:
`Repository` in [project.urls]. Without it there are none. Binder reads `.binder/`, a dev container `.devcontainer/`.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode

from autograder.exercises import NAMES
from autograder.files import replace_file
from autograder.grading_rules import INSTALLS_COURSE
from website.solved import ROOT

README = ROOT / "README.md"
BLOCK = re.compile(r"<!-- places -->\n(?:.+\n)?")  # the line after the mark holds the links
GITHUB = "https://github.com/"
COLAB_BRANCH = "colab"  # of the repository: .github/workflows/site.yml keeps the copies for Colab there
WITH_PYTORCH = NAMES[7:]  # 08 to 10: Binder installs what 01 to 07 need
# what Colab itself runs on: another version of it, installed beside its own, would break the session
COLABS_OWN = frozenset({"ipykernel", "ipython", "ipywidgets", "jupyter-client", "jupyterlab", "nbclient"})
INSTALL = (
    INSTALLS_COURSE
    + """. What is there already stays as it is.
import importlib.util
from pathlib import Path

if importlib.util.find_spec("autograder") is None:
    wheels = sorted(map(str, Path().glob("cnn_course-*.whl")))  # uploaded beside this notebook
    course = wheels[-1] if wheels else "ARCHIVE"
    assert course, "Upload cnn_course-….whl beside this notebook (in Colab: Files, on the left); run this again."
    %pip install --quiet PACKAGES
    %pip install --quiet --no-deps {course}"""
)

Link = tuple[str, str]  # what it says, and its address


def project() -> dict[str, Any]:
    """What pyproject.toml says of the project."""
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def repository() -> str:
    """The repository's address, such as https://github.com/NAME/NAME; empty if pyproject.toml has none."""
    return str(project().get("urls", {}).get("Repository", "")).rstrip("/").removesuffix(".git")


def links(address: str, assignment: str = "") -> list[Link]:
    """Where a notebook, or without one the course, opens; none unless the repository is on GitHub.

    address: of the repository.
    """
    if not address.startswith(GITHUB):
        return []
    name = address.removeprefix(GITHUB)
    places = [("GitHub Codespaces", f"https://codespaces.new/{name}?quickstart=1")]
    if assignment not in WITH_PYTORCH:
        opened = f"lab/tree/notebooks/{assignment}/{assignment}.ipynb" if assignment else "lab/tree/notebooks"
        places.insert(0, ("Binder", f"https://mybinder.org/v2/gh/{name}/HEAD?urlpath={quote(opened, safe='')}"))
    if assignment:
        file = f"{COLAB_BRANCH}/{assignment}.ipynb"
        places.insert(0, ("Colab", f"https://colab.research.google.com/github/{name}/blob/{file}"))
    return places


def as_markdown(places: list[Link]) -> str:
    return " · ".join(f"[{says}]({address})" for says, address in places)


def for_colab(notebook: NotebookNode, address: str) -> NotebookNode:
    """A copy of a released notebook whose first cell installs the course: from a wheel beside it, or the repository."""
    cell = nbformat.v4.new_code_cell(install_cell(address), id="install-the-course")
    return nbformat.v4.new_notebook(metadata=notebook.metadata, cells=[cell, *notebook.cells])


def install_cell(address: str) -> str:
    """That first cell; address: of the repository."""
    archive = f"{address}/archive/HEAD.zip" if address.startswith(GITHUB) else ""
    packages = [line for line in project()["dependencies"] if re.split(r"[^\w-]", line)[0] not in COLABS_OWN]
    return INSTALL.replace("ARCHIVE", archive).replace("PACKAGES", " ".join(f'"{line}"' for line in packages))


def with_links(readme: str, address: str) -> str:
    """README.md with the links in the place that is marked for them."""
    places = links(address)
    line = f"Open it without installing anything: {as_markdown(places)}\n" if places else ""
    return BLOCK.sub(lambda _: f"<!-- places -->\n{line}", readme)


if __name__ == "__main__":
    replace_file(README, with_links(README.read_text(encoding="utf-8"), repository()).encode())
