"""Which files use which, read from import statements, and how far files, exercises and tests are from a change."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from autograder.exercises import EXERCISES, assignment_of

MAIN = "main"
FARTHER = 10  # steps that are added to the distance of a test that should come last
# A registry loads every file of a folder. Its users seldom depend on all of them.
REGISTRIES = {
    "autograder/exercises/__init__.py": "autograder/exercises/",
    "autograder/gallery/registry.py": "autograder/gallery/answers/",
    "autograder/guest/responders/__init__.py": "autograder/guest/responders/",
}
# Uses that neither an import statement nor the file's name in a string shows.
OTHER_USES = {
    "autograder/sandbox/view.py": ("autograder/guest/*.py", "autograder/guest/fakes/*.py"),
    "tests/authoring/test_build.py": ("notebooks/*/*.ipynb", "solutions/*/*.ipynb"),
    "tests/doors/test_environment.py": ("Makefile", ".ci/run", ".pre-commit-config.yaml"),
}
OURS = re.compile(r"(autograder|utils|website)(\.\w+)+")


class GitError(Exception):
    """Git could not say what has changed."""


def changed_files(root: Path) -> tuple[set[str], str]:
    """The changed files, by their paths in the repository, and since which commit in words.

    What is not committed counts; in a clean tree, what the branch has changed since it left main.

    Raises:
        GitError: without git, outside a repository, or without a commit.
    """
    uncommitted = _git(root, "ls-files", "--others", "--exclude-standard")
    uncommitted += _git(root, "diff", "--relative", "--name-only", "HEAD")
    if uncommitted:
        return set(uncommitted), "the last commit"
    try:
        (fork,) = _git(root, "merge-base", "HEAD", MAIN)
    except GitError:
        return set(), "the last commit"
    return set(_git(root, "diff", "--relative", "--name-only", fork, "HEAD")), f"the branch left {MAIN}"


def _git(root: Path, *arguments: str) -> list[str]:
    command = ["git", "-c", "core.quotePath=false", *arguments]
    try:
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.splitlines()
    except OSError as error:
        raise GitError(str(error)) from None
    except subprocess.CalledProcessError as error:
        raise GitError(error.stderr.strip()) from None


class Uses:
    """The use of one file by another, for the Python files and notebooks below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        paths = [
            path for folder in ("autograder", "utils", "website", "tests") for path in (root / folder).rglob("*.py")
        ]
        paths += [path for folder in ("notebooks", "solutions") for path in (root / folder).glob("*/*.ipynb")]
        paths += root.glob("nbgrader_config.py")
        self.files = {path.relative_to(root).as_posix() for path in paths}
        self.users: dict[str, set[str]] = defaultdict(set)  # file → the files that use it
        self.named: dict[str, set[str]] = defaultdict(set)  # a string, function or class → the files that contain it
        for file in sorted(self.files):
            self._read(file)

    def distances(self, changed: Iterable[str], *, through_registries: bool) -> dict[str, int]:
        """File → steps to the nearest changed file, 0 for that file itself; without those that no change reaches."""
        distance = dict.fromkeys(changed, 0)
        queue = list(distance)
        for file in queue:
            for user in self._users(file):
                registered = user in REGISTRIES and file.startswith(REGISTRIES[user])
                if user not in distance and (through_registries or not registered):
                    distance[user] = distance[file] + 1
                    queue.append(user)
        return distance

    def _users(self, file: str) -> set[str]:
        path = PurePosixPath(file)
        users = {user for user, patterns in OTHER_USES.items() if any(path.match(pattern) for pattern in patterns)}
        users |= {user for user, folder in REGISTRIES.items() if file.startswith(folder)}
        if file not in self.files and path.suffix:  # data: used by the files that name it
            users |= self.named[path.name]
        return (users | self.users[file]) & self.files - {file}

    def _read(self, file: str) -> None:
        for node in (node for tree in _trees(self.root / file) for node in ast.walk(tree)):
            for module in self._modules(node):
                self.users[module].add(file)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self.named[node.value].add(file)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                self.named[node.name].add(file)

    def _modules(self, node: ast.AST) -> Iterator[str]:
        """The files that one statement imports, or that a string names as a module."""
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and OURS.fullmatch(node.value):
            names = [node.value]
        for name in names:
            # autograder.check.verdict is in autograder/check.py
            while name and not (file := self._file(name)):
                name = name.rpartition(".")[0]
            if name:
                yield file

    def _file(self, module: str) -> str:
        path = module.replace(".", "/")
        places = (f"{path}.py", f"{path}/__init__.py", f"tests/{path}.py")
        return next((place for place in places if place in self.files), "")


class Reach:
    """How many steps tests are from the nearest of the `changed` files."""

    def __init__(self, uses: Uses, changed: Iterable[str]) -> None:
        self.uses = uses
        self.near = self.uses.distances(changed, through_registries=False)
        self.far = self.uses.distances(changed, through_registries=True)
        self.exercises = {key: self._nearest(self._files_of(key)) for key in EXERCISES}

    def steps(self, file: str, subjects: Iterable[str] = ()) -> int | None:
        """Steps from a test in `file` to the nearest change; None if no change reaches it.

        `subjects` are the exercises and assignments that it is parametrized with: a change to one of them reaches it.
        Without them, every change to an exercise reaches a test that uses them all, from farther away.
        """
        own = self.near.get(file)
        if own == 0:
            return 0
        if subjects:
            return _least([*map(self._subject, subjects), _farther(own)])
        return _least([own, _farther(self.far.get(file))])

    def _subject(self, name: str) -> int | None:
        if name in EXERCISES:
            return self.exercises[name]
        notebooks = (f"{folder}/{name}/{name}.ipynb" for folder in ("solutions", "notebooks"))
        exercises = (steps for key, steps in self.exercises.items() if assignment_of(key) == name)
        return _least([self._nearest(notebooks), *exercises])

    def _files_of(self, key: str) -> list[str]:
        """The module of an exercise, its responder, and the files of the gallery that answer it."""
        exercise = EXERCISES[key]
        module = type(exercise).__module__.replace(".", "/")
        named = self.uses.named[exercise.name]
        answers = [file for file in named if file.startswith("autograder/gallery/answers/")]
        return [f"{module}.py", f"autograder/guest/responders/{exercise.responder}.py", *answers]

    def _nearest(self, files: Iterable[str]) -> int | None:
        return _least(self.near.get(file) for file in files)


def _least(steps: Iterable[int | None]) -> int | None:
    return min((each for each in steps if each is not None), default=None)


def _farther(steps: int | None) -> int | None:
    return None if steps is None else steps + FARTHER


def _trees(path: Path) -> Iterator[ast.Module]:
    """The syntax tree of a module, or one for each cell of a notebook; nothing for what cannot be parsed."""
    text = path.read_text(encoding="utf-8")
    try:
        if path.suffix == ".py":
            sources = [text]
        else:
            sources = ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    except (ValueError, KeyError):
        return
    for source in sources:
        try:
            yield ast.parse(source)
        except SyntaxError:
            continue  # an edit in progress, or a cell with a line for IPython
