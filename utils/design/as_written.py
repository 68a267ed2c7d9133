"""What an operation is called where a model's author wrote it: nn.LSTM, F.ctc_loss, torch.linalg.svd."""

from __future__ import annotations

import ast
import linecache
import sys
from pathlib import Path
from types import CodeType, FrameType

import torch

from utils.student_call import call_student

TORCH = str(Path(torch.__file__).parent)
HERE = str(Path(__file__).parent)
CALLER = call_student.__code__.co_filename  # through which the model is called
MODULES, FUNCTIONAL = f"{TORCH}/nn/modules/", f"{TORCH}/nn/functional.py"
START = "_scores"  # the function of utils.design.recording that calls the model
CALLS = ("module.py", "container.py")  # in MODULES: what stands between any two layers
LONGEST = 60  # characters


def as_written(default: str) -> str:
    """The name of the layer or function that runs now, as its caller knows it; `default` if it cannot be found.

    That is what the frame nearest to the author's code belongs to: a layer of torch.nn, else a function of PyTorch that
    is written in Python, else the expression in the author's line.
    """
    frame: FrameType | None = sys._getframe(1)
    name = ""
    while frame is not None and _is_library(frame.f_code.co_filename):
        if frame.f_code.co_name == START and frame.f_code.co_filename.startswith(HERE):
            return name or default  # the model consists of PyTorch's layers
        if not name.startswith("nn.utils"):
            name = _name_in_torch(frame.f_code) or name
        frame = frame.f_back
    return name or (_expression(frame) if frame is not None else "") or default


def own_function() -> str:
    """The name of the author's own torch.autograd.Function that runs now; empty if none does."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == f"{TORCH}/autograd/function.py" and frame.f_code.co_name == "apply":
            own = frame.f_locals.get("cls")
            return str(getattr(own, "__name__", "")) if isinstance(own, type) else ""
        frame = frame.f_back
    return ""


def _is_library(filename: str) -> bool:
    return filename.startswith((TORCH, HERE)) or filename == CALLER


def _name_in_torch(code: CodeType) -> str:
    """The public name of the function of PyTorch that this code is; empty if it has none."""
    path, name = code.co_filename, code.co_qualname
    if path.startswith(MODULES) and not path.endswith(CALLS):
        return f"nn.{name.partition('.')[0]}"
    if path.startswith(f"{TORCH}/nn/utils/") and not path.endswith("parametrize.py"):
        return f"nn.utils.{Path(path).stem}"
    if path == FUNCTIONAL and not name.startswith("_"):
        return f"F.{name}"
    if path == f"{TORCH}/functional.py" and not name.startswith("_"):
        return f"torch.{name}"
    return ""


def _expression(frame: FrameType) -> str:
    """The call or expression that a frame evaluates, without its arguments."""
    line, last_line, start, end = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    text = linecache.getline(frame.f_code.co_filename, line or 0)
    if not text or line != last_line:
        return ""
    try:
        expression = ast.parse(text.encode()[start:end].decode().strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return ""
    if isinstance(expression, ast.Call):
        function = expression.func
        chained = isinstance(function, ast.Attribute) and not isinstance(function.value, ast.Name | ast.Attribute)
        return (
            f".{function.attr}" if chained and isinstance(function, ast.Attribute) else ast.unparse(function)[:LONGEST]
        )
    return ast.unparse(expression)[:LONGEST]
