"""Whatever tensors a student saves or returns, reading them is no error of the student's code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from autograder.exercises import EXERCISES
from autograder.guest.plain_data import UnsupportedType
from autograder.guest.question import Question
from autograder.guest.responders import gather
from autograder.guest.tensor_data import array_of, doubles_of
from autograder.judging.error_sentence import explain_error
from utils.design import recording


def question(probe: str, function: str = "save_checkpoint") -> Question:
    return Question(function, {"probe": probe, "seed": 3, "step": 1234}, responder="checkpoints")


def test_a_checkpoint_of_parameters_and_a_tensor_for_the_step_can_be_read() -> None:
    def save_checkpoint(path: Path, model: Any, optimizer: Any, scheduler: Any, generator: Any, step: int) -> None:
        torch.save(
            {
                "parameters": list(model.parameters()),
                "buffers": dict(model.named_buffers()),
                "optimizer": optimizer.state_dict(),
                "scheduler": scheduler.state_dict(),
                "generator": generator.get_state(),
                "step": torch.tensor(step),
                "odd": [torch.zeros(2, dtype=torch.bfloat16), torch.zeros(2, device="meta"), torch.eye(2).to_sparse()],
            },
            path,
        )

    exercise = EXERCISES["save_checkpoint"]
    for case in exercise.cases[:6]:
        inputs = exercise.challenge(case, np.random.default_rng(0))
        response = exercise.respond({"save_checkpoint": save_checkpoint}, inputs)
        assert response.error is None, response.error
        assert not exercise.judge(case, inputs, response), case.name


def test_a_file_that_cannot_be_read_safely_is_not_an_error_of_ours() -> None:
    def save_checkpoint(path: Path, *parts: Any) -> None:
        torch.save({"step": np.int64(5), "model": parts[0]}, path)

    functions = {"save_checkpoint": save_checkpoint, "load_checkpoint": lambda path, *parts: 1}
    error = gather(question("malicious_file", "load_checkpoint"), functions).error
    assert error is not None and not error.ours and error.used == "answer"
    assert "Weights only load failed" in explain_error(error)


@pytest.mark.parametrize(
    ("tensor", "kind"),
    [
        (nn.Parameter(torch.ones(2)), None),
        (torch.ones(2, dtype=torch.complex64).conj().real, None),
        (torch.ones(2, dtype=torch.bfloat16), "torch.Tensor of bfloat16 on cpu"),
        (torch.ones(2, device="meta"), "torch.Tensor of float32 on meta"),
        (torch.eye(2).to_sparse(), "torch.Tensor of float32, sparse_coo on cpu"),
    ],
    ids=["parameter", "conjugate", "bfloat16", "meta", "sparse"],
)
def test_a_tensor_becomes_an_array_or_is_named(tensor: torch.Tensor, kind: str | None) -> None:
    array = array_of(tensor)
    if kind is None:
        np.testing.assert_array_equal(array, [1, 1])
    else:
        assert array == UnsupportedType(kind)


def test_numbers_that_float64_holds_are_read_from_any_dtype() -> None:
    np.testing.assert_array_equal(doubles_of(torch.ones(2, dtype=torch.bfloat16)), [1.0, 1.0])
    np.testing.assert_array_equal(doubles_of(torch.eye(2).to_sparse()), np.eye(2))
    assert doubles_of(torch.ones(2, device="meta")) is None


def build_model() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.LazyLinear(10))


IMAGES = {"images": np.zeros((4, 1, 28, 28), np.float32), "seed": 1}


def design(function: Any) -> Any:
    return gather(Question("build_model", IMAGES, responder="design"), {"build_model": function})


def test_lazy_layers_get_their_sizes() -> None:
    response = design(build_model)
    assert response.error is None and "recording" in response.answer


def test_a_model_of_pytorchs_layers_alone_whose_sizes_do_not_fit_is_the_students() -> None:
    error = design(lambda: nn.Sequential(nn.Flatten(), nn.Linear(7, 10))).error
    assert error is not None and error.used and not error.ours
    assert explain_error(error).startswith("Your answer could not be used as the exercise says: RuntimeError (mat1")


def test_an_error_inside_the_recorder_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any, value: Any) -> Any:
        raise KeyError("no rule")

    broken.__code__ = broken.__code__.replace(co_filename=recording.__file__)
    monkeypatch.setattr(recording.Recorder, "_plain", broken)
    error = design(build_model).error
    assert error is not None and error.ours.startswith("utils/design/recording.py:")
    assert "KeyError" in error.message and "no rule" in error.message


def test_what_pytorch_refuses_while_it_is_recorded_is_told_as_before() -> None:
    class Own(nn.Module):
        def forward(self, x: Any) -> Any:
            if type(self).recorded:
                raise RuntimeError("not under a mode")
            return x.flatten(1)[:, :10]

    class Meta(type):
        @property
        def recorded(cls) -> bool:
            return bool(torch.utils._python_dispatch._get_current_dispatch_mode_stack())

    Own = Meta("Own", (Own,), {})  # type: ignore[misc]
    response = design(Own)
    assert response.error is None and response.answer["problem"].startswith("forward works, but not while")
