"""Limiting NumPy and PyTorch to one thread, and sizes that are one int or two."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from utils.sizes import pair
from utils.threads import limit_pytorch, one_thread


@pytest.fixture
def two_threads(torch: Any) -> Iterator[None]:
    """PyTorch with two threads, whatever the machine and other tests have set."""
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(threads)


def blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


@pytest.mark.usefixtures("two_threads")
def test_one_thread_limits_numpy_and_pytorch_and_restores_both_after_an_error(torch: Any) -> None:
    before = blas_threads()
    with pytest.raises(ZeroDivisionError), one_thread():
        assert torch.get_num_threads() == 1 and blas_threads() == {1}
        raise ZeroDivisionError
    assert torch.get_num_threads() == 2 and blas_threads() == before


@pytest.mark.usefixtures("two_threads")
def test_pytorch_only_leaves_the_threads_of_numpy_alone(torch: Any) -> None:
    before = blas_threads()
    with one_thread(pytorch_only=True):
        assert torch.get_num_threads() == 1 and blas_threads() == before
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("two_threads")
def test_pytorch_that_is_imported_within_one_thread_is_limited_until_the_outermost_ends(
    torch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "torch")
    with one_thread(pytorch_only=True):
        with one_thread(pytorch_only=True):
            assert torch.get_num_threads() == 2
            monkeypatch.setitem(sys.modules, "torch", torch)
            limit_pytorch()
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2


def test_threads_and_sizes_are_imported_and_used_without_pytorch() -> None:
    code = "import sys, utils.sizes, utils.threads\nwith utils.threads.one_thread(): assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_pair_repeats_one_size_and_returns_python_ints() -> None:
    assert pair(3) == (3, 3) and pair((2, 5)) == (2, 5)
    assert [type(size) for size in pair(np.int64(4))] == [int, int]
    with pytest.raises(ValueError):
        pair((1, 2, 3))  # type: ignore[arg-type]
