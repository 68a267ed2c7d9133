"""Write the pages that Sphinx reads, run Sphinx, and look for lines of solutions in what it made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat

from autograder.authoring.build import LEAKS
from autograder.errors import CourseError
from autograder.exercises import ASSIGNMENTS
from autograder.notebooks import read_notebook
from utils.layers import VARIABLE
from website import documents, mistakes, places, reference
from website.examples import examples
from website.leaks import leaks, secret_lines
from website.notebook_page import page
from website.outputs import Figures
from website.solved import released, solution, solved

HERE = Path(__file__).resolve().parent
FIGURES = "figures"  # in _static/ of the site


def build(into: Path, assignments: Sequence[str]) -> Path:
    """Build the site with these notebooks in the folder `into`; returns the folder with the pages.

    What takes long is kept in `into`: notebooks that were run, and cards.

    Raises:
        CourseError: if a solved notebook does not run, Sphinx warns of anything, or a page shows a solution.
    """
    os.environ[VARIABLE] = "stand-ins"  # in kernels and in Sphinx: no line says which functions are a student's own
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    into = into.resolve()
    source, static, new, html = (into / name for name in ("source", "static", "new", "html"))
    for folder in (source, static, new):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir(parents=True)
    documents.stage(source, assignments)
    _write(source / "reference", reference.pages())
    for assignment in assignments:
        print(f"{assignment}: notebook", flush=True)
        stage_notebook(assignment, source / "notebooks", static / FIGURES, into / "executed")
    stage_mistakes(source / "mistakes", assignments, into / "cards")
    run_sphinx(source, static, new)
    copies_for_colab(new / "colab", assignments)
    refuse_leaks(new)
    shutil.rmtree(html, ignore_errors=True)
    os.replace(new, html)
    return html


def stage_notebook(assignment: str, folder: Path, figures: Path, kept: Path) -> None:
    """Write the page of a notebook, its figures, and the notebook as students download it."""
    students = released(assignment)
    (folder / "download").mkdir(parents=True, exist_ok=True)
    shutil.copy(students, folder / "download" / students.name)
    written = page(
        read_notebook(students),
        solved(assignment, kept),
        Figures(figures, f"../_static/{FIGURES}"),
        f"download/{students.name}",
    )
    nbformat.write(written, folder / students.name)


def copies_for_colab(folder: Path, assignments: Sequence[str]) -> None:
    """Write the notebooks with a first cell that installs the course; a branch with them is what Colab opens."""
    folder.mkdir()
    for assignment in assignments:
        copy = places.for_colab(read_notebook(released(assignment)), places.repository())
        nbformat.write(copy, folder / f"{assignment}.ipynb")


def stage_mistakes(folder: Path, assignments: Sequence[str], kept: Path) -> None:
    """Write the pages of the gallery of mistakes."""
    counts = {}
    for assignment in assignments:
        print(f"{assignment}: mistakes", flush=True)
        shown = examples(assignment, kept)
        counts[assignment] = {name: len(mistakes_) for name, mistakes_ in shown.items()}
        _write(folder, {f"{assignment}.md": mistakes.assignment_page(assignment, shown)})
    _write(folder, {"index.md": mistakes.index_page(counts)})


def run_sphinx(source: Path, static: Path, into: Path) -> None:
    """Let Sphinx make the pages; a warning, such as one of a broken link, is an error."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-c", str(HERE)]
    command += ["-d", str(into.with_name("doctrees")), str(source), str(into)]
    static.mkdir(exist_ok=True)
    made = subprocess.run(command, cwd=HERE.parent, env=os.environ | {"COURSE_SITE_STATIC": str(static)})
    if made.returncode:
        raise CourseError("Sphinx did not make the site; its messages are above")


def refuse_leaks(html: Path) -> None:
    """Raise CourseError if a page shows a line of a solution, or a notebook's page that there are hidden tests."""
    secrets = secret_lines(map(solution, ASSIGNMENTS), map(released, ASSIGNMENTS))
    for path in sorted(html.rglob("*.html")):
        markers = LEAKS if path.parent.name == "notebooks" else ()
        for line in leaks(path.read_text(), (*secrets, *markers)):
            whose = f" of {secrets[line]}" if line in secrets else ""
            raise CourseError(f"{path.relative_to(html)} would show what belongs to the solution{whose}: {line}")


def _write(folder: Path, pages: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text)
