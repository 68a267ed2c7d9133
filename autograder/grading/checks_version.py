"""The version of an assignment's checks: a digest of all source that its scores depend on.

The source is read, never imported or parsed: a command that finds nothing to grade has no time for either.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("autograder", "utils")
GRADING = "autograder.grading.submission"  # restores, runs and judges
GUEST = "autograder.guest"  # copied into the sandbox and started there, so no import statement leads to all of it
RESPONDERS = f"{GUEST}.responders"  # imported by the name that an exercise gives

EXERCISES = "autograder.exercises"  # imports those of any assignment by name, so its imports are not followed
# an import statement as ruff formats it, on a line of its own; what a docstring says in the same form does no harm
IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]*\)|.+)|import[ \t]+(.+))$", re.MULTILINE)
ASIDE = re.compile(r"#.*|[()]")
RESPONDER = re.compile(r"^    responder = \"(\w+)\"", re.MULTILINE)  # an attribute of an exercise

Reader = Callable[[Path], bytes]


@cache
def version_of_checks(assignment: str, read: Reader = Path.read_bytes) -> str:
    """A digest of the modules that decide about an assignment, read by `read`."""
    return digest_of(modules_of(assignment, read))


def digest_of(modules: Mapping[str, bytes]) -> str:
    """A digest of these sources; modules: name → source."""
    digest = hashlib.sha256()
    for module, source in sorted(modules.items()):
        digest.update(f"{module} {len(source)}\n".encode() + source)
    return digest.hexdigest()


def modules_of(assignment: str, read: Reader = Path.read_bytes) -> dict[str, bytes]:
    """Module → source, of all that decides about an assignment."""
    guest = {f"{GUEST}.{path.stem}" for path in ROOT.joinpath(*GUEST.split(".")).glob("[!_]*.py")}
    return check_with(assignment, {GRADING, *guest}, read)


def check_with(assignment: str, modules: Iterable[str], read: Reader = Path.read_bytes) -> dict[str, bytes]:
    """Module → source, of an assignment's exercises, of these modules, and of what both need."""
    content = f"{EXERCISES}.{assignment.partition('_')[2]}"  # 02_convolution's exercises are in exercises/convolution
    closure = sources({content, *modules}, read)
    responders = {name for source in closure.values() for name in RESPONDER.findall(source.decode())}
    return closure | sources({f"{RESPONDERS}.{name}" for name in responders}, read)


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
        if module != EXERCISES:
            waiting += imported(closure[module], package)
    return closure


def path_of(module: str) -> Path | None:
    """The file of a module of this repository; None for what is no such module."""
    parts = module.split(".")
    if parts[0] not in PACKAGES:
        return None
    base = ROOT.joinpath(*parts)
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def imported(source: bytes, package: str) -> Iterator[str]:
    """Names that may be modules which a module in `package` imports, anywhere in its source."""
    for base, names, plain in IMPORT.findall(source.decode()):
        listed = [name.split()[0] for name in ASIDE.sub("", names or plain).split(",") if name.strip()]
        if base:
            module = importlib.util.resolve_name(base, package)
            yield module
            listed = [f"{module}.{name}" for name in listed]
        yield from listed
