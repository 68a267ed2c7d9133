"""Two wrong answers without a name are told to be the same mistake, or two, by what they did."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder import check
from autograder.grading.note import Note, note_in, read_note
from autograder.guest.status import Status
from autograder.judging.behaviour import Behaviour, Sample, _of_array

EXERCISE = "linear_forward"


def behaviour(function: Callable[..., Any]) -> Behaviour:
    found = check.verdict(EXERCISE, {EXERCISE: function}, hidden=True).behaviour
    assert found is not None
    return found


def scaled(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
    return (x.reshape(len(x), -1) @ w * 1.01 + b).astype(x.dtype), (x, w, b)


def scaled_in_loops(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
    x, out = x.reshape(len(x), -1), np.zeros((len(x), w.shape[1]), x.dtype)
    for n in range(len(x)):
        for k in reversed(range(w.shape[0])):
            out[n] += x[n, k] * w[k] * 101 / 100
    return out + b, (x, w, b)


def scaled_more(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
    return (x.reshape(len(x), -1) @ w * 1.02 + b).astype(x.dtype), (x, w, b)


def raising(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
    last = w[:, 99]
    return x @ w + last, (x, w, b)


def raising_otherwise(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
    return x.missing @ w + b


def test_the_same_numbers_computed_in_another_order_are_one_mistake() -> None:
    one, other = behaviour(scaled), behaviour(scaled_in_loops)
    assert one.alike(other) and other.alike(one)
    assert one.samples != other.samples, "they should differ in the last digits, or this tests nothing"


def test_other_numbers_are_another_mistake() -> None:
    assert not behaviour(scaled).alike(behaviour(scaled_more))


def test_an_error_is_told_by_its_class_its_message_without_numbers_and_the_line() -> None:
    one = behaviour(raising)
    assert one.status is Status.RAISED and one.samples == {}
    assert one.raised == "IndexError · index # is out of bounds for axis # with size # · last = w[:, 99]"
    assert one.alike(behaviour(raising)) and not one.alike(behaviour(raising_otherwise))


@pytest.mark.parametrize("change", [1e-13, -1e-13, 0.0])
@pytest.mark.parametrize("value", [0.5, 1234565.0, 1 / 3, -7.0])
def test_numbers_at_the_edge_of_a_rounding_are_not_parted(value: float, change: float) -> None:
    array = np.full((3, 4), value)
    assert _of_array(array, "out").alike(_of_array(array * (1 + change), "out"))


def test_one_other_number_among_many_is_seen() -> None:
    array = np.linspace(-1, 1, 5000)
    other = array.copy()
    other[1234] += 1e-3
    assert not _of_array(array, "out").alike(_of_array(other, "out"))
    assert not _of_array(array, "out").alike(_of_array(array[::-1], "out"))


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e308])
def test_numbers_that_are_not_finite_are_kept_as_json(value: float) -> None:
    sample = _of_array(np.full(10, value), "out")
    assert json.loads(json.dumps(sample.numbers, allow_nan=False)) == list(sample.numbers)
    assert sample.alike(_of_array(np.full(10, value), "out"))
    assert not sample.alike(_of_array(np.zeros(10), "out"))


def test_numbers_in_a_sentence_are_compared_one_by_one() -> None:
    assert Sample("text", "loss #", 0.0, (0.123456,)).alike(Sample("text", "loss #", 0.0, (0.123457,)))
    assert not Sample("text", "loss #", 0.0, (0.123456,)).alike(Sample("text", "loss #", 0.0, (0.1245,)))


def test_answers_with_a_name_or_without_fault_have_none() -> None:
    for function in (lambda x, w, b: (x.reshape(len(x), -1) @ w + b, (x, w, b)), lambda x, w, b: None):
        assert check.verdict(EXERCISE, {EXERCISE: function}, hidden=True).behaviour is None
    assert check.verdict(EXERCISE, {EXERCISE: scaled}, hidden=False).behaviour is None


def test_the_note_keeps_it_apart_from_the_verdict() -> None:
    import nbformat

    verdict = check.verdict(EXERCISE, {EXERCISE: scaled}, hidden=True)
    note = Note.of({EXERCISE: verdict})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell('x\n "metadata": {')])
    note.write_into(notebook)
    assert note.behaviour(EXERCISE) == verdict.behaviour
    assert note_in(nbformat.writes(notebook).encode()) == read_note(notebook) == note
    assert verdict.behaviour is not None and verdict.behaviour.samples
    assert "samples" not in json.dumps(verdict.to_dict())


@pytest.mark.parametrize("data", [None, 3, {}, {"status": "failed"}, {"samples": {"a": [1]}}, {"samples": [[]]}])
def test_data_that_are_no_behaviour_are_ignored(data: Any) -> None:
    assert Note(Status.GRADED, behaviours={EXERCISE: data}).behaviour(EXERCISE) is None


@pytest.mark.parametrize("content", [b"", b"\xff", b'\n "metadata": {', b'{"metadata": {}}', b'\n "metadata": {}}'])
def test_bytes_without_a_note_in_its_place_are_left_to_the_reader_of_notebooks(content: bytes) -> None:
    assert note_in(content) is None
