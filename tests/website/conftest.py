"""A site with the two cheapest notebooks, built once for all tests and workers."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

NOTEBOOKS = ("01_backprop", "02_convolution")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the pages."""
    from website.build import build

    shared = tmp_path_factory.getbasetemp().parent / "website"
    with FileLock(f"{shared}.lock"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_COURSE_LAYERS", "stand-ins")  # `build` sets it, for its kernels; here it is put back
        html = shared / "html"
        return html if html.is_dir() else build(shared, NOTEBOOKS)
