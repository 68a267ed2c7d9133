"""Build the website: python -m website [NAME…], into build/site/html.

With names of assignments, only these notebooks and their mistakes are on it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from autograder.errors import CourseError
from autograder.exercises import ASSIGNMENTS
from website.build import build
from website.command import status_of


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m website", description="Build the course's website.")
    parser.add_argument("assignments", nargs="*", metavar="NAME", help="of an assignment; default: all")
    parser.add_argument("--into", type=Path, default=Path("build/site"), help="the folder; default: build/site")
    options = parser.parse_args()
    unknown = sorted(set(options.assignments) - set(ASSIGNMENTS))
    if unknown:
        raise CourseError(f"no assignment is called {', '.join(unknown)}; there are {', '.join(ASSIGNMENTS)}")
    print(f"The site is in {build(options.into, options.assignments or list(ASSIGNMENTS))}")


if __name__ == "__main__":
    sys.exit(status_of(main))
