"""Conv2dFunction: forward and backward of the student's own function, and which of PyTorch's operations they call."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from autograder.guest.ask import ask
from autograder.guest.plain_data import perturbed
from autograder.guest.question import Functions, Question
from autograder.guest.responders.names import CALLED, NO_FUNCTION, NO_TENSOR, NOT_ITS_OWN
from autograder.guest.response import Response


class Called(TorchDispatchMode):
    """Notes the convolutions among the operations that are computed."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        if "conv" in name and not name.startswith("_to_"):
            self.convolutions.append(name)
        return func(*args, **(kwargs or {}))


def gather(question: Question, functions: Functions) -> Response:
    """The response: out, dx, dw, db. Another convolution is begun in between: nothing may be kept outside of ctx."""
    function, notes, called = functions[question.exercise], [], Called()
    if not (isinstance(function, type) and issubclass(function, torch.autograd.Function)):
        return Response(notes=(NO_FUNCTION,))

    def both_ways(x: Any, w: Any, b: Any, dout: Any, stride: int, padding: int, needs: str, turned: bool) -> Any:
        leaves = [
            torch.from_numpy(array).requires_grad_(name in needs) for name, array in zip("xwb", (x, w, b), strict=True)
        ]
        with called:
            out = function.apply(*leaves, stride, padding)
            if not isinstance(out, torch.Tensor):
                notes.append(NO_TENSOR)
                return out
            if getattr(type(out.grad_fn), "_forward_cls", None) is not function:
                notes.append(NOT_ITS_OWN)
            between = [torch.from_numpy(array) for array in perturbed((x, w, b))]
            function.apply(*between, stride, padding)
            upstream = torch.from_numpy(dout)
            # what comes back through a transpose does not lie in one piece
            pair = [part.transpose(2, 3).contiguous() if turned else part for part in (out, upstream)]
            (pair[0] * pair[1]).sum().backward()
        gradients = [None if leaf.grad is None else leaf.grad.numpy() for leaf in leaves]
        nothing = [np.zeros_like(array) for array in (x, w, b)]
        # where no gradient is needed, there may be one or not
        kept = [zero if name not in needs else grad for name, grad, zero in zip("xwb", gradients, nothing, strict=True)]
        return out.detach().numpy(), *kept

    response = ask(both_ways, question.inputs, (), question.returns, question.repeat)
    response.notes = tuple(dict.fromkeys([*notes, *(CALLED + name for name in called.convolutions)]))
    return response
