"""Where the exchange is: the machine's, and if it has none, a folder of the course; nbgrader_config.py plugs it in.

A setting of c.Exchange.root, in any of Jupyter's config folders, comes before both.
"""

from __future__ import annotations

import os
from pathlib import Path

from nbgrader.exchange.default import (
    Exchange,
    ExchangeFetchAssignment,
    ExchangeFetchFeedback,
    ExchangeList,
    ExchangeReleaseAssignment,
    ExchangeSubmit,
)
from traitlets import default

SYSTEM = Path("/usr/local/share/nbgrader/exchange")  # nbgrader's own default
OWN = "exchange"  # in the course directory
OPEN = 0o777  # the mode that nbgrader gives an exchange: students of other accounts hand in there


class CourseExchange(Exchange):
    """An exchange that exists from the start, so that formgrader has nothing to warn of."""

    @default("root")
    def _root_default(self) -> str:
        return str(SYSTEM if SYSTEM.is_dir() else self.own_folder)

    @property
    def own_folder(self) -> Path:
        """The course's own exchange: for one account, or for trying it out."""
        return Path(self.coursedir.root) / OWN

    def ensure_root(self) -> None:
        """Make the course's own exchange if it is the one in use; nbgrader checks any other."""
        if Path(self.root) == self.own_folder and not self.own_folder.exists():
            self.own_folder.mkdir()
            os.chmod(self.own_folder, OPEN)
        super().ensure_root()


class List(CourseExchange, ExchangeList):
    """`nbgrader list`."""


class ReleaseAssignment(CourseExchange, ExchangeReleaseAssignment):
    """`nbgrader release_assignment`."""

    def init_dest(self) -> None:
        super().init_dest()
        if Path(self.root) == self.own_folder:
            advice = f"make {SYSTEM} for them (docs/exchange.md)"
            self.log.warning("The exchange is %s: students of other accounts do not look there; %s", self.root, advice)


class FetchAssignment(CourseExchange, ExchangeFetchAssignment):
    """`nbgrader fetch_assignment`."""


class Submit(CourseExchange, ExchangeSubmit):
    """`nbgrader submit`."""


class FetchFeedback(CourseExchange, ExchangeFetchFeedback):
    """`nbgrader fetch_feedback`."""
