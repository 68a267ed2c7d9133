"""A notebook's page has the students' cells with the outputs of a solved run, and a mistake's has no wrong answer."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from PIL import Image
from small_course import RIGHT, cell, released, solution_notebook, solved

from autograder.gallery.registry import answers
from website.documents import first_page
from website.examples import judge
from website.leaks import leaks, secret_lines
from website.mistakes import as_markdown, assignment_page
from website.notebook_page import page
from website.outputs import Figures, shown


@pytest.fixture
def figures(tmp_path: Path) -> Figures:
    return Figures(tmp_path / "figures", "../figures")


def output(kind: str, text: str, **metadata: object) -> NotebookNode:
    return nbformat.v4.new_output("display_data", data={kind: text}, metadata=metadata)


def small_page(figures: Figures) -> dict[str, NotebookNode]:
    """The cells of the small course's page, by id; in the run that it is made of, each cell shows its own source."""
    run = solved()
    for one in run.cells:
        if one.cell_type == "code":
            one.outputs = [
                nbformat.v4.new_output("stream", name="stdout", text="running for 10 s"),
                output("text/plain", one.source),
            ]
    return {one.id: one for one in page(released(), run, figures, "download/01_small.ipynb").cells}


def test_a_page_has_the_exercises_unsolved_and_what_demonstrations_and_checks_show(figures: Figures) -> None:
    cells = small_page(figures)
    assert "raise NotWritten" in cells["double"].source and cells["double"].outputs == []
    assert cells["demo-double"].outputs[1].data["text/plain"] == cells["demo-double"].source
    assert [each.output_type for each in cells["check-double"].outputs] == ["display_data"]
    shown_code = "\n".join(one.source for one in cells.values())
    assert all(answer not in shown_code for answer in RIGHT.values())


def test_a_page_says_where_an_answer_in_words_goes_and_has_no_metadata_of_grading(figures: Figures) -> None:
    cells = small_page(figures)
    assert cells["answer-why"].source == "*Your answer goes here: 5 points, which a person gives.*"
    assert all(not one.metadata for one in cells.values())
    assert "download/01_small.ipynb" in cells["about-this-page"].source


def test_a_figure_becomes_a_file_with_its_alternative_text_and_size(figures: Figures, tmp_path: Path) -> None:
    drawn = BytesIO()
    Image.new("RGB", (2, 3)).save(drawn, "PNG")
    encoded = base64.b64encode(drawn.getvalue()).decode()
    html = f'<img src="data:image/png;base64,{encoded}" alt="a &quot;tall&quot; picture">'
    plain = output("image/png", encoded, **{"image/png": {"alt": 'a "tall" picture'}})
    for given in (output("text/html", html), plain):
        (kept,) = shown([given], figures)
        name = re.search(r'src="\.\./figures/(\w+\.png)"', kept.data["text/html"])
        assert name and (tmp_path / "figures" / name[1]).read_bytes() == drawn.getvalue()
        assert 'alt="a &quot;tall&quot; picture"' in kept.data["text/html"]
        assert 'width="2" height="3"' in kept.data["text/html"]


def test_progress_bars_and_styles_from_another_host_are_left_out(figures: Figures) -> None:
    bar = output("application/vnd.jupyter.widget-view+json", "")
    stream = nbformat.v4.new_output("stream", name="stderr", text="50%")
    player = output("text/html", '<link rel="stylesheet"\nhref="https://host.example/a.css"><p>player</p>')
    assert [each.data for each in shown([bar, stream, player], figures)] == [{"text/html": "<p>player</p>"}]


def test_a_line_of_a_solution_is_found_however_a_page_colours_it(tmp_path: Path) -> None:
    solution, students = solution_notebook(), released()
    secret, public = "total = first + second", "shown = first + second"
    for notebook in (solution, students):
        notebook.cells.append(cell("code", "demo", public, locked=True))
    region = f"def f():\n    ### BEGIN SOLUTION\n    {secret}\n    {public}\n    ### END SOLUTION"
    solution.cells.append(cell("code", "f", region, solution=True))
    paths = [tmp_path / "solution.ipynb", tmp_path / "released.ipynb"]
    for notebook, path in zip((solution, students), paths, strict=True):
        nbformat.write(notebook, path)
    secrets = secret_lines(paths[:1], paths[1:])
    assert set(secrets) == {secret}
    coloured = "".join(f"<span>{word}</span>" for word in re.split("( )", secret))
    assert leaks(f"<pre>{coloured}</pre>", secrets) == [secret]
    assert leaks(f"<pre>{public}</pre>", secrets) == []


def test_most_mistakes_of_an_exercise_have_a_card_and_no_card_has_a_line_of_a_wrong_answer() -> None:
    known = {answer.says for answer in answers() if answer.exercise == "conv_output_size" and answer.named}
    examples = judge("conv_output_size")
    assert len(examples) > len(known) / 2 and {one.mistake for one in examples} <= known
    text = assignment_page("02_convolution", {"conv_output_size": examples})
    assert all(f"### {one.mistake}\n" in text for one in examples)
    assert re.search(r"in line \d+: `", text) is None


def test_only_backticks_are_marks_in_a_sentence() -> None:
    assert as_markdown("a * b * c_d < `x * y` and\n$z") == r"a \* b \* c\_d \< `x * y` and \$z"


def test_the_first_page_leads_to_the_notebooks_and_to_a_document_that_has_no_place_yet() -> None:
    text = first_page("# T\n\n| `01_small` | a |\n| `02_other` | b |\n", ["01_small"], ["docs/students", "docs/new"])
    assert "| [`01_small`](notebooks/01_small.ipynb) | a |" in text and "| `02_other` | b |" in text
    assert text.count("docs/students\n") == 1 and text.count("docs/new\n") == 1
