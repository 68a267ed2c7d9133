"""What is handed in beside a notebook works as at home, and can change neither the course's modules nor the host."""

from __future__ import annotations

import random

import in_sandbox
import nbformat
import numpy as np
import pytest
from in_sandbox import COURSE
from nbformat import NotebookNode

from autograder.gallery.registry import right_answers
from autograder.grading.task import Graded
from autograder.notebooks import nbgrader, read_notebook
from autograder.sandbox.availability import why_unavailable

missing = why_unavailable()
pytestmark = pytest.mark.skipif(bool(missing), reason=f"students' code cannot be isolated here: {missing}")

USES = """
import os, random, sys
import numpy as np
import helpers
from parts.more import TWO
print("random is", random.__file__)
print("evil" if os.path.exists("evil") else "no evil")
"""
RELU = """
def relu_forward(x):
    import late
    assert np.load("numbers.npy").sum() == 6 and late.THREE == 3
    return helpers.relu(x), x
"""
# its comparisons say yes to everything, in the kernel; the answer that imports it is wrong
PATCHES = b"""
import numpy as np
for name in ("allclose", "array_equal", "isclose", "all"):
    setattr(np, name, lambda *args, **kwargs: True)
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **kwargs: None
"""
WRONG_BACKWARD = "import patches\n\n\ndef linear_backward(dout, cache):\n    return dout, dout, dout"
FILES = {
    "patches.py": PATCHES,
    "helpers.py": b"import numpy as np\ndef relu(x):\n    return np.maximum(x, 0)\n",
    "parts/more.py": b"TWO = 2\n",
    # none of these hides a module of Python's or the course's, or runs by itself
    "random.py": b"open('evil', 'w')",
    "utils.py": b"open('evil', 'w')",
    "numpy/__init__.py": b"open('evil', 'w')",
    "autograder/check.py": b"open('evil', 'w')",
    "sitecustomize.py": b"open('evil', 'w')",
    "usercustomize.py": b"open('evil', 'w')",
    "profile_default/startup/00-evil.py": b"open('evil', 'w')",
    "files/matplotlibrc": b"nonsense",
    "page.html": b"<script>alert(1)</script>",
}


def notebook_with(answers: dict[str, str], first: str) -> NotebookNode:
    notebook = read_notebook(COURSE.release("01_backprop"))
    for cell in notebook.cells:
        if cell.cell_type == "code" and nbgrader(cell).get("grade_id") in answers:
            cell.source = answers[nbgrader(cell)["grade_id"]]
    notebook.cells.insert(0, nbformat.v4.new_code_cell("%%writefile late.py\nTHREE = 3"))
    notebook.cells.insert(1, nbformat.v4.new_code_cell(first))
    return notebook


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    numbers = tmp_path_factory.mktemp("numbers") / "numbers.npy"
    np.save(numbers, np.array([1, 2, 3]))
    answers = {
        "relu_forward": RELU,
        "linear_backward": WRONG_BACKWARD,
        "relu_backward": right_answers("relu_backward")[0].source,
    }
    notebook = notebook_with(answers, USES)
    return in_sandbox.graded("01_backprop", notebook, FILES | {"numbers.npy": numbers.read_bytes()})


def printed(graded: Graded) -> str:
    cells = nbformat.reads(graded.notebook.decode(), as_version=4).cells
    return "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", ()))


def test_helper_modules_and_data_work_as_at_home(graded: Graded) -> None:
    assert (graded.scores["check_relu_forward"], graded.scores["check_relu_backward"]) == (5, 10)


def test_a_module_that_patches_numpy_makes_no_wrong_answer_right(graded: Graded) -> None:
    assert graded.scores["check_linear_backward"] == 0


def test_no_file_hides_a_module_or_runs_by_itself(graded: Graded) -> None:
    assert "no evil" in printed(graded)
    assert f"random is {random.__file__}" in printed(graded)
