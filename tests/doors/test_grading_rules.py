"""`check` warns of what works at home and not while a notebook is graded."""

from __future__ import annotations

import nbformat
import pytest

from autograder.grading_rules import NO_NETWORK, NO_TORCH, warnings_about


@pytest.mark.parametrize(
    ("source", "what", "rule"),
    [
        ("import requests", "`import requests`", NO_NETWORK),
        ("def f():\n    from urllib.request import urlopen", "`import urllib.request.urlopen`", NO_NETWORK),
        ("!pip install einops", "`!pip install einops`", NO_NETWORK),
        ("%pip install einops", "`%pip install einops`", NO_NETWORK),
        ("files = !curl -O https://example.org/a", "`!curl -O https://example.org/a`", NO_NETWORK),
        ('x, y = load("mnist")', '`load("mnist")`', NO_NETWORK),
        ("import torch.nn.functional as F", "`import torch.nn.functional`", NO_TORCH),
        ("from torch import nn", "`import torch.nn`", NO_TORCH),
    ],
)
def test_what_grading_forbids_is_warned_of(source: str, what: str, rule: str) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    assert warnings_about(notebook, "02_convolution", None) == [f"cell 1: {what}; {rule}"]
    assert warnings_about(notebook, "02_convolution", notebook) == []  # it was handed out like this


@pytest.mark.parametrize(
    "source",
    [
        "import numpy, urllib.parse",
        "!ls",
        "%matplotlib inline",
        'load("digits")',
        "def broken(:",
        "%%bash\npip install x",
    ],
)
def test_other_code_is_not(source: str) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    assert warnings_about(notebook, "02_convolution", None) == []


def test_pytorch_is_allowed_where_it_is_graded_with_it() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import torch")])
    assert warnings_about(notebook, "08_pytorch", None) == []
