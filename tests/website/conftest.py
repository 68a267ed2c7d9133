"""A site with one notebook, built once for all tests and workers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from filelock import FileLock

NOTEBOOK = "02_convolution"  # is run in a quarter of a minute, and has figures, films and formulas


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the pages."""
    from website.build import build

    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "website"
    with FileLock(f"{shared}.lock"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_COURSE_LAYERS", "stand-ins")  # `build` sets it, for its kernels; here it is put back
        html = shared / "html"
        return html if html.is_dir() else build(shared, [NOTEBOOK])
