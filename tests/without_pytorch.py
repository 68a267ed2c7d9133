"""Where PyTorch is not installed, what needs it is skipped, with a reason; the rest has to pass."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

MISSING = find_spec("torch") is None
REASON = "needs PyTorch, which is not installed"


@pytest.fixture
def torch() -> Any:
    """PyTorch, for a test of a file that has others which do without."""
    return pytest.importorskip("torch", reason=REASON)


class Skipping:
    """Skips tests of exercises that use PyTorch, and a file or test that ends because PyTorch cannot be imported."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        from quick import subjects_of  # reads every answer of the gallery

        from autograder.exercises import ASSIGNMENTS, assignment_of
        from autograder.guest.limits import PYTORCH_FROM

        for item in items:
            subjects = subjects_of(item.callspec.params.values() if hasattr(item, "callspec") else ())
            if any((one if one in ASSIGNMENTS else assignment_of(one)) >= PYTORCH_FROM for one in subjects):
                item.add_marker(pytest.mark.skip(reason=REASON))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        report: Any = yield
        call = getattr(report, "call", None)
        if report.failed and call and call.excinfo and _is_about_pytorch(call.excinfo.value):
            report.outcome, report.longrepr = "skipped", (str(collector.path), 0, f"Skipped: {REASON}")
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
        report: Any = yield
        if report.failed and call.excinfo and _is_about_pytorch(call.excinfo.value):
            report.outcome, report.longrepr = "skipped", (str(item.path), item.location[1] or 0, f"Skipped: {REASON}")
        return report


def _is_about_pytorch(error: BaseException | None) -> bool:
    """Whether an error, or the one that it came from, says that PyTorch is not there."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == "torch":
            return True
        error = error.__cause__ or error.__context__
    return False
