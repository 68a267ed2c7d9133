"""Every notebook, solved and as students get it, run from top to bottom."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.exercises import ASSIGNMENTS
from autograder.guest.status import Status
from autograder.notebook_check import run
from autograder.notebooks import error_in, graded_cells, nbgrader, read_notebook
from autograder.outcome import outcome
from utils.layers.students import VERDICT_MIME

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 600  # for one cell; how long one takes is measured, not tested
# long experiments, shortened: fewer repetitions of the same lines. What a network learns is not looked at here
SHORTER = {
    "06_batchnorm": {
        "(0.1, 0.3, 1.0, 3.0, 10.0), range(3)": "(0.1, 1.0), range(1)",
        "(1, 2, 4, 8, 16, 50), range(3)": "(8, 16, 50), range(1)",
        "epochs=3, batch_size=50, **options": "epochs=1, batch_size=50, **options",
    },
    "07_lenet_numpy": {
        "((3, 0.03), (1, 0.01), (1, 0.003))": "((1, 0.03),)",
        "(Linear(), 10, 50, 0.01)": "(Linear(), 1, 50, 0.01)",
        "(TwoLayers(rng), 15, 50, 0.02)": "(TwoLayers(rng), 1, 50, 0.02)",
        "(LeNet5(rng), 3, 25, 0.03)": "(LeNet5(rng), 1, 25, 0.03)",
        "seeds = 5": "seeds = 1",
        "digits.train_images[:700], digits.train_labels[:700]": "digits.train_images[:100], digits.train_labels[:100]",
    },
    "08_pytorch": {"EPOCHS = 5": "EPOCHS = 1", "tqdm(range(2), desc": "tqdm(range(1), desc"},
    "09_gpu": {
        "train_fast(trained, images, labels, device)": "train_fast(trained, images, labels, device, epochs=1)",
        "warmup=3, repeats=7": "warmup=1, repeats=1",
        "take_steps(first, 30)": "take_steps(first, 3)",
        "take_steps(second, 60 - step)": "take_steps(second, 3)",
    },
    "10_design_your_own": {
        "compare(DESIGNS, digits)": "compare(DESIGNS, digits, Recipe(epochs=1))",
        "validation, seeds=3": "validation, Recipe(epochs=1), seeds=2",
    },
}
# of the two calls of a check that trains a network, the one that is made: the hidden one has the visible cases too, but
# that of build_model trains twice more, which grading/test_design_graded.py does with the same answer
HIDDEN_CALL, VISIBLE_CALL = {"check_train", "check_train_one_epoch", "check_train_fast"}, {"check_build_model"}
HIDDEN = "### BEGIN HIDDEN TESTS\n"


def solve_earlier(name: str, place: Path) -> None:
    """Put the earlier notebooks there as somebody has them who solved them: answers in them, and checks that passed."""
    for earlier in (each for each in ASSIGNMENTS if each < name):
        notebook = read_notebook(ROOT / "solutions" / earlier / f"{earlier}.ipynb")
        for cell in graded_cells(notebook):
            passed = {"exercise": nbgrader(cell)["grade_id"].removeprefix("check_"), "status": "passed"}
            if cell.cell_type == "code":
                cell.outputs = [nbformat.v4.new_output("display_data", {VERDICT_MIME: passed})]
        (place / earlier).mkdir()
        nbformat.write(notebook, place / earlier / f"{earlier}.ipynb")


def executed(folder: str, name: str, place: Path) -> NotebookNode:
    """A notebook with its outputs, run in a copy of its folder."""
    shutil.copytree(ROOT / folder / name, place / name)
    notebook = read_notebook(place / name / f"{name}.ipynb")
    shorten(notebook, SHORTER.get(name, {}))
    assert not run(notebook, place / name, SECONDS), "the kernel died"
    return notebook


def shorten(notebook: NotebookNode, edits: dict[str, str]) -> None:
    """Make the experiments shorter by these edits, and leave out one of the two calls of a check that trains."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for old, new in edits.items():
        (cell,) = (cell for cell in code if old in cell.source)
        cell.source = cell.source.replace(old, new)
    for cell in code:
        visible, _, hidden = cell.source.partition(HIDDEN)
        name = nbgrader(cell).get("grade_id")
        if name in HIDDEN_CALL and hidden:
            cell.source = hidden
        elif name in VISIBLE_CALL:
            cell.source = visible


def printed(cell: NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell.get("outputs", ()))


def without_text(notebook: NotebookNode) -> list[str]:
    """The cells that show a figure, or an animation, without an alternative text from the function that draws it."""
    cells = []
    for cell in notebook.cells:
        for data in (output.data for output in cell.get("outputs", ()) if "data" in output):
            page = data.get("text/html", "")
            if "image/png" in data or "data:image/png" in page:
                texts = re.findall(r'<img[^>]* alt="([^"]+)"', page)
                cells += [] if texts and "without a description" not in texts[0] else [cell.id]
    return cells


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_solved_notebook_gets_full_marks(name: str, tmp_path: Path) -> None:
    solve_earlier(name, tmp_path)
    notebook = executed("solutions", name, tmp_path)
    errors = {cell.id: error_in(cell) for cell in notebook.cells if cell.cell_type == "code" and error_in(cell)}
    assert not errors
    assert not [cell.id for cell in notebook.cells if "demonstration failed" in printed(cell)]
    assert not [cell.id for cell in notebook.cells if "stand-in" in printed(cell)]
    assert without_text(notebook) == []
    outcomes = [outcome(cell) for cell in graded_cells(notebook)]
    assert [o.exercise for o in outcomes if o.lost] == []
    checked = [o.exercise for o in outcomes if o.status != Status.TO_BE_MARKED]
    assert set(checked) == {exercise.name for exercise in ASSIGNMENTS[name]}
    assert sum(o.points for o in outcomes) == 100


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_released_notebook_runs_without_an_error_and_scores_nothing(name: str, tmp_path: Path) -> None:
    notebook = executed("notebooks", name, tmp_path)
    graded = {nbgrader(cell).get("grade_id") for cell in graded_cells(notebook)}
    for cell in notebook.cells:
        if cell.cell_type == "code" and nbgrader(cell).get("grade_id") not in graded:
            assert not error_in(cell), f"{cell.id}: {error_in(cell)}"
    outcomes = [outcome(cell) for cell in graded_cells(notebook)]
    assert {o.status for o in outcomes} == {Status.NOT_ATTEMPTED, Status.TO_BE_MARKED}
    assert sum(o.score for o in outcomes) == 0
