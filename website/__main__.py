"""Build the website: python -m website [NAME…], into build/site/html.

With names of assignments, only these notebooks and their mistakes are on it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import CourseError
from autograder.exercises import ASSIGNMENTS
from website.build import build


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m website", description="Build the course's website.")
    parser.add_argument("assignments", nargs="*", metavar="NAME", help="of an assignment; default: all")
    parser.add_argument("--into", type=Path, default=Path("build/site"), help="the folder; default: build/site")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.assignments) - set(ASSIGNMENTS))
    try:
        if unknown:
            raise CourseError(f"no assignment is called {', '.join(unknown)}; there are {', '.join(ASSIGNMENTS)}")
        print(f"The site is in {build(options.into, options.assignments or list(ASSIGNMENTS))}")
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
