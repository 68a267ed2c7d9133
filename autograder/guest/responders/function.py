"""Conv2dFunction: forward and backward of the student's own function, and which of PyTorch's operations they call."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from autograder.guest.ask import ask
from autograder.guest.plain_data import perturbed
from autograder.guest.question import Functions, Question
from autograder.guest.responders.notes import CALLED, NO_FUNCTION, NO_TENSOR, NOT_ITS_OWN
from autograder.guest.response import Response
from autograder.guest.student_call import call_student
from autograder.guest.tensor_data import array_of


class ConvolutionRecorder(TorchDispatchMode):
    """Records which of PyTorch's convolutions are called within a `with` block."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions: list[str] = []  # names of the operations, in the order of their calls

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        if "conv" in name and not name.startswith("_to_"):
            self.convolutions.append(name)
        return call_student(func, *args, **(kwargs or {}))


def gather(question: Question, functions: Functions) -> Response:
    """The response: out, dx, dw, db. Between forward and backward, forward is called with other arguments.

    Numbers, stride and padding are others, so what backward needs must be kept in ctx, and nowhere else.
    """
    function, recorder = functions[question.exercise], ConvolutionRecorder()
    notes: list[str] = []
    if not (isinstance(function, type) and issubclass(function, torch.autograd.Function)):
        return Response(notes=(NO_FUNCTION,))

    def both_passes(x: Any, w: Any, b: Any, dout: Any, stride: int, padding: int, needs: str, transposed: bool) -> Any:
        leaves = [
            torch.from_numpy(array).requires_grad_(name in needs) for name, array in zip("xwb", (x, w, b), strict=True)
        ]
        with recorder:
            out = call_student(function.apply, *leaves, stride, padding)
            if not isinstance(out, torch.Tensor):
                notes.append(NO_TENSOR)
                return out
            if getattr(type(out.grad_fn), "_forward_cls", None) is not function:
                notes.append(NOT_ITS_OWN)
            others = [torch.from_numpy(array) for array in perturbed((x, w, b))]
            call_student(function.apply, *others, stride + 1, padding + 1)
            upstream = torch.from_numpy(dout)
            # a gradient that comes back through a transpose is not contiguous
            pair = [value.transpose(2, 3).contiguous() if transposed else value for value in (out, upstream)]
            call_student((pair[0] * pair[1]).sum().backward)
        gradients = [None if leaf.grad is None else array_of(leaf.grad) for leaf in leaves]
        zeros = [np.zeros_like(array) for array in (x, w, b)]
        # where no gradient is needed, backward may return one or not
        counted = [
            zero if name not in needs else grad for name, grad, zero in zip("xwb", gradients, zeros, strict=True)
        ]
        return array_of(out), *counted

    response = ask(both_passes, question.inputs, (), question.returns, question.repeat)
    response.notes = tuple(dict.fromkeys([*notes, *(CALLED + name for name in recorder.convolutions)]))
    return response
