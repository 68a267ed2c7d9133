"""A site with one notebook, built once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from without_pytorch import REASON

NOTEBOOK = "02_convolution"  # is run in a quarter of a minute, and has figures, films and formulas


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the pages."""
    pytest.importorskip("torch", reason=REASON)  # the pages describe what students use of it
    from website.build import build

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_COURSE_LAYERS", "stand-ins")  # `build` sets it, for its kernels; here it is put back
        return build(tmp_path_factory.mktemp("website"), [NOTEBOOK])
