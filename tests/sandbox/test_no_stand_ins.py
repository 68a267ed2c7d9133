"""A kernel that grades a NumPy notebook can import stand-ins, as the notebook does, and cannot answer with them."""

from __future__ import annotations

import in_sandbox
import pytest
from in_sandbox import COURSE

from autograder.exercises import EXERCISES
from autograder.gallery.registry import right_answers
from autograder.notebooks import nbgrader, read_notebook
from autograder.sandbox.availability import why_unavailable

missing = why_unavailable()
NOTEBOOK = "03_conv_backward"  # its first cell imports stand_ins
ANSWERS = {
    "conv_backward_bias": "conv_backward_bias = stand_ins.conv_backward_bias",
    "conv_backward_weight": right_answers("conv_backward_weight")[0].source,
    "conv_backward_input": "def conv_backward_input(*arguments):\n"
    "    import importlib\n"
    "    functions = importlib.import_module('utils.layers.reference.functions')\n"
    "    return functions.conv_backward_input(*arguments)",
}


@pytest.mark.skipif(bool(missing), reason=f"students' code cannot be isolated here: {missing}")
def test_stand_ins_earn_nothing_and_stop_nothing() -> None:
    notebook = read_notebook(COURSE.release(NOTEBOOK))
    for cell in notebook.cells:
        cell.source = ANSWERS.get(nbgrader(cell).get("grade_id"), cell.source)
    result = in_sandbox.graded(NOTEBOOK, notebook)
    assert {name: result.scores[f"check_{name}"] for name in ANSWERS} == {
        "conv_backward_bias": 0,
        "conv_backward_weight": EXERCISES["conv_backward_weight"].points,
        "conv_backward_input": 0,
    }
    cards = result.notebook.decode()
    assert "this notebook is graded without the stand-ins" in cards and "No module named" in cards
