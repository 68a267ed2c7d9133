"""The command for those who work on the checks: `prove`.

The students' zip has this file but not what the command imports; cli.py then answers that it is for instructors.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.errors import CourseError
from autograder.terminal import FAILED, JsonOption, print_json, progress_bar

if TYPE_CHECKING:
    from autograder.gallery.mutation.records import Results

PAGE = "docs/proof.md"
RESULTS = Path("build/prove.jsonl")


def prove(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[EXERCISE]…", help="Exercises or assignments. Default: all.")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Try N mutants alone, drawn at random; the page stays.")
    ] = None,
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Mutants that are tried at once.")] = 2,
    review: Annotated[
        int, typer.Option("--names", metavar="N", min=0, help="Write what N cards say to a file, to be read.")
    ] = 0,
    page: Annotated[
        bool, typer.Option("--page", help=f"Write the table into {PAGE}, even if not all was tried.")
    ] = False,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The results; what is in it is not tried again.")] = RESULTS,
    as_json: JsonOption = False,
) -> None:
    """Try the gallery's answers, and right ones with one small change: does every check tell them apart?"""
    from autograder.course import PACKAGES
    from autograder.exercises import EXERCISES, assignment_of
    from autograder.gallery.mutation import page as pages
    from autograder.gallery.mutation import review as reviews
    from autograder.gallery.mutation.records import Results
    from autograder.gallery.mutation.version import version_of_comparison

    keys = [key for key in EXERCISES if not names or key in names or assignment_of(key) in names]
    if unknown := [name for name in names or () if name not in EXERCISES and name not in map(assignment_of, EXERCISES)]:
        raise CourseError(f"there is no exercise or assignment called {unknown[0]}: {', '.join(EXERCISES)}")
    with _no_secret():
        results = Results(out, {key: _version(key) for key in EXERCISES}, version_of_comparison())
        _try(results, keys, sample, workers)
    if page or not (names or sample):
        pages.write(results, PACKAGES / PAGE)
    rows = [row for row in pages.rows(results) if row.exercise in keys]
    if review:
        target = out.with_suffix(".names.txt")
        written = reviews.write(results.records.values(), review, target)
    if as_json:
        print_json({"rows": [vars(row) for row in rows], "results": str(out)})
    else:
        left = [line for key in keys for line in pages.survivors(results.of(key))]
        print("\n".join([*pages.table(rows), *left, f"results: {out}"]))
        if review:
            print(f"names on {written} cards: {target}")
    wrong = [row for row in rows if row.survivors or row.right < row.of_right or row.wrong < row.of_wrong]
    raise typer.Exit(FAILED if wrong else 0)


def _version(key: str) -> str:
    """The version of an exercise's check and of how mutants are tried."""
    from autograder.course import PACKAGES
    from autograder.exercises import assignment_of
    from autograder.gallery.mutation.version import version_of
    from autograder.grading.checks_version import check_with

    return version_of(key, check_with(assignment_of(key), {"autograder.judging.examine"}), PACKAGES)


def _try(results: Results, keys: list[str], sample: int | None, workers: int) -> None:
    """Make the trials that have no result yet."""
    from autograder.course import PACKAGES
    from autograder.gallery.mutation.prove import gallery_tasks, prove, tasks_of
    from autograder.gallery.mutation.subject import subjects

    bar = progress_bar()
    bar.live.auto_refresh = False  # no thread of its own: processes are forked
    with bar as progress:
        shares: list[int | None] = (
            [None] * len(keys) if sample is None else [len(range(k, sample, len(keys))) for k in range(len(keys))]
        )
        for key, share in zip(keys, shares, strict=True):
            line = progress.add_task(key, total=None)
            progress.refresh()
            tasks, made = tasks_of(subjects(key, PACKAGES), share)
            results.add_made(made)
            tasks += [] if sample else gallery_tasks(key)
            kept = sum(results.has(task.subject.key, task.subject.style, task.mutant.source) for task in tasks)
            progress.update(line, total=len(tasks), completed=kept)
            for _ in prove(tasks, results, workers):
                progress.advance(line)
                progress.refresh()


@contextmanager
def _no_secret() -> Iterator[None]:
    """Inside, the hidden cases are those that the tests ask, whatever secret the environment has."""
    from autograder.judging.secret import VARIABLE

    secret = os.environ.pop(VARIABLE, None)
    try:
        yield
    finally:
        if secret is not None:
            os.environ[VARIABLE] = secret
