"""Colab, Binder, a dev container, VS Code: their files, links to them, and notebooks that come back from there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from small_course import NAME, REPOSITORY, SANDBOX, known_course, released, solved

from autograder.exercises import ASSIGNMENTS
from autograder.grading.submission import grade_submission
from autograder.grading.task import Task
from autograder.grading_rules import warnings_about
from autograder.installed import requirements
from website import places

ADDRESS = "https://github.com/someone/cnn"
COLAB = {
    "accelerator": "GPU",
    "colab": {"provenance": []},
    "kernelspec": {"display_name": "Python 3", "name": "python3"},
}
# what JupyterLite's Python kernel leaves in a notebook
TAB = {
    "kernelspec": {"display_name": "Python (Pyodide)", "language": "python", "name": "python"},
    "language_info": {
        "codemirror_mode": {"name": "python", "version": 3}, "file_extension": ".py", "mimetype": "text/x-python",
        "name": "python", "nbconvert_exporter": "python", "pygments_lexer": "ipython3", "version": "3.13",
    },
}  # fmt: skip


def read(path: str) -> Any:
    return json.loads((REPOSITORY / path).read_text())


def test_links_lead_to_the_notebook_and_are_missing_without_an_address() -> None:
    links = dict(places.links(ADDRESS, "02_convolution"))
    assert links["Colab"] == "https://colab.research.google.com/github/someone/cnn/blob/colab/02_convolution.ipynb"
    assert links["Binder"].endswith("/HEAD?urlpath=lab%2Ftree%2Fnotebooks%2F02_convolution%2F02_convolution.ipynb")
    assert "Binder" not in dict(places.links(ADDRESS, "08_pytorch")), "Binder has no PyTorch"
    assert places.links("") == places.links("", "02_convolution") == []


def test_the_readme_has_the_links_that_the_address_gives() -> None:
    readme = places.README.read_text()
    assert places.with_links(readme, places.repository()) == readme, "run `python -m website.places`"
    linked = places.with_links(readme, ADDRESS)
    assert "mybinder.org/v2/gh/someone/cnn" in linked and places.with_links(linked, "") == places.with_links(readme, "")


def test_the_cell_for_colab_installs_what_colab_lacks_and_nothing_that_it_runs_on() -> None:
    cell = places.install_cell(ADDRESS)
    compile(TransformerManager().transform_cell(cell), "cell", "exec")
    packages, course = (shlex.split(line)[3:] for line in cell.splitlines() if line.startswith("    %pip"))
    assert course == ["--no-deps", "{course}"] and f'"{ADDRESS}/archive/HEAD.zip"' in cell
    named = {re.split(r"[^\w-]", package)[0] for package in packages}
    assert named == {one.name for one in requirements()} - places.COLABS_OWN
    assert {one.name for one in requirements()} > places.COLABS_OWN


def test_the_cell_for_colab_does_nothing_where_the_course_is_installed() -> None:
    calls: list[object] = []
    code = TransformerManager().transform_cell(places.install_cell(""))
    exec(code, {"get_ipython": lambda: calls.append("a magic")})
    assert calls == []


@pytest.mark.parametrize("metadata", [COLAB, TAB], ids=["colab", "tab"])
def test_a_notebook_that_comes_back_is_graded_in_full(metadata: dict[str, Any], tmp_path: Path) -> None:
    notebook = places.for_colab(solved(), ADDRESS)
    for one in notebook.cells:  # what Colab adds to cells
        one.metadata |= {"id": one.id, "outputId": "0", "colab": {"base_uri": "https://localhost:8080/"}}
    notebook.metadata = nbformat.from_dict(metadata)
    assert warnings_about(notebook, NAME, released()) == []
    with known_course(tmp_path / "course") as course:
        submitted, skeleton = (nbformat.writes(one).encode() for one in (notebook, released()))
        modules = course.modules(NAME)
        task = Task(NAME, "ada", submitted, skeleton, "", "secret", "", modules, sandboxed=SANDBOX)
        scores = grade_submission(task).scores
    assert (scores["check_double"], scores["check_half"]) == (10, 5)


def test_binder_installs_the_light_course_at_the_locked_versions() -> None:
    folder = REPOSITORY / ".binder"
    assert sorted(path.name for path in folder.iterdir()) == ["requirements.txt", "runtime.txt"]
    lines = [line for line in (folder / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert lines == ["--constraint ../requirements.lock", "--editable ."]
    assert (folder / lines[0].split()[1]).is_file() and (folder / "runtime.txt").read_text() == "python-3.11\n"


def test_the_dev_container_makes_the_environment_that_the_editor_takes() -> None:
    container = read(".devcontainer/devcontainer.json")
    steps = [shlex.split(step) for step in container["postCreateCommand"].split(" && ")]
    assert [step[0] for step in steps] == ["python3", ".venv/bin/pip", ".venv/bin/autograder"]
    assert (REPOSITORY / steps[1][steps[1].index("--constraint") + 1]).is_file()
    editor = container["customizations"]["vscode"]
    assert editor["settings"]["python.defaultInterpreterPath"].endswith("/.venv/bin/python")
    assert editor["extensions"] == read(".vscode/extensions.json")["recommendations"]


def test_copies_for_colab_begin_with_that_cell_and_are_else_the_students(tmp_path: Path) -> None:
    from website.build import copies_for_colab
    from website.solved import released as path_of

    copies_for_colab(tmp_path / "colab", [*ASSIGNMENTS][:2])
    for path in sorted((tmp_path / "colab").iterdir()):
        copy, original = (nbformat.read(one, as_version=4) for one in (path, path_of(path.stem)))
        assert copy.cells[0].source.startswith("# This installs the course") and copy.cells[1:] == original.cells
