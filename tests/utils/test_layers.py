"""Functions of earlier notebooks are the student's own if their check passed, else stand-ins, and one line says so."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import numpy as np
import pytest

from utils import layers
from utils.layers import stand_ins
from utils.layers.students import VERDICT_MIME

RELU = "def relu_forward(x):\n    return np.maximum(x, 0) + 1000, x\n"  # the 1000 distinguishes it from the stand-in
SIZE = (
    "def conv_output_size(size, kernel, stride=1, padding=0):\n    return (size - kernel + 2 * padding) // stride + 1\n"
)


@pytest.fixture(autouse=True)
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty notebooks/ folder with the working directory of notebook 03, and no state of other tests."""
    here = tmp_path / "notebooks" / "03_conv_backward"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    monkeypatch.delenv(layers.VARIABLE, raising=False)
    yield tmp_path
    layers.hand_in({})


def code(source: str, grade_id: str = "", outputs: list[Any] | None = None) -> dict[str, Any]:
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": outputs or []}


def checked(name: str, status: str = "passed", **more: Any) -> dict[str, Any]:
    """The check cell of `name` with the verdict that it displayed."""
    data = {VERDICT_MIME: {"exercise": name, "status": status, **more}, "text/plain": "card"}
    return code(f"check.{name}({name})", f"check_{name}", [{"output_type": "display_data", "data": data}])


def write(course: Path, notebook: str, *cells: dict[str, Any]) -> Path:
    path = course / "notebooks" / notebook / f"{notebook}.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


def test_one_line_says_which_functions_are_the_students_and_which_are_stand_ins(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(course, "01_backprop", code(RELU, "relu_forward"), checked("relu_forward"), checked("softmax_loss", "failed"))
    write(course, "02_convolution", code(SIZE, "conv_output_size"), checked("conv_output_size"))
    from utils.layers import conv_output_size, linear_forward, relu_forward, softmax_loss

    assert capsys.readouterr().out == (
        "conv_output_size: yours, from 02_convolution; linear_forward, softmax_loss: stand-ins (their checks have not "
        "passed in 01_backprop yet); relu_forward: yours, from 01_backprop\n"
    )
    assert relu_forward(np.ones(1))[0] == 1001 and conv_output_size.__code__.co_filename.startswith("<02_convolution")
    assert softmax_loss is stand_ins.softmax_loss and linear_forward is stand_ins.linear_forward


def test_the_line_is_printed_when_other_names_are_imported_first(capsys: pytest.CaptureFixture[str]) -> None:
    from utils.layers import hand_in, relu_forward as mine, stand_ins  # noqa: F401, I001

    assert capsys.readouterr().out == "relu_forward: stand-in (there is no 01_backprop.ipynb)\n"


def test_notebooks_are_found_from_the_course_directory(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(course, "01_backprop", code(RELU, "relu_forward"), checked("relu_forward"))
    monkeypatch.chdir(course)
    assert layers.origins(("relu_forward",)) == "relu_forward: yours, from 01_backprop"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([], "its check has not passed in 01_backprop yet"),
        ([code(RELU, "relu_forward")], "its check has not passed in 01_backprop yet"),
        ([code(RELU, "relu_forward"), code("", "check_relu_forward")], "its check has not passed in 01_backprop yet"),
        (
            [code(RELU, "relu_forward"), checked("relu_forward", "failed")],
            "its check has not passed in 01_backprop yet",
        ),
        (
            [code(RELU, "relu_forward"), checked("relu_forward", "raised")],
            "its check has not passed in 01_backprop yet",
        ),
        ([checked("relu_forward")], "its cell is missing from 01_backprop"),
        ([code("x = 1", "relu_forward"), checked("relu_forward")], "its cell in 01_backprop does not define it"),
        ([code("def relu_", "relu_forward"), checked("relu_forward")], "its cell in 01_backprop does not define it"),
        ([code("relu_forward = 3", "relu_forward"), checked("relu_forward")], "yours in 01_backprop is not a function"),
        (
            [code("scale = 1 / 0\n" + RELU.replace("1000", "scale"), "relu_forward"), checked("relu_forward")],
            "yours in 01_backprop raised ZeroDivisionError when its cell was run",
        ),
        (
            [code(RELU.replace("1000", "missing"), "relu_forward"), checked("relu_forward")],
            "yours uses missing, which 01_backprop does not define",
        ),
        (
            [code(RELU, "relu_forward"), checked("relu_forward", sources={"relu_forward": digest(RELU + "#")})],
            "changed since its check in 01_backprop: run both cells and save",
        ),
    ],
)
def test_a_stand_in_is_used_with_the_reason_why(course: Path, cells: list[dict[str, Any]], reason: str) -> None:
    write(course, "01_backprop", *cells)
    assert layers.relu_forward is stand_ins.relu_forward
    assert layers.origins(("relu_forward",)) == f"relu_forward: stand-in ({reason})"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"cells": 3}',
        '{"cells": [{"cell_type": "code"}]}',
        '{"cells": [1]}',
        "\x00\xff" * 9,
        "[" * 10**5,
    ],
)
def test_a_notebook_that_cannot_be_read_gives_a_stand_in(course: Path, content: str) -> None:
    write(course, "01_backprop").write_text(content, encoding="latin-1")
    assert layers.origins(("relu_forward",)) == "relu_forward: stand-in (01_backprop.ipynb cannot be read)"


def test_a_missing_notebook_gives_a_stand_in() -> None:
    assert layers.origins(("relu_forward",)) == "relu_forward: stand-in (there is no 01_backprop.ipynb)"


def test_the_last_verdict_counts_for_the_source_that_it_checked(course: Path) -> None:
    cell = checked("relu_forward", "failed")
    cell["outputs"] += checked("relu_forward", sources={"relu_forward": digest(RELU)})["outputs"]
    write(course, "01_backprop", code(RELU, "relu_forward"), cell)
    assert layers.relu_forward(np.ones(1))[0] == 1001


def test_a_notebook_is_read_again_after_it_was_saved(course: Path) -> None:
    write(course, "01_backprop", code(RELU, "relu_forward"), checked("relu_forward", "failed"))
    assert layers.relu_forward is stand_ins.relu_forward
    write(course, "01_backprop", code(RELU, "relu_forward"), checked("relu_forward"))
    assert layers.relu_forward(np.ones(1))[0] == 1001


def test_only_the_statements_that_the_function_needs_are_executed(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = "%matplotlib inline\nprint('no')\ndef conv1x1_forward(x):\n    return twice(conv_output_size(x, 1))\nexit()"
    write(
        course,
        "02_convolution",
        code("import numpy as np\nimport nowhere\nfrom math import floor as down"),
        code(SIZE, "conv_output_size"),
        code("raise RuntimeError('this cell is not needed')"),
        code("FACTOR = down(2.5)\ndef twice(value):\n    print('quiet')\n    return FACTOR * value"),
        code(own, "conv1x1_forward"),
        checked("conv1x1_forward"),
    )
    function = layers.conv1x1_forward
    assert capsys.readouterr().out == "conv1x1_forward: yours, from 02_convolution\n"
    assert function(7) == 14
    # a traceback shows the student's line
    with pytest.raises(TypeError) as raised:
        function("seven")
    assert str(raised.traceback[1].statement).strip() == "return twice(conv_output_size(x, 1))"


def test_a_notebook_may_import_from_utils_layers_itself(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(course, "02_convolution", code(SIZE, "conv_output_size"), checked("conv_output_size"))
    write(
        course,
        "04_fast_convolution",
        code("from utils.layers import conv_output_size, im2col as mine\n"),
        code("def im2col(x):\n    return conv_output_size, mine\n", "im2col"),
        checked("im2col"),
    )
    size, circle = layers.im2col(0)
    assert size.__code__.co_filename.startswith("<02_convolution")
    assert circle is stand_ins.im2col
    assert capsys.readouterr().out == "im2col: yours, from 04_fast_convolution\n"


def test_the_environment_variable_selects_stand_ins_without_a_line(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(course, "01_backprop", code(RELU, "relu_forward"), checked("relu_forward"))
    monkeypatch.setenv(layers.VARIABLE, "stand-ins")
    from utils.layers import conv_forward, relu_forward

    assert (relu_forward, conv_forward) == (stand_ins.relu_forward, stand_ins.conv_forward)
    assert capsys.readouterr().out == ""


def test_functions_that_are_handed_in_replace_all_others(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(course, "01_backprop", code(RELU, "relu_forward"), checked("relu_forward"))
    layers.hand_in({"relu_forward": len})
    from utils.layers import relu_forward

    assert relu_forward is len
    assert capsys.readouterr().out == ""
    layers.hand_in({})
    assert layers.relu_forward is not len
    with pytest.raises(ValueError, match="no notebook has relu_forwards"):
        layers.hand_in({"relu_forwards": len})


def test_the_networks_of_07_and_08_have_one_name_in_two_modules(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(course, "07_lenet_numpy", code("class LeNet5:\n    part = 7\n", "LeNet5"), checked("LeNet5"))
    write(course, "08_pytorch", code("class LeNet5:\n    part = 8\n", "LeNet5"), checked("LeNet5"))
    from utils.layers import LeNet5 as in_numpy
    from utils.layers.in_pytorch import LeNet5, time_it

    assert (in_numpy.part, LeNet5.part) == (7, 8) and callable(time_it)
    assert capsys.readouterr().out == (
        "LeNet5: yours, from 07_lenet_numpy\n"
        "LeNet5: yours, from 08_pytorch; time_it: stand-in (there is no 09_gpu.ipynb)\n"
    )


def test_an_unknown_name_raises_an_import_error() -> None:
    with pytest.raises(ImportError, match="cannot import name 'relu_froward'"):
        from utils.layers import relu_froward  # noqa: F401
    with pytest.raises(AttributeError, match="it has linear_forward"):
        _ = layers.relu_froward


def test_in_a_kernel_the_source_is_the_same_and_the_line_is_printed_in_the_cell(course: Path) -> None:
    """The source in a kernel, as inspect.getsource returns it, is the one read from the file, magics included."""
    solution = "%matplotlib inline\n# mine\ndef relu_forward(x):\n\n    return np.maximum(x, 0) + 1000, x\n\n"
    ask = "import hashlib, inspect\nprint(hashlib.sha256(inspect.getsource(relu_forward).encode()).hexdigest())"
    kernel = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in (solution, ask)])
    kernel.cells.append(nbformat.v4.new_code_cell("from utils.layers import relu_forward, conv_forward"))
    nbclient.NotebookClient(kernel, resources={"metadata": {"path": str(Path.cwd())}}).execute()
    in_kernel = kernel.cells[1].outputs[0]["text"].strip()
    assert kernel.cells[2].outputs[0]["text"] == (
        "relu_forward: stand-in (there is no 01_backprop.ipynb); "
        "conv_forward: stand-in (there is no 02_convolution.ipynb)\n"
    )
    cells = code(solution, "relu_forward"), checked("relu_forward", sources={"relu_forward": in_kernel})
    write(course, "01_backprop", *cells)
    assert layers.origins(("relu_forward",)) == "relu_forward: yours, from 01_backprop"
