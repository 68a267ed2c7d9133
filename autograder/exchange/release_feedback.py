"""Release feedback to every student who can fetch it; the others are named.

A student fetches the page with the secret that `nbgrader submit` kept for him. Work that came in another way has no
secret and no time. None is made up: a late penalty could follow from an invented time.
"""

from __future__ import annotations

import os
from glob import glob
from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseFeedback

from autograder.exchange.place import CourseExchange
from autograder.grading.beside import NBGRADERS


class ReleaseFeedback(CourseExchange, ExchangeReleaseFeedback):
    """`nbgrader release_feedback`; nbgrader's own stops at the first student who handed in by other means."""

    src_path: str  # nbgrader's: the folders of pages, as a pattern

    def copy_files(self) -> None:
        """Release each student's pages, whatever is wrong with another's.

        Raises:
            ExchangeError: at the end, if pages could not be released; it names whose.
        """
        folders = sorted({Path(page).parent for page in glob(os.path.join(self.src_path, "*.html"))})
        cannot_fetch, failures = list[str](), list[str]()
        for folder in folders:
            name = os.path.relpath(folder, self.coursedir.root)
            if not all((folder / file).is_file() for file in NBGRADERS):
                cannot_fetch.append(name)
                continue
            self.src_path = str(folder)
            try:
                super().copy_files()
            except (OSError, ValueError, AssertionError) as error:  # the last: an empty secret
                self.log.error("%s was not released: %s", name, error or "its submission_secret.txt is empty")
                failures.append(name)
        if cannot_fetch:
            self.log.warning(
                "Not released, because the work did not come through the exchange (no %s): %s. "
                "Give these students the pages in another way.",
                " or ".join(NBGRADERS),
                ", ".join(cannot_fetch),
            )
        if failures:
            self.fail(f"not released: {', '.join(failures)}; the reasons are above, and all others were released")
