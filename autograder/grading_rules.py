"""What a notebook does at home and cannot do while it is graded, found in its source, so that `check` warns of it.

Covered: what needs a network, and PyTorch in a notebook that is graded without it.
Not covered: what only running shows, such as files, memory or processes beyond the limits; what is hidden in strings.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.guest.limits import PYTORCH_FROM
from autograder.notebooks import nbgrader
from utils.symbols import without_magics

NETWORK = {
    "requests", "urllib.request", "urllib3", "http.client", "httpx", "aiohttp", "socket", "ftplib", "websockets",
    "boto3", "gdown", "wget", "kagglehub", "huggingface_hub", "datasets", "torchvision.datasets", "google.colab",
}  # fmt: skip
DOWNLOADERS = {"pip", "pip3", "conda", "mamba", "uv", "apt", "apt-get", "wget", "curl", "git", "gdown", "kaggle"}
DOWNLOADED = {"mnist", "fashion-mnist"}  # data sets that utils.data fetches; digits come with the course
INSTALLS_COURSE = "# This installs the course where it is not installed"  # how that cell of a copy for Colab begins
NO_NETWORK = "grading has no network: hand in what you need beside the notebook, or leave this out"
NO_TORCH = "this notebook is graded without PyTorch: the import raises ModuleNotFoundError there"


def warnings_about(notebook: NotebookNode, assignment: str, released: NotebookNode | None) -> list[str]:
    """A line for each thing in the student's own cells that works at home alone.

    Args:
        released: the notebook as it was handed out; its cells are allowed to do what they do.
    """
    allowed = {cell.source for cell in released.cells} if released else set()
    lines = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code" or cell.source in allowed or cell.source.startswith(INSTALLS_COURSE):
            continue
        name = nbgrader(cell).get("grade_id") or f"cell {number}"
        lines += [f"{name}: {what}; {rule}" for what, rule in _forbidden(cell.source, assignment)]
    return list(dict.fromkeys(lines))


def _forbidden(source: str, assignment: str) -> Iterator[tuple[str, str]]:
    """(what the source does, the rule against it)."""
    tree = ast.Module([], [])
    with contextlib.suppress(SyntaxError, ValueError, RecursionError):  # such a cell does nothing anywhere
        tree = ast.parse(without_magics(source))
    for node in ast.walk(tree):
        for module in _imported(node):
            if any(f"{module}.".startswith(f"{name}.") for name in NETWORK):
                yield f"`import {module}`", NO_NETWORK
            if module.split(".")[0] == "torch" and assignment < PYTORCH_FROM:
                yield f"`import {module}`", NO_TORCH
        if isinstance(node, ast.Call):
            yield from ((f"`{command}`", NO_NETWORK) for command in _downloads(node))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def _downloads(call: ast.Call) -> Iterator[str]:
    """The command or data set that a call fetches: `!pip install x`, `%pip install x`, `load("mnist")`."""
    texts = [value.value for value in call.args if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("system", "getoutput") and texts and texts[0].split()[:1] and texts[0].split()[0] in DOWNLOADERS:
        yield f"!{texts[0].strip()}"
    elif name == "run_line_magic" and texts and texts[0] in DOWNLOADERS:
        yield f"%{' '.join(texts).strip()}"
    elif name == "load" and texts and texts[0] in DOWNLOADED:
        yield f'load("{texts[0]}")'
