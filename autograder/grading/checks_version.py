"""The version of an assignment's checks: a digest of all source that its scores depend on.

The source is read, never imported: that would load PyTorch, and take seconds.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from autograder import exercises

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("autograder", "utils")
GRADING = "autograder.grading.submission"  # restores, runs and judges
GUEST = "autograder.guest"  # copied into the sandbox and started there, so no import statement leads to all of it
RESPONDERS = f"{GUEST}.responders"  # imported by the name that an exercise gives
REGISTRY = "autograder.exercises"  # imports the exercises of all assignments, so its imports are not followed

Reader = Callable[[Path], bytes]


@cache
def version_of_checks(assignment: str, read: Reader = Path.read_bytes) -> str:
    """A digest of the modules that decide about an assignment, read by `read`."""
    digest = hashlib.sha256()
    for module, source in sorted(sources(entry_modules(assignment), read).items()):
        digest.update(f"{module} {len(source)}\n".encode() + source)
    return digest.hexdigest()


def entry_modules(assignment: str) -> set[str]:
    """The modules from which everything that decides about an assignment is imported."""
    group = exercises.ASSIGNMENTS[assignment]
    content = {type(exercise).__module__ for exercise in group}
    responders = {f"{RESPONDERS}.{exercise.responder}" for exercise in group if exercise.responder}
    guest = {f"{GUEST}.{path.stem}" for path in ROOT.joinpath(*GUEST.split(".")).glob("[!_]*.py")}
    return {GRADING} | content | responders | guest


def sources(modules: Iterable[str], read: Reader) -> dict[str, bytes]:
    """Module → source, of these modules and all of this repository that they import, directly or not."""
    closure: dict[str, bytes] = {}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        path = path_of(module)
        if path is None or module in closure:
            continue
        closure[module] = read(path)
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        waiting.append(module.rpartition(".")[0])  # importing a module runs the packages above it first
        if module != REGISTRY:
            waiting += imported(closure[module], package)
    return closure


def path_of(module: str) -> Path | None:
    """The file of a module of this repository; None for what is no such module."""
    parts = module.split(".")
    if parts[0] not in PACKAGES:
        return None
    base = ROOT.joinpath(*parts)
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


@cache
def imported(source: bytes, package: str) -> tuple[str, ...]:
    """Names that may be modules which a module in `package` imports, anywhere in its source."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            names += (base, *(f"{base}.{alias.name}" for alias in node.names))
    return tuple(names)
