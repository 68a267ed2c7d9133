"""An error is told with every line of the student's, and one of the course's own is never the student's."""

from __future__ import annotations

import importlib
import linecache
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.guest.ask import ask
from autograder.guest.plain_data import UnsupportedType
from autograder.guest.question import Question
from autograder.guest.raised import Frame, Raised, raised
from autograder.guest.responders import gather, networks
from autograder.guest.response import Response
from autograder.guest.snapshot import _packed
from autograder.guest.wire import LENGTHS, decode
from autograder.judging.error_sentence import explain_error

X = np.ones((2, 3))


def error_of(function: Callable[..., Any], *arguments: Any) -> Raised:
    """What the response says was raised by a student's function."""
    error = ask(function, {str(k): value for k, value in enumerate(arguments)}).error
    assert error is not None
    return error


def defined_in(file: str, source: str, namespace: dict[str, Any]) -> None:
    """Execute the source of a cell, as a kernel does."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), namespace)


def test_each_line_of_the_student_is_told_across_cells_and_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_helpers.py").write_text("def total(x):\n    return x.sum(9)\n")
    monkeypatch.syspath_prepend(tmp_path)
    namespace: dict[str, Any] = {"my_helpers": importlib.import_module("my_helpers")}
    defined_in("/tmp/ipykernel_7/1.py", "def rows(x):\n    return [my_helpers.total(row) for row in x]\n", namespace)
    defined_in("/tmp/ipykernel_7/2.py", "def mean(x):\n    n = len(x)\n    return rows(x) / n\n", namespace)
    error = error_of(namespace["mean"], X)
    assert error.frames == (
        Frame("mean", 3, "return rows(x) / n"),
        Frame("rows", 2, "return [my_helpers.total(row) for row in x]"),
        Frame("total", 2, "return x.sum(9)", "my_helpers.py"),
    )
    assert explain_error(error) == (
        "Your code raised AxisError (axis 9 is out of bounds for array of dimension 1) in line 2 of total in "
        "my_helpers.py: `return x.sum(9)`, called from line 2 of rows: `return [my_helpers.total(row) for row in x]`, "
        "called from line 3 of mean: `return rows(x) / n`."
    )


def test_a_recursion_is_told_once() -> None:
    def again(x: np.ndarray) -> Any:
        return again(x)

    (frame,) = error_of(again, X).frames
    assert frame.function == "again" and frame.times > 500
    assert f"({frame.times} times)" in explain_error(error_of(again, X))


def test_many_lines_are_cut_in_their_middle() -> None:
    def even(k: int) -> Any:
        return odd(k + 1)

    def odd(k: int) -> Any:
        return even(k + 1)

    error = error_of(even, 0)
    assert len(error.frames) == 8 and error.left_out > 500
    assert "more lines of yours" in explain_error(error)


def test_a_stand_in_that_is_passed_wrong_shapes_is_named_and_the_students_line_too() -> None:
    from utils.layers.reference.functions import linear_forward

    def two_layers(x: np.ndarray) -> Any:
        return linear_forward(x, np.ones((7, 2)), np.ones(2))

    error = error_of(two_layers, X)
    assert error.inside == "linear_forward" and error.line.startswith("return linear_forward(x, np.ones((7, 2))")
    sentence = explain_error(error)
    assert sentence.startswith("linear_forward, which belongs to the course, raised ValueError")
    assert "in line" in sentence and "of two_layers" in sentence and "Your code raised" not in sentence


def test_the_solutions_that_stand_in_while_grading_show_no_line() -> None:
    namespace: dict[str, Any] = {}
    defined_in("<earlier notebooks>", "def earlier(x):\n    return x.secret_solution\n", namespace)

    def later(x: np.ndarray) -> Any:
        return namespace["earlier"](x)

    error = error_of(later, X)
    assert error.inside == "earlier" and len(error.frames) == 1
    assert "return x.secret" not in explain_error(error)


@pytest.mark.parametrize(
    ("function", "used"),
    [
        (lambda: 0, "<lambda>"),
        (np.linalg.inv, "answer"),
        (type("LeNet5", (), {"__module__": "__main__"}), "LeNet5"),
    ],
)
def test_a_call_that_does_not_fit_is_no_error_of_ours(function: Any, used: str) -> None:
    error = error_of(function, X)
    assert (error.used, error.ours, error.frames) == (used, "", ())
    assert explain_error(error).startswith(f"Your {used} could not be used as the exercise says: ")


def test_a_function_of_the_course_as_an_answer_is_no_error_of_ours() -> None:
    from utils.layers.reference.functions import linear_forward
    from utils.layers.stand_ins import missing

    assert error_of(missing("linear_forward"), X).used == "answer"
    assert error_of(linear_forward, X, np.ones((7, 2)), np.ones(2)).used == "answer"


def test_an_attribute_that_the_students_object_lacks_is_no_error_of_ours() -> None:
    class LeNet5:
        def __init__(self, rng: Any, dtype: Any = float) -> None:
            self.params = {"w": np.ones(2, dtype)}

    inputs = {"probe": "numbers", "seed": 1, "x": X, "y": np.zeros(2, int), "calls": ["loss"], "overwrite": False}
    response = gather(Question("LeNet5", inputs, responder="networks"), {"LeNet5": LeNet5})
    assert response.error is not None and response.error.used == "LeNet5.loss"


def test_an_error_of_a_responder_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(make: Any, inputs: Any) -> Any:
        return inputs["no such input"]

    broken.__code__ = broken.__code__.replace(co_filename=networks.__file__)
    monkeypatch.setitem(networks.PROBES, "numbers", broken)
    response = gather(Question("f", {"probe": "numbers"}, responder="networks"), {"f": lambda: 0})
    assert response.error is not None and response.error.ours.startswith("autograder/guest/responders/networks.py:")
    response = gather(Question("f", {}, responder="no_such_responder"), {"f": lambda: 0})
    assert response.error is not None and response.error.ours
    sentence = explain_error(response.error)
    assert sentence.startswith("The check itself failed: ModuleNotFoundError") and "not your mistake" in sentence


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


class Unusual(BaseException):
    pass


@pytest.mark.parametrize(("error", "message"), [(Mute(), "__str__ raised RuntimeError"), (Unusual("odd"), "odd")])
def test_unusual_errors_are_the_students(error: BaseException, message: str) -> None:
    def raises(x: np.ndarray) -> Any:
        raise error

    told = error_of(raises, X)
    assert message in told.message and told.line == "raise error" and not told.ours


def test_a_library_that_lacks_something_does_not_say_that_an_exercise_is_empty() -> None:
    def calls_library(x: np.ndarray) -> Any:
        from io import IOBase

        return importlib.import_module("asyncio").AbstractEventLoop().run_forever() or IOBase

    def empty(x: np.ndarray) -> Any:
        raise NotImplementedError

    assert not error_of(calls_library, X).not_written
    assert error_of(empty, X).not_written


def test_a_list_that_holds_itself_is_a_wrong_type() -> None:
    endless: list[Any] = []
    endless.append(endless)
    response = ask(lambda x: endless, {"x": X}, returns=("out",))
    assert response.error is None
    value = response.answer
    while isinstance(value, list):
        (value,) = value
    assert value == UnsupportedType("list 50 levels deep")


def test_an_answer_that_cannot_be_sent_is_an_error_of_ours_and_ends_nothing() -> None:
    frame = _packed(Response(answer=object()))
    structure, _ = LENGTHS.unpack(frame[: LENGTHS.size])
    body = frame[LENGTHS.size :]
    error = decode(body[:structure], body[structure:])["error"]
    assert error["type"] == "TypeError" and error["ours"].startswith("autograder/guest/wire.py:")


def test_an_error_without_a_traceback_is_not_ours() -> None:
    assert not raised(ValueError("from nowhere")).ours
